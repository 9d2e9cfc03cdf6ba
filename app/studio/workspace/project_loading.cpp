// SPDX-License-Identifier: GPL-3.0-or-later
// The part of opening that runs on a worker thread.
#include "counted.h"
#include "project_keeper_parts.h"
#include "text.h"

#include <core/profile/stream.h>
#include <core/project/matching.h>

namespace nordlys::studio {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<RunRecord> recordOf(core::RunProfile profile, const std::filesystem::path &path)
{
    auto record = std::make_unique<RunRecord>();
    record->name = toQString(path.stem());
    record->profile = std::move(profile);
    record->summary = core::summarize(record->profile);
    record->recording = path;
    record->device = toQString(record->profile.hello.deviceModel);
    record->indexLayers();
    return record;
}


} // namespace

// Which project and which unsaved steps; the model is not looked at yet.
core::Expected<ProjectKeeper::Loaded> ProjectKeeper::loadProject(const Request &request, Loaded loaded, const core::JobContext &job)
{
    std::optional<core::Recovery> recovery;
    if (!request.recovery.empty()) {
        auto slot = core::RecoverySlot::claim(request.recovery);
        if (!slot)
            return core::badInput(request.recovery.string(), tr("another window has recovered these edits").toStdString());
        loaded.slot = std::make_shared<core::RecoverySlot>(std::move(*slot));
        auto read = core::readRecovery(request.recovery);
        NORDLYS_TRY(read);
        recovery = std::move(*read);
        loaded.isModified = true;
        loaded.steps = recovery->steps;
        loaded.path = recovery->projectPath.empty() ? recovery->project.model.path : recovery->projectPath;
        loaded.project = recovery->project;
        if (recovery->projectPath.empty())
            return loaded;
    }
    auto opened = core::openProject(loaded.path, {.allowMissingModel = true}, job);
    NORDLYS_TRY(opened);
    loaded.projectSha256 = opened->fileSha256;
    loaded.warnings = std::move(opened->warnings);
    loaded.model = opened->model;
    if (opened->model == core::ModelState::Changed && (!request.acceptsChanged || request.carried))
        loaded.warnings.erase(loaded.warnings.begin()); // an offer says it, or it was reloaded for that
    if (recovery && recovery->projectSha256 != opened->fileSha256)
        loaded.warnings.push_back(tr("The project was saved after these edits were made. They come on top of it.").toStdString());
    // Results that were not saved, on the edits that are in the file.
    core::EditState edits = std::move(opened->project.edits);
    if (!recovery)
        loaded.project = request.carried ? *request.carried : std::move(opened->project);
    if (request.carried)
        loaded.project->model.sha256 = opened->project.model.sha256;
    loaded.project->edits = std::move(edits);
    return loaded;
}

core::Expected<ProjectKeeper::Loaded> ProjectKeeper::load(const Request &request, const core::JobContext &job)
{
    Loaded loaded;
    loaded.request = request;
    loaded.path = request.path;
    loaded.steps = request.steps;
    loaded.isModified = request.isModified;
    if (request.path.extension() == ".nrs") {
        auto profile = core::readRecording(request.path);
        if (!profile)
            return std::move(profile.error());
        loaded.runs.push_back(recordOf(std::move(*profile), request.path));
        loaded.runs.back()->fromFile = true;
        return loaded;
    }
    if (!request.recovery.empty() || request.path.extension() == ".nordlys") {
        auto whole = loadProject(request, std::move(loaded), job);
        if (!whole)
            return std::move(whole.error());
        loaded = std::move(*whole);
    } else if (request.carried) {
        loaded.project = request.carried;
    }

    fs::path model = request.model;
    if (model.empty())
        model = loaded.project ? loaded.project->model.path : request.path;
    std::error_code ignored;
    if (loaded.project && !fs::is_regular_file(model, ignored)) {
        loaded.model = core::ModelState::Missing;
        loaded.candidates = core::findModel(*loaded.project, loaded.path, job);
        return loaded;
    }
    loaded.modelStamp = FileStamp::of(model); // before it is read: a later change shows
    auto document = openDocument(model, loaded.project ? loaded.project->dims : std::map<std::string, std::int64_t>(), job);
    if (!document)
        return std::move(document.error());
    loaded.document = std::move(*document);
    if (!loaded.project)
        return loaded;
    core::Project &project = *loaded.project;
    if (loaded.projectSha256.empty())
        loaded.path = model; // a model without a project
    if (!project.model.sha256.empty()) {
        // Opening the project has hashed the file that it names.
        const bool isKnown = request.recovery.empty() && loaded.model == core::ModelState::Same && model == project.model.path;
        loaded.modelSha256 = project.model.sha256;
        if (!isKnown) {
            auto hash = core::modelSha256(*loaded.document->model, job);
            if (!hash)
                return std::move(hash.error());
            loaded.modelSha256 = std::move(*hash);
        }
        loaded.model = loaded.modelSha256 == project.model.sha256 ? core::ModelState::Same : core::ModelState::Changed;
    } else if (request.carried) {
        loaded.model = core::ModelState::Changed; // reloaded because of that
    }
    if (loaded.model == core::ModelState::Changed) {
        core::MatchedEdits matched = core::matchEdits(project.edits, loaded.document->graph());
        project.edits = std::move(matched.edits);
        loaded.lost = std::move(matched.lost);
        std::vector<std::shared_ptr<const core::RecoveryStep>> steps;
        for (const auto &step : loaded.steps) {
            if (auto change = core::matchChange(step->change, loaded.document->graph(), loaded.lost))
                steps.push_back(std::make_shared<const core::RecoveryStep>(core::RecoveryStep{step->title, std::move(*change)}));
        }
        loaded.steps = std::move(steps);
    }
    if (!loaded.projectSha256.empty() && (loaded.model == core::ModelState::Changed || model != project.model.path))
        loaded.isModified = true;

    for (const core::FileReference &run : project.runs) {
        if (job.stopRequested())
            return core::interrupted(loaded.path.filename().string());
        auto profile = core::readRecording(run.path);
        if (!profile) {
            loaded.warnings.push_back(profile.error().text());
            continue;
        }
        loaded.runs.push_back(recordOf(std::move(*profile), run.path));
        RunRecord &record = *loaded.runs.back();
        // Stored as the change from the project's edits to those of the run.
        record.edits = project.edits;
        if (const std::string name = valueOf(project.view, runKey(record.key(), "name")); !name.empty())
            record.name = toQString(name);
        const std::string change = valueOf(project.view, runKey(record.key()));
        if (!change.empty()) {
            if (const auto parsed = core::changeFromJson(change))
                (void)core::applyChange(record.edits, *parsed);
        }
        record.undoIndex = 0;
    }
    return loaded;
}

} // namespace nordlys::studio

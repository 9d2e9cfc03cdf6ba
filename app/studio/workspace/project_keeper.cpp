// SPDX-License-Identifier: GPL-3.0-or-later
#include "project_keeper.h"

#include "result_json.h"
#include "text.h"

#include <core/base/sha256.h>
#include <core/profile/stream.h>

#include <QFileInfo>

namespace nordlys::studio {

/// What an open job brings back.
struct ProjectKeeper::Loaded {
    std::shared_ptr<const Document> document; ///< null: a recording alone
    std::optional<core::Project> project;
    std::vector<std::string> warnings;
    std::vector<std::unique_ptr<RunRecord>> runs;
};

/// What a save job brings back: the project as written.
struct ProjectKeeper::Saved {
    core::Project project;
};

namespace {

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

std::string runKey(const std::string &run, const char *what = "edits") { return "run." + run + '.' + what; }

std::string valueOf(const std::map<std::string, std::string> &map, const std::string &key)
{
    const auto found = map.find(key);
    return found == map.end() ? std::string() : found->second;
}

bool isBelow(const std::filesystem::path &file, const std::filesystem::path &folder)
{
    std::error_code ignored;
    const auto relative = std::filesystem::relative(file, folder, ignored);
    return !relative.empty() && *relative.begin() != "..";
}

// Runs that lie in the cache move beside the project, so that project and numbers travel together.
core::Expected<void> gatherRuns(core::Project &project, const std::filesystem::path &path, const core::JobContext &job)
{
    const std::filesystem::path folder = path.parent_path() / (path.stem().string() + ".runs");
    for (core::FileReference &run : project.runs) {
        std::error_code error;
        if (!isBelow(run.path, path.parent_path())) {
            std::filesystem::create_directories(folder, error);
            if (error)
                return core::cannotWrite(folder.string(), error.message(), "Choose another folder.");
            const std::filesystem::path target = folder / run.path.filename();
            const std::filesystem::path partial = target.string() + ".part";
            std::filesystem::copy_file(run.path, partial, std::filesystem::copy_options::overwrite_existing, error);
            if (!error)
                std::filesystem::rename(partial, target, error);
            if (error) {
                std::error_code ignored;
                std::filesystem::remove(partial, ignored);
                return core::cannotWrite(target.string(), error.message(), "Free space or choose another folder.");
            }
            run.path = target;
        }
        auto hash = core::sha256OfFile(run.path, job.stop);
        if (!hash)
            return std::move(hash.error());
        run.sha256 = std::move(*hash);
    }
    return {};
}

} // namespace

ProjectKeeper::ProjectKeeper(Workspace &workspace)
    : QObject(&workspace), m_workspace(workspace), m_open(std::make_unique<Job<core::Expected<Loaded>>>(tr("Opening"), nullptr)),
      m_save(std::make_unique<Job<core::Expected<Saved>>>(tr("Saving"), nullptr))
{}

JobBase &ProjectKeeper::openJob() { return *m_open; }

JobBase &ProjectKeeper::saveJob() { return *m_save; }

QString ProjectKeeper::openFilter() { return tr("Models, projects, recordings (*.onnx *.nordlys *.nrs);;All files (*)"); }

QString ProjectKeeper::projectFilter() { return tr("Nordlys projects (*.nordlys)"); }

core::Expected<ProjectKeeper::Loaded> ProjectKeeper::load(const std::filesystem::path &path, const core::JobContext &job)
{
    Loaded loaded;
    if (path.extension() == ".nrs") {
        auto profile = core::readRecording(path);
        if (!profile)
            return std::move(profile.error());
        loaded.runs.push_back(recordOf(std::move(*profile), path));
        loaded.runs.back()->fromFile = true;
        return loaded;
    }
    if (path.extension() != ".nordlys") {
        auto document = openDocument(path, {}, job);
        if (!document)
            return std::move(document.error());
        loaded.document = std::move(*document);
        return loaded;
    }
    auto project = core::openProject(path);
    if (!project)
        return std::move(project.error());
    auto document = openDocument(project->project.model.path, project->project.dims, job);
    if (!document)
        return std::move(document.error());
    loaded.document = std::move(*document);
    loaded.warnings = project->warnings;
    for (const core::FileReference &run : project->project.runs) {
        if (job.stopRequested())
            return core::interrupted(path.filename().string());
        auto profile = core::readRecording(run.path);
        if (!profile) {
            loaded.warnings.push_back(profile.error().text());
            continue;
        }
        loaded.runs.push_back(recordOf(std::move(*profile), run.path));
        RunRecord &record = *loaded.runs.back();
        // Stored as the change from the project's edits to those of the run.
        record.edits = project->project.edits;
        if (const std::string name = valueOf(project->project.view, runKey(record.key(), "name")); !name.empty())
            record.name = toQString(name);
        const std::string change = valueOf(project->project.view, runKey(record.key()));
        if (!change.empty()) {
            if (const auto parsed = core::changeFromJson(change))
                (void)core::applyChange(record.edits, *parsed);
        }
        record.undoIndex = 0;
    }
    loaded.project = std::move(project->project);
    return loaded;
}

void ProjectKeeper::open(const QString &path)
{
    m_open->setTitle(tr("Opening %1").arg(QFileInfo(path).fileName()));
    m_open->start([file = toPath(QFileInfo(path).absoluteFilePath())](const core::JobContext &job) { return load(file, job); },
                  [this, path](core::Expected<Loaded> result) {
                      if (result)
                          show(path, std::move(*result));
                      else if (result.error().code != core::ErrorCode::Interrupted)
                          Q_EMIT m_workspace.failed(result.error());
                  });
}

void ProjectKeeper::show(const QString &path, Loaded loaded)
{
    const bool recordingOnly = !loaded.document;
    if (!recordingOnly) {
        m_workspace.setDocument(std::move(loaded.document), loaded.project ? loaded.project->edits : core::EditState());
        viewState.clear();
        setDefaultInputs();
    }
    if (loaded.project) {
        m_workspace.setProjectPath(QFileInfo(path).absoluteFilePath());
        viewState = loaded.project->view;
        InputSource calibration = m_workspace.calibrationInputs(), evaluation = m_workspace.evaluationInputs();
        if (!loaded.project->inputsSpec.empty())
            calibration.spec = toQString(loaded.project->inputsSpec);
        calibration.preprocess = evaluation.preprocess = toQString(loaded.project->preprocess);
        if (const std::string spec = valueOf(viewState, "evaluationInputs"); !spec.empty())
            evaluation.spec = toQString(spec);
        m_workspace.setInputs(calibration, evaluation,
                              loaded.project->labels.empty() ? m_workspace.labelsPath() : toQString(loaded.project->labels));
        if (auto seen = rangesFromJson(toQString(valueOf(viewState, "ranges")))) {
            core::EditState base = m_workspace.edits();
            if (const auto change = core::changeFromJson(valueOf(viewState, "calibrated")))
                (void)core::applyChange(base, *change);
            seen->encodings = base.encodings;
            m_workspace.setCalibration(std::move(*seen));
        }
        if (auto evaluated = evaluationFromJson(toQString(valueOf(viewState, "evaluation")))) {
            EvaluationState state{.result = std::move(*evaluated), .edits = m_workspace.edits(), .undoIndex = 0, .index = {}};
            if (const auto change = core::changeFromJson(valueOf(viewState, "evaluated")))
                (void)core::applyChange(state.edits, *change);
            m_workspace.setEvaluation(std::move(state));
        }
    }
    for (auto &run : loaded.runs)
        m_workspace.addRun(std::move(run));
    if (loaded.project) {
        const std::string shown = valueOf(viewState, "run.shown"), baseline = valueOf(viewState, "run.baseline");
        for (const auto &run : m_workspace.runs()) {
            if (run->key() == shown)
                m_workspace.showRun(run.get());
            if (run->key() == baseline)
                m_workspace.setBaseline(run.get());
        }
    }
    m_workspace.setClean();
    for (const std::string &warning : loaded.warnings)
        Q_EMIT m_workspace.notice(toQString(warning));
    if (loaded.project)
        Q_EMIT viewStateLoaded();
    Q_EMIT opened(QFileInfo(path).absoluteFilePath());
    if (recordingOnly)
        Q_EMIT m_workspace.viewRequested(QStringLiteral("timeline"));
}

// A model that lies beside folders of samples, as the bundled one does, needs no choice before the first calibration.
void ProjectKeeper::setDefaultInputs()
{
    const std::filesystem::path folder = m_workspace.document()->path.parent_path();
    const auto folderAt = [&folder](const char *name) -> QString {
        std::error_code ignored;
        return std::filesystem::is_directory(folder / name, ignored) ? toQString(folder / name) : QString();
    };
    InputSource calibration, evaluation;
    calibration.spec = folderAt("calibration");
    evaluation.spec = folderAt("test");
    if (evaluation.spec.isEmpty())
        evaluation.spec = calibration.spec;
    std::error_code ignored;
    const bool hasLabels = std::filesystem::is_regular_file(folder / "labels.csv", ignored);
    m_workspace.setInputs(calibration, evaluation, hasLabels ? toQString(folder / "labels.csv") : QString());
}

core::Project ProjectKeeper::makeProject() const
{
    core::Project project;
    const Document &document = *m_workspace.document();
    project.model.path = std::filesystem::absolute(document.path);
    project.dims = document.model->bindings.named;
    project.inputsSpec = m_workspace.calibrationInputs().spec.toStdString();
    project.preprocess = m_workspace.calibrationInputs().preprocess.toStdString();
    project.labels = toPath(m_workspace.labelsPath());
    project.edits = m_workspace.edits();
    project.view = viewState;
    std::erase_if(project.view, [](const auto &item) { return item.first.starts_with("run."); });
    project.view["evaluationInputs"] = m_workspace.evaluationInputs().spec.toStdString();
    if (const auto &calibration = m_workspace.calibration()) {
        project.view["ranges"] = rangesToJson(*calibration).toStdString();
        core::EditState base = project.edits;
        base.encodings = calibration->encodings;
        project.view["calibrated"] = core::changeToJson(core::difference(project.edits, base, "calibrated"));
    }
    if (const auto &evaluation = m_workspace.evaluation()) {
        project.view["evaluation"] = evaluationToJson(evaluation->result).toStdString();
        project.view["evaluated"] = core::changeToJson(core::difference(project.edits, evaluation->edits, "evaluated"));
    }
    for (const auto &run : m_workspace.runs()) {
        if (run->live || run->recording.empty())
            continue;
        project.runs.push_back({run->recording, {}});
        if (!(run->edits == project.edits) && !run->fromFile)
            project.view[runKey(run->key())] =
                core::changeToJson(core::difference(project.edits, run->edits, run->name.toStdString()));
        if (run->name.toStdString() != run->key())
            project.view[runKey(run->key(), "name")] = run->name.toStdString();
        if (run.get() == m_workspace.run())
            project.view["run.shown"] = run->key();
        if (run.get() == m_workspace.baseline())
            project.view["run.baseline"] = run->key();
    }
    return project;
}

void ProjectKeeper::save(const QString &path, std::function<void(bool)> then)
{
    const std::filesystem::path target = toPath(QFileInfo(path).absoluteFilePath());
    const quint64 revision = m_workspace.history().revision();
    m_save->setTitle(tr("Saving %1").arg(QFileInfo(path).fileName()));
    m_save->start(
        [project = makeProject(), target,
         model = m_workspace.document()->model](const core::JobContext &job) mutable -> core::Expected<Saved> {
            auto hash = core::modelSha256(*model, job);
            if (!hash)
                return std::move(hash.error());
            project.model.sha256 = std::move(*hash);
            NORDLYS_TRY(gatherRuns(project, target, job));
            NORDLYS_TRY(core::saveProject(project, target));
            return Saved{std::move(project)};
        },
        [this, path, revision, then = std::move(then)](core::Expected<Saved> result) {
            if (!result) {
                Q_EMIT m_workspace.failed(result.error());
                if (then)
                    then(false);
                return;
            }
            for (const core::FileReference &saved : result->project.runs) {
                for (const auto &run : m_workspace.runs()) {
                    if (run->recording.filename() == saved.path.filename())
                        run->recording = saved.path;
                }
            }
            m_workspace.setProjectPath(QFileInfo(path).absoluteFilePath());
            if (m_workspace.history().revision() == revision)
                m_workspace.setClean();
            if (then)
                then(true);
        });
}

} // namespace nordlys::studio

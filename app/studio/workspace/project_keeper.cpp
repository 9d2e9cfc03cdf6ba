// SPDX-License-Identifier: GPL-3.0-or-later
#include "project_keeper.h"

#include "checkpoints.h"
#include "counted.h"
#include "project_keeper_parts.h"
#include "result_json.h"
#include "text.h"

#include <core/base/sha256.h>
#include <core/profile/stream.h>
#include <core/project/matching.h>

#include <QFileInfo>
#include <QSignalBlocker>

#include <map>
#include <set>

namespace nordlys::studio {

namespace {

bool isBelow(const std::filesystem::path &file, const std::filesystem::path &folder)
{
    std::error_code ignored;
    const auto relative = std::filesystem::relative(file, folder, ignored);
    return !relative.empty() && *relative.begin() != "..";
}

// A name in the folder that no other recording has: recordings of several folders may be called the same.
std::filesystem::path freeName(const std::filesystem::path &folder, const std::filesystem::path &file, const std::set<std::filesystem::path> &taken)
{
    std::filesystem::path target = folder / file.filename();
    for (int number = 2; taken.contains(target); ++number)
        target = folder / (file.stem().string() + "-" + std::to_string(number) + file.extension().string());
    return target;
}

// Runs that lie in the cache are copied beside the project, so that project and numbers travel together. Says what came from where.
core::Expected<std::map<std::filesystem::path, std::filesystem::path>>
gatherRuns(core::Project &project, const std::filesystem::path &path, const core::JobContext &job)
{
    std::map<std::filesystem::path, std::filesystem::path> moved;
    std::set<std::filesystem::path> taken;
    for (const core::FileReference &run : project.runs) {
        if (isBelow(run.path, path.parent_path()))
            taken.insert(run.path);
    }
    const std::filesystem::path folder = path.parent_path() / (path.stem().string() + ".runs");
    for (core::FileReference &run : project.runs) {
        std::error_code error;
        if (!isBelow(run.path, path.parent_path())) {
            std::filesystem::create_directories(folder, error);
            if (error)
                return core::cannotWrite(folder.string(), error.message(), "Choose another folder.");
            const std::filesystem::path target = freeName(folder, run.path, taken);
            taken.insert(target);
            const std::filesystem::path partial = target.string() + ".part";
            std::filesystem::copy_file(run.path, partial, std::filesystem::copy_options::overwrite_existing, error);
            if (!error)
                std::filesystem::rename(partial, target, error);
            if (error) {
                std::error_code ignored;
                std::filesystem::remove(partial, ignored);
                return core::cannotWrite(target.string(), error.message(), "Free space or choose another folder.");
            }
            moved[run.path] = target;
            run.path = target;
        }
        auto hash = core::sha256OfFile(run.path, job.stop);
        if (!hash)
            return std::move(hash.error());
        run.sha256 = std::move(*hash);
    }
    return moved;
}

} // namespace

ProjectKeeper::ProjectKeeper(Workspace &workspace)
    : QObject(&workspace), m_workspace(workspace), m_open(std::make_unique<Job<core::Expected<Loaded>>>(tr("Opening"), nullptr)),
      m_save(std::make_unique<Job<core::Expected<Saved>>>(tr("Saving"), nullptr))
{
    connect(&m_workspace, &Workspace::calibrationChanged, this, [this] { m_rangesJson.clear(); });
    connect(&m_workspace, &Workspace::evaluationChanged, this, [this] { m_evaluationJson.clear(); });
}

ProjectKeeper::~ProjectKeeper() = default;

JobBase &ProjectKeeper::openJob() { return *m_open; }

JobBase &ProjectKeeper::saveJob() { return *m_save; }

QString ProjectKeeper::openFilter() { return tr("Models, projects, recordings (*.onnx *.nordlys *.nrs);;All files (*)"); }

QString ProjectKeeper::projectFilter() { return tr("Nordlys projects (*.nordlys)"); }

void ProjectKeeper::open(const QString &path)
{
    Request request;
    request.path = toPath(QFileInfo(path).absoluteFilePath());
    request.acceptsChanged = acceptsChangedModels;
    start(std::move(request));
}

void ProjectKeeper::reload(const QString &model)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    if (hooks.collectViewState)
        hooks.collectViewState();
    Request request;
    request.path = m_workspace.projectPath().isEmpty() ? document->path : toPath(m_workspace.projectPath());
    request.model = model.isEmpty() ? document->path : toPath(QFileInfo(model).absoluteFilePath());
    request.acceptsChanged = true;
    if (m_workspace.isModified() || m_workspace.projectPath().isEmpty()) {
        request.isModified = m_workspace.isModified();
        request.steps = m_workspace.history().unsavedSteps();
        request.carried = makeProject(m_workspace.history().savedState(), false);
    }
    start(std::move(request));
}

void ProjectKeeper::recover(const QString &recoveryFile)
{
    Request request;
    request.recovery = toPath(recoveryFile);
    start(std::move(request));
}

void ProjectKeeper::start(Request request)
{
    const std::filesystem::path &named = request.path.empty() ? request.recovery : request.path;
    m_open->setTitle(tr("Opening %1").arg(toQString(named.filename())));
    m_open->start([request = std::move(request)](const core::JobContext &job) { return load(request, job); },
                  [this](core::Expected<Loaded> result) {
                      if (result)
                          decide(std::make_shared<Loaded>(std::move(*result)));
                      else if (result.error().code != core::ErrorCode::Interrupted)
                          Q_EMIT m_workspace.failed(result.error());
                  });
}

void ProjectKeeper::decide(std::shared_ptr<Loaded> loaded)
{
    const QString id = QStringLiteral("model");
    Q_EMIT m_workspace.offerWithdrawn(id);
    const bool isMissing = loaded->model == core::ModelState::Missing;
    if (!isMissing && (loaded->model == core::ModelState::Same || loaded->request.acceptsChanged)) {
        show(std::move(*loaded));
        return;
    }
    const std::filesystem::path model = loaded->request.model.empty() ? loaded->project->model.path : loaded->request.model;
    const auto openWith = [this, loaded](const QString &path, bool accepts) {
        Request again = loaded->request;
        again.model = toPath(path);
        again.acceptsChanged = accepts;
        loaded->slot.reset(); // its claim is made anew
        start(std::move(again));
    };
    Offer offer;
    offer.id = id;
    const QString owner = toQString(loaded->path.filename());
    if (isMissing) {
        offer.title = tr("The model of %1 is not there").arg(owner);
        offer.text = tr("%1 was moved or removed.").arg(toQString(model));
        if (!loaded->candidates.empty()) {
            const QString found = toQString(loaded->candidates.front());
            offer.text += QLatin1Char(' ') + tr("A file with the same content is %1.").arg(found);
            offer.choices.push_back(
                {QStringLiteral("use"), tr("Use it"), true, [openWith, found] { openWith(found, false); }});
        }
    } else {
        offer.title = tr("The model of %1 has changed").arg(owner);
        const std::size_t edits = core::editCount(loaded->project->edits) + loaded->steps.size();
        offer.text = loaded->lost.empty() ? tr("%1 holds something else than at the last save. All edits still fit.").arg(toQString(model))
                                          : tr("%1 holds something else than at the last save. Of its edits %2 fit no longer; %3 do.")
                                                .arg(toQString(model))
                                                .arg(loaded->lost.size())
                                                .arg(edits);
        for (const std::string &line : loaded->lost)
            offer.details << toQString(line);
        offer.choices.push_back({QStringLiteral("use"), tr("Use it"), true, [this, loaded] { show(std::move(*loaded)); }});
    }
    offer.choices.push_back({QStringLiteral("locate"), tr("Locate…"), false, [this, openWith, loaded] {
                                 const QString path = hooks.askFile ? hooks.askFile(tr("Locate the model"), openFilter()) : QString();
                                 if (!path.isEmpty())
                                     openWith(path, false);
                                 else
                                     decide(loaded);
                             }});
    offer.choices.push_back({QStringLiteral("cancel"), tr("Cancel"), false, [] {}});
    Q_EMIT m_workspace.offered(offer);
}

void ProjectKeeper::show(Loaded loaded)
{
    const bool recordingOnly = !loaded.document;
    const QString path = toQString(loaded.path);
    if (!recordingOnly) {
        m_modelStamp = loaded.modelStamp;
        m_workspace.setDocument(std::move(loaded.document), loaded.project ? loaded.project->edits : core::EditState());
        m_projectSha256 = std::move(loaded.projectSha256);
        m_modelSha256 = std::move(loaded.modelSha256);
        viewState.clear();
        setDefaultInputs();
    }
    if (loaded.project) {
        if (!m_projectSha256.empty())
            m_workspace.setProjectPath(path);
        viewState = loaded.project->view;
        showResults(*loaded.project);
    }
    for (std::size_t i = 0; i < loaded.runs.size(); ++i) {
        // Every view looks at all runs when one is added; for hundreds of them once is enough.
        const bool isLast = i + 1 == loaded.runs.size();
        const QSignalBlocker quiet(isLast ? nullptr : &m_workspace);
        m_workspace.addRun(std::move(loaded.runs[i]));
    }
    if (loaded.runs.size() > 1)
        Q_EMIT m_workspace.baselineChanged();
    if (loaded.project) {
        const std::string shown = valueOf(viewState, "run.shown"), baseline = valueOf(viewState, "run.baseline");
        for (const auto &run : m_workspace.runs()) {
            if (run->key() == shown)
                m_workspace.showRun(run.get());
            if (run->key() == baseline)
                m_workspace.setBaseline(run.get());
        }
    }
    if (!recordingOnly)
        m_workspace.setClean();
    else if (m_workspace.document())
        m_workspace.touch();
    for (const core::Error &error : m_workspace.history().replay(loaded.steps))
        loaded.warnings.push_back(error.text());
    if (loaded.isModified)
        m_workspace.touch();
    if (loaded.project)
        Q_EMIT viewStateLoaded();
    Q_EMIT opened(path);
    for (const std::string &warning : loaded.warnings)
        Q_EMIT m_workspace.notice(toQString(warning));
    if (!loaded.lost.empty()) {
        Offer offer;
        offer.id = QStringLiteral("lost");
        offer.title = tr("Some edits no longer fit the model");
        offer.text = tr("%1 were left out. The project file keeps them until it is saved.").arg(Counted::edits(static_cast<int>(loaded.lost.size())));
        for (const std::string &line : loaded.lost)
            offer.details << toQString(line);
        offer.choices.push_back({QStringLiteral("close"), tr("Close"), false, [] {}});
        Q_EMIT m_workspace.offered(offer);
    }
    if (loaded.slot)
        Q_EMIT recovered(loaded.slot);
    if (recordingOnly)
        Q_EMIT m_workspace.viewRequested(QStringLiteral("timeline"));
}

void ProjectKeeper::showResults(const core::Project &project)
{
    InputSource calibration = m_workspace.calibrationInputs(), evaluation = m_workspace.evaluationInputs();
    if (!project.inputsSpec.empty())
        calibration.spec = toQString(project.inputsSpec);
    calibration.preprocess = evaluation.preprocess = toQString(project.preprocess);
    if (const std::string spec = valueOf(viewState, "evaluationInputs"); !spec.empty())
        evaluation.spec = toQString(spec);
    m_workspace.setInputs(calibration, evaluation, project.labels.empty() ? m_workspace.labelsPath() : toQString(project.labels));
    if (auto seen = rangesFromJson(toQString(valueOf(viewState, "ranges")))) {
        core::EditState base = m_workspace.edits();
        if (const auto change = core::changeFromJson(valueOf(viewState, "calibrated")))
            (void)core::applyChange(base, *change);
        seen->encodings = base.encodings;
        m_workspace.setCalibration(std::move(*seen));
    }
    Checkpoints::of(m_workspace).load(viewState, m_workspace.edits());
    if (auto evaluated = evaluationFromJson(toQString(valueOf(viewState, "evaluation")))) {
        EvaluationState state{.result = std::move(*evaluated), .edits = m_workspace.edits(), .undoIndex = 0, .index = {}};
        if (const auto change = core::changeFromJson(valueOf(viewState, "evaluated")))
            (void)core::applyChange(state.edits, *change);
        m_workspace.setEvaluation(std::move(state));
    }
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

core::Project ProjectKeeper::makeProject(const core::EditState &base, bool withLiveRuns)
{
    core::Project project;
    const Document &document = *m_workspace.document();
    project.model.path = std::filesystem::absolute(document.path);
    project.dims = document.model->bindings.named;
    project.inputsSpec = m_workspace.calibrationInputs().spec.toStdString();
    project.preprocess = m_workspace.calibrationInputs().preprocess.toStdString();
    project.labels = toPath(m_workspace.labelsPath());
    project.view = viewState;
    std::erase_if(project.view, [](const auto &item) { return item.first.starts_with("run."); });
    for (const char *result : {"ranges", "calibrated", "evaluation", "evaluated"})
        project.view.erase(result);
    Checkpoints &checkpoints = Checkpoints::of(m_workspace);
    checkpoints.store(project.view, base);
    project.view["evaluationInputs"] = m_workspace.evaluationInputs().spec.toStdString();
    if (const auto &calibration = m_workspace.calibration()) {
        if (m_rangesJson.empty())
            m_rangesJson = rangesToJson(*calibration).toStdString();
        project.view["ranges"] = m_rangesJson;
        core::EditState calibrated;
        calibrated.encodings = calibration->encodings;
        core::EditState plain;
        plain.encodings = base.encodings;
        const std::string *stored = checkpoints.storedAs(calibration->encodings);
        project.view["calibrated"] = stored ? *stored : core::changeToJson(core::difference(plain, calibrated, "calibrated"));
    }
    if (const auto &evaluation = m_workspace.evaluation()) {
        if (m_evaluationJson.empty())
            m_evaluationJson = evaluationToJson(evaluation->result).toStdString();
        project.view["evaluation"] = m_evaluationJson;
        project.view["evaluated"] = core::changeToJson(core::difference(base, evaluation->edits, "evaluated"));
    }
    for (const auto &run : m_workspace.runs()) {
        if ((run->live && !withLiveRuns) || run->recording.empty())
            continue;
        project.runs.push_back({run->recording, {}});
        if (!(run->edits == base) && !run->fromFile)
            project.view[runKey(run->key())] =
                core::changeToJson(core::difference(base, run->edits, run->name.toStdString()));
        if (run->name.toStdString() != run->key())
            project.view[runKey(run->key(), "name")] = run->name.toStdString();
        if (run.get() == m_workspace.run())
            project.view["run.shown"] = run->key();
        if (run.get() == m_workspace.baseline())
            project.view["run.baseline"] = run->key();
    }
    return project;
}

core::Recovery ProjectKeeper::recovery()
{
    if (hooks.collectViewState)
        hooks.collectViewState();
    core::Recovery recovery;
    recovery.projectPath = toPath(m_workspace.projectPath());
    recovery.projectSha256 = m_projectSha256;
    recovery.project = makeProject(m_workspace.history().savedState(), true);
    recovery.project.model.sha256 = m_modelSha256;
    recovery.steps = m_workspace.history().unsavedSteps();
    return recovery;
}

void ProjectKeeper::save(const QString &path, std::function<void(bool)> then)
{
    const std::filesystem::path target = toPath(QFileInfo(path).absoluteFilePath());
    if (hooks.collectViewState)
        hooks.collectViewState();
    core::Project made = makeProject(m_workspace.edits(), false);
    made.edits = m_workspace.edits();
    m_save->setTitle(tr("Saving %1").arg(QFileInfo(path).fileName()));
    m_save->start(
        [project = std::move(made), target, known = m_modelSha256,
         model = m_workspace.document()->model](const core::JobContext &job) mutable -> core::Expected<Saved> {
            // The hash of what is open. The file may hold something else by now, which must not pass for it.
            project.model.sha256 = std::move(known);
            if (project.model.sha256.empty()) {
                auto hash = core::modelSha256(*model, job);
                if (!hash)
                    return std::move(hash.error());
                project.model.sha256 = std::move(*hash);
            }
            auto moved = gatherRuns(project, target, job);
            if (!moved)
                return std::move(moved.error());
            auto sha256 = core::saveProject(project, target);
            if (!sha256)
                return std::move(sha256.error());
            return Saved{std::move(project), std::move(*sha256), std::move(*moved)};
        },
        [this, path, then = std::move(then)](core::Expected<Saved> result) {
            if (!result) {
                Q_EMIT m_workspace.failed(result.error());
                if (then)
                    then(false);
                return;
            }
            for (const auto &run : m_workspace.runs()) {
                if (const auto moved = result->moved.find(run->recording); moved != result->moved.end())
                    run->recording = moved->second;
            }
            m_projectSha256 = std::move(result->sha256);
            m_modelSha256 = result->project.model.sha256;
            m_workspace.setProjectPath(QFileInfo(path).absoluteFilePath());
            m_workspace.setSaved(result->project.edits);
            Q_EMIT saved();
            if (then)
                then(true);
        });
}

} // namespace nordlys::studio

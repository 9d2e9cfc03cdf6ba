// SPDX-License-Identifier: GPL-3.0-or-later
#include "runner.h"

#include "build_settings.h"
#include "counted.h"
#include "text.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr int kBuildFeedMs = 33;

core::Expected<void> checkEncodings(const runtime::BuildOptions &options)
{
    if (options.precision == runtime::Precision::QuantSim && options.encodings.empty())
        return core::usageError("precision quantsim", "there are no encodings",
                                "Calibrate or import encodings first, or choose float32.");
    return {};
}

} // namespace

Runner::Runner(Workspace &workspace)
    : QObject(&workspace), m_workspace(workspace), m_devices(nullptr), m_cache(RunCache::defaultRoot()),
      m_build(tr("Building"), nullptr), m_run(tr("Running"), nullptr)
{
    // The records go with the old model, so nothing may be delivered into them any more.
    connect(&m_workspace, &Workspace::documentChanged, this, [this] {
        if (m_feed)
            m_feed->close();
        m_feed.reset();
        m_run.cancel();
        m_build.cancel();
        if (m_buildFeed)
            m_buildFeed->close();
        m_buildFeed.reset();
        m_cache.closeAll();
        if (std::exchange(m_record, nullptr))
            Q_EMIT buildStarted();
    });
}

Runner::~Runner()
{
    if (m_feed)
        m_feed->close();
    if (m_buildFeed)
        m_buildFeed->close();
}

runtime::BuildOptions Runner::buildOptions(const core::EditState &edits)
{
    const BuildSettings chosen = BuildSettings::of(edits);
    runtime::BuildOptions options;
    options.placement = edits.placement;
    options.precision = chosen.precisionFor(edits);
    if (options.precision != runtime::Precision::Float32 || leavesCpu(edits))
        options.encodings = edits.encodings;
    options.threads = chosen.threadCount();
    return options;
}

void Runner::build() { build(outputFolder(m_workspace)); }

BuildRecipe Runner::recipe(const QString &folder) const
{
    BuildRecipe made;
    const auto document = m_workspace.document();
    if (!document)
        return made;
    made.model = document->path;
    made.dims = document->model->bindings.named;
    made.edits = m_workspace.edits();
    const runtime::BuildOptions options = buildOptions(made.edits);
    made.precision = options.precision;
    made.threads = options.threads;
    made.folder = QFileInfo(folder.isEmpty() ? outputFolder(m_workspace) : folder).absoluteFilePath();
    return made;
}

void Runner::build(const QString &folder)
{
    const auto document = m_workspace.document();
    if (!document || m_build.isRunning())
        return;
    m_record = std::make_unique<BuildRecord>();
    m_record->recipe = recipe(folder);
    m_record->undoIndex = m_workspace.history().stack().index();
    runtime::BuildOptions options = buildOptions(m_record->recipe.edits);
    m_buildFeed = Feed<BuildEvent>::create(kBuildFeedMs, [this](std::vector<BuildEvent> events) { take(std::move(events)); });
    options.observer.progress = [feed = m_buildFeed](const runtime::BuildProgress &progress) { feed->add(progress); };
    options.observer.message = [feed = m_buildFeed](const runtime::BuildMessage &message) { feed->add(message); };
    m_build.start(
        [model = document->model, options = std::move(options), target = toPath(m_record->recipe.folder)](const core::JobContext &job)
            -> core::Expected<runtime::BuildResult> {
            NORDLYS_TRY(checkEncodings(options));
            // The folder itself appears when everything is in it; what leads there may be made before.
            std::error_code ignored;
            std::filesystem::create_directories(target.parent_path(), ignored);
            return runtime::buildArtifacts(model, options, target, job);
        },
        [this, feed = m_buildFeed](core::Expected<runtime::BuildResult> result) {
            if (feed == m_buildFeed)
                finishBuild(std::move(result));
        });
    Q_EMIT buildStarted(); // now isBuilding() says so too
}

void Runner::cancelBuild() { m_build.cancel(); }

void Runner::take(std::vector<BuildEvent> events)
{
    for (BuildEvent &event : events) {
        if (const auto *progress = std::get_if<runtime::BuildProgress>(&event)) {
            BuildRecord::Step &step = m_record->steps[static_cast<std::size_t>(progress->step)];
            step.began = true;
            step.progress = *progress;
        } else {
            m_record->log.push_back(std::move(std::get<runtime::BuildMessage>(event)));
        }
    }
    m_record->elapsedNs = m_build.elapsedMs() * 1'000'000;
    Q_EMIT buildProgressed();
}

void Runner::finishBuild(core::Expected<runtime::BuildResult> result)
{
    m_buildFeed->flush();
    m_buildFeed->close();
    m_buildFeed.reset();
    m_record->elapsedNs = m_build.elapsedMs() * 1'000'000;
    if (result) {
        m_record->state = BuildRecord::State::Done;
        m_record->elapsedNs = result->elapsedNs;
        m_record->result = std::move(*result);
        Q_EMIT m_workspace.notice(tr("Built %1 in %2")
                                      .arg(Counted::files(static_cast<qint64>(m_record->result->files.size())),
                                           QDir::toNativeSeparators(m_record->recipe.folder)));
    } else if (result.error().code == core::ErrorCode::Interrupted) {
        m_record->state = BuildRecord::State::Cancelled;
    } else {
        m_record->state = BuildRecord::State::Failed;
        m_record->error = std::move(result.error());
    }
    Q_EMIT buildEnded();
}

int Runner::buildAge() const
{
    return m_record ? m_workspace.history().stepsSince(m_record->recipe.edits, m_record->undoIndex) : 0;
}

std::filesystem::path Runner::recordingPath(const QString &run, const QString &recordTo)
{
    if (!recordTo.isEmpty()) {
        // A recording that a run of this window shows is not overwritten by the next.
        const QFileInfo wanted(recordTo);
        const auto isShown = [this](const QString &file) {
            return std::ranges::any_of(m_workspace.runs(), [&](const auto &entry) { return toQString(entry->recording) == file; });
        };
        if (!isShown(wanted.absoluteFilePath()))
            return toPath(wanted.absoluteFilePath());
        const QString ending = wanted.suffix().isEmpty() ? QString() : QLatin1Char('.') + wanted.suffix();
        return toPath(wanted.absolutePath() + QLatin1Char('/') + wanted.completeBaseName() + QLatin1Char('-') + run + ending);
    }
    if (const QString project = m_workspace.projectPath(); !project.isEmpty()) {
        const QFileInfo info(project);
        const QString stem = info.absolutePath() + QLatin1Char('/') + info.completeBaseName() + QStringLiteral(".runs/") + run;
        // The recording of a run that was taken out of the list stays as it is.
        QString path = stem + QStringLiteral(".nrs");
        for (int i = 2; QFileInfo::exists(path); ++i)
            path = QStringLiteral("%1-%2.nrs").arg(stem).arg(i);
        return toPath(path);
    }
    return toPath(m_cache.newRecording(run));
}

QString Runner::deviceName(const QString &id) const
{
    const DeviceEntry *entry = m_devices.find(id);
    return entry ? entry->name : QFileInfo(id).fileName();
}

void Runner::setSettings(const RunSettings &wanted)
{
    if (settings == wanted)
        return;
    settings = wanted;
    Q_EMIT settingsChanged();
}

RunSettings Runner::storedSettings(std::string_view json) const
{
    RunSettings stored = RunSettings::fromJson(json);
    if (const QString device = RunSettings::deviceIn(json); isAdbDevice(device) && m_devices.find(device))
        stored.deviceId = device;
    return stored;
}

void Runner::setLength(std::uint64_t iterations, double seconds)
{
    RunSettings wanted = settings;
    wanted.iterations = iterations;
    wanted.durationSeconds = seconds;
    setSettings(wanted);
}

void Runner::run(const RunSettings &wanted)
{
    if (wanted.whyInvalid().isEmpty())
        setSettings(wanted);
    start(wanted);
}

void Runner::replay(const RunSettings &wanted) { start(wanted); }

void Runner::start(const RunSettings &wanted)
{
    const auto document = m_workspace.document();
    const bool replays = wanted.isRecordingDevice();
    if ((!document && !replays) || m_run.isRunning())
        return;
    if (const QString why = wanted.whyInvalid(); !why.isEmpty()) {
        Q_EMIT m_workspace.failed(core::usageError(tr("Run settings").toStdString(), why.toStdString()));
        return;
    }
    auto made = std::make_unique<RunRecord>();
    made->name = m_workspace.nextRunName();
    if (!replays || !wanted.recordTo.isEmpty())
        made->recording = recordingPath(made->name, wanted.recordTo);
    made->edits = m_workspace.edits();
    made->undoIndex = m_workspace.history().stack().index();
    made->live = true;
    made->fromFile = replays; // what was built for it nobody knows
    made->device = deviceName(wanted.deviceId);
    const std::filesystem::path recording = made->recording;
    if (replays && recording.empty())
        made->recording = toPath(wanted.recordingFile());
    QStringList inUse;
    for (const auto &entry : m_workspace.runs())
        inUse << toQString(entry->recording);
    inUse << toQString(recording);
    RunRecord *record = &m_workspace.addRun(std::move(made));

    if (!replays)
        m_devices.setMeasuring(wanted.deviceId);
    m_feed = RunFeed::create([this, record](RunFeed::Batch batch) { receive(record, std::move(batch)); });
    m_run.setTitle((replays ? tr("Replaying %1") : tr("Running %1")).arg(replays ? record->device : record->name));
    m_run.start(
        [model = document ? document->model : nullptr, options = buildOptions(record->edits), wanted, recording, replays, inUse,
         cache = m_cache.root(), feed = m_feed](const core::JobContext &job) -> core::Expected<Outcome> {
            std::error_code error;
            if (!recording.empty())
                std::filesystem::create_directories(recording.parent_path(), error);
            if (error)
                return core::cannotWrite(recording.parent_path().string(), error.message());
            RunCache::prune(cache, RunCache::kKeepRuns, RunCache::kKeepBytes, inUse);
            const QTemporaryDir folder;
            if (!folder.isValid())
                return core::cannotWrite(folder.path().toStdString(), folder.errorString().toStdString());
            const std::filesystem::path artifacts = toPath(folder.filePath(QStringLiteral("artifacts")));
            if (!replays) {
                NORDLYS_TRY(checkEncodings(options));
                NORDLYS_TRY(runtime::buildArtifacts(model, options, artifacts, job));
            }
            auto device = devicebridge::openDevice(wanted.deviceId.toStdString());
            if (!device)
                return std::move(device.error());
            devicebridge::RunRequest request;
            request.artifact = artifacts;
            request.iterations = wanted.iterations;
            request.durationSeconds = wanted.iterations > 0 ? 0 : wanted.durationSeconds;
            request.warmup = wanted.warmup;
            request.threads = wanted.threads;
            request.profiling = wanted.profiling.toStdString();
            request.sampleRateHz = wanted.sampleRateHz;
            request.recordPath = recording;
            auto profile = (*device)->run(
                request, [&feed](const core::StreamItem &item) { feed->add(item); }, job);
            if (!profile)
                return std::move(profile.error());
            auto finished = std::make_shared<Finished>();
            finished->summary = core::summarize(*profile);
            finished->profile = std::move(*profile);
            return finished;
        },
        [this, record](core::Expected<Outcome> outcome) { finish(record, std::move(outcome)); });
}

void Runner::stop() { m_run.cancel(); }

void Runner::receive(RunRecord *record, RunFeed::Batch batch)
{
    bool restructured = batch.summary.has_value();
    for (const core::StreamItem &item : batch.items) {
        core::addToRun(record->profile, item);
        if (std::holds_alternative<core::RunStart>(item)) {
            record->indexLayers();
            restructured = true;
        }
    }
    if (batch.summary)
        record->summary = std::move(*batch.summary);
    Q_EMIT m_workspace.runExtended();
    if (restructured)
        Q_EMIT m_workspace.runsChanged();
}

void Runner::finish(RunRecord *record, core::Expected<Outcome> outcome)
{
    m_devices.setMeasuring({});
    if (!m_feed)
        return; // another model was opened meanwhile; the record is gone
    m_feed->flush();
    m_feed->close();
    m_feed.reset();
    if (!outcome) {
        m_workspace.removeRun(record);
        if (outcome.error().code != core::ErrorCode::Interrupted)
            Q_EMIT m_workspace.failed(outcome.error());
        return;
    }
    record->profile = std::move((*outcome)->profile);
    record->summary = std::move((*outcome)->summary);
    record->live = false;
    record->indexLayers();
    m_workspace.touch();
    Q_EMIT m_workspace.runExtended();
    Q_EMIT m_workspace.runsChanged();
}

} // namespace nordlys::studio

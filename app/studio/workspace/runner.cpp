// SPDX-License-Identifier: GPL-3.0-or-later
#include "runner.h"

#include "counted.h"
#include "text.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTemporaryDir>

#include <algorithm>

namespace nordlys::studio {

Runner::Runner(Workspace &workspace)
    : QObject(&workspace), m_workspace(workspace), m_build(tr("Building"), nullptr), m_run(tr("Running"), nullptr)
{
    // The records go with the old model, so nothing may be delivered into them any more.
    connect(&m_workspace, &Workspace::documentChanged, this, [this] {
        if (m_feed)
            m_feed->close();
        m_feed.reset();
        m_run.cancel();
        m_build.cancel();
    });
}

Runner::~Runner()
{
    if (m_feed)
        m_feed->close();
}

runtime::BuildOptions Runner::buildOptions(const core::EditState &edits)
{
    runtime::BuildOptions options;
    options.encodings = edits.encodings;
    options.placement = edits.placement;
    // Encodings are for what runs on another backend where something does; else the whole network simulates them.
    const bool leavesCpu = std::ranges::any_of(edits.placement, [](const auto &entry) { return entry.second != core::Backend::Cpu; });
    options.precision = edits.encodings.empty() || leavesCpu ? runtime::Precision::Float32 : runtime::Precision::QuantSim;
    return options;
}

void Runner::build(const QString &folder)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    m_build.start([model = document->model, options = buildOptions(m_workspace.edits()), target = toPath(folder)](
                      const core::JobContext &job) { return runtime::buildArtifacts(model, options, target, job); },
                  [this, folder](core::Expected<runtime::BuildResult> result) {
                      if (result) {
                          Q_EMIT m_workspace.notice(tr("Built %1 in %2")
                                                        .arg(Counted::files(static_cast<qint64>(result->files.size())),
                                                             QDir::toNativeSeparators(folder)));
                      } else if (result.error().code != core::ErrorCode::Interrupted) {
                          Q_EMIT m_workspace.failed(result.error());
                      }
                  });
}

std::filesystem::path Runner::recordingPath(const QString &run) const
{
    if (const QString project = m_workspace.projectPath(); !project.isEmpty()) {
        const QFileInfo info(project);
        const QString stem = info.absolutePath() + QLatin1Char('/') + info.completeBaseName() + QStringLiteral(".runs/") + run;
        // The recording of a run that was taken out of the list stays as it is.
        QString path = stem + QStringLiteral(".nrs");
        for (int i = 2; QFileInfo::exists(path); ++i)
            path = QStringLiteral("%1-%2.nrs").arg(stem).arg(i);
        return toPath(path);
    }
    const QString stamp = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss-zzz"));
    return toPath(QStandardPaths::writableLocation(QStandardPaths::CacheLocation) + QStringLiteral("/runs/") + stamp +
                  QLatin1Char('/') + run + QStringLiteral(".nrs"));
}

void Runner::run(const RunSettings &wanted)
{
    const auto document = m_workspace.document();
    if (!document || m_run.isRunning())
        return;
    settings = wanted;
    auto made = std::make_unique<RunRecord>();
    made->name = m_workspace.nextRunName();
    made->recording = recordingPath(made->name);
    made->edits = m_workspace.edits();
    made->undoIndex = m_workspace.history().stack().index();
    made->live = true;
    made->device = tr("This computer");
    RunRecord *record = &m_workspace.addRun(std::move(made));

    m_feed = RunFeed::create([this, record](RunFeed::Batch batch) { receive(record, std::move(batch)); });
    m_run.setTitle(tr("Running %1").arg(record->name));
    m_run.start(
        [model = document->model, options = buildOptions(record->edits), wanted, recording = record->recording,
         feed = m_feed](const core::JobContext &job) -> core::Expected<Outcome> {
            std::error_code error;
            std::filesystem::create_directories(recording.parent_path(), error);
            if (error)
                return core::cannotWrite(recording.parent_path().string(), error.message());
            const QTemporaryDir folder;
            if (!folder.isValid())
                return core::cannotWrite(folder.path().toStdString(), folder.errorString().toStdString());
            const std::filesystem::path artifacts = toPath(folder.filePath(QStringLiteral("artifacts")));
            auto built = runtime::buildArtifacts(model, options, artifacts, job);
            if (!built)
                return std::move(built.error());
            auto device = devicebridge::openDevice(wanted.deviceId.toStdString());
            if (!device)
                return std::move(device.error());
            devicebridge::RunRequest request;
            request.artifact = artifacts;
            request.iterations = wanted.iterations;
            request.durationSeconds = wanted.durationSeconds;
            request.threads = wanted.threads;
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

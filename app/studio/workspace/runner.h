// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include <studio/jobs/job.h>
#include <studio/jobs/run_feed.h>

#include <devicebridge/device.h>
#include <runtime/artifact/artifact.h>

namespace nordlys::studio {

struct RunSettings {
    std::uint64_t iterations = 200;
    double durationSeconds = 0; ///< used when iterations is 0
    int threads = 0;            ///< 0: physical cores
    QString deviceId = QStringLiteral("local");
};

/// Builds and runs what the workspace holds. A run streams into a live RunRecord; its recording is kept beside the project, or in
/// the cache folder as long as there is no project.
class Runner : public QObject {
    Q_OBJECT

public:
    explicit Runner(Workspace &workspace);
    ~Runner() override;

    /// Writes the artifacts into a folder that the user chose.
    void build(const QString &folder);
    /// Builds into a temporary folder and runs on the device.
    void run(const RunSettings &settings);
    void stop();

    [[nodiscard]] JobBase &buildJob() { return m_build; }
    [[nodiscard]] JobBase &runJob() { return m_run; }
    [[nodiscard]] bool isRunning() const { return m_run.isRunning(); }
    RunSettings settings;

private:
    struct Finished {
        core::RunProfile profile;
        core::RunSummary summary;
    };
    using Outcome = std::shared_ptr<Finished>;
    [[nodiscard]] static runtime::BuildOptions buildOptions(const core::EditState &edits);
    [[nodiscard]] std::filesystem::path recordingPath(const QString &run) const;
    void receive(RunRecord *record, RunFeed::Batch batch);
    void finish(RunRecord *record, core::Expected<Outcome> outcome);

    Workspace &m_workspace;
    Job<core::Expected<runtime::BuildResult>> m_build;
    Job<core::Expected<Outcome>> m_run;
    std::shared_ptr<RunFeed> m_feed;
};

} // namespace nordlys::studio

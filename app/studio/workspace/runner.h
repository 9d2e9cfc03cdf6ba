// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "build_record.h"
#include "device_list.h"
#include "run_cache.h"
#include "run_settings.h"
#include "workspace.h"

#include <studio/jobs/feed.h>
#include <studio/jobs/job.h>
#include <studio/jobs/run_feed.h>

#include <devicebridge/device.h>
#include <runtime/artifact/artifact.h>

#include <variant>

namespace nordlys::studio {

/// Builds and runs what the workspace holds. A run streams into a live RunRecord; its recording is kept where the settings say,
/// beside the project, or in the cache folder as long as there is no project.
class Runner : public QObject {
    Q_OBJECT

public:
    explicit Runner(Workspace &workspace);
    ~Runner() override;

    /// Builds with the build settings of the edits, into the folder that they name or into `folder`. A folder that is there keeps
    /// its content until the build is whole.
    void build();
    void build(const QString &folder);
    void cancelBuild();
    /// What a build would make now; `folder` empty: where the settings say.
    [[nodiscard]] BuildRecipe recipe(const QString &folder = {}) const;
    /// The newest build; null when there was none of this model.
    [[nodiscard]] const BuildRecord *lastBuild() const { return m_record.get(); }
    /// Steps between the newest build and the edits as they are; 0: current, or there is none.
    [[nodiscard]] int buildAge() const;

    /// Builds into a temporary folder and runs on the device. A recording is replayed and needs no model.
    void run(const RunSettings &settings);
    /// As run, once: the settings stay as they are.
    void replay(const RunSettings &settings);
    void stop();
    void setSettings(const RunSettings &settings);
    /// Settings of a project. Its device is used only where this window knows it: a project must not lead Run to an address that nobody here added.
    [[nodiscard]] RunSettings storedSettings(std::string_view json) const;
    /// Length of runs: inferences, or, where those are 0, seconds.
    void setLength(std::uint64_t iterations, double seconds);

    [[nodiscard]] JobBase &buildJob() { return m_build; }
    [[nodiscard]] JobBase &runJob() { return m_run; }
    [[nodiscard]] bool isRunning() const { return m_run.isRunning(); }
    [[nodiscard]] bool isBuilding() const { return m_build.isRunning(); }
    [[nodiscard]] DeviceList &devices() { return m_devices; }
    RunSettings settings;

Q_SIGNALS:
    void settingsChanged();
    void buildStarted();    ///< lastBuild() is another
    void buildProgressed(); ///< steps moved, lines were added
    void buildEnded();

private:
    struct Finished {
        core::RunProfile profile;
        core::RunSummary summary;
    };
    using Outcome = std::shared_ptr<Finished>;
    using BuildEvent = std::variant<runtime::BuildProgress, runtime::BuildMessage>;
    [[nodiscard]] static runtime::BuildOptions buildOptions(const core::EditState &edits);
    [[nodiscard]] std::filesystem::path recordingPath(const QString &run, const QString &recordTo);
    void start(const RunSettings &wanted);
    [[nodiscard]] QString deviceName(const QString &id) const;
    void take(std::vector<BuildEvent> events);
    void finishBuild(core::Expected<runtime::BuildResult> result);
    void receive(RunRecord *record, RunFeed::Batch batch);
    void finish(RunRecord *record, core::Expected<Outcome> outcome);

    Workspace &m_workspace;
    DeviceList m_devices;
    RunCache m_cache;
    Job<core::Expected<runtime::BuildResult>> m_build;
    std::unique_ptr<BuildRecord> m_record;
    std::shared_ptr<Feed<BuildEvent>> m_buildFeed;
    Job<core::Expected<Outcome>> m_run;
    std::shared_ptr<RunFeed> m_feed;
};

} // namespace nordlys::studio

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "build_observer.h"

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/graph/graph.h>

#include <chrono>
#include <optional>

namespace nordlys::runtime {

/// Tells observer and job where a build is. One thread.
class BuildTracker {
public:
    BuildTracker(const BuildObserver &observer, const core::JobContext &job, const core::Graph &graph);

    /// Ends the running step and begins this one. Interrupted when a stop was requested.
    core::Expected<void> begin(BuildStep step);
    void report(std::uint64_t done, std::uint64_t total);
    void say(BuildSeverity severity, std::string text, std::string node = {}, std::string tensor = {});
    void finish();
    /// Ends the running step as failed or cancelled and says why, with the node or tensor that the error names.
    void fail(const core::Error &error);

    [[nodiscard]] bool listens() const { return static_cast<bool>(m_observer.message); }
    [[nodiscard]] bool stopRequested() const { return m_job.stopRequested(); }
    /// For work inside a step: its stop, its progress as this step's.
    [[nodiscard]] core::JobContext jobOfStep();

private:
    using Clock = std::chrono::steady_clock;
    void end(BuildProgress::State state);
    void emitProgress(BuildProgress::State state);

    const BuildObserver &m_observer;
    const core::JobContext &m_job;
    const core::Graph &m_graph;
    const Clock::time_point m_start = Clock::now();
    Clock::time_point m_stepStart, m_lastReport;
    std::optional<BuildStep> m_step;
    std::uint64_t m_done = 0, m_total = 0;
};

/// The node or tensor that an error of the plan is about ("step conv1", "tensor x"), by name; empty where it is about the whole.
struct BuildSubject {
    std::string node, tensor;
};
BuildSubject subjectOf(const core::Error &error, const core::Graph &graph);

} // namespace nordlys::runtime

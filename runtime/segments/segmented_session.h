// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "segmented_plan.h"

#include <runtime/session/session.h>

#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace nordlys::runtime {

/// Runs the segments of a plan one after the other and copies boundary tensors between them; one team of threads serves all. One run at a time.
class SegmentedSession {
public:
    static core::Expected<std::unique_ptr<SegmentedSession>> create(std::shared_ptr<const SegmentedPlan> plan, int threads = 1);

    [[nodiscard]] const SegmentedPlan &plan() const { return *m_plan; }
    /// Inputs as plan().inputs() says; BadInput names the one that does not fit. A stop request ends it between two steps with Interrupted.
    core::Expected<void> run(std::span<const core::HostTensor> inputs, const std::stop_token &stop = {});
    [[nodiscard]] core::Expected<core::HostTensor> output(std::size_t index) const;

    /// Of the last run, one per entry of plan().layers(): boundary copies and steps.
    [[nodiscard]] std::span<const Session::StepTime> stepTimes() const { return m_times; }
    /// From before the first step to after the last, without copying the network's inputs and outputs.
    [[nodiscard]] std::int64_t lastRunNs() const { return m_durationNs; }
    [[nodiscard]] std::int64_t lastRunStartNs() const { return m_startNs; } ///< CLOCK_MONOTONIC
    void setTimersEnabled(bool enabled);
    /// Test hook, see Session::delayStep; `layer` counts as plan().layers() does. Boundary copies cannot be delayed.
    void delayLayer(std::size_t layer, std::int64_t extraNs);

private:
    SegmentedSession() = default;
    struct Copy {
        std::span<const std::byte> from;
        std::span<std::byte> to;
    };
    struct Part {
        std::unique_ptr<Session> session;
        std::vector<Copy> copies;
        std::vector<std::pair<std::size_t, std::size_t>> inputs; ///< input of the network, input of the segment
    };

    std::shared_ptr<const SegmentedPlan> m_plan;
    std::vector<Part> m_parts;
    std::vector<Session::StepTime> m_times;
    std::int64_t m_startNs = 0, m_durationNs = 0;
    bool m_timersEnabled = true;
};

} // namespace nordlys::runtime

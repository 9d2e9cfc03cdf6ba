// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.h"
#include "stop_watcher.h"
#include "stream_writer.h"

#include <core/profile/stream.h>
#include <runtime/telemetry/sampler.h>

#include <memory>

namespace nordlys::runtime {

/// The runner's side of a run stream: Hello at construction, telemetry between startTelemetry() and finish(), RunFinished at the end.
class RunnerStream {
public:
    RunnerStream(const RunnerOptions &options, StopWatcher &stop);

    [[nodiscard]] std::int64_t originNs() const { return m_originNs; }
    [[nodiscard]] std::int64_t nowNs() const { return monotonicNowNs() - m_originNs; }
    [[nodiscard]] StreamWriter &writer() { return *m_writer; }
    void startTelemetry();
    void log(std::string level, std::string text);
    /// Ends the stream and waits until it is written. The error of the output, if it broke.
    core::Expected<void> finish(core::RunStatus status, std::string reason, std::uint64_t inferences);

private:
    core::DeviceHello hello(const RunnerOptions &options) const;

    std::int64_t m_originNs;
    std::unique_ptr<TelemetrySampler> m_sampler; // none: telemetry is off
    std::unique_ptr<StreamWriter> m_writer;
};

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "counter_source.h"

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace nordlys::runtime {

std::int64_t monotonicNowNs(); ///< CLOCK_MONOTONIC

struct TelemetryOptions {
    std::filesystem::path sysfsRoot = "/sys", procfsRoot = "/proc";
    double sampleRateHz = 20;        ///< clamped to 1..100
    std::int64_t clockOriginNs = 0; ///< sample times are CLOCK_MONOTONIC minus this
};

/// Samples every counter of this machine in a thread of its own. Probing reads each file once; what cannot be read is a counter that says why.
class TelemetrySampler {
public:
    /// Called on the sampler's thread, once a tick; must return quickly.
    using TickFunction = std::function<void(TelemetryTick &&)>;

    explicit TelemetrySampler(TelemetryOptions options);
    ~TelemetrySampler(); ///< stops
    TelemetrySampler(const TelemetrySampler &) = delete;
    TelemetrySampler &operator=(const TelemetrySampler &) = delete;

    [[nodiscard]] const std::vector<core::CounterInfo> &counters() const { return m_probed.counters; }
    /// First tick at once, then at the sample rate. A tick that comes too late is skipped, not made up for.
    void start(TickFunction onTick);
    /// Returns after the last tick.
    void stop();

    /// What sampling cost; valid after stop().
    struct Cost {
        std::uint64_t ticks = 0, missedTicks = 0;
        std::int64_t cpuNs = 0; ///< processor time of the sampler's thread
    };
    [[nodiscard]] Cost cost() const { return m_cost; }

private:
    void loop(const TickFunction &onTick);

    TelemetryOptions m_options;
    ProbedCounters m_probed;
    Cost m_cost;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_stop = false;
    std::thread m_thread;
};

} // namespace nordlys::runtime

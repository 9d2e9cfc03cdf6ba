// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "output.h"

#include <core/profile/run_statistics.h>

#include <chrono>
#include <string>

namespace nordlys::cli {

/// Highest resident memory of this process so far, in MiB (VmHWM of /proc/self/status).
double peakRssMiB();

class Stopwatch {
public:
    [[nodiscard]] double ms() const
    {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - m_start).count();
    }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

/// {min, mean, p50, p95, p99, max} in milliseconds.
Json latencyJson(const core::DurationSummary &latency);
Json verdictJson(const core::Verdict &verdict);
/// "p50 1.234 ms, p95 ..."
std::string latencyText(const core::DurationSummary &latency);
/// "trusted", or "noisy: p95/p50 is 1.4".
std::string verdictText(const core::Verdict &verdict);

} // namespace nordlys::cli

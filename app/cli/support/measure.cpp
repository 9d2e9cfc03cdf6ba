// SPDX-License-Identifier: Apache-2.0
#include "measure.h"

#include <fmt/format.h>

#include <fstream>

namespace nordlys::cli {

double peakRssMiB()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:"))
            return std::strtod(line.c_str() + 6, nullptr) / 1024;
    return 0;
}

Json latencyJson(const core::DurationSummary &latency)
{
    return {{"min", latency.minNs / 1e6}, {"mean", latency.meanNs / 1e6}, {"p50", latency.p50Ns / 1e6},
            {"p95", latency.p95Ns / 1e6}, {"p99", latency.p99Ns / 1e6},   {"max", latency.maxNs / 1e6}};
}

Json verdictJson(const core::Verdict &verdict) { return {{"level", core::nameOf(verdict.level)}, {"reasons", verdict.reasons}}; }

std::string latencyText(const core::DurationSummary &latency)
{
    return fmt::format("p50 {:.3f} ms, p95 {:.3f} ms, p99 {:.3f} ms, mean {:.3f} ms, min {:.3f} ms", latency.p50Ns / 1e6,
                       latency.p95Ns / 1e6, latency.p99Ns / 1e6, latency.meanNs / 1e6, latency.minNs / 1e6);
}

std::string verdictText(const core::Verdict &verdict)
{
    std::string text = core::nameOf(verdict.level);
    for (std::size_t i = 0; i < verdict.reasons.size(); ++i)
        text += (i == 0 ? ": " : "; ") + verdict.reasons[i];
    return text;
}

} // namespace nordlys::cli

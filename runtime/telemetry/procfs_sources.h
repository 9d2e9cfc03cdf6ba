// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "counter_source.h"

#include <filesystem>

namespace nordlys::runtime {

/// "cpu utilisation" and "cpuN utilisation" (%) from <root>/stat: time that was not idle and not waiting for I/O, between two readings. The kernel
/// counts in ticks of 10 ms, so a value covers at least 10 ticks, however fast the sampler is. The first reading is the start and gives no value.
void probeUtilisation(ProbedCounters &probed, const std::filesystem::path &procfsRoot);
/// "memory available" (bytes) from <root>/meminfo's MemAvailable, "memory of the runner" (bytes, resident) from <root>/self/statm.
void probeMemory(ProbedCounters &probed, const std::filesystem::path &procfsRoot);
/// "cpuN clock (cpuinfo)" (Hz) from <root>/cpuinfo's "cpu MHz": for machines that publish no cpufreq policy. In a virtual machine the value is the
/// nominal one. Read at most 5 times a second: some kernels wake every core to answer.
void probeCpuinfoClock(ProbedCounters &probed, const std::filesystem::path &procfsRoot);

} // namespace nordlys::runtime

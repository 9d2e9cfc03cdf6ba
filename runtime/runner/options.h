// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace nordlys::runtime {

/// What each level measures. Off: latencies only, no telemetry. Basic: telemetry as well. Detailed: layer times as well.
enum class Profiling { Off, Basic, Detailed };

struct RunnerOptions {
    std::filesystem::path artifact;
    std::vector<std::string> inputs; ///< "F.npy" or "NAME=F.npy"
    std::uint64_t iterations = 200;  ///< 0: until the duration is over, or until stopped
    double durationSeconds = 0;      ///< 0: no limit
    std::uint32_t warmup = 10;
    int threads = 0; ///< 0: physical cores
    double sampleRateHz = 20; ///< 0: no telemetry
    Profiling profiling = Profiling::Detailed;
    std::filesystem::path sysfsRoot = "/sys", procfsRoot = "/proc";
    bool monitorOnly = false, showHelp = false, showVersion = false;
    std::vector<std::pair<std::string, std::int64_t>> delayedLayers; ///< name, nanoseconds
};

std::string nameOf(Profiling profiling); ///< "off", "basic", "detailed"
/// Arguments without the program's name. Usage error that names the option.
core::Expected<RunnerOptions> parseRunnerOptions(const std::vector<std::string> &arguments);
std::string runnerHelp();

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#include "runner_arguments.h"

#include <fmt/format.h>

namespace nordlys::devicebridge {

namespace {

std::string number(double value)
{
    return fmt::format("{:.6f}", value);
}

} // namespace

std::vector<std::string> runnerArguments(const RunRequest &request, bool monitorOnly)
{
    std::vector<std::string> arguments{"--sample-rate", number(request.sampleRateHz), "--sysfs-root", request.sysfsRoot.string(), "--procfs-root",
                                       request.procfsRoot.string()};
    const auto add = [&](std::string option, std::string value) {
        arguments.push_back(std::move(option));
        arguments.push_back(std::move(value));
    };
    if (request.durationSeconds > 0)
        add("--duration", number(request.durationSeconds));
    if (monitorOnly) {
        arguments.emplace_back("--monitor");
        return arguments;
    }
    add("--iterations", std::to_string(request.iterations));
    add("--warmup", std::to_string(request.warmup));
    add("--threads", std::to_string(request.threads));
    add("--profiling", request.profiling);
    if (!request.input.empty())
        add("--input", request.input.string());
    if (!request.testSlowLayer.empty())
        add("--delay-layer", request.testSlowLayer);
    // A path that begins with a dash is no option.
    arguments.emplace_back("--");
    arguments.push_back(request.artifact.string());
    return arguments;
}

} // namespace nordlys::devicebridge

// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

namespace nordlys::runtime {

namespace {

constexpr const char *kSeeHelp = "See nordlys-run --help.";

template <typename T>
std::optional<T> parseNumber(const std::string &text)
{
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

core::Error badValue(const std::string &option, const std::string &value, const std::string &wanted)
{
    return core::usageError(option, '"' + value + "\" is not " + wanted, kSeeHelp);
}

using Setter = std::function<core::Expected<void>(const std::string &value)>;

template <typename T>
Setter numberSetter(const std::string &option, T &target, T minimum, T maximum, const std::string &wanted)
{
    return [=, &target](const std::string &value) -> core::Expected<void> {
        const auto number = parseNumber<T>(value);
        if (!number || !(*number >= minimum && *number <= maximum))
            return badValue(option, value, wanted);
        target = *number;
        return {};
    };
}

core::Expected<void> addDelay(RunnerOptions &options, const std::string &value)
{
    constexpr std::int64_t kMaxDelayNs = 10'000'000'000;
    const auto equals = value.rfind('=');
    const auto ns = equals == std::string::npos ? std::nullopt : parseNumber<std::int64_t>(value.substr(equals + 1));
    if (!ns || equals == 0 || *ns < 0 || *ns > kMaxDelayNs)
        return badValue("--delay-layer", value, "NAME=NANOSECONDS (up to 10 s)");
    options.delayedLayers.emplace_back(value.substr(0, equals), *ns);
    return {};
}

core::Expected<void> setProfiling(RunnerOptions &options, const std::string &value)
{
    for (const Profiling level : {Profiling::Off, Profiling::Basic, Profiling::Detailed}) {
        if (value == nameOf(level)) {
            options.profiling = level;
            return {};
        }
    }
    return badValue("--profiling", value, "off, basic or detailed");
}

std::map<std::string, Setter> valueOptions(RunnerOptions &options)
{
    const auto pathSetter = [](std::filesystem::path &target) {
        return [&target](const std::string &value) -> core::Expected<void> {
            target = value;
            return {};
        };
    };
    std::map<std::string, Setter> setters;
    setters["--input"] = [&](const std::string &value) -> core::Expected<void> {
        options.inputs.push_back(value);
        return {};
    };
    setters["--iterations"] = numberSetter<std::uint64_t>("--iterations", options.iterations, 0, 1'000'000'000'000, "a count of inferences");
    setters["--duration"] = numberSetter<double>("--duration", options.durationSeconds, 0, 1e7, "a number of seconds");
    setters["--warmup"] = numberSetter<std::uint32_t>("--warmup", options.warmup, 0, 1'000'000'000, "a count of inferences");
    setters["--threads"] = numberSetter<int>("--threads", options.threads, 0, 256, "a count of threads from 1 to 256, or 0 for one per physical core");
    setters["--sample-rate"] = [&](const std::string &value) -> core::Expected<void> {
        const auto rate = parseNumber<double>(value);
        if (!rate || !(*rate == 0 || (*rate >= 1 && *rate <= 100)))
            return badValue("--sample-rate", value, "0 or a rate from 1 to 100 Hz");
        options.sampleRateHz = *rate;
        return {};
    };
    setters["--profiling"] = [&](const std::string &value) { return setProfiling(options, value); };
    setters["--sysfs-root"] = pathSetter(options.sysfsRoot);
    setters["--procfs-root"] = pathSetter(options.procfsRoot);
    setters["--delay-layer"] = [&](const std::string &value) { return addDelay(options, value); };
    return setters;
}

} // namespace

std::string nameOf(Profiling profiling)
{
    switch (profiling) {
    case Profiling::Off: return "off";
    case Profiling::Basic: return "basic";
    case Profiling::Detailed: return "detailed";
    }
    return "detailed";
}

core::Expected<RunnerOptions> parseRunnerOptions(const std::vector<std::string> &arguments)
{
    RunnerOptions options;
    const auto setters = valueOptions(options);
    bool onlyPaths = false, iterationsGiven = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string argument = arguments[i];
        if (onlyPaths || !argument.starts_with('-')) {
            if (!options.artifact.empty())
                return core::usageError(argument, "only one artifact can be run", kSeeHelp);
            options.artifact = argument;
            continue;
        }
        if (argument == "--") {
            onlyPaths = true;
        } else if (argument == "--monitor") {
            options.monitorOnly = true;
        } else if (argument == "--help" || argument == "-h") {
            options.showHelp = true;
        } else if (argument == "--version") {
            options.showVersion = true;
        } else {
            const auto equals = argument.find('=');
            const std::string name = argument.substr(0, equals);
            const auto setter = setters.find(name);
            if (setter == setters.end())
                return core::usageError(name, "no such option", kSeeHelp);
            if (equals == std::string::npos && i + 1 == arguments.size())
                return core::usageError(name, "its value is missing", kSeeHelp);
            iterationsGiven = iterationsGiven || name == "--iterations";
            NORDLYS_TRY(setter->second(equals == std::string::npos ? arguments[++i] : argument.substr(equals + 1)));
        }
    }
    if (options.durationSeconds > 0 && !iterationsGiven)
        options.iterations = 0;
    if (options.showHelp || options.showVersion)
        return options;
    if (options.monitorOnly != options.artifact.empty())
        return core::usageError("artifact", options.monitorOnly ? "--monitor takes none" : "none was given", kSeeHelp);
    if (options.monitorOnly && options.sampleRateHz == 0)
        return core::usageError("--monitor", "a sample rate of 0 leaves nothing to show", kSeeHelp);
    return options;
}

std::string runnerHelp()
{
    return R"(nordlys-run [options] ARTIFACT
nordlys-run [options] --monitor

Runs an artifact of `nordlys build` (its folder or a context file) and writes the run stream to standard output: a recording when redirected to a file.
Ends early, after the current inference, on SIGTERM, SIGINT, or when standard input is a pipe that is closed; at once between two layers on a second signal.

  --input F.npy          the model's only input; NAME=F.npy names one of several. Inputs that are not given are filled with
                         pseudo-random values that are the same in every run: floats in (0, 1], integers 1, booleans true
  --iterations N         measured inferences (default 200; 0: until the duration is over or until stopped)
  --duration S           seconds of measuring; without --iterations the only limit
  --warmup N             inferences before measuring (default 10)
  --threads N            threads of the kernels (default 0: one per physical core)
  --sample-rate HZ       telemetry samples per second, 1 to 100 (default 20; 0: none)
  --profiling LEVEL      off: latencies only; basic: and telemetry; detailed (default): and layer times
  --monitor              telemetry only
  --sysfs-root, --procfs-root FOLDER   where telemetry is read from (default /sys, /proc)
  --delay-layer NAME=NS  test hook: the layer busy-waits NS nanoseconds longer
  --version, --help
Exit codes: 0 finished, 2 usage, 3 bad input, 4 device, 5 not supported, 6 cannot write, 130 interrupted.
)";
}

} // namespace nordlys::runtime

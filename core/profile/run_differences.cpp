// SPDX-License-Identifier: Apache-2.0
#include "run_differences.h"

#include "emulated_backends.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace nordlys::core {

namespace {

constexpr double kClockPercent = 2;
constexpr double kDegrees = 5;

struct CounterMean {
    std::string unit;
    double first = 0, mean = 0;
    std::uint64_t samples = 0;
};

std::map<std::string, CounterMean> countersOf(const RunProfile &run)
{
    std::map<std::uint32_t, const CounterInfo *> infos;
    for (const CounterInfo &info : run.hello.counters)
        infos.emplace(info.id, &info);
    std::map<std::string, CounterMean> counters;
    for (const CounterSample &sample : run.counterSamples) {
        const auto info = infos.find(sample.counterId);
        if (info == infos.end())
            continue;
        CounterMean &counter = counters[info->second->name];
        if (counter.samples++ == 0) {
            counter.unit = info->second->unit;
            counter.first = sample.value;
        }
        counter.mean += (sample.value - counter.mean) / static_cast<double>(counter.samples);
    }
    return counters;
}

std::string emulatedText(const RunProfile &run)
{
    const auto names = emulatedBackends(run.start);
    return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

bool isClock(const std::string &unit) { return unit == "Hz" || unit == "kHz" || unit == "MHz" || unit == "GHz"; }
bool isTemperature(const std::string &unit) { return unit == "°C" || unit == "C" || unit == "degC"; }

} // namespace

std::vector<RunDifference> differencesOf(const RunProfile &a, const RunProfile &b)
{
    std::vector<RunDifference> differences;
    const auto compare = [&](const char *what, const std::string &textA, const std::string &textB, bool weakens) {
        if (textA != textB)
            differences.push_back({what, textA, textB, weakens});
    };
    compare("device", a.hello.deviceModel, b.hello.deviceModel, true);
    compare("processor", a.hello.soc, b.hello.soc, true);
    compare("emulated backends", emulatedText(a), emulatedText(b), true);
    compare("system", a.hello.os, b.hello.os, false);
    compare("runner", a.hello.runnerVersion, b.hello.runnerVersion, false);
    compare("model", a.start.modelName, b.start.modelName, true);
    compare("artifact", a.start.artifactSha256, b.start.artifactSha256, false);
    compare("precision", a.start.precision, b.start.precision, false);
    compare("threads", std::to_string(a.start.threads), std::to_string(b.start.threads), true);
    compare("warm-up", std::to_string(a.start.warmup), std::to_string(b.start.warmup), false);
    compare("layer times", a.start.profiling, b.start.profiling, false);

    const auto countersA = countersOf(a), countersB = countersOf(b);
    for (const auto &[name, x] : countersA) {
        const auto found = countersB.find(name);
        if (found == countersB.end() || found->second.unit != x.unit)
            continue;
        const CounterMean &y = found->second;
        if (isClock(x.unit) && x.mean > 0 && std::abs(y.mean / x.mean - 1) * 100 > kClockPercent)
            differences.push_back({"mean clock (" + name + ")", fmt::format("{:.4g} {}", x.mean, x.unit),
                                   fmt::format("{:.4g} {}", y.mean, y.unit), true});
        if (isTemperature(x.unit) && std::abs(x.first - y.first) >= kDegrees)
            differences.push_back({"temperature at start (" + name + ")", fmt::format("{:.1f} {}", x.first, x.unit),
                                   fmt::format("{:.1f} {}", y.first, y.unit), true});
    }
    return differences;
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "throttle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::core {
namespace {

constexpr std::size_t kLeastInferences = 40, kLeastWindow = 8, kMostWindows = 400, kLeastWindows = 2;
constexpr double kSlower = 1.10, kFast = 1.05, kClockFell = 0.92;

struct Window {
    std::size_t first = 0, count = 0;
    double medianNs = 0;
    double clockHz = std::numeric_limits<double>::quiet_NaN();
};

double medianOf(std::vector<double> values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

std::vector<Window> windowsOf(const RunProfile &run)
{
    const std::size_t inferences = run.inferenceCount();
    const std::size_t size = std::max(kLeastWindow, (inferences + kMostWindows - 1) / kMostWindows);
    std::vector<Window> windows;
    for (std::size_t first = 0; first + kLeastWindow <= inferences; first += size) {
        Window window;
        window.first = first;
        window.count = std::min(size, inferences - first);
        const auto begin = run.inferenceDurationNs.begin() + static_cast<std::ptrdiff_t>(first);
        window.medianNs = medianOf({begin, begin + static_cast<std::ptrdiff_t>(window.count)});
        windows.push_back(window);
    }
    // What is left over belongs to the last one.
    if (!windows.empty())
        windows.back().count = inferences - windows.back().first;
    return windows;
}

std::int64_t endOf(const RunProfile &run, const Window &window)
{
    const std::size_t last = window.first + window.count - 1;
    return run.inferenceStartNs[last] + run.inferenceDurationNs[last];
}

struct Clock {
    std::string name;
    std::vector<CounterSample> samples; ///< by time
    double highestHz = 0;
};

// The fastest one by its highest reading: on machines with unlike cores the others say little.
Clock fastestClock(const RunProfile &run)
{
    Clock best;
    std::vector<Clock> clocks;
    std::vector<std::uint32_t> ids;
    for (const CounterInfo &info : run.hello.counters) {
        if (info.available && info.unit == "Hz" && info.name.find("gpu") == std::string::npos) {
            clocks.push_back({info.name, {}, 0});
            ids.push_back(info.id);
        }
    }
    for (const CounterSample &sample : run.counterSamples) {
        const auto found = std::ranges::find(ids, sample.counterId);
        if (found == ids.end() || !std::isfinite(sample.value) || sample.value <= 0)
            continue;
        Clock &clock = clocks[static_cast<std::size_t>(found - ids.begin())];
        clock.samples.push_back(sample);
        clock.highestHz = std::max(clock.highestHz, sample.value);
    }
    for (Clock &clock : clocks) {
        if (clock.highestHz > best.highestHz)
            best = std::move(clock);
    }
    std::ranges::stable_sort(best.samples, {}, &CounterSample::tNs);
    return best;
}

// A reading holds until the next one.
void setClocks(const RunProfile &run, const Clock &clock, std::vector<Window> &windows)
{
    std::size_t next = 0;
    double held = std::numeric_limits<double>::quiet_NaN();
    for (Window &window : windows) {
        const std::int64_t from = run.inferenceStartNs[window.first], to = endOf(run, window);
        while (next < clock.samples.size() && clock.samples[next].tNs <= from)
            held = clock.samples[next++].value;
        double sum = 0, weight = 0, value = held;
        std::int64_t at = from;
        for (; next < clock.samples.size() && clock.samples[next].tNs < to; ++next) {
            const auto span = static_cast<double>(clock.samples[next].tNs - at);
            if (std::isfinite(value)) {
                sum += value * span;
                weight += span;
            }
            value = clock.samples[next].value;
            at = clock.samples[next].tNs;
        }
        if (std::isfinite(value)) {
            const auto span = static_cast<double>(std::max<std::int64_t>(1, to - at));
            sum += value * span;
            weight += span;
        }
        held = value;
        if (weight > 0)
            window.clockHz = sum / weight;
    }
}

} // namespace

std::string ThrottledStretch::text() const
{
    return fmt::format("{} fell from {:.2f} to {:.2f} GHz from {:.2f} s to {:.2f} s: {} inferences are {:.0f} % slower.", clock, clockBeforeHz / 1e9, clockHz / 1e9,
                       static_cast<double>(fromNs) / 1e9, static_cast<double>(toNs) / 1e9, count, slowdownPercent);
}

std::vector<ThrottledStretch> findThrottled(const RunProfile &run)
{
    if (run.inferenceCount() < kLeastInferences || run.inferenceDurationNs.size() != run.inferenceCount())
        return {};
    const Clock clock = fastestClock(run);
    if (clock.samples.empty())
        return {};
    std::vector<Window> windows = windowsOf(run);
    setClocks(run, clock, windows);

    std::vector<double> medians;
    for (const Window &window : windows)
        medians.push_back(window.medianNs);
    std::ranges::sort(medians);
    const double fastNs = medians[medians.size() / 5];
    double fastClock = 0;
    std::size_t fastWindows = 0;
    for (const Window &window : windows) {
        if (window.medianNs <= kFast * fastNs && std::isfinite(window.clockHz)) {
            fastClock += (window.clockHz - fastClock) / static_cast<double>(++fastWindows);
        }
    }
    if (fastWindows == 0 || fastNs <= 0)
        return {};

    std::vector<ThrottledStretch> stretches;
    const auto isThrottled = [&](const Window &window) {
        return window.medianNs > kSlower * fastNs && window.clockHz < kClockFell * fastClock;
    };
    for (std::size_t i = 0; i < windows.size();) {
        std::size_t end = i;
        while (end < windows.size() && isThrottled(windows[end]))
            ++end;
        if (end - i >= kLeastWindows) {
            ThrottledStretch stretch;
            stretch.first = windows[i].first;
            stretch.fromNs = run.inferenceStartNs[stretch.first];
            stretch.toNs = endOf(run, windows[end - 1]);
            stretch.count = windows[end - 1].first + windows[end - 1].count - stretch.first;
            stretch.clock = clock.name;
            stretch.clockBeforeHz = fastClock;
            std::size_t seen = 0;
            for (std::size_t k = i; k < end; ++k)
                stretch.clockHz += (windows[k].clockHz - stretch.clockHz) / static_cast<double>(++seen);
            const auto begin = run.inferenceDurationNs.begin() + static_cast<std::ptrdiff_t>(stretch.first);
            const double inside = medianOf({begin, begin + static_cast<std::ptrdiff_t>(stretch.count)});
            stretch.slowdownPercent = 100 * (inside / fastNs - 1);
            stretches.push_back(std::move(stretch));
        }
        i = std::max(end, i + 1);
    }
    return stretches;
}

} // namespace nordlys::core

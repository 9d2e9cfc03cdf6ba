// SPDX-License-Identifier: Apache-2.0
#include "report_parts.h"

#include "report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

namespace nordlys::core::report {

namespace {

constexpr double kBox = 1000;             // width of a track's own coordinates; it is stretched to the page
constexpr std::size_t kMostPoints = 1200; // more are drawn as lowest and highest of a column
constexpr std::size_t kColumns = 400;
constexpr std::size_t kMostTracks = 8;

struct Point {
    double tNs, value;
};

struct Window {
    double from = 0, to = 1;
    [[nodiscard]] double x(double tNs) const { return std::clamp((tNs - from) / (to - from), 0.0, 1.0) * kBox; }
};

/// Lowest and highest of each of kColumns parts, in order of time; few points stay as they are.
std::vector<Point> thinned(const std::vector<Point> &points, const Window &window)
{
    if (points.size() <= kMostPoints)
        return points;
    std::vector<Point> kept;
    for (std::size_t i = 0; i < points.size();) {
        const auto column = [&](const Point &point) { return static_cast<std::size_t>(window.x(point.tNs) / kBox * kColumns); };
        std::size_t last = i, low = i, high = i;
        while (last < points.size() && column(points[last]) == column(points[i])) {
            low = points[last].value < points[low].value ? last : low;
            high = points[last].value > points[high].value ? last : high;
            ++last;
        }
        kept.push_back(points[std::min(low, high)]);
        if (low != high)
            kept.push_back(points[std::max(low, high)]);
        i = last;
    }
    return kept;
}

/// Throttled stretches as rectangles behind a track.
std::string shading(const RunSummary &summary, const Window &window, double height)
{
    std::string rects;
    for (const ThrottledStretch &stretch : summary.throttled) {
        const double from = window.x(static_cast<double>(stretch.fromNs)), to = window.x(static_cast<double>(stretch.toNs));
        fmt::format_to(std::back_inserter(rects), "<rect class=\"hot\" x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"{}\"/>",
                       from, std::max(1.0, to - from), height);
    }
    return rects;
}

Window windowOf(const RunProfile &profile)
{
    Window window{1e300, -1e300};
    const auto extend = [&](double from, double to) {
        window.from = std::min(window.from, from);
        window.to = std::max(window.to, to);
    };
    if (profile.inferenceCount() > 0)
        extend(static_cast<double>(profile.inferenceStartNs.front()),
               static_cast<double>(profile.inferenceStartNs.back()) + static_cast<double>(profile.inferenceDurationNs.back()));
    for (const CounterSample &sample : profile.counterSamples)
        extend(static_cast<double>(sample.tNs), static_cast<double>(sample.tNs));
    if (window.to - window.from < 1)
        return {0, 1};
    return window;
}

std::string latencyTrack(const ReportRun &run, const Window &window)
{
    constexpr double kHeight = 84;
    const RunProfile &profile = *run.profile;
    const DurationSummary &latency = run.summary.latency;
    const double top = std::max({latency.p99Ns * 1.05, latency.p50Ns * 1.3, 1.0});
    std::vector<Point> points;
    std::size_t above = 0;
    for (std::size_t i = 0; i < profile.inferenceCount(); ++i) {
        points.push_back({static_cast<double>(profile.inferenceStartNs[i]), static_cast<double>(profile.inferenceDurationNs[i])});
        above += points.back().value > top ? 1 : 0;
    }
    const auto y = [&](double value) { return kHeight - 3 - std::clamp(value / top, 0.0, 1.0) * (kHeight - 8); };
    std::string dots, over;
    for (const Point &point : thinned(points, window)) {
        if (point.value > top)
            fmt::format_to(std::back_inserter(over), "M{:.1f} 1v4", window.x(point.tNs));
        else
            fmt::format_to(std::back_inserter(dots), "M{:.1f} {:.1f}h.01", window.x(point.tNs), y(point.value));
    }
    std::string html = "<div class=\"lb\">Latency<small>one dot an inference</small></div>";
    fmt::format_to(std::back_inserter(html),
                   "<div class=\"tr\"><svg viewBox=\"0 0 {0} {1}\" height=\"{1}\" preserveAspectRatio=\"none\" "
                   "role=\"img\"><title>Latency over time</title>{6}<path class=\"lim\" d=\"M0 {2:.1f}h{0}M0 "
                   "{3:.1f}h{0}\"/><path class=\"dots\" d=\"{4}\"/><path class=\"over\" d=\"{5}\"/></svg></div>",
                   kBox, kHeight, y(latency.p50Ns), y(latency.p95Ns), dots, over, shading(run.summary, window, kHeight));
    fmt::format_to(std::back_inserter(html), "<div class=\"vl\"><b>{}</b> p50<br>{} p95<br>{} max{}</div>\n",
                   durationText(latency.p50Ns), durationText(latency.p95Ns), durationText(latency.maxNs),
                   above > 0 ? fmt::format("<br><span class=\"warn\">{} above</span>", groupedText(above)) : std::string());
    return html;
}

std::string counterTrack(const RunSummary &summary, const CounterSummary &counter, const std::vector<Point> &points,
                         const Window &window)
{
    constexpr double kHeight = 40;
    const std::string &unit = counter.info.unit;
    // Shares and clocks start at zero, so that a small wobble does not look like a collapse; the others show their own range.
    double low = unit == "%" || unit == "Hz" ? 0 : counter.min, high = unit == "%" ? std::max(100.0, counter.max) : counter.max;
    const double least = std::max(std::abs(high) * 0.02, 1e-12);
    if (high - low < least) {
        low -= least;
        high += least;
    }
    const auto y = [&](double value) {
        return kHeight - 4 - std::clamp((value / 2 - low / 2) / (high / 2 - low / 2), 0.0, 1.0) * (kHeight - 8);
    };
    std::string path;
    for (const Point &point : thinned(points, window)) {
        if (path.empty())
            fmt::format_to(std::back_inserter(path), "M{:.1f} {:.1f}", window.x(point.tNs), y(point.value));
        else
            fmt::format_to(std::back_inserter(path), "H{:.1f}V{:.1f}", window.x(point.tNs), y(point.value));
    }
    path += "H1000";
    std::string html = fmt::format("<div class=\"lb\">{}<small>{}</small></div>", isolated(counter.info.name),
                                   countText(counter.samples, "sample", "samples"));
    fmt::format_to(std::back_inserter(html),
                   "<div class=\"tr\"><svg viewBox=\"0 0 {0} {1}\" height=\"{1}\" preserveAspectRatio=\"none\" "
                   "role=\"img\"><title>{2} over time</title>{4}<path class=\"ln\" d=\"{3}\"/></svg></div>",
                   kBox, kHeight, escapedMarkup(counter.info.name), path, shading(summary, window, kHeight));
    const std::string lowest = counterText(counter.min, unit), highest = counterText(counter.max, unit);
    fmt::format_to(std::back_inserter(html), "<div class=\"vl\"><b>{}</b>{}</div>\n",
                   escapedMarkup(counterText(counter.mean, unit)),
                   lowest == highest ? std::string("<br>constant")
                                     : fmt::format("<br>{} …<br>{}", escapedMarkup(lowest), escapedMarkup(highest)));
    return html;
}

std::string axisRow(const Window &window)
{
    const double total = window.to - window.from, rough = total / 6, power = std::pow(10, std::floor(std::log10(rough)));
    const double step = rough / power < 1.5   ? power
                        : rough / power < 3.5 ? 2 * power
                        : rough / power < 7.5 ? 5 * power
                                              : 10 * power;
    std::string html = "<div class=\"lb\"><small>time of the run</small></div><div class=\"tr\"><svg height=\"18\">";
    for (int i = 0; i < 12 && i * step <= total; ++i) {
        const double percent = 100 * i * step / total;
        fmt::format_to(std::back_inserter(html), "<text x=\"{:.2f}%\" y=\"13\"{}>{}</text>", percent,
                       i == 0         ? " dx=\"4\""
                       : percent > 94 ? " text-anchor=\"end\""
                                      : " text-anchor=\"middle\"",
                       i == 0 ? std::string("0") : tickText(i * step));
    }
    return html + "</svg></div><div class=\"vl\"></div>\n";
}

/// Clocks, temperatures, whole-machine counters, memory, then what is of single cores.
int orderOf(const CounterSummary &counter)
{
    const bool isOneCore = counter.info.name.size() > 3 && counter.info.name.starts_with("cpu") && counter.info.name[3] >= '0' &&
                           counter.info.name[3] <= '9';
    return counter.info.unit == "Hz" && !isOneCore      ? 0
           : counter.info.unit == "degC"                ? 1
           : counter.info.unit == "Hz"                  ? 2
           : !isOneCore && counter.info.unit == "%"     ? 3
           : !isOneCore && counter.info.unit != "bytes" ? 4
           : counter.info.unit == "bytes"               ? 5
                                                        : 6;
}

} // namespace

std::string wholeRun(const ReportRun &run)
{
    const RunProfile &profile = *run.profile;
    if (profile.inferenceCount() == 0 && profile.counterSamples.empty())
        return {};
    const Window window = windowOf(profile);
    std::map<std::uint32_t, std::vector<Point>> samples;
    for (const CounterSample &sample : profile.counterSamples)
        samples[sample.counterId].push_back({static_cast<double>(sample.tNs), sample.value});

    std::string html = fmt::format("<section><div class=\"hd\"><h2>The whole run, {}<small>latency and the device on one time "
                                   "axis</small></h2></div>\n<div class=\"runs\">\n",
                                   durationText(window.to - window.from));
    if (profile.inferenceCount() > 0)
        html += latencyTrack(run, window);
    std::vector<const CounterSummary *> order;
    for (const CounterSummary &counter : run.summary.counters)
        order.push_back(&counter);
    std::stable_sort(order.begin(), order.end(),
                     [](const CounterSummary *x, const CounterSummary *y) { return orderOf(*x) < orderOf(*y); });
    std::size_t drawn = 0, left = 0;
    std::string absent;
    for (const CounterSummary *counter : order) {
        if (counter->samples == 0) {
            // The two that decide about throttling keep their lane; the others stand in the table.
            if (counter->info.unit == "degC" || (counter->info.unit == "Hz" && counter->info.name.starts_with("cpu")))
                absent += fmt::format("<div class=\"lb\">{}<small>not available</small></div><div class=\"why\">{}</div>\n",
                                      isolated(counter->info.name), isolated(counter->info.why));
            continue;
        }
        if (drawn == kMostTracks) {
            ++left;
            continue;
        }
        ++drawn;
        html += counterTrack(run.summary, *counter, samples[counter->info.id], window);
    }
    html += axisRow(window) + absent + "</div>\n";
    if (left > 0)
        html += fmt::format("<p class=\"note\">{} samples; the table below and the JSON report hold them.</p>\n",
                            countText(left, "more counter has", "more counters have"));
    return html + counterTable(run) + "</section>\n";
}

} // namespace nordlys::core::report

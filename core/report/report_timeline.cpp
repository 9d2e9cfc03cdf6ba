// SPDX-License-Identifier: Apache-2.0
#include "report_parts.h"

#include "report_palette.h"
#include "report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace nordlys::core::report {

namespace {

constexpr double kWidth = 1072;     // of the page's text
constexpr double kLeastBlock = 0.6; // narrower ones are drawn together

bool hasLayerTimes(const RunProfile &profile)
{
    return profile.layerCount() > 0 && profile.inferenceCount() > 0 &&
           profile.layerDurationNs.size() == profile.inferenceCount() * profile.layerCount() &&
           profile.layerOffsetNs.size() == profile.layerDurationNs.size();
}

/// Of the inferences whose duration is nearest to the median (a twentieth of all, 100 at most) the one whose layers are nearest
/// to theirs: a duration can also be in the middle because one layer was disturbed.
std::size_t typicalInference(const ReportRun &run)
{
    const RunProfile &profile = *run.profile;
    const std::size_t count = profile.inferenceCount(), layers = profile.layerCount();
    const auto distance = [&](std::size_t i) {
        return std::abs(static_cast<double>(profile.inferenceDurationNs[i]) - run.summary.latency.p50Ns);
    };
    std::vector<std::size_t> nearest(std::clamp<std::size_t>(count / 20, 1, 100));
    std::vector<std::size_t> all(count);
    std::iota(all.begin(), all.end(), std::size_t(0));
    std::partial_sort_copy(all.begin(), all.end(), nearest.begin(), nearest.end(), [&](std::size_t x, std::size_t y) {
        return distance(x) < distance(y) || (distance(x) == distance(y) && x < y);
    });
    if (!hasLayerTimes(profile) || run.summary.layers.size() != layers)
        return nearest.front();
    const auto disturbance = [&](std::size_t i) {
        double sum = 0;
        for (std::size_t k = 0; k < layers; ++k)
            sum += std::abs(static_cast<double>(profile.layerDurationNs[i * layers + k]) - run.summary.layers[k].duration.p50Ns);
        return sum;
    };
    return *std::min_element(nearest.begin(), nearest.end(),
                             [&](std::size_t x, std::size_t y) { return disturbance(x) < disturbance(y); });
}

/// Consecutive layers on one backend.
struct Segment {
    std::size_t first = 0, last = 0; ///< layers, inclusive
};

std::vector<Segment> segmentsOf(const std::vector<LayerInfo> &layers)
{
    std::vector<Segment> segments;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        if (segments.empty() || layers[i].backend != layers[segments.back().first].backend)
            segments.push_back({i, i});
        segments.back().last = i;
    }
    return segments;
}

class InferencePicture {
public:
    explicit InferencePicture(const ReportRun &run) : m_run(run), m_profile(*run.profile), m_inference(typicalInference(run))
    {
        m_total = std::max<double>(1, static_cast<double>(m_profile.inferenceDurationNs[m_inference]));
        for (const LayerSummary &layer : run.summary.layers)
            m_highest = std::max(m_highest, layer.sharePercent);
    }

    std::string svg()
    {
        fmt::format_to(out(),
                       "<svg class=\"pic\" role=\"img\" viewBox=\"0 0 {} 92\"><title>One inference, layer by layer</title>\n",
                       kWidth);
        double end = 0;
        for (const Segment &segment : segmentsOf(m_profile.start.layers)) {
            const double from = x(offset(segment.first)),
                         to = std::max(from + 1, x(offset(segment.last) + duration(segment.last)));
            if (from - end > 2 && end > 0)
                fmt::format_to(out(),
                               "<rect class=\"gap\" x=\"{:.2f}\" y=\"26.5\" width=\"{:.2f}\" height=\"27\"><title>between "
                               "segments, {}</title></rect>\n",
                               end, from - end, durationText((from - end) / kWidth * m_total));
            appendSegment(segment, from, to);
            end = to;
        }
        appendAxis();
        return m_svg + "</svg>\n";
    }

private:
    std::back_insert_iterator<std::string> out() { return std::back_inserter(m_svg); }
    [[nodiscard]] double offset(std::size_t layer) const
    {
        return static_cast<double>(m_profile.layerOffsetNs[m_inference * m_profile.layerCount() + layer]);
    }
    [[nodiscard]] double duration(std::size_t layer) const
    {
        return static_cast<double>(m_profile.layerDurationNs[m_inference * m_profile.layerCount() + layer]);
    }
    [[nodiscard]] double x(double ns) const { return std::clamp(ns / m_total, 0.0, 1.0) * kWidth; }
    [[nodiscard]] int stepOf(std::size_t layer) const
    {
        return timeStepOf(
            m_highest > 0 && layer < m_run.summary.layers.size() ? m_run.summary.layers[layer].sharePercent / m_highest : 0);
    }

    void appendSegment(const Segment &segment, double from, double to)
    {
        const std::string &backend = m_profile.start.layers[segment.first].backend;
        const std::string_view colour = backendClass(backend);
        const std::string variable = colour == "other" ? "control" : std::string(colour);
        double sum = 0;
        for (std::size_t i = segment.first; i <= segment.last; ++i)
            sum += duration(i);
        const std::size_t count = segment.last - segment.first + 1;
        fmt::format_to(out(), "<rect x=\"{:.2f}\" y=\"19\" width=\"{:.2f}\" height=\"4\" fill=\"var(--{})\"/>\n", from, to - from,
                       variable);
        if (to - from > 220)
            fmt::format_to(out(),
                           "<text class=\"seg\" x=\"{:.2f}\" y=\"13\" fill=\"var(--{})\">{}</text><text x=\"{:.2f}\" y=\"13\" "
                           "text-anchor=\"end\">{} in {} layers</text>\n",
                           from, variable, escapedMarkup(shortenedInFront(backendWord(backend), 12)), to, durationText(sum),
                           groupedText(count));
        else if (to - from > 60)
            fmt::format_to(out(), "<text class=\"seg\" x=\"{:.2f}\" y=\"13\" fill=\"var(--{})\">{}</text>\n", from, variable,
                           escapedMarkup(shortenedInFront(backendWord(backend), 8)));
        appendBlocks(segment);
        fmt::format_to(out(), "<rect class=\"frame\" x=\"{:.2f}\" y=\"26\" width=\"{:.2f}\" height=\"28\"/>\n", from, to - from);
    }

    void appendBlocks(const Segment &segment)
    {
        for (std::size_t i = segment.first; i <= segment.last;) {
            const double from = x(offset(i));
            double to = x(offset(i) + duration(i)), sum = duration(i);
            int step = stepOf(i);
            std::size_t last = i;
            while (to - from < kLeastBlock && last < segment.last) {
                ++last;
                to = std::max(to, x(offset(last) + duration(last)));
                sum += duration(last);
                step = std::max(step, stepOf(last));
            }
            const LayerInfo &layer = m_profile.start.layers[i];
            const std::string what = last > i ? fmt::format("{} layers from {}", last - i + 1, escapedMarkup(layer.name))
                                              : fmt::format("{} ({})", escapedMarkup(layer.name), escapedMarkup(layer.op));
            fmt::format_to(
                out(),
                "<rect class=\"blk x{}\" x=\"{:.2f}\" y=\"26\" width=\"{:.2f}\" height=\"28\"><title>{}, {}</title></rect>", step,
                from, std::max(0.3, to - from), what, durationText(sum));
            if (last == i && to - from > 54)
                fmt::format_to(out(), "<text class=\"y{}\" x=\"{:.2f}\" y=\"44\">{}</text>", step, from + 5,
                               escapedMarkup(shortenedInFront(layer.name, static_cast<std::size_t>((to - from - 8) / 6.4))));
            m_svg += '\n';
            i = last + 1;
        }
    }

    void appendAxis()
    {
        const double rough = m_total / 6, power = std::pow(10, std::floor(std::log10(rough)));
        const double step = rough / power < 1.5   ? power
                            : rough / power < 3.5 ? 2 * power
                            : rough / power < 7.5 ? 5 * power
                                                  : 10 * power;
        for (int i = 0; i < 12 && i * step <= m_total; ++i) {
            const double at = x(i * step);
            fmt::format_to(out(), "<path class=\"tick\" d=\"M{0:.2f} 58v5\"/><text x=\"{0:.2f}\" y=\"76\"{1}>{2}</text>\n", at,
                           i == 0             ? ""
                           : at > kWidth - 30 ? " text-anchor=\"end\""
                                              : " text-anchor=\"middle\"",
                           i == 0 ? std::string("0") : tickText(i * step));
        }
    }

    const ReportRun &m_run;
    const RunProfile &m_profile;
    std::size_t m_inference;
    double m_total = 1, m_highest = 0;
    std::string m_svg;
};

} // namespace

std::string oneInference(const ReportRun &run)
{
    const RunProfile &profile = *run.profile;
    if (profile.inferenceCount() == 0)
        return {};
    const std::size_t inference = typicalInference(run);
    std::string text = fmt::format("<section><div class=\"hd\"><h2>One inference, {}<small>number {} of {}, typical among those "
                                   "nearest to the median; colour: share of the time over the whole run</small></h2></div>\n",
                                   durationText(static_cast<double>(profile.inferenceDurationNs[inference])),
                                   groupedText(inference + 1), groupedText(profile.inferenceCount()));
    text += hasLayerTimes(profile) ? InferencePicture(run).svg()
                                   : std::string("<p class=\"note\">The run was recorded without times of its layers.</p>\n");
    return text + "</section>\n";
}

} // namespace nordlys::core::report

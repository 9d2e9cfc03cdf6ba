// SPDX-License-Identifier: Apache-2.0
#include "report_parts.h"

#include "report_text.h"

#include <core/profile/emulated_backends.h>
#include <core/quantization/encoding_file.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace nordlys::core::report {

namespace {

/// One line of "What to know": a headline and what follows from it, both markup.
class Findings {
public:
    void add(std::string_view tone, const std::string &headline, const std::string &text = {})
    {
        const std::string_view name = tone == "ok" ? "check" : tone == "warn" ? "warn" : tone == "error" ? "error" : "info";
        fmt::format_to(std::back_inserter(m_items), "<li>{}<p><b>{}</b> {}</p></li>\n", icon(name, tone == "info" ? "t3" : tone),
                       headline, text);
    }
    [[nodiscard]] const std::string &items() const { return m_items; }

private:
    std::string m_items;
};

std::string sentences(const std::vector<std::string> &reasons)
{
    std::string text;
    for (const std::string &reason : reasons)
        text += (text.empty() ? "" : " ") + isolated(reason);
    return text;
}

void addVerdict(Findings &list, const ReportRun &run)
{
    const std::string reasons = sentences(run.summary.verdict.reasons);
    switch (run.summary.verdict.level) {
    case VerdictLevel::Trusted: list.add("ok", "The latency can be trusted.", reasons); break;
    case VerdictLevel::Noisy:
        list.add("warn", "The latency is noisy.", reasons + " Close other programs, or run again, before you draw conclusions.");
        break;
    case VerdictLevel::Throttled: list.add("warn", "The device throttled.", reasons); break;
    case VerdictLevel::Fallback: list.add("warn", "A part fell back to another backend.", reasons); break;
    case VerdictLevel::TooFew: list.add("info", "There are too few inferences for a verdict.", reasons); break;
    case VerdictLevel::Interrupted: list.add("error", "The run was interrupted.", reasons); break;
    case VerdictLevel::Failed: list.add("error", "The run failed.", reasons); break;
    }
}

void addComparison(Findings &list, const ReportBaseline &baseline)
{
    const MedianChange &total = baseline.comparison.total;
    const std::string against = " than " + isolated(baseline.name) + ".";
    const std::string numbers =
        total.hasDelta ? fmt::format("{} against {}. ", durationText(total.b.p50Ns), durationText(total.a.p50Ns)) : std::string();
    if (total.verdict == ChangeVerdict::Faster || total.verdict == ChangeVerdict::Slower) {
        const bool faster = total.verdict == ChangeVerdict::Faster;
        list.add(faster ? "ok" : "warn",
                 fmt::format("The median is {} {}{}", percentText(std::abs(total.deltaPercent), 1), faster ? "faster" : "slower",
                             against),
                 numbers + isolated(total.reason));
    } else if (total.verdict == ChangeVerdict::Same) {
        list.add("info", "The median is the same as in " + isolated(baseline.name) + ".", numbers + isolated(total.reason));
    } else {
        list.add("info", "No verdict against " + isolated(baseline.name) + ".", numbers + isolated(total.reason));
    }
    std::string weak;
    for (const RunDifference &difference : baseline.comparison.differences) {
        if (difference.weakens)
            weak += fmt::format("{}{} ({} and {})", weak.empty() ? "" : ", ", isolated(difference.what), isolated(difference.a),
                                isolated(difference.b));
    }
    for (const std::string &caution : baseline.comparison.cautions) {
        const std::size_t end = std::min(caution.find(": "), caution.find(". "));
        if (end == std::string::npos)
            list.add("info", isolated(caution));
        else
            list.add("info", isolated(caution.substr(0, end + 1)), isolated(caution.substr(end + 2)));
    }
    if (!weak.empty())
        list.add("warn", "The two runs were not made under equal conditions.", "They differ in " + weak + ".");
}

void addSlowest(Findings &list, const ReportRun &run)
{
    const auto &layers = run.summary.layers;
    if (run.summary.sumOfLayersNs <= 0 || layers.size() < 2) {
        if (!layers.empty() && layers.front().duration.count == 0)
            list.add("info", "There are no times of single layers.", "The run was recorded without them.");
        return;
    }
    std::vector<std::size_t> order(layers.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) {
        return layers[x].sharePercent > layers[y].sharePercent || (layers[x].sharePercent == layers[y].sharePercent && x < y);
    });
    const LayerSummary &top = layers[order.front()];
    double sum = 0;
    std::size_t half = 0;
    while (half < order.size() && sum < 50)
        sum += layers[order[half++]].sharePercent;
    list.add("info",
             fmt::format("{} takes the most time: {}, {} of all layers.", isolated(run.profile->start.layers[top.layer].name),
                         durationText(top.duration.p50Ns), percentText(top.sharePercent, 1)),
             half == 1
                 ? "More than all the others together."
                 : fmt::format("The {} slowest of {} layers take {}.", half, groupedText(layers.size()), percentText(sum, 1)));
    const double between = 100 * (1 - run.summary.sumOfLayersNs / run.summary.latency.meanNs);
    if (run.summary.latency.meanNs > 0 && between > 5)
        list.add("warn", fmt::format("{} of an inference lies outside its layers.", percentText(between, 1)),
                 "Copies and the runner itself.");
}

void addEmulated(Findings &list, const ReportRun &run)
{
    for (const std::string &backend : emulatedBackends(run.profile->start))
        list.add("warn", fmt::format("{} was emulated on the device's CPU.", isolated(backendWord(backend))),
                 "Its values follow the encodings; its times are the CPU's and say nothing about the real thing.");
}

void addCounters(Findings &list, const ReportRun &run)
{
    for (const ThrottledStretch &stretch : run.summary.throttled)
        list.add("warn", "A throttled stretch, shaded in the run's picture.", isolated(stretch.text()));
    for (const CounterSummary &counter : run.summary.counters) {
        if (run.summary.throttled.empty() && counter.info.unit == "Hz" && counter.samples > 1 && counter.max > 0 &&
            counter.min < 0.9 * counter.max)
            list.add("warn", fmt::format("{} did not hold still.", isolated(counter.info.name)),
                     fmt::format("It went from {} to {}, mean {}.", counterText(counter.min, "Hz"),
                                 counterText(counter.max, "Hz"), counterText(counter.mean, "Hz")));
    }
    std::string absent;
    for (const auto &[unit, word] : {std::pair{"Hz", "clock"}, std::pair{"degC", "temperature"}}) {
        if (!firstCounter(run.summary, unit))
            absent += (absent.empty() ? "" : " and no ") + std::string(word);
    }
    if (!absent.empty())
        list.add("info", fmt::format("The device published no {}.", absent),
                 "So throttling cannot be told from these numbers; the reasons stand beside the counters.");
    if (run.profile->dropped > 0)
        list.add("warn", countText(run.profile->dropped, "layer event was dropped.", "layer events were dropped."),
                 "The reader could not keep up; what is shown is of those that arrived.");
}

void addEncodings(Findings &list, const ReportInput &input)
{
    if (!input.encodings || !input.model || !input.model->model || input.encodings->set.empty())
        return;
    const EncodingCoverage coverage = checkCoverage(input.model->model->graph, input.encodings->set);
    const auto first = [](const std::vector<std::string> &names) {
        return isolated(names.front()) + (names.size() > 1 ? fmt::format(" and {} more", names.size() - 1) : std::string());
    };
    if (!coverage.violations.empty())
        list.add("warn", countText(coverage.violations.size(), "encoding breaks a rule.", "encodings break a rule."),
                 isolated(coverage.violations.front().tensor) + ": " + isolated(coverage.violations.front().message));
    if (!coverage.missing.empty())
        list.add("warn", countText(coverage.missing.size(), "tensor has no encoding.", "tensors have no encoding."),
                 "Staying in float: " + first(coverage.missing) + ".");
    if (!coverage.extra.empty())
        list.add("warn",
                 countText(coverage.extra.size(), "encoding belongs to no tensor of the model.",
                           "encodings belong to no tensor of the model."),
                 first(coverage.extra) + ".");
}

void addAccuracy(Findings &list, const ReportAccuracy &accuracy)
{
    if (accuracy.hasTop1 && accuracy.quantizedTop1 < accuracy.floatTop1 - 0.01)
        list.add("warn",
                 fmt::format("Quantization costs {} of accuracy.",
                             percentText(100 * (accuracy.floatTop1 - accuracy.quantizedTop1), 1)),
                 fmt::format("Top-1 {} against {} in float32, {}.", percentText(100 * accuracy.quantizedTop1, 1),
                             percentText(100 * accuracy.floatTop1, 1), countText(accuracy.labelled, "sample", "samples")));
    const ReportAccuracy::TensorError *worst = nullptr;
    for (const auto &tensor : accuracy.tensors) {
        if (std::isfinite(tensor.localSqnrDb) && tensor.bitwidth > 0 && (!worst || tensor.localSqnrDb < worst->localSqnrDb))
            worst = &tensor;
    }
    if (worst && worst->localSqnrDb < 20)
        list.add("warn",
                 fmt::format("{} loses the most: {} dB of its own.", isolated(worst->name), decimalText(worst->localSqnrDb, 1)),
                 fmt::format("{} of its values are clipped ({}).", percentText(worst->clippedPercent, 2),
                             countText(accuracy.samples, "sample", "samples")));
}

} // namespace

std::string findings(const ReportInput &input)
{
    Findings list;
    for (const std::string &warning : input.warnings)
        list.add("warn", isolated(warning));
    if (input.run) {
        addVerdict(list, *input.run);
        if (input.baseline)
            addComparison(list, *input.baseline);
        addEmulated(list, *input.run);
        addSlowest(list, *input.run);
        addCounters(list, *input.run);
    } else {
        list.add("info", "There is no run in this report.", "Run the model to see times.");
    }
    if (input.accuracy)
        addAccuracy(list, *input.accuracy);
    addEncodings(list, input);
    return "<section><div class=\"hd\"><h2>What to know</h2></div><ul class=\"know\">\n" + list.items() + "</ul></section>\n";
}

} // namespace nordlys::core::report

// SPDX-License-Identifier: Apache-2.0
#include "report_parts.h"

#include "report_table.h"
#include "report_text.h"

#include <core/graph/cost.h>
#include <core/profile/emulated_backends.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace nordlys::core::report {

namespace {

std::string sectionHead(std::string_view title, std::size_t rows, std::string_view tableId, std::string_view note)
{
    return fmt::format("<section><div class=\"hd\"><h2>{0}<small id=\"{2}-count\">{1}</small><small "
                       "class=\"ui\">{3}</small></h2><span class=\"sp\"></span>"
                       "<label class=\"field\" hidden>{4}<input type=\"search\" data-filter=\"{2}\" placeholder=\"Filter\" "
                       "aria-label=\"Filter {0}\"></label></div>\n",
                       title, countText(rows, "row", "rows"), tableId, note, icon("search"));
}

std::string shareBar(double percent, double highest)
{
    return fmt::format("<div class=\"bar\"><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect "
                       "width=\"{:.2f}\" height=\"10\" rx=\"1\"/></svg><span>{}</span></div>",
                       highest > 0 ? std::clamp(100 * percent / highest, 0.0, 100.0) : 0, percentText(percent, 1));
}

/// A change with its interval, drawn on a scale that all rows share.
std::string intervalPicture(const MedianChange &change, double scale)
{
    if (!change.hasInterval || !(scale > 0))
        return {};
    const auto x = [&](double percent) { return 70 + std::clamp(percent / scale, -1.0, 1.0) * 66; };
    const bool isClear = change.verdict == ChangeVerdict::Faster || change.verdict == ChangeVerdict::Slower;
    const int step = !isClear ? 3 : change.deltaPercent < 0 ? 0 : 6;
    const double zero = x(0), at = x(change.deltaPercent), low = x(change.lowPercent), high = x(change.highPercent);
    std::string svg =
        fmt::format("<svg viewBox=\"0 0 140 16\" aria-hidden=\"true\"><path class=\"z\" d=\"M{0:.1f} 1v14\"/>", zero);
    auto out = std::back_inserter(svg);
    const std::string tone = isClear ? fmt::format("d{}", step) : std::string("u");
    fmt::format_to(out, "<g class=\"{}\">", tone);
    if (isClear)
        fmt::format_to(out, "<rect class=\"q\" stroke=\"none\" x=\"{:.1f}\" y=\"5\" width=\"{:.1f}\" height=\"6\"/>",
                       std::min(zero, at), std::abs(at - zero));
    if (std::abs(change.deltaPercent) > scale) // beyond the picture: an arrow instead of a place
        fmt::format_to(out, "<path class=\"w\" d=\"M{0:.1f} 4l{1} 4l{2} 4\"/></g></svg>", at, at < zero ? -4 : 4,
                       at < zero ? 4 : -4);
    else
        fmt::format_to(
            out, "<path class=\"w\" d=\"M{:.1f} 8H{:.1f}\"/><circle stroke=\"none\" cx=\"{:.1f}\" cy=\"8\" r=\"3\"/></g></svg>",
            low, std::max(high, low + 0.5), at);
    return svg;
}

void addChangeCells(HtmlTable &table, const MedianChange &change, const DurationUnit &unit, double scale)
{
    const auto time = [&](const DurationSummary &summary) {
        if (summary.count == 0)
            table.number("–", std::nullopt);
        else
            table.number(unit.text(summary.p50Ns), summary.p50Ns / 1e3);
    };
    time(change.a);
    time(change.b);
    if (change.hasDelta)
        table.number(percentText(change.deltaPercent, 1, true), change.deltaPercent);
    else
        table.number("–", std::nullopt);
    table.cell("num", intervalText(change), change.hasInterval ? std::optional(change.lowPercent) : std::nullopt);
    table.cell("ci", intervalPicture(change, scale), change.hasDelta ? std::optional(change.deltaPercent) : std::nullopt);
    table.cell("", fmt::format("<span title=\"{}\">{}</span>", escapedMarkup(change.reason), changeChip(change)));
}

} // namespace

std::string intervalText(const MedianChange &change)
{
    const auto bound = [](double percent) {
        return (percent > 0 ? "+" : "") + decimalText(percent, std::abs(percent) < 100 ? 1 : 0);
    };
    return change.hasInterval ? fmt::format("[{}, {}]", bound(change.lowPercent), bound(change.highPercent)) : std::string();
}

std::string layerTable(const ReportRun &run)
{
    const auto &layers = run.summary.layers;
    if (layers.empty())
        return {};
    std::vector<double> medians;
    double highest = 0;
    for (const LayerSummary &layer : layers) {
        medians.push_back(layer.duration.p50Ns);
        highest = std::max(highest, layer.sharePercent);
    }
    const DurationUnit unit = durationUnitFor(medians);
    const std::string suffix = fmt::format(" {}", unit.name);
    const bool emulated = !emulatedBackends(run.profile->start).empty();
    HtmlTable table("layers", {{"#", "plan", 44, true, "Place in the plan"},
                               {"Layer", "layer", 0, false, "Name of the layer in the built plan"},
                               {"Operator", "op", 138, false, "Operators that became this layer"},
                               {"Backend", "backend", emulated ? 112 : 82, false, "Where it ran"},
                               {"Kernel", "kernel", 168, false, "Program that computed it"},
                               {"p50" + suffix, "p50", 82, true, "Median duration"},
                               {"p95" + suffix, "p95", 82, true, "95th percentile of the duration"},
                               {"n", "n", 52, true, "Inferences measured"},
                               {"Share of time", "share", 168, true, "Mean duration as a share of all layers"}});
    std::vector<std::size_t> order(layers.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t x, std::size_t y) { return layers[x].sharePercent > layers[y].sharePercent; });
    table.sortedBy("share", true);
    for (const std::size_t i : order) {
        const LayerSummary &layer = layers[i];
        const LayerInfo &info = run.profile->start.layers[layer.layer];
        const bool measured = layer.duration.count > 0;
        const auto time = [&](double ns) { return measured ? unit.text(ns) : std::string("–"); };
        table.row(i);
        table.number(groupedText(i + 1), static_cast<double>(i + 1));
        table.cell("", nameHtml(info.name));
        table.cell("t", isolated(info.op));
        table.cell("", backendHtml(info.backend, info.isEmulated));
        table.cell("d", nameHtml(info.kernel));
        table.number(time(layer.duration.p50Ns), measured ? std::optional(layer.duration.p50Ns / 1e3) : std::nullopt);
        table.number(time(layer.duration.p95Ns), measured ? std::optional(layer.duration.p95Ns / 1e3) : std::nullopt);
        table.number(groupedText(layer.duration.count), static_cast<double>(layer.duration.count));
        table.cell("", measured ? shareBar(layer.sharePercent, highest) : std::string("–"),
                   measured ? std::optional(layer.sharePercent) : std::nullopt);
    }
    table.csvNote(5, "p50Us");
    table.csvNote(6, "p95Us");
    table.csvNote(8, "sharePercent");
    return sectionHead("Layers", layers.size(), "layers", "click a heading to sort") + table.html() + "</section>\n";
}

std::string nodeTable(const ReportModel &model)
{
    if (!model.model || model.model->graph.nodes.empty())
        return {};
    const Graph &graph = model.model->graph;
    HtmlTable table("layers", {{"#", "plan", 52, true, "Order in the model"},
                               {"Operator", "layer", 0, false, "Name in the model"},
                               {"Type", "op", 200, false, "Operator type"},
                               {"MACs", "macs", 110, true, "Multiplications with addition"},
                               {"Weights", "weights", 110, true, "Bytes of the constants that it reads"}});
    table.sortedBy("plan", false);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const NodeCost cost = costOf(graph, NodeId(i));
        table.row(i);
        table.number(groupedText(i + 1), static_cast<double>(i + 1));
        table.cell("", nameHtml(graph.nameOf(NodeId(i))));
        table.cell("t", isolated(graph.opOf(NodeId(i))));
        table.number(cost.macs > 0 ? amountText(static_cast<double>(cost.macs)) : "–", static_cast<double>(cost.macs));
        table.number(cost.parameterBytes > 0 ? byteText(static_cast<std::uint64_t>(cost.parameterBytes)) : "–",
                     static_cast<double>(cost.parameterBytes));
    }
    return sectionHead("Operators", graph.nodes.size(), "layers", "click a heading to sort") + table.html() + "</section>\n";
}

std::string comparisonSection(const ReportBaseline &baseline, const ReportRun &run)
{
    const RunComparison &comparison = baseline.comparison;
    std::vector<double> medians{comparison.total.a.p50Ns};
    std::vector<double> sizes;
    const auto measure = [&](const MedianChange &change) {
        if (change.hasInterval && (change.verdict == ChangeVerdict::Faster || change.verdict == ChangeVerdict::Slower))
            sizes.push_back(std::max(std::abs(change.lowPercent), std::abs(change.highPercent)));
    };
    measure(comparison.total);
    for (const LayerChange &layer : comparison.layers) {
        measure(layer.change);
        medians.push_back(layer.change.a.count > 0 ? layer.change.a.p50Ns : layer.change.b.p50Ns);
    }
    std::sort(sizes.begin(), sizes.end());
    // One layer that is twenty times slower must not press the others into a point.
    const double scale = std::clamp(percentileOfSorted(sizes, 80), 10.0, 100.0);
    const DurationUnit unit = durationUnitFor(medians);
    const std::string in = fmt::format(" {}", unit.name);
    HtmlTable table(
        "changes",
        {{"Layer", "layer", 0, false, "Layers that do the same work; what is fused in one run and apart in the other is summed"},
         {"Operator", "op", 130, false, {}},
         {"Baseline" + in, "a", 96, true, "Median of the baseline"},
         {"This run" + in, "b", 96, true, "Median of this run"},
         {"Change", "change", 76, true, "Of the baseline's median"},
         {"95 % interval, %", "interval", 136, true, "Bootstrap of the ratio of medians"},
         {"faster 0 slower", "picture", 140, true, "The same, drawn; one scale for all rows", true},
         {"Verdict", "verdict", 116, false, "Same: inside the noise floor. Not clear: the interval is too wide."}});
    std::vector<std::size_t> order(comparison.layers.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    const auto weight = [&](std::size_t i) {
        return std::abs(comparison.layers[i].change.b.p50Ns - comparison.layers[i].change.a.p50Ns);
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return weight(x) > weight(y); });
    table.head("sum", "Inference", comparison.total,
               [&](HtmlTable &to, const MedianChange &change) { addChangeCells(to, change, unit, scale); });
    for (const std::size_t i : order) {
        const LayerChange &layer = comparison.layers[i];
        table.row(i);
        table.cell("", nameHtml(layer.name));
        table.cell("t", isolated(layer.op));
        addChangeCells(table, layer.change, unit, scale);
    }
    std::string html =
        sectionHead("Against the baseline", comparison.layers.size(), "changes", "largest difference first") + table.html();
    fmt::format_to(std::back_inserter(html),
                   "<p class=\"note\">Baseline {} ({}) against {} ({}). Change of the median with its 95 % "
                   "bootstrap interval; verdicts corrected after Holm over {}; noise floor of the latency ±{}.{}</p>\n",
                   isolated(baseline.name), countText(comparison.total.a.count, "inference", "inferences"), isolated(run.name),
                   countText(comparison.total.b.count, "inference", "inferences"),
                   countText(comparison.significanceRows, "row", "rows"), percentText(comparison.total.noiseFloorPercent, 1),
                   comparison.refusal.empty() ? std::string() : " No verdicts: " + isolated(comparison.refusal));
    if (!comparison.differences.empty()) {
        HtmlTable conditions(
            "conditions",
            {{"Differs", "what", 260, false, {}}, {"Baseline", "a", 0, false, {}}, {"This run", "b", 0, false, {}}});
        for (std::size_t i = 0; i < comparison.differences.size(); ++i) {
            const RunDifference &difference = comparison.differences[i];
            conditions.row(i);
            conditions.cell("t", isolated(difference.what));
            conditions.cell("mm", isolated(difference.a.size() == 64 ? shortHash(difference.a) : difference.a));
            conditions.cell("mm", isolated(difference.b.size() == 64 ? shortHash(difference.b) : difference.b));
        }
        html +=
            fmt::format("<details><summary>{}</summary>{}</details>\n",
                        countText(comparison.differences.size(), "condition differs", "conditions differ"), conditions.html());
    }
    return html + "</section>\n";
}

std::string counterTable(const ReportRun &run)
{
    if (run.summary.counters.empty())
        return {};
    HtmlTable table("counters", {{"Counter", "counter", 0, false, {}},
                                 {"Samples", "samples", 72, true, {}},
                                 {"Lowest", "min", 96, true, {}},
                                 {"Mean", "mean", 96, true, {}},
                                 {"Highest", "max", 96, true, {}},
                                 {"Read from, or why not", "source", 460, false, {}}});
    for (std::size_t i = 0; i < run.summary.counters.size(); ++i) {
        const CounterSummary &counter = run.summary.counters[i];
        table.row(i);
        table.cell("", nameHtml(counter.info.name));
        table.number(groupedText(counter.samples), static_cast<double>(counter.samples));
        for (const double value : {counter.min, counter.mean, counter.max}) {
            if (counter.samples > 0)
                table.number(escapedMarkup(counterText(value, counter.info.unit)), value);
            else
                table.number("–", std::nullopt);
        }
        const std::string &text = counter.samples > 0 ? counter.info.source : counter.info.why;
        table.cell("d", fmt::format("<span title=\"{}\">{}</span>", escapedMarkup(text), isolated(text)));
    }
    return fmt::format("<details><summary>All {}</summary>{}</details>\n",
                       countText(run.summary.counters.size(), "counter", "counters"), table.html());
}

std::string encodingsSection(const ReportInput &input)
{
    if (!input.encodings || input.encodings->set.empty())
        return {};
    std::size_t activations = 0, parameters = 0, perChannel = 0, symmetric = 0, floats = 0;
    std::map<int, std::size_t> bits;
    for (const auto &[tensor, entry] : input.encodings->set.entries) {
        (entry.kind == EncodingKind::Activation ? activations : parameters) += 1;
        perChannel += entry.encoding.isPerChannel() ? 1 : 0;
        symmetric += entry.encoding.symmetric ? 1 : 0;
        if (entry.encoding.isFloat)
            ++floats;
        else
            ++bits[entry.encoding.bitwidth];
    }
    std::string widths;
    for (const auto &[width, count] : bits)
        widths += fmt::format("{}{}&nbsp;bit: {}", widths.empty() ? "" : ", ", width, count);
    if (floats > 0)
        widths += fmt::format("{}float: {}", widths.empty() ? "" : ", ", floats);
    std::map<std::string, const ReportAccuracy::TensorError *, std::less<>> errors;
    if (input.accuracy) {
        for (const auto &error : input.accuracy->tensors)
            errors.emplace(error.name, &error);
    }
    HtmlTable table("encodings", {{"Tensor", "tensor", 0, false, {}},
                                  {"Kind", "kind", 84, false, {}},
                                  {"Bits", "bits", 72, true, {}},
                                  {"Grid", "grid", 150, false, "One scale for the tensor, or one a channel or block"},
                                  {"Min", "min", 92, true, "Lowest of all channels"},
                                  {"Max", "max", 92, true, "Highest of all channels"},
                                  {"Largest scale", "scale", 108, true, "Step of the grid"},
                                  {"SQNR local", "sqnr", 92, true, "Noise that this tensor's own quantization adds"},
                                  {"Clipped", "clipped", 76, true, {}}});
    std::size_t row = 0;
    for (const auto &[tensor, entry] : input.encodings->set.entries) {
        const Encoding &encoding = entry.encoding;
        table.row(row++);
        table.cell("", nameHtml(tensor));
        table.cell("t", entry.kind == EncodingKind::Activation ? "activation" : "weight");
        table.number(encoding.isFloat ? fmt::format("float{}", encoding.bitwidth) : std::to_string(encoding.bitwidth),
                     encoding.bitwidth);
        table.cell("t",
                   encoding.isFloat
                       ? "–"
                       : fmt::format("{}{}{}",
                                     encoding.isBlockwise()     ? countText(encoding.grids.size(), "block", "blocks")
                                     : encoding.isPerChannel() ? countText(encoding.grids.size(), "channel", "channels")
                                                               : "tensor",
                                     encoding.symmetric ? ", symmetric" : "", entry.locked ? ", locked" : ""));
        if (encoding.grids.empty()) {
            for (int i = 0; i < 3; ++i)
                table.number("–", std::nullopt);
        } else {
            double low = INFINITY, high = -INFINITY, scale = 0;
            for (const Grid &grid : encoding.grids) {
                low = std::min(low, grid.min);
                high = std::max(high, grid.max);
                scale = std::max(scale, grid.scale);
            }
            table.number(fmt::format("{:.4g}", low), low);
            table.number(fmt::format("{:.4g}", high), high);
            table.number(fmt::format("{:.4g}", scale), scale);
        }
        const auto error = errors.find(tensor);
        if (error == errors.end()) {
            table.number("–", std::nullopt);
            table.number("–", std::nullopt);
        } else {
            const double sqnr = error->second->localSqnrDb;
            table.number(fmt::format("<span class=\"{}\">{}&nbsp;dB</span>", sqnr < 20 ? "warn" : "", decimalText(sqnr, 1)),
                         std::isfinite(sqnr) ? std::optional(sqnr) : std::nullopt);
            table.number(percentText(error->second->clippedPercent, 2), error->second->clippedPercent);
        }
    }
    return sectionHead("Encodings", input.encodings->set.entries.size(), "encodings", {}) +
           fmt::format("<p class=\"note\">{}, {}; {}; {} per channel, {} symmetric. From "
                       "{}.</p>\n<details><summary>Every encoding</summary>{}</details></section>\n",
                       countText(activations, "activation", "activations"),
                       countText(parameters, "weight or bias", "weights and biases"), widths, perChannel, symmetric,
                       isolated(input.encodings->source), table.html());
}

} // namespace nordlys::core::report

// SPDX-License-Identifier: Apache-2.0
#include "report_parts.h"

#include "report_palette.h"
#include "report_text.h"

#include <core/graph/cost.h>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <unordered_map>

namespace nordlys::core::report {

namespace {

constexpr std::size_t kMostOverview = 3000; // a second copy of a larger drawing is too slow to scroll
constexpr std::size_t kSlowest = 12;

struct GraphHeat {
    std::vector<NodePaint> paints;
    std::vector<double> amount; ///< per node, what the colour shows; below 0: nothing
    std::string title, highest;
    std::string unmatched; ///< layers that are no node of the model
};

GraphHeat timeHeat(const Graph &graph, const ReportRun &run)
{
    GraphHeat heat{std::vector<NodePaint>(graph.nodes.size()),
                   std::vector<double>(graph.nodes.size(), -1),
                   "Time, share of all layers",
                   {},
                   {}};
    std::unordered_map<std::string_view, std::size_t> nodes;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        nodes.emplace(graph.nameOf(NodeId(i)), i);
    double highest = 0;
    for (const LayerSummary &layer : run.summary.layers)
        highest = std::max(highest, layer.sharePercent);
    std::size_t unmatched = 0;
    for (const LayerSummary &layer : run.summary.layers) {
        const LayerInfo &info = run.profile->start.layers[layer.layer];
        bool isFirst = true;
        for (const std::string &source : info.sourceNodes) {
            const auto found = nodes.find(source);
            if (found == nodes.end())
                continue;
            NodePaint &paint = heat.paints[found->second];
            paint.backend = info.backend;
            // A layer made of several nodes shows its time at the first, its main operator; the others are inside.
            if (isFirst && layer.duration.count > 0) {
                paint.heat = timeStepOf(highest > 0 ? layer.sharePercent / highest : 0);
                paint.value = durationText(layer.duration.p50Ns);
                heat.amount[found->second] = layer.sharePercent;
            } else if (!isFirst && paint.value.empty()) {
                paint.value = "fused";
            }
            isFirst = false;
        }
        unmatched += isFirst ? 1 : 0;
    }
    heat.highest = percentText(highest, 1);
    if (unmatched > 0)
        heat.unmatched =
            fmt::format("{} of {} no node of this model; the table has all.", unmatched,
                        countText(run.summary.layers.size(), "layer is", unmatched == 1 ? "layers is" : "layers are"));
    return heat;
}

GraphHeat costHeat(const Graph &graph)
{
    GraphHeat heat{std::vector<NodePaint>(graph.nodes.size()),
                   std::vector<double>(graph.nodes.size(), -1),
                   "MACs, share of the model",
                   {},
                   {}};
    double sum = 0, highest = 0;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        heat.amount[i] = static_cast<double>(costOf(graph, NodeId(i)).macs);
        sum += heat.amount[i];
        highest = std::max(highest, heat.amount[i]);
    }
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (heat.amount[i] > 0) {
            heat.paints[i].heat = timeStepOf(heat.amount[i] / highest);
            heat.paints[i].value = macText(heat.amount[i]);
        }
        heat.amount[i] = sum > 0 ? 100 * heat.amount[i] / sum : -1;
    }
    heat.highest = percentText(sum > 0 ? 100 * highest / sum : 0, 1);
    return heat;
}

std::string sidePane(const Graph &graph, const GraphHeat &heat, bool isTime)
{
    std::string html = fmt::format("<div class=\"gside\"><h3>{}</h3><div class=\"leg\">", heat.title);
    for (std::size_t i = 0; i < kReportTimeRamp.size(); ++i)
        fmt::format_to(std::back_inserter(html), "<i class=\"x{}\"></i>", i);
    fmt::format_to(std::back_inserter(html),
                   "</div><div class=\"legt m t3\"><span>0</span><span>{}</span></div><h3>{}</h3><ol>\n", heat.highest,
                   isTime ? "Slowest" : "Largest");
    std::vector<std::size_t> order(graph.nodes.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    const std::size_t shown = std::min(kSlowest, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
                      [&](std::size_t x, std::size_t y) {
                          return heat.amount[x] > heat.amount[y] || (heat.amount[x] == heat.amount[y] && x < y);
                      });
    for (std::size_t k = 0; k < shown && heat.amount[order[k]] > 0; ++k) {
        const std::size_t i = order[k];
        fmt::format_to(
            std::back_inserter(html),
            "<li><button type=\"button\" data-node=\"{}\"><i class=\"sw x{}\"></i>{}<span class=\"m\">{}</span></button></li>\n",
            i, std::max(0, heat.paints[i].heat), nameHtml(graph.nameOf(NodeId(i))), percentText(heat.amount[i], 1));
    }
    return html + "</ol></div>\n";
}

} // namespace

std::string graphSection(const ReportModel &model, const ReportRun *run)
{
    if (!model.model)
        return {};
    const Graph &graph = model.model->graph;
    std::string html = fmt::format("<section><div class=\"hd\"><h2>Graph<small>{}</small></h2></div>\n",
                                   countText(graph.nodes.size(), "operator", "operators"));
    if (model.layout.nodes.size() != graph.nodes.size() || graph.nodes.empty())
        return html + fmt::format("<p class=\"note\">It is not drawn{}{}.</p></section>\n", model.notDrawn.empty() ? "" : ": ",
                                  isolated(model.notDrawn));
    const bool isTime = run && run->summary.sumOfLayersNs > 0;
    const GraphHeat heat = isTime ? timeHeat(graph, *run) : costHeat(graph);
    html += "<div class=\"gwrap\">";
    if (graph.nodes.size() <= kMostOverview)
        fmt::format_to(std::back_inserter(html),
                       "<div class=\"gover\" aria-hidden=\"true\"><svg viewBox=\"-16 -16 {0:.6g} {1:.6g}\"><rect x=\"-16\" "
                       "y=\"-16\" width=\"{0:.6g}\" height=\"{1:.6g}\" fill=\"transparent\"/><use href=\"#graph-all\"/>"
                       "<rect id=\"graph-view\" class=\"view\"/></svg></div>\n",
                       model.layout.width + 32, model.layout.height + 32);
    else
        html += "<div></div>";
    html += "<div id=\"graph-box\" class=\"gbox\" tabindex=\"0\" role=\"region\" aria-label=\"Graph\">" +
            layoutToInlineSvg(graph, model.layout, "graph", heat.paints) + "</div>\n" + sidePane(graph, heat, isTime) +
            "</div>\n";
    if (!heat.unmatched.empty())
        html += "<p class=\"note\">" + heat.unmatched + "</p>\n";
    return html + "</section>\n";
}

} // namespace nordlys::core::report

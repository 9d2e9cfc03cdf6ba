// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/measure.h"
#include "../support/model_source.h"
#include "../support/output_guard.h"
#include "../support/table.h"

#include <core/base/atomic_file.h>
#include <core/layout/layered_layout.h>

#include <fmt/format.h>

namespace nordlys::cli {

namespace {

struct LayoutArguments {
    ModelArguments model;
    std::string svg;
    bool json = false;
};

Json layoutJson(const core::Graph &graph, const core::GraphLayout &layout)
{
    Json json = document("layout");
    json["width"] = layout.width;
    json["height"] = layout.height;
    json["nodes"] = Json::array();
    for (const core::LayoutNode &node : layout.nodes)
        json["nodes"].push_back(
            {{"name", graph.nameOf(node.node)}, {"x", node.x}, {"y", node.y}, {"width", node.width}, {"height", node.height}});
    json["edges"] = Json::array();
    for (const core::LayoutEdge &edge : layout.edges) {
        Json points = Json::array();
        for (const core::PointF &point : edge.points)
            points.push_back(Json::array({point.x, point.y}));
        json["edges"].push_back({{"from", graph.nameOf(edge.from)},
                                 {"to", graph.nameOf(edge.to)},
                                 {"tensor", graph.nameOf(edge.tensor)},
                                 {"points", std::move(points)}});
    }
    return json;
}

core::Expected<void> layout(const LayoutArguments &options, const Context &context)
{
    NORDLYS_TRY(refuseToOverwriteInputs(options.svg, {options.model.path}));
    const Stopwatch total;
    auto source = openSource(options.model, context, FreeDims::StayFree);
    if (!source)
        return std::move(source.error());
    const double openMs = total.ms();
    const core::Graph &graph = source->model->graph;
    const Stopwatch watch;
    const auto drawing = core::layoutGraph(graph, {}, context.job());
    if (!drawing)
        return drawing.error();
    const double layoutMs = watch.ms();
    if (!options.svg.empty())
        NORDLYS_TRY(core::writeFileAtomically(options.svg, core::layoutToSvg(graph, *drawing)));
    if (options.json) {
        Json json = layoutJson(graph, *drawing);
        if (!options.svg.empty())
            json["svg"] = options.svg;
        json["elapsedMs"] = {{"open", openMs}, {"layout", layoutMs}, {"total", total.ms()}};
        return writeJson(json);
    }
    Facts facts;
    facts.add("Nodes", std::to_string(drawing->nodes.size()));
    facts.add("Edges", std::to_string(drawing->edges.size()));
    facts.add("Size", fmt::format("{:.0f} x {:.0f} px", drawing->width, drawing->height));
    facts.add("Time", fmt::format("{:.1f} ms (open {:.1f} ms, layout {:.1f} ms)", total.ms(), openMs, layoutMs));
    if (!options.svg.empty())
        facts.add("Written", options.svg);
    return writeOut(facts.text());
}

} // namespace

void addLayout(CLI::App &program, Action &action)
{
    addCommand<LayoutArguments>(
        program, action, "layout", "Draws the graph: boxes and routed edges, as SVG or JSON",
        [](CLI::App &command, LayoutArguments &options) {
            addModelArguments(command, options.model);
            command.add_option("--svg", options.svg, "Write the drawing here")->type_name("FILE");
            command.add_flag("--json", options.json, "One JSON document (nordlys.layout/1) with node boxes and edges");
        },
        layout);
}

} // namespace nordlys::cli

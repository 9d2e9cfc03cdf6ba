// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/output_guard.h"
#include "../support/placement_options.h"
#include "../support/table.h"

#include <core/base/atomic_file.h>
#include <core/placement/node_query.h>
#include <core/placement/placement_file.h>
#include <core/quantization/encoding_file.h>

#include <fmt/format.h>

namespace nordlys::cli {

namespace {

struct PlaceArguments {
    ModelArguments model;
    std::string all, encodings, output;
    std::vector<std::string> assignments;
    bool json = false;
};

/// The project's own choices, then --all, then every --set in turn.
core::Expected<core::PlacementPlan> planned(const PlaceArguments &options, const ModelSource &source, const core::BackendCapabilities &tables)
{
    const core::Graph &graph = source.model->graph;
    core::EncodingSet encodings;
    if (!options.encodings.empty()) {
        auto set = openEncodings(options.encodings, graph);
        NORDLYS_TRY(set);
        encodings = *std::move(set);
    } else if (source.project) {
        encodings = source.project->edits.encodings;
    }
    core::PlacementOptions placement;
    core::BackendAssignments assignments;
    if (!options.all.empty()) {
        auto backend = parseBackend("--all", options.all);
        if (!backend)
            return std::move(backend.error());
        placement.allOn = *backend;
    } else if (source.project) {
        assignments = source.project->edits.placement;
    }
    auto plan = core::planPlacement(graph, encodings, assignments, tables, placement);
    if (!plan || options.assignments.empty())
        return plan;
    std::vector<core::Backend> backends;
    for (const core::NodePlacement &node : plan->nodes)
        backends.push_back(node.backend);
    for (const std::string &text : options.assignments) {
        auto assignment = core::parseQueryAssignment(text);
        if (!assignment)
            return std::move(assignment.error());
        const auto nodes = core::selectNodes(graph, assignment->query, backends);
        if (nodes.empty())
            return core::usageError("--set " + text, "no node matches '" + assignment->query + "'", "'nordlys info MODEL' lists the nodes.");
        for (const core::NodeId node : nodes) {
            assignments.insert_or_assign(std::string(graph.nameOf(node)), assignment->backend);
            backends[node.index] = assignment->backend; // the next --set asks for what this one did
        }
    }
    return core::planPlacement(graph, encodings, assignments, tables, placement);
}

std::string placementText(const core::Graph &graph, const core::PlacementPlan &plan, const core::BackendCapabilities &tables)
{
    Table segments({{"Segment", Table::Align::Right}, {"Backend"}, {"Nodes", Table::Align::Right}, {"First node"}, {"Last node"}});
    for (const core::Segment &segment : plan.segments)
        segments.add({std::to_string(segment.id),
                      std::string(core::nameOf(segment.backend)) + (tables.of(segment.backend).isEmulated ? " (emulated)" : ""),
                      std::to_string(segment.nodes.size()), std::string(graph.nameOf(segment.nodes.front())),
                      std::string(graph.nameOf(segment.nodes.back()))});
    Table crossings({{"From", Table::Align::Right},
                     {"To", Table::Align::Right},
                     {"Bytes", Table::Align::Right},
                     {"Estimate us", Table::Align::Right},
                     {"Tensor"}});
    for (const core::Crossing &crossing : plan.crossings)
        crossings.add({std::to_string(crossing.from), std::to_string(crossing.to), std::to_string(crossing.bytes),
                       numberText(crossing.estimateUs, 1), std::string(graph.nameOf(crossing.tensor))});
    Table refusals({{"Node"}, {"Operator"}, {"Backend"}, {"Why not htp, and what would help"}});
    for (const core::NodePlacement &node : plan.nodes) {
        const core::BackendReason &htp = node.reasonOf(core::Backend::Htp);
        if (!htp.allowed || (node.backend == core::Backend::Htp && htp.kind == core::ReasonKind::MissingEncoding && !node.isFolded))
            refusals.add({std::string(graph.nameOf(node.node)), std::string(graph.opOf(node.node)), std::string(core::nameOf(node.backend)),
                          htp.why + (htp.fix.empty() ? "" : ". " + htp.fix)});
    }
    std::string text = segments.text();
    if (!crossings.empty())
        text += '\n' + crossings.text();
    if (!refusals.empty())
        text += '\n' + refusals.text();
    return text;
}

core::Expected<void> place(const PlaceArguments &options, const Context &context)
{
    NORDLYS_TRY(refuseToOverwriteInputs(options.output, {options.model.path, options.encodings}));
    auto source = openSource(options.model, context);
    if (!source)
        return std::move(source.error());
    auto tables = core::BackendCapabilities::load();
    if (!tables)
        return std::move(tables.error());
    auto plan = planned(options, *source, *tables);
    if (!plan)
        return std::move(plan.error());
    const core::Graph &graph = source->model->graph;
    NORDLYS_TRY(core::checkAllowed(graph, *plan));
    for (const std::string &name : plan->unknownNodes)
        source->warnings.push_back("the project assigns a backend to '" + name + "', which the model does not have");
    Json json = core::placementToJson(graph, *plan, *tables);
    json["warnings"] = source->warnings;
    if (!options.output.empty())
        NORDLYS_TRY(core::writeFileAtomically(options.output, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"));
    if (options.json)
        return writeJson(json);
    std::string text = placementText(graph, *plan, *tables);
    for (const std::string &warning : source->warnings)
        text += "Warning: " + warning + '\n';
    return writeOut(text);
}

} // namespace

void addPlace(CLI::App &program, Action &action)
{
    addCommand<PlaceArguments>(
        program, action, "place", "Chooses a backend per node, with reasons, segments and what crossing between them costs",
        [](CLI::App &command, PlaceArguments &options) {
            addModelArguments(command, options.model);
            command.add_option("--all", options.all, "cpu, htp (emulated) or gpu: everything that may run there; the rest stays on the CPU. "
                                                     "A project's own choices are left aside")
                ->type_name("BACKEND");
            command
                .add_option("--set", options.assignments,
                            "QUERY=BACKEND for the nodes that match, e.g. op:Conv=htp, 'name:*stem*=cpu'; repeatable, the last one wins")
                ->type_name("QUERY=BACKEND")
                ->expected(1)
                ->take_all();
            command.add_option("--encodings", options.encodings, "Encodings file; default: those of the project")->type_name("FILE");
            command.add_option("-o,--output", options.output, "Writes the placement for 'nordlys build --placement'")->type_name("FILE");
            command.add_flag("--json", options.json, "One JSON document (nordlys.place/1)");
        },
        place);
}

} // namespace nordlys::cli

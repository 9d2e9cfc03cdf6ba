// SPDX-License-Identifier: Apache-2.0
#include "placement_file.h"

#include <core/base/atomic_file.h>
#include <core/base/json_text.h>

namespace nordlys::core {

using nlohmann::json;
using nlohmann::ordered_json;

namespace {

constexpr std::string_view kSchemaName = "nordlys.place/";
constexpr std::string_view kSchema = "nordlys.place/1";

ordered_json nodeJson(const Graph &graph, const PlacementPlan &plan, const NodePlacement &node)
{
    ordered_json reasons = ordered_json::array();
    for (const BackendReason &reason : node.reasons)
        reasons.push_back({{"backend", nameOf(reason.backend)}, {"allowed", reason.allowed}, {"why", reason.why}, {"fix", reason.fix}});
    return {{"name", graph.nameOf(node.node)}, {"op", graph.opOf(node.node)},          {"backend", nameOf(node.backend)},
            {"assigned", node.assigned},       {"segment", plan.segmentOf(node.node)}, {"reasons", std::move(reasons)}};
}

} // namespace

ordered_json placementToJson(const Graph &graph, const PlacementPlan &plan, const BackendCapabilities &capabilities)
{
    ordered_json nodes = ordered_json::array(), segments = ordered_json::array(), crossings = ordered_json::array();
    for (const NodePlacement &node : plan.nodes)
        nodes.push_back(nodeJson(graph, plan, node));
    for (const Segment &segment : plan.segments) {
        ordered_json names = ordered_json::array();
        for (const NodeId node : segment.nodes)
            names.push_back(graph.nameOf(node));
        segments.push_back({{"id", segment.id},
                            {"backend", nameOf(segment.backend)},
                            {"emulated", capabilities.of(segment.backend).isEmulated},
                            {"nodes", std::move(names)}});
    }
    for (const Crossing &crossing : plan.crossings)
        crossings.push_back({{"tensor", graph.nameOf(crossing.tensor)},
                             {"from", crossing.from},
                             {"to", crossing.to},
                             {"bytes", crossing.bytes},
                             {"estimateUs", crossing.estimateUs}});
    return {{"schema", kSchema}, {"nodes", std::move(nodes)}, {"segments", std::move(segments)}, {"crossings", std::move(crossings)}};
}

Expected<BackendAssignments> readPlacement(const std::filesystem::path &path)
{
    const std::string what = "placement " + path.string();
    const std::string fix = "'nordlys place MODEL -o FILE' writes one.";
    auto text = readTextFile(path);
    NORDLYS_TRY(text);
    auto document = parseJsonText(*text, what);
    NORDLYS_TRY(document);
    const auto schema = document->is_object() ? document->find("schema") : document->end();
    if (!document->is_object() || schema == document->end() || !schema->is_string())
        return badInput(what, "it names no schema", fix);
    const auto &schemaName = schema->get_ref<const std::string &>();
    if (schemaName != kSchema) {
        if (schemaName.starts_with(kSchemaName))
            return notSupported(what, "its schema is " + schemaName.substr(0, 64) + ", this program reads " + std::string(kSchema), fix);
        return badInput(what, "its schema is not " + std::string(kSchema), fix);
    }
    const auto nodes = document->find("nodes");
    if (nodes == document->end() || !nodes->is_array())
        return badInput(what, "it has no list of nodes", fix);
    BackendAssignments result;
    for (const json &node : *nodes) {
        const auto name = node.is_object() ? node.find("name") : node.end();
        if (!node.is_object() || name == node.end() || !name->is_string())
            return badInput(what, "a node has no name", fix);
        const auto backend = node.find("backend");
        const auto known = backend != node.end() && backend->is_string() ? backendFromName(backend->get_ref<const std::string &>()) : std::nullopt;
        if (!known)
            return badInput(what, "node '" + name->get<std::string>() + "' has no backend that is known", "Backends are cpu, gpu and htp.");
        const auto [it, isNew] = result.emplace(name->get<std::string>(), *known);
        if (!isNew && it->second != *known)
            return badInput(what, "node '" + it->first + "' stands twice with different backends");
    }
    return result;
}

} // namespace nordlys::core

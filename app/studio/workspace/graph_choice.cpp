// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_choice.h"

#include "placement_keeper.h"
#include "text.h"

#include <algorithm>

namespace nordlys::studio {
namespace {

std::vector<core::NodeId> marked(const std::vector<bool> &marks)
{
    std::vector<core::NodeId> nodes;
    for (std::size_t i = 0; i < marks.size(); ++i) {
        if (marks[i])
            nodes.emplace_back(i);
    }
    return nodes;
}

std::vector<bool> marksOf(const core::Graph &graph, const std::vector<core::NodeId> &nodes)
{
    std::vector<bool> marks(graph.nodes.size());
    for (const core::NodeId node : nodes)
        marks[node.index] = true;
    return marks;
}

// Nodes stand behind their producers, so one walk each way reaches everything.
std::vector<bool> upstreamMarks(const core::Graph &graph, const std::vector<core::NodeId> &nodes)
{
    std::vector<bool> marks = marksOf(graph, nodes);
    for (std::size_t i = marks.size(); i-- > 0;) {
        if (!marks[i])
            continue;
        for (const core::TensorId input : graph.nodes[i].inputs) {
            if (input.isValid() && graph.tensor(input).producer.isValid())
                marks[graph.tensor(input).producer.index] = true;
        }
    }
    return marks;
}

std::vector<bool> downstreamMarks(const core::Graph &graph, const std::vector<core::NodeId> &nodes)
{
    std::vector<bool> marks = marksOf(graph, nodes);
    for (std::size_t i = 0; i < marks.size(); ++i) {
        if (marks[i])
            continue;
        marks[i] = std::ranges::any_of(graph.nodes[i].inputs, [&](core::TensorId input) {
            return input.isValid() && graph.tensor(input).producer.isValid() && marks[graph.tensor(input).producer.index];
        });
    }
    return marks;
}

} // namespace

std::vector<core::NodeId> nodesMatching(const Workspace &workspace, const FilterQuery &query)
{
    std::vector<core::NodeId> nodes;
    const auto document = workspace.document();
    if (!document || query.isEmpty())
        return nodes;
    const core::Graph &graph = document->graph();
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const core::NodeId node(i);
        FilterQuery::Row row{toQString(graph.nameOf(node)), toQString(graph.opOf(node)), {}, {}};
        row.backend = toQString(core::nameOf(workspace.placement().backendOf(node)));
        if (const RunRecord *run = workspace.run()) {
            const std::size_t layer = run->layerOfNode(graph.nameOf(node));
            if (const core::LayerSummary *summary = layer == RunRecord::npos ? nullptr : run->summaryOf(layer))
                row.sharePercent = summary->sharePercent;
        }
        if (query.matches(row))
            nodes.push_back(node);
    }
    return nodes;
}

std::vector<core::NodeId> withUpstream(const core::Graph &graph, const std::vector<core::NodeId> &nodes)
{
    return marked(upstreamMarks(graph, nodes));
}

std::vector<core::NodeId> withDownstream(const core::Graph &graph, const std::vector<core::NodeId> &nodes)
{
    return marked(downstreamMarks(graph, nodes));
}

std::vector<core::NodeId> nodesBetween(const core::Graph &graph, core::NodeId a, core::NodeId b)
{
    const auto [first, last] = std::minmax(a, b);
    std::vector<bool> marks = downstreamMarks(graph, {first});
    const std::vector<bool> behind = upstreamMarks(graph, {last});
    for (std::size_t i = 0; i < marks.size(); ++i)
        marks[i] = marks[i] && behind[i];
    marks[first.index] = true;
    marks[last.index] = true;
    return marked(marks);
}

} // namespace nordlys::studio

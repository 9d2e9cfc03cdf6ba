// SPDX-License-Identifier: Apache-2.0
#include "node_order.h"

#include "onnx_value_info.h"

#include <core/graph/topology.h>

namespace nordlys::core {

Expected<bool> sortNodes(Graph &graph, std::span<const std::vector<TensorId>> hiddenInputs)
{
    const auto forEachProducer = [&](auto &&visit) {
        for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
            using Ids = std::span<const TensorId>;
            for (const Ids list : {Ids(graph.nodes[i].inputs), Ids(hiddenInputs[i])}) {
                for (const TensorId input : list) {
                    if (input.isValid() && graph.tensor(input).producer.isValid())
                        visit(i, graph.tensor(input).producer.index);
                }
            }
        }
    };
    bool isSorted = true;
    forEachProducer([&](std::size_t node, std::size_t producer) { isSorted = isSorted && producer < node; });
    if (isSorted)
        return false;
    std::vector<std::vector<std::size_t>> dependencies(graph.nodes.size());
    forEachProducer([&](std::size_t node, std::size_t producer) { dependencies[node].push_back(producer); });
    const TopologicalOrder sorted = sortTopologically(dependencies);
    if (sorted.cycleMember)
        return badInput(quoted("node", graph.nameOf(NodeId(*sorted.cycleMember))), "is part of a cycle",
                        "A model must not read its own results.");
    std::vector<Node> nodes;
    nodes.reserve(graph.nodes.size());
    for (const std::size_t index : sorted.order)
        nodes.push_back(std::move(graph.nodes[index]));
    graph.nodes = std::move(nodes);
    graph.relink();
    return true;
}

} // namespace nordlys::core

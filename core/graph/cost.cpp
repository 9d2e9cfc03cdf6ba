// SPDX-License-Identifier: Apache-2.0
#include "cost.h"

#include "ops/infer_util.h"

#include <limits>
#include <unordered_set>

namespace nordlys::core {

namespace {

std::int64_t saturatingAdd(std::int64_t a, std::int64_t b)
{
    std::int64_t result = 0;
    return __builtin_add_overflow(a, b, &result) ? std::numeric_limits<std::int64_t>::max() : result;
}

/// Elements of initializers and of the weights among Constant nodes.
std::int64_t initializerElements(const Graph &graph)
{
    std::int64_t count = 0;
    for (const Tensor &tensor : graph.tensors) {
        // Constant nodes hold shape arithmetic and scalars in most files, the weights in some.
        const bool isWeight = !tensor.isFromConstantNode || (isFloat(tensor.dtype) && tensor.shape && !tensor.shape->empty());
        if (tensor.isConstant() && isWeight)
            count = saturatingAdd(count, ops::countWithFreeAsOne(tensor.shape));
    }
    for (const Node &node : graph.nodes) {
        for (const Attribute &attribute : node.attributes) {
            if (const auto *subgraph = std::get_if<std::shared_ptr<const Graph>>(&attribute.value); subgraph && *subgraph)
                count = saturatingAdd(count, initializerElements(**subgraph));
        }
    }
    return count;
}

std::int64_t macsOf(const Graph &graph, const Node &node)
{
    const OpSpec *spec = findOpSpec(graph, node);
    return spec && spec->macs ? spec->macs(graph, node) : 0;
}

} // namespace

std::int64_t bytesOf(const Tensor &tensor)
{
    const std::int64_t bits = ops::saturatingMultiply(ops::countWithFreeAsOne(tensor.shape), bitsOf(tensor.dtype));
    return bits / 8 + (bits % 8 != 0 ? 1 : 0);
}

NodeCost costOf(const Graph &graph, NodeId id)
{
    const Node &node = graph.node(id);
    NodeCost cost;
    cost.macs = macsOf(graph, node);
    std::unordered_set<TensorId> counted;
    for (const TensorId input : node.inputs) {
        if (!input.isValid() || !counted.insert(input).second)
            continue;
        const Tensor &tensor = graph.tensor(input);
        std::int64_t &bytes = tensor.isConstant() ? cost.parameterBytes : cost.inputBytes;
        bytes = saturatingAdd(bytes, bytesOf(tensor));
    }
    for (const TensorId output : node.outputs) {
        if (output.isValid())
            cost.outputBytes = saturatingAdd(cost.outputBytes, bytesOf(graph.tensor(output)));
    }
    return cost;
}

std::int64_t parameterCount(const Graph &graph)
{
    return initializerElements(graph);
}

std::int64_t macCount(const Graph &graph)
{
    std::int64_t total = 0;
    for (const Node &node : graph.nodes)
        total = saturatingAdd(total, macsOf(graph, node));
    return total;
}

} // namespace nordlys::core

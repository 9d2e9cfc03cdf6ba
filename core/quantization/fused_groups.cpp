// SPDX-License-Identifier: Apache-2.0
#include "fused_groups.h"

#include <algorithm>

namespace nordlys::core {

namespace {

bool drawsNumbers(std::string_view op) { return op.starts_with("Random") || op == "Bernoulli" || op == "Multinomial"; }

bool isConstant(const std::vector<bool> &constants, TensorId id) { return id.isValid() && constants[id.index]; }

/// The node that alone reads `value`, as its input `inputIndex`; invalid where the value goes elsewhere too.
NodeId onlyConsumer(const Graph &graph, TensorId value)
{
    const Tensor &tensor = graph.tensor(value);
    return !tensor.isGraphOutput && tensor.consumers.size() == 1 ? tensor.consumers.front() : NodeId();
}

bool isFoldableNormalization(const Graph &graph, const Node &node, TensorId value, const std::vector<bool> &constants)
{
    if (graph.names.text(node.opType) != "BatchNormalization" || node.inputs.empty() || node.inputs[0] != value)
        return false;
    return std::all_of(node.inputs.begin() + 1, node.inputs.end(), [&](TensorId input) { return isConstant(constants, input); });
}

/// The constant vector that an Add puts on `value`; invalid when it is something else.
TensorId addedVector(const Graph &graph, const Node &node, TensorId value, const std::vector<bool> &constants)
{
    if (graph.names.text(node.opType) != "Add" || node.inputs.size() != 2)
        return {};
    const TensorId other = node.inputs[0] == value ? node.inputs[1] : node.inputs[0];
    if (!isConstant(constants, other))
        return {};
    const auto &shape = graph.tensor(other).shape;
    return shape && shape->size() == 1 ? other : TensorId();
}

bool isFusableActivation(const Graph &graph, const Node &node, TensorId value)
{
    const OpSpec *spec = findOpSpec(graph, node);
    return spec && spec->isFusableActivation && !node.inputs.empty() && node.inputs[0] == value;
}

} // namespace

QuantRole roleOfInput(const OpSpec &spec, std::size_t index)
{
    return spec.inputs.empty() ? QuantRole::None : spec.inputs[std::min(index, spec.inputs.size() - 1)];
}

static bool isControlFlow(const Graph &graph, const Node &node)
{
    const std::string_view op = graph.names.text(node.opType);
    return op == "If" || op == "Loop" || op == "Scan" || op == "SequenceMap" ||
           std::ranges::any_of(node.attributes, [](const Attribute &attribute) { return std::holds_alternative<std::shared_ptr<const Graph>>(attribute.value); });
}

std::vector<bool> constantTensors(const Graph &graph)
{
    std::vector<bool> constants(graph.tensors.size());
    for (std::size_t i = 0; i < graph.tensors.size(); ++i)
        constants[i] = graph.tensors[i].isConstant();
    for (const Node &node : graph.nodes) { // producers precede consumers
        // What a subgraph captures is not among the inputs.
        const bool folds = findOpSpec(graph, node) && !isControlFlow(graph, node) && !drawsNumbers(graph.names.text(node.opType)) &&
                           std::all_of(node.inputs.begin(), node.inputs.end(),
                                       [&](TensorId input) { return !input.isValid() || constants[input.index]; });
        for (const TensorId output : node.outputs) {
            if (folds && output.isValid())
                constants[output.index] = true;
        }
    }
    return constants;
}

FusedGroups findFusedGroups(const Graph &graph, const std::vector<bool> &constants)
{
    FusedGroups groups;
    groups.inner.assign(graph.tensors.size(), false);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node &node = graph.nodes[i];
        const std::string_view op = graph.names.text(node.opType);
        const bool isProduct = op == "Conv" || op == "ConvTranspose" || op == "Gemm" || op == "MatMul";
        if ((!isProduct && op != "Add") || node.outputs.empty() || !node.outputs[0].isValid() ||
            isConstant(constants, node.outputs[0]))
            continue;
        TensorId value = node.outputs[0];
        NodeId next = onlyConsumer(graph, value);
        if (op == "MatMul" && next.isValid() && node.inputs.size() == 2 && isConstant(constants, node.inputs[1])) {
            const TensorId vector = addedVector(graph, graph.node(next), value, constants);
            if (vector.isValid()) {
                groups.biases.emplace(vector, NodeId(i));
                groups.inner[value.index] = true;
                continue; // the Add itself comes later in node order and takes its activation in
            }
        }
        if (isProduct && next.isValid() && isFoldableNormalization(graph, graph.node(next), value, constants)) {
            groups.inner[value.index] = true;
            value = graph.node(next).outputs[0];
            next = onlyConsumer(graph, value);
        }
        if (next.isValid() && isFusableActivation(graph, graph.node(next), value))
            groups.inner[value.index] = true;
    }
    return groups;
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "tie_groups.h"

#include "fused_groups.h"

#include <algorithm>

namespace nordlys::core {

namespace {

bool isZero(const Graph &graph, TensorId id)
{
    const Tensor &tensor = graph.tensor(id);
    if (!tensor.isConstant())
        return false;
    for (const std::byte value : tensor.constant->bytes().first(std::min<std::size_t>(tensor.constant->bytes().size(), 16))) {
        if (value != std::byte(0))
            return false;
    }
    return true;
}

// A pad value other than zero need not lie in the range of the data.
bool padsWithinRange(const Graph &graph, const Node &node)
{
    if (attributeString(graph, node, "mode", "constant") != "constant")
        return true;
    if (node.inputs.size() > 2 && node.inputs[2].isValid())
        return isZero(graph, node.inputs[2]);
    return attributeFloat(graph, node, "value", 0) == 0;
}

bool isMover(const Graph &graph, const Node &node, const OpSpec &spec)
{
    const std::string_view op = graph.names.text(node.opType);
    if (op == "Resize" || op == "Upsample")
        return attributeString(graph, node, "mode", "nearest") == "nearest";
    if (op == "Pad")
        return padsWithinRange(graph, node);
    return spec.output == QuantRole::Tied;
}

} // namespace

TieGroups::TieGroups(const Graph &graph, const std::vector<bool> &constants)
{
    m_parent.resize(graph.tensors.size());
    for (std::size_t i = 0; i < m_parent.size(); ++i)
        m_parent[i] = static_cast<std::uint32_t>(i);
    m_moved.assign(graph.tensors.size(), false);
    for (const Node &node : graph.nodes) {
        const OpSpec *spec = findOpSpec(graph, node);
        if (!spec || !isMover(graph, node, *spec))
            continue;
        TensorId first;
        for (std::size_t i = 0; i < node.inputs.size(); ++i) {
            const TensorId input = node.inputs[i];
            if (!input.isValid() || roleOfInput(*spec, i) != QuantRole::Activation || constants[input.index] ||
                !isFloat(graph.tensor(input).dtype))
                continue;
            if (first.isValid())
                unite(first, input);
            else
                first = input;
        }
        for (const TensorId output : node.outputs) {
            if (first.isValid() && output.isValid() && isFloat(graph.tensor(output).dtype)) {
                unite(first, output);
                m_moved[output.index] = true;
            }
        }
    }
    for (std::uint32_t &parent : m_parent) // parents have lower indices, so theirs are roots already
        parent = m_parent[parent];
}

TensorId TieGroups::rootOf(TensorId tensor) const { return TensorId(m_parent[tensor.index]); }

void TieGroups::unite(TensorId a, TensorId b)
{
    const auto find = [&](std::uint32_t index) {
        while (m_parent[index] != index)
            index = m_parent[index] = m_parent[m_parent[index]];
        return index;
    };
    const std::uint32_t rootA = find(a.index), rootB = find(b.index);
    // The lower index wins, so that the result does not depend on the order of the nodes' inputs.
    if (rootA < rootB)
        m_parent[rootB] = rootA;
    else
        m_parent[rootA] = rootB;
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "quantizable.h"

#include "fused_groups.h"
#include "tie_groups.h"

#include <core/graph/op_spec.h>

#include <algorithm>
#include <unordered_map>

namespace nordlys::core {

namespace {

class Collector {
public:
    explicit Collector(const Graph &graph)
        : m_graph(graph), m_constants(constantTensors(graph)), m_fused(findFusedGroups(graph, m_constants)),
          m_ties(graph, m_constants)
    {}

    std::vector<QuantizableTensor> collect()
    {
        for (const TensorId input : m_graph.inputs)
            addActivation(input, QuantRole::Activation);
        for (std::size_t i = 0; i < m_graph.nodes.size(); ++i)
            addNode(NodeId(i));
        nameGroups();
        return std::move(m_result);
    }

private:
    void addNode(NodeId id)
    {
        const Node &node = m_graph.node(id);
        const bool folded = std::all_of(node.outputs.begin(), node.outputs.end(),
                                        [&](TensorId output) { return !output.isValid() || m_constants[output.index]; });
        if (folded)
            return;
        const OpSpec *spec = findOpSpec(m_graph, node);
        for (std::size_t i = 0; spec && i < node.inputs.size(); ++i) {
            const TensorId input = node.inputs[i];
            if (input.isValid() && m_constants[input.index])
                addConstant(node, i, roleOfInput(*spec, i));
        }
        for (const TensorId output : node.outputs) {
            if (output.isValid() && !m_fused.inner[output.index])
                addActivation(output, spec ? spec->output : QuantRole::Activation);
        }
    }

    void addActivation(TensorId id, QuantRole role)
    {
        const Tensor &tensor = m_graph.tensor(id);
        const bool isStored = tensor.isGraphOutput || !tensor.consumers.empty();
        if (role == QuantRole::None || !isFloat(tensor.dtype) || !isStored || m_constants[id.index] || m_index.contains(id))
            return;
        if (isQuantizedByFile(id))
            return;
        QuantizableTensor &entry = append(id, QuantizableKind::Activation);
        if (role == QuantRole::FixedUnit)
            entry.fixedRange = std::pair(0.0, 1.0);
        else if (role == QuantRole::FixedSymmetric)
            entry.fixedRange = std::pair(-1.0, 1.0);
    }

    void addConstant(const Node &node, std::size_t inputIndex, QuantRole role)
    {
        const TensorId id = node.inputs[inputIndex];
        if (role == QuantRole::None || !isFloat(m_graph.tensor(id).dtype) || isQuantizedByFile(id))
            return;
        const auto fusedBias = m_fused.biases.find(id);
        const bool isBias = role == QuantRole::Bias || fusedBias != m_fused.biases.end();
        // Constant operands of elementwise operators are parameters too; single numbers (factors, epsilons, exponents) stay
        // exact.
        if (role == QuantRole::Activation && !isBias && (isScalar(id) || m_graph.names.text(node.opType) == "Pow"))
            return;
        const int axis = role == QuantRole::Weight ? weightChannelAxis(m_graph, node, inputIndex) : -1;
        if (const auto known = m_index.find(id); known != m_index.end()) {
            QuantizableTensor &entry = m_result[known->second];
            if (!isBias && (entry.kind == QuantizableKind::Bias ||
                            entry.channelAxis != axis)) { // shared between uses that see different channels
                entry.kind = QuantizableKind::Weight;
                entry.channelAxis = -1;
                entry.biasActivation = entry.biasWeight = TensorId();
            }
            return;
        }
        QuantizableTensor &entry = append(id, isBias ? QuantizableKind::Bias : QuantizableKind::Weight);
        entry.channelAxis = isBias ? biasAxis(id) : axis;
        if (isBias) {
            const Node &product = fusedBias != m_fused.biases.end() ? m_graph.node(fusedBias->second) : node;
            entry.biasActivation = product.inputs[0];
            entry.biasWeight = product.inputs.size() > 1 ? product.inputs[1] : TensorId();
        }
    }

    /// Biases are added along the output's channels, which are their last axis: C of Gemm may be 1 x N.
    [[nodiscard]] int biasAxis(TensorId id) const
    {
        const auto &shape = m_graph.tensor(id).shape;
        if (!shape)
            return 0;
        const bool isOneNumber = shape->empty() || (shape->back().isKnown() && shape->back().value == 1);
        return isOneNumber ? -1 : static_cast<int>(shape->size()) - 1;
    }

    /// The model itself quantizes the value (QDQ form): a second grid would round twice.
    [[nodiscard]] bool isQuantizedByFile(TensorId id) const
    {
        const Tensor &tensor = m_graph.tensor(id);
        if (tensor.producer.isValid() && m_graph.opOf(tensor.producer) == "DequantizeLinear")
            return true;
        return !tensor.consumers.empty() && std::all_of(tensor.consumers.begin(), tensor.consumers.end(),
                                                        [&](NodeId node) { return m_graph.opOf(node) == "QuantizeLinear"; });
    }

    [[nodiscard]] bool isScalar(TensorId id) const
    {
        const auto &shape = m_graph.tensor(id).shape;
        return !shape || elementCount(*shape).value_or(2) <= 1;
    }

    QuantizableTensor &append(TensorId id, QuantizableKind kind)
    {
        m_index.emplace(id, m_result.size());
        m_result.push_back({.tensor = id,
                            .kind = kind,
                            .group = id,
                            .fixedRange = std::nullopt,
                            .channelAxis = -1,
                            .biasActivation = {},
                            .biasWeight = {}});
        return m_result.back();
    }

    /// A group takes its first member's name; a fixed range holds for it only where all values that enter the group have that
    /// range.
    void nameGroups()
    {
        struct Group {
            TensorId name;
            std::optional<std::pair<double, double>> range;
            bool hasSource = false;
        };
        std::unordered_map<std::uint32_t, Group> groups;
        for (QuantizableTensor &entry : m_result) {
            if (entry.kind != QuantizableKind::Activation)
                continue;
            Group &group =
                groups.try_emplace(m_ties.rootOf(entry.tensor).index, Group{entry.tensor, std::nullopt, false}).first->second;
            entry.group = group.name;
            if (m_ties.isMoved(entry.tensor))
                continue;
            group.range = group.hasSource && group.range != entry.fixedRange ? std::nullopt : entry.fixedRange;
            group.hasSource = true;
        }
        for (QuantizableTensor &entry : m_result) {
            if (entry.kind == QuantizableKind::Activation)
                entry.fixedRange = groups[m_ties.rootOf(entry.tensor).index].range;
        }
    }

    const Graph &m_graph;
    std::vector<bool> m_constants;
    FusedGroups m_fused;
    TieGroups m_ties;
    std::vector<QuantizableTensor> m_result;
    std::unordered_map<TensorId, std::size_t> m_index;
};

} // namespace

std::vector<QuantizableTensor> quantizableTensors(const Graph &graph) { return Collector(graph).collect(); }

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "encoded_layers.h"

#include <core/graph/cost.h>
#include <core/quantization/bias_encoding.h>
#include <core/quantization/fused_groups.h>
#include <core/quantization/quantizable.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace nordlys::runtime {

namespace {

/// Sets of nodes that are merged step by step; the smallest index stands for its set.
class NodeSets {
public:
    explicit NodeSets(std::size_t count) : m_parent(count)
    {
        for (std::size_t i = 0; i < count; ++i)
            m_parent[i] = i;
    }
    std::size_t rootOf(std::size_t node)
    {
        while (m_parent[node] != node)
            node = m_parent[node] = m_parent[m_parent[node]];
        return node;
    }
    void unite(std::size_t a, std::size_t b)
    {
        a = rootOf(a);
        b = rootOf(b);
        m_parent[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<std::size_t> m_parent;
};

std::int64_t elementsOf(const core::Graph &graph, core::TensorId id)
{
    const auto &shape = graph.tensor(id).shape;
    return shape ? core::elementCount(*shape).value_or(0) : 0;
}

/// A grid of 16 bits over the same range, of the same kind.
core::Expected<core::Encoding> widened(const core::Encoding &encoding)
{
    core::Encoding wide = encoding;
    wide.bitwidth = 16;
    for (core::Grid &grid : wide.grids) {
        core::RangeRule rule{16, encoding.symmetric};
        rule.unsignedSymmetric = encoding.symmetric && grid.zeroPoint == 0;
        rule.strictSymmetric = encoding.symmetric && grid.min == -grid.max;
        auto made = core::gridFromRange(grid.min, grid.max, rule);
        NORDLYS_TRY(made);
        grid = *made;
    }
    return wide;
}

/// Biases are int32 with the product of the scales (see calibrateMinMax).
void followScales(const core::Graph &graph, const std::set<std::string> &changed, const BiasValues &biases, core::EncodingSet &set)
{
    for (const core::QuantizableTensor &tensor : core::quantizableTensors(graph)) {
        if (tensor.kind != core::QuantizableKind::Bias || !tensor.biasActivation.isValid() || !tensor.biasWeight.isValid())
            continue;
        const auto bias = set.entries.find(graph.nameOf(tensor.tensor));
        const std::string activationName(graph.nameOf(tensor.biasActivation)), weightName(graph.nameOf(tensor.biasWeight));
        if (bias == set.entries.end() || bias->second.locked || (!changed.contains(activationName) && !changed.contains(weightName)))
            continue;
        const core::EncodingEntry *activation = set.find(activationName), *weight = set.find(weightName);
        if (activation == nullptr || weight == nullptr)
            continue;
        if (auto encoding = core::biasEncoding(activation->encoding, weight->encoding, tensor.channelAxis); encoding && biases.fit(bias->first, *encoding))
            bias->second.encoding = std::move(*encoding);
    }
}

} // namespace

std::string_view nameOf(HigherWidth width) { return width == HigherWidth::Int16 ? "16" : width == HigherWidth::Float16 ? "float16" : "float32"; }
int bitsOf(HigherWidth width) { return width == HigherWidth::Float32 ? 32 : 16; }

std::vector<EncodedLayer> encodedLayers(const core::Graph &graph, const core::EncodingSet &encodings)
{
    const std::vector<bool> constants = core::constantTensors(graph);
    const core::FusedGroups fused = core::findFusedGroups(graph, constants);
    const std::vector<core::QuantizableTensor> tensors = core::quantizableTensors(graph);
    NodeSets sets(graph.nodes.size());
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        for (const core::TensorId output : graph.nodes[n].outputs) {
            if (output.isValid() && fused.inner[output.index] && !graph.tensor(output).consumers.empty())
                sets.unite(n, graph.tensor(output).consumers[0].index);
        }
    }
    for (const core::QuantizableTensor &tensor : tensors) { // tied outputs have one encoding; a tied graph input ties to no node
        const core::NodeId a = graph.tensor(tensor.tensor).producer, b = graph.tensor(tensor.group).producer;
        if (tensor.kind == core::QuantizableKind::Activation && a.isValid() && b.isValid())
            sets.unite(a.index, b.index);
    }
    std::map<std::size_t, EncodedLayer> layers; // by root
    std::map<std::size_t, bool> hasWeights;
    std::set<std::string> taken;
    const auto take = [&](std::size_t node, core::TensorId id, std::int64_t weights) {
        const std::string name(graph.nameOf(id));
        if (encodings.find(name) == nullptr || !taken.insert(name).second)
            return;
        EncodedLayer &layer = layers[sets.rootOf(node)];
        layer.tensors.push_back(name);
        layer.weightBytes += weights;
    };
    for (const core::QuantizableTensor &tensor : tensors) {
        const core::Tensor &value = graph.tensor(tensor.tensor);
        if (tensor.kind == core::QuantizableKind::Activation) {
            if (value.producer.isValid())
                take(value.producer.index, tensor.tensor, 0);
            continue;
        }
        // A shared constant belongs to its first reader that is not computed beforehand.
        for (const core::NodeId reader : value.consumers) {
            const core::Node &node = graph.node(reader);
            if (!node.outputs.empty() && node.outputs[0].isValid() && constants[node.outputs[0].index])
                continue;
            take(reader.index, tensor.tensor, tensor.kind == core::QuantizableKind::Weight ? elementsOf(graph, tensor.tensor) : 0);
            const std::size_t root = sets.rootOf(reader.index);
            if (tensor.kind == core::QuantizableKind::Weight && layers.contains(root) && !hasWeights[root]) {
                hasWeights[root] = true;
                layers[root].name = std::string(graph.nameOf(reader));
            }
            break;
        }
    }
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        const auto found = layers.find(sets.rootOf(n));
        if (found == layers.end())
            continue;
        EncodedLayer &layer = found->second;
        layer.nodes.emplace_back(graph.nameOf(core::NodeId(n)));
        if (layer.name.empty())
            layer.name = layer.nodes.back();
        const std::int64_t macs = core::costOf(graph, core::NodeId(n)).macs;
        // What is fused into another node costs nothing of its own.
        const bool isFirst = std::ranges::none_of(graph.nodes[n].inputs, [&](core::TensorId in) { return in.isValid() && fused.inner[in.index]; });
        if (macs > 0 || isFirst)
            layer.macs += macs > 0 ? macs : graph.nodes[n].outputs.empty() || !graph.nodes[n].outputs[0].isValid() ? 0 : elementsOf(graph, graph.nodes[n].outputs[0]);
    }
    std::vector<EncodedLayer> result;
    for (auto &[root, layer] : layers)
        result.push_back(std::move(layer));
    return result;
}

core::EncodingSet encodingsOf(const std::vector<EncodedLayer> &layers, const std::vector<bool> &chosen, const core::EncodingSet &encodings, bool others)
{
    core::EncodingSet set;
    if (others)
        set = encodings;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        for (const std::string &name : layers[i].tensors) {
            if (chosen[i])
                set.entries[name] = *encodings.find(name);
            else
                set.entries.erase(name);
        }
    }
    return set;
}

core::Expected<core::EncodingSet> raised(const core::Graph &graph, const std::vector<EncodedLayer> &layers, const std::vector<bool> &raised,
                                         const core::EncodingSet &encodings, HigherWidth width, const BiasValues *biases)
{
    core::EncodingSet set = encodings;
    std::set<std::string> changed;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        for (const std::string &name : layers[i].tensors) {
            core::EncodingEntry &entry = set.entries[name];
            if (!raised[i] || entry.locked || entry.encoding.isFloat)
                continue;
            if (width != HigherWidth::Int16) {
                entry.encoding = core::Encoding();
                entry.encoding.bitwidth = bitsOf(width);
                entry.encoding.isFloat = true;
            } else if (entry.encoding.bitwidth < 16) {
                if (entry.encoding.isBlockwise())
                    continue;
                auto wide = widened(entry.encoding);
                NORDLYS_TRY(wide);
                entry.encoding = *std::move(wide);
            }
            changed.insert(name);
        }
    }
    followScales(graph, changed, biases != nullptr ? *biases : BiasValues(graph), set);
    return set;
}

} // namespace nordlys::runtime

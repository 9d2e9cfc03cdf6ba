// SPDX-License-Identifier: Apache-2.0
#include "segment_model.h"

#include <core/placement/legality.h>

#include <algorithm>
#include <span>

namespace nordlys::runtime {

namespace {

/// Nodes of the segment, and those from constants that it uses wherever they were counted, in the order of the graph.
std::vector<bool> membersOf(const core::Graph &graph, const core::PlacementPlan &plan, std::size_t segment)
{
    std::vector<bool> member(graph.nodes.size(), false);
    for (std::size_t i = graph.nodes.size(); i-- > 0;) {
        const core::NodeId node(i);
        if (!plan.of(node).isFolded) {
            member[i] = plan.segmentOf(node) == segment;
            continue;
        }
        for (const core::TensorId output : graph.nodes[i].outputs) {
            if (!output.isValid())
                continue;
            member[i] = member[i] || (graph.tensor(output).isGraphOutput && plan.segmentOf(node) == segment);
            for (const core::NodeId consumer : graph.tensor(output).consumers)
                member[i] = member[i] || member[consumer.index];
        }
        // One that nobody uses is listed somewhere, so that it appears in the name map.
        const bool unused = std::ranges::all_of(graph.nodes[i].outputs, [&graph](core::TensorId output) {
            return !output.isValid() || (graph.tensor(output).consumers.empty() && !graph.tensor(output).isGraphOutput);
        });
        member[i] = member[i] || (unused && plan.segmentOf(node) == segment);
    }
    return member;
}

/// What a Shape or Size node of known dimensions computes, as a constant: the tensor that it asks need not cross over for that.
core::ConstantData shapeValue(const core::Graph &graph, const core::Node &node)
{
    core::Dims values = *core::knownDims(*graph.tensor(node.inputs[0]).shape);
    const auto rank = static_cast<std::int64_t>(values.size());
    if (graph.names.text(node.opType) == "Size") {
        values = {core::elementCount(values).value_or(0)};
    } else {
        const auto bound = [&](const char *name, std::int64_t fallback) {
            const std::int64_t at = core::attributeInt(graph, node, name, fallback);
            return std::clamp(at < 0 ? at + rank : at, std::int64_t(0), rank);
        };
        const std::int64_t begin = bound("start", 0), end = std::max(begin, bound("end", rank));
        values = core::Dims(values.begin() + begin, values.begin() + end);
    }
    const auto bytes = std::as_bytes(std::span(values));
    return core::ConstantData::owned({bytes.begin(), bytes.end()});
}

} // namespace

std::shared_ptr<const core::Model> segmentModel(const core::Model &model, const core::PlacementPlan &plan, std::size_t segment)
{
    const core::Graph &source = model.graph;
    const std::vector<bool> member = membersOf(source, plan, segment);
    const auto isMember = [&](core::NodeId node) { return node.isValid() && member[node.index]; };

    auto result = std::make_shared<core::Model>(model);
    core::Graph &graph = result->graph;
    graph.nodes.clear();
    graph.inputs.clear();
    graph.outputs.clear();
    std::vector<bool> isInput(source.tensors.size(), false), isOutput(source.tensors.size(), false);
    for (std::size_t i = 0; i < source.nodes.size(); ++i) {
        if (!member[i])
            continue;
        if (plan.of(core::NodeId(i)).isFolded && core::isShapeQuery(source, source.nodes[i])) {
            graph.tensor(source.nodes[i].outputs[0]).constant = shapeValue(source, source.nodes[i]);
            continue;
        }
        graph.nodes.push_back(source.nodes[i]);
        for (const core::TensorId input : source.nodes[i].inputs) {
            if (!input.isValid() || source.tensor(input).isConstant())
                continue;
            const core::NodeId producer = source.tensor(input).producer;
            if (producer.isValid() ? !isMember(producer) : source.tensor(input).isGraphInput)
                isInput[input.index] = true;
        }
        if (plan.of(core::NodeId(i)).isFolded)
            continue;
        for (const core::TensorId output : source.nodes[i].outputs) {
            const auto isElsewhere = [&](core::NodeId user) { return !isMember(user) && !plan.of(user).isFolded; };
            if (output.isValid() && std::ranges::any_of(source.tensor(output).consumers, isElsewhere))
                isOutput[output.index] = true;
        }
    }
    // The caller's order first, then the boundaries' in the order of tensors.
    const auto take = [&](core::TensorId tensor, std::vector<bool> &wanted, std::vector<core::TensorId> &list) {
        list.push_back(tensor);
        wanted[tensor.index] = false;
    };
    for (const core::TensorId output : source.outputs) {
        const core::NodeId producer = source.tensor(output).producer;
        const bool here = producer.isValid() ? isMember(producer) && plan.segmentOf(producer) == segment : segment == 0;
        if (here) {
            take(output, isOutput, graph.outputs);
            if (!producer.isValid() && source.tensor(output).isGraphInput)
                isInput[output.index] = true;
        }
    }
    for (const core::TensorId input : source.inputs) {
        if (isInput[input.index])
            take(input, isInput, graph.inputs);
    }
    for (std::size_t i = 0; i < source.tensors.size(); ++i) {
        if (isInput[i])
            take(core::TensorId(i), isInput, graph.inputs);
        if (isOutput[i])
            take(core::TensorId(i), isOutput, graph.outputs);
    }
    for (core::Tensor &tensor : graph.tensors)
        tensor.isGraphInput = tensor.isGraphOutput = false;
    for (const core::TensorId input : graph.inputs)
        graph.tensor(input).isGraphInput = true;
    for (const core::TensorId output : graph.outputs)
        graph.tensor(output).isGraphOutput = true;
    graph.relink();
    return result;
}

core::EncodingSet encodingsOf(const core::Model &model, const core::EncodingSet &encodings)
{
    core::EncodingSet result;
    const core::Graph &graph = model.graph;
    for (const core::Node &node : graph.nodes) {
        for (const auto *list : {&node.inputs, &node.outputs}) {
            for (const core::TensorId tensor : *list) {
                const core::EncodingEntry *entry = tensor.isValid() ? encodings.find(graph.nameOf(tensor)) : nullptr;
                if (entry)
                    result.entries.emplace(graph.nameOf(tensor), *entry);
            }
        }
    }
    return result;
}

} // namespace nordlys::runtime

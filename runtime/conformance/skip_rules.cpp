// SPDX-License-Identifier: Apache-2.0
#include "skip_rules.h"

#include <core/tensor/host_tensor.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

namespace nordlys::runtime {

namespace {

constexpr std::array randomOperators{"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli"};
constexpr std::string_view trainingDomain = "ai.onnx.preview.training";

std::string reasonIn(const core::Graph &graph)
{
    for (const core::Node &node : graph.nodes) {
        const std::string_view op = graph.names.text(node.opType), domain = graph.names.text(node.domain);
        if (domain == trainingDomain)
            return "training operator " + std::string(op);
        // The seed fixes what one implementation draws, not what all of them draw.
        if (domain.empty() && std::ranges::find(randomOperators, op) != randomOperators.end())
            return "random operator " + std::string(op);
        for (const core::Attribute &attribute : node.attributes) {
            if (const auto *subgraph = std::get_if<std::shared_ptr<const core::Graph>>(&attribute.value); subgraph && *subgraph) {
                if (std::string reason = reasonIn(**subgraph); !reason.empty())
                    return reason;
            }
        }
    }
    for (const core::Tensor &tensor : graph.tensors) {
        if (tensor.dtype == core::DType::String)
            return "strings (tensor \"" + std::string(graph.names.text(tensor.name)) + "\")";
    }
    return {};
}

/// The value of a tensor that is a constant or an input of one element, as a number.
std::optional<double> numberOf(const core::Graph &graph, core::TensorId id, std::span<const Value> inputs)
{
    core::DType type = core::DType::Undefined;
    std::span<const std::byte> bytes;
    if (const auto &constant = graph.tensor(id).constant) {
        type = graph.tensor(id).dtype;
        bytes = constant->bytes();
    } else if (const auto at = std::ranges::find(graph.inputs, id); at != graph.inputs.end()) {
        const auto index = static_cast<std::size_t>(at - graph.inputs.begin());
        if (index >= inputs.size() || !inputs[index].isTensor())
            return std::nullopt;
        type = inputs[index].tensor().dtype();
        bytes = inputs[index].tensor().bytes();
    }
    if (type == core::DType::Bool && bytes.size() == 1)
        return bytes[0] != std::byte(0) ? 1 : 0;
    if (type == core::DType::Float32 && bytes.size() == sizeof(float)) {
        float value = 0;
        std::memcpy(&value, bytes.data(), sizeof value);
        return static_cast<double>(value);
    }
    return std::nullopt;
}

} // namespace

std::string reasonToSkip(const core::Model &model)
{
    return reasonIn(model.graph);
}

std::string reasonToSkip(const core::Model &model, std::span<const Value> inputs)
{
    const core::Graph &graph = model.graph;
    for (const core::Node &node : graph.nodes) {
        // Dropout 12: inputs data, ratio (0.5), training_mode (false).
        if (graph.names.text(node.opType) != "Dropout" || node.opset < 12 || node.inputs.size() < 3 || !node.inputs[2].isValid())
            continue;
        const bool trains = numberOf(graph, node.inputs[2], inputs).value_or(0) != 0;
        const bool keepsAll = node.inputs[1].isValid() && numberOf(graph, node.inputs[1], inputs).value_or(0.5) == 0;
        if (trains && !keepsAll)
            return "Dropout in training mode";
    }
    return {};
}

} // namespace nordlys::runtime

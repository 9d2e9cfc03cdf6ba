// SPDX-License-Identifier: Apache-2.0
#include "linear_layers.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <string_view>

namespace nordlys::runtime {

namespace {

std::optional<std::vector<double>> floatsOf(const core::Graph &graph, core::TensorId id)
{
    if (!id.isValid())
        return std::nullopt;
    const core::Tensor &tensor = graph.tensor(id);
    if (!tensor.isConstant() || tensor.dtype != core::DType::Float32)
        return std::nullopt;
    const auto bytes = tensor.constant->bytes();
    std::vector<double> values(bytes.size() / sizeof(float));
    for (std::size_t i = 0; i < values.size(); ++i) {
        float value = 0;
        std::memcpy(&value, bytes.data() + i * sizeof(float), sizeof(float));
        values[i] = static_cast<double>(value);
    }
    return values;
}

core::TensorId inputAt(const core::Node &node, std::size_t index) { return index < node.inputs.size() ? node.inputs[index] : core::TensorId(); }

/// Zeros around the input: explicit pads, or auto_pad other than VALID (which may come out as none; then nothing is lost by the caution).
bool hasPadding(const core::Graph &graph, const core::Node &node)
{
    const std::string automatic = core::attributeString(graph, node, "auto_pad", "NOTSET");
    if (automatic != "NOTSET")
        return automatic != "VALID";
    return std::ranges::any_of(core::attributeInts(graph, node, "pads"), [](std::int64_t pad) { return pad != 0; });
}

bool readShape(const core::Graph &graph, const core::Node &node, LinearLayer &layer)
{
    const std::string_view op = graph.names.text(node.opType);
    const core::Tensor &weight = graph.tensor(node.inputs[1]);
    if (!weight.isConstant() || weight.dtype != core::DType::Float32 || !weight.shape)
        return false;
    for (const core::Dim &dim : *weight.shape) {
        if (dim.value <= 0)
            return false;
        layer.dims.push_back(dim.value);
    }
    const auto count = core::elementCount(layer.dims);
    layer.raw = weight.constant->bytes();
    if (!count || layer.raw.size() != static_cast<std::size_t>(*count) * sizeof(float) || layer.dims.size() < 2)
        return false;
    const auto dim = [&layer](std::size_t i) { return static_cast<std::size_t>(layer.dims[i]); };
    if (op == "Gemm") {
        if (layer.dims.size() != 2 || core::attributeInt(graph, node, "transA", 0) != 0)
            return false;
        const bool transposed = core::attributeInt(graph, node, "transB", 0) != 0;
        layer.kind = transposed ? LinearLayer::Kind::GemmTransposed : LinearLayer::Kind::Gemm;
        layer.outputs = dim(transposed ? 0 : 1);
        layer.inputs = dim(transposed ? 1 : 0);
        layer.plainFactors = core::attributeFloat(graph, node, "alpha", 1) == 1 && core::attributeFloat(graph, node, "beta", 1) == 1;
        return true;
    }
    layer.group = core::attributeInt(graph, node, "group", 1);
    for (std::size_t i = 2; i < layer.dims.size(); ++i)
        layer.inner *= dim(i);
    layer.padded = hasPadding(graph, node);
    if (layer.dims.size() < 3 || layer.group < 1 || layer.dims[0] % layer.group != 0)
        return false;
    const std::size_t across = dim(1) * static_cast<std::size_t>(layer.group); // checked against the data by shape inference
    layer.kind = op == "Conv" ? LinearLayer::Kind::Conv : LinearLayer::Kind::ConvTranspose;
    layer.outputs = op == "Conv" ? dim(0) : across;
    layer.inputs = op == "Conv" ? across : dim(0);
    return true;
}

bool readBias(const core::Graph &graph, const core::Node &node, LinearLayer &layer)
{
    const core::TensorId id = inputAt(node, 2);
    layer.bias.assign(layer.outputs, 0);
    if (!id.isValid())
        return true;
    auto values = floatsOf(graph, id);
    const core::Tensor &tensor = graph.tensor(id);
    // Gemm's C may be broadcast in other ways; only one number per output is a bias.
    if (!values || values->size() != layer.outputs || !tensor.shape || tensor.shape->empty() ||
        tensor.shape->back().value != static_cast<std::int64_t>(layer.outputs))
        return false;
    layer.bias = *std::move(values);
    layer.hasBias = true;
    return true;
}

/// BatchNormalization (opset 7 and newer, inference): y = scale * (x - mean) / sqrt(variance + epsilon) + B.
void foldNormalization(const core::Graph &graph, LinearLayer &layer, const std::vector<bool> &captured)
{
    const core::Tensor &between = graph.tensor(layer.output);
    if (between.isGraphOutput || between.consumers.size() != 1 || captured[layer.output.index] || !layer.plainFactors)
        return;
    const core::Node &norm = graph.node(between.consumers[0]);
    if (graph.names.text(norm.opType) != "BatchNormalization" || !graph.names.text(norm.domain).empty() || norm.opset < 7 || norm.inputs.size() != 5 ||
        norm.inputs[0] != layer.output || core::attributeInt(graph, norm, "training_mode", 0) != 0 || core::attributeInt(graph, norm, "spatial", 1) != 1)
        return;
    for (std::size_t i = 1; i < norm.outputs.size(); ++i) {
        if (norm.outputs[i].isValid())
            return;
    }
    std::vector<std::vector<double>> parameters;
    for (std::size_t i = 1; i < 5; ++i) {
        auto values = floatsOf(graph, norm.inputs[i]);
        if (!values || values->size() != layer.outputs)
            return;
        parameters.push_back(*std::move(values));
    }
    const double epsilon = core::attributeFloat(graph, norm, "epsilon", 1e-5);
    std::vector<double> factors, biases;
    for (std::size_t c = 0; c < layer.outputs; ++c) {
        factors.push_back(parameters[0][c] / std::sqrt(parameters[3][c] + epsilon));
        biases.push_back(parameters[1][c] + (layer.bias[c] - parameters[2][c]) * factors.back());
        if (!std::isfinite(factors.back()) || !std::isfinite(biases.back()))
            return;
    }
    layer.outFactor = std::move(factors);
    layer.bias = std::move(biases);
    layer.folded = between.consumers[0];
    layer.output = norm.outputs[0];
    layer.changed = true;
    ChannelStatistics statistics{std::move(parameters[1]), std::move(parameters[0])};
    for (double &gamma : statistics.deviation)
        gamma = std::abs(gamma);
    layer.normalized = std::move(statistics);
}

std::optional<std::vector<float>> rounded(const std::vector<double> &values)
{
    std::vector<float> result;
    result.reserve(values.size());
    for (const double value : values) {
        result.push_back(static_cast<float>(value));
        if (!std::isfinite(result.back()))
            return std::nullopt;
    }
    return result;
}

} // namespace

double LinearLayer::weight(std::size_t index) const
{
    float value = 0;
    std::memcpy(&value, raw.data() + index * sizeof(float), sizeof(float));
    return static_cast<double>(value) * outFactor[outputOf(index)] * inFactor[inputOf(index)];
}

std::size_t LinearLayer::outputOf(std::size_t index) const
{
    switch (kind) {
    case Kind::Conv: return index / (static_cast<std::size_t>(dims[1]) * inner);
    case Kind::ConvTranspose: {
        const auto perGroup = static_cast<std::size_t>(dims[1]);
        const std::size_t input = index / (perGroup * inner);
        return input / (inputs / static_cast<std::size_t>(group)) * perGroup + index / inner % perGroup;
    }
    case Kind::GemmTransposed: return index / inputs;
    case Kind::Gemm: break;
    }
    return index % outputs;
}

std::size_t LinearLayer::inputOf(std::size_t index) const
{
    switch (kind) {
    case Kind::Conv: {
        const auto perGroup = static_cast<std::size_t>(dims[1]);
        const std::size_t row = index / (perGroup * inner);
        return row / (outputs / static_cast<std::size_t>(group)) * perGroup + index / inner % perGroup;
    }
    case Kind::ConvTranspose: return index / (static_cast<std::size_t>(dims[1]) * inner);
    case Kind::GemmTransposed: return index % inputs;
    case Kind::Gemm: break;
    }
    return index / outputs;
}

std::vector<double> LinearLayer::outputRanges() const
{
    std::vector<double> ranges(outputs, 0);
    for (std::size_t k = 0; k < weightCount(); ++k) {
        double &range = ranges[outputOf(k)];
        range = std::max(range, std::abs(weight(k)));
    }
    return ranges;
}

std::vector<double> LinearLayer::inputRanges() const
{
    std::vector<double> ranges(inputs, 0);
    for (std::size_t k = 0; k < weightCount(); ++k) {
        double &range = ranges[inputOf(k)];
        range = std::max(range, std::abs(weight(k)));
    }
    return ranges;
}

std::optional<std::vector<float>> LinearLayer::weights() const
{
    std::vector<double> values(weightCount());
    for (std::size_t k = 0; k < values.size(); ++k)
        values[k] = weight(k);
    return rounded(values);
}

std::optional<std::vector<float>> LinearLayer::biases() const { return rounded(bias); }

std::vector<bool> capturedTensors(const core::Graph &graph)
{
    std::set<std::string_view> names;
    for (const core::Node &node : graph.nodes) {
        for (const core::Attribute &attribute : node.attributes) {
            const auto *subgraph = std::get_if<std::shared_ptr<const core::Graph>>(&attribute.value);
            if (subgraph == nullptr || !*subgraph)
                continue;
            for (const core::Tensor &tensor : (*subgraph)->tensors) // a deeper subgraph's captures stand in every one around it
                names.insert((*subgraph)->names.text(tensor.name));
        }
    }
    std::vector<bool> captured(graph.tensors.size(), false);
    for (std::size_t i = 0; i < captured.size() && !names.empty(); ++i)
        captured[i] = names.contains(graph.names.text(graph.tensors[i].name));
    return captured;
}

std::vector<LinearLayer> linearLayers(const core::Graph &graph)
{
    const std::vector<bool> captured = capturedTensors(graph);
    std::vector<LinearLayer> layers;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        const core::Node &node = graph.nodes[n];
        const std::string_view op = graph.names.text(node.opType);
        if ((op != "Conv" && op != "ConvTranspose" && op != "Gemm") || !graph.names.text(node.domain).empty() || node.inputs.size() < 2 ||
            node.outputs.empty() || !node.inputs[0].isValid() || !node.inputs[1].isValid())
            continue;
        LinearLayer layer;
        layer.node = core::NodeId(n);
        layer.name = std::string(graph.nameOf(layer.node));
        layer.weightName = std::string(graph.nameOf(node.inputs[1]));
        layer.output = node.outputs[0];
        if (!readShape(graph, node, layer) || !readBias(graph, node, layer))
            continue;
        layer.outFactor.assign(layer.outputs, 1);
        layer.inFactor.assign(layer.inputs, 1);
        foldNormalization(graph, layer, captured);
        layers.push_back(std::move(layer));
    }
    return layers;
}

core::Expected<void> storeLayers(const core::Graph &graph, const std::vector<LinearLayer> &layers, core::ModelRewrite &rewrite)
{
    for (const LinearLayer &layer : layers) {
        if (!layer.changed)
            continue;
        const auto weights = layer.weights();
        const auto biases = layer.biases();
        if (!weights || !biases)
            return core::notSupported("layer " + layer.name, "its new weights are larger than float32 holds");
        NORDLYS_TRY(rewrite.setInput(layer.name, 1, layer.weightName + "_" + layer.name, layer.dims, *weights));
        const bool needsBias = layer.hasBias || std::ranges::any_of(layer.bias, [](double value) { return value != 0; });
        if (needsBias)
            NORDLYS_TRY(rewrite.setInput(layer.name, 2, layer.weightName + "_bias", {static_cast<std::int64_t>(layer.outputs)}, *biases));
        if (layer.folded.isValid())
            NORDLYS_TRY(rewrite.bypass(std::string(graph.nameOf(layer.folded))));
    }
    return {};
}

} // namespace nordlys::runtime

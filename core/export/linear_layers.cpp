// SPDX-License-Identifier: Apache-2.0
#include "linear_layers.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <string_view>

namespace nordlys::core {

namespace {

std::optional<std::vector<double>> floatsOf(const Graph &graph, TensorId id)
{
    if (!id.isValid())
        return std::nullopt;
    const Tensor &tensor = graph.tensor(id);
    if (!tensor.isConstant() || tensor.dtype != DType::Float32)
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

TensorId inputAt(const Node &node, std::size_t index) { return index < node.inputs.size() ? node.inputs[index] : TensorId(); }

/// Zeros around the input: explicit pads, or auto_pad other than VALID (which may come out as none; then nothing is lost by the caution).
bool hasPadding(const Graph &graph, const Node &node)
{
    const std::string automatic = attributeString(graph, node, "auto_pad", "NOTSET");
    if (automatic != "NOTSET")
        return automatic != "VALID";
    return std::ranges::any_of(attributeInts(graph, node, "pads"), [](std::int64_t pad) { return pad != 0; });
}

bool readShape(const Graph &graph, const Node &node, LinearLayer &layer)
{
    const std::string_view op = graph.names.text(node.opType);
    const Tensor &weight = graph.tensor(node.inputs[1]);
    if (!weight.isConstant() || weight.dtype != DType::Float32 || !weight.shape)
        return false;
    for (const Dim &dim : *weight.shape) {
        if (dim.value <= 0)
            return false;
        layer.dims.push_back(dim.value);
    }
    const auto count = elementCount(layer.dims);
    layer.raw = weight.constant->bytes();
    if (!count || layer.raw.size() != static_cast<std::size_t>(*count) * sizeof(float) || layer.dims.size() < 2)
        return false;
    const auto dim = [&layer](std::size_t i) { return static_cast<std::size_t>(layer.dims[i]); };
    if (op == "Gemm") {
        if (layer.dims.size() != 2 || attributeInt(graph, node, "transA", 0) != 0)
            return false;
        const bool transposed = attributeInt(graph, node, "transB", 0) != 0;
        layer.kind = transposed ? LinearLayer::Kind::GemmTransposed : LinearLayer::Kind::Gemm;
        layer.outputs = dim(transposed ? 0 : 1);
        layer.inputs = dim(transposed ? 1 : 0);
        layer.plainFactors = attributeFloat(graph, node, "alpha", 1) == 1 && attributeFloat(graph, node, "beta", 1) == 1;
        return true;
    }
    layer.group = attributeInt(graph, node, "group", 1);
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

bool readBias(const Graph &graph, const Node &node, LinearLayer &layer)
{
    const TensorId id = inputAt(node, 2);
    layer.bias.assign(layer.outputs, 0);
    if (!id.isValid())
        return true;
    auto values = floatsOf(graph, id);
    const Tensor &tensor = graph.tensor(id);
    // Gemm's C may be broadcast in other ways; only one number per output is a bias.
    if (!values || values->size() != layer.outputs || !tensor.shape || tensor.shape->empty() ||
        tensor.shape->back().value != static_cast<std::int64_t>(layer.outputs))
        return false;
    layer.bias = *std::move(values);
    layer.hasBias = true;
    return true;
}

/// BatchNormalization (opset 7 and newer, inference): y = scale * (x - mean) / sqrt(variance + epsilon) + B.
void foldNormalization(const Graph &graph, LinearLayer &layer, const std::vector<bool> &captured)
{
    const Tensor &between = graph.tensor(layer.output);
    if (between.isGraphOutput || between.consumers.size() != 1 || captured[layer.output.index] || !layer.plainFactors)
        return;
    const Node &norm = graph.node(between.consumers[0]);
    if (graph.names.text(norm.opType) != "BatchNormalization" || !graph.names.text(norm.domain).empty() || norm.opset < 7 || norm.inputs.size() != 5 ||
        norm.inputs[0] != layer.output || attributeInt(graph, norm, "training_mode", 0) != 0 || attributeInt(graph, norm, "spatial", 1) != 1)
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
    const double epsilon = attributeFloat(graph, norm, "epsilon", 1e-5);
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

std::vector<bool> capturedTensors(const Graph &graph)
{
    std::set<std::string_view> names;
    for (const Node &node : graph.nodes) {
        for (const Attribute &attribute : node.attributes) {
            const auto *subgraph = std::get_if<std::shared_ptr<const Graph>>(&attribute.value);
            if (subgraph == nullptr || !*subgraph)
                continue;
            for (const Tensor &tensor : (*subgraph)->tensors) // a deeper subgraph's captures stand in every one around it
                names.insert((*subgraph)->names.text(tensor.name));
        }
    }
    std::vector<bool> captured(graph.tensors.size(), false);
    for (std::size_t i = 0; i < captured.size() && !names.empty(); ++i)
        captured[i] = names.contains(graph.names.text(graph.tensors[i].name));
    return captured;
}

std::vector<LinearLayer> linearLayers(const Graph &graph)
{
    const std::vector<bool> captured = capturedTensors(graph);
    std::vector<LinearLayer> layers;
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        const Node &node = graph.nodes[n];
        const std::string_view op = graph.names.text(node.opType);
        if ((op != "Conv" && op != "ConvTranspose" && op != "Gemm") || !graph.names.text(node.domain).empty() || node.inputs.size() < 2 ||
            node.outputs.empty() || !node.inputs[0].isValid() || !node.inputs[1].isValid())
            continue;
        LinearLayer layer;
        layer.node = NodeId(n);
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

Expected<void> storeLayers(const Graph &graph, const std::vector<LinearLayer> &layers, ModelRewrite &rewrite)
{
    for (const LinearLayer &layer : layers) {
        if (!layer.changed)
            continue;
        const auto weights = layer.weights();
        const auto biases = layer.biases();
        if (!weights || !biases)
            return notSupported("layer " + layer.name, "its new weights are larger than float32 holds");
        // Weights that stay keep their initializer, which other layers may read too.
        const auto isOne = [](double factor) { return factor == 1; };
        if (!std::ranges::all_of(layer.outFactor, isOne) || !std::ranges::all_of(layer.inFactor, isOne))
            NORDLYS_TRY(rewrite.setInput(layer.name, 1, layer.weightName + "_" + layer.name, layer.dims, *weights));
        const bool needsBias = layer.hasBias || std::ranges::any_of(layer.bias, [](double value) { return value != 0; });
        if (needsBias)
            NORDLYS_TRY(rewrite.setInput(layer.name, 2, layer.weightName + "_bias", {static_cast<std::int64_t>(layer.outputs)}, *biases));
        if (layer.folded.isValid())
            NORDLYS_TRY(rewrite.bypass(std::string(graph.nameOf(layer.folded))));
    }
    return {};
}

} // namespace nordlys::core

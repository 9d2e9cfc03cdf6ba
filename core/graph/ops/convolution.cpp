// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"
#include "window.h"

namespace nordlys::core::ops {

namespace {

constexpr std::array kQLinearInputs{QuantRole::None};

/// Shapes for data at input 0 and weights at `weightInput`.
Expected<void> inferConvAt(InferenceContext &context, std::size_t weightInput, DType result)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::optional<Shape> &weight = context.inputShape(weightInput);
    if (!data || !weight) {
        context.setOutput(0, result, std::nullopt);
        return {};
    }
    if (data->size() < 3 || weight->size() != data->size())
        return broken("data of rank " + std::to_string(data->size()) + " and weights of rank " + std::to_string(weight->size()) + " do not fit");
    const std::int64_t group = attributeInt(context.graph(), context.node(), "group", 1);
    if (group < 1)
        return broken("group is " + std::to_string(group));
    const Dim &channels = (*data)[1];
    const Dim &perGroup = (*weight)[1];
    if (channels.isKnown() && perGroup.isKnown() && saturatingMultiply(perGroup.value, group) != channels.value)
        return broken("the data has " + std::to_string(channels.value) + " channels, the weights take " + std::to_string(group) + "×"
                      + std::to_string(perGroup.value));
    const Dim &outputs = (*weight)[0];
    if (outputs.isKnown() && outputs.value % group != 0)
        return broken(std::to_string(outputs.value) + " output channels do not divide into " + std::to_string(group) + " groups");
    const std::size_t spatial = data->size() - 2;
    Dims kernel;
    for (std::size_t i = 2; i < weight->size(); ++i) {
        if (!(*weight)[i].isKnown()) {
            context.setOutput(0, result, std::nullopt);
            return {};
        }
        kernel.push_back((*weight)[i].value);
    }
    Expected<Window> window = readWindow(context.graph(), context.node(), spatial, kernel);
    if (!window)
        return std::move(window.error());
    if (window->kernel != kernel)
        return broken("kernel_shape differs from the weights' shape");
    Shape shape{(*data)[0], outputs};
    for (std::size_t i = 0; i < spatial; ++i) {
        Expected<Dim> length = windowOutput(*window, i, (*data)[2 + i]);
        if (!length)
            return std::move(length.error());
        shape.push_back(*length);
    }
    context.setOutput(0, result, std::move(shape));
    return {};
}

Expected<void> inferConv(InferenceContext &context) { return inferConvAt(context, 1, context.inputType(0)); }
Expected<void> inferConvInteger(InferenceContext &context) { return inferConvAt(context, 1, DType::Int32); }
Expected<void> inferQLinearConv(InferenceContext &context) { return inferConvAt(context, 3, context.inputType(7)); }

Expected<void> inferConvTranspose(InferenceContext &context)
{
    const Graph &graph = context.graph();
    const Node &node = context.node();
    const std::optional<Shape> &data = context.inputShape(0);
    const std::optional<Shape> &weight = context.inputShape(1);
    if (!data || !weight) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    if (data->size() < 3 || weight->size() != data->size())
        return broken("data of rank " + std::to_string(data->size()) + " and weights of rank " + std::to_string(weight->size()) + " do not fit");
    if ((*data)[1].isKnown() && (*weight)[0].isKnown() && (*data)[1].value != (*weight)[0].value)
        return broken("the data has " + std::to_string((*data)[1].value) + " channels, the weights take " + std::to_string((*weight)[0].value));
    const std::int64_t group = attributeInt(graph, node, "group", 1);
    if (group < 1)
        return broken("group is " + std::to_string(group));
    const std::size_t spatial = data->size() - 2;
    Dims kernel;
    for (std::size_t i = 2; i < weight->size(); ++i)
        kernel.push_back(dimOr1(*weight, i));
    Expected<Window> window = readWindow(graph, node, spatial, kernel);
    if (!window)
        return std::move(window.error());
    const Dims outputShape = attributeInts(graph, node, "output_shape");
    Dims outputPadding = attributeInts(graph, node, "output_padding");
    if (outputPadding.empty())
        outputPadding.assign(spatial, 0);
    if (outputPadding.size() != spatial || (!outputShape.empty() && outputShape.size() < spatial))
        return broken("output_padding or output_shape do not fit the spatial rank");
    Dim channels;
    if ((*weight)[1].isKnown() && __builtin_mul_overflow((*weight)[1].value, group, &channels.value))
        channels.value = -1;
    Shape shape{(*data)[0], channels};
    for (std::size_t i = 0; i < spatial; ++i) {
        const Dim &input = (*data)[2 + i];
        if (!outputShape.empty()) {
            shape.push_back(Dim{outputShape[outputShape.size() - spatial + i], {}});
            if (shape.back().value < 0)
                return broken("output_shape is negative");
            continue;
        }
        if (!input.isKnown()) {
            shape.push_back(Dim{});
            continue;
        }
        std::int64_t length = 0;
        // The other terms are below 2^42, so only the product can leave int64.
        bool tooLarge = __builtin_mul_overflow(input.value, window->strides[i], &length) || length > (std::int64_t(1) << 62);
        tooLarge = tooLarge || outputPadding[i] < 0 || outputPadding[i] > (std::int64_t(1) << 40);
        if (!tooLarge && window->autoPad != "SAME_UPPER" && window->autoPad != "SAME_LOWER") {
            const std::int64_t reach = (window->kernel[i] - 1) * window->dilations[i] + 1;
            length += reach - window->strides[i] + outputPadding[i];
            if (window->autoPad == "NOTSET")
                length -= window->padsBegin[i] + window->padsEnd[i];
        }
        if (tooLarge || length < 0)
            return broken("the output length is negative or too large");
        shape.push_back(Dim{length, {}});
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

/// Image from unfolded blocks [N, C x block size, blocks]: the sizes are values.
Expected<void> inferCol2Im(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::optional<Values> image = context.inputValues(1), block = context.inputValues(2);
    const std::optional<Shape> &listed = context.inputShape(1);
    if (data && data->size() != 3)
        return broken("the data has rank " + std::to_string(data->size()) + ", not 3");
    std::optional<std::size_t> spatial;
    if (image)
        spatial = image->size();
    else if (listed && listed->size() == 1 && (*listed)[0].isKnown() && (*listed)[0].value >= 0 && (*listed)[0].value <= 64)
        spatial = static_cast<std::size_t>((*listed)[0].value);
    if (!spatial) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    if (block && block->size() != *spatial)
        return broken("image_shape has " + std::to_string(*spatial) + " entries, block_shape " + std::to_string(block->size()));
    Shape shape(2 + *spatial);
    if (data)
        shape[0] = (*data)[0];
    if (data && (*data)[1].isKnown() && block) {
        std::int64_t size = 1;
        bool known = true;
        for (const std::int64_t length : *block) {
            known = known && length != kUnknownValue;
            if (known && length < 1)
                return broken("block_shape holds " + std::to_string(length));
            size = known ? saturatingMultiply(size, length) : size;
        }
        if (known && (*data)[1].value % size != 0)
            return broken(std::to_string((*data)[1].value) + " values do not divide into blocks of " + std::to_string(size));
        if (known)
            shape[1] = Dim{(*data)[1].value / size, {}};
    }
    for (std::size_t i = 0; image && i < *spatial; ++i) {
        if ((*image)[i] == kUnknownValue)
            continue;
        if ((*image)[i] < 0)
            return broken("image_shape holds " + std::to_string((*image)[i]));
        shape[2 + i] = Dim{(*image)[i], {}};
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

/// Output elements times the weights that each one meets.
std::int64_t convMacsAt(const Graph &graph, const Node &node, std::size_t weightInput)
{
    const Shape *weight = shapeOf(graph, node.inputs, weightInput);
    if (!weight || node.outputs.empty() || !node.outputs[0].isValid())
        return 0;
    std::int64_t macs = countWithFreeAsOne(graph.tensor(node.outputs[0]).shape);
    for (std::size_t i = 1; i < weight->size(); ++i)
        macs = saturatingMultiply(macs, dimOr1(*weight, i));
    return macs;
}

std::int64_t convMacs(const Graph &graph, const Node &node) { return convMacsAt(graph, node, 1); }
std::int64_t qlinearConvMacs(const Graph &graph, const Node &node) { return convMacsAt(graph, node, 3); }

/// Every input element meets one kernel of each output channel of its group.
std::int64_t convTransposeMacs(const Graph &graph, const Node &node)
{
    const Shape *weight = shapeOf(graph, node.inputs, 1);
    const Shape *data = shapeOf(graph, node.inputs, 0);
    if (!weight || !data)
        return 0;
    std::int64_t macs = countWithFreeAsOne(*data);
    for (std::size_t i = 1; i < weight->size(); ++i)
        macs = saturatingMultiply(macs, dimOr1(*weight, i));
    return macs;
}

OpSpec convolution(std::string_view name, int since, int minInputs, int maxInputs, OpSpec::InferFunction infer, OpSpec::MacsFunction macs,
                   int channelAxis)
{
    OpSpec spec = row(name, since, minInputs, maxInputs, infer);
    spec.macs = macs;
    spec.layout = LayoutRole::Channels;
    spec.inputs = kWeightedInputs;
    spec.channelAxis = channelAxis;
    return spec;
}

} // namespace

std::span<const OpSpec> convolutionOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built;
        built.push_back(convolution("Conv", 1, 2, 3, inferConv, convMacs, 0));
        built.push_back(convolution("ConvTranspose", 1, 2, 3, inferConvTranspose, convTransposeMacs, 1));
        built.push_back(convolution("DeformConv", 19, 3, 5, inferConv, convMacs, 0));
        static constexpr std::array kDeformInputs{QuantRole::Activation, QuantRole::Weight, QuantRole::Activation, QuantRole::Bias, QuantRole::Activation};
        built.back().inputs = kDeformInputs;
        built.push_back(row("Col2Im", 18, 3, 3, inferCol2Im));
        built.back().inputs = kFirstInputOnly;
        for (OpSpec spec : {convolution("ConvInteger", 10, 2, 4, inferConvInteger, convMacs, -1),
                            convolution("QLinearConv", 10, 8, 9, inferQLinearConv, qlinearConvMacs, -1)}) {
            spec.inputs = kQLinearInputs; // already integers: no encodings of ours
            spec.output = QuantRole::None;
            built.push_back(spec);
        }
        // X, W, B, and Z, which is added before the activation.
        built.push_back(convolution("FusedConv", 1, 2, 4, inferConv, convMacs, 0));
        built.back().domain = "com.microsoft";
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops

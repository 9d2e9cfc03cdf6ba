// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

namespace nordlys::core::ops {

namespace {

/// Output 0 like the data; further outputs (statistics) have the shape of the scale.
Expected<void> inferBatchNormalization(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::optional<Shape> &scale = context.inputShape(1);
    // With `spatial` 0 (before version 9) every value of a sample has statistics of its own.
    const bool spatial = context.node().opset >= 9 || attributeInt(context.graph(), context.node(), "spatial", 1) != 0;
    if (data && scale && spatial) {
        if (data->empty() || scale->size() != 1)
            return broken("scale must be a vector over the channels");
        const Dim channels = data->size() > 1 ? (*data)[1] : Dim{1, {}};
        if (channels.isKnown() && (*scale)[0].isKnown() && channels.value != (*scale)[0].value)
            return broken("the data has " + std::to_string(channels.value) + " channels, the scale " + std::to_string((*scale)[0].value));
    }
    context.setOutput(0, context.inputType(0), data);
    for (std::size_t i = 1; i < context.outputCount(); ++i)
        context.setOutput(i, context.inputType(i == 1 || i == 3 ? 3 : 4), context.inputShape(1));
    return {};
}

/// Mean and inverse deviation keep the rank with 1 from `axis` on.
Expected<void> inferLayerNormalization(InferenceContext &context)
{
    std::optional<Shape> statistics = context.inputShape(0);
    context.setOutput(0, context.inputType(0), context.inputShape(0));
    if (statistics) {
        const Expected<std::size_t> axis = normalizeAxis(attributeInt(context.graph(), context.node(), "axis", -1), statistics->size());
        if (!axis)
            return axis.error();
        for (std::size_t i = *axis; i < statistics->size(); ++i)
            (*statistics)[i] = Dim{1, {}};
    }
    // stash_type 16: the statistics are bfloat16.
    const bool isBFloat16 = attributeInt(context.graph(), context.node(), "stash_type", 1) == static_cast<std::int64_t>(DType::BFloat16);
    for (std::size_t i = 1; i < context.outputCount(); ++i)
        context.setOutput(i, isBFloat16 ? DType::BFloat16 : DType::Float32, statistics);
    return {};
}

Expected<void> inferAlongAxis(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::int64_t fallback = context.node().opset >= 13 ? -1 : 1;
    const std::int64_t axis = attributeInt(context.graph(), context.node(), "axis", fallback);
    // Before opset 13 an axis equal to the rank means an empty second half.
    if (data && !(context.node().opset < 13 && axis == static_cast<std::int64_t>(data->size()))) {
        if (const Expected<std::size_t> checked = normalizeAxis(axis, data->size()); !checked)
            return checked.error();
    }
    return inferLikeFirst(context);
}

OpSpec normalization(std::string_view name, int since, int minInputs, int maxInputs, OpSpec::InferFunction infer, LayoutRole layout,
                     std::span<const QuantRole> inputs)
{
    OpSpec spec = row(name, since, minInputs, maxInputs, infer);
    spec.layout = layout;
    spec.inputs = inputs;
    return spec;
}

} // namespace

std::span<const OpSpec> normalizationOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built;
        // Statistics would lose everything in 8 bits; where the node is not folded away they stay in floating point.
        built.push_back(normalization("BatchNormalization", 1, 5, 5, inferBatchNormalization, LayoutRole::Channels, kFirstInputOnly));
        built.back().maxOutputs = 5;
        built.push_back(normalization("InstanceNormalization", 1, 3, 3, inferLikeFirst, LayoutRole::Channels, kWeightedInputs));
        built.push_back(normalization("GroupNormalization", 18, 3, 3, inferLikeFirst, LayoutRole::Channels, kWeightedInputs));
        built.push_back(normalization("LayerNormalization", 1, 2, 3, inferLayerNormalization, LayoutRole::Opaque, kWeightedInputs));
        built.back().maxOutputs = 3;
        built.push_back(normalization("RMSNormalization", 23, 2, 2, inferLikeFirst, LayoutRole::Opaque, kWeightedInputs));
        built.push_back(normalization("LRN", 1, 1, 1, inferLikeFirst, LayoutRole::Channels, kActivationInputs));
        built.push_back(normalization("LpNormalization", 1, 1, 1, inferLikeFirst, LayoutRole::Opaque, kActivationInputs));
        built.push_back(normalization("MeanVarianceNormalization", 9, 1, 1, inferLikeFirst, LayoutRole::Opaque, kActivationInputs));
        built.push_back(normalization("Softmax", 1, 1, 1, inferAlongAxis, LayoutRole::Opaque, kActivationInputs));
        built.back().output = QuantRole::FixedUnit;
        built.push_back(normalization("Hardmax", 1, 1, 1, inferAlongAxis, LayoutRole::Opaque, kActivationInputs));
        built.back().output = QuantRole::FixedUnit;
        built.push_back(normalization("LogSoftmax", 1, 1, 1, inferAlongAxis, LayoutRole::Opaque, kActivationInputs));
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops

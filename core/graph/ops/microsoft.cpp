// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"
#include "window.h"

#include <algorithm>

/// Operators of the domain com.microsoft that quantized and optimized files carry.
namespace nordlys::core::ops {

namespace {

constexpr std::string_view kDomain = "com.microsoft";

/// A, A_scale, A_zero_point, B, B_scale, B_zero_point, C_scale, C_zero_point.
Expected<void> inferQLinearBinary(InferenceContext &context)
{
    std::optional<Shape> shape;
    if (context.inputShape(0) && context.inputShape(3)) {
        Expected<Shape> joined = broadcast(*context.inputShape(0), *context.inputShape(3));
        if (!joined)
            return std::move(joined.error());
        shape = *std::move(joined);
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

/// X, X_scale, X_zero_point, Y_scale, Y_zero_point: shape and type of X.
/// Y_scale, Y_zero_point, then three inputs a part.
Expected<void> inferQLinearConcat(InferenceContext &context)
{
    const DType type = context.inputType(1);
    std::optional<Shape> shape;
    for (std::size_t i = 2; i < context.inputCount(); i += 3) {
        const std::optional<Shape> &part = context.inputShape(i);
        if (!part) {
            context.setOutput(0, type, std::nullopt);
            return {};
        }
        const Expected<std::size_t> axis = normalizeAxis(attributeInt(context.graph(), context.node(), "axis", 0), part->size());
        if (!axis)
            return axis.error();
        if (!shape) {
            shape = part;
            continue;
        }
        if (shape->size() != part->size())
            return broken("the parts differ in rank");
        (*shape)[*axis] = sum((*shape)[*axis], (*part)[*axis]);
    }
    context.setOutput(0, type, std::move(shape));
    return {};
}

/// The channels stand behind the batch, or last where channels_last says so.
Expected<void> inferQLinearPool(InferenceContext &context, bool global)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (!shape) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    if (shape->size() < 3)
        return broken("the data has rank " + std::to_string(shape->size()) + ", a pooling needs 3 or more");
    const std::size_t first = attributeInt(context.graph(), context.node(), "channels_last", 0) != 0 ? 1 : 2, spatial = shape->size() - 2;
    if (global) {
        for (std::size_t i = 0; i < spatial; ++i)
            (*shape)[first + i] = Dim{1, {}};
    } else {
        Expected<Window> window = readWindow(context.graph(), context.node(), spatial, {});
        if (!window)
            return std::move(window.error());
        for (std::size_t i = 0; i < spatial; ++i) {
            Expected<Dim> length = windowOutput(*window, i, (*shape)[first + i]);
            if (!length)
                return std::move(length.error());
            (*shape)[first + i] = *length;
        }
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

Expected<void> inferQLinearAveragePool(InferenceContext &context) { return inferQLinearPool(context, false); }
Expected<void> inferQLinearGlobalPool(InferenceContext &context) { return inferQLinearPool(context, true); }

/// A, a_scale, a_zero_point, B, b_scale, b_zero_point, C, y_scale, y_zero_point.
Expected<void> inferQGemm(InferenceContext &context)
{
    const DType type = context.hasInput(8) ? context.inputType(8) : context.hasInput(7) ? context.inputType(0) : DType::Float32;
    const std::optional<Shape> &a = context.inputShape(0), &b = context.inputShape(3);
    if (!a || !b) {
        context.setOutput(0, type, std::nullopt);
        return {};
    }
    if (a->size() != 2 || b->size() != 2)
        return broken("QGemm needs two matrices");
    const std::size_t rowAxis = attributeInt(context.graph(), context.node(), "transA", 0) != 0 ? 1 : 0;
    const std::size_t columnAxis = attributeInt(context.graph(), context.node(), "transB", 0) != 0 ? 0 : 1;
    const Dim &innerA = (*a)[1 - rowAxis], &innerB = (*b)[1 - columnAxis];
    if (innerA.isKnown() && innerB.isKnown() && innerA.value != innerB.value)
        return broken("inner dimensions " + std::to_string(innerA.value) + " and " + std::to_string(innerB.value) + " differ");
    context.setOutput(0, type, Shape{(*a)[rowAxis], (*b)[columnAxis]});
    return {};
}

std::int64_t qgemmMacs(const Graph &graph, const Node &node)
{
    const Shape *a = shapeOf(graph, node.inputs, 0);
    if (!a || node.outputs.empty() || !node.outputs[0].isValid())
        return 0;
    return saturatingMultiply(countWithFreeAsOne(graph.tensor(node.outputs[0]).shape), dimOr1(*a, attributeInt(graph, node, "transA", 0) != 0 ? 0 : 1));
}

/// Sum, normalized; mean and inverse deviation of every row; the sum before it is normalized.
Expected<void> inferSkipLayerNormalization(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    std::optional<Shape> statistics = data;
    if (statistics && statistics->empty())
        return broken("the input is a single number");
    if (statistics)
        statistics->back() = Dim{1, {}};
    context.setOutput(0, context.inputType(0), data);
    for (std::size_t i = 1; i < std::min<std::size_t>(3, context.outputCount()); ++i)
        context.setOutput(i, DType::Float32, statistics);
    if (context.outputCount() > 3)
        context.setOutput(3, context.inputType(0), data);
    return {};
}

OpSpec contributed(std::string_view name, int minInputs, int maxInputs, OpSpec::InferFunction infer, QuantRole output, std::span<const QuantRole> inputs)
{
    OpSpec spec = row(name, 1, minInputs, maxInputs, infer);
    spec.domain = kDomain;
    spec.output = output;
    spec.inputs = inputs;
    return spec;
}

} // namespace

std::span<const OpSpec> microsoftOps()
{
    static const std::vector<OpSpec> rows = [] {
        constexpr QuantRole none = QuantRole::None, activation = QuantRole::Activation; // codes get no encodings of ours
        std::vector<OpSpec> built{contributed("QLinearAdd", 7, 8, inferQLinearBinary, none, kNoInputs),
                                  contributed("QLinearMul", 7, 8, inferQLinearBinary, none, kNoInputs),
                                  contributed("QLinearConcat", 5, -1, inferQLinearConcat, none, kNoInputs),
                                  contributed("QLinearAveragePool", 4, 5, inferQLinearAveragePool, none, kNoInputs),
                                  contributed("QLinearGlobalAveragePool", 4, 5, inferQLinearGlobalPool, none, kNoInputs),
                                  contributed("QLinearSigmoid", 4, 5, inferLikeFirst, none, kNoInputs),
                                  contributed("QLinearLeakyRelu", 4, 5, inferLikeFirst, none, kNoInputs),
                                  contributed("Gelu", 1, 1, inferLikeFirst, activation, kActivationInputs),
                                  contributed("FastGelu", 1, 2, inferLikeFirst, activation, kWeightedInputs),
                                  contributed("BiasGelu", 2, 2, inferLikeFirst, activation, kWeightedInputs),
                                  contributed("SkipLayerNormalization", 3, 5, inferSkipLayerNormalization, activation, kActivationInputs),
                                  contributed("QGemm", 6, 9, inferQGemm, none, kNoInputs)};
        built.back().macs = qgemmMacs;
        for (OpSpec &spec : built) {
            if (spec.name == "SkipLayerNormalization")
                spec.maxOutputs = 4;
        }
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops

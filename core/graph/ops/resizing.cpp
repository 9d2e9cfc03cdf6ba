// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

#include <cmath>

namespace nordlys::core::ops {

namespace {

Expected<void> scaleDims(Shape &shape, const std::vector<double> &scales, const std::vector<std::size_t> &axes)
{
    if (scales.size() != axes.size())
        return broken("scales has " + std::to_string(scales.size()) + " entries, not " + std::to_string(axes.size()));
    for (std::size_t i = 0; i < axes.size(); ++i) {
        if (!(scales[i] > 0))
            return broken("a scale is not positive");
        Dim &dim = shape[axes[i]];
        if (!dim.isKnown() || scales[i] == 1.0) {
            if (scales[i] != 1.0)
                dim = Dim{};
            continue;
        }
        const double length = std::floor(static_cast<double>(dim.value) * scales[i]);
        if (!(length < 9e15))
            return broken("the scaled length is too large");
        dim = Dim{static_cast<std::int64_t>(length), {}};
    }
    return {};
}

std::vector<std::size_t> allAxes(std::size_t rank)
{
    std::vector<std::size_t> axes(rank);
    for (std::size_t i = 0; i < rank; ++i)
        axes[i] = i;
    return axes;
}

Expected<void> inferUpsample(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (shape) {
        std::optional<std::vector<double>> scales;
        if (const Attribute *attribute = findAttribute(context.graph(), context.node(), "scales")) {
            if (const auto *numbers = std::get_if<std::vector<double>>(&attribute->value))
                scales = *numbers;
        } else {
            scales = constantNumbers(context, 1);
        }
        if (scales)
            NORDLYS_TRY(scaleDims(*shape, *scales, allAxes(shape->size())));
        else
            shape = Shape(shape->size());
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

/// Resize: sizes win over scales where both are given; an empty tensor stands for a missing one.
Expected<void> inferResize(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (!shape) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    std::vector<std::size_t> axes = allAxes(shape->size());
    if (const Values listed = attributeInts(context.graph(), context.node(), "axes"); !listed.empty()) {
        axes.clear();
        for (const std::int64_t axis : listed) {
            const Expected<std::size_t> index = normalizeAxis(axis, shape->size());
            if (!index)
                return index.error();
            axes.push_back(*index);
        }
    }
    const bool isOld = context.node().opset < 11;
    const std::optional<std::vector<double>> scales = constantNumbers(context, isOld ? 1 : 2);
    const std::optional<Values> sizes = isOld ? std::nullopt : context.inputValues(3);
    if (sizes && !sizes->empty()) {
        if (sizes->size() != axes.size())
            return broken("sizes has " + std::to_string(sizes->size()) + " entries, not " + std::to_string(axes.size()));
        const std::string policy = attributeString(context.graph(), context.node(), "keep_aspect_ratio_policy", "stretch");
        for (std::size_t i = 0; i < axes.size(); ++i) {
            const std::int64_t size = (*sizes)[i];
            if (size < 0 && size != kUnknownValue)
                return broken("sizes holds " + std::to_string(size));
            (*shape)[axes[i]] = size == kUnknownValue || policy != "stretch" ? Dim{} : Dim{size, {}};
        }
    } else if (scales && !scales->empty()) {
        NORDLYS_TRY(scaleDims(*shape, *scales, axes));
    } else {
        for (const std::size_t axis : axes)
            (*shape)[axis] = Dim{};
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

OpSpec resizing(std::string_view name, int since, int minInputs, int maxInputs, OpSpec::InferFunction infer, QuantRole output)
{
    OpSpec spec = row(name, since, minInputs, maxInputs, infer);
    spec.layout = LayoutRole::Channels;
    spec.inputs = kFirstInputOnly;
    spec.output = output;
    return spec;
}

} // namespace

std::span<const OpSpec> resizingOps()
{
    // Upsample (nearest, linear) never leaves the range of its input; Resize with cubic does.
    static const std::vector<OpSpec> rows{resizing("Upsample", 1, 1, 1, inferUpsample, QuantRole::Tied),
                                          resizing("Upsample", 9, 2, 2, inferUpsample, QuantRole::Tied),
                                          resizing("Resize", 10, 2, 2, inferResize, QuantRole::Activation),
                                          resizing("Resize", 11, 1, 4, inferResize, QuantRole::Activation)};
    return rows;
}

} // namespace nordlys::core::ops

// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"
#include "resize_sizes.h"

#include <set>

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
        const std::optional<std::int64_t> length = scaledLength(dim.value, scales[i]);
        if (!length)
            return broken("the scaled length is too large");
        dim = Dim{*length, {}};
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

/// Version 1 scales the last two of four dimensions by attributes, 7 all by an attribute, 9 all by an input.
Expected<void> inferUpsample(InferenceContext &context)
{
    const Graph &graph = context.graph();
    const Node &node = context.node();
    std::optional<Shape> shape = context.inputShape(0);
    if (shape && node.opset < 7) {
        if (shape->size() != 4)
            return broken("the data has rank " + std::to_string(shape->size()) + ", Upsample of this version takes 4");
        NORDLYS_TRY(scaleDims(*shape, {attributeFloat(graph, node, "height_scale", 0), attributeFloat(graph, node, "width_scale", 0)}, {2, 3}));
    } else if (shape) {
        std::optional<std::vector<double>> scales;
        if (const Attribute *attribute = findAttribute(graph, node, "scales")) {
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

/// Sizes that keep the aspect ratio are known once all lengths and sizes are.
Expected<void> keepAspect(Shape &shape, const Values &sizes, const std::vector<std::size_t> &axes, bool notLarger)
{
    Values lengths;
    bool known = true;
    for (std::size_t i = 0; i < axes.size(); ++i) {
        known = known && shape[axes[i]].isKnown() && sizes[i] != kUnknownValue;
        lengths.push_back(shape[axes[i]].value);
    }
    const std::optional<double> scale = known ? keptAspectScale(lengths, sizes, notLarger) : std::nullopt;
    if (known && !scale)
        return broken("the aspect ratio of an empty axis cannot be kept");
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const std::optional<std::int64_t> length = scale ? keptAspectLength(lengths[i], *scale) : std::nullopt;
        if (scale && !length)
            return broken("the scaled length is too large");
        shape[axes[i]] = length ? Dim{*length, {}} : Dim{};
    }
    return {};
}

Expected<std::vector<std::size_t>> resizedAxes(const InferenceContext &context, std::size_t rank)
{
    const Values listed = attributeInts(context.graph(), context.node(), "axes");
    if (listed.empty())
        return allAxes(rank);
    std::vector<std::size_t> axes;
    for (const std::int64_t axis : listed) {
        const Expected<std::size_t> index = normalizeAxis(axis, rank);
        if (!index)
            return index.error();
        axes.push_back(*index);
    }
    if (std::set<std::size_t>(axes.begin(), axes.end()).size() != axes.size())
        return broken("axes holds an axis twice");
    return axes;
}

/// Resize: sizes win over scales where both are given; an empty tensor stands for a missing one.
Expected<void> inferResize(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (!shape) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    Expected<std::vector<std::size_t>> axes = resizedAxes(context, shape->size());
    if (!axes)
        return std::move(axes.error());
    const bool isOld = context.node().opset < 11;
    const std::optional<std::vector<double>> scales = constantNumbers(context, isOld ? 1 : 2);
    const std::optional<Values> sizes = isOld ? std::nullopt : context.inputValues(3);
    if (sizes && !sizes->empty()) {
        if (sizes->size() != axes->size())
            return broken("sizes has " + std::to_string(sizes->size()) + " entries, not " + std::to_string(axes->size()));
        for (const std::int64_t size : *sizes) {
            if (size < 0 && size != kUnknownValue)
                return broken("sizes holds " + std::to_string(size));
        }
        const std::string policy = attributeString(context.graph(), context.node(), "keep_aspect_ratio_policy", "stretch");
        if (policy == "not_larger" || policy == "not_smaller") {
            NORDLYS_TRY(keepAspect(*shape, *sizes, *axes, policy == "not_larger"));
        } else {
            for (std::size_t i = 0; i < axes->size(); ++i)
                (*shape)[(*axes)[i]] = (*sizes)[i] == kUnknownValue ? Dim{} : Dim{(*sizes)[i], {}};
        }
    } else if (scales && !scales->empty()) {
        NORDLYS_TRY(scaleDims(*shape, *scales, *axes));
    } else {
        const auto given = [&](std::size_t input) {
            const std::optional<Shape> &listed = context.inputShape(input);
            return context.hasInput(input) && !(listed && listed->size() == 1 && (*listed)[0].isKnown() && (*listed)[0].value == 0);
        };
        if (!given(isOld ? 1 : 2) && (isOld || !given(3)))
            return broken("neither scales nor sizes are given");
        for (const std::size_t axis : *axes)
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

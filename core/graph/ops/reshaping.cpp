// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"
#include "movement.h"

#include <algorithm>

namespace nordlys::core::ops {

namespace {

constexpr std::size_t kMaxRank = 64;

void passValues(InferenceContext &context)
{
    if (auto values = context.inputValues(0))
        context.setOutputValues(0, std::move(*values));
}

Expected<void> inferFlatten(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    std::optional<Shape> shape;
    if (data) {
        const std::int64_t axis = attributeInt(context.graph(), context.node(), "axis", 1);
        const auto rank = static_cast<std::int64_t>(data->size());
        if (axis < -rank || axis > rank)
            return broken("axis " + std::to_string(axis) + " lies outside rank " + std::to_string(rank));
        const auto split = static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
        shape = Shape{product(*data, 0, split), product(*data, split, data->size())};
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    passValues(context);
    return {};
}

/// Fills the one dimension that the others decide. `open` is its index in `shape`.
Expected<void> solveOpenDim(const Shape &data, Shape &shape, std::size_t open)
{
    std::int64_t others = 1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (i != open && (!shape[i].isKnown() || __builtin_mul_overflow(others, shape[i].value, &others)))
            return {};
    }
    const std::optional<std::int64_t> total = elementCount(data);
    if (!total)
        return {};
    if (others == 0 || *total % others != 0) {
        if (others == 0 && *total == 0)
            return {};
        return broken(std::to_string(*total) + " elements do not divide by " + std::to_string(others));
    }
    shape[open] = Dim{*total / others, {}};
    return {};
}

Expected<void> inferReshape(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    std::optional<Values> target;
    if (context.node().opset < 5)
        target = attributeInts(context.graph(), context.node(), "shape");
    else
        target = context.inputValues(1);
    if (!target) {
        std::optional<Shape> shape;
        const std::optional<Shape> &list = context.inputShape(1);
        if (list && list->size() == 1 && (*list)[0].isKnown() && (*list)[0].value <= static_cast<std::int64_t>(kMaxRank))
            shape = Shape(static_cast<std::size_t>((*list)[0].value));
        context.setOutput(0, context.inputType(0), std::move(shape));
        return {};
    }
    if (target->size() > kMaxRank)
        return broken("a rank of " + std::to_string(target->size()) + " is too high");
    const bool allowZero = attributeInt(context.graph(), context.node(), "allowzero", 0) != 0;
    Shape shape(target->size());
    std::optional<std::size_t> minusOne;
    std::vector<std::size_t> unknown;
    for (std::size_t i = 0; i < target->size(); ++i) {
        const std::int64_t value = (*target)[i];
        if (value == kUnknownValue) {
            unknown.push_back(i);
        } else if (value == -1) {
            if (minusOne)
                return broken("the target shape holds -1 twice");
            minusOne = i;
        } else if (value == 0 && !allowZero) {
            if (data && i >= data->size())
                return broken("the target shape copies dimension " + std::to_string(i) + " of data of rank " + std::to_string(data->size()));
            if (data)
                shape[i] = (*data)[i];
        } else if (value < 0) {
            return broken("the target shape holds " + std::to_string(value));
        } else {
            shape[i] = Dim{value, {}};
        }
    }
    if (allowZero && minusOne && std::ranges::find(*target, 0) != target->end())
        return broken("with allowzero the target shape holds 0 and -1");
    if (data && minusOne && unknown.empty()) {
        NORDLYS_TRY(solveOpenDim(*data, shape, *minusOne));
        if (!shape[*minusOne].isKnown() && knownDims(*data))
            return broken("-1 stands beside a dimension of 0: every size would fit");
    } else if (data && !minusOne && unknown.size() == 1) {
        NORDLYS_TRY(solveOpenDim(*data, shape, unknown[0]));
    } else if (data && !minusOne && unknown.empty()) {
        const std::optional<std::int64_t> before = elementCount(*data);
        const std::optional<std::int64_t> after = elementCount(shape);
        if (before && after && *before != *after)
            return broken(std::to_string(*before) + " elements do not fit a shape of " + std::to_string(*after));
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    passValues(context);
    return {};
}

Expected<void> inferTranspose(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    if (!data) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    Values perm = attributeInts(context.graph(), context.node(), "perm");
    if (perm.empty()) {
        for (std::size_t i = data->size(); i-- > 0;)
            perm.push_back(static_cast<std::int64_t>(i));
    }
    if (perm.size() != data->size())
        return broken("perm has " + std::to_string(perm.size()) + " entries for rank " + std::to_string(data->size()));
    std::vector<bool> used(perm.size(), false);
    Shape shape;
    std::vector<std::size_t> axes;
    for (const std::int64_t axis : perm) {
        if (axis < 0 || axis >= static_cast<std::int64_t>(perm.size()) || used[static_cast<std::size_t>(axis)])
            return broken("perm is no permutation");
        used[static_cast<std::size_t>(axis)] = true;
        axes.push_back(static_cast<std::size_t>(axis));
        shape.push_back((*data)[axes.back()]);
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    if (auto values = context.inputValues(0)) {
        if (const std::optional<Dims> dims = knownDims(*data))
            context.setOutputValues(0, transposeValues(*values, *dims, axes));
    }
    return {};
}

Expected<void> inferSqueeze(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const IntList axes = intList(context, "axes", 1);
    if (!data || (axes.present && !axes.values)) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    std::vector<bool> removed(data->size(), false);
    if (!axes.present) {
        for (std::size_t i = 0; i < data->size(); ++i) {
            if (!(*data)[i].isKnown()) {
                context.setOutput(0, context.inputType(0), std::nullopt);
                return {};
            }
            removed[i] = (*data)[i].value == 1;
        }
    } else {
        for (const std::int64_t axis : *axes.values) {
            const Expected<std::size_t> index = normalizeAxis(axis, data->size());
            if (!index)
                return index.error();
            if ((*data)[*index].isKnown() && (*data)[*index].value != 1)
                return broken("axis " + std::to_string(axis) + " is " + std::to_string((*data)[*index].value) + ", not 1");
            removed[*index] = true;
        }
    }
    Shape shape;
    for (std::size_t i = 0; i < data->size(); ++i) {
        if (!removed[i])
            shape.push_back((*data)[i]);
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    passValues(context);
    return {};
}

Expected<void> inferUnsqueeze(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const IntList axes = intList(context, "axes", 1);
    if (!data || !axes.values) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    const std::size_t rank = data->size() + axes.values->size();
    if (rank > kMaxRank)
        return broken("a rank of " + std::to_string(rank) + " is too high");
    std::vector<bool> added(rank, false);
    for (const std::int64_t axis : *axes.values) {
        const Expected<std::size_t> index = normalizeAxis(axis, rank);
        if (!index)
            return index.error();
        if (added[*index])
            return broken("axis " + std::to_string(axis) + " is named twice");
        added[*index] = true;
    }
    Shape shape;
    std::size_t next = 0;
    for (std::size_t i = 0; i < rank; ++i)
        shape.push_back(added[i] ? Dim{1, {}} : (*data)[next++]);
    context.setOutput(0, context.inputType(0), std::move(shape));
    passValues(context);
    return {};
}

/// Before opset 13 the first input may hold the block size; depth and space trade channels for pixels.
Expected<void> inferBlocks(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (shape) {
        const std::int64_t block = attributeInt(context.graph(), context.node(), "blocksize", 0);
        if (shape->size() != 4 || block < 1 || block > 65536)
            return broken("it needs data of rank 4 and a positive blocksize");
        const bool toSpace = context.graph().names.text(context.node().opType) == "DepthToSpace";
        const std::array<std::int64_t, 4> factor{1, block * block, block, block};
        for (std::size_t i = 1; i < 4; ++i) {
            Dim &dim = (*shape)[i];
            const bool grows = (i == 1) != toSpace;
            if (!dim.isKnown())
                dim = Dim{};
            else if (grows ? __builtin_mul_overflow(dim.value, factor[i], &dim.value) : dim.value % factor[i] != 0)
                return broken("the dimensions do not divide by the block");
            else if (!grows)
                dim.value /= factor[i];
        }
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

OpSpec mover(std::string_view name, int since, int minInputs, int maxInputs, OpSpec::InferFunction infer)
{
    OpSpec spec = row(name, since, minInputs, maxInputs, infer);
    spec.output = QuantRole::Tied;
    spec.inputs = kFirstInputOnly;
    return spec;
}

} // namespace

std::span<const OpSpec> reshapingOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built{
            mover("Flatten", 1, 1, 1, inferFlatten), mover("Reshape", 1, 1, 1, inferReshape), mover("Reshape", 5, 2, 2, inferReshape),
            mover("Transpose", 1, 1, 1, inferTranspose), mover("Squeeze", 1, 1, 1, inferSqueeze), mover("Squeeze", 13, 1, 2, inferSqueeze),
            mover("Unsqueeze", 1, 1, 1, inferUnsqueeze), mover("Unsqueeze", 13, 2, 2, inferUnsqueeze),
            mover("Expand", 8, 2, 2, inferExpand), mover("Tile", 1, 2, 3, inferTile), mover("Tile", 6, 2, 2, inferTile),
            mover("Pad", 1, 1, 1, inferPad), mover("Pad", 11, 2, 4, inferPad), mover("CenterCropPad", 18, 2, 2, inferCenterCropPad),
            mover("DepthToSpace", 1, 1, 1, inferBlocks), mover("SpaceToDepth", 1, 1, 1, inferBlocks)};
        built[built.size() - 1].layout = built[built.size() - 2].layout = LayoutRole::Channels;
        OpSpec concat = mover("Concat", 1, 1, -1, inferConcat);
        concat.inputs = kActivationInputs;
        built.push_back(concat);
        for (const int since : {1, 13}) {
            OpSpec split = mover("Split", since, 1, 2, inferSplit); // opset 1 knew the sizes as input too
            split.maxOutputs = -1;
            built.push_back(split);
        }
        built.push_back(mover("Slice", 1, 1, 1, inferSlice));
        built.push_back(mover("Slice", 10, 3, 5, inferSlice));
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops

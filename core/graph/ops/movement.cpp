// SPDX-License-Identifier: Apache-2.0
#include "movement.h"

#include "constant_values.h"
#include "value_arithmetic.h"

#include <algorithm>

namespace nordlys::core::ops {

Values transposeValues(const Values &values, const Dims &dims, const std::vector<std::size_t> &axes)
{
    std::vector<std::size_t> strides(dims.size(), 1);
    for (std::size_t i = dims.size(); i-- > 1;)
        strides[i - 1] = strides[i] * static_cast<std::size_t>(dims[i]);
    Values result(values.size());
    for (std::size_t i = 0; i < result.size(); ++i) {
        std::size_t rest = i;
        std::size_t source = 0;
        for (std::size_t k = axes.size(); k-- > 0;) {
            const auto dim = static_cast<std::size_t>(dims[axes[k]]);
            source += rest % dim * strides[axes[k]];
            rest /= dim;
        }
        result[i] = values[source];
    }
    return result;
}

Expected<void> inferConcat(InferenceContext &context)
{
    if (context.node().opset >= 4 && !findAttribute(context.graph(), context.node(), "axis"))
        return broken("it has no attribute axis"); // the default of 1 went with opset 4
    const std::int64_t axisAttribute = attributeInt(context.graph(), context.node(), "axis", 1);
    std::optional<Shape> shape;
    std::size_t axis = 0;
    std::optional<Values> values = Values{};
    for (std::size_t i = 0; i < context.inputCount(); ++i) {
        const std::optional<Shape> &input = context.inputShape(i);
        if (!input) {
            context.setOutput(0, context.inputType(0), std::nullopt);
            return {};
        }
        const std::optional<Values> part = values ? context.inputValues(i) : std::nullopt;
        if (part && input->size() == 1) {
            values->insert(values->end(), part->begin(), part->end());
        } else if (values && input->size() == 1 && (*input)[0].isKnown() && (*input)[0].value <= 64) {
            // Holes keep the places of what is known.
            values->resize(values->size() + static_cast<std::size_t>((*input)[0].value), kUnknownValue);
        } else {
            values.reset();
        }
        if (values && values->size() > kMaxShapeValues)
            values.reset();
        if (!shape) {
            const Expected<std::size_t> index = normalizeAxis(axisAttribute, input->size());
            if (!index)
                return index.error();
            axis = *index;
            shape = input;
            continue;
        }
        if (input->size() != shape->size())
            return broken("inputs of rank " + std::to_string(shape->size()) + " and " + std::to_string(input->size()));
        for (std::size_t k = 0; k < input->size(); ++k) {
            Dim &out = (*shape)[k];
            const Dim &in = (*input)[k];
            if (k == axis)
                out = sum(out, in);
            else if (out.isKnown() && in.isKnown() && out.value != in.value)
                return broken("dimension " + std::to_string(k) + " is " + std::to_string(out.value) + " and " + std::to_string(in.value));
            else if (!out.isKnown())
                out = in;
        }
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    const bool isArithmetic = isInteger(context.inputType(0)) || context.inputType(0) == DType::Float32;
    if (values && values->size() <= kMaxShapeValues && isArithmetic
        && std::ranges::any_of(*values, [](std::int64_t v) { return v != kUnknownValue; }))
        context.setOutputValues(0, std::move(*values));
    return {};
}

Expected<void> inferSplit(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::size_t outputs = context.outputCount();
    const DType type = context.inputType(0);
    if (!data) {
        for (std::size_t i = 0; i < outputs; ++i)
            context.setOutput(i, type, std::nullopt);
        return {};
    }
    const Expected<std::size_t> axis = normalizeAxis(attributeInt(context.graph(), context.node(), "axis", 0), data->size());
    if (!axis)
        return axis.error();
    const IntList sizes = intList(context, "split", 1);
    const Dim &whole = (*data)[*axis];
    std::vector<Dim> parts(outputs);
    if (sizes.values) {
        if (sizes.values->size() != outputs)
            return broken("split names " + std::to_string(sizes.values->size()) + " sizes for " + std::to_string(outputs) + " outputs");
        std::int64_t total = 0;
        for (std::size_t i = 0; i < outputs; ++i) {
            parts[i] = Dim{(*sizes.values)[i], {}};
            if (parts[i].value < 0 || __builtin_add_overflow(total, parts[i].value, &total))
                return broken("split holds a size that is negative or too large");
        }
        if (whole.isKnown() && total != whole.value)
            return broken("the sizes add up to " + std::to_string(total) + ", not " + std::to_string(whole.value));
    } else if (!sizes.present && whole.isKnown() && outputs > 0) {
        const auto count = static_cast<std::int64_t>(outputs);
        if (attributeInt(context.graph(), context.node(), "num_outputs", count) != count)
            return broken("num_outputs is not the number of outputs, " + std::to_string(count));
        if (context.node().opset < 18 && whole.value % count != 0)
            return broken(std::to_string(whole.value) + " does not divide into " + std::to_string(count) + " equal parts");
        const std::int64_t chunk = whole.value / count + (whole.value % count != 0 ? 1 : 0);
        if (chunk * (count - 1) > whole.value)
            return broken(std::to_string(whole.value) + " does not divide into " + std::to_string(count) + " parts");
        for (std::size_t i = 0; i < outputs; ++i)
            parts[i] = Dim{i + 1 < outputs ? chunk : whole.value - chunk * (count - 1), {}};
    }
    const std::optional<Values> values = data->size() == 1 ? context.inputValues(0) : std::nullopt;
    std::size_t at = 0;
    for (std::size_t i = 0; i < outputs; ++i) {
        Shape shape = *data;
        shape[*axis] = parts[i];
        context.setOutput(i, type, std::move(shape));
        if (values && parts[i].isKnown() && at + static_cast<std::size_t>(parts[i].value) <= values->size()) {
            const auto begin = values->begin() + static_cast<std::ptrdiff_t>(at);
            context.setOutputValues(i, Values(begin, begin + static_cast<std::ptrdiff_t>(parts[i].value)));
            at += static_cast<std::size_t>(parts[i].value);
        }
    }
    return {};
}

namespace {

/// Start and number of the elements that a slice takes of an axis of known length, as ONNX clamps them.
struct SliceRange {
    std::int64_t start = 0, count = 0;
};

SliceRange sliceRange(std::int64_t length, std::int64_t start, std::int64_t end, std::int64_t step)
{
    const auto fromEnd = [length](std::int64_t at) { return at < 0 ? (at < -length ? std::int64_t(-1) : at + length) : at; };
    // A start or end before the first element: 0 when walking up, "before the first" when walking down.
    if (step > 0) {
        start = std::clamp<std::int64_t>(fromEnd(start), 0, length);
        end = std::clamp<std::int64_t>(fromEnd(end), 0, length);
        return {start, end > start ? (end - start - 1) / step + 1 : 0};
    }
    start = start < -length ? 0 : std::clamp<std::int64_t>(fromEnd(start), 0, std::max<std::int64_t>(length - 1, 0));
    end = std::clamp<std::int64_t>(fromEnd(end), -1, length - 1);
    if (length == 0 || start <= end)
        return {start, 0};
    const std::int64_t distance = start - end - 1;
    return {start, step == kUnknownValue ? 1 : distance / -step + 1};
}

} // namespace

Expected<void> inferSlice(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const IntList starts = intList(context, "starts", 1);
    const IntList ends = intList(context, "ends", 2);
    const IntList axes = intList(context, "axes", 3);
    const IntList steps = intList(context, "steps", 4);
    if (!data) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    Shape shape = *data;
    if (!starts.values || !ends.values || (axes.present && !axes.values) || (steps.present && !steps.values)) {
        // The cut axes become free; which ones is known when the axes are.
        for (std::size_t i = 0; i < shape.size(); ++i) {
            if (!axes.values || std::ranges::any_of(*axes.values, [&](std::int64_t axis) {
                    const Expected<std::size_t> index = normalizeAxis(axis, shape.size());
                    return index && *index == i;
                }))
                shape[i] = Dim{};
        }
        context.setOutput(0, context.inputType(0), std::move(shape));
        return {};
    }
    const std::size_t count = starts.values->size();
    if (ends.values->size() != count || (axes.present && axes.values->size() != count) || (steps.present && steps.values->size() != count)
        || count > data->size())
        return broken("starts, ends, axes and steps differ in length");
    std::optional<Values> values = data->size() == 1 ? context.inputValues(0) : std::nullopt;
    std::vector<bool> cutAxes(data->size(), false);
    for (std::size_t i = 0; i < count; ++i) {
        const Expected<std::size_t> axis = normalizeAxis(axes.present ? (*axes.values)[i] : static_cast<std::int64_t>(i), data->size());
        if (!axis)
            return axis.error();
        if (cutAxes[*axis])
            return broken("axis " + std::to_string(*axis) + " is named twice");
        cutAxes[*axis] = true;
        const std::int64_t step = steps.present ? (*steps.values)[i] : 1;
        if (step == 0)
            return broken("a step is 0");
        Dim &dim = shape[*axis];
        if (!dim.isKnown()) {
            const bool whole = (*starts.values)[i] == 0 && (*ends.values)[i] >= (std::int64_t(1) << 31) - 1 && step == 1;
            if (!whole)
                dim = Dim{};
            values.reset();
            continue;
        }
        const SliceRange range = sliceRange(dim.value, (*starts.values)[i], (*ends.values)[i], step);
        dim = Dim{range.count, {}};
        if (values) {
            Values cut;
            for (std::int64_t k = 0; k < range.count; ++k) {
                const std::int64_t at = range.start + k * step;
                if (at < 0 || at >= static_cast<std::int64_t>(values->size()))
                    break;
                cut.push_back((*values)[static_cast<std::size_t>(at)]);
            }
            values = std::move(cut);
        }
    }
    // Values of higher rank survive a slice that takes everything (rank 2 pad tables are cut before they are flattened).
    const std::optional<Dims> known = knownDims(*data);
    if (!values && data->size() > 1 && known && knownDims(shape)) {
        if (const std::optional<Values> all = context.inputValues(0)) {
            std::vector<SliceRange> ranges(data->size());
            std::vector<std::int64_t> stepOf(data->size(), 1);
            for (std::size_t i = 0; i < data->size(); ++i)
                ranges[i] = {0, (*known)[i]};
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t axis = *normalizeAxis(axes.present ? (*axes.values)[i] : static_cast<std::int64_t>(i), data->size());
                stepOf[axis] = steps.present ? (*steps.values)[i] : 1;
                ranges[axis] = sliceRange((*known)[axis], (*starts.values)[i], (*ends.values)[i], stepOf[axis]);
            }
            Values cut(static_cast<std::size_t>(elementCount(*knownDims(shape)).value_or(0)));
            for (std::size_t i = 0; i < cut.size(); ++i) {
                std::size_t rest = i;
                std::size_t source = 0;
                std::size_t stride = 1;
                for (std::size_t axis = data->size(); axis-- > 0;) {
                    const auto length = static_cast<std::size_t>(ranges[axis].count);
                    const std::int64_t at = ranges[axis].start + static_cast<std::int64_t>(rest % length) * stepOf[axis];
                    source += static_cast<std::size_t>(at) * stride;
                    stride *= static_cast<std::size_t>((*known)[axis]);
                    rest /= length;
                }
                cut[i] = (*all)[source];
            }
            values = std::move(cut);
        }
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    if (values)
        context.setOutputValues(0, std::move(*values));
    return {};
}

Expected<void> inferExpand(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::optional<Values> target = context.inputValues(1);
    std::optional<Shape> shape;
    if (data && target && target->size() <= 64) {
        Shape wanted;
        for (const std::int64_t value : *target) {
            if (value < 0 && value != kUnknownValue)
                return broken("the target shape holds " + std::to_string(value));
            wanted.push_back(Dim{value == kUnknownValue ? -1 : value, {}});
        }
        Expected<Shape> joined = broadcast(*data, wanted);
        if (!joined)
            return std::move(joined.error());
        shape = *std::move(joined);
    }
    const std::optional<Dims> from = data ? knownDims(*data) : std::nullopt;
    const std::optional<Dims> to = shape ? knownDims(*shape) : std::nullopt;
    const std::optional<std::int64_t> count = to ? elementCount(*to) : std::nullopt;
    context.setOutput(0, context.inputType(0), std::move(shape));
    if (const std::optional<Values> values = context.inputValues(0); values && from && count && *count <= static_cast<std::int64_t>(kMaxShapeValues))
        context.setOutputValues(0, broadcastValues(*values, *from, *to));
    return {};
}

Expected<void> inferTile(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    std::optional<Values> values = shape && shape->size() == 1 ? context.inputValues(0) : std::nullopt;
    if (shape && context.node().opset < 6) {
        // The old form repeats one axis.
        const std::optional<Values> times = context.inputValues(1), at = context.inputValues(2);
        values.reset();
        if (times && at && times->size() == 1 && at->size() == 1 && (*times)[0] != kUnknownValue && (*at)[0] != kUnknownValue) {
            const Expected<std::size_t> axis = normalizeAxis((*at)[0], shape->size());
            if (!axis)
                return axis.error();
            if ((*times)[0] < 0)
                return broken("tiles (input 1) is " + std::to_string((*times)[0]));
            Dim &dim = (*shape)[*axis];
            if (!dim.isKnown() || __builtin_mul_overflow(dim.value, (*times)[0], &dim.value))
                dim = Dim{};
        } else {
            shape = Shape(shape->size());
        }
    } else if (shape) {
        const IntList repeats = intList(context, "repeats", 1);
        if (repeats.values && repeats.values->size() != shape->size())
            return broken("repeats has " + std::to_string(repeats.values->size()) + " entries for rank " + std::to_string(shape->size()));
        for (std::size_t i = 0; i < shape->size(); ++i) {
            Dim &dim = (*shape)[i];
            const std::int64_t times = repeats.values ? (*repeats.values)[i] : -1;
            if (repeats.values && times < 0)
                return broken("repeats holds " + std::to_string(times));
            if (times == 1)
                continue;
            if (times < 0 || !dim.isKnown() || __builtin_mul_overflow(dim.value, times, &dim.value))
                dim = Dim{};
        }
        if (values && (*shape)[0].isKnown() && (*shape)[0].value <= static_cast<std::int64_t>(kMaxShapeValues) && !values->empty()) {
            const std::size_t size = values->size();
            Values tiled(static_cast<std::size_t>((*shape)[0].value));
            for (std::size_t i = 0; i < tiled.size(); ++i)
                tiled[i] = (*values)[i % size];
            values = std::move(tiled);
        } else {
            values.reset();
        }
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    if (values)
        context.setOutputValues(0, std::move(*values));
    return {};
}

Expected<void> inferPad(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (shape) {
        const IntList pads = findAttribute(context.graph(), context.node(), "paddings") ? intList(context, "paddings", 1)
                                                                                       : intList(context, "pads", 1);
        const IntList axes = intList(context, "axes", 3);
        const bool known = pads.values && (!axes.present || axes.values);
        const std::size_t count = axes.values ? axes.values->size() : shape->size();
        if (known && pads.values->size() != 2 * count)
            return broken("pads has " + std::to_string(pads.values->size()) + " entries, not " + std::to_string(2 * count));
        for (std::size_t i = 0; i < (known ? count : shape->size()); ++i) {
            const Expected<std::size_t> axis = normalizeAxis(known && axes.values ? (*axes.values)[i] : static_cast<std::int64_t>(i), shape->size());
            if (!axis)
                return axis.error();
            Dim &dim = (*shape)[*axis];
            if (!known || (!dim.isKnown() && ((*pads.values)[i] != 0 || (*pads.values)[count + i] != 0))) {
                dim = Dim{};
                continue;
            }
            if (!dim.isKnown())
                continue;
            if (__builtin_add_overflow(dim.value, (*pads.values)[i], &dim.value)
                || __builtin_add_overflow(dim.value, (*pads.values)[count + i], &dim.value) || dim.value < 0)
                return broken("the padded length is negative or too large");
        }
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

Expected<void> inferCenterCropPad(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (shape) {
        const IntList axes = intList(context, "axes", std::size_t(-1));
        const std::optional<Values> target = context.inputValues(1);
        const std::size_t count = axes.present && axes.values ? axes.values->size() : shape->size();
        if (target && target->size() != count)
            return broken("the shape (input 1) has " + std::to_string(target->size()) + " entries for " + std::to_string(count) + " axes");
        for (std::size_t i = 0; i < count; ++i) {
            const Expected<std::size_t> axis = normalizeAxis(axes.values ? (*axes.values)[i] : static_cast<std::int64_t>(i), shape->size());
            if (!axis)
                return axis.error();
            const std::int64_t wanted = target ? (*target)[i] : kUnknownValue;
            if (wanted < 0 && wanted != kUnknownValue)
                return broken("the shape (input 1) holds " + std::to_string(wanted));
            (*shape)[*axis] = Dim{wanted == kUnknownValue ? -1 : wanted, {}};
        }
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

} // namespace nordlys::core::ops

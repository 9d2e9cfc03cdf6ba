// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <algorithm>
#include <bit>

namespace nordlys::runtime::reference {

namespace {

struct SliceRange {
    std::int64_t start = 0, step = 1, count = 0;
};

/// Formula: ONNX operator Slice. Ends beyond the tensor are clamped.
SliceRange sliceRange(std::int64_t size, std::int64_t start, std::int64_t end, std::int64_t step)
{
    if (step == 0)
        return {0, 1, -1};
    const auto fromEnd = [size](std::int64_t value) { return value < 0 ? (value < -size ? -1 : value + size) : std::min(value, size); };
    const bool startsBefore = start < -size, endsBefore = end < -size;
    start = fromEnd(start);
    end = fromEnd(end);
    if (step > 0) {
        start = startsBefore ? 0 : start;
        end = endsBefore ? 0 : end;
        step = std::min(step, size + 1);
        return {start, step, start < end ? (end - start + step - 1) / step : 0};
    }
    start = startsBefore ? -1 : std::min(start, size - 1);
    end = endsBefore ? -1 : end;
    step = std::max(step, -(size + 1));
    return {start, step, start > end ? (start - end - step - 1) / -step : 0};
}

std::int64_t integerAt(const std::byte *data, core::DType type, std::int64_t index)
{
    return type == core::DType::Int32 ? reinterpret_cast<const std::int32_t *>(data)[index] : reinterpret_cast<const std::int64_t *>(data)[index];
}

/// Where the parameters of a slice lie: fixed lists (attributes of opset 1), or inputs 1 to 4 read in every run.
struct SliceParameters {
    std::vector<std::int64_t> starts, ends, axes; ///< fixed lists
    bool fromInputs = false;
    std::int64_t count = 0;
    core::DType type = core::DType::Int64;
    bool hasAxes = false, hasSteps = false;
};

/// Sets start and strides of the walk from the parameters; null when they give the planned shape.
KernelStatus settleSlice(const SliceParameters &p, const core::Dims &inDims, const core::Dims &outDims, const Strides &inStrides,
                         const std::byte *const *inputs, StridedLoop<2> &loop)
{
    std::array<SliceRange, maxRank> ranges;
    std::array<bool, maxRank> seen{};
    for (std::size_t i = 0; i < inDims.size(); ++i)
        ranges[i] = {0, 1, inDims[i]};
    for (std::int64_t i = 0; i < p.count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        std::int64_t axis = i, step = 1, start = 0, end = 0;
        if (p.fromInputs) {
            start = integerAt(inputs[1], p.type, i);
            end = integerAt(inputs[2], p.type, i);
            if (p.hasAxes)
                axis = integerAt(inputs[3], p.type, i);
            if (p.hasSteps)
                step = integerAt(inputs[4], p.type, i);
        } else {
            start = p.starts[at];
            end = p.ends[at];
            axis = p.axes.empty() ? i : p.axes[at];
        }
        if (axis < 0)
            axis += static_cast<std::int64_t>(inDims.size());
        if (axis < 0 || axis >= static_cast<std::int64_t>(inDims.size()) || seen[static_cast<std::size_t>(axis)])
            return "an axis is outside the input or stands twice";
        seen[static_cast<std::size_t>(axis)] = true;
        ranges[static_cast<std::size_t>(axis)] = sliceRange(inDims[static_cast<std::size_t>(axis)], start, end, step);
    }
    for (std::size_t i = 0; i < inDims.size(); ++i) {
        if (ranges[i].count != outDims[i])
            return "starts, ends, axes and steps do not give the planned shape";
        if (outDims[i] > 0)
            loop.start[0] += ranges[i].start * inStrides[i];
        loop.strides[i][0] = inStrides[i] * ranges[i].step;
    }
    return nullptr;
}

core::Expected<BoundKernel> bindSlice(const KernelCall &call)
{
    NORDLYS_TRY(call.require(call.opset >= 10 ? 3 : 1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() != y.rank() || x.dtype != y.dtype)
        return call.broken("input and output differ in type or number of dimensions");
    SliceParameters p;
    if (call.opset < 10) {
        p.starts = call.intsAttribute("starts").value_or(std::vector<std::int64_t>{});
        p.ends = call.intsAttribute("ends").value_or(std::vector<std::int64_t>{});
        p.axes = call.intsAttribute("axes").value_or(std::vector<std::int64_t>{});
        p.count = static_cast<std::int64_t>(p.starts.size());
        if (p.ends.size() != p.starts.size() || (!p.axes.empty() && p.axes.size() != p.starts.size()))
            return call.broken("starts, ends and axes differ in length");
    } else {
        p.fromInputs = true;
        p.type = call.inputs[1].dtype;
        p.count = call.inputs[1].elementCount();
        p.hasAxes = call.hasInput(3);
        p.hasSteps = call.hasInput(4);
        for (std::size_t i = 1; i < 5; ++i) {
            if (call.hasInput(i) && (call.inputs[i].elementCount() != p.count || call.inputs[i].dtype != p.type))
                return call.broken("starts, ends, axes and steps differ in length or type");
        }
        if (p.type != core::DType::Int32 && p.type != core::DType::Int64)
            return call.broken("starts, ends, axes and steps have to be int32 or int64");
    }
    StridedLoop<2> loop(y.dims);
    loop.setOperand(1, y.strides());
    const Strides inStrides = x.strides();
    bool constant = true;
    std::array<const std::byte *, 5> values{};
    for (std::size_t i = 1; i < 5 && p.fromInputs; ++i) {
        values[i] = call.hasInput(i) ? call.inputs[i].constant : nullptr;
        constant = constant && (!call.hasInput(i) || values[i] != nullptr);
    }
    if (constant) {
        StridedLoop<2> trial = loop;
        if (const KernelStatus status = settleSlice(p, x.dims, y.dims, inStrides, values.data(), trial))
            return call.broken(status);
    }
    return dispatchSize(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [loop, p, inStrides, inDims = x.dims, outDims = y.dims](const KernelRun &run) -> KernelStatus {
            StridedLoop<2> walk = loop;
            if (const KernelStatus status = settleSlice(p, inDims, outDims, inStrides, run.inputs, walk))
                return status;
            const T *in = run.input<T>(0);
            T *out = run.output<T>(0);
            walk.run([&](const auto &at) { out[at[1]] = in[at[0]]; });
            return nullptr;
        });
    });
}

enum class PadMode { Constant, Reflect, Edge, Wrap };

/// Input position for an output position of one axis; -1: a constant stands there.
std::int64_t padSource(PadMode mode, std::int64_t position, std::int64_t size)
{
    if (position >= 0 && position < size)
        return position;
    switch (mode) {
    case PadMode::Constant: return -1;
    case PadMode::Edge: return position < 0 ? 0 : size - 1;
    case PadMode::Wrap: return ((position % size) + size) % size;
    case PadMode::Reflect: {
        if (size == 1)
            return 0;
        const std::int64_t period = 2 * (size - 1);
        const std::int64_t folded = ((position % period) + period) % period;
        return folded < size ? folded : period - folded;
    }
    }
    return -1;
}

/// Pads of one call: fixed, or read from input 1 in every run.
struct PadParameters {
    PadMode mode = PadMode::Constant;
    std::vector<std::int64_t> fixed;
    std::vector<std::size_t> axes;
    core::Dims inDims, outDims;
};

/// Begins of all axes; a message unless the pads give the planned shape.
KernelStatus settlePads(const PadParameters &p, const std::int64_t *pads, std::array<std::int64_t, maxRank> &begins)
{
    constexpr std::int64_t limit = std::int64_t(1) << 40;
    const std::size_t count = p.axes.size();
    std::array<std::int64_t, maxRank> ends{};
    for (std::size_t i = 0; i < count; ++i) {
        if (pads[i] < -limit || pads[i] > limit || pads[i + count] < -limit || pads[i + count] > limit)
            return "a pad is beyond all bounds";
        begins[p.axes[i]] = pads[i];
        ends[p.axes[i]] = pads[i + count];
    }
    for (std::size_t i = 0; i < p.inDims.size(); ++i) {
        if (p.outDims[i] != p.inDims[i] + begins[i] + ends[i])
            return "the pads do not give the planned shape";
        if (p.inDims[i] == 0 && p.mode != PadMode::Constant && p.outDims[i] > 0)
            return "an empty dimension can only be padded with a constant";
    }
    return nullptr;
}

core::Expected<PadParameters> padParametersOf(const KernelCall &call)
{
    PadParameters p;
    p.inDims = call.inputs[0].dims;
    p.outDims = call.outputs[0].dims;
    const std::string mode = call.stringAttribute("mode", "constant");
    if (mode == "reflect")
        p.mode = PadMode::Reflect;
    else if (mode == "edge")
        p.mode = PadMode::Edge;
    else if (mode == "wrap")
        p.mode = PadMode::Wrap;
    else if (mode != "constant")
        return call.broken("the mode '" + mode + "' does not exist");
    std::optional<std::vector<std::int64_t>> axes;
    if (call.hasInput(3)) {
        axes = call.constantInts(3);
        if (!axes)
            return call.needsValues("axes");
    }
    for (std::size_t i = 0; i < (axes ? axes->size() : p.inDims.size()); ++i) {
        const auto axis = normalizedAxis(axes ? (*axes)[i] : static_cast<std::int64_t>(i), p.inDims.size());
        if (!axis)
            return call.broken("an axis is outside the input");
        p.axes.push_back(*axis);
    }
    std::int64_t count = 0;
    if (call.opset >= 11) {
        if (call.inputs[1].dtype != core::DType::Int64)
            return call.broken("pads have to be int64");
        count = call.inputs[1].elementCount();
    } else {
        p.fixed = call.intsAttribute(call.opset >= 2 ? "pads" : "paddings").value_or(std::vector<std::int64_t>{});
        count = static_cast<std::int64_t>(p.fixed.size());
    }
    if (count != static_cast<std::int64_t>(2 * p.axes.size()))
        return call.broken("pads has " + std::to_string(count) + " values instead of " + std::to_string(2 * p.axes.size()));
    const auto known = call.opset >= 11 ? call.constantInts(1) : std::optional(p.fixed);
    std::array<std::int64_t, maxRank> begins{};
    if (known) {
        if (const KernelStatus status = settlePads(p, known->data(), begins))
            return call.broken(status);
    }
    return p;
}

core::Expected<BoundKernel> bindPad(const KernelCall &call)
{
    NORDLYS_TRY(call.require(call.opset >= 11 ? 2 : 1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (y.rank() != x.rank() || x.dtype != y.dtype)
        return call.broken("input and output differ in type or number of dimensions");
    if (call.hasInput(2) && (call.inputs[2].elementCount() != 1 || call.inputs[2].dtype != x.dtype))
        return call.broken("the constant value has to be a scalar of the input's type");
    auto parameters = padParametersOf(call);
    NORDLYS_TRY(parameters);
    const float attributeValue = call.floatAttribute("value", 0.0F);
    const bool floatAttributeValue = call.opset < 11 && x.dtype == core::DType::Float32;
    StridedLoop<1> loop(y.dims);
    loop.setOperand(0, y.strides());
    return dispatchSize(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        T fixed = 0;
        if constexpr (sizeof(T) == sizeof(float)) {
            if (floatAttributeValue)
                fixed = std::bit_cast<T>(attributeValue);
        }
        return bound(call, [p = *parameters, strides = x.strides(), fixed, loop](const KernelRun &run) -> KernelStatus {
            std::array<std::int64_t, maxRank> begins{}, index{};
            if (const KernelStatus status = settlePads(p, p.fixed.empty() ? run.input<std::int64_t>(1) : p.fixed.data(), begins))
                return status;
            const T *in = run.input<T>(0);
            T *out = run.output<T>(0);
            const T value = run.inputs[2] != nullptr ? *run.input<T>(2) : fixed;
            const std::size_t rank = p.inDims.size();
            loop.run([&](const auto &at) {
                std::int64_t source = 0;
                for (std::size_t i = 0; i < rank && source >= 0; ++i) {
                    const std::int64_t position = padSource(p.mode, index[i] - begins[i], p.inDims[i]);
                    source = position < 0 ? -1 : source + position * strides[i];
                }
                out[at[0]] = source < 0 ? value : in[source];
                for (std::size_t i = rank; i-- > 0;) {
                    if (++index[i] < p.outDims[i])
                        break;
                    index[i] = 0;
                }
            });
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "Slice", 1, bindSlice, true},
    {"", "Pad", 1, bindPad, true},
};

} // namespace

std::span<const KernelEntry> sliceKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

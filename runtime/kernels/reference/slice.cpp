// SPDX-License-Identifier: Apache-2.0
#include "element_mover.h"

#include <algorithm>

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
    if (size == 0)
        return {0, 1, 0};
    // -1 stands for "before the first" from here on.
    const auto fromEnd = [size](std::int64_t value) { return value < 0 ? (value < -size ? -1 : value + size) : std::min(value, size); };
    start = fromEnd(start);
    end = fromEnd(end);
    if (step > 0) {
        start = std::max<std::int64_t>(start, 0);
        end = std::max<std::int64_t>(end, 0);
        step = std::min(step, size + 1);
        return {start, step, start < end ? (end - start + step - 1) / step : 0};
    }
    // The standard clamps a start that lies before the data to the first element when walking down (NumPy takes nothing there).
    start = std::clamp<std::int64_t>(start, 0, size - 1);
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
    return dispatchElement(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
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

constexpr KernelEntry entries[] = {
    {"", "Slice", 1, bindSlice, true},
};

} // namespace

std::span<const KernelEntry> sliceKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

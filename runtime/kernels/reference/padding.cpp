// SPDX-License-Identifier: Apache-2.0
#include "element_mover.h"

#include <algorithm>
#include <cstring>

namespace nordlys::runtime::reference {

namespace {

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
        if (!axis || std::ranges::find(p.axes, *axis) != p.axes.end())
            return call.broken("an axis is outside the input or stands twice");
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

/// The attribute `value` of opset 1 and 2 as an element; empty where there is none (then it is zero, or comes as input 2).
core::Expected<std::vector<std::byte>> attributeFill(const KernelCall &call)
{
    std::vector<std::byte> bytes;
    if (call.opset >= 11 || call.attribute("value") == nullptr)
        return bytes;
    const auto kernel = dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        const auto value = static_cast<typename decltype(tag)::Type>(call.floatAttribute("value", 0));
        bytes.resize(sizeof(value));
        std::memcpy(bytes.data(), &value, sizeof(value));
        return BoundKernel();
    });
    NORDLYS_TRY(kernel);
    return bytes;
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
    auto fill = attributeFill(call);
    NORDLYS_TRY(fill);
    StridedLoop<1> loop(y.dims);
    loop.setOperand(0, y.strides());
    return dispatchElement(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        T fixed(0);
        if (!fill->empty())
            std::memcpy(&fixed, fill->data(), sizeof(T));
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
    {"", "Pad", 1, bindPad, true},
};

} // namespace

std::span<const KernelEntry> paddingKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

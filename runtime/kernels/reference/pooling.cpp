// SPDX-License-Identifier: Apache-2.0
#include "window.h"

#include <limits>

namespace nordlys::runtime::reference {

namespace {

struct PoolShape {
    std::int64_t planes = 0, inputPlane = 1, outputPlane = 1, kernelSize = 1;
    std::size_t rank = 0;
    Window window;
    std::array<std::int64_t, maxRank> kernelDims{}, outputDims{};
};

core::Expected<PoolShape> poolShapeOf(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto kernel = call.intsAttribute("kernel_shape");
    if (x.rank() < 3 || y.rank() != x.rank() || x.dims[0] != y.dims[0] || x.dims[1] != y.dims[1] || x.dtype != y.dtype)
        return call.broken("input and output differ in batch, channels, type or number of dimensions");
    if (!kernel)
        return call.broken("kernel_shape is missing");
    auto window = windowOf(call, {x.dims.begin() + 2, x.dims.end()}, {y.dims.begin() + 2, y.dims.end()}, *kernel);
    NORDLYS_TRY(window);
    PoolShape s;
    s.planes = x.dims[0] * x.dims[1];
    s.rank = window->size();
    for (std::size_t i = 0; i < s.rank; ++i) {
        s.kernelDims[i] = (*window)[i].kernel;
        s.outputDims[i] = (*window)[i].output;
        s.kernelSize *= s.kernelDims[i];
        s.inputPlane *= (*window)[i].input;
        s.outputPlane *= s.outputDims[i];
    }
    s.window = std::move(*window);
    return s;
}

/// Calls visit(position in the plane) for every tap inside the input; returns how many taps lie inside the padded input.
template <typename Visit>
std::int64_t visitWindow(const PoolShape &s, const std::array<std::int64_t, maxRank> &out, Visit &&visit)
{
    std::array<std::int64_t, maxRank> tap{};
    std::int64_t padded = 0;
    for (std::int64_t k = 0; k < s.kernelSize; ++k) {
        std::int64_t at = 0;
        bool inside = true, insidePadded = true;
        for (std::size_t d = 0; d < s.rank; ++d) {
            const WindowAxis &axis = s.window[d];
            const std::int64_t position = axis.position(out[d], tap[d]);
            inside = inside && position >= 0 && position < axis.input;
            insidePadded = insidePadded && position < axis.input + axis.padEnd;
            at = at * axis.input + position;
        }
        padded += insidePadded ? 1 : 0;
        if (inside)
            visit(at);
        nextIndex(tap, s.kernelDims, s.rank);
    }
    return padded;
}

core::Expected<BoundKernel> bindMaxPool(const KernelCall &call)
{
    auto shape = poolShapeOf(call);
    NORDLYS_TRY(shape);
    const bool wantsIndices = call.hasOutput(1);
    if (wantsIndices && (call.outputs[1].dtype != core::DType::Int64 || call.outputs[1].dims != call.outputs[0].dims))
        return call.broken("the indices have to be int64 of the output's shape");
    if (wantsIndices && call.intAttribute("storage_order", 0) != 0)
        return call.unsupported("column-major indices have no kernel");
    return dispatchNumber(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [s = *shape, wantsIndices](const KernelRun &run) -> KernelStatus {
            for (std::int64_t plane = 0; plane < s.planes; ++plane) {
                const T *in = run.input<T>(0) + plane * s.inputPlane;
                std::array<std::int64_t, maxRank> out{};
                for (std::int64_t o = 0; o < s.outputPlane; ++o) {
                    T best = smallestOf<T>();
                    std::int64_t where = -1;
                    visitWindow(s, out, [&](std::int64_t at) {
                        if (where < 0 || in[at] > best || in[at] != in[at]) { // a NaN stays
                            if (where >= 0 && best != best)
                                return;
                            best = in[at];
                            where = at;
                        }
                    });
                    run.output<T>(0)[plane * s.outputPlane + o] = best;
                    if (wantsIndices)
                        run.output<std::int64_t>(1)[plane * s.outputPlane + o] = plane * s.inputPlane + where;
                    nextIndex(out, s.outputDims, s.rank);
                }
            }
            return nullptr;
        });
    });
}

core::Expected<BoundKernel> bindAveragePool(const KernelCall &call)
{
    auto shape = poolShapeOf(call);
    NORDLYS_TRY(shape);
    const bool includePad = call.intAttribute("count_include_pad", 0) != 0;
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [s = *shape, includePad](const KernelRun &run) -> KernelStatus {
            for (std::int64_t plane = 0; plane < s.planes; ++plane) {
                const T *in = run.input<T>(0) + plane * s.inputPlane;
                std::array<std::int64_t, maxRank> out{};
                for (std::int64_t o = 0; o < s.outputPlane; ++o) {
                    ComputeOf<T> sum = 0;
                    std::int64_t count = 0;
                    const std::int64_t padded = visitWindow(s, out, [&](std::int64_t at) {
                        sum += in[at];
                        ++count;
                    });
                    const std::int64_t divisor = includePad ? padded : count;
                    run.output<T>(0)[plane * s.outputPlane + o] = static_cast<T>(divisor > 0 ? sum / static_cast<ComputeOf<T>>(divisor) : 0);
                    nextIndex(out, s.outputDims, s.rank);
                }
            }
            return nullptr;
        });
    });
}

core::Expected<BoundKernel> bindGlobalPool(const KernelCall &call, bool average)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() < 3 || x.dtype != y.dtype)
        return call.broken("the input needs at least 3 dimensions and the output's type");
    core::Dims expected(x.rank(), 1);
    expected[0] = x.dims[0];
    expected[1] = x.dims[1];
    if (y.dims != expected)
        return call.broken("the output's shape is not " + core::shapeText(expected));
    const std::int64_t planes = x.dims[0] * x.dims[1], plane = planes > 0 ? x.elementCount() / planes : 0;
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [planes, plane, average](const KernelRun &run) -> KernelStatus {
            for (std::int64_t p = 0; p < planes; ++p) {
                const T *in = run.input<T>(0) + p * plane;
                double sum = 0;
                T best = smallestOf<T>();
                for (std::int64_t i = 0; i < plane; ++i) {
                    sum += static_cast<double>(in[i]);
                    best = in[i] > best || in[i] != in[i] ? in[i] : best;
                }
                run.output<T>(0)[p] = average ? static_cast<T>(sum / static_cast<double>(plane)) : best;
            }
            return nullptr;
        });
    });
}

core::Expected<BoundKernel> bindGlobalAveragePool(const KernelCall &call)
{
    return bindGlobalPool(call, true);
}
core::Expected<BoundKernel> bindGlobalMaxPool(const KernelCall &call)
{
    return bindGlobalPool(call, false);
}

constexpr KernelEntry entries[] = {
    {"", "MaxPool", 1, bindMaxPool, false}, {"", "AveragePool", 1, bindAveragePool, false},
    {"", "GlobalAveragePool", 1, bindGlobalAveragePool, false}, {"", "GlobalMaxPool", 1, bindGlobalMaxPool, false},
};

} // namespace

std::span<const KernelEntry> poolingKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

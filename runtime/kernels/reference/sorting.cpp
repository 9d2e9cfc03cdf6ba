// SPDX-License-Identifier: Apache-2.0
#include "indices.h"
#include "reference.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nordlys::runtime::reference {

namespace {

/// A strict order of all values: NaN stands above every number, as NumPy sorts it.
template <typename T>
bool above(T a, T b)
{
    if constexpr (isFloatType<T>) {
        const auto x = static_cast<ComputeOf<T>>(a), y = static_cast<ComputeOf<T>>(b);
        return std::isnan(x) ? !std::isnan(y) : x > y;
    } else {
        return a > b;
    }
}

/// Attributes and dims of one TopK (ONNX TopK 1, 10, 11). The result is always sorted, equal values by the lower index first.
struct TopKShape {
    std::int64_t outer = 1, size = 0, inner = 1, count = 0;
    bool largest = true;
};

template <typename T>
void topKOf(const TopKShape &p, const KernelRun &run)
{
    auto *order = reinterpret_cast<std::int64_t *>(run.scratch);
    for (std::int64_t o = 0; o < p.outer; ++o) {
        for (std::int64_t i = 0; i < p.inner; ++i) {
            const T *in = run.input<T>(0) + o * p.size * p.inner + i;
            std::iota(order, order + p.size, std::int64_t(0));
            std::partial_sort(order, order + p.count, order + p.size, [&](std::int64_t a, std::int64_t b) {
                const T x = in[a * p.inner], y = in[b * p.inner];
                if (above(x, y))
                    return p.largest;
                if (above(y, x))
                    return !p.largest;
                return a < b;
            });
            for (std::int64_t k = 0; k < p.count; ++k) {
                const std::int64_t at = (o * p.count + k) * p.inner + i;
                run.output<T>(0)[at] = in[order[k] * p.inner];
                if (run.outputs[1] != nullptr)
                    run.output<std::int64_t>(1)[at] = order[k];
            }
        }
    }
}

core::Expected<BoundKernel> bindTopK(const KernelCall &call)
{
    NORDLYS_TRY(call.require(call.opset >= 10 ? 2 : 1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto axis = normalizedAxis(call.intAttribute("axis", -1), x.rank());
    if (!axis || x.dtype != y.dtype || x.rank() != y.rank())
        return call.broken("the axis is outside the input, or the output has another type or number of dimensions");
    TopKShape p;
    p.size = x.dims[*axis];
    p.count = y.dims[*axis];
    p.largest = call.opset < 11 || call.intAttribute("largest", 1) != 0;
    for (std::size_t i = 0; i < x.rank(); ++i) {
        if (i != *axis) {
            (i < *axis ? p.outer : p.inner) *= x.dims[i];
            if (y.dims[i] != x.dims[i])
                return call.broken("the output's shape differs from the input's beside the axis");
        }
    }
    if (p.count > p.size)
        return call.broken("k is " + std::to_string(p.count) + " for an axis of " + std::to_string(p.size));
    if (call.opset >= 10 && (call.inputs[1].dtype != core::DType::Int64 || call.inputs[1].elementCount() != 1))
        return call.broken("k (input 1) has to be one int64");
    const auto known = call.opset >= 10 ? call.constantInts(1) : std::optional(std::vector<std::int64_t>{call.intAttribute("k", -1)});
    if (known && (*known)[0] != p.count)
        return call.broken("k is " + std::to_string((*known)[0]) + ", the output has " + std::to_string(p.count));
    if (call.hasOutput(1) && (call.outputs[1].dtype != core::DType::Int64 || call.outputs[1].dims != y.dims))
        return call.broken("the indices (output 1) have to be int64 of the output's shape");
    const bool isEmpty = y.elementCount() == 0;
    auto kernel = dispatchNumber(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [p, isEmpty, fromInput = call.opset >= 10](const KernelRun &run) -> KernelStatus {
            if (fromInput && *run.input<std::int64_t>(1) != p.count)
                return "k of this run is not the planned one";
            if (!isEmpty)
                topKOf<T>(p, run);
            return nullptr;
        });
    });
    NORDLYS_TRY(kernel);
    if (!isEmpty)
        kernel->scratchBytes = [size = p.size](int) { return static_cast<std::size_t>(size) * sizeof(std::int64_t); };
    return kernel;
}

template <typename T>
struct SumShape {
    std::int64_t outer, size, inner;
    bool exclusive, reverse;

    void run(const T *in, T *out) const
    {
        using C = std::conditional_t<isFloatType<T>, ComputeOf<T>, std::uint64_t>; // integers wrap around
        for (std::int64_t o = 0; o < outer; ++o) {
            for (std::int64_t i = 0; i < inner; ++i) {
                C sum = C(0);
                for (std::int64_t k = 0; k < size; ++k) {
                    const std::int64_t at = (o * size + (reverse ? size - 1 - k : k)) * inner + i;
                    const C value = static_cast<C>(in[at]);
                    if (exclusive)
                        out[at] = static_cast<T>(sum);
                    sum += value;
                    if (!exclusive)
                        out[at] = static_cast<T>(sum);
                }
            }
        }
    }
};

/// Formula: ONNX CumSum 14. The axis is read in every run.
core::Expected<BoundKernel> bindCumSum(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &axis = call.inputs[1], &y = call.outputs[0];
    if (x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("the output has not the input's type and shape");
    const IntegerReader axisAt = integerReader(axis.dtype);
    if (axisAt == nullptr || axis.elementCount() != 1)
        return call.broken("the axis (input 1) has to be one int32 or int64");
    if (const auto known = call.constantInts(1); known && !normalizedAxis((*known)[0], x.rank()))
        return call.broken("the axis (input 1) " + std::to_string((*known)[0]) + " is outside the input");
    const bool exclusive = call.intAttribute("exclusive", 0) != 0, reverse = call.intAttribute("reverse", 0) != 0;
    return dispatchNumber(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(
            call,
            [=, dims = x.dims, count = x.elementCount()](const KernelRun &run) -> KernelStatus {
                const auto at = normalizedAxis(axisAt(run.inputs[1], 0), dims.size());
                if (!at)
                    return "the axis is outside the input";
                SumShape<T> sum{1, dims[*at], 1, exclusive, reverse};
                for (std::size_t i = 0; i < dims.size(); ++i) {
                    if (i != *at)
                        (i < *at ? sum.outer : sum.inner) *= dims[i];
                }
                if (count > 0)
                    sum.run(run.input<T>(0), run.output<T>(0));
                return nullptr;
            },
            0);
    });
}

constexpr KernelEntry entries[] = {
    {"", "TopK", 1, bindTopK, false},
    {"", "CumSum", 11, bindCumSum, false},
};

} // namespace

std::span<const KernelEntry> sortingKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

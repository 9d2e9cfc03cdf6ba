// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <algorithm>
#include <cmath>

namespace nordlys::runtime::reference {

namespace {

enum class Fold { Max, Min, Sum, Mean };

template <typename T>
T combine(Fold fold, T a, T b)
{
    switch (fold) {
    case Fold::Max:
        if constexpr (isFloatType<T>) {
            if (std::isnan(a) || std::isnan(b))
                return std::isnan(a) ? a : b;
        }
        return a < b ? b : a;
    case Fold::Min:
        if constexpr (isFloatType<T>) {
            if (std::isnan(a) || std::isnan(b))
                return std::isnan(a) ? a : b;
        }
        return b < a ? b : a;
    default:
        if constexpr (std::is_integral_v<T>) // wraps around; signed overflow is undefined in C++
            return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
        else
            return a + b;
    }
}

/// One pass per input over the intermediate result, which lies in the output; that of narrow floats lies in scratch memory as float.
core::Expected<BoundKernel> bindFold(const KernelCall &call, Fold fold)
{
    NORDLYS_TRY(call.require(call.inputs.empty() ? 1 : call.inputs.size()));
    const TensorDesc &out = call.outputs[0];
    core::Dims dims = call.inputs[0].dims;
    std::vector<StridedLoop<2>> loops;
    for (const TensorDesc &in : call.inputs) {
        const auto joined = broadcastDims(dims, in.dims);
        if (!joined || in.dtype != out.dtype)
            return call.broken("the inputs differ in type or cannot be broadcast together");
        dims = *joined;
    }
    if (dims != out.dims)
        return call.broken("the output's shape is not that of the broadcast inputs, " + core::shapeText(dims));
    for (const TensorDesc &in : call.inputs) {
        StridedLoop<2> loop(dims);
        loop.setBroadcastOperand(0, in);
        loop.setOperand(1, out.strides());
        loops.push_back(loop);
    }
    const std::int64_t count = out.elementCount();
    return dispatchNumber(call, out.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        using C = ComputeOf<T>;
        BoundKernel kernel = bound(call, [loops, fold, count](const KernelRun &run) -> KernelStatus {
            C *result = reinterpret_cast<C *>(isNarrowFloat<T> ? run.scratch : run.outputs[0]);
            for (std::size_t i = 0; i < loops.size(); ++i) {
                const T *in = run.input<T>(i);
                if (i == 0)
                    loops[i].run([&](const auto &at) { result[at[1]] = in[at[0]]; });
                else
                    loops[i].run([&](const auto &at) { result[at[1]] = combine(fold, result[at[1]], static_cast<C>(in[at[0]])); });
            }
            if (fold == Fold::Mean) {
                for (std::int64_t i = 0; i < count; ++i)
                    result[i] = static_cast<C>(result[i] / static_cast<C>(loops.size()));
            }
            if constexpr (isNarrowFloat<T>)
                std::transform(result, result + count, run.output<T>(0), [](float value) { return T(value); });
            return nullptr;
        });
        if (isNarrowFloat<T>)
            kernel.scratchBytes = [count](int) { return static_cast<std::size_t>(count) * sizeof(float); };
        return kernel;
    });
}

core::Expected<BoundKernel> bindMax(const KernelCall &call)
{
    return bindFold(call, Fold::Max);
}
core::Expected<BoundKernel> bindMin(const KernelCall &call)
{
    return bindFold(call, Fold::Min);
}
core::Expected<BoundKernel> bindSum(const KernelCall &call)
{
    return bindFold(call, Fold::Sum);
}
core::Expected<BoundKernel> bindMean(const KernelCall &call)
{
    if (!call.outputs.empty() && !core::isFloat(call.outputs[0].dtype))
        return call.broken("the inputs have to be floating point");
    return bindFold(call, Fold::Mean);
}

constexpr KernelEntry entries[] = {
    {"", "Max", 1, bindMax, true}, {"", "Min", 1, bindMin, true}, {"", "Sum", 1, bindSum, true}, {"", "Mean", 1, bindMean, true},
};

} // namespace

std::span<const KernelEntry> variadicKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

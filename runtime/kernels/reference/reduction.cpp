// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <cmath>
#include <limits>

namespace nordlys::runtime::reference {

namespace {

enum class Reduction { Sum, Mean, Max, Min, Prod, L1, L2, SumSquare, LogSum, LogSumExp };

/// Axes come as an attribute or, in later opsets, as input 1 (which has to be constant then).
core::Expected<std::vector<std::size_t>> reducedAxes(const KernelCall &call)
{
    const std::size_t rank = call.inputs[0].rank();
    std::optional<std::vector<std::int64_t>> stated = call.intsAttribute("axes");
    if (call.hasInput(1)) {
        stated = call.constantInts(1);
        if (!stated)
            return call.needsValues("axes");
    }
    if (!stated || stated->empty()) {
        std::vector<std::size_t> all;
        if (call.intAttribute("noop_with_empty_axes", 0) == 0) {
            for (std::size_t i = 0; i < rank; ++i)
                all.push_back(i);
        }
        return all;
    }
    const auto axes = normalizedAxes(*stated, rank);
    if (!axes)
        return call.broken("an axis is outside the input or stands twice");
    return *axes;
}

core::Dims reducedDims(const core::Dims &dims, const std::vector<std::size_t> &axes, bool keep)
{
    core::Dims result;
    std::size_t next = 0;
    for (std::size_t i = 0; i < dims.size(); ++i) {
        const bool reduced = next < axes.size() && axes[next] == i;
        next += reduced ? 1 : 0;
        if (!reduced || keep)
            result.push_back(reduced ? 1 : dims[i]);
    }
    return result;
}

/// Floats are summed up in double; integers in 64 bits, where they wrap around (unsigned, because signed overflow is undefined in C++).
template <typename T>
struct Accumulator {
    using Wide = std::conditional_t<isFloatType<T>, double, std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;
    Reduction kind;
    Wide value;
    double exponentials = 0, most = -std::numeric_limits<double>::infinity(); // for LogSumExp

    explicit Accumulator(Reduction reduction) : kind(reduction), value(start(reduction)) {}
    static Wide start(Reduction kind)
    {
        if (kind == Reduction::Max)
            return static_cast<Wide>(smallestOf<T>());
        if (kind == Reduction::Min)
            return static_cast<Wide>(largestOf<T>());
        return static_cast<Wide>(kind == Reduction::Prod ? 1 : 0);
    }
    static Wide wrapAdd(Wide a, Wide b)
    {
        if constexpr (std::is_integral_v<Wide>)
            return static_cast<Wide>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
        else
            return a + b;
    }
    static Wide wrapMul(Wide a, Wide b)
    {
        if constexpr (std::is_integral_v<Wide>)
            return static_cast<Wide>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
        else
            return a * b;
    }
    /// Keeps the sum relative to the largest exponent, so that it cannot overflow.
    void addExponential(double x)
    {
        if (x > most) {
            exponentials = exponentials * std::exp(most - x) + 1;
            most = x;
        } else if (x < most || x != x)
            exponentials += std::exp(x - most);
        else if (x > -std::numeric_limits<double>::infinity())
            exponentials += 1; // also at infinity, where the difference is NaN
    }
    void add(T element)
    {
        const auto x = static_cast<Wide>(element);
        switch (kind) {
        case Reduction::Max: value = x > value || x != x ? x : value; break;
        case Reduction::Min: value = x < value || x != x ? x : value; break;
        case Reduction::Prod: value = wrapMul(value, x); break;
        case Reduction::L1: value = wrapAdd(value, x < Wide(0) ? wrapMul(x, static_cast<Wide>(-1)) : x); break;
        case Reduction::L2:
        case Reduction::SumSquare: value = wrapAdd(value, wrapMul(x, x)); break;
        case Reduction::LogSumExp: addExponential(static_cast<double>(x)); break;
        default: value = wrapAdd(value, x);
        }
    }
    /// Nothing to reduce: the identity of the operator; the mean of nothing is not a number (0 for integers).
    T finish(std::int64_t count) const
    {
        switch (kind) {
        case Reduction::Mean:
            if constexpr (isFloatType<T>)
                return static_cast<T>(value / static_cast<double>(count));
            else
                return count > 0 ? static_cast<T>(value / static_cast<Wide>(count)) : T(0);
        case Reduction::L2: return fromReal(std::sqrt(static_cast<double>(value)));
        case Reduction::LogSum: return fromReal(std::log(static_cast<double>(value)));
        case Reduction::LogSumExp: return fromReal(exponentials > 0 || exponentials != exponentials ? std::log(exponentials) + most : most);
        default: return static_cast<T>(value);
        }
    }
    /// Integers are cut towards zero; the logarithm of nothing becomes the lowest one.
    static T fromReal(double x)
    {
        if constexpr (std::is_integral_v<T>)
            return cutToInteger<T>(x);
        else
            return static_cast<T>(x);
    }
};

core::Expected<BoundKernel> bindReduction(const KernelCall &call, Reduction kind)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    auto axes = reducedAxes(call);
    NORDLYS_TRY(axes);
    const bool keep = call.intAttribute("keepdims", 1) != 0;
    if (y.dims != reducedDims(x.dims, *axes, keep))
        return call.broken("the output's shape is not " + core::shapeText(reducedDims(x.dims, *axes, keep)));
    if (x.dtype != y.dtype)
        return call.broken("input and output differ in type");
    // The outer walk goes over the kept positions, the inner one over what is reduced.
    core::Dims kept = reducedDims(x.dims, *axes, true), inner(axes->size());
    for (std::size_t i = 0; i < axes->size(); ++i)
        inner[i] = x.dims[(*axes)[i]];
    const Strides strides = x.strides();
    StridedLoop<1> outerLoop(kept), innerLoop(inner);
    outerLoop.setOperand(0, strides);
    Strides innerStrides{};
    for (std::size_t i = 0; i < axes->size(); ++i)
        innerStrides[i] = strides[(*axes)[i]];
    innerLoop.setOperand(0, innerStrides);
    const bool isBool = x.dtype == core::DType::Bool;
    if (isBool && kind != Reduction::Max && kind != Reduction::Min)
        return call.broken("booleans have a largest and a smallest value only");
    return dispatchNumber(call, isBool ? core::DType::UInt8 : x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            const T *in = run.input<T>(0);
            T *out = run.output<T>(0);
            std::int64_t next = 0;
            outerLoop.run([&](const auto &at) {
                Accumulator<T> sum(kind);
                innerLoop.run([&](const auto &step) { sum.add(in[at[0] + step[0]]); });
                const T value = sum.finish(innerLoop.total);
                out[next++] = isBool && value > T(1) ? T(1) : value; // the smallest of nothing is true
            });
            return nullptr;
        });
    });
}

template <Reduction kind>
core::Expected<BoundKernel> bindReduce(const KernelCall &call)
{
    return bindReduction(call, kind);
}

template <bool largest>
core::Expected<BoundKernel> bindArg(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto axis = normalizedAxis(call.intAttribute("axis", 0), x.rank());
    if (!axis || y.dtype != core::DType::Int64)
        return call.broken("the axis is outside the input, or the output is not int64");
    if (x.dims[*axis] == 0 && y.elementCount() > 0)
        return call.broken("an axis of size 0 has no largest or smallest value");
    const bool keep = call.intAttribute("keepdims", 1) != 0, last = call.intAttribute("select_last_index", 0) != 0;
    if (y.dims != reducedDims(x.dims, {*axis}, keep))
        return call.broken("the output's shape is not " + core::shapeText(reducedDims(x.dims, {*axis}, keep)));
    StridedLoop<1> loop(reducedDims(x.dims, {*axis}, true));
    const Strides strides = x.strides();
    loop.setOperand(0, strides);
    const std::int64_t size = x.dims[*axis], step = strides[*axis];
    return dispatchNumber(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            auto *out = run.output<std::int64_t>(0);
            loop.run([&](const auto &at) {
                const T *in = run.input<T>(0) + at[0];
                std::int64_t best = 0;
                for (std::int64_t i = 1; i < size; ++i) {
                    const ComputeOf<T> value = in[i * step], held = in[best * step];
                    // NaN wins, as in NumPy.
                    const bool better = (largest ? value > held : value < held) || (notANumber(value) && !notANumber(held));
                    if (better || (last && (value == held || (notANumber(value) && notANumber(held)))))
                        best = i;
                }
                *out++ = best;
            });
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "ReduceSum", 1, bindReduce<Reduction::Sum>, true}, {"", "ReduceMean", 1, bindReduce<Reduction::Mean>, true},
    {"", "ReduceMax", 1, bindReduce<Reduction::Max>, true}, {"", "ReduceMin", 1, bindReduce<Reduction::Min>, true},
    {"", "ReduceProd", 1, bindReduce<Reduction::Prod>, true}, {"", "ReduceL1", 1, bindReduce<Reduction::L1>, true},
    {"", "ReduceL2", 1, bindReduce<Reduction::L2>, true}, {"", "ReduceSumSquare", 1, bindReduce<Reduction::SumSquare>, true},
    {"", "ReduceLogSum", 1, bindReduce<Reduction::LogSum>, true}, {"", "ReduceLogSumExp", 1, bindReduce<Reduction::LogSumExp>, true},
    {"", "ArgMax", 1, bindArg<true>, true}, {"", "ArgMin", 1, bindArg<false>, true},
};

} // namespace

std::span<const KernelEntry> reductionKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#include "float_sum.h"
#include "window.h"

#include <runtime/base/thread_pool.h>

namespace nordlys::runtime::reference {

namespace {

struct PoolShape {
    std::int64_t planes = 0, inputPlane = 1, outputPlane = 1;
    std::size_t rank = 0;
    Window window;
    std::array<std::int64_t, maxRank> outputDims{}, strides{}; ///< strides: of an input plane
};

core::Expected<PoolShape> poolShapeOf(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto kernel = call.intsAttribute("kernel_shape");
    if (x.rank() < 3 || y.rank() != x.rank() || x.dims[0] != y.dims[0] || x.dims[1] != y.dims[1] || x.dtype != y.dtype)
        return call.broken("input and output differ in batch, channels, type or number of dimensions");
    if (!kernel || kernel->empty())
        return call.broken("kernel_shape is missing");
    auto window = windowOf(call, {x.dims.begin() + 2, x.dims.end()}, {y.dims.begin() + 2, y.dims.end()}, *kernel);
    NORDLYS_TRY(window);
    PoolShape s;
    s.planes = x.dims[0] * x.dims[1];
    s.rank = window->size();
    for (std::size_t i = 0; i < s.rank; ++i) {
        s.outputDims[i] = (*window)[i].output;
        s.inputPlane *= (*window)[i].input;
        s.outputPlane *= s.outputDims[i];
    }
    for (std::size_t i = s.rank; i-- > 0;)
        s.strides[i] = i + 1 < s.rank ? s.strides[i + 1] * (*window)[i + 1].input : 1;
    s.window = std::move(*window);
    return s;
}

/// Calls body(plane, index of the output element, its position) for all outputs, planes in parallel.
template <typename Body>
void forEachOutput(const PoolShape &s, ThreadPool &pool, Body &&body)
{
    pool.parallelFor(static_cast<std::size_t>(s.planes), 1, [&](std::size_t begin, std::size_t end, int) {
        for (auto plane = static_cast<std::int64_t>(begin); plane < static_cast<std::int64_t>(end); ++plane) {
            std::array<std::int64_t, maxRank> out{};
            for (std::int64_t o = 0; o < s.outputPlane; ++o) {
                body(plane, plane * s.outputPlane + o, out);
                nextIndex(out, s.outputDims, s.rank);
            }
        }
    });
}

/// Position in a plane whose first dimension runs fastest (storage_order 1).
std::int64_t columnMajor(const PoolShape &s, std::int64_t at)
{
    std::array<std::int64_t, maxRank> index{};
    for (std::size_t d = s.rank; d-- > 0;) {
        index[d] = at % s.window[d].input;
        at /= s.window[d].input;
    }
    std::int64_t result = 0;
    for (std::size_t d = s.rank; d-- > 0;)
        result = result * s.window[d].input + index[d];
    return result;
}

core::Expected<BoundKernel> bindMaxPool(const KernelCall &call)
{
    auto shape = poolShapeOf(call);
    NORDLYS_TRY(shape);
    if (call.hasOutput(1) && (call.outputs[1].dtype != core::DType::Int64 || call.outputs[1].dims != call.outputs[0].dims))
        return call.broken("the indices have to be int64 of the output's shape");
    const bool columns = call.intAttribute("storage_order", 0) != 0;
    return dispatchNumber(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [s = *shape, columns](const KernelRun &run) -> KernelStatus {
            forEachOutput(s, *run.pool, [&](std::int64_t plane, std::int64_t o, const auto &out) {
                const T *in = run.input<T>(0) + plane * s.inputPlane;
                using Number = Wide<T>;
                using Compared = std::conditional_t<std::is_integral_v<T>, T, Number>; // int64 does not fit into double
                Compared best = std::numeric_limits<Compared>::has_infinity ? -std::numeric_limits<Compared>::infinity()
                                                                            : std::numeric_limits<Compared>::lowest();
                std::int64_t where = -1;
                visitWindow(s.window, s.strides, out, [&](std::int64_t at) {
                    const auto value = static_cast<Compared>(in[at]);
                    if (where < 0 || value > best || (value != value && best == best)) { // the first NaN stays
                        best = value;
                        where = at;
                    }
                });
                if constexpr (std::is_integral_v<T>)
                    run.output<T>(0)[o] = best;
                else
                    run.output<T>(0)[o] = where < 0 ? narrow<T>(best) : in[where];
                if (run.outputs[1] != nullptr)
                    run.output<std::int64_t>(1)[o] = where < 0 ? -1 : plane * s.inputPlane + (columns ? columnMajor(s, where) : where);
            });
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
            forEachOutput(s, *run.pool, [&](std::int64_t plane, std::int64_t o, const auto &out) {
                const T *in = run.input<T>(0) + plane * s.inputPlane;
                Wide<T> sum = 0;
                std::int64_t count = 0;
                const double padded = visitWindow(s.window, s.strides, out, [&](std::int64_t at) {
                    sum += widen(in[at]);
                    ++count;
                });
                const double divisor = includePad ? padded : static_cast<double>(count);
                run.output<T>(0)[o] = narrow<T>(divisor > 0 ? sum / static_cast<Wide<T>>(divisor) : Wide<T>(0));
            });
            return nullptr;
        });
    });
}

/// Order of the norm: a float in version 1 of LpPool and GlobalLpPool, later an integer.
double normOrder(const KernelCall &call)
{
    return call.opset < 2 ? static_cast<double>(call.floatAttribute("p", 2.0F)) : static_cast<double>(call.intAttribute("p", 2));
}

/// |x|^p added up in double; the root is taken at the end.
double powerOf(double magnitude, double p)
{
    return p == 1 ? magnitude : p == 2 ? magnitude * magnitude : std::pow(magnitude, p);
}
double rootOf(double sum, double p)
{
    return p == 1 ? sum : p == 2 ? std::sqrt(sum) : std::pow(sum, 1.0 / p);
}

core::Expected<BoundKernel> bindLpPool(const KernelCall &call)
{
    auto shape = poolShapeOf(call);
    NORDLYS_TRY(shape);
    const double p = normOrder(call);
    if (!(p > 0))
        return call.broken("p is not positive");
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [s = *shape, p](const KernelRun &run) -> KernelStatus {
            forEachOutput(s, *run.pool, [&](std::int64_t plane, std::int64_t o, const auto &out) {
                const T *in = run.input<T>(0) + plane * s.inputPlane;
                double sum = 0;
                visitWindow(s.window, s.strides, out, [&](std::int64_t at) { sum += powerOf(std::abs(static_cast<double>(widen(in[at]))), p); });
                run.output<T>(0)[o] = narrow<T>(rootOf(sum, p));
            });
            return nullptr;
        });
    });
}

enum class Global { Average, Max, Lp };

template <Global kind>
core::Expected<BoundKernel> bindGlobalPool(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() < 2 || x.dtype != y.dtype)
        return call.broken("the input needs at least 2 dimensions and the output's type");
    core::Dims expected(x.rank(), 1);
    expected[0] = x.dims[0];
    expected[1] = x.dims[1];
    if (y.dims != expected)
        return call.broken("the output's shape is not " + core::shapeText(expected));
    const double p = kind == Global::Lp ? normOrder(call) : 1;
    if (!(p > 0))
        return call.broken("p is not positive");
    const std::int64_t planes = x.dims[0] * x.dims[1], plane = productOf(x.dims, 2, x.rank());
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [planes, plane, p](const KernelRun &run) -> KernelStatus {
            for (std::int64_t c = 0; c < planes; ++c) {
                const T *in = run.input<T>(0) + c * plane;
                if constexpr (kind == Global::Average && std::is_same_v<T, float>) {
                    run.output<T>(0)[c] = plane > 0 ? meanOf(in, plane) : std::numeric_limits<float>::quiet_NaN();
                    continue;
                }
                double sum = 0, best = -std::numeric_limits<double>::infinity();
                for (std::int64_t i = 0; i < plane; ++i) {
                    const auto value = static_cast<double>(widen(in[i]));
                    if constexpr (kind == Global::Max)
                        best = value > best || value != value ? value : best;
                    else
                        sum += kind == Global::Lp ? powerOf(std::abs(value), p) : value;
                }
                const double result = kind == Global::Max ? best : kind == Global::Lp ? rootOf(sum, p) : sum / static_cast<double>(plane);
                run.output<T>(0)[c] = narrow<T>(result);
            }
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "MaxPool", 1, bindMaxPool, false},
    {"", "AveragePool", 1, bindAveragePool, false},
    {"", "LpPool", 1, bindLpPool, false},
    {"", "GlobalAveragePool", 1, bindGlobalPool<Global::Average>, false},
    {"", "GlobalMaxPool", 1, bindGlobalPool<Global::Max>, false},
    {"", "GlobalLpPool", 1, bindGlobalPool<Global::Lp>, false},
};

} // namespace

std::span<const KernelEntry> poolingKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

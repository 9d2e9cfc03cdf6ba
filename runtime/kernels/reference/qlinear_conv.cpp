// SPDX-License-Identifier: Apache-2.0
#include "convolution.h"
#include "families.h"
#include "integer.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>

namespace nordlys::runtime::reference {

namespace {

/// Adds one tap of one input channel to a plane of accumulators; taps in the padding add nothing.
template <typename X, typename Accumulator>
void addTap(const ConvShape &s, const std::array<std::int64_t, maxRank> &tap, const X *x, std::int32_t zeroX, std::int32_t weight, Accumulator *sums)
{
    const std::int64_t stride = s.window[s.rank - 1].stride;
    visitTap(s, tap, [&](std::int64_t from, std::int64_t to, std::int64_t count) {
        for (std::int64_t o = 0; o < count; ++o)
            accumulate(sums[to + o], static_cast<std::int32_t>(x[from + o * stride]) - zeroX, weight);
    });
}

/// Sums of one output channel, `first` being the input's first channel of the group.
template <typename X, typename W, typename Accumulator>
void accumulateChannel(const ConvShape &s, const X *first, std::int32_t zeroX, const W *weights, std::int32_t zeroW, std::int32_t bias, Accumulator *sums)
{
    std::fill_n(sums, s.outputPlane, static_cast<Accumulator>(bias));
    if (s.outputPlane == 0)
        return;
    for (std::int64_t c = 0; c < s.inPerGroup; ++c) {
        std::array<std::int64_t, maxRank> tap{};
        for (std::int64_t k = 0; k < s.kernelSize; ++k) {
            addTap(s, tap, first + c * s.inputPlane, zeroX, static_cast<std::int32_t>(weights[c * s.kernelSize + k]) - zeroW, sums);
            nextIndex(tap, s.kernelDims, s.rank);
        }
    }
}

/// ONNX QLinearConv-10: x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, B; also with codes of 16 bits.
core::Expected<BoundKernel> bindQLinearConv(const KernelCall &call)
{
    NORDLYS_TRY(call.require(5));
    if (!call.hasInput(6))
        return call.broken("input 6 is missing");
    const TensorDesc &x = call.inputs[0], &w = call.inputs[3], &y = call.outputs[0];
    auto geometry = convShapeOf(call, x, w);
    NORDLYS_TRY(geometry);
    const std::int64_t channels = w.dims[0];
    auto scaleX = scaleParameter(call, 1), scaleW = scaleParameter(call, 4, channels), scaleY = scaleParameter(call, 6);
    NORDLYS_TRY(scaleX);
    NORDLYS_TRY(scaleW);
    NORDLYS_TRY(scaleY);
    auto zeroX = zeroPointParameter(call, 2, x.dtype), zeroW = zeroPointParameter(call, 5, w.dtype, channels), zeroY = zeroPointParameter(call, 7, y.dtype);
    NORDLYS_TRY(zeroX);
    NORDLYS_TRY(zeroW);
    NORDLYS_TRY(zeroY);
    if (call.hasInput(8) && (call.inputs[8].dtype != core::DType::Int32 || call.inputs[8].dims != core::Dims{channels}))
        return call.broken("the bias needs one int32 value per output channel");
    auto limits = outputLimits(call);
    NORDLYS_TRY(limits);
    const bool hasBias = call.hasInput(8);
    return dispatchCode(call, x.dtype, [&](auto xTag) {
        return dispatchCode(call, w.dtype, [&](auto wTag) -> core::Expected<BoundKernel> {
            using X = typename decltype(xTag)::Type;
            using W = typename decltype(wTag)::Type;
            using Accumulator = AccumulatorOf<X, W>;
            BoundKernel kernel = bound(call, [=, s = *geometry, sx = *scaleX, sw = *scaleW, sy = *scaleY, zx = *zeroX, zw = *zeroW, zy = *zeroY,
                                              range = *limits, type = y.dtype](const KernelRun &run) -> KernelStatus {
                const auto *bias = hasBias ? run.input<std::int32_t>(8) : nullptr;
                run.pool->parallelFor(static_cast<std::size_t>(s.batch * channels), 1, [&](std::size_t begin, std::size_t end, int thread) {
                    auto *sums = reinterpret_cast<Accumulator *>(run.scratch) + thread * s.outputPlane;
                    for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end); ++i) {
                        const std::int64_t n = i / channels, m = i % channels, g = m / s.outPerGroup;
                        accumulateChannel(s, run.input<X>(0) + (n * s.group + g) * s.inPerGroup * s.inputPlane, zx.zeroPoint(run, 0),
                                          run.input<W>(3) + m * s.inPerGroup * s.kernelSize, zw.zeroPoint(run, m), bias != nullptr ? bias[m] : 0, sums);
                        const float multiplier = requantizationMultiplier(sx.scale(run, 0), sw.scale(run, m), sy.scale(run, 0));
                        const std::int32_t zero = zy.zeroPoint(run, 0);
                        for (std::int64_t o = 0; o < s.outputPlane; ++o)
                            storeCode(type, run.output<std::byte>(0), i * s.outputPlane + o, requantized(sums[o], multiplier, zero, range));
                    }
                });
                return nullptr;
            });
            const auto planeBytes = static_cast<std::size_t>(geometry->outputPlane) * sizeof(Accumulator);
            kernel.scratchBytes = [planeBytes](int threads) { return planeBytes * static_cast<std::size_t>(threads); };
            return kernel;
        });
    });
}

/// ONNX ConvInteger-10: x, w, x_zero_point, w_zero_point (one, or one per output channel); the sums themselves.
core::Expected<BoundKernel> bindConvInteger(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &w = call.inputs[1], &y = call.outputs[0];
    auto geometry = convShapeOf(call, x, w);
    NORDLYS_TRY(geometry);
    const std::int64_t channels = w.dims[0];
    auto zeroX = zeroPointParameter(call, 2, x.dtype), zeroW = zeroPointParameter(call, 3, w.dtype, channels);
    NORDLYS_TRY(zeroX);
    NORDLYS_TRY(zeroW);
    if (y.dtype != core::DType::Int32 || elementSize(x.dtype) != 1 || elementSize(w.dtype) != 1)
        return call.broken("it takes 8-bit integers and gives int32");
    return dispatchCode(call, x.dtype, [&](auto xTag) {
        return dispatchCode(call, w.dtype, [&](auto wTag) -> core::Expected<BoundKernel> {
            using X = typename decltype(xTag)::Type;
            using W = typename decltype(wTag)::Type;
            return bound(call, [=, s = *geometry, zx = *zeroX, zw = *zeroW](const KernelRun &run) -> KernelStatus {
                run.pool->parallelFor(static_cast<std::size_t>(s.batch * channels), 1, [&](std::size_t begin, std::size_t end, int) {
                    for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end); ++i) {
                        const std::int64_t n = i / channels, m = i % channels, g = m / s.outPerGroup;
                        accumulateChannel(s, run.input<X>(0) + (n * s.group + g) * s.inPerGroup * s.inputPlane, zx.zeroPoint(run, 0),
                                          run.input<W>(1) + m * s.inPerGroup * s.kernelSize, zw.zeroPoint(run, m), 0,
                                          run.output<std::int32_t>(0) + i * s.outputPlane);
                    }
                });
                return nullptr;
            });
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "QLinearConv", 10, bindQLinearConv, false},
    {"", "ConvInteger", 10, bindConvInteger, false},
};

} // namespace

std::span<const KernelEntry> quantizedConvolutionKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"
#include "convolution.h"

#include <runtime/base/thread_pool.h>

namespace nordlys::runtime::reference {

void ConvShape::fillPlanes()
{
    rank = window.size();
    for (std::size_t i = 0; i < rank; ++i) {
        kernelDims[i] = window[i].kernel;
        outputDims[i] = window[i].output;
        kernelSize *= window[i].kernel;
        inputPlane *= window[i].input;
        outputPlane *= window[i].output;
    }
}

core::Expected<void> checkConvTypes(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &w = call.inputs[1], &y = call.outputs[0];
    if (x.rank() < 3 || w.rank() != x.rank() || y.rank() != x.rank())
        return call.broken("input, weight and output need the same number of dimensions, at least 3");
    if (x.dtype != w.dtype || x.dtype != y.dtype || (call.hasInput(2) && call.inputs[2].dtype != x.dtype))
        return call.broken("input, weight, bias and output differ in type");
    if (const auto kernel = call.intsAttribute("kernel_shape"); kernel && !kernel->empty() && *kernel != spatialDims(w.dims))
        return call.broken("kernel_shape is not the weight's shape");
    return {};
}

namespace {

/// Adds one tap of one input channel to a whole output plane: the lines along the last dimension are plain loops.
template <typename T>
void addTap(const ConvShape &s, const std::array<std::int64_t, maxRank> &tap, const T *x, Wide<T> weight, Wide<T> *y)
{
    const WindowAxis &last = s.window[s.rank - 1];
    const std::int64_t shift = tap[s.rank - 1] * last.dilation - last.padBegin;
    const std::int64_t begin = shift >= 0 ? 0 : (-shift + last.stride - 1) / last.stride;
    const std::int64_t end = last.input - shift <= 0 ? 0 : std::min(last.output, (last.input - shift + last.stride - 1) / last.stride);
    std::array<std::int64_t, maxRank> out{};
    for (std::int64_t line = 0; line < s.outputPlane / last.output; ++line) {
        std::int64_t at = 0;
        bool inside = true;
        for (std::size_t d = 0; d + 1 < s.rank; ++d) {
            const std::int64_t position = s.window[d].position(out[d], tap[d]);
            inside = inside && position >= 0 && position < s.window[d].input;
            at = at * s.window[d].input + position;
        }
        if (inside) {
            const std::int64_t from = at * last.input + shift;
            Wide<T> *to = y + line * last.output;
            for (std::int64_t o = begin; o < end; ++o)
                to[o] += widen(x[from + o * last.stride]) * weight;
        }
        nextIndex(out, s.outputDims, s.rank - 1);
    }
}

/// Every output element = bias + sum in the order input channel, kernel position.
template <typename T>
void convolveChannel(const ConvShape &s, const T *x, const T *w, Wide<T> bias, Wide<T> *y)
{
    std::fill_n(y, s.outputPlane, bias);
    if (s.outputPlane == 0)
        return;
    for (std::int64_t c = 0; c < s.inPerGroup; ++c) {
        std::array<std::int64_t, maxRank> tap{};
        for (std::int64_t k = 0; k < s.kernelSize; ++k) {
            addTap(s, tap, x + c * s.inputPlane, widen(w[c * s.kernelSize + k]), y);
            nextIndex(tap, s.kernelDims, s.rank);
        }
    }
}

core::Expected<BoundKernel> bindConv(const KernelCall &call)
{
    NORDLYS_TRY(checkConvTypes(call));
    const TensorDesc &x = call.inputs[0], &w = call.inputs[1], &y = call.outputs[0];
    ConvShape s;
    s.group = call.intAttribute("group", 1);
    if (s.group < 1 || w.dims[0] % s.group != 0 || x.dims[1] % s.group != 0 || x.dims[1] / s.group != w.dims[1])
        return call.broken("the weight's channels times group are not the input's channels");
    if (y.dims[0] != x.dims[0] || y.dims[1] != w.dims[0] || (call.hasInput(2) && call.inputs[2].dims != core::Dims{w.dims[0]}))
        return call.broken("the output or bias does not fit the weight's output channels");
    auto window = windowOf(call, spatialDims(x.dims), spatialDims(y.dims), spatialDims(w.dims));
    NORDLYS_TRY(window);
    s.window = std::move(*window);
    s.batch = x.dims[0];
    s.inPerGroup = w.dims[1];
    s.outPerGroup = w.dims[0] / s.group;
    s.fillPlanes();
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        constexpr bool direct = std::is_same_v<T, Wide<T>>; // 16-bit sums are kept in float32 until the channel is complete
        BoundKernel kernel = bound(call, [s](const KernelRun &run) -> KernelStatus {
            const T *in = run.input<T>(0), *weight = run.input<T>(1), *bias = run.input<T>(2);
            T *out = run.output<T>(0);
            const std::int64_t channels = s.group * s.outPerGroup;
            run.pool->parallelFor(static_cast<std::size_t>(s.batch * channels), 1, [&](std::size_t begin, std::size_t end, int thread) {
                for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end); ++i) {
                    const std::int64_t n = i / channels, m = i % channels, g = m / s.outPerGroup;
                    const T *first = in + (n * s.group + g) * s.inPerGroup * s.inputPlane, *taps = weight + m * s.inPerGroup * s.kernelSize;
                    const Wide<T> start = bias != nullptr ? widen(bias[m]) : Wide<T>(0);
                    if constexpr (direct) {
                        convolveChannel(s, first, taps, start, out + i * s.outputPlane);
                    } else {
                        auto *sums = reinterpret_cast<Wide<T> *>(run.scratch) + thread * s.outputPlane;
                        convolveChannel(s, first, taps, start, sums);
                        for (std::int64_t o = 0; o < s.outputPlane; ++o)
                            out[i * s.outputPlane + o] = narrow<T>(sums[o]);
                    }
                }
            });
            return nullptr;
        });
        if constexpr (!direct)
            kernel.scratchBytes = [plane = s.outputPlane](int threads) {
                return static_cast<std::size_t>(threads) * static_cast<std::size_t>(plane) * sizeof(Wide<T>);
            };
        return kernel;
    });
}

constexpr KernelEntry entries[] = {{"", "Conv", 1, bindConv, false}};

} // namespace

std::span<const KernelEntry> convolutionKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

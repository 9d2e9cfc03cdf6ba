// SPDX-License-Identifier: Apache-2.0
#include "window.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>

namespace nordlys::runtime::reference {

namespace {

struct ConvShape {
    std::int64_t batch = 0, group = 1, inPerGroup = 0, outPerGroup = 0, kernelSize = 1, inputPlane = 1, outputPlane = 1;
    std::size_t rank = 0;
    Window window;
    std::array<std::int64_t, maxRank> kernelDims{}, outputDims{};
};

void fillPlanes(ConvShape &shape)
{
    shape.rank = shape.window.size();
    for (std::size_t i = 0; i < shape.rank; ++i) {
        shape.kernelDims[i] = shape.window[i].kernel;
        shape.outputDims[i] = shape.window[i].output;
        shape.kernelSize *= shape.window[i].kernel;
        shape.inputPlane *= shape.window[i].input;
        shape.outputPlane *= shape.window[i].output;
    }
}

core::Dims spatial(const core::Dims &dims)
{
    return {dims.begin() + 2, dims.end()};
}

core::Expected<void> checkConvTypes(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &w = call.inputs[1], &y = call.outputs[0];
    if (x.rank() < 3 || w.rank() != x.rank() || y.rank() != x.rank())
        return call.broken("input, weight and output need the same number of dimensions, at least 3");
    if (x.dtype != w.dtype || x.dtype != y.dtype || (call.hasInput(2) && call.inputs[2].dtype != x.dtype))
        return call.broken("input, weight, bias and output differ in type");
    if (const auto kernel = call.intsAttribute("kernel_shape"); kernel && *kernel != spatial(w.dims))
        return call.broken("kernel_shape is not the weight's shape");
    return {};
}

/// Adds one tap of one input channel to a whole output plane: the lines along the last dimension are plain loops.
template <typename T, typename Sum>
void addTap(const ConvShape &s, const std::array<std::int64_t, maxRank> &tap, const T *x, Sum weight, Sum *y)
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
            const T *from = x + at * last.input + shift;
            Sum *to = y + line * last.output;
            for (std::int64_t o = begin; o < end; ++o)
                to[o] += static_cast<Sum>(from[o * last.stride]) * weight;
        }
        nextIndex(out, s.outputDims, s.rank - 1);
    }
}

/// Every output element = bias + sum in the order input channel, kernel position.
template <typename T, typename Sum>
void convolveChannel(const ConvShape &s, const T *x, const T *w, Sum bias, Sum *y)
{
    std::fill_n(y, s.outputPlane, bias);
    if (s.outputPlane == 0)
        return;
    for (std::int64_t c = 0; c < s.inPerGroup; ++c) {
        std::array<std::int64_t, maxRank> tap{};
        for (std::int64_t k = 0; k < s.kernelSize; ++k) {
            addTap(s, tap, x + c * s.inputPlane, static_cast<Sum>(w[c * s.kernelSize + k]), y);
            nextIndex(tap, s.kernelDims, s.rank);
        }
    }
}

// The output itself holds the sums of float and double; those of narrower floats lie in scratch memory, one plane a thread.
template <typename T>
ComputeOf<T> *sumsOf(const KernelRun &run, T *out, int thread, std::int64_t plane)
{
    if constexpr (isNarrowFloat<T>)
        return reinterpret_cast<float *>(run.scratch) + thread * plane;
    else
        return out;
}

template <typename T>
void storeSums(const ComputeOf<T> *sums, T *out, std::int64_t plane)
{
    if constexpr (isNarrowFloat<T>)
        std::transform(sums, sums + plane, out, [](float sum) { return T(sum); });
}

template <typename T>
std::function<std::size_t(int)> sumScratch(std::int64_t plane)
{
    if (!isNarrowFloat<T>)
        return {};
    return [plane](int threads) { return static_cast<std::size_t>(threads) * static_cast<std::size_t>(plane) * sizeof(float); };
}

core::Expected<BoundKernel> bindConv(const KernelCall &call)
{
    NORDLYS_TRY(checkConvTypes(call));
    const TensorDesc &x = call.inputs[0], &w = call.inputs[1], &y = call.outputs[0];
    ConvShape s;
    s.group = call.intAttribute("group", 1);
    if (s.group < 1 || w.dims[0] % s.group != 0 || x.dims[1] != w.dims[1] * s.group)
        return call.broken("the weight's channels times group are not the input's channels");
    if (y.dims[0] != x.dims[0] || y.dims[1] != w.dims[0] || (call.hasInput(2) && call.inputs[2].dims != core::Dims{w.dims[0]}))
        return call.broken("the output or bias does not fit the weight's output channels");
    auto window = windowOf(call, spatial(x.dims), spatial(y.dims), spatial(w.dims));
    NORDLYS_TRY(window);
    s.window = std::move(*window);
    s.batch = x.dims[0];
    s.inPerGroup = w.dims[1];
    s.outPerGroup = w.dims[0] / s.group;
    fillPlanes(s);
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        using Sum = ComputeOf<T>;
        BoundKernel kernel = bound(call, [s](const KernelRun &run) -> KernelStatus {
            const T *in = run.input<T>(0), *weight = run.input<T>(1), *bias = run.input<T>(2);
            const std::int64_t channels = s.group * s.outPerGroup;
            run.pool->parallelFor(static_cast<std::size_t>(s.batch * channels), 1, [&](std::size_t begin, std::size_t end, int thread) {
                for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end); ++i) {
                    const std::int64_t n = i / channels, m = i % channels, g = m / s.outPerGroup;
                    const T *first = in + (n * s.group + g) * s.inPerGroup * s.inputPlane;
                    T *out = run.output<T>(0) + i * s.outputPlane;
                    Sum *sums = sumsOf(run, out, thread, s.outputPlane);
                    convolveChannel(s, first, weight + m * s.inPerGroup * s.kernelSize, bias != nullptr ? static_cast<Sum>(bias[m]) : Sum(0), sums);
                    storeSums(sums, out, s.outputPlane);
                }
            });
            return nullptr;
        });
        kernel.scratchBytes = sumScratch<T>(s.outputPlane);
        return kernel;
    });
}

/// Window of ConvTranspose: the roles of input and output are exchanged. Formula: ONNX operator ConvTranspose.
core::Expected<Window> transposedWindow(const KernelCall &call, const core::Dims &input, const core::Dims &output, const core::Dims &kernel)
{
    const std::size_t rank = input.size();
    const auto list = [&](std::string_view name, std::size_t size, std::int64_t fallback) {
        const auto values = call.intsAttribute(name);
        return values && !values->empty() ? *values : std::vector<std::int64_t>(size, fallback);
    };
    const auto strides = list("strides", rank, 1), dilations = list("dilations", rank, 1), extra = list("output_padding", rank, 0);
    auto pads = list("pads", 2 * rank, 0);
    if (strides.size() != rank || dilations.size() != rank || extra.size() != rank || pads.size() != 2 * rank)
        return call.broken("strides, dilations, output_padding or pads have the wrong number of values");
    const std::string autoPad = call.stringAttribute("auto_pad", "NOTSET");
    const bool statesOutput = call.intsAttribute("output_shape").has_value();
    Window window(rank);
    for (std::size_t i = 0; i < rank; ++i) {
        for (const std::int64_t value : {strides[i], dilations[i], kernel[i], input[i], extra[i] + 1, pads[i] + 1, pads[i + rank] + 1}) {
            if (value < 1 || value > maxWindowValue)
                return call.broken("a stride, dilation, pad or size is out of range");
        }
        const std::int64_t full = strides[i] * (input[i] - 1) + extra[i] + (kernel[i] - 1) * dilations[i] + 1;
        if (statesOutput || autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER") {
            const std::int64_t wanted = statesOutput ? output[i] : input[i] * strides[i];
            const std::int64_t total = full - wanted;
            // Negative totals come from outputs that are larger than the input reaches: they enlarge the end only.
            const std::int64_t half = total >= 0 ? total / 2 : 0;
            pads[i] = autoPad == "SAME_UPPER" || total < 0 ? half : total - half;
            pads[i + rank] = total - pads[i];
        }
        window[i] = {output[i], input[i], kernel[i], strides[i], dilations[i], pads[i], pads[i + rank]};
        if (output[i] != full - pads[i] - pads[i + rank])
            return call.broken("the output has " + std::to_string(output[i]) + " positions in spatial dimension " + std::to_string(i)
                               + ", the rule gives " + std::to_string(full - pads[i] - pads[i + rank]));
    }
    return window;
}

core::Expected<BoundKernel> bindConvTranspose(const KernelCall &call)
{
    NORDLYS_TRY(checkConvTypes(call));
    const TensorDesc &x = call.inputs[0], &w = call.inputs[1], &y = call.outputs[0];
    ConvShape s;
    s.group = call.intAttribute("group", 1);
    if (s.group < 1 || x.dims[1] != w.dims[0] || w.dims[0] % s.group != 0 || y.dims[1] != w.dims[1] * s.group || y.dims[0] != x.dims[0])
        return call.broken("the channels of input, weight, group and output do not fit");
    if (call.hasInput(2) && call.inputs[2].dims != core::Dims{y.dims[1]})
        return call.broken("the bias does not fit the output channels");
    auto window = transposedWindow(call, spatial(x.dims), spatial(y.dims), spatial(w.dims));
    NORDLYS_TRY(window);
    s.window = std::move(*window);
    s.batch = x.dims[0];
    s.inPerGroup = w.dims[0] / s.group;
    s.outPerGroup = w.dims[1];
    fillPlanes(s); // "input" is the larger side here: the output of the operator
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        using Sum = ComputeOf<T>;
        BoundKernel kernel = bound(call, [s](const KernelRun &run) -> KernelStatus {
            const T *in = run.input<T>(0), *weight = run.input<T>(1), *bias = run.input<T>(2);
            const std::int64_t channels = s.group * s.outPerGroup;
            for (std::int64_t i = 0; i < s.batch * channels; ++i) {
                const std::int64_t n = i / channels, m = i % channels, g = m / s.outPerGroup;
                T *out = run.output<T>(0) + i * s.inputPlane;
                Sum *sums = sumsOf(run, out, 0, s.inputPlane);
                std::fill_n(sums, s.inputPlane, bias != nullptr ? static_cast<Sum>(bias[m]) : Sum(0));
                for (std::int64_t c = 0; c < s.inPerGroup; ++c) {
                    const T *first = in + ((n * s.group + g) * s.inPerGroup + c) * s.outputPlane;
                    const T *taps = weight + ((g * s.inPerGroup + c) * s.outPerGroup + m % s.outPerGroup) * s.kernelSize;
                    std::array<std::int64_t, maxRank> from{};
                    for (std::int64_t o = 0; o < s.outputPlane; ++o) {
                        std::array<std::int64_t, maxRank> tap{};
                        for (std::int64_t k = 0; k < s.kernelSize; ++k) {
                            std::int64_t at = 0;
                            bool inside = true;
                            for (std::size_t d = 0; d < s.rank; ++d) {
                                const std::int64_t position = s.window[d].position(from[d], tap[d]);
                                inside = inside && position >= 0 && position < s.window[d].input;
                                at = at * s.window[d].input + position;
                            }
                            if (inside)
                                sums[at] += static_cast<Sum>(first[o]) * static_cast<Sum>(taps[k]);
                            nextIndex(tap, s.kernelDims, s.rank);
                        }
                        nextIndex(from, s.outputDims, s.rank);
                    }
                }
                storeSums(sums, out, s.inputPlane);
            }
            return nullptr;
        });
        kernel.scratchBytes = sumScratch<T>(s.inputPlane);
        return kernel;
    });
}

constexpr KernelEntry entries[] = {
    {"", "Conv", 1, bindConv, false},
    {"", "ConvTranspose", 1, bindConvTranspose, false},
};

} // namespace

std::span<const KernelEntry> convolutionKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

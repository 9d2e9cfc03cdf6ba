// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"
#include "convolution.h"

#include <runtime/base/thread_pool.h>

namespace nordlys::runtime::reference {

namespace {

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
    const bool same = autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER";
    if (!same && autoPad != "VALID" && autoPad != "NOTSET" && !autoPad.empty())
        return call.broken("auto_pad \"" + autoPad + "\" is unknown");
    if (autoPad == "VALID")
        pads.assign(2 * rank, 0);
    const auto stated = call.intsAttribute("output_shape");
    const bool statesOutput = stated && !stated->empty();
    Window window(rank);
    for (std::size_t i = 0; i < rank; ++i) {
        for (const std::int64_t value : {strides[i], dilations[i], kernel[i], input[i] + 1, extra[i] + 1, pads[i] + 1, pads[i + rank] + 1}) {
            if (value < 1 || value > maxWindowValue)
                return call.broken("a stride, dilation, pad or size is out of range");
        }
        const std::int64_t full = strides[i] * (input[i] - 1) + extra[i] + (kernel[i] - 1) * dilations[i] + 1;
        if (statesOutput || same) {
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

/// Spreads one tap of one input channel over an output plane: addTap of Conv with both sides exchanged.
template <typename T>
void spreadTap(const ConvShape &s, const std::array<std::int64_t, maxRank> &tap, const T *x, Wide<T> weight, Wide<T> *y)
{
    const WindowAxis &last = s.window[s.rank - 1];
    const std::int64_t shift = tap[s.rank - 1] * last.dilation - last.padBegin;
    const std::int64_t begin = shift >= 0 ? 0 : (-shift + last.stride - 1) / last.stride;
    const std::int64_t end = last.input - shift <= 0 ? 0 : std::min(last.output, (last.input - shift + last.stride - 1) / last.stride);
    std::array<std::int64_t, maxRank> from{};
    for (std::int64_t line = 0; line < s.outputPlane / last.output; ++line) {
        std::int64_t at = 0;
        bool inside = true;
        for (std::size_t d = 0; d + 1 < s.rank; ++d) {
            const std::int64_t position = s.window[d].position(from[d], tap[d]);
            inside = inside && position >= 0 && position < s.window[d].input;
            at = at * s.window[d].input + position;
        }
        if (inside) {
            const std::int64_t to = at * last.input + shift;
            const T *values = x + line * last.output;
            for (std::int64_t o = begin; o < end; ++o)
                y[to + o * last.stride] += widen(values[o]) * weight;
        }
        nextIndex(from, s.outputDims, s.rank - 1);
    }
}

/// Output channel m of sample n: bias, then every input channel of its group, tap by tap.
template <typename T>
void transposeChannel(const ConvShape &s, std::int64_t n, std::int64_t m, const T *in, const T *weight, Wide<T> *sums)
{
    const std::int64_t g = m / s.outPerGroup;
    for (std::int64_t c = 0; c < s.inPerGroup && s.outputPlane > 0; ++c) {
        const std::int64_t channel = g * s.inPerGroup + c;
        const T *plane = in + (n * s.group * s.inPerGroup + channel) * s.outputPlane;
        const T *taps = weight + (channel * s.outPerGroup + m % s.outPerGroup) * s.kernelSize;
        std::array<std::int64_t, maxRank> tap{};
        for (std::int64_t k = 0; k < s.kernelSize; ++k) {
            spreadTap(s, tap, plane, widen(taps[k]), sums);
            nextIndex(tap, s.kernelDims, s.rank);
        }
    }
}

core::Expected<BoundKernel> bindConvTranspose(const KernelCall &call)
{
    NORDLYS_TRY(checkConvTypes(call));
    const TensorDesc &x = call.inputs[0], &w = call.inputs[1], &y = call.outputs[0];
    ConvShape s;
    s.group = call.intAttribute("group", 1);
    if (s.group < 1 || s.group > maxWindowValue || x.dims[1] != w.dims[0] || w.dims[0] % s.group != 0 || y.dims[1] % s.group != 0 || y.dims[1] / s.group != w.dims[1]
        || y.dims[0] != x.dims[0])
        return call.broken("the channels of input, weight, group and output do not fit");
    if (call.hasInput(2) && call.inputs[2].dims != core::Dims{y.dims[1]})
        return call.broken("the bias does not fit the output channels");
    auto window = transposedWindow(call, spatialDims(x.dims), spatialDims(y.dims), spatialDims(w.dims));
    NORDLYS_TRY(window);
    s.window = std::move(*window);
    s.batch = x.dims[0];
    s.inPerGroup = w.dims[0] / s.group;
    s.outPerGroup = w.dims[1];
    s.fillPlanes(); // "input" is the larger side here: the output of the operator
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        constexpr bool direct = std::is_same_v<T, Wide<T>>; // 16-bit sums are kept in float32 until the channel is complete
        BoundKernel kernel = bound(call, [s](const KernelRun &run) -> KernelStatus {
            const T *bias = run.input<T>(2);
            const std::int64_t channels = s.group * s.outPerGroup;
            run.pool->parallelFor(static_cast<std::size_t>(s.batch * channels), 1, [&](std::size_t begin, std::size_t end, int thread) {
                for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end); ++i) {
                    T *out = run.output<T>(0) + i * s.inputPlane;
                    Wide<T> *sums = nullptr;
                    if constexpr (direct)
                        sums = out;
                    else
                        sums = reinterpret_cast<Wide<T> *>(run.scratch) + thread * s.inputPlane;
                    const std::int64_t m = i % channels;
                    std::fill_n(sums, s.inputPlane, bias != nullptr ? widen(bias[m]) : Wide<T>(0));
                    transposeChannel(s, i / channels, m, run.input<T>(0), run.input<T>(1), sums);
                    if constexpr (!direct)
                        std::transform(sums, sums + s.inputPlane, out, narrow<T, Wide<T>>);
                }
            });
            return nullptr;
        });
        if constexpr (!direct)
            kernel.scratchBytes = [plane = s.inputPlane](int threads) {
                return static_cast<std::size_t>(threads) * static_cast<std::size_t>(plane) * sizeof(Wide<T>);
            };
        return kernel;
    });
}

/// Col2Im adds the columns of unfolded blocks back into images. ONNX operator Col2Im, version 18.
core::Expected<BoundKernel> bindCol2Im(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto image = call.constantInts(1), block = call.constantInts(2);
    if (!image || !block)
        return call.needsValues("image_shape and block_shape");
    const std::size_t rank = image->size();
    if (rank < 1 || block->size() != rank || x.rank() != 3 || y.rank() != rank + 2 || x.dtype != y.dtype || y.dims[0] != x.dims[0]
        || spatialDims(y.dims) != *image)
        return call.broken("the input needs 3 dimensions, the output batch, channels and image_shape, and block_shape as many sizes as the image");
    ConvShape s;
    // Positions of the blocks: those of a convolution with the block as its kernel over the image.
    core::Dims counts(rank);
    const auto value = [&](std::string_view name, std::size_t i, std::int64_t fallback) {
        const auto list = call.intsAttribute(name);
        return list && i < list->size() ? std::clamp<std::int64_t>((*list)[i], 0, maxWindowValue) : fallback;
    };
    for (std::size_t i = 0; i < rank; ++i) {
        if ((*block)[i] < 1 || (*block)[i] > maxWindowValue || (*image)[i] < 0 || (*image)[i] > maxWindowValue)
            return call.broken("a size of image_shape or block_shape is out of range");
        const std::int64_t span = ((*block)[i] - 1) * value("dilations", i, 1) + 1;
        const std::int64_t room = (*image)[i] + value("pads", i, 0) + value("pads", i + rank, 0) - span;
        counts[i] = room < 0 ? 0 : room / std::max<std::int64_t>(1, value("strides", i, 1)) + 1;
    }
    auto window = windowOf(call, *image, counts, *block);
    NORDLYS_TRY(window);
    s.window = std::move(*window);
    std::int64_t blockSize = 1, positions = 1;
    for (std::size_t i = 0; i < rank; ++i) {
        if (__builtin_mul_overflow(blockSize, (*block)[i], &blockSize) || __builtin_mul_overflow(positions, counts[i], &positions))
            return call.broken("the blocks are too large");
    }
    if (x.dims[1] % blockSize != 0 || y.dims[1] != x.dims[1] / blockSize || x.dims[2] != positions)
        return call.broken("the input needs " + std::to_string(blockSize) + " values per channel and block, and " + std::to_string(positions) + " blocks");
    s.fillPlanes();
    s.batch = x.dims[0] * y.dims[1];
    return dispatchNumber(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        BoundKernel kernel = bound(call, [s](const KernelRun &run) -> KernelStatus {
            auto *sums = reinterpret_cast<Wide<T> *>(run.scratch);
            for (std::int64_t plane = 0; plane < s.batch; ++plane) {
                std::fill_n(sums, s.inputPlane, Wide<T>(0));
                std::array<std::int64_t, maxRank> tap{};
                for (std::int64_t k = 0; k < s.kernelSize && s.outputPlane > 0; ++k) {
                    spreadTap(s, tap, run.input<T>(0) + (plane * s.kernelSize + k) * s.outputPlane, Wide<T>(1), sums);
                    nextIndex(tap, s.kernelDims, s.rank);
                }
                std::transform(sums, sums + s.inputPlane, run.output<T>(0) + plane * s.inputPlane, narrow<T, Wide<T>>);
            }
            return nullptr;
        });
        kernel.scratchBytes = [plane = s.inputPlane](int) { return static_cast<std::size_t>(plane) * sizeof(Wide<T>); };
        return kernel;
    });
}

constexpr KernelEntry entries[] = {
    {"", "ConvTranspose", 1, bindConvTranspose, false},
    {"", "Col2Im", 18, bindCol2Im, false},
};

} // namespace

std::span<const KernelEntry> convTransposeKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

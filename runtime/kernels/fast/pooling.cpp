// SPDX-License-Identifier: Apache-2.0
#include "pooling.h"

#include "depthwise_kernels.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <limits>

namespace nordlys::runtime {

using detail::PoolKind;
using detail::PoolWindow;

namespace {

void poolWindow(PoolKind kind, const PoolWindow &window, KernelPath path)
{
#if defined(__x86_64__)
    if (path == KernelPath::Avx2) {
        detail::poolWindowAvx2(kind, window);
        return;
    }
#else
    (void)path;
#endif
    detail::poolWindowGeneric(kind, window);
}

// Taps of a window along one side that fall inside the padded image.
std::int64_t paddedTaps(std::int64_t first, std::int64_t size, std::int64_t before, std::int64_t after, std::int64_t taps,
                        std::int64_t dilation)
{
    const detail::TapRange range = detail::tapsInside(first + before, size + before + after, taps, dilation);
    return range.end - range.begin;
}

void poolParallel(PoolKind kind, const ConvGeometry &g, bool countIncludePad, const float *in, float *out, KernelPath path,
                  ThreadPool &pool)
{
    const KernelPath real = resolvePath(path);
    pool.parallelFor(static_cast<std::size_t>(g.n * g.outH), 1, [&](std::size_t begin, std::size_t end, int) {
        for (std::int64_t row = static_cast<std::int64_t>(begin); row < static_cast<std::int64_t>(end); ++row) {
            const std::int64_t image = row / g.outH;
            const std::int64_t top = row % g.outH * g.strideH - g.padTop;
            const detail::TapRange rows = detail::tapsInside(top, g.h, g.kh, g.dilationH);
            PoolWindow window{};
            window.rows = rows.end - rows.begin;
            window.rowStep = g.dilationH * g.w * g.cin;
            window.columnStep = g.dilationW * g.cin;
            window.channels = g.cin;
            for (std::int64_t x = 0; x < g.outW; ++x) {
                const std::int64_t left = x * g.strideW - g.padLeft;
                const detail::TapRange columns = detail::tapsInside(left, g.w, g.kw, g.dilationW);
                window.columns = columns.end - columns.begin;
                std::int64_t taps = window.rows * window.columns;
                if (taps > 0)
                    window.first =
                        in + ((image * g.h + top + rows.begin * g.dilationH) * g.w + left + columns.begin * g.dilationW) * g.cin;
                else
                    window.rows = 0;
                if (countIncludePad)
                    taps = paddedTaps(top, g.h, g.padTop, g.padBottom, g.kh, g.dilationH) *
                           paddedTaps(left, g.w, g.padLeft, g.padRight, g.kw, g.dilationW);
                window.factor = taps > 0 ? 1.0F / static_cast<float>(taps) : 0.0F;
                window.out = out + (row * g.outW + x) * g.cin;
                poolWindow(kind, window, real);
                window.rows = rows.end - rows.begin;
            }
        }
    });
}

} // namespace

void maxPool(const ConvGeometry &geometry, const float *in, float *out, KernelPath path, ThreadPool &pool)
{
    poolParallel(PoolKind::Max, geometry, false, in, out, path, pool);
}

void averagePool(const ConvGeometry &geometry, bool countIncludePad, const float *in, float *out, KernelPath path,
                 ThreadPool &pool)
{
    poolParallel(PoolKind::Average, geometry, countIncludePad, in, out, path, pool);
}

void globalAveragePool(std::int64_t n, std::int64_t pixels, std::int64_t channels, const float *in, float *out, KernelPath path,
                       ThreadPool &pool)
{
    // Long sums are split into lines of up to 64 pixels: a sum of partial sums keeps the rounding error small.
    constexpr std::int64_t lineLength = 64;
    constexpr std::int64_t channelBlock = 32;
    const KernelPath real = resolvePath(path);
    const std::int64_t blocks = (channels + channelBlock - 1) / channelBlock;
    const std::size_t grain = static_cast<std::size_t>(std::max<std::int64_t>(1, 8192 / (pixels * channelBlock)));
    pool.parallelFor(static_cast<std::size_t>(n * blocks), grain, [&](std::size_t begin, std::size_t end, int) {
        for (std::int64_t task = static_cast<std::int64_t>(begin); task < static_cast<std::int64_t>(end); ++task) {
            const std::int64_t image = task / blocks;
            const std::int64_t channel = task % blocks * channelBlock;
            float sums[channelBlock] = {};
            float line[channelBlock];
            PoolWindow window{};
            window.rows = 1;
            window.columnStep = channels;
            window.channels = std::min(channelBlock, channels - channel);
            window.factor = 1.0F;
            window.out = line;
            for (std::int64_t pixel = 0; pixel < pixels; pixel += lineLength) {
                window.first = in + (image * pixels + pixel) * channels + channel;
                window.columns = std::min(lineLength, pixels - pixel);
                poolWindow(PoolKind::Average, window, real);
                for (std::int64_t i = 0; i < window.channels; ++i)
                    sums[i] += line[i];
            }
            for (std::int64_t i = 0; i < window.channels; ++i)
                out[image * channels + channel + i] = sums[i] / static_cast<float>(pixels);
        }
    });
}

std::string_view maxPoolKernelName(KernelPath path)
{
    return resolvePath(path) == KernelPath::Avx2 ? "pool_max_f32_avx2" : "pool_max_f32_generic";
}

std::string_view averagePoolKernelName(KernelPath path)
{
    return resolvePath(path) == KernelPath::Avx2 ? "pool_average_f32_avx2" : "pool_average_f32_generic";
}

std::string_view globalAveragePoolKernelName(KernelPath path)
{
    return resolvePath(path) == KernelPath::Avx2 ? "pool_global_average_f32_avx2" : "pool_global_average_f32_generic";
}

namespace detail {

void poolWindowGeneric(PoolKind kind, const PoolWindow &window)
{
    const bool max = kind == PoolKind::Max;
    for (std::int64_t channel = 0; channel < window.channels; ++channel) {
        float result = max ? -std::numeric_limits<float>::infinity() : 0.0F;
        for (std::int64_t row = 0; row < window.rows; ++row) {
            for (std::int64_t column = 0; column < window.columns; ++column) {
                const float value = window.first[row * window.rowStep + column * window.columnStep + channel];
                if (max)
                    result = value > result ? value : result;
                else
                    result += value;
            }
        }
        window.out[channel] = max ? result : result * window.factor;
    }
}

} // namespace detail

} // namespace nordlys::runtime

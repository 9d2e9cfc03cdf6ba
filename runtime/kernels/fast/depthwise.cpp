// SPDX-License-Identifier: Apache-2.0
#include "depthwise_kernels.h"

#include "gemm_kernels.h"
#include "vector4.h"

#include <runtime/base/grain.h>
#include <runtime/base/thread_pool.h>

#include <algorithm>

namespace nordlys::runtime {

void depthwiseParallel(const DepthwiseArgs &args, KernelPath path, ThreadPool &pool)
{
    const ConvGeometry &g = args.geometry;
    const std::int64_t macsPerRow = g.outW * g.cout * g.kh * g.kw;
    pool.parallelFor(static_cast<std::size_t>(g.n * g.outH), grainFor(macsPerRow, minChunkStreamingMacs),
                     [&](std::size_t begin, std::size_t end, int) {
                         for (std::size_t row = begin; row < end; ++row) {
                             const std::int64_t image = static_cast<std::int64_t>(row) / g.outH;
                             const std::int64_t y = static_cast<std::int64_t>(row) % g.outH;
#if defined(__x86_64__)
                             if (path == KernelPath::Avx2) {
                                 detail::depthwiseRowAvx2(args, image, y);
                                 continue;
                             }
#else
            (void)path;
#endif
                             detail::depthwiseRowGeneric(args, image, y);
                         }
                     });
}

namespace detail {

void depthwiseRowGeneric(const DepthwiseArgs &args, std::int64_t image, std::int64_t y)
{
    const ConvGeometry &g = args.geometry;
    const std::int64_t taps = g.kh * g.kw;
    const std::int64_t top = y * g.strideH - g.padTop;
    const TapRange rows = tapsInside(top, g.h, g.kh, g.dilationH);
    const float *plane = args.in + image * g.h * g.w * g.cin;
    float *out = args.out + (image * g.outH + y) * g.outW * g.cout;
    const float *residual = args.epilogue.residual == nullptr ? nullptr : args.epilogue.residual + (out - args.out);
    const float low = args.epilogue.low();
    const float high = args.epilogue.high();
    for (std::int64_t x = 0; x < g.outW; ++x) {
        const std::int64_t left = x * g.strideW - g.padLeft;
        const TapRange columns = tapsInside(left, g.w, g.kw, g.dilationW);
        for (std::int64_t channel = 0; channel < g.cout; channel += panelColumns) {
            const int width = static_cast<int>(std::min(panelColumns, g.cout - channel));
            const float *weights = args.panels + channel * taps;
            float sum[panelColumns];
            if (width == panelColumns) {
                Vector4 s0 = load4(args.bias + channel);
                Vector4 s1 = load4(args.bias + channel + 4);
                Vector4 s2 = load4(args.bias + channel + 8);
                Vector4 s3 = load4(args.bias + channel + 12);
                for (std::int64_t ky = rows.begin; ky < rows.end; ++ky) {
                    const float *line = plane + (top + ky * g.dilationH) * g.w * g.cin + channel;
                    for (std::int64_t kx = columns.begin; kx < columns.end; ++kx) {
                        const float *from = line + (left + kx * g.dilationW) * g.cin;
                        const float *weight = weights + (ky * g.kw + kx) * panelColumns;
                        s0 += load4(from) * load4(weight);
                        s1 += load4(from + 4) * load4(weight + 4);
                        s2 += load4(from + 8) * load4(weight + 8);
                        s3 += load4(from + 12) * load4(weight + 12);
                    }
                }
                store4(sum, s0);
                store4(sum + 4, s1);
                store4(sum + 8, s2);
                store4(sum + 12, s3);
                const std::int64_t at = x * g.cout + channel;
                for (int j = 0; j < width; ++j)
                    out[at + j] = clampKeepNan(residual == nullptr ? sum[j] : sum[j] + residual[at + j], low, high);
                continue;
            }
            std::copy_n(args.bias + channel, panelColumns, sum);
            for (std::int64_t ky = rows.begin; ky < rows.end; ++ky) {
                const float *line = plane + (top + ky * g.dilationH) * g.w * g.cin + channel;
                for (std::int64_t kx = columns.begin; kx < columns.end; ++kx) {
                    const float *from = line + (left + kx * g.dilationW) * g.cin;
                    const float *weight = weights + (ky * g.kw + kx) * panelColumns;
                    for (int j = 0; j < width; ++j)
                        sum[j] += from[j] * weight[j];
                }
            }
            const std::int64_t at = x * g.cout + channel;
            for (int j = 0; j < width; ++j)
                out[at + j] = clampKeepNan(residual == nullptr ? sum[j] : sum[j] + residual[at + j], low, high);
        }
    }
}

} // namespace detail

} // namespace nordlys::runtime

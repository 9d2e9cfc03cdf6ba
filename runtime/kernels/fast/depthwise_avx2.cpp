// SPDX-License-Identifier: Apache-2.0
#include "depthwise_kernels.h"

#include "gemm_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>

#define NORDLYS_AVX2 __attribute__((target("avx2,fma")))

namespace nordlys::runtime::detail {

namespace {

constexpr std::int64_t lanes = 8;

alignas(32) constexpr std::int32_t maskSource[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

/// One output row of one image.
struct Row {
    std::int64_t channels;
    std::int64_t taps;
    std::int64_t kw;
    TapRange rows;
    const float *line; // input row of kernel row 0 (may lie outside the image; only `rows` of it are touched)
    std::int64_t lineStep;  // floats from one kernel row to the next
    std::int64_t pixelStep; // floats from one kernel column to the next
    std::int64_t left;      // input column of kernel column 0 at output column 0
    std::int64_t strideW;
    const float *panels;
    const float *bias;
    float *out;
    const float *residual;
    __m256 low;
    __m256 high;
};

NORDLYS_AVX2 inline __m256i maskOf(std::int64_t count)
{
    return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(maskSource + 8 - std::min(count, lanes)));
}

/// Residual and activation at `at` of the row; all eight lanes, or those of a mask.
NORDLYS_AVX2 inline void finish(const Row &row, std::int64_t at, __m256 value)
{
    if (row.residual != nullptr)
        value = _mm256_add_ps(value, _mm256_loadu_ps(row.residual + at));
    _mm256_storeu_ps(row.out + at, _mm256_min_ps(row.high, _mm256_max_ps(row.low, value)));
}

NORDLYS_AVX2 inline void finishMasked(const Row &row, std::int64_t at, __m256 value, __m256i mask)
{
    if (row.residual != nullptr)
        value = _mm256_add_ps(value, _mm256_maskload_ps(row.residual + at, mask));
    _mm256_maskstore_ps(row.out + at, mask, _mm256_min_ps(row.high, _mm256_max_ps(row.low, value)));
}

/// Any pixel, taps clipped: output column x, channels [channelBegin, channels).
NORDLYS_AVX2 void anyPixel(const Row &row, const ConvGeometry &g, std::int64_t x, std::int64_t channelBegin)
{
    const std::int64_t left = row.left + x * row.strideW;
    const TapRange columns = tapsInside(left, g.w, g.kw, g.dilationW);
    for (std::int64_t channel = channelBegin; channel < row.channels; channel += lanes) {
        const std::int64_t count = row.channels - channel;
        const float *weights = row.panels + channel / panelColumns * panelColumns * row.taps + channel % panelColumns;
        const __m256i mask = maskOf(count);
        __m256 sum = _mm256_loadu_ps(row.bias + channel);
        for (std::int64_t ky = row.rows.begin; ky < row.rows.end; ++ky) {
            const float *from = row.line + ky * row.lineStep + left * row.channels + columns.begin * row.pixelStep + channel;
            const float *weight = weights + (ky * row.kw + columns.begin) * panelColumns;
            for (std::int64_t kx = columns.begin; kx < columns.end; ++kx, from += row.pixelStep, weight += panelColumns) {
                const __m256 value = count >= lanes ? _mm256_loadu_ps(from) : _mm256_maskload_ps(from, mask);
                sum = _mm256_fmadd_ps(value, _mm256_loadu_ps(weight), sum);
            }
        }
        if (count >= lanes)
            finish(row, x * row.channels + channel, sum);
        else
            finishMasked(row, x * row.channels + channel, sum, mask);
    }
}

/// Four neighbouring output columns whose kernel columns are all inside the image, no column dilation. Each input vector is
/// loaded once and feeds every output that it belongs to.
template <int Kw, int Stride>
NORDLYS_AVX2 void fourPixels(const Row &row, std::int64_t x)
{
    const std::int64_t step = row.channels;
    const float *base = row.line + (row.left + x * Stride) * step;
    std::int64_t channel = 0;
    for (; channel + lanes <= row.channels; channel += lanes) {
        const float *weight = row.panels + channel / panelColumns * panelColumns * row.taps + channel % panelColumns
                              + row.rows.begin * (Kw * panelColumns);
        const float *from = base + row.rows.begin * row.lineStep + channel;
        __m256 s0 = _mm256_loadu_ps(row.bias + channel);
        __m256 s1 = s0;
        __m256 s2 = s0;
        __m256 s3 = s0;
        for (std::int64_t ky = row.rows.begin; ky < row.rows.end; ++ky, from += row.lineStep, weight += Kw * panelColumns) {
#define NORDLYS_USE(OUT, COLUMN)                                                                                                 \
    if constexpr ((COLUMN)-OUT * Stride >= 0 && (COLUMN)-OUT * Stride < Kw)                                                      \
        s##OUT = _mm256_fmadd_ps(value, _mm256_loadu_ps(weight + ((COLUMN)-OUT * Stride) * panelColumns), s##OUT);
#define NORDLYS_COLUMN(COLUMN)                                                                                                   \
    if constexpr (COLUMN < 3 * Stride + Kw) {                                                                                    \
        const __m256 value = _mm256_loadu_ps(from + COLUMN * step);                                                              \
        NORDLYS_USE(0, COLUMN) NORDLYS_USE(1, COLUMN) NORDLYS_USE(2, COLUMN) NORDLYS_USE(3, COLUMN)                              \
    }
            NORDLYS_COLUMN(0)
            NORDLYS_COLUMN(1)
            NORDLYS_COLUMN(2)
            NORDLYS_COLUMN(3)
            NORDLYS_COLUMN(4)
            NORDLYS_COLUMN(5)
            NORDLYS_COLUMN(6)
            NORDLYS_COLUMN(7)
            NORDLYS_COLUMN(8)
            NORDLYS_COLUMN(9)
            NORDLYS_COLUMN(10)
#undef NORDLYS_COLUMN
#undef NORDLYS_USE
        }
        const std::int64_t at = x * row.channels + channel;
        finish(row, at, s0);
        finish(row, at + step, s1);
        finish(row, at + 2 * step, s2);
        finish(row, at + 3 * step, s3);
    }
}

template <int Kw, int Stride>
NORDLYS_AVX2 void wholeRow(const Row &row, const ConvGeometry &g)
{
    // Columns [inner, innerEnd) have every tap inside the image.
    const std::int64_t inner = std::min(g.outW, row.left >= 0 ? 0 : (-row.left + Stride - 1) / Stride);
    const std::int64_t room = g.w - Kw - row.left;
    const std::int64_t innerEnd = room < 0 ? inner : std::clamp(room / Stride + 1, inner, g.outW);
    const std::int64_t vectorChannels = row.channels / lanes * lanes;
    std::int64_t x = 0;
    for (; x < inner; ++x)
        anyPixel(row, g, x, 0);
    for (; x + 4 <= innerEnd; x += 4) {
        fourPixels<Kw, Stride>(row, x);
        for (std::int64_t i = 0; i < 4 && vectorChannels < row.channels; ++i)
            anyPixel(row, g, x + i, vectorChannels);
    }
    for (; x < g.outW; ++x)
        anyPixel(row, g, x, 0);
}

} // namespace

NORDLYS_AVX2 void depthwiseRowAvx2(const DepthwiseArgs &args, std::int64_t image, std::int64_t y)
{
    const ConvGeometry &g = args.geometry;
    const std::int64_t top = y * g.strideH - g.padTop;
    Row row{};
    row.channels = g.cin;
    row.taps = g.kh * g.kw;
    row.kw = g.kw;
    row.rows = tapsInside(top, g.h, g.kh, g.dilationH);
    row.lineStep = g.dilationH * g.w * g.cin;
    row.line = args.in + (image * g.h + top) * g.w * g.cin;
    row.pixelStep = g.dilationW * g.cin;
    row.left = -g.padLeft;
    row.strideW = g.strideW;
    row.panels = args.panels;
    row.bias = args.bias;
    const std::int64_t at = (image * g.outH + y) * g.outW * g.cout;
    row.out = args.out + at;
    row.residual = args.epilogue.residual == nullptr ? nullptr : args.epilogue.residual + at;
    row.low = _mm256_set1_ps(args.epilogue.low());
    row.high = _mm256_set1_ps(args.epilogue.high());
    if (g.dilationW == 1 && g.kw == 3 && g.strideW == 1) {
        wholeRow<3, 1>(row, g);
    } else if (g.dilationW == 1 && g.kw == 3 && g.strideW == 2) {
        wholeRow<3, 2>(row, g);
    } else if (g.dilationW == 1 && g.kw == 5 && g.strideW == 1) {
        wholeRow<5, 1>(row, g);
    } else if (g.dilationW == 1 && g.kw == 5 && g.strideW == 2) {
        wholeRow<5, 2>(row, g);
    } else {
        for (std::int64_t x = 0; x < g.outW; ++x)
            anyPixel(row, g, x, 0);
    }
}

} // namespace nordlys::runtime::detail

#endif

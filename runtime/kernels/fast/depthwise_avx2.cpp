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
    const float *line;      // input row of kernel row 0 (may lie outside the image; only `rows` of it are touched)
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

/// `Width` (1 to 4) neighbouring output columns without column dilation. Each input vector is loaded once and feeds every
/// output that it belongs to. At an edge only the input columns [columnBegin, columnEnd) of the tile are inside the image.
template <int Kw, int Stride, int Width, bool Edge>
NORDLYS_AVX2 void pixels(const Row &row, std::int64_t x, std::int64_t columnBegin, std::int64_t columnEnd)
{
    // Copies, because a store to the output might change `row` for all the compiler knows.
    const std::int64_t step = row.channels;
    const std::int64_t lineStep = row.lineStep;
    const std::int64_t rowBegin = row.rows.begin;
    const std::int64_t rowEnd = row.rows.end;
    const float *const residual = row.residual == nullptr ? nullptr : row.residual + x * step;
    const __m256 low = row.low;
    const __m256 high = row.high;
    float *const out = row.out + x * step;
    const float *const base = row.line + (row.left + x * Stride) * step + rowBegin * lineStep;
    for (std::int64_t channel = 0; channel + lanes <= step; channel += lanes) {
        const float *weight = row.panels + channel / panelColumns * panelColumns * row.taps + channel % panelColumns +
                              rowBegin * (Kw * panelColumns);
        const float *from = base + channel;
        __m256 s0 = _mm256_loadu_ps(row.bias + channel);
        [[maybe_unused]] __m256 s1 = s0;
        [[maybe_unused]] __m256 s2 = s0;
        [[maybe_unused]] __m256 s3 = s0;
        for (std::int64_t ky = rowBegin; ky < rowEnd; ++ky, from += lineStep, weight += Kw * panelColumns) {
#define NORDLYS_USE(OUT, COLUMN)                                                                                                 \
    if constexpr (OUT < Width && (COLUMN)-OUT * Stride >= 0 && (COLUMN)-OUT * Stride < Kw)                                       \
        s##OUT = _mm256_fmadd_ps(value, _mm256_loadu_ps(weight + ((COLUMN)-OUT * Stride) * panelColumns), s##OUT);
#define NORDLYS_COLUMN(COLUMN)                                                                                                   \
    if constexpr (COLUMN < (Width - 1) * Stride + Kw) {                                                                          \
        if (!Edge || (COLUMN >= columnBegin && COLUMN < columnEnd)) {                                                            \
            const __m256 value = _mm256_loadu_ps(from + COLUMN * step);                                                          \
            NORDLYS_USE(0, COLUMN) NORDLYS_USE(1, COLUMN) NORDLYS_USE(2, COLUMN) NORDLYS_USE(3, COLUMN)                          \
        }                                                                                                                        \
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
#define NORDLYS_FINISH(OUT)                                                                                                      \
    if constexpr (OUT < Width) {                                                                                                 \
        if (residual != nullptr)                                                                                                 \
            s##OUT = _mm256_add_ps(s##OUT, _mm256_loadu_ps(residual + OUT * step + channel));                                    \
        _mm256_storeu_ps(out + OUT * step + channel, _mm256_min_ps(high, _mm256_max_ps(low, s##OUT)));                           \
    }
        NORDLYS_FINISH(0)
        NORDLYS_FINISH(1)
        NORDLYS_FINISH(2)
        NORDLYS_FINISH(3)
#undef NORDLYS_FINISH
    }
}

template <int Kw, int Stride, int Width>
NORDLYS_AVX2 void pixelsAnywhere(const Row &row, const ConvGeometry &g, std::int64_t x)
{
    constexpr std::int64_t columns = (Width - 1) * Stride + Kw;
    const std::int64_t first = row.left + x * Stride;
    const std::int64_t begin = std::max<std::int64_t>(0, -first);
    const std::int64_t end = std::min(columns, g.w - first);
    if (begin == 0 && end == columns)
        pixels<Kw, Stride, Width, false>(row, x, begin, end);
    else
        pixels<Kw, Stride, Width, true>(row, x, begin, end);
}

template <int Kw, int Stride>
NORDLYS_AVX2 void wholeRow(const Row &row, const ConvGeometry &g)
{
    constexpr std::int64_t width = 4;
    std::int64_t x = 0;
    for (; x + width <= g.outW; x += width)
        pixelsAnywhere<Kw, Stride, width>(row, g, x);
    switch (g.outW - x) {
    case 1: pixelsAnywhere<Kw, Stride, 1>(row, g, x); break;
    case 2: pixelsAnywhere<Kw, Stride, 2>(row, g, x); break;
    case 3: pixelsAnywhere<Kw, Stride, 3>(row, g, x); break;
    default: break;
    }
    const std::int64_t vectorChannels = row.channels / lanes * lanes;
    for (x = 0; x < g.outW && vectorChannels < row.channels; ++x)
        anyPixel(row, g, x, vectorChannels);
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

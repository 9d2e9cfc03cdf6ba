// SPDX-License-Identifier: Apache-2.0
#include "gemm_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>

#define NORDLYS_AVX2 __attribute__((target("avx2,fma")))

// Twelve accumulators by name. As an array they would live on the stack: the compiler unrolls too late to split it.
#define NORDLYS_SLOTS(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11)

namespace nordlys::runtime::detail {

namespace {

constexpr int kernelRows = 6;
constexpr std::ptrdiff_t floatsPerVector = 8;

struct Tile {
    const float *a;
    std::ptrdiff_t lda;
    const float *b;
    std::ptrdiff_t panelStride; // floats from one panel to the next
    std::int64_t segments;
    std::int64_t segmentLength;
    std::ptrdiff_t segmentStep;
    const float *bias;
    float *c;
    std::ptrdiff_t ldc;
    const float *residual; // at the place of c, or null
    __m256 low;
    __m256 high;
    __m256i mask; // of the last vector of a row
};

alignas(32) constexpr std::int32_t maskSource[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

/// Rows x (8 * Vectors) outputs. Vectors: 1 is half a panel, 2 a panel, 4 and 8 are neighbouring panels (few rows need more
/// columns for enough independent chains). Masked: the last vector is stored by t.mask.
template <int Rows, int Vectors, bool Masked>
NORDLYS_AVX2 inline void tile(const Tile &t)
{
    static_assert(Rows * Vectors <= 12);
    const float *segment = t.a;
    const float *b = t.b;
    const std::ptrdiff_t lda = t.lda;
    const std::ptrdiff_t panelStride = t.panelStride;
#define NORDLYS_INIT(S)                                                                                                          \
    __m256 c##S = _mm256_setzero_ps();                                                                                           \
    if constexpr (S < Rows * Vectors)                                                                                            \
        c##S = _mm256_loadu_ps(t.bias + S % Vectors * floatsPerVector);
    NORDLYS_SLOTS(NORDLYS_INIT)
#undef NORDLYS_INIT
    for (std::int64_t left = t.segments; left > 0; --left, segment += t.segmentStep) {
        const float *a = segment;
        for (std::int64_t k = t.segmentLength; k > 0; --k) {
#define NORDLYS_STEP(S)                                                                                                          \
    if constexpr (S < Rows * Vectors)                                                                                            \
        c##S = _mm256_fmadd_ps(_mm256_broadcast_ss(a + S / Vectors * lda),                                                       \
                               _mm256_loadu_ps(b + S % Vectors / 2 * panelStride + S % 2 * (Vectors > 1 ? floatsPerVector : 0)), \
                               c##S);
            NORDLYS_SLOTS(NORDLYS_STEP)
#undef NORDLYS_STEP
            ++a;
            b += panelColumns;
        }
    }
    // Copies, because a store to C might change *t for all the compiler knows.
    float *const c = t.c;
    const std::ptrdiff_t ldc = t.ldc;
    const float *const residual = t.residual;
    const __m256 low = t.low;
    const __m256 high = t.high;
    [[maybe_unused]] const __m256i mask = t.mask;
    if (residual != nullptr) {
#define NORDLYS_ADD(S)                                                                                                           \
    if constexpr (S < Rows * Vectors) {                                                                                          \
        const float *from = residual + S / Vectors * ldc + S % Vectors * floatsPerVector;                                        \
        if constexpr (Masked && S % Vectors == Vectors - 1)                                                                      \
            c##S = _mm256_add_ps(c##S, _mm256_maskload_ps(from, mask));                                                          \
        else                                                                                                                     \
            c##S = _mm256_add_ps(c##S, _mm256_loadu_ps(from));                                                                   \
    }
        NORDLYS_SLOTS(NORDLYS_ADD)
#undef NORDLYS_ADD
    }
    // The second operand wins where one is NaN, so NaN passes.
#define NORDLYS_STORE(S)                                                                                                         \
    if constexpr (S < Rows * Vectors) {                                                                                          \
        c##S = _mm256_min_ps(high, _mm256_max_ps(low, c##S));                                                                    \
        float *to = c + S / Vectors * ldc + S % Vectors * floatsPerVector;                                                       \
        if constexpr (Masked && S % Vectors == Vectors - 1)                                                                      \
            _mm256_maskstore_ps(to, mask, c##S);                                                                                 \
        else                                                                                                                     \
            _mm256_storeu_ps(to, c##S);                                                                                          \
    }
    NORDLYS_SLOTS(NORDLYS_STORE)
#undef NORDLYS_STORE
}

/// Up to 6 rows of one panel, of which `columns` (1 to 16) are real.
template <int Rows>
NORDLYS_AVX2 void panelTile(Tile &t, std::int64_t columns)
{
    if (columns == panelColumns) {
        tile<Rows, 2, false>(t);
        return;
    }
    if (columns == floatsPerVector) { // a masked store of a whole vector is an order slower than a plain one
        tile<Rows, 1, false>(t);
        return;
    }
    const std::int64_t lastVector = columns > floatsPerVector ? columns - floatsPerVector : columns;
    t.mask = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(maskSource + 8 - lastVector));
    if (columns > floatsPerVector)
        tile<Rows, 2, true>(t);
    else
        tile<Rows, 1, true>(t);
}

NORDLYS_AVX2 void anyTile(Tile &t, std::int64_t rows, std::int64_t columns)
{
    switch (rows) {
    case 1: panelTile<1>(t, columns); break;
    case 2: panelTile<2>(t, columns); break;
    case 3: panelTile<3>(t, columns); break;
    case 4: panelTile<4>(t, columns); break;
    case 5: panelTile<5>(t, columns); break;
    default: panelTile<kernelRows>(t, columns); break;
    }
}

} // namespace

NORDLYS_AVX2 void gemmBlockAvx2(const GemmArgs &args, std::int64_t rowBegin, std::int64_t rowEnd, std::int64_t panelBegin,
                                std::int64_t panelEnd)
{
    Tile t{};
    t.lda = args.lda;
    t.panelStride = args.panelStride;
    t.segments = args.segments;
    t.segmentLength = args.segments == 0 ? 0 : args.k / args.segments;
    t.segmentStep = args.segmentStep;
    t.ldc = args.ldc;
    t.low = _mm256_set1_ps(args.epilogue.low());
    t.high = _mm256_set1_ps(args.epilogue.high());
    const auto place = [&](std::int64_t row, std::int64_t panel) {
        const std::int64_t column = panel * panelColumns;
        t.a = args.a + row * args.lda;
        t.b = args.panels + panel * t.panelStride;
        t.bias = args.bias + column;
        t.c = args.c + row * args.ldc + column;
        t.residual = args.epilogue.residual == nullptr ? nullptr : args.epilogue.residual + row * args.ldc + column;
    };
    const std::int64_t fullPanelEnd = std::min(panelEnd, args.n / panelColumns);
    const std::int64_t blockRows = gemmRowsPerBlock(args.k);
    for (std::int64_t blockBegin = rowBegin; blockBegin < rowEnd; blockBegin += blockRows) {
        const std::int64_t blockEnd = std::min(rowEnd, blockBegin + blockRows);
        const std::int64_t fullRowEnd = blockBegin + (blockEnd - blockBegin) / kernelRows * kernelRows;
        const std::int64_t tailRows = blockEnd - fullRowEnd;
        for (std::int64_t panel = panelBegin; panel < panelEnd; ++panel) {
            const std::int64_t columns = std::min(panelColumns, args.n - panel * panelColumns);
            for (std::int64_t row = blockBegin; row < fullRowEnd; row += kernelRows) {
                place(row, panel);
                panelTile<kernelRows>(t, columns);
            }
        }
        if (tailRows == 0)
            continue;
        // Few rows have too few chains in one panel to hide the latency of an FMA: take several panels at once.
        std::int64_t panel = panelBegin;
        const std::int64_t step = tailRows == 1 ? 4 : tailRows <= 3 ? 2 : 1;
        for (; step > 1 && panel + step <= fullPanelEnd; panel += step) {
            place(fullRowEnd, panel);
            if (tailRows == 1)
                tile<1, 8, false>(t);
            else if (tailRows == 2)
                tile<2, 4, false>(t);
            else
                tile<3, 4, false>(t);
        }
        for (; panel < panelEnd; ++panel) {
            place(fullRowEnd, panel);
            anyTile(t, tailRows, std::min(panelColumns, args.n - panel * panelColumns));
        }
    }
}

} // namespace nordlys::runtime::detail

#endif

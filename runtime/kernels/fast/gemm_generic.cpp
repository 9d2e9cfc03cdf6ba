// SPDX-License-Identifier: Apache-2.0
#include "gemm_kernels.h"

#include "vector4.h"

#include <algorithm>

namespace nordlys::runtime::detail {

namespace {

constexpr int tileRows = 4;
constexpr int tileColumns = 8; // 4 x 8 floats fit the sixteen 128-bit registers of SSE2 and NEON

// By name: as an array the sums would live on the stack.
#define NORDLYS_ROWS(F) F(0) F(1) F(2) F(3)

template <int Rows>
void tile(const GemmArgs &args, std::int64_t row, std::int64_t column, const float *b)
{
#define NORDLYS_INIT(R)                                                                                                          \
    Vector4 left##R = load4(args.bias + column);                                                                                 \
    Vector4 right##R = load4(args.bias + column + 4);
    NORDLYS_ROWS(NORDLYS_INIT)
#undef NORDLYS_INIT
    const float *segment = args.a + row * args.lda;
    const std::ptrdiff_t lda = args.lda;
    const std::int64_t length = args.segments == 0 ? 0 : args.k / args.segments;
    for (std::int64_t i = 0; i < args.segments; ++i, segment += args.segmentStep) {
        const float *a = segment;
        for (std::int64_t k = 0; k < length; ++k, ++a, b += panelColumns) {
            const Vector4 b0 = load4(b);
            const Vector4 b1 = load4(b + 4);
#define NORDLYS_STEP(R)                                                                                                          \
    if constexpr (R < Rows) {                                                                                                    \
        left##R += a[R * lda] * b0;                                                                                              \
        right##R += a[R * lda] * b1;                                                                                             \
    }
            NORDLYS_ROWS(NORDLYS_STEP)
#undef NORDLYS_STEP
        }
    }
    float sum[tileRows][tileColumns];
#define NORDLYS_STORE(R)                                                                                                         \
    store4(sum[R], left##R);                                                                                                     \
    store4(sum[R] + 4, right##R);
    NORDLYS_ROWS(NORDLYS_STORE)
#undef NORDLYS_STORE
    const int columns = static_cast<int>(std::min<std::int64_t>(tileColumns, args.n - column));
    const float low = args.epilogue.low();
    const float high = args.epilogue.high();
    for (int r = 0; r < Rows; ++r) {
        const std::ptrdiff_t at = (row + r) * args.ldc + column;
        for (int j = 0; j < columns; ++j) {
            float value = sum[r][j];
            if (args.epilogue.residual != nullptr)
                value += args.epilogue.residual[at + j];
            args.c[at + j] = clampKeepNan(value, low, high);
        }
    }
}

} // namespace

void gemmBlockGeneric(const GemmArgs &args, std::int64_t rowBegin, std::int64_t rowEnd, std::int64_t panelBegin,
                      std::int64_t panelEnd)
{
    for (std::int64_t panel = panelBegin; panel < panelEnd; ++panel) {
        const float *b = args.panels + panel * args.panelStride;
        const std::int64_t columnEnd = std::min(args.n, (panel + 1) * panelColumns);
        for (std::int64_t row = rowBegin; row < rowEnd; row += tileRows) {
            for (std::int64_t column = panel * panelColumns; column < columnEnd; column += tileColumns) {
                const float *half = b + (column - panel * panelColumns);
                switch (rowEnd - row) {
                case 1: tile<1>(args, row, column, half); break;
                case 2: tile<2>(args, row, column, half); break;
                case 3: tile<3>(args, row, column, half); break;
                default: tile<tileRows>(args, row, column, half); break;
                }
            }
        }
    }
}

} // namespace nordlys::runtime::detail

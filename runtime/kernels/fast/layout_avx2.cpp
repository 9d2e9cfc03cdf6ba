// SPDX-License-Identifier: Apache-2.0
#include "layout.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define NORDLYS_AVX2 __attribute__((target("avx2,fma")))

namespace nordlys::runtime::detail {

namespace {

constexpr std::int64_t lanes = 8;

NORDLYS_AVX2 inline void transpose8x8(const float *in, std::int64_t inStride, float *out, std::int64_t outStride)
{
    const __m256 r0 = _mm256_loadu_ps(in);
    const __m256 r1 = _mm256_loadu_ps(in + inStride);
    const __m256 r2 = _mm256_loadu_ps(in + 2 * inStride);
    const __m256 r3 = _mm256_loadu_ps(in + 3 * inStride);
    const __m256 r4 = _mm256_loadu_ps(in + 4 * inStride);
    const __m256 r5 = _mm256_loadu_ps(in + 5 * inStride);
    const __m256 r6 = _mm256_loadu_ps(in + 6 * inStride);
    const __m256 r7 = _mm256_loadu_ps(in + 7 * inStride);
    // Pairs of rows, then groups of four, each within 128-bit halves; last the halves.
    const __m256 a0 = _mm256_unpacklo_ps(r0, r1);
    const __m256 a1 = _mm256_unpackhi_ps(r0, r1);
    const __m256 a2 = _mm256_unpacklo_ps(r2, r3);
    const __m256 a3 = _mm256_unpackhi_ps(r2, r3);
    const __m256 a4 = _mm256_unpacklo_ps(r4, r5);
    const __m256 a5 = _mm256_unpackhi_ps(r4, r5);
    const __m256 a6 = _mm256_unpacklo_ps(r6, r7);
    const __m256 a7 = _mm256_unpackhi_ps(r6, r7);
    const __m256 b0 = _mm256_shuffle_ps(a0, a2, 0x44);
    const __m256 b1 = _mm256_shuffle_ps(a0, a2, 0xee);
    const __m256 b2 = _mm256_shuffle_ps(a1, a3, 0x44);
    const __m256 b3 = _mm256_shuffle_ps(a1, a3, 0xee);
    const __m256 b4 = _mm256_shuffle_ps(a4, a6, 0x44);
    const __m256 b5 = _mm256_shuffle_ps(a4, a6, 0xee);
    const __m256 b6 = _mm256_shuffle_ps(a5, a7, 0x44);
    const __m256 b7 = _mm256_shuffle_ps(a5, a7, 0xee);
    _mm256_storeu_ps(out, _mm256_permute2f128_ps(b0, b4, 0x20));
    _mm256_storeu_ps(out + outStride, _mm256_permute2f128_ps(b1, b5, 0x20));
    _mm256_storeu_ps(out + 2 * outStride, _mm256_permute2f128_ps(b2, b6, 0x20));
    _mm256_storeu_ps(out + 3 * outStride, _mm256_permute2f128_ps(b3, b7, 0x20));
    _mm256_storeu_ps(out + 4 * outStride, _mm256_permute2f128_ps(b0, b4, 0x31));
    _mm256_storeu_ps(out + 5 * outStride, _mm256_permute2f128_ps(b1, b5, 0x31));
    _mm256_storeu_ps(out + 6 * outStride, _mm256_permute2f128_ps(b2, b6, 0x31));
    _mm256_storeu_ps(out + 7 * outStride, _mm256_permute2f128_ps(b3, b7, 0x31));
}

/// Three planes into pixels (an RGB image), four pixels at a time. Every store is four floats wide: the fourth belongs to
/// the next pixel, which is written next, so the last pixel is left to the plain loop.
NORDLYS_AVX2 std::int64_t interleaveThree(const float *in, std::int64_t inStride, float *out, std::int64_t columns)
{
    std::int64_t j = 0;
    for (; j + 4 < columns; j += 4) {
        __m128 r0 = _mm_loadu_ps(in + j);
        __m128 r1 = _mm_loadu_ps(in + inStride + j);
        __m128 r2 = _mm_loadu_ps(in + 2 * inStride + j);
        __m128 r3 = _mm_setzero_ps();
        _MM_TRANSPOSE4_PS(r0, r1, r2, r3);
        _mm_storeu_ps(out + j * 3, r0);
        _mm_storeu_ps(out + j * 3 + 3, r1);
        _mm_storeu_ps(out + j * 3 + 6, r2);
        _mm_storeu_ps(out + j * 3 + 9, r3);
    }
    return j;
}

} // namespace

NORDLYS_AVX2 void transposeBlockAvx2(const float *in, std::int64_t inStride, float *out, std::int64_t outStride,
                                     std::int64_t rows, std::int64_t columns)
{
    if (rows == 3 && outStride == 3) {
        const std::int64_t done = interleaveThree(in, inStride, out, columns);
        transposeBlockGeneric(in + done, inStride, out + done * outStride, outStride, rows, columns - done);
        return;
    }
    const std::int64_t fullRows = rows / lanes * lanes;
    const std::int64_t fullColumns = columns / lanes * lanes;
    for (std::int64_t j = 0; j < fullColumns; j += lanes) {
        for (std::int64_t i = 0; i < fullRows; i += lanes)
            transpose8x8(in + i * inStride + j, inStride, out + j * outStride + i, outStride);
    }
    if (fullRows < rows)
        transposeBlockGeneric(in + fullRows * inStride, inStride, out + fullRows, outStride, rows - fullRows, fullColumns);
    if (fullColumns < columns)
        transposeBlockGeneric(in + fullColumns, inStride, out + fullColumns * outStride, outStride, rows, columns - fullColumns);
}

} // namespace nordlys::runtime::detail

#endif

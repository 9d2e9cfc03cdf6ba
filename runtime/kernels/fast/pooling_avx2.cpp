// SPDX-License-Identifier: Apache-2.0
#include "pooling.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <limits>

#define NORDLYS_AVX2 __attribute__((target("avx2,fma")))

namespace nordlys::runtime::detail {

namespace {

constexpr std::int64_t lanes = 8;

template <PoolKind Kind>
NORDLYS_AVX2 void pool(const PoolWindow &window)
{
    const __m256 start = _mm256_set1_ps(Kind == PoolKind::Max ? -std::numeric_limits<float>::infinity() : 0.0F);
    const __m256 factor = _mm256_set1_ps(window.factor);
    std::int64_t channel = 0;
    for (; channel + lanes <= window.channels; channel += lanes) {
        __m256 result = start;
        for (std::int64_t row = 0; row < window.rows; ++row) {
            const float *from = window.first + row * window.rowStep + channel;
            for (std::int64_t column = 0; column < window.columns; ++column, from += window.columnStep) {
                if constexpr (Kind == PoolKind::Max)
                    result = _mm256_max_ps(_mm256_loadu_ps(from), result); // keeps `result` where the tap is NaN
                else
                    result = _mm256_add_ps(result, _mm256_loadu_ps(from));
            }
        }
        if constexpr (Kind == PoolKind::Average)
            result = _mm256_mul_ps(result, factor);
        _mm256_storeu_ps(window.out + channel, result);
    }
    if (channel < window.channels) {
        PoolWindow rest = window;
        rest.first += rest.rows > 0 ? channel : 0;
        rest.out += channel;
        rest.channels -= channel;
        poolWindowGeneric(Kind, rest);
    }
}

} // namespace

void poolWindowAvx2(PoolKind kind, const PoolWindow &window)
{
    if (kind == PoolKind::Max)
        pool<PoolKind::Max>(window);
    else
        pool<PoolKind::Average>(window);
}

} // namespace nordlys::runtime::detail

#endif

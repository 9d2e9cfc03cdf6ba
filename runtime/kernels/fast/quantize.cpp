// SPDX-License-Identifier: Apache-2.0
#include "quantize.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <cmath>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace nordlys::runtime {

namespace {

constexpr std::int64_t blockValues = 4096;

void quantRun(const detail::QuantRun &run, KernelPath path)
{
#if defined(__x86_64__)
    if (path == KernelPath::Avx2) {
        detail::quantRunAvx2(run);
        return;
    }
#else
    (void)path;
#endif
    detail::quantRunGeneric(run);
}

} // namespace

void quantizeDequantize(const QuantGrid &grid, const float *in, float *out, std::int64_t count, KernelPath path, ThreadPool &pool)
{
    if (count <= 0)
        return;
    const KernelPath real = resolvePath(path);
    const std::int64_t blocks = (count + blockValues - 1) / blockValues;
    pool.parallelFor(static_cast<std::size_t>(blocks), 2, [&](std::size_t begin, std::size_t end, int) {
        const std::int64_t from = static_cast<std::int64_t>(begin) * blockValues;
        const std::int64_t until = std::min(count, static_cast<std::int64_t>(end) * blockValues);
        quantRun({&grid.scale, &grid.zeroPoint, 0, static_cast<float>(grid.qmin), static_cast<float>(grid.qmax), in + from,
                  out + from, until - from},
                 real);
    });
}

void quantizeDequantizePerChannel(const QuantGrid &grid, const float *scales, const std::int32_t *zeroPoints, const float *in,
                                  float *out, std::int64_t outer, std::int64_t channels, std::int64_t inner, KernelPath path,
                                  ThreadPool &pool)
{
    if (outer <= 0 || channels <= 0 || inner <= 0)
        return;
    const KernelPath real = resolvePath(path);
    const float qmin = static_cast<float>(grid.qmin);
    const float qmax = static_cast<float>(grid.qmax);
    const std::int64_t rows = inner == 1 ? outer : outer * channels;
    const std::int64_t length = inner == 1 ? channels : inner;
    const std::size_t grain = static_cast<std::size_t>(std::max<std::int64_t>(1, 2 * blockValues / length));
    pool.parallelFor(static_cast<std::size_t>(rows), grain, [&](std::size_t begin, std::size_t end, int) {
        for (std::int64_t row = static_cast<std::int64_t>(begin); row < static_cast<std::int64_t>(end); ++row) {
            const std::int64_t channel = inner == 1 ? 0 : row % channels;
            quantRun({scales + channel, zeroPoints + channel, inner == 1 ? 1 : 0, qmin, qmax, in + row * length,
                      out + row * length, length},
                     real);
        }
    });
}

std::string_view quantizeKernelName(KernelPath path)
{
    return resolvePath(path) == KernelPath::Avx2 ? "quantize_dequantize_f32_avx2" : "quantize_dequantize_f32_generic";
}

namespace detail {

void quantRunGeneric(const QuantRun &run)
{
    for (std::int64_t i = 0; i < run.count; ++i) {
        const float scale = run.scales[i * run.step];
        const float zeroPoint = static_cast<float>(run.zeroPoints[i * run.step]);
        float q = std::nearbyint(run.in[i] / scale) + zeroPoint;
        q = q > run.qmin ? q : run.qmin; // NaN compares false
        q = q < run.qmax ? q : run.qmax;
        run.out[i] = (q - zeroPoint) * scale;
    }
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) void quantRunAvx2(const QuantRun &run)
{
    constexpr std::int64_t lanes = 8;
    const __m256 qmin = _mm256_set1_ps(run.qmin);
    const __m256 qmax = _mm256_set1_ps(run.qmax);
    __m256 scale = _mm256_set1_ps(run.scales[0]);
    __m256 zeroPoint = _mm256_set1_ps(static_cast<float>(run.zeroPoints[0]));
    std::int64_t i = 0;
    for (; i + lanes <= run.count; i += lanes) {
        if (run.step != 0) {
            scale = _mm256_loadu_ps(run.scales + i);
            zeroPoint = _mm256_cvtepi32_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(run.zeroPoints + i)));
        }
        // Division, not a product with the reciprocal: ties must fall as the definition has them.
        __m256 q =
            _mm256_round_ps(_mm256_div_ps(_mm256_loadu_ps(run.in + i), scale), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        q = _mm256_max_ps(_mm256_add_ps(q, zeroPoint), qmin); // the second operand wins where the first is NaN
        q = _mm256_min_ps(q, qmax);
        _mm256_storeu_ps(run.out + i, _mm256_mul_ps(_mm256_sub_ps(q, zeroPoint), scale));
    }
    if (i < run.count)
        quantRunGeneric({run.scales + i * run.step, run.zeroPoints + i * run.step, run.step, run.qmin, run.qmax, run.in + i,
                         run.out + i, run.count - i});
}

#endif

} // namespace detail

} // namespace nordlys::runtime

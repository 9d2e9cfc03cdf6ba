// SPDX-License-Identifier: Apache-2.0
#include "elementwise.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>

#define NORDLYS_AVX2 __attribute__((target("avx2,fma")))

namespace nordlys::runtime::detail {

namespace {

constexpr std::int64_t lanes = 8;

template <BinaryOp Op>
NORDLYS_AVX2 inline __m256 apply(__m256 a, __m256 b)
{
    if constexpr (Op == BinaryOp::Add)
        return _mm256_add_ps(a, b);
    else if constexpr (Op == BinaryOp::Sub)
        return _mm256_sub_ps(a, b);
    else if constexpr (Op == BinaryOp::Mul)
        return _mm256_mul_ps(a, b);
    else
        return _mm256_div_ps(a, b);
}

// max and min return their second operand where one is NaN: NaN passes.
NORDLYS_AVX2 inline __m256 clampVector(__m256 value, __m256 low, __m256 high)
{
    return _mm256_min_ps(high, _mm256_max_ps(low, value));
}

NORDLYS_AVX2 inline __m256 operandAt(const float *from, std::int64_t step, std::int64_t i)
{
    return step == 0 ? _mm256_broadcast_ss(from) : _mm256_loadu_ps(from + i);
}

template <BinaryOp Op>
NORDLYS_AVX2 void binaryLoop(const BinaryRun &run)
{
    const __m256 low = _mm256_set1_ps(run.low);
    const __m256 high = _mm256_set1_ps(run.high);
    std::int64_t i = 0;
    for (; i + lanes <= run.count; i += lanes) {
        const __m256 value = apply<Op>(operandAt(run.a, run.stepA, i), operandAt(run.b, run.stepB, i));
        _mm256_storeu_ps(run.out + i, clampVector(value, low, high));
    }
    if (i < run.count) {
        BinaryRun rest = run;
        rest.a += i * run.stepA;
        rest.b += i * run.stepB;
        rest.out += i;
        rest.count -= i;
        binaryRunGeneric(Op, rest); // one operation per element: the same result in both forms
    }
}

/// exp(x) for any x; below -87 and above 88 the value at that bound. x = n ln 2 + r with |r| <= ln(2) / 2, exp(r) by its
/// Taylor series of degree 7 (remainder below 6e-9), ln 2 in two parts so that r keeps all its bits.
NORDLYS_AVX2 inline __m256 expVector(__m256 x)
{
    x = clampVector(x, _mm256_set1_ps(-87.0F), _mm256_set1_ps(88.0F));
    const __m256 n =
        _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504F)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375F), x);
    r = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4F), r);
    __m256 sum = _mm256_set1_ps(1.0F / 5040.0F);
    sum = _mm256_fmadd_ps(sum, r, _mm256_set1_ps(1.0F / 720.0F));
    sum = _mm256_fmadd_ps(sum, r, _mm256_set1_ps(1.0F / 120.0F));
    sum = _mm256_fmadd_ps(sum, r, _mm256_set1_ps(1.0F / 24.0F));
    sum = _mm256_fmadd_ps(sum, r, _mm256_set1_ps(1.0F / 6.0F));
    sum = _mm256_fmadd_ps(sum, r, _mm256_set1_ps(0.5F));
    sum = _mm256_fmadd_ps(sum, r, _mm256_set1_ps(1.0F));
    sum = _mm256_fmadd_ps(sum, r, _mm256_set1_ps(1.0F));
    const __m256i exponent = _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_mul_ps(sum, _mm256_castsi256_ps(exponent));
}

template <UnaryOp Op>
NORDLYS_AVX2 inline __m256 apply(__m256 x, __m256 alpha, __m256 beta)
{
    const __m256 zero = _mm256_setzero_ps();
    const __m256 one = _mm256_set1_ps(1.0F);
    if constexpr (Op == UnaryOp::Relu)
        return _mm256_max_ps(zero, x);
    else if constexpr (Op == UnaryOp::Clip)
        return clampVector(x, alpha, beta);
    else if constexpr (Op == UnaryOp::LeakyRelu)
        return _mm256_blendv_ps(x, _mm256_mul_ps(x, alpha), _mm256_cmp_ps(x, zero, _CMP_LT_OQ));
    else if constexpr (Op == UnaryOp::Sigmoid)
        return _mm256_div_ps(one, _mm256_add_ps(one, expVector(_mm256_sub_ps(zero, x))));
    else if constexpr (Op == UnaryOp::Silu)
        // Below -88 expVector ends at its largest value while x goes on; the true quotient is zero (NaN for -infinity).
        return _mm256_blendv_ps(_mm256_div_ps(x, _mm256_add_ps(one, expVector(_mm256_sub_ps(zero, x)))), _mm256_mul_ps(x, zero),
                                _mm256_cmp_ps(x, _mm256_set1_ps(-88), _CMP_LT_OQ));
    else if constexpr (Op == UnaryOp::HardSigmoid)
        return clampVector(_mm256_fmadd_ps(x, alpha, beta), zero, one);
    else
        return _mm256_mul_ps(x, clampVector(_mm256_fmadd_ps(x, _mm256_set1_ps(1.0F / 6.0F), _mm256_set1_ps(0.5F)), zero, one));
}

template <UnaryOp Op>
NORDLYS_AVX2 void unaryLoop(UnaryParams params, const float *in, float *out, std::int64_t count)
{
    const __m256 alpha = _mm256_set1_ps(params.alpha);
    const __m256 beta = _mm256_set1_ps(params.beta);
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        _mm256_storeu_ps(out + i, apply<Op>(_mm256_loadu_ps(in + i), alpha, beta));
    if (i < count) {
        // Through a padded copy, so that the tail is computed by the same instructions.
        float rest[lanes] = {};
        std::copy_n(in + i, count - i, rest);
        _mm256_storeu_ps(rest, apply<Op>(_mm256_loadu_ps(rest), alpha, beta));
        std::copy_n(rest, count - i, out + i);
    }
}

} // namespace

void binaryRunAvx2(BinaryOp op, const BinaryRun &run)
{
    switch (op) {
    case BinaryOp::Add: binaryLoop<BinaryOp::Add>(run); break;
    case BinaryOp::Sub: binaryLoop<BinaryOp::Sub>(run); break;
    case BinaryOp::Mul: binaryLoop<BinaryOp::Mul>(run); break;
    case BinaryOp::Div: binaryLoop<BinaryOp::Div>(run); break;
    }
}

void unaryRunAvx2(UnaryOp op, UnaryParams params, const float *in, float *out, std::int64_t count)
{
    switch (op) {
    case UnaryOp::Relu: unaryLoop<UnaryOp::Relu>(params, in, out, count); break;
    case UnaryOp::Clip: unaryLoop<UnaryOp::Clip>(params, in, out, count); break;
    case UnaryOp::LeakyRelu: unaryLoop<UnaryOp::LeakyRelu>(params, in, out, count); break;
    case UnaryOp::Sigmoid: unaryLoop<UnaryOp::Sigmoid>(params, in, out, count); break;
    case UnaryOp::Silu: unaryLoop<UnaryOp::Silu>(params, in, out, count); break;
    case UnaryOp::Tanh: unaryRunGeneric(op, params, in, out, count); break;
    case UnaryOp::HardSigmoid: unaryLoop<UnaryOp::HardSigmoid>(params, in, out, count); break;
    case UnaryOp::HardSwish: unaryLoop<UnaryOp::HardSwish>(params, in, out, count); break;
    }
}

} // namespace nordlys::runtime::detail

#endif

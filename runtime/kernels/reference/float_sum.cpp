// SPDX-License-Identifier: Apache-2.0
#include "float_sum.h"

#include <runtime/kernels/fast/kernel_path.h>

#include <array>

namespace nordlys::runtime::reference {

SumBlocks::SumBlocks(std::int64_t rows, std::int64_t products, std::int64_t columns) : m_left(products)
{
    if (rows == 1)
        return;
    // Panels of 128 products by 128 columns; where one side is short, the other grows.
    std::int64_t panelColumns = 128;
    m_block = 128;
    if (columns >= products) {
        while (m_block / 2 >= products && m_block > 1)
            m_block /= 2;
        return;
    }
    while (panelColumns > 16 && panelColumns / 2 >= columns) {
        panelColumns /= 2;
        m_block *= 2;
    }
}

bool SumBlocks::ends()
{
    if (m_inBlock == 0)
        m_open = fused() ? std::min(m_block, m_left) : m_left >= 4 ? 4 : m_left >= 2 ? 2 : 1;
    --m_left;
    if (++m_inBlock < m_open)
        return false;
    m_inBlock = 0;
    return true;
}

namespace {

/// Without the instruction the library computes the same bits, slowly.
void addFused(const float *from, std::int64_t stride, float weight, float *to, std::int64_t count)
{
    for (std::int64_t i = 0; i < count; ++i)
        to[i] = std::fma(from[i * stride], weight, to[i]);
}

float dotFused(const float *a, std::int64_t strideA, const float *b, std::int64_t strideB, std::int64_t count)
{
    float sum = 0;
    for (std::int64_t i = 0; i < count; ++i)
        sum = std::fma(a[i * strideA], b[i * strideB], sum);
    return sum;
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) void addFusedAvx2(const float *from, std::int64_t stride, float weight, float *to, std::int64_t count)
{
    if (stride == 1) { // the compiler's vectors need to know
        for (std::int64_t i = 0; i < count; ++i)
            to[i] = std::fma(from[i], weight, to[i]);
        return;
    }
    for (std::int64_t i = 0; i < count; ++i)
        to[i] = std::fma(from[i * stride], weight, to[i]);
}

__attribute__((target("avx2,fma"))) float dotFusedAvx2(const float *a, std::int64_t strideA, const float *b, std::int64_t strideB, std::int64_t count)
{
    float sum = 0;
    for (std::int64_t i = 0; i < count; ++i)
        sum = std::fma(a[i * strideA], b[i * strideB], sum);
    return sum;
}
#endif

} // namespace

void addProducts(bool fused, const float *from, std::int64_t stride, float weight, float *to, std::int64_t count)
{
    if (!fused) {
        for (std::int64_t i = 0; i < count; ++i)
            to[i] += from[i * stride] * weight;
        return;
    }
#if defined(__x86_64__)
    static const bool hasInstruction = avx2Available();
    if (hasInstruction) {
        addFusedAvx2(from, stride, weight, to, count);
        return;
    }
#endif
    addFused(from, stride, weight, to, count);
}

float dotProduct(const float *a, std::int64_t strideA, const float *b, std::int64_t strideB, std::int64_t count)
{
#if defined(__x86_64__)
    static const bool hasInstruction = avx2Available();
    if (hasInstruction)
        return dotFusedAvx2(a, strideA, b, strideB, count);
#endif
    return dotFused(a, strideA, b, strideB, count);
}

float meanOf(const float *values, std::int64_t count)
{
    std::array<float, 4> sums{};
    std::int64_t i = 0;
    for (; i + 4 <= count; i += 4) {
        for (std::size_t lane = 0; lane < 4; ++lane)
            sums[lane] += values[i + static_cast<std::int64_t>(lane)];
    }
    float sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
    for (; i < count; ++i)
        sum += values[i];
    return sum / static_cast<float>(count);
}

} // namespace nordlys::runtime::reference

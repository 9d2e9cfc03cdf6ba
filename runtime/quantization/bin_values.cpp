// SPDX-License-Identifier: Apache-2.0
#include "bin_values.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace nordlys::runtime {

namespace {

constexpr std::size_t tables = 4;
constexpr std::size_t blockValues = 4096; // 16 KiB: two looks at a block come from the first cache
constexpr float infinity = std::numeric_limits<float>::infinity();

FloatRange rangeGeneric(const float *data, std::size_t count)
{
    constexpr std::size_t lanes = 8;
    std::array<float, lanes> low, high, products;
    low.fill(infinity);
    high.fill(-infinity);
    products.fill(0);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (std::size_t l = 0; l < lanes; ++l) {
            const float x = data[i + l];
            low[l] = x < low[l] ? x : low[l];
            high[l] = x > high[l] ? x : high[l];
            products[l] += x * 0.0F; // NaN from the first value on that is not finite
        }
    }
    for (; i < count; ++i) {
        low[0] = data[i] < low[0] ? data[i] : low[0];
        high[0] = data[i] > high[0] ? data[i] : high[0];
        products[0] += data[i] * 0.0F;
    }
    FloatRange range{infinity, -infinity, true};
    for (std::size_t l = 0; l < lanes; ++l) {
        range.min = std::min(range.min, low[l]);
        range.max = std::max(range.max, high[l]);
        range.isFinite = range.isFinite && products[l] == 0;
    }
    return range;
}

void countGeneric(const float *data, std::size_t count, const BinRule &rule, std::uint32_t *counts)
{
    const std::size_t stride = static_cast<std::size_t>(rule.bins) + 2;
    const float low = static_cast<float>(rule.first - 1), high = static_cast<float>(rule.first + rule.bins);
    for (std::size_t i = 0; i < count; ++i) {
        float bin = std::floor((data[i] - rule.origin) * rule.inverseWidth);
        bin = bin > low ? bin : low; // NaN compares false
        bin = bin < high ? bin : high;
        ++counts[i % tables * stride + static_cast<std::size_t>(static_cast<int>(bin) - rule.first + 1)];
    }
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) FloatRange rangeAvx2(const float *data, std::size_t count)
{
    constexpr std::size_t lanes = 8, vectors = 4;
    __m256 low[vectors], high[vectors], product[vectors];
    for (std::size_t v = 0; v < vectors; ++v) {
        low[v] = _mm256_set1_ps(infinity);
        high[v] = _mm256_set1_ps(-infinity);
        product[v] = _mm256_setzero_ps();
    }
    const __m256 zero = _mm256_setzero_ps();
    std::size_t i = 0;
    for (; i + lanes * vectors <= count; i += lanes * vectors) {
        for (std::size_t v = 0; v < vectors; ++v) {
            const __m256 x = _mm256_loadu_ps(data + i + v * lanes);
            low[v] = _mm256_min_ps(x, low[v]);
            high[v] = _mm256_max_ps(x, high[v]);
            product[v] = _mm256_add_ps(product[v], _mm256_mul_ps(x, zero));
        }
    }
    FloatRange range = rangeGeneric(data + i, count - i);
    alignas(32) float lows[lanes], highs[lanes], products[lanes];
    for (std::size_t v = 0; v < vectors; ++v) {
        _mm256_store_ps(lows, low[v]);
        _mm256_store_ps(highs, high[v]);
        _mm256_store_ps(products, product[v]);
        for (std::size_t l = 0; l < lanes; ++l) {
            range.min = std::min(range.min, lows[l]);
            range.max = std::max(range.max, highs[l]);
            range.isFinite = range.isFinite && products[l] == 0;
        }
    }
    return range;
}

__attribute__((target("avx2"))) void countAvx2(const float *data, std::size_t count, const BinRule &rule, std::uint32_t *counts)
{
    constexpr std::size_t lanes = 8;
    const std::size_t stride = static_cast<std::size_t>(rule.bins) + 2;
    // The tables begin so that bin `first - 1` is their first entry.
    std::uint32_t *const first = counts, *const second = counts + stride, *const third = counts + 2 * stride, *const fourth = counts + 3 * stride;
    const __m256 origin = _mm256_set1_ps(rule.origin), inverse = _mm256_set1_ps(rule.inverseWidth);
    const __m256 low = _mm256_set1_ps(static_cast<float>(rule.first - 1)), high = _mm256_set1_ps(static_cast<float>(rule.first + rule.bins));
    const __m256i base = _mm256_set1_epi32(rule.first - 1);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        __m256 bin = _mm256_floor_ps(_mm256_mul_ps(_mm256_sub_ps(_mm256_loadu_ps(data + i), origin), inverse));
        bin = _mm256_max_ps(bin, low); // the second operand wins where the first is NaN
        bin = _mm256_min_ps(bin, high);
        const __m256i index = _mm256_sub_epi32(_mm256_cvttps_epi32(bin), base);
        alignas(32) std::uint32_t at[lanes];
        _mm256_store_si256(reinterpret_cast<__m256i *>(at), index);
        ++first[at[0]];
        ++second[at[1]];
        ++third[at[2]];
        ++fourth[at[3]];
        ++first[at[4]];
        ++second[at[5]];
        ++third[at[6]];
        ++fourth[at[7]];
    }
    countGeneric(data + i, count - i, rule, counts);
}

#endif

void merge(FloatRange &into, const FloatRange &other)
{
    into.min = std::min(into.min, other.min);
    into.max = std::max(into.max, other.max);
    into.isFinite = into.isFinite && other.isFinite;
}

} // namespace

FloatRange rangeOf(const float *data, std::size_t count, KernelPath path)
{
#if defined(__x86_64__)
    if (resolvePath(path) == KernelPath::Avx2)
        return rangeAvx2(data, count);
#else
    (void)path;
#endif
    return rangeGeneric(data, count);
}

void BinCounter::count(const float *data, std::size_t values, const BinRule &rule, KernelPath path)
{
    // A table's entries are 32 bits: whoever counts more than 2^32 values drains in between (addValues does).
    m_tables.resize(std::max(m_tables.size(), tables * (static_cast<std::size_t>(rule.bins) + 2)));
#if defined(__x86_64__)
    if (resolvePath(path) == KernelPath::Avx2)
        return countAvx2(data, values, rule, m_tables.data());
#else
    (void)path;
#endif
    countGeneric(data, values, rule, m_tables.data());
}

void BinCounter::drain(const BinRule &rule, std::span<std::uint64_t> counts)
{
    const std::size_t bins = static_cast<std::size_t>(rule.bins), stride = bins + 2;
    if (m_tables.size() < tables * stride)
        return;
    for (std::size_t i = 0; i < std::min(bins, counts.size()); ++i) {
        for (std::size_t t = 0; t < tables; ++t)
            counts[i] += m_tables[t * stride + i + 1];
    }
    std::fill(m_tables.begin(), m_tables.begin() + static_cast<std::ptrdiff_t>(tables * stride), 0);
}

FloatRange addValues(core::GrowingHistogram &histogram, const float *data, std::size_t count, BinCounter &counter)
{
    FloatRange range{infinity, -infinity, true};
    BinRule rule;
    std::size_t undrained = 0;
    const auto drain = [&] {
        if (undrained > 0)
            counter.drain(rule, histogram.counts());
        undrained = 0;
    };
    for (std::size_t i = 0; i < count; i += blockValues) {
        const std::size_t values = std::min(blockValues, count - i);
        const FloatRange block = rangeOf(data + i, values);
        merge(range, block);
        if (!range.isFinite)
            break;
        if (undrained == 0 || !histogram.covers(block.min, block.max) || undrained >= (std::size_t(1) << 31)) {
            drain();
            if (!histogram.covers(block.min, block.max))
                histogram.cover(block.min, block.max);
            rule = {0.0F, std::ldexp(1.0F, -histogram.exponent()), static_cast<int>(histogram.first()), static_cast<int>(histogram.counts().size())};
        }
        counter.count(data + i, values, rule);
        undrained += values;
    }
    drain();
    return range;
}

FloatRange addValues(const core::FirstBatchHistogram &bins, std::span<std::uint64_t> counts, const float *data, std::size_t count, BinCounter &counter)
{
    FloatRange range{infinity, -infinity, true};
    const BinRule rule{static_cast<float>(bins.start()), static_cast<float>(1 / bins.width()), 0, static_cast<int>(core::FirstBatchHistogram::binCount)};
    for (std::size_t i = 0; i < count; i += blockValues) {
        const std::size_t values = std::min(blockValues, count - i);
        merge(range, rangeOf(data + i, values));
        if (!range.isFinite)
            break;
        counter.count(data + i, values, rule);
        if (i / blockValues % (std::size_t(1) << 18) == 0 && i > 0)
            counter.drain(rule, counts);
    }
    counter.drain(rule, counts);
    return range;
}

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#include "error_sums.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace nordlys::runtime {

namespace {

constexpr std::size_t blockValues = 8192;
/// Sums that are kept side by side in a block: value i goes to sum i % lanes.
constexpr std::size_t lanes = 4;

double folded(const double (&sums)[lanes])
{
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

ErrorSums blockDifference(const float *exact, const float *quantized, std::size_t count)
{
    double signal[lanes]{}, noise[lanes]{}, power[lanes]{}, product[lanes]{}, largest[lanes]{};
    const auto add = [&](std::size_t i, std::size_t lane) {
        const auto x = static_cast<double>(exact[i]), q = static_cast<double>(quantized[i]), d = x - q, a = std::abs(d);
        signal[lane] += x * x;
        noise[lane] += d * d;
        power[lane] += q * q;
        product[lane] += x * q;
        largest[lane] = a > largest[lane] ? a : largest[lane];
    };
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane)
            add(i + lane, lane);
    }
    for (; i < count; ++i)
        add(i, i % lanes);
    return {folded(signal), folded(noise), folded(power), folded(product), *std::max_element(largest, largest + lanes), count};
}

LocalSums blockLocal(const float *exact, const float *rounded, std::size_t count, double low, double high)
{
    double noise[lanes]{};
    std::uint64_t clipped = 0;
    const auto add = [&](std::size_t i, std::size_t lane) {
        const auto x = static_cast<double>(exact[i]), d = x - static_cast<double>(rounded[i]);
        noise[lane] += d * d;
        clipped += static_cast<std::uint64_t>(x < low) + static_cast<std::uint64_t>(x > high);
    };
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        for (std::size_t lane = 0; lane < lanes; ++lane)
            add(i + lane, lane);
    }
    for (; i < count; ++i)
        add(i, i % lanes);
    return {folded(noise), clipped};
}

void markCodes(const float *rounded, std::size_t count, const core::Grid &grid, int bitwidth, CodeSet &codes)
{
    // The values stand on the grid but for the rounding of float32: far nearer to their code than half a step.
    const double inverse = 1 / grid.scale, zero = static_cast<double>(grid.zeroPoint), last = std::ldexp(1.0, bitwidth) - 1;
    for (std::size_t i = 0; i < count; ++i) {
        const double code = std::nearbyint(static_cast<double>(rounded[i]) * inverse) + zero;
        if (code >= 0 && code <= last)
            codes.mark(static_cast<std::size_t>(code));
    }
}

/// Sums per block, made on all threads.
template <typename Sums, typename Function>
Sums blocksAdded(std::size_t count, ThreadPool &pool, Function &&function)
{
    std::vector<Sums> blocks((count + blockValues - 1) / blockValues);
    pool.parallelFor(blocks.size(), 1, [&](std::size_t begin, std::size_t end, int) {
        for (std::size_t b = begin; b < end; ++b)
            blocks[b] = function(b * blockValues, std::min(blockValues, count - b * blockValues));
    });
    Sums total;
    for (const Sums &block : blocks)
        total.add(block);
    return total;
}

} // namespace

void ErrorSums::add(const ErrorSums &other)
{
    signal += other.signal;
    noise += other.noise;
    quantized += other.quantized;
    product += other.product;
    maxAbs = std::max(maxAbs, other.maxAbs);
    values += other.values;
}

void CodeSet::merge(const CodeSet &other)
{
    if (m_words.size() < other.m_words.size())
        m_words.resize(other.m_words.size(), 0);
    for (std::size_t i = 0; i < other.m_words.size(); ++i)
        m_words[i] |= other.m_words[i];
}

std::size_t CodeSet::count() const
{
    std::size_t marked = 0;
    for (const std::uint64_t word : m_words)
        marked += static_cast<std::size_t>(std::popcount(word));
    return marked;
}

ErrorSums differenceOf(const float *exact, const float *quantized, std::size_t count, ThreadPool &pool)
{
    return blocksAdded<ErrorSums>(count, pool, [&](std::size_t first, std::size_t length) { return blockDifference(exact + first, quantized + first, length); });
}

LocalSums localSums(const float *exact, const float *rounded, std::size_t count, const core::Grid *grid, int bitwidth, CodeSet &codes, ThreadPool &pool)
{
    const double low = grid != nullptr ? grid->min : -std::numeric_limits<double>::infinity();
    const double high = grid != nullptr ? grid->max : std::numeric_limits<double>::infinity();
    if (grid != nullptr && !codes.isEmpty())
        markCodes(rounded, count, *grid, bitwidth, codes);
    return blocksAdded<LocalSums>(count, pool, [&](std::size_t first, std::size_t length) { return blockLocal(exact + first, rounded + first, length, low, high); });
}

double sqnrDb(double signal, double noise)
{
    if (noise == 0)
        return std::numeric_limits<double>::infinity();
    return 10 * std::log10(std::max(signal, std::numeric_limits<double>::min()) / noise);
}

double cosineOf(const ErrorSums &sums)
{
    const double lengths = std::sqrt(sums.signal) * std::sqrt(sums.quantized);
    return lengths > 0 ? sums.product / lengths : 1.0;
}

double deadCodesPercent(const CodeSet &codes, const core::Grid &grid, int bitwidth)
{
    const core::CodeRange range = core::codeRangeOf(grid, bitwidth);
    const auto all = static_cast<double>(range.last - range.first + 1);
    return std::max(0.0, 100.0 * (all - static_cast<double>(codes.count())) / all);
}

} // namespace nordlys::runtime

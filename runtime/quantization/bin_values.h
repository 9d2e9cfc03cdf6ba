// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/quantization/histogram.h>
#include <runtime/kernels/fast/kernel_path.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nordlys::runtime {

/// Range of float values; min > max where there are none. Where one is NaN or infinite, isFinite is false and the range means nothing.
struct FloatRange {
    float min = 0, max = 0;
    bool isFinite = true;
};
FloatRange rangeOf(const float *data, std::size_t count, KernelPath path = KernelPath::Auto);

/// Bin of x: floor((x - origin) * inverseWidth) - first. Two roundings in float32, the same on every path; none at all where origin is 0 and inverseWidth a
/// power of two.
struct BinRule {
    float origin = 0, inverseWidth = 1;
    int first = 0, bins = 0; ///< first, first + bins within +-2^22
};

/// Counts values per bin: the inner loop of calibration. Counts go to four tables in turn, because the next value often falls into the same bin, and an
/// increment that waits for the one before it takes several times as long.
class BinCounter {
public:
    /// Between two calls of drain all values have one rule.
    void count(const float *data, std::size_t values, const BinRule &rule, KernelPath path = KernelPath::Auto);
    /// Adds what was counted to `counts` (size rule.bins) and begins anew. Values outside of all bins, and NaN, are in none.
    void drain(const BinRule &rule, std::span<std::uint64_t> counts);

private:
    std::vector<std::uint32_t> m_tables; ///< 4 x (bins + 2): first and last for what is outside
};

/// Adds values to a growing histogram, block by block while they are in the cache, and gives their range. Stops where a value is not finite.
FloatRange addValues(core::GrowingHistogram &histogram, const float *data, std::size_t count, BinCounter &counter);
/// Counts values into the bins of a first batch and gives their range.
FloatRange addValues(const core::FirstBatchHistogram &bins, std::span<std::uint64_t> counts, const float *data, std::size_t count, BinCounter &counter);

} // namespace nordlys::runtime

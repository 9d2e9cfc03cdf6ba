// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/quantization/encoding.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace nordlys::runtime {

class ThreadPool;

/// What the difference of two tensors comes from. Sums of one sample: they are taken over fixed blocks and the blocks added up in order, so that they depend
/// on the values and their order in memory, never on the threads; samples are added up in their order.
struct ErrorSums {
    double signal = 0;    ///< sum of x^2, x: exact
    double noise = 0;     ///< sum of (x - q)^2, q: quantized
    double quantized = 0; ///< sum of q^2
    double product = 0;   ///< sum of x q
    double maxAbs = 0;    ///< largest |x - q|
    std::uint64_t values = 0;

    void add(const ErrorSums &other);
};

/// Which codes of an integer grid occur; for grids of up to 16 bits.
class CodeSet {
public:
    static constexpr int maxBits = 16;
    void reset(int bitwidth) { m_words.assign(bitwidth > maxBits ? 0 : (std::size_t(1) << bitwidth) / 64 + 1, 0); }
    void mark(std::size_t code) { m_words[code / 64] |= std::uint64_t(1) << (code % 64); }
    void merge(const CodeSet &other);
    [[nodiscard]] bool isEmpty() const { return m_words.empty(); }
    [[nodiscard]] std::size_t count() const;

private:
    std::vector<std::uint64_t> m_words;
};

/// What a tensor's own quantization does to its exact values.
struct LocalSums {
    double noise = 0;
    std::uint64_t clipped = 0; ///< exact values outside min..max

    void add(const LocalSums &other)
    {
        noise += other.noise;
        clipped += other.clipped;
    }
};

ErrorSums differenceOf(const float *exact, const float *quantized, std::size_t count, ThreadPool &pool);

/// `rounded` holds the exact values after quantize-dequantize with the grid; codes that occur are marked in `codes` where it is not empty. No grid (float
/// encodings): only the noise.
LocalSums localSums(const float *exact, const float *rounded, std::size_t count, const core::Grid *grid, int bitwidth, CodeSet &codes, ThreadPool &pool);

/// 10 log10(signal / noise); +inf where there is no noise.
double sqnrDb(double signal, double noise);
/// Cosine of the angle between exact and quantized values; 1 where one of both is zero everywhere.
double cosineOf(const ErrorSums &sums);
/// Percent of the codes between the grid's min and max that do not occur.
double deadCodesPercent(const CodeSet &codes, const core::Grid &grid, int bitwidth);

} // namespace nordlys::runtime

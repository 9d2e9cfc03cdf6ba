// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace nordlys::core {

/// One quantization grid: integer code q stands for real = scale * (q - zeroPoint), codes 0 .. 2^bitwidth - 1 (unsigned storage;
/// files with other signs or signed storage are translated at the border). min and max are the reals of the first and last code.
struct Grid {
    double min = 0, max = 0, scale = 1;
    std::int64_t zeroPoint = 0;
    friend bool operator==(const Grid &, const Grid &) = default;
};

/// The scale of a block as a product (LPBQ): the scale of its channel times a small whole number. The codes have the encoding's bitwidth;
/// a device expands them to decompressedBits, where the channel's scale is the step.
struct TwoLevelScale {
    std::vector<double> channelScales;      ///< one per channel
    std::vector<std::uint32_t> multipliers; ///< one per grid, in the order of the grids; 1 .. 65535
    int decompressedBits = 8;
    friend bool operator==(const TwoLevelScale &, const TwoLevelScale &) = default;
};

/// Encoding of a tensor: one grid, one per channel along `axis`, or one per block: a run of blockSize indices of blockAxis (the last may be
/// shorter), within one channel where there is a channel axis.
struct Encoding {
    int bitwidth = 8;     ///< 4 .. 32 (backends take 4, 8, 16; biases 32); with isFloat 16 or 32
    bool isFloat = false; ///< float16/float32: no grid
    bool symmetric = false;
    int axis = -1; ///< channel axis, -1: all channels share their grids
    /// A bias of 32 bits is an ordinary symmetric grid with zeroPoint 2^31 (its signed code is q - 2^31).
    std::vector<Grid> grids; ///< size 1 per tensor; channels per channel; channels x blocks, the channel outermost; empty when isFloat
    int blockAxis = -1;         ///< -1: no blocks
    std::int64_t blockSize = 0; ///< with blocks at least 1
    std::optional<TwoLevelScale> twoLevel = std::nullopt; ///< only with blocks; the grids' scales are its products
    bool isPerChannel() const { return axis >= 0 && blockAxis < 0; }
    bool isBlockwise() const { return blockAxis >= 0; }
    friend bool operator==(const Encoding &, const Encoding &) = default;
};

/// How ranges become grids.
struct RangeRule {
    int bitwidth = 8;
    bool symmetric = false;
    bool strictSymmetric = false;   ///< drops the lowest code
    bool unsignedSymmetric = false; ///< symmetric, but the full grid over 0..max when nothing is negative
    double minimumWidth = 0.01;     ///< of a range that was seen; 0 for one that somebody stated
};

/// Observed range to grid, as converters and AIMET's reference do it: zero always inside, at least minimumWidth wide, range shifted so
/// that zero is a code; halves round away from zero here (and only here). BadInput for NaN, infinity, lo > hi or a bitwidth
/// outside 2..32.
Expected<Grid> gridFromRange(double lo, double hi, const RangeRule &rule);
/// Grid from scale and zero point; min and max derived. BadInput when scale is not a positive finite number or the code is
/// outside the grid.
Expected<Grid> gridFromScale(double scale, std::int64_t zeroPoint, int bitwidth);
/// Do min, max, scale and zero point say the same, within 1e-3 of the range? A strict symmetric grid, which leaves one code out,
/// does.
bool isConsistent(const Grid &grid, int bitwidth);
/// Same checks for a whole encoding: bitwidth 4..32, grids' number, isConsistent; blocks and two-level scales as described there. The
/// error names the tensor (and channel or block).
Expected<void> checkEncoding(const Encoding &encoding, const std::string &tensor);
/// How many grids the encoding needs for a tensor of these dimensions; BadInput where it names an axis that is not there.
Expected<std::size_t> gridCountFor(const Encoding &encoding, std::span<const std::int64_t> dims);
/// Index of the grid of a value, by its position in row-major order. The encoding's grids must be as many as gridCountFor says.
class GridIndex {
public:
    GridIndex(const Encoding &encoding, std::span<const std::int64_t> dims);
    [[nodiscard]] std::size_t of(std::size_t position) const
    {
        const std::size_t channel = position / m_channelInner % m_channels, block = position / m_blockInner % m_blockDim / m_blockSize;
        return channel * m_blocks + block;
    }
    /// Values that follow each other and surely have the same grid.
    [[nodiscard]] std::size_t run() const { return m_run; }

private:
    std::size_t m_channels = 1, m_channelInner = 1, m_blocks = 1, m_blockInner = 1, m_blockDim = 1, m_blockSize = 1, m_run = 1;
};

/// Codes that a value can become: those whose reals lie between min and max. All of the bitwidth's, but for a strict symmetric
/// grid, which leaves one out. The grid must have passed checkEncoding.
struct CodeRange {
    std::int64_t first = 0, last = 0;
};
CodeRange codeRangeOf(const Grid &grid, int bitwidth);

/// What an encoded tensor's value becomes (the meaning of quantsim, and its scalar reference): the nearest code, halves to even,
/// limited to the codes from min to max, and back. Quotient and product in double, one rounding to float32 at the end. Infinities
/// end at the limits, NaN stays NaN. The grid must have passed checkEncoding.
/// (The runtime's kernels for up to 16 bits divide in float32 and end NaN at the first code.)
float quantizeDequantize(float x, const Grid &grid, int bitwidth);

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstdint>
#include <string>
#include <vector>

namespace nordlys::core {

/// One quantization grid: integer code q stands for real = scale * (q - zeroPoint), codes 0 .. 2^bitwidth - 1 (unsigned storage; files with
/// other signs or signed storage are translated at the border). min and max are the reals of the first and last code.
struct Grid {
    double min = 0, max = 0, scale = 1;
    std::int64_t zeroPoint = 0;
    friend bool operator==(const Grid &, const Grid &) = default;
};

/// Encoding of a tensor: one grid, or one per channel along `axis`.
struct Encoding {
    int bitwidth = 8;       ///< 4, 8, 16 or 32; with isFloat 16 or 32
    bool isFloat = false;   ///< float16/float32: no grid
    bool symmetric = false;
    int axis = -1;          ///< channel axis, -1 per tensor
    std::vector<Grid> grids; ///< size 1 per tensor; size = channels per channel; empty when isFloat
    bool isPerChannel() const { return axis >= 0; }
    friend bool operator==(const Encoding &, const Encoding &) = default;
};

/// How ranges become grids.
struct RangeRule {
    int bitwidth = 8;
    bool symmetric = false;
    bool strictSymmetric = false;  ///< drops the lowest code
    bool unsignedSymmetric = false;///< symmetric, but the full grid over 0..max when nothing is negative
};

/// Observed range to grid, as converters and AIMET's reference do it: zero always inside, at least 0.01 wide, range shifted so that zero is
/// a code; halves round away from zero here (and only here). BadInput for NaN, infinity, lo > hi or a bitwidth outside 2..32.
Expected<Grid> gridFromRange(double lo, double hi, const RangeRule &rule);
/// Grid from scale and zero point; min and max derived. BadInput when scale is not a positive finite number or the code is outside the grid.
Expected<Grid> gridFromScale(double scale, std::int64_t zeroPoint, int bitwidth);
/// Same checks for a whole encoding: bitwidth, grids' number, consistency of min, max, scale (relative tolerance 1e-3).
Expected<void> checkEncoding(const Encoding &encoding, const std::string &tensor);

} // namespace nordlys::core

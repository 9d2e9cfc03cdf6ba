// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoding.h"

#include <optional>
#include <string>
#include <vector>

namespace nordlys::core {

/// The numbers of one grid as a file states them; the sign of `offset` is the file's.
struct StatedGrid {
    std::optional<double> min, max, scale;
    std::optional<std::int64_t> offset;
};

/// A completed grid and, where the file's numbers had to be read another way than as real = (q + offset) * scale with offset <=
/// 0, what was done.
struct CompletedGrid {
    Grid grid;
    std::string repair;
    bool contradicts = false; ///< min and max say something else than scale and offset
};

/// Completes partial numbers (min and max, or scale and offset) and finds out the sign convention from the numbers (QNN/AIMET:
/// offset <= 0; positive zero point; signed storage), by the smallest deviation between the stated min and the one that each
/// convention means, at most 1.5 steps. Where the stated range still differs from scale and offset by more than 1e-3, scale and
/// offset are kept and the repair says so. BadInput for numbers that make no grid.
Expected<CompletedGrid> completeGrid(const StatedGrid &stated, int bitwidth, bool symmetric);

} // namespace nordlys::core

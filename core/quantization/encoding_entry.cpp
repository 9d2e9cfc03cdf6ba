// SPDX-License-Identifier: Apache-2.0
#include "encoding_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace nordlys::core {

namespace {

constexpr double kMaxDeviationInSteps = 1.5, kMaxDeviationShare = 2e-3;
constexpr std::int64_t kLargestOffset = std::int64_t(1) << 33;

struct Convention {
    std::int64_t zeroPoint;
    std::string repair;
};

std::array<Convention, 3> conventions(std::int64_t offset, int bitwidth)
{
    return {{{-offset, {}},
             {offset, fmt::format("the positive offset {} was negated", offset)},
             {(std::int64_t(1) << (bitwidth - 1)) - offset, fmt::format("the offset {} of signed storage was moved to {}", offset,
                                                                        offset - (std::int64_t(1) << (bitwidth - 1)))}}};
}

// Without a range the sign is all there is: an offset above zero cannot be of the QNN convention, whose ranges contain zero; a
// symmetric offset of zero is signed storage (an unsigned grid would hold no negative value).
CompletedGrid conventionBySign(std::int64_t offset, int bitwidth, bool symmetric)
{
    const auto candidates = conventions(offset, bitwidth);
    const Convention &chosen = offset > 0 ? candidates[1] : offset == 0 && symmetric ? candidates[2] : candidates[0];
    return {{0, 0, 0, chosen.zeroPoint}, chosen.repair, false};
}

Expected<CompletedGrid> fromRange(double min, double max, int bitwidth, bool symmetric)
{
    if (!(min <= max) || !std::isfinite(max - min))
        return badInput("encoding", fmt::format("the range {}..{} is empty or too wide", min, max));
    // A symmetric range is stated either as -m..m or as the full grid -128s..127s; the second is an ordinary range already, and so is one without negative
    // values (unsigned symmetric).
    const double step = (max - min) / (std::ldexp(1.0, bitwidth) - 1);
    const bool isFullGrid = std::abs(min + max + step) < step / 2;
    const bool mirrored = symmetric && min < 0 && !isFullGrid;
    auto grid = gridFromRange(min, max, {.bitwidth = bitwidth, .symmetric = mirrored, .minimumWidth = min < max ? 0.0 : 0.01});
    NORDLYS_TRY(grid);
    std::string repair;
    if (min > 0 || max < 0)
        repair = fmt::format("the range {}..{} was widened to contain zero", min, max);
    else if (std::abs(grid->min - min) > 1.5 * grid->scale || std::abs(grid->max - max) > 1.5 * grid->scale)
        repair = fmt::format("the range {}..{}{} became {}..{}", min, max, mirrored ? " of a symmetric encoding" : "", grid->min, grid->max);
    return CompletedGrid{*grid, repair, false};
}

} // namespace

Expected<CompletedGrid> completeGrid(const StatedGrid &stated, int bitwidth, bool symmetric)
{
    if (bitwidth < 4 || bitwidth > 32)
        return badInput("encoding", fmt::format("a bitwidth of {} is outside 4 to 32", bitwidth));
    for (const auto &value : {stated.min, stated.max, stated.scale}) {
        if (value && !std::isfinite(*value))
            return badInput("encoding", "min, max or scale is not finite");
    }
    if (stated.min && stated.max && *stated.min > *stated.max)
        return badInput("encoding", fmt::format("min {} is greater than max {}", *stated.min, *stated.max));
    if (!stated.scale || !stated.offset) {
        if (stated.min && stated.max)
            return fromRange(*stated.min, *stated.max, bitwidth, symmetric);
        return badInput("encoding", "it states neither min and max nor scale and offset");
    }
    const double scale = *stated.scale;
    if (scale <= 0)
        return badInput("encoding", fmt::format("the scale {} is not positive", scale));
    if (*stated.offset > kLargestOffset || *stated.offset < -kLargestOffset)
        return badInput("encoding", fmt::format("the offset {} is no code", *stated.offset));
    CompletedGrid result = conventionBySign(*stated.offset, bitwidth, symmetric && !stated.min);
    if (stated.min) {
        // Numbers in float32 miss by more than a step where there are many steps; conventions are half the codes apart.
        double smallest = std::max(kMaxDeviationInSteps, kMaxDeviationShare * (std::ldexp(1.0, bitwidth) - 1)) * scale;
        bool found = false;
        for (const Convention &candidate : conventions(*stated.offset, bitwidth)) {
            const double deviation = std::abs(*stated.min + static_cast<double>(candidate.zeroPoint) * scale);
            if (candidate.zeroPoint >= 0 && (deviation < smallest || (!found && deviation <= smallest))) {
                found = true;
                smallest = deviation;
                result = {{0, 0, 0, candidate.zeroPoint}, candidate.repair, false};
            }
        }
    }
    auto derived = gridFromScale(scale, result.grid.zeroPoint, bitwidth);
    NORDLYS_TRY(derived);
    result.grid = *derived;
    Grid asStated = *derived;
    asStated.min = stated.min.value_or(derived->min);
    asStated.max = stated.max.value_or(derived->max);
    if (isConsistent(asStated, bitwidth)) {
        result.grid = asStated;
    } else {
        result.contradicts = true;
        result.repair += fmt::format("{}the stated range {}..{} does not fit scale {} and zero point {}; scale and zero point "
                                     "were kept, the range became {}..{}",
                                     result.repair.empty() ? "" : "; ", asStated.min, asStated.max, scale, derived->zeroPoint,
                                     derived->min, derived->max);
    }
    return result;
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace nordlys::core {

namespace {

constexpr double kMinimumWidth = 0.01;
constexpr double kTolerance = 1e-3;

double stepsOf(int bitwidth) { return std::ldexp(1.0, bitwidth) - 1; }
std::int64_t lastCodeOf(int bitwidth) { return (std::int64_t(1) << bitwidth) - 1; }

Error badBitwidth(int bitwidth) { return badInput("encoding", fmt::format("a bitwidth of {} is outside 2 to 32", bitwidth)); }

Expected<Grid> finiteGrid(const Grid &grid)
{
    if (!std::isfinite(grid.scale) || grid.scale <= 0 || !std::isfinite(grid.min) || !std::isfinite(grid.max))
        return badInput("encoding", "the range is too wide for a finite scale");
    return grid;
}

Grid symmetricGrid(double lo, double hi, double steps)
{
    const double magnitude = std::max(std::abs(lo), std::abs(hi));
    const double positiveSteps = std::floor(steps / 2), offset = -std::ceil(steps / 2);
    const double scale = magnitude / positiveSteps;
    return {offset * scale, positiveSteps * scale, scale, static_cast<std::int64_t>(-offset)};
}

Grid asymmetricGrid(double lo, double hi, double steps)
{
    const double scale = (hi - lo) / steps;
    const double zeroPoint = std::clamp(std::round(-lo / scale), 0.0, steps);
    if (lo < 0 && hi > 0) {
        const double newLo = -zeroPoint * scale;
        return {newLo, hi - lo + newLo, scale, static_cast<std::int64_t>(zeroPoint)};
    }
    return {lo, hi, scale, static_cast<std::int64_t>(zeroPoint)};
}

} // namespace

Expected<Grid> gridFromRange(double lo, double hi, const RangeRule &rule)
{
    if (rule.bitwidth < 2 || rule.bitwidth > 32)
        return badBitwidth(rule.bitwidth);
    if (!std::isfinite(lo) || !std::isfinite(hi))
        return badInput("encoding", fmt::format("the range {}..{} is not finite", lo, hi));
    if (lo > hi)
        return badInput("encoding", fmt::format("the range {}..{} is empty", lo, hi));
    lo = std::min(0.0, lo);
    hi = std::max({0.0, hi, lo + kMinimumWidth});
    const double steps = stepsOf(rule.bitwidth);
    const bool symmetric = rule.symmetric || rule.strictSymmetric || rule.unsignedSymmetric;
    if (symmetric && !(rule.unsignedSymmetric && lo == 0))
        return finiteGrid(symmetricGrid(lo, hi, rule.strictSymmetric ? steps - 1 : steps));
    if (!std::isfinite(hi - lo))
        return badInput("encoding", fmt::format("the range {}..{} is too wide", lo, hi));
    return finiteGrid(asymmetricGrid(lo, hi, steps));
}

Expected<Grid> gridFromScale(double scale, std::int64_t zeroPoint, int bitwidth)
{
    if (bitwidth < 2 || bitwidth > 32)
        return badBitwidth(bitwidth);
    if (!std::isfinite(scale) || scale <= 0)
        return badInput("encoding", fmt::format("the scale {} is not a positive finite number", scale));
    if (zeroPoint < 0 || zeroPoint > lastCodeOf(bitwidth))
        return badInput("encoding", fmt::format("the zero point {} is no code of {} bits (0 to {})", zeroPoint, bitwidth,
                                                lastCodeOf(bitwidth)));
    return finiteGrid({-static_cast<double>(zeroPoint) * scale, static_cast<double>(lastCodeOf(bitwidth) - zeroPoint) * scale,
                       scale, zeroPoint});
}

bool isConsistent(const Grid &grid, int bitwidth)
{
    const double tolerance = kTolerance * grid.scale * stepsOf(bitwidth);
    const double firstCode = -static_cast<double>(grid.zeroPoint) * grid.scale;
    const auto holds = [&](double steps) {
        return std::abs(grid.min - firstCode) <= tolerance && std::abs((grid.max - grid.min) - steps * grid.scale) <= tolerance;
    };
    return holds(stepsOf(bitwidth)) || holds(stepsOf(bitwidth) - 1); // a strict symmetric grid leaves one code out
}

Expected<void> checkEncoding(const Encoding &encoding, const std::string &tensor)
{
    const std::string what = "encoding of '" + tensor + "'";
    if (encoding.isFloat) {
        if (encoding.bitwidth != 16 && encoding.bitwidth != 32)
            return badInput(what, fmt::format("a float encoding has 16 or 32 bits, not {}", encoding.bitwidth));
        if (!encoding.grids.empty() || encoding.axis >= 0)
            return badInput(what, "a float encoding has no grid");
        return {};
    }
    if (encoding.bitwidth < 4 || encoding.bitwidth > 32)
        return badInput(what, fmt::format("a bitwidth of {} is outside 4 to 32", encoding.bitwidth));
    if (encoding.axis < -1)
        return badInput(what, fmt::format("the channel axis {} is negative", encoding.axis));
    if (encoding.grids.empty() || (!encoding.isPerChannel() && encoding.grids.size() != 1))
        return badInput(what, fmt::format("it has {} grids where {} expected", encoding.grids.size(),
                                          encoding.isPerChannel() ? "at least 1 is" : "1 is"));
    for (std::size_t i = 0; i < encoding.grids.size(); ++i) {
        const Grid &grid = encoding.grids[i];
        const std::string where = encoding.isPerChannel() ? fmt::format("{} channel {}", what, i) : what;
        if (!std::isfinite(grid.min) || !std::isfinite(grid.max))
            return badInput(where, fmt::format("the range {}..{} is not finite", grid.min, grid.max));
        auto derived = gridFromScale(grid.scale, grid.zeroPoint, encoding.bitwidth);
        if (!derived) {
            derived.error().what = where;
            return std::move(derived.error());
        }
        if (!isConsistent(grid, encoding.bitwidth)) {
            return badInput(where,
                            fmt::format("min {} and max {} do not fit scale {} and zero point {}, which mean {}..{}", grid.min,
                                        grid.max, grid.scale, grid.zeroPoint, derived->min, derived->max),
                            "Set min and max, or scale and zero point.");
        }
    }
    return {};
}

CodeRange codeRangeOf(const Grid &grid, int bitwidth)
{
    const auto last = static_cast<double>(lastCodeOf(bitwidth));
    const auto codeOf = [&](double real) {
        const double code = std::nearbyint(real / grid.scale) + static_cast<double>(grid.zeroPoint);
        return static_cast<std::int64_t>(std::clamp(code, 0.0, last));
    };
    return {codeOf(grid.min), codeOf(grid.max)};
}

float quantizeDequantize(float x, const Grid &grid, int bitwidth)
{
    if (std::isnan(x))
        return x;
    const CodeRange codes = codeRangeOf(grid, bitwidth);
    const double code = std::nearbyint(static_cast<double>(x) / grid.scale) + static_cast<double>(grid.zeroPoint);
    const double limited = std::clamp(code, static_cast<double>(codes.first), static_cast<double>(codes.last));
    return static_cast<float>((limited - static_cast<double>(grid.zeroPoint)) * grid.scale);
}

} // namespace nordlys::core

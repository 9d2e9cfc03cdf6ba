// SPDX-License-Identifier: Apache-2.0
#include "encoding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::core {

namespace {

constexpr double kTolerance = 1e-3;

double stepsOf(int bitwidth) { return std::ldexp(1.0, bitwidth) - 1; }
std::int64_t lastCodeOf(int bitwidth) { return (std::int64_t(1) << bitwidth) - 1; }

Error badBitwidth(int bitwidth) { return badInput("encoding", fmt::format("a bitwidth of {} is outside 2 to 32", bitwidth)); }

Expected<Grid> finiteGrid(const Grid &grid)
{
    if (!std::isfinite(grid.scale) || !std::isfinite(grid.min) || !std::isfinite(grid.max))
        return badInput("encoding", "the range is too wide for a finite scale");
    // Kernels and files hold scales in float32; a denormal one has lost its digits.
    if (grid.scale < static_cast<double>(std::numeric_limits<float>::min()) || grid.scale > static_cast<double>(std::numeric_limits<float>::max()))
        return badInput("encoding", fmt::format("float32 cannot hold the scale {:.6g}", grid.scale));
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
    if (scale < std::numeric_limits<float>::min()) // finiteGrid refuses it; the quotient below need not be a number
        return {lo, hi, scale, 0};
    const double zeroPoint = std::clamp(std::round(-lo / scale), 0.0, steps);
    if (lo < 0 && hi > 0) {
        const double newLo = 0.0 - zeroPoint * scale;
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
    hi = std::max({0.0, hi, lo + rule.minimumWidth});
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
    return finiteGrid({0.0 - static_cast<double>(zeroPoint) * scale, static_cast<double>(lastCodeOf(bitwidth) - zeroPoint) * scale,
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

namespace {

Expected<void> checkBlocks(const Encoding &encoding, const std::string &what)
{
    if (!encoding.isBlockwise()) {
        if (encoding.blockAxis < -1 || encoding.twoLevel)
            return badInput(what, "only an encoding with blocks has a block axis and a two-level scale");
        return {};
    }
    if (encoding.blockAxis == encoding.axis || encoding.blockSize < 1)
        return badInput(what, fmt::format("blocks of {} along axis {} of channels along axis {}", encoding.blockSize, encoding.blockAxis, encoding.axis));
    if (!encoding.twoLevel)
        return {};
    const TwoLevelScale &scale = *encoding.twoLevel;
    const std::size_t channels = scale.channelScales.size();
    if (channels == 0 || encoding.grids.size() % channels != 0 || scale.multipliers.size() != encoding.grids.size())
        return badInput(what, fmt::format("a two-level scale of {} channels and {} multipliers for {} grids", channels, scale.multipliers.size(),
                                          encoding.grids.size()));
    if (scale.decompressedBits < encoding.bitwidth || scale.decompressedBits > 32)
        return badInput(what, fmt::format("{} bits cannot be expanded to {}", encoding.bitwidth, scale.decompressedBits));
    for (std::size_t i = 0; i < encoding.grids.size(); ++i) {
        const std::uint32_t multiplier = scale.multipliers[i];
        const double product = scale.channelScales[i / (encoding.grids.size() / channels)] * multiplier;
        if (multiplier < 1 || multiplier > 65535)
            return badInput(what, fmt::format("the multiplier {} of block {} is outside 1 to 65535", multiplier, i));
        if (!(std::abs(product - encoding.grids[i].scale) <= 1e-6 * product))
            return badInput(what, fmt::format("the scale of block {} is not its channel's scale times {}", i, multiplier));
    }
    return {};
}

} // namespace

Expected<std::size_t> gridCountFor(const Encoding &encoding, std::span<const std::int64_t> dims)
{
    std::size_t count = 1;
    for (const int axis : {encoding.axis, encoding.blockAxis}) {
        if (axis < 0)
            continue;
        if (static_cast<std::size_t>(axis) >= dims.size())
            return badInput("encoding", fmt::format("the tensor has {} axes, no axis {}", dims.size(), axis));
        const auto size = static_cast<std::size_t>(std::max<std::int64_t>(0, dims[static_cast<std::size_t>(axis)]));
        const auto block = static_cast<std::size_t>(std::max<std::int64_t>(1, encoding.blockSize));
        count *= axis == encoding.blockAxis ? size / block + (size % block != 0 ? 1 : 0) : size;
    }
    return count;
}

GridIndex::GridIndex(const Encoding &encoding, std::span<const std::int64_t> dims)
{
    const auto innerOf = [&](int axis) {
        std::size_t inner = 1;
        for (std::size_t d = static_cast<std::size_t>(axis) + 1; d < dims.size(); ++d)
            inner *= static_cast<std::size_t>(dims[d]);
        return inner;
    };
    const auto sizeOf = [&](int axis) { return static_cast<std::size_t>(std::max<std::int64_t>(1, dims[static_cast<std::size_t>(axis)])); };
    m_run = innerOf(-1);
    if (encoding.axis >= 0) {
        m_channels = sizeOf(encoding.axis);
        m_channelInner = m_run = std::max<std::size_t>(1, innerOf(encoding.axis));
    }
    if (encoding.isBlockwise()) {
        m_blockDim = sizeOf(encoding.blockAxis);
        m_blockInner = std::max<std::size_t>(1, innerOf(encoding.blockAxis));
        m_blockSize = static_cast<std::size_t>(encoding.blockSize);
        m_blocks = m_blockDim / m_blockSize + (m_blockDim % m_blockSize != 0 ? 1 : 0);
        m_run = encoding.axis >= 0 ? std::min(m_run, m_blockInner) : m_blockInner;
    }
}

Expected<void> checkEncoding(const Encoding &encoding, const std::string &tensor)
{
    const std::string what = "encoding of '" + tensor + "'";
    if (encoding.isFloat) {
        if (encoding.bitwidth != 16 && encoding.bitwidth != 32)
            return badInput(what, fmt::format("a float encoding has 16 or 32 bits, not {}", encoding.bitwidth));
        if (!encoding.grids.empty() || encoding.axis >= 0 || encoding.isBlockwise())
            return badInput(what, "a float encoding has no grid");
        return {};
    }
    if (encoding.bitwidth < 4 || encoding.bitwidth > 32)
        return badInput(what, fmt::format("a bitwidth of {} is outside 4 to 32", encoding.bitwidth));
    if (encoding.axis < -1)
        return badInput(what, fmt::format("the channel axis {} is negative", encoding.axis));
    const bool isSingle = !encoding.isPerChannel() && !encoding.isBlockwise();
    if (encoding.grids.empty() || (isSingle && encoding.grids.size() != 1))
        return badInput(what, fmt::format("it has {} grids where {} expected", encoding.grids.size(), isSingle ? "1 is" : "at least 1 is"));
    NORDLYS_TRY(checkBlocks(encoding, what));
    for (std::size_t i = 0; i < encoding.grids.size(); ++i) {
        const Grid &grid = encoding.grids[i];
        const std::string where = isSingle ? what : fmt::format("{} {} {}", what, encoding.isBlockwise() ? "block" : "channel", i);
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

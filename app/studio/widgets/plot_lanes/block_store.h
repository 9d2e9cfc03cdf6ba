// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace nordlys::studio {

/// One stretch of work on a lane. Times count from the start of the run.
struct LaneBlock {
    enum Flag : std::uint8_t {
        None = 0,
        Warn = 1,     ///< drawn in warn: a throttled inference
        Estimate = 2, ///< hatched: not measured
    };

    std::int64_t startNs = 0;
    std::int64_t durationNs = 0; ///< >= 0
    std::uint32_t label = 0;     ///< the caller's id: a layer, an inference
    std::uint8_t step = 5;       ///< ramp step 0..7 where the lane is coloured by a ramp
    std::uint8_t flags = None;
};

/// The blocks of one lane, sorted by start, with sums that make any zoom cheap: layout() costs O(pixels * log blocks).
class BlockStore
{
public:
    /// What is drawn of a stretch: one block, or a column of blocks that are narrower than a pixel.
    struct Drawn {
        double left = 0.0;     ///< pixels from the left edge of the view
        double right = 0.0;
        double share = 1.0;    ///< busy share of a merged column; 1 for a single block
        std::size_t first = 0; ///< index of the (first) block
        std::size_t count = 1; ///< blocks in it; > 1: merged
        std::uint8_t step = 0; ///< of a merged column: mean, weighted by duration
        std::uint8_t flags = 0;
    };

    /// Adds blocks, usually later ones; earlier ones are sorted in (slow). Negative durations count as 0.
    void append(std::span<const LaneBlock> blocks);
    void clear();

    [[nodiscard]] std::size_t size() const { return m_blocks.size(); }
    [[nodiscard]] bool empty() const { return m_blocks.empty(); }
    [[nodiscard]] const LaneBlock& at(std::size_t index) const { return m_blocks[index]; }
    [[nodiscard]] std::int64_t startNs() const { return m_blocks.empty() ? 0 : m_blocks.front().startNs; }
    [[nodiscard]] std::int64_t endNs() const { return m_maxEnd.empty() ? 0 : m_maxEnd.back(); }

    /// Index range [first, last) that contains every block which touches [fromNs, toNs).
    [[nodiscard]] std::pair<std::size_t, std::size_t> touching(std::int64_t fromNs, std::int64_t toNs) const;
    /// The block at a time (the latest started one where blocks overlap).
    [[nodiscard]] std::optional<std::size_t> blockAt(std::int64_t timeNs) const;
    /// The block at a time, else the nearest one not farther away than `toleranceNs`.
    [[nodiscard]] std::optional<std::size_t> blockNear(std::int64_t timeNs, std::int64_t toleranceNs) const;
    /// What to draw for [fromNs, toNs) on `widthPx` pixels. Empty for an empty range.
    [[nodiscard]] std::vector<Drawn> layout(std::int64_t fromNs, std::int64_t toNs, double widthPx) const;

private:
    void rebuildFrom(std::size_t index);

    std::vector<LaneBlock> m_blocks;
    std::vector<std::int64_t> m_maxEnd;  // largest end of blocks [0, i]
    std::vector<double> m_busy;          // sum of durations of blocks [0, i)
    std::vector<double> m_weighted;      // sum of duration * step of blocks [0, i)
    std::vector<std::uint32_t> m_warned; // count of Warn blocks in [0, i)
};

} // namespace nordlys::studio

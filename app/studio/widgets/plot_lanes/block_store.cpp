// SPDX-License-Identifier: GPL-3.0-or-later
#include "block_store.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nordlys::studio {
namespace {

bool startsEarlier(const LaneBlock& a, const LaneBlock& b)
{
    return a.startNs < b.startNs;
}

// Hostile streams may hold times near the end of the range.
std::int64_t endOf(const LaneBlock& block)
{
    const std::int64_t room = std::numeric_limits<std::int64_t>::max() - std::max<std::int64_t>(block.startNs, 0);
    return block.startNs + std::min(block.durationNs, room);
}

} // namespace

void BlockStore::append(std::span<const LaneBlock> blocks)
{
    if (blocks.empty()) {
        return;
    }
    const std::size_t before = m_blocks.size();
    m_blocks.insert(m_blocks.end(), blocks.begin(), blocks.end());
    for (std::size_t i = before; i < m_blocks.size(); ++i) {
        m_blocks[i].durationNs = std::max<std::int64_t>(0, m_blocks[i].durationNs);
    }
    const auto fresh = m_blocks.begin() + static_cast<std::ptrdiff_t>(before);
    if (!std::is_sorted(fresh, m_blocks.end(), startsEarlier)) {
        std::stable_sort(fresh, m_blocks.end(), startsEarlier);
    }
    std::size_t changed = before;
    if (before > 0 && startsEarlier(*fresh, m_blocks[before - 1])) {
        const auto place = std::upper_bound(m_blocks.begin(), fresh, *fresh, startsEarlier);
        changed = static_cast<std::size_t>(place - m_blocks.begin());
        std::inplace_merge(m_blocks.begin() + static_cast<std::ptrdiff_t>(changed), fresh, m_blocks.end(), startsEarlier);
    }
    rebuildFrom(changed);
}

void BlockStore::clear()
{
    m_blocks.clear();
    m_maxEnd.clear();
    m_busy.clear();
    m_weighted.clear();
    m_warned.clear();
}

void BlockStore::rebuildFrom(std::size_t index)
{
    m_maxEnd.resize(m_blocks.size());
    m_busy.resize(m_blocks.size() + 1);
    m_weighted.resize(m_blocks.size() + 1);
    m_warned.resize(m_blocks.size() + 1);
    for (std::size_t i = index; i < m_blocks.size(); ++i) {
        const LaneBlock& block = m_blocks[i];
        const auto duration = static_cast<double>(block.durationNs);
        m_maxEnd[i] = i == 0 ? endOf(block) : std::max(m_maxEnd[i - 1], endOf(block));
        m_busy[i + 1] = m_busy[i] + duration;
        m_weighted[i + 1] = m_weighted[i] + duration * block.step;
        m_warned[i + 1] = m_warned[i] + ((block.flags & LaneBlock::Warn) != 0 ? 1U : 0U);
    }
}

std::pair<std::size_t, std::size_t> BlockStore::touching(std::int64_t fromNs, std::int64_t toNs) const
{
    // m_maxEnd never falls, so the first block that may reach into the range is found by halving.
    const auto first = std::upper_bound(m_maxEnd.begin(), m_maxEnd.end(), fromNs);
    const auto last = std::lower_bound(m_blocks.begin(), m_blocks.end(), toNs,
                                       [](const LaneBlock& block, std::int64_t time) { return block.startNs < time; });
    const auto from = static_cast<std::size_t>(first - m_maxEnd.begin());
    const auto to = static_cast<std::size_t>(last - m_blocks.begin());
    return {std::min(from, to), to};
}

std::optional<std::size_t> BlockStore::blockAt(std::int64_t timeNs) const
{
    const auto after = std::upper_bound(m_blocks.begin(), m_blocks.end(), timeNs,
                                        [](std::int64_t time, const LaneBlock& block) { return time < block.startNs; });
    for (auto i = static_cast<std::size_t>(after - m_blocks.begin()); i > 0 && m_maxEnd[i - 1] > timeNs; --i) {
        if (endOf(m_blocks[i - 1]) > timeNs) {
            return i - 1;
        }
    }
    return std::nullopt;
}

std::optional<std::size_t> BlockStore::blockNear(std::int64_t timeNs, std::int64_t toleranceNs) const
{
    if (const auto exact = blockAt(timeNs)) {
        return exact;
    }
    const auto after = std::upper_bound(m_blocks.begin(), m_blocks.end(), timeNs,
                                        [](std::int64_t time, const LaneBlock& block) { return time < block.startNs; });
    const auto next = static_cast<std::size_t>(after - m_blocks.begin());
    std::optional<std::size_t> best;
    std::int64_t distance = toleranceNs;
    if (next < m_blocks.size() && m_blocks[next].startNs - timeNs <= distance) {
        best = next;
        distance = m_blocks[next].startNs - timeNs;
    }
    if (next > 0 && timeNs - endOf(m_blocks[next - 1]) < distance) {
        best = next - 1;
    }
    return best;
}

std::vector<BlockStore::Drawn> BlockStore::layout(std::int64_t fromNs, std::int64_t toNs, double widthPx) const
{
    std::vector<Drawn> drawn;
    if (toNs <= fromNs || !(widthPx >= 1.0)) {
        return drawn;
    }
    const double pixelsPerNs = widthPx / (static_cast<double>(toNs) - static_cast<double>(fromNs));
    const auto pixelOf = [&](std::int64_t time) {
        return (static_cast<double>(time) - static_cast<double>(fromNs)) * pixelsPerNs;
    };
    const auto [first, last] = touching(fromNs, toNs);
    std::size_t i = first;
    while (i < last) {
        const LaneBlock& block = m_blocks[i];
        const double left = pixelOf(block.startNs);
        const double right = pixelOf(endOf(block));
        if (right - left >= 1.0) {
            drawn.push_back({left, right, 1.0, i, 1, block.step, block.flags});
            ++i;
            continue;
        }
        // All blocks that start in this pixel column; a wide one may only be the last of them.
        const double column = std::floor(left);
        const double columnEndNs = static_cast<double>(fromNs) + (column + 1.0) / pixelsPerNs;
        const auto columnEnd = std::lower_bound(m_blocks.begin() + static_cast<std::ptrdiff_t>(i) + 1, m_blocks.begin() + static_cast<std::ptrdiff_t>(last),
                                                columnEndNs, [](const LaneBlock& b, double time) { return static_cast<double>(b.startNs) < time; });
        auto end = static_cast<std::size_t>(columnEnd - m_blocks.begin());
        if (end - i > 1 && pixelOf(endOf(m_blocks[end - 1])) - pixelOf(m_blocks[end - 1].startNs) >= 1.0) {
            --end;
        }
        const double busy = m_busy[end] - m_busy[i];
        const double mean = busy > 0.0 ? (m_weighted[end] - m_weighted[i]) / busy : block.step;
        const auto flags = m_warned[end] > m_warned[i] ? LaneBlock::Warn : LaneBlock::None;
        drawn.push_back({column, column + 1.0, std::clamp(busy * pixelsPerNs, 0.0, 1.0), i, end - i,
                         static_cast<std::uint8_t>(std::lround(std::clamp(mean, 0.0, 255.0))), static_cast<std::uint8_t>(flags)});
        i = end;
    }
    return drawn;
}

} // namespace nordlys::studio

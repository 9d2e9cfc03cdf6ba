// SPDX-License-Identifier: Apache-2.0
#include "arena_placement.h"

#include <core/base/split_mix.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <set>

namespace nordlys::runtime {

namespace {

using Offsets = std::vector<std::uint64_t>;

constexpr std::uint64_t unplaced = std::numeric_limits<std::uint64_t>::max();
/// Pairs of blocks that overlap in time; beyond this the order of time has to do.
constexpr std::size_t maxPairs = 4'000'000;
/// Pairs that all attempts together may look at.
constexpr std::size_t maxVisits = 12'000'000;
constexpr int maxAttempts = 200;

std::uint64_t saturatingAdd(std::uint64_t a, std::uint64_t b)
{
    std::uint64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? unplaced : sum;
}

std::vector<int> sortedBy(std::size_t count, const std::function<bool(int, int)> &before)
{
    std::vector<int> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), before);
    return order;
}

/// Free memory below the top, as gaps by offset and by size.
class Gaps {
public:
    void add(std::uint64_t offset, std::uint64_t size)
    {
        auto next = m_byOffset.lower_bound(offset);
        if (next != m_byOffset.end() && next->first == offset + size) {
            size += next->second;
            next = erase(next);
        }
        if (next != m_byOffset.begin()) {
            const auto before = std::prev(next);
            if (before->first + before->second == offset) {
                offset = before->first;
                size += before->second;
                erase(before);
            }
        }
        m_byOffset.emplace(offset, size);
        m_bySize.emplace(size, offset);
    }
    /// The smallest gap that is large enough, or the one at the top, which may grow; then the top itself.
    std::uint64_t take(std::uint64_t size, std::uint64_t &top)
    {
        if (const auto fit = m_bySize.lower_bound({size, 0}); fit != m_bySize.end()) {
            const auto [gap, offset] = *fit;
            erase(m_byOffset.find(offset));
            if (gap > size)
                add(offset + size, gap - size);
            return offset;
        }
        std::uint64_t offset = top;
        if (!m_byOffset.empty()) {
            const auto last = std::prev(m_byOffset.end());
            if (last->first + last->second == top) {
                offset = last->first;
                erase(last);
            }
        }
        top = saturatingAdd(offset, size);
        return offset;
    }

private:
    using ByOffset = std::map<std::uint64_t, std::uint64_t>;
    ByOffset::iterator erase(ByOffset::iterator it)
    {
        m_bySize.erase({it->second, it->first});
        return m_byOffset.erase(it);
    }
    ByOffset m_byOffset;
    std::set<std::pair<std::uint64_t, std::uint64_t>> m_bySize;
};

/// As an allocator would see it: in the order of the steps, freed when dead.
std::uint64_t placeInTime(const std::vector<ArenaBlock> &blocks, Offsets &offsets)
{
    const auto starts = sortedBy(blocks.size(), [&](int a, int b) {
        const ArenaBlock &x = blocks[static_cast<std::size_t>(a)], &y = blocks[static_cast<std::size_t>(b)];
        return x.first != y.first ? x.first < y.first : x.size > y.size;
    });
    const auto ends = sortedBy(blocks.size(), [&](int a, int b) { return blocks[static_cast<std::size_t>(a)].last < blocks[static_cast<std::size_t>(b)].last; });
    Gaps gaps;
    std::uint64_t top = 0;
    std::size_t freed = 0;
    for (const int b : starts) {
        const auto at = static_cast<std::size_t>(b);
        for (; freed < ends.size() && blocks[static_cast<std::size_t>(ends[freed])].last < blocks[at].first; ++freed)
            gaps.add(offsets[static_cast<std::size_t>(ends[freed])], blocks[static_cast<std::size_t>(ends[freed])].size);
        offsets[at] = gaps.take(blocks[at].size, top);
        if (top == unplaced)
            return unplaced;
    }
    return top;
}

std::size_t overlappingPairs(const std::vector<ArenaBlock> &blocks)
{
    std::vector<int> starts, ends;
    for (const ArenaBlock &block : blocks) {
        starts.push_back(block.first);
        ends.push_back(block.last);
    }
    std::sort(starts.begin(), starts.end());
    std::sort(ends.begin(), ends.end());
    std::size_t pairs = 0;
    for (std::size_t i = 0, over = 0; i < starts.size(); ++i) {
        while (ends[over] < starts[i])
            ++over;
        pairs += i - over; // those that started before and are not over
    }
    return pairs;
}

/// Which blocks overlap which in time.
class Overlaps {
public:
    explicit Overlaps(const std::vector<ArenaBlock> &blocks)
    {
        const auto order = sortedBy(blocks.size(), [&](int a, int b) { return blocks[static_cast<std::size_t>(a)].first < blocks[static_cast<std::size_t>(b)].first; });
        m_of.assign(blocks.size(), {});
        std::vector<int> alive;
        for (const int b : order) {
            std::erase_if(alive, [&](int other) { return blocks[static_cast<std::size_t>(other)].last < blocks[static_cast<std::size_t>(b)].first; });
            for (const int other : alive) {
                m_of[static_cast<std::size_t>(b)].push_back(other);
                m_of[static_cast<std::size_t>(other)].push_back(b);
            }
            alive.push_back(b);
        }
    }
    [[nodiscard]] const std::vector<int> &of(int block) const { return m_of[static_cast<std::size_t>(block)]; }

private:
    std::vector<std::vector<int>> m_of;
};

/// One block after the other, each into the smallest gap between those that are there and overlap it.
std::uint64_t placeInOrder(const std::vector<ArenaBlock> &blocks, const Overlaps &overlaps, const std::vector<int> &order, Offsets &offsets)
{
    std::fill(offsets.begin(), offsets.end(), unplaced);
    std::uint64_t top = 0;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> taken; // offset, end
    for (const int b : order) {
        taken.clear();
        for (const int other : overlaps.of(b)) {
            const auto at = static_cast<std::size_t>(other);
            if (offsets[at] != unplaced)
                taken.emplace_back(offsets[at], offsets[at] + blocks[at].size);
        }
        std::sort(taken.begin(), taken.end());
        const std::uint64_t size = blocks[static_cast<std::size_t>(b)].size;
        std::uint64_t at = 0, best = unplaced, bestGap = unplaced;
        for (const auto &[offset, end] : taken) {
            if (offset >= at && offset - at >= size && offset - at < bestGap) {
                best = at;
                bestGap = offset - at;
            }
            at = std::max(at, end);
        }
        best = best == unplaced ? at : best;
        offsets[static_cast<std::size_t>(b)] = best;
        top = std::max(top, saturatingAdd(best, size));
        if (top == unplaced)
            return unplaced;
    }
    return top;
}

} // namespace

std::uint64_t largestLiveSum(const std::vector<ArenaBlock> &blocks)
{
    std::map<int, std::pair<std::uint64_t, std::uint64_t>> changes; // step: what begins, what ended before it
    for (const ArenaBlock &block : blocks) {
        auto &begins = changes[block.first].first;
        begins = saturatingAdd(begins, block.size);
        auto &ended = changes[block.last + 1].second;
        ended = saturatingAdd(ended, block.size);
    }
    std::uint64_t now = 0, most = 0;
    for (const auto &[step, change] : changes) {
        now = saturatingAdd(now - std::min(now, change.second), change.first);
        most = std::max(most, now);
    }
    return most;
}

std::optional<std::uint64_t> placeBlocks(std::vector<ArenaBlock> &blocks, std::uint64_t limit)
{
    const std::uint64_t bound = largestLiveSum(blocks);
    if (bound > limit)
        return std::nullopt;
    const std::uint64_t good = saturatingAdd(bound, bound / 100);
    Offsets best(blocks.size(), 0), offsets(blocks.size(), 0);
    std::uint64_t bestTop = placeInTime(blocks, best);
    std::vector<int> bestOrder;
    const auto keepBetter = [&](std::uint64_t top, const std::vector<int> &order) {
        if (top < bestTop || bestOrder.empty())
            bestOrder = order;
        if (top < bestTop) {
            bestTop = top;
            best = offsets;
        }
    };
    const auto block = [&blocks](int index) -> const ArenaBlock & { return blocks[static_cast<std::size_t>(index)]; };
    const auto length = [&block](int index) { return static_cast<std::uint64_t>(block(index).last - block(index).first + 1); };
    const std::size_t pairs = bestTop > good ? overlappingPairs(blocks) : 0;
    if (bestTop > good && pairs <= maxPairs) {
        const Overlaps overlaps(blocks);
        const std::function<bool(int, int)> orders[] = {
            [&](int a, int b) { return block(a).size != block(b).size ? block(a).size > block(b).size : length(a) > length(b); },
            [&](int a, int b) { return static_cast<double>(block(a).size) * static_cast<double>(length(a)) > static_cast<double>(block(b).size) * static_cast<double>(length(b)); },
            [&](int a, int b) { return length(a) != length(b) ? length(a) > length(b) : block(a).size > block(b).size; },
        };
        const std::size_t visitsPerAttempt = 2 * pairs + blocks.size();
        const auto attempts = static_cast<int>(std::min<std::size_t>(maxAttempts, maxVisits / std::max<std::size_t>(1, visitsPerAttempt)));
        for (const auto &before : orders) {
            auto order = sortedBy(blocks.size(), before);
            // What ended up on top goes first in the next attempt.
            for (int round = 0; round < std::max(1, attempts / 3) && bestTop > good; ++round) {
                const std::uint64_t top = placeInOrder(blocks, overlaps, order, offsets);
                keepBetter(top, order);
                if (top == unplaced)
                    break;
                std::stable_partition(order.begin(), order.end(), [&](int b) { return offsets[static_cast<std::size_t>(b)] + block(b).size == top; });
            }
        }
        // Then exchanges in the best order, always the same ones; what is no worse stays.
        core::SplitMix random(1);
        for (int round = 0; round < attempts && bestTop > good && bestOrder.size() > 1; ++round) {
            std::vector<int> order = bestOrder;
            for (int exchange = 0; exchange <= round % 3; ++exchange)
                std::swap(order[random.next() % order.size()], order[random.next() % order.size()]);
            const std::uint64_t top = placeInOrder(blocks, overlaps, order, offsets);
            if (top <= bestTop)
                bestOrder = order;
            keepBetter(top, order);
        }
    }
    if (bestTop > limit)
        return std::nullopt;
    for (std::size_t b = 0; b < blocks.size(); ++b)
        blocks[b].offset = best[b];
    return bestTop;
}

} // namespace nordlys::runtime

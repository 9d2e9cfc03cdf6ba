// SPDX-License-Identifier: Apache-2.0
#include "layered_graph.h"

#include <algorithm>

namespace nordlys::core::layout {

namespace {

/// Graphs above this many arcs get fewer sweeps and no exchanges of neighbours.
constexpr std::size_t kThoroughArcs = 60'000;

class Sweeper {
public:
    explicit Sweeper(LayeredGraph &g) : m_g(g), m_key(g.vertexCount()) {}

    /// Sorts rank `r` by the mean position of the neighbours above or below; vertices without such keep their place.
    void sortLevel(int r, bool byUpper)
    {
        const auto level = m_g.level(r);
        if (level.size() < 2)
            return;
        m_movable.clear();
        m_slots.clear();
        for (std::size_t i = 0; i < level.size(); ++i) {
            const Vertex v = level[i];
            const auto arcs = byUpper ? m_g.up.of(v) : m_g.down.of(v);
            if (arcs.empty())
                continue;
            double sum = 0;
            for (const std::uint32_t a : arcs)
                sum += m_g.position[byUpper ? m_g.arcs[a].upper : m_g.arcs[a].lower];
            m_key[v] = sum / static_cast<double>(arcs.size());
            m_movable.push_back(v);
            m_slots.push_back(i);
        }
        std::stable_sort(m_movable.begin(), m_movable.end(), [&](Vertex a, Vertex b) { return m_key[a] < m_key[b]; });
        for (std::size_t i = 0; i < m_movable.size(); ++i) {
            level[m_slots[i]] = m_movable[i];
            m_g.position[m_movable[i]] = static_cast<std::uint32_t>(m_slots[i]);
        }
    }

    /// Exchanges neighbours while that lowers the number of crossings.
    void exchange()
    {
        for (int round = 0; round < 4; ++round) {
            bool improved = false;
            for (int r = 0; r < m_g.rankCount; ++r) {
                const auto level = m_g.level(r);
                for (std::size_t i = 0; i + 1 < level.size(); ++i) {
                    const auto [asIs, swapped] = pairCrossings(level[i], level[i + 1]);
                    if (swapped >= asIs)
                        continue;
                    std::swap(level[i], level[i + 1]);
                    m_g.position[level[i]] = static_cast<std::uint32_t>(i);
                    m_g.position[level[i + 1]] = static_cast<std::uint32_t>(i + 1);
                    improved = true;
                }
            }
            if (!improved)
                return;
        }
    }

private:
    void positions(Vertex v, bool upper, std::vector<std::uint32_t> &out) const
    {
        out.clear();
        for (const std::uint32_t a : upper ? m_g.up.of(v) : m_g.down.of(v))
            out.push_back(m_g.position[upper ? m_g.arcs[a].upper : m_g.arcs[a].lower]);
        std::sort(out.begin(), out.end());
    }

    static std::uint64_t inversions(const std::vector<std::uint32_t> &left, const std::vector<std::uint32_t> &right)
    {
        std::uint64_t count = 0;
        std::size_t smaller = 0;
        for (const std::uint32_t position : left) {
            while (smaller < right.size() && right[smaller] < position)
                ++smaller;
            count += smaller;
        }
        return count;
    }

    std::pair<std::uint64_t, std::uint64_t> pairCrossings(Vertex left, Vertex right)
    {
        std::uint64_t asIs = 0, swapped = 0;
        for (const bool upper : {true, false}) {
            positions(left, upper, m_left);
            positions(right, upper, m_right);
            asIs += inversions(m_left, m_right);
            swapped += inversions(m_right, m_left);
        }
        return {asIs, swapped};
    }

    LayeredGraph &m_g;
    std::vector<double> m_key;
    std::vector<Vertex> m_movable;
    std::vector<std::size_t> m_slots;
    std::vector<std::uint32_t> m_left, m_right;
};

} // namespace

std::uint64_t countCrossings(const LayeredGraph &g, int upperRank)
{
    const auto upper = g.level(upperRank), lower = g.level(upperRank + 1);
    if (upper.size() < 2 || lower.size() < 2)
        return 0;
    std::size_t leaves = 1;
    while (leaves < lower.size())
        leaves *= 2;
    std::vector<std::uint64_t> tree(2 * leaves - 1, 0);
    std::vector<std::uint32_t> targets;
    std::uint64_t crossings = 0;
    for (const Vertex v : upper) {
        targets.clear();
        for (const std::uint32_t a : g.down.of(v))
            targets.push_back(g.position[g.arcs[a].lower]);
        std::sort(targets.begin(), targets.end());
        for (const std::uint32_t target : targets) {
            std::size_t index = target + leaves - 1;
            ++tree[index];
            while (index > 0) {
                if (index % 2 == 1)
                    crossings += tree[index + 1]; // everything to the right that came from vertices further left
                index = (index - 1) / 2;
                ++tree[index];
            }
        }
    }
    return crossings;
}

std::uint64_t countCrossings(const LayeredGraph &g)
{
    std::uint64_t crossings = 0;
    for (int r = 0; r + 1 < g.rankCount; ++r)
        crossings += countCrossings(g, r);
    return crossings;
}

bool reduceCrossings(LayeredGraph &g, const JobContext &job)
{
    const bool thorough = g.arcs.size() <= kThoroughArcs;
    const int maxSweeps = thorough ? 24 : 6;
    const int patience = thorough ? 4 : 2;
    Sweeper sweeper(g);
    std::uint64_t best = countCrossings(g);
    std::vector<Vertex> bestOrder = g.order;
    int withoutGain = 0;
    for (int sweep = 0; sweep < maxSweeps && best > 0 && withoutGain < patience; ++sweep) {
        if (job.stopRequested())
            return false;
        if (sweep % 2 == 0)
            for (int r = 1; r < g.rankCount; ++r)
                sweeper.sortLevel(r, true);
        else
            for (int r = g.rankCount - 1; r-- > 0;)
                sweeper.sortLevel(r, false);
        if (thorough)
            sweeper.exchange();
        const std::uint64_t crossings = countCrossings(g);
        ++withoutGain;
        if (crossings < best) {
            best = crossings;
            bestOrder = g.order;
            withoutGain = 0;
        }
    }
    g.order = std::move(bestOrder);
    for (int r = 0; r < g.rankCount; ++r) {
        const auto level = g.level(r);
        for (std::size_t i = 0; i < level.size(); ++i)
            g.position[level[i]] = static_cast<std::uint32_t>(i);
    }
    return !job.stopRequested();
}

} // namespace nordlys::core::layout

// SPDX-License-Identifier: Apache-2.0
// Brandes, Köpf: Fast and Simple Horizontal Coordinate Assignment, GD 2001. Four extreme alignments, each made compact, then the
// mean of the two middle ones. Compaction solves the separation constraints between blocks by longest paths instead of the
// paper's recursion over classes, whose shifts can overlap (erratum of Brandes, Walter and Zink, 2020).
#include "layered_graph.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace nordlys::core::layout {

namespace {

constexpr int kRefinements = 6;
constexpr double kAligned = 0.01;

class Aligner {
public:
    Aligner(LayeredGraph &g, const LayoutOptions &options) : m_g(g), m_options(options)
    {
        const auto byPosition = [&](Adjacency &adjacency, bool upper) {
            for (Vertex v = 0; v < g.vertexCount(); ++v) {
                const auto arcs = adjacency.of(v);
                std::sort(arcs.begin(), arcs.end(), [&](std::uint32_t a, std::uint32_t b) {
                    const auto pa = g.position[upper ? g.arcs[a].upper : g.arcs[a].lower],
                               pb = g.position[upper ? g.arcs[b].upper : g.arcs[b].lower];
                    return pa != pb ? pa < pb : a < b;
                });
            }
        };
        byPosition(g.up, true);
        byPosition(g.down, false);
        m_weak.assign(g.arcs.size(), false);
        markWeakArcs();
        m_usable.resize(g.arcs.size());
        for (std::size_t a = 0; a < g.arcs.size(); ++a)
            m_usable[a] = !m_weak[a];
        markConflicts();
    }

    std::vector<double> run()
    {
        std::array<std::vector<double>, 4> layouts;
        std::array<double, 4> lows{}, widths{};
        std::size_t narrowest = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            layouts[i] = compact(align(i < 2, i % 2 == 0), i % 2 == 0);
            const auto [low, high] = std::minmax_element(layouts[i].begin(), layouts[i].end());
            lows[i] = *low;
            widths[i] = *high - *low;
            if (widths[i] < widths[narrowest])
                narrowest = i;
        }
        // Left alignments share their left border with the narrowest one, right alignments their right border.
        for (std::size_t i = 0; i < 4; ++i) {
            const double shift =
                i % 2 == 0 ? lows[narrowest] - lows[i] : lows[narrowest] + widths[narrowest] - lows[i] - widths[i];
            for (double &value : layouts[i])
                value += shift;
        }
        std::vector<double> x(m_g.vertexCount());
        for (std::size_t v = 0; v < x.size(); ++v) {
            std::array<double, 4> candidates{layouts[0][v], layouts[1][v], layouts[2][v], layouts[3][v]};
            std::sort(candidates.begin(), candidates.end());
            x[v] = (candidates[1] + candidates[2]) / 2;
        }
        for (int pass = 0; pass < kRefinements; ++pass)
            refine(x, pass % 2 == 0);
        return x;
    }

private:
    [[nodiscard]] double separation(Vertex left, Vertex right) const
    {
        const bool leftVirtual = m_g.isVirtual(left), rightVirtual = m_g.isVirtual(right);
        if (leftVirtual && rightVirtual)
            return m_options.channelGap;
        if (leftVirtual || rightVirtual)
            return m_options.nodeWidth / 2 + m_options.channelGap;
        return m_options.nodeWidth + m_options.nodeGap;
    }

    /// Arcs along which nothing is aligned as long as the vertex has a better one: between a real and a virtual vertex, and
    /// from a short loose branch into a longer path.
    void markWeakArcs()
    {
        const auto weaken = [&](Vertex v, bool upward) {
            if (m_g.isVirtual(v))
                return;
            const auto arcs = upward ? m_g.up.of(v) : m_g.down.of(v);
            int deepest = -1;
            for (const std::uint32_t a : arcs) {
                const Vertex other = upward ? m_g.arcs[a].upper : m_g.arcs[a].lower;
                if (!m_g.isVirtual(other))
                    deepest = std::max(deepest, m_g.depth[other]);
            }
            if (deepest < 0)
                return;
            for (const std::uint32_t a : arcs) {
                const Vertex other = upward ? m_g.arcs[a].upper : m_g.arcs[a].lower;
                if (m_g.isVirtual(other) || (upward && m_g.loose[other] && m_g.depth[other] < deepest))
                    m_weak[a] = true;
            }
        };
        for (Vertex v = 0; v < m_g.nodeCount; ++v) {
            weaken(v, true);
            weaken(v, false);
        }
    }

    /// Type 1 conflicts: arcs that cross a segment between two virtual vertices give way to it.
    void markConflicts()
    {
        for (int r = 1; r < m_g.rankCount; ++r) {
            const auto lower = m_g.level(r);
            const auto upper = m_g.level(r - 1);
            std::size_t left = 0, scanned = 0;
            for (std::size_t i = 0; i < lower.size(); ++i) {
                std::size_t right = upper.empty() ? 0 : upper.size() - 1;
                bool inner = false;
                if (m_g.isVirtual(lower[i]))
                    for (const std::uint32_t a : m_g.up.of(lower[i]))
                        if (m_g.isVirtual(m_g.arcs[a].upper)) {
                            right = m_g.position[m_g.arcs[a].upper];
                            inner = true;
                        }
                if (!inner && i + 1 != lower.size())
                    continue;
                for (; scanned <= i; ++scanned)
                    for (const std::uint32_t a : m_g.up.of(lower[scanned])) {
                        const Arc &arc = m_g.arcs[a];
                        const std::size_t at = m_g.position[arc.upper];
                        if ((at < left || at > right) && !(m_g.isVirtual(arc.upper) && m_g.isVirtual(arc.lower)))
                            m_usable[a] = false;
                    }
                left = right;
            }
        }
    }

    /// Vertical alignment: root of each vertex's block.
    std::vector<Vertex> align(bool downward, bool leftward)
    {
        const std::size_t n = m_g.vertexCount();
        std::vector<Vertex> root(n), next(n);
        for (Vertex v = 0; v < n; ++v)
            root[v] = next[v] = v;
        std::vector<std::uint32_t> usable;
        for (int step = 0; step < m_g.rankCount; ++step) {
            const auto level = m_g.level(downward ? step : m_g.rankCount - 1 - step);
            std::int64_t reached = leftward ? -1 : std::numeric_limits<std::int64_t>::max();
            for (std::size_t k = 0; k < level.size(); ++k) {
                const Vertex v = level[leftward ? k : level.size() - 1 - k];
                usable.clear();
                for (const std::uint32_t a : downward ? m_g.up.of(v) : m_g.down.of(v))
                    if (m_usable[a])
                        usable.push_back(a);
                if (usable.empty())
                    continue;
                const std::size_t low = (usable.size() - 1) / 2, high = usable.size() / 2;
                for (const std::size_t median : {leftward ? low : high, leftward ? high : low}) {
                    if (next[v] != v)
                        break;
                    const Arc &arc = m_g.arcs[usable[median]];
                    const Vertex u = downward ? arc.upper : arc.lower;
                    const auto at = static_cast<std::int64_t>(m_g.position[u]);
                    if (leftward ? at <= reached : at >= reached)
                        continue;
                    next[u] = v;
                    root[v] = root[u];
                    next[v] = root[v];
                    reached = at;
                }
            }
        }
        return root;
    }

    /// Smallest coordinates that keep every separation, seen from the left or from the right.
    std::vector<double> compact(const std::vector<Vertex> &root, bool leftward) const
    {
        const std::size_t n = m_g.vertexCount();
        struct Constraint {
            Vertex from, to;
            double gap;
        };
        std::vector<Constraint> constraints;
        constraints.reserve(n);
        for (int r = 0; r < m_g.rankCount; ++r) {
            const auto level = m_g.level(r);
            for (std::size_t i = 0; i + 1 < level.size(); ++i) {
                const Vertex a = root[level[i]], b = root[level[i + 1]];
                const double gap = separation(level[i], level[i + 1]);
                constraints.push_back(leftward ? Constraint{a, b, gap} : Constraint{b, a, gap});
            }
        }
        std::vector<std::uint32_t> start(n + 1, 0), incoming(n, 0), slot(constraints.size());
        for (const Constraint &c : constraints) {
            ++start[c.from + 1];
            ++incoming[c.to];
        }
        for (std::size_t v = 0; v < n; ++v)
            start[v + 1] += start[v];
        std::vector<std::uint32_t> fill(start.begin(), start.end() - 1);
        for (std::size_t i = 0; i < constraints.size(); ++i)
            slot[fill[constraints[i].from]++] = static_cast<std::uint32_t>(i);
        std::vector<Vertex> sequence;
        sequence.reserve(n);
        for (Vertex v = 0; v < n; ++v)
            if (root[v] == v && incoming[v] == 0)
                sequence.push_back(v);
        std::vector<double> x(n, 0);
        for (std::size_t i = 0; i < sequence.size(); ++i) {
            const Vertex v = sequence[i];
            for (std::uint32_t s = start[v]; s < start[v + 1]; ++s) {
                const Constraint &c = constraints[slot[s]];
                x[c.to] = std::max(x[c.to], x[v] + c.gap);
                if (--incoming[c.to] == 0)
                    sequence.push_back(c.to);
            }
        }
        for (Vertex v = 0; v < n; ++v)
            x[v] = root[v] == v ? x[v] : x[root[v]];
        if (!leftward)
            for (double &value : x)
                value = -value;
        return x;
    }

    /// Moves every straight block as a whole towards the median of its neighbours, as far as its row neighbours leave room.
    void refine(std::vector<double> &x, bool fromLeft) const
    {
        const std::size_t n = m_g.vertexCount();
        std::vector<Vertex> root(n);
        std::iota(root.begin(), root.end(), 0U);
        const auto find = [&](Vertex v) {
            while (root[v] != v)
                v = root[v] = root[root[v]];
            return v;
        };
        for (const Arc &arc : m_g.arcs)
            if (std::abs(x[arc.upper] - x[arc.lower]) < kAligned) {
                const Vertex a = find(arc.upper), b = find(arc.lower);
                root[std::max(a, b)] = std::min(a, b);
            }
        std::vector<std::uint32_t> start(n + 1, 0);
        for (Vertex v = 0; v < n; ++v)
            ++start[find(v) + 1];
        for (std::size_t v = 0; v < n; ++v)
            start[v + 1] += start[v];
        std::vector<Vertex> members(n), blocks;
        std::vector<std::uint32_t> next(start.begin(), start.end() - 1);
        for (Vertex v = 0; v < n; ++v) {
            members[next[find(v)]++] = v;
            if (root[v] == v)
                blocks.push_back(v);
        }
        std::stable_sort(blocks.begin(), blocks.end(), [&](Vertex a, Vertex b) { return fromLeft ? x[a] < x[b] : x[a] > x[b]; });
        std::vector<double> strong, weak;
        for (const Vertex block : blocks) {
            double low = -std::numeric_limits<double>::infinity(), high = -low;
            strong.clear();
            weak.clear();
            for (std::uint32_t i = start[block]; i < start[block + 1]; ++i) {
                const Vertex v = members[i];
                const auto level = m_g.level(m_g.rank[v]);
                const std::uint32_t at = m_g.position[v];
                if (at > 0)
                    low = std::max(low, x[level[at - 1]] + separation(level[at - 1], v));
                if (at + 1 < level.size())
                    high = std::min(high, x[level[at + 1]] - separation(v, level[at + 1]));
                for (const bool upward : {true, false})
                    for (const std::uint32_t a : upward ? m_g.up.of(v) : m_g.down.of(v)) {
                        const Vertex other = upward ? m_g.arcs[a].upper : m_g.arcs[a].lower;
                        if (find(other) != block)
                            (m_weak[a] ? weak : strong).push_back(x[other]);
                    }
            }
            std::vector<double> &pulls = strong.empty() ? weak : strong;
            if (pulls.empty() || low > high)
                continue;
            const auto middle = pulls.begin() + static_cast<std::ptrdiff_t>((pulls.size() - (fromLeft ? 1 : 0)) / 2);
            std::nth_element(pulls.begin(), middle, pulls.end());
            const double to = std::clamp(*middle, low, high);
            for (std::uint32_t i = start[block]; i < start[block + 1]; ++i)
                x[members[i]] = to;
        }
    }

    LayeredGraph &m_g;
    const LayoutOptions &m_options;
    std::vector<bool> m_usable; ///< arcs that may align their ends
    std::vector<bool> m_weak;
};

} // namespace

std::vector<double> assignCoordinates(LayeredGraph &g, const LayoutOptions &options)
{
    if (g.vertexCount() == 0)
        return {};
    std::vector<double> x = Aligner(g, options).run();
    double left = std::numeric_limits<double>::infinity();
    for (Vertex v = 0; v < g.vertexCount(); ++v)
        left = std::min(left, x[v] - (g.isVirtual(v) ? 0 : options.nodeWidth / 2));
    for (double &value : x)
        value -= left;
    return x;
}

} // namespace nordlys::core::layout

// SPDX-License-Identifier: Apache-2.0
#include "layered_graph.h"

#include <algorithm>
#include <limits>

namespace nordlys::core::layout {

namespace {

struct Degrees {
    std::vector<std::uint32_t> in, out;
    /// Incoming edges that do not come from a branch which hangs on this node alone.
    std::vector<std::uint32_t> boundIn;
};

template <typename Visit>
void forEachConsumer(const LayeredGraph &g, std::size_t node, Visit visit)
{
    for (std::uint32_t n = g.firstNetOfNode[node]; n < g.firstNetOfNode[node + 1]; ++n)
        for (std::uint32_t e = 0; e < g.nets[n].edgeCount; ++e)
            visit(static_cast<std::size_t>(g.edges[g.nets[n].firstEdge + e].to.index));
}

Degrees degreesOf(LayeredGraph &g)
{
    Degrees degrees{std::vector<std::uint32_t>(g.nodeCount), std::vector<std::uint32_t>(g.nodeCount),
                    std::vector<std::uint32_t>(g.nodeCount)};
    for (std::size_t v = 0; v < g.nodeCount; ++v)
        forEachConsumer(g, v, [&](std::size_t to) {
            ++degrees.out[v];
            ++degrees.in[to];
        });
    g.loose.assign(g.nodeCount, false);
    for (std::size_t v = 0; v < g.nodeCount; ++v) {
        // A node is loose when everything above it hangs on it alone: it and its whole branch can move together.
        const bool hangsAlone = degrees.boundIn[v] == 0;
        g.loose[v] = hangsAlone;
        if (!hangsAlone || degrees.out[v] > 1)
            forEachConsumer(g, v, [&](std::size_t to) { ++degrees.boundIn[to]; });
    }
    return degrees;
}

} // namespace

void assignRanks(LayeredGraph &g)
{
    g.rank.assign(g.nodeCount, 0);
    // Nodes are in topological order.
    for (std::size_t v = 0; v < g.nodeCount; ++v)
        forEachConsumer(g, v, [&](std::size_t to) { g.rank[to] = std::max(g.rank[to], g.rank[v] + 1); });
    g.depth = g.rank;
    const Degrees degrees = degreesOf(g);
    // Moving a node (and the branch that hangs on it alone) down by one rank shortens its outgoing edges and lengthens the bound
    // incoming ones. From the bottom up, so that a branch follows its root. Twice, because a move can make room for another.
    for (int pass = 0; pass < 2; ++pass) {
        bool moved = false;
        for (std::size_t v = g.nodeCount; v-- > 0;) {
            if (degrees.out[v] <= degrees.boundIn[v])
                continue;
            int lowest = std::numeric_limits<int>::max();
            forEachConsumer(g, v, [&](std::size_t to) { lowest = std::min(lowest, g.rank[to] - 1); });
            moved = moved || lowest > g.rank[v];
            g.rank[v] = std::max(g.rank[v], lowest);
        }
        if (!moved)
            break;
    }
    int highest = std::numeric_limits<int>::max(), deepest = -1;
    for (const int r : g.rank) {
        highest = std::min(highest, r);
        deepest = std::max(deepest, r);
    }
    for (int &r : g.rank)
        r -= highest;
    g.rankCount = g.nodeCount == 0 ? 0 : deepest - highest + 1;
}

} // namespace nordlys::core::layout

// SPDX-License-Identifier: Apache-2.0
#include "layered_graph.h"

#include <algorithm>

namespace nordlys::core::layout {

namespace {

/// Virtual vertices cost time and memory; beyond this many the longest edges run beside the drawing instead.
constexpr std::size_t kMinVirtualBudget = 60'000;
/// Part of a too long net that keeps its chain, so that near consumers are still reached directly.
constexpr int kNearSpan = 12;

Expected<void> collectNets(const Graph &graph, LayeredGraph &out)
{
    out.firstNetOfNode.reserve(out.nodeCount + 1);
    std::vector<std::uint32_t> consumers;
    for (std::size_t n = 0; n < out.nodeCount; ++n) {
        out.firstNetOfNode.push_back(static_cast<std::uint32_t>(out.nets.size()));
        for (const TensorId tensor : graph.nodes[n].outputs) {
            if (!tensor.isValid())
                continue;
            consumers.clear();
            for (const NodeId consumer : graph.tensor(tensor).consumers)
                consumers.push_back(consumer.index);
            std::sort(consumers.begin(), consumers.end());
            consumers.erase(std::unique(consumers.begin(), consumers.end()), consumers.end());
            if (consumers.empty())
                continue;
            if (consumers.front() <= n || consumers.back() >= out.nodeCount)
                return badInput("graph",
                                "node '" + std::string(graph.nameOf(NodeId(consumers.front()))) + "' stands before its producer",
                                "The nodes must be in an order in which every producer precedes its consumers.");
            Net net;
            net.from = NodeId(n);
            net.tensor = tensor;
            net.firstEdge = static_cast<std::uint32_t>(out.edges.size());
            net.edgeCount = static_cast<std::uint32_t>(consumers.size());
            for (const std::uint32_t consumer : consumers)
                out.edges.push_back({static_cast<std::uint32_t>(out.nets.size()), NodeId(consumer), false});
            out.nets.push_back(net);
        }
    }
    out.firstNetOfNode.push_back(static_cast<std::uint32_t>(out.nets.size()));
    return {};
}

int spanOf(const LayeredGraph &g, const NetEdge &edge) { return g.rank[edge.to.index] - g.rank[g.nets[edge.net].from.index]; }

/// Number of ranks between the producer and the furthest consumer whose edge spans at most `limit`.
int chainLength(const LayeredGraph &g, const Net &net, int limit)
{
    int longest = 1;
    for (std::uint32_t e = 0; e < net.edgeCount; ++e) {
        const int span = spanOf(g, g.edges[net.firstEdge + e]);
        if (span <= limit)
            longest = std::max(longest, span);
    }
    return longest - 1;
}

void addVirtualVertices(LayeredGraph &g)
{
    std::vector<std::uint32_t> byLength(g.nets.size());
    std::vector<int> lengths(g.nets.size());
    for (std::size_t i = 0; i < g.nets.size(); ++i) {
        byLength[i] = static_cast<std::uint32_t>(i);
        lengths[i] = chainLength(g, g.nets[i], g.rankCount);
    }
    std::stable_sort(byLength.begin(), byLength.end(), [&](std::uint32_t a, std::uint32_t b) { return lengths[a] < lengths[b]; });
    std::size_t budget = std::max(kMinVirtualBudget, g.nodeCount);
    bool exhausted = false;
    for (const std::uint32_t i : byLength) {
        exhausted = exhausted || static_cast<std::size_t>(lengths[i]) > budget;
        if (exhausted) {
            Net &net = g.nets[i];
            lengths[i] = chainLength(g, net, kNearSpan);
            for (std::uint32_t e = 0; e < net.edgeCount; ++e) {
                NetEdge &edge = g.edges[net.firstEdge + e];
                edge.isSide = spanOf(g, edge) > kNearSpan;
                net.hasSideEdges = net.hasSideEdges || edge.isSide;
            }
        } else {
            budget -= static_cast<std::size_t>(lengths[i]);
        }
    }
    for (std::size_t i = 0; i < g.nets.size(); ++i) {
        Net &net = g.nets[i];
        net.virtualCount = static_cast<std::uint32_t>(lengths[i]);
        net.firstVirtual = static_cast<Vertex>(g.rank.size());
        const int base = g.rank[net.from.index];
        for (int k = 0; k < lengths[i]; ++k)
            g.rank.push_back(base + 1 + k);
    }
}

void addArcs(LayeredGraph &g)
{
    for (const Net &net : g.nets) {
        const int base = g.rank[net.from.index];
        for (std::uint32_t k = 0; k < net.virtualCount; ++k)
            g.arcs.push_back({g.vertexOf(net, base + static_cast<int>(k)), net.firstVirtual + k});
        for (std::uint32_t e = 0; e < net.edgeCount; ++e) {
            const NetEdge &edge = g.edges[net.firstEdge + e];
            if (!edge.isSide)
                g.arcs.push_back({g.vertexOf(net, g.rank[edge.to.index] - 1), edge.to.index});
        }
    }
    const auto fill = [&](Adjacency &adjacency, bool upward) {
        adjacency.start.assign(g.vertexCount() + 1, 0);
        for (const Arc &arc : g.arcs)
            ++adjacency.start[(upward ? arc.lower : arc.upper) + 1];
        for (std::size_t v = 0; v < g.vertexCount(); ++v)
            adjacency.start[v + 1] += adjacency.start[v];
        std::vector<std::uint32_t> next(adjacency.start.begin(), adjacency.start.end() - 1);
        adjacency.arcs.resize(g.arcs.size());
        for (std::size_t a = 0; a < g.arcs.size(); ++a)
            adjacency.arcs[next[upward ? g.arcs[a].lower : g.arcs[a].upper]++] = static_cast<std::uint32_t>(a);
    };
    fill(g.up, true);
    fill(g.down, false);
}

/// First order: depth first from the sources, so that a branch stays together from the start; short branches that only feed a
/// vertex (constants) are entered together with it.
void initialOrder(LayeredGraph &g)
{
    g.levelStart.assign(static_cast<std::size_t>(g.rankCount) + 1, 0);
    for (const int r : g.rank)
        ++g.levelStart[static_cast<std::size_t>(r) + 1];
    for (std::size_t r = 0; r < static_cast<std::size_t>(g.rankCount); ++r)
        g.levelStart[r + 1] += g.levelStart[r];
    g.order.resize(g.vertexCount());
    g.position.resize(g.vertexCount());
    std::vector<std::uint32_t> next(g.levelStart.begin(), g.levelStart.end() - 1);
    std::vector<bool> seen(g.vertexCount(), false);
    std::vector<Vertex> stack;
    for (Vertex source = 0; source < g.nodeCount; ++source) {
        if (!g.up.of(source).empty())
            continue;
        stack.push_back(source);
        while (!stack.empty()) {
            const Vertex v = stack.back();
            stack.pop_back();
            if (seen[v])
                continue;
            seen[v] = true;
            const auto r = static_cast<std::size_t>(g.rank[v]);
            g.position[v] = next[r] - g.levelStart[r];
            g.order[next[r]++] = v;
            const auto arcs = g.down.of(v);
            for (std::size_t i = arcs.size(); i-- > 0;)
                if (!seen[g.arcs[arcs[i]].lower])
                    stack.push_back(g.arcs[arcs[i]].lower);
            for (const std::uint32_t a : g.up.of(v))
                if (const Vertex upper = g.arcs[a].upper; !seen[upper] && !g.isVirtual(upper) && g.loose[upper])
                    stack.push_back(upper);
        }
    }
}

} // namespace

Expected<LayeredGraph> makeLayeredGraph(const Graph &graph)
{
    LayeredGraph g;
    g.nodeCount = graph.nodes.size();
    NORDLYS_TRY(collectNets(graph, g));
    assignRanks(g);
    addVirtualVertices(g);
    addArcs(g);
    initialOrder(g);
    return g;
}

} // namespace nordlys::core::layout

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layered_layout.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace nordlys::core::layout {

using Vertex = std::uint32_t;
inline constexpr Vertex kNoVertex = 0xffffffffU;

/// All drawn edges of one tensor: they leave the producer through one port and share one chain of virtual vertices.
struct Net {
    NodeId from;
    TensorId tensor;
    std::uint32_t firstEdge = 0, edgeCount = 0;
    Vertex firstVirtual = kNoVertex; ///< chain of virtual vertices, one a rank, from rank(from) + 1 on
    std::uint32_t virtualCount = 0;
    std::uint32_t lane = 0; ///< channel beside the whole drawing, for edges that are too long for virtual vertices
    bool hasSideEdges = false;
};

struct NetEdge {
    std::uint32_t net = 0;
    NodeId to;
    bool isSide = false; ///< runs in the net's lane beside the drawing
};

/// Compressed adjacency.
struct Adjacency {
    std::vector<std::uint32_t> start; ///< vertexCount + 1
    std::vector<std::uint32_t> arcs;  ///< arc indices
    [[nodiscard]] std::span<const std::uint32_t> of(Vertex v) const { return {arcs.data() + start[v], start[v + 1] - start[v]}; }
    [[nodiscard]] std::span<std::uint32_t> of(Vertex v) { return {arcs.data() + start[v], start[v + 1] - start[v]}; }
};

struct Arc {
    Vertex upper = 0, lower = 0; ///< ranks differ by exactly one
};

/// The graph as the drawing sees it: real vertices 0 .. nodeCount-1 (= NodeId), then virtual ones; every arc spans one rank.
struct LayeredGraph {
    std::size_t nodeCount = 0;
    std::vector<int> rank;                     ///< per vertex
    std::vector<bool> loose;                   ///< per node: everything above it feeds nothing else
    std::vector<int> depth;                    ///< per node: longest path from a source
    std::vector<Net> nets;                     ///< grouped by producer, in node order
    std::vector<std::uint32_t> firstNetOfNode; ///< nodeCount + 1
    std::vector<NetEdge> edges;                ///< grouped by net
    std::vector<Arc> arcs;
    Adjacency up, down; ///< arcs to the rank above, to the rank below
    int rankCount = 0;
    /// Order within the ranks: vertices of rank r are order[levelStart[r]] .. order[levelStart[r + 1] - 1].
    std::vector<Vertex> order;
    std::vector<std::uint32_t> levelStart, position;

    [[nodiscard]] std::size_t vertexCount() const { return rank.size(); }
    [[nodiscard]] bool isVirtual(Vertex v) const { return v >= nodeCount; }
    [[nodiscard]] std::span<Vertex> level(int r)
    {
        const auto index = static_cast<std::size_t>(r);
        return {order.data() + levelStart[index], levelStart[index + 1] - levelStart[index]};
    }
    [[nodiscard]] std::span<const Vertex> level(int r) const
    {
        const auto index = static_cast<std::size_t>(r);
        return {order.data() + levelStart[index], levelStart[index + 1] - levelStart[index]};
    }
    /// The net's vertex in rank `r`: its producer or one of its virtual vertices.
    [[nodiscard]] Vertex vertexOf(const Net &net, int r) const
    {
        const int above = r - rank[net.from.index];
        return above == 0 ? net.from.index : net.firstVirtual + static_cast<std::uint32_t>(above) - 1;
    }
};

/// Nets, ranks, virtual vertices and a first order. BadInput when a node stands before its producer.
Expected<LayeredGraph> makeLayeredGraph(const Graph &graph);

/// Longest-path ranks, then branches that hang on nothing above are pulled down to their consumers, which shortens the edges.
/// Fills `rank`, `depth` and `loose` of the nodes and rankCount.
void assignRanks(LayeredGraph &layered);

/// Crossings between neighbouring ranks, counted with an accumulator tree (Barth, Jünger, Mutzel 2002).
std::uint64_t countCrossings(const LayeredGraph &layered);
std::uint64_t countCrossings(const LayeredGraph &layered, int upperRank);

/// Barycentre sweeps down and up with exchanges of neighbours; keeps the best order seen. False when stopped.
bool reduceCrossings(LayeredGraph &layered, const JobContext &job);

/// Centre x of every vertex after Brandes and Köpf 2001. Edges to virtual vertices and loose branches give way, so that the
/// main column stays straight.
std::vector<double> assignCoordinates(LayeredGraph &layered, const LayoutOptions &options);

/// Boxes and orthogonal edges.
GraphLayout routeEdges(LayeredGraph &layered, const std::vector<double> &x, const LayoutOptions &options);

} // namespace nordlys::core::layout

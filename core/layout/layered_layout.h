// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/graph/graph.h>

#include <string>
#include <vector>

namespace nordlys::core {

struct PointF {
    double x = 0, y = 0;
    friend bool operator==(const PointF &, const PointF &) = default;
};

/// Box of one node in layout units (1 unit = 1 pixel at 100 % zoom).
struct LayoutNode {
    NodeId node;
    double x = 0, y = 0, width = 0, height = 0; ///< top left corner and size
    int rank = 0;
};

/// Routed connection from a producer to a consumer: orthogonal poly-line from the lower border of `from` to the upper border of
/// `to`.
struct LayoutEdge {
    NodeId from, to;
    TensorId tensor;
    std::vector<PointF> points;
};

struct GraphLayout {
    std::vector<LayoutNode> nodes; ///< index = NodeId
    std::vector<LayoutEdge> edges;
    double width = 0, height = 0;
};

struct LayoutOptions {
    double nodeWidth = 210, nodeHeight = 34;
    double rankGap = 30;    ///< between the borders of two ranks
    double nodeGap = 24;    ///< between nodes of one rank
    double channelGap = 12; ///< between parallel edges
};

/// Layered drawing (Sugiyama's method: ranking by network simplex or longest path with tightening, ordering by barycentre sweeps
/// with crossing counting, compact coordinates by Brandes and Köpf 2001, orthogonal routing). Deterministic; top to bottom; every
/// edge goes downward. Linear-ish: 100,000 nodes within a second or so. Interrupted when the job is stopped.
Expected<GraphLayout> layoutGraph(const Graph &graph, const LayoutOptions &options = {}, const JobContext &job = {});

/// Standalone SVG document of the drawing; names are escaped.
std::string layoutToSvg(const Graph &graph, const GraphLayout &layout);

/// How a node looks in a drawing whose colours a style sheet gives.
struct NodePaint {
    int heat = -1;       ///< step of a colour scale, below 0: none
    std::string backend; ///< "htp", "gpu" or "cpu": stripe at the left; others and empty: none
    std::string value;   ///< at the right of the second line, "148.6 µs"
};
/// The same drawing as an <svg id="ID"> element for a page, without colours of its own. Classes: `e` edge, `a` arrow, `n` node
/// with `hK` for heat step K, in it `b` box, `k` and the backend's name for the stripe, `t` name, `o` operator, `v` value; every
/// node has data-node, its index. `paints`: one a node, or none.
std::string layoutToInlineSvg(const Graph &graph, const GraphLayout &layout, const std::string &id,
                              const std::vector<NodePaint> &paints);

} // namespace nordlys::core

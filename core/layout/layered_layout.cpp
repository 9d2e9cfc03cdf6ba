// SPDX-License-Identifier: Apache-2.0
#include "layered_layout.h"

#include "layered_graph.h"

namespace nordlys::core {

Expected<GraphLayout> layoutGraph(const Graph &graph, const LayoutOptions &options, const JobContext &job)
{
    auto layered = layout::makeLayeredGraph(graph);
    if (!layered)
        return std::move(layered.error());
    if (job.stopRequested() || !layout::reduceCrossings(*layered, job))
        return interrupted("layout");
    const std::vector<double> x = layout::assignCoordinates(*layered, options);
    if (job.stopRequested())
        return interrupted("layout");
    return layout::routeEdges(*layered, x, options);
}

} // namespace nordlys::core

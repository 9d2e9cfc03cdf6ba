// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_bands.h"

#include <algorithm>
#include <numeric>

namespace nordlys::studio {
namespace {

constexpr double kMargin = 40; // above the first and below the last row, in layout units

} // namespace

GraphBands::GraphBands(const GraphScene &scene, const core::PlacementPlan &plan)
    : m_crossings(plan.crossings), m_segmentOf(plan.segmentOfNode)
{
    const Document &document = scene.document();
    m_backends.reserve(plan.nodes.size());
    for (const core::NodePlacement &place : plan.nodes)
        m_backends.push_back(place.backend);
    for (const core::Segment &segment : plan.segments) {
        SegmentFacts facts{segment.backend, segment.nodes.size(), 0};
        for (const core::NodeId node : segment.nodes)
            facts.macs += document.costs[node.index].macs;
        m_segments.push_back(facts);
    }
    if (uses(core::Backend::Htp)) {
        for (const core::NodePlacement &place : plan.nodes)
            m_blocked.push_back(!place.isFolded && !place.reasonOf(core::Backend::Htp).allowed);
    }
    cutBands(scene);
    listArrivals();
}

bool GraphBands::uses(core::Backend backend) const
{
    return std::ranges::any_of(m_segments, [backend](const SegmentFacts &segment) { return segment.backend == backend; });
}

void GraphBands::cutBands(const GraphScene &scene)
{
    m_firstBandOf.assign(m_segments.size(), 0);
    std::vector<std::uint32_t> order(scene.nodeCount());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](std::uint32_t node) { return scene.nodeBox(core::NodeId(std::size_t{node})).top(); });
    std::vector<bool> begun(m_segments.size());
    double lastBottom = scene.bounds().top() - 2 * kMargin;
    for (std::size_t i = 0; i < order.size();) {
        // A row: boxes whose heights overlap.
        const std::size_t first = i;
        const double top = scene.nodeBox(core::NodeId(std::size_t{order[i]})).top();
        double bottom = top;
        std::size_t segment = segmentOf(core::NodeId(std::size_t{order[i]}));
        std::optional<core::Backend> backend = backendOf(core::NodeId(std::size_t{order[i]}));
        for (; i < order.size() && scene.nodeBox(core::NodeId(std::size_t{order[i]})).top() <= bottom; ++i) {
            const core::NodeId node(std::size_t{order[i]});
            bottom = std::max(bottom, scene.nodeBox(node).bottom());
            if (segmentOf(node) != segment)
                segment = GraphBand::kSeveral;
            if (backend != backendOf(node))
                backend.reset();
        }
        if (m_bands.empty() || m_bands.back().segment != segment || m_bands.back().backend != backend) {
            const double border = (lastBottom + top) / 2;
            if (!m_bands.empty())
                m_bands.back().bottom = border;
            m_bands.push_back({border, bottom, segment, backend, {}});
        }
        m_bands.back().bottom = bottom;
        lastBottom = bottom;
        for (std::size_t at = first; at < i; ++at) {
            const std::size_t held = segmentOf(core::NodeId(std::size_t{order[at]}));
            if (held < begun.size() && !begun[held]) {
                begun[held] = true;
                m_firstBandOf[held] = m_bands.size() - 1;
            }
        }
    }
    if (!m_bands.empty())
        m_bands.back().bottom += kMargin;
}

void GraphBands::listArrivals()
{
    for (std::size_t i = 0; i < m_crossings.size(); ++i) {
        if (const std::size_t to = m_crossings[i].to; to < m_firstBandOf.size() && !m_bands.empty())
            m_bands[m_firstBandOf[to]].arriving.push_back(i);
    }
}

std::pair<std::size_t, std::size_t> GraphBands::bandsIn(double top, double bottom) const
{
    const auto first = std::ranges::lower_bound(m_bands, top, {}, &GraphBand::bottom);
    auto last = std::ranges::upper_bound(m_bands, bottom, {}, &GraphBand::top);
    last = std::max(first, last);
    return {static_cast<std::size_t>(first - m_bands.begin()), static_cast<std::size_t>(last - m_bands.begin())};
}

} // namespace nordlys::studio

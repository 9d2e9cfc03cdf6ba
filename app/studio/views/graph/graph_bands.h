// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "graph_scene.h"

#include <studio/workspace/workspace.h>

#include <core/placement/placement.h>

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace nordlys::studio {

/// A horizontal stretch of the drawing whose operators belong to one segment (or, where branches of several lie side by side, to
/// more than one).
struct GraphBand {
    static constexpr std::size_t kSeveral = core::PlacementPlan::kNoSegment;
    double top = 0, bottom = 0;
    std::size_t segment = kSeveral;
    std::optional<core::Backend> backend; ///< nothing: several
    std::vector<std::size_t> arriving;    ///< crossings into segments that begin here, as indices into crossings()
};

/// Where the segments of a plan lie in a drawing. Made once per plan; holds copies of what it needs.
class GraphBands {
public:
    GraphBands() = default;
    GraphBands(const GraphScene &scene, const core::PlacementPlan &plan);

    struct SegmentFacts {
        core::Backend backend = core::Backend::Cpu;
        std::size_t ops = 0;
        std::int64_t macs = 0;
    };

    [[nodiscard]] const std::vector<GraphBand> &bands() const { return m_bands; }
    /// First and one past the last band that touches a stretch; equal when none does.
    [[nodiscard]] std::pair<std::size_t, std::size_t> bandsIn(double top, double bottom) const;
    [[nodiscard]] const std::vector<core::Crossing> &crossings() const { return m_crossings; }
    [[nodiscard]] const std::vector<SegmentFacts> &segments() const { return m_segments; }
    [[nodiscard]] core::Backend backendOf(core::NodeId node) const
    {
        return node.index < m_backends.size() ? m_backends[node.index] : core::Backend::Cpu;
    }
    [[nodiscard]] std::size_t segmentOf(core::NodeId node) const
    {
        return node.index < m_segmentOf.size() ? m_segmentOf[node.index] : GraphBand::kSeveral;
    }
    [[nodiscard]] bool crosses(core::NodeId from, core::NodeId to) const { return segmentOf(from) != segmentOf(to); }
    /// The HTP refuses the operator, in a model that uses the HTP.
    [[nodiscard]] bool isBlocked(core::NodeId node) const { return node.index < m_blocked.size() && m_blocked[node.index]; }
    /// Two segments or more: worth showing where which one is.
    [[nodiscard]] bool isDivided() const { return m_segments.size() > 1; }
    [[nodiscard]] bool uses(core::Backend backend) const;

private:
    void cutBands(const GraphScene &scene);
    void listArrivals();

    std::vector<GraphBand> m_bands;
    std::vector<core::Crossing> m_crossings;
    std::vector<SegmentFacts> m_segments;
    std::vector<core::Backend> m_backends;   // by NodeId
    std::vector<std::size_t> m_segmentOf;    // by NodeId
    std::vector<bool> m_blocked;             // by NodeId
    std::vector<std::size_t> m_firstBandOf;  // by segment
};

} // namespace nordlys::studio

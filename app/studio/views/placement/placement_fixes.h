// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/workspace.h>

#include <core/placement/placement.h>

#include <QCoreApplication>
#include <QString>

#include <optional>
#include <vector>

namespace nordlys::studio {

/// What could be done about a node's place: an edit that can be made at once, a calibration, or advice for the model's author.
struct PlacementFix {
    enum class Kind { Change, Calibrate, Advice };
    Kind kind = Kind::Advice;
    QString title, text;
    std::optional<core::Change> change; ///< set for Kind::Change
};

/// What a plan costs: to be compared before and after a change.
struct PlacementTotals {
    std::size_t segments = 0, crossings = 0;
    std::int64_t bytes = 0;
    double crossingUs = 0; ///< *estimate*
    explicit PlacementTotals(const core::PlacementPlan &plan);
};

/// Finds them, smallest first. The placement must have a plan.
class PlacementFixes {
    Q_DECLARE_TR_FUNCTIONS(PlacementFixes)

public:
    explicit PlacementFixes(const Workspace &workspace) : m_workspace(workspace) {}

    /// What brings the node to `wanted`, or makes it right there when it is there already.
    [[nodiscard]] std::vector<PlacementFix> of(core::NodeId node, core::Backend wanted) const;
    /// The first of them in a few words; empty: nothing is in the way.
    [[nodiscard]] static QString shortText(const core::NodePlacement &place, core::Backend wanted);

private:
    void addEncodingFix(std::vector<PlacementFix> &fixes, core::NodeId node, core::Backend wanted) const;
    void addNeighbourFix(std::vector<PlacementFix> &fixes, core::NodeId node, core::Backend wanted) const;
    void addMove(std::vector<PlacementFix> &fixes, std::vector<core::NodeId> nodes, core::Backend wanted, const QString &title,
                 const QString &text) const;

    const Workspace &m_workspace;
};

} // namespace nordlys::studio

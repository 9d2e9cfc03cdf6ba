// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/placement/placement.h>

#include <studio/jobs/job.h>

#include <QObject>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

namespace nordlys::studio {

struct Document;
class Workspace;

/// Keeps the placement of the open model: plans it anew after every edit (at once for small models, in a job for large ones) and
/// makes the changes that assign backends, each one undo step. GUI thread only.
class PlacementKeeper : public QObject {
    Q_OBJECT

public:
    /// Becomes a child of the workspace.
    explicit PlacementKeeper(Workspace &workspace);

    /// The newest plan of the open model; null while there is none. It may be of the state before the last edit for as long as
    /// isPlanning().
    [[nodiscard]] const core::PlacementPlan *plan() const { return m_plan.get(); }
    [[nodiscard]] bool isPlanning() const { return m_job.isRunning(); }
    [[nodiscard]] JobBase &job() { return m_job; }
    /// Null: the tables could not be read; error() says why.
    [[nodiscard]] const core::BackendCapabilities *capabilities() const { return m_capabilities.get(); }
    [[nodiscard]] const std::optional<core::Error> &error() const { return m_error; }
    /// CPU while there is no plan.
    [[nodiscard]] core::Backend backendOf(core::NodeId node) const;
    /// One backend of all nodes, nothing when they differ or there are none.
    [[nodiscard]] std::optional<core::Backend> commonBackend(const std::vector<core::NodeId> &nodes) const;
    /// Sum of the crossings' estimates, microseconds.
    [[nodiscard]] static double crossingUs(const core::PlacementPlan &plan);

    /// Of these nodes the ones that may be put there (nothing: made automatic again) and are not yet.
    [[nodiscard]] std::vector<core::NodeId> movable(const std::vector<core::NodeId> &nodes,
                                                    std::optional<core::Backend> backend) const;
    /// Why assign() would change nothing; empty when it would.
    [[nodiscard]] QString whyNot(const std::vector<core::NodeId> &nodes, std::optional<core::Backend> backend) const;
    /// The change that assigns the backend (nothing: automatic) to those of the nodes that may have it.
    [[nodiscard]] core::Change assignment(const std::vector<core::NodeId> &nodes, std::optional<core::Backend> backend) const;
    /// Does that as one undo step, and says which nodes stay where they are and why.
    void assign(const std::vector<core::NodeId> &nodes, std::optional<core::Backend> backend);
    /// Every node of the model; CPU is where automatic ones go, so it takes all assignments back.
    void assignAll(core::Backend backend);
    [[nodiscard]] QString whyNotAll(core::Backend backend) const;

    /// The plan that a change would lead to. Nothing when it cannot be applied, or the model is too large to plan at once.
    [[nodiscard]] std::optional<core::PlacementPlan> preview(const core::Change &change) const;

    /// Models with more operators are planned in a job.
    static constexpr std::size_t kAtOnce = 1500;

Q_SIGNALS:
    void changed();

private:
    friend class Workspace; // which knows when every view has taken leave of the former document
    void forget();
    void replan();
    void take(core::Expected<core::PlacementPlan> plan);
    [[nodiscard]] std::vector<core::NodeId> allNodes() const;

    Workspace &m_workspace;
    std::shared_ptr<const core::BackendCapabilities> m_capabilities;
    std::shared_ptr<const Document> m_planned; ///< what m_plan belongs to
    std::unique_ptr<const core::PlacementPlan> m_plan;
    std::optional<core::Error> m_error;
    Job<core::Expected<core::PlacementPlan>> m_job;
};

/// "HTP", "GPU", "CPU"; the first one with its note while it is a simulation: "HTP (emulated)".
QString backendName(core::Backend backend);
QString backendTitle(core::Backend backend, const core::BackendCapabilities *capabilities);

} // namespace nordlys::studio

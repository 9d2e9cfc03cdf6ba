// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/workspace.h>

#include <QCoreApplication>
#include <QString>

#include <cstdint>
#include <vector>

namespace nordlys::studio {

enum class FillMetric { Automatic, Time, Macs, Parameters, Error, None };
enum class BorderMetric { Automatic, LocalError, TotalError, None };

/// Colours and texts of all nodes for a choice of metrics. Steps are indices into a ramp; -1: no value.
struct GraphHeat {
    std::vector<std::int8_t> fill, border; ///< by NodeId
    std::vector<QString> value;            ///< text at the right of the node's second line
    bool fillIsError = false;              ///< error ramp instead of the time ramp
    QString fillTitle, fillLow, fillHigh;  ///< legend; title empty: nothing to explain
    QString borderTitle, borderLow, borderHigh;
    QString note; ///< why there is no fill, e.g. stale numbers
};

class GraphHeatBuilder {
    Q_DECLARE_TR_FUNCTIONS(GraphHeatBuilder)

public:
    explicit GraphHeatBuilder(const Workspace &workspace) : m_workspace(workspace) {}
    [[nodiscard]] GraphHeat build(FillMetric fill, BorderMetric border) const;
    /// SQNR that is drawn lowest and highest on the error ramp.
    static constexpr double kGoodDb = 35, kBadDb = 15;

private:
    void fillTime(GraphHeat &heat) const;
    void fillCost(GraphHeat &heat, bool macs) const;
    void fillError(GraphHeat &heat) const;
    void borderError(GraphHeat &heat, bool local) const;
    /// SQNR of the node's first output that was evaluated.
    [[nodiscard]] const runtime::TensorError *errorOf(core::NodeId node) const;

    const Workspace &m_workspace;
};

} // namespace nordlys::studio

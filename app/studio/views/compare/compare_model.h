// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare_set.h"

#include <studio/look/number_format.h>

#include <QAbstractTableModel>

#include <optional>

namespace nordlys::studio {

/// The layers of baseline and candidate side by side. Layers that were fused differently stand in one row with their sums; what only
/// one run has says so.
class CompareModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Op, BackendColumn, A, B, Difference, Change, Interval, Plot, VerdictColumn, CountA, CountB, ColumnCount };

    CompareModel(Workspace &workspace, CompareSet &set, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

    [[nodiscard]] core::NodeId nodeOf(int row) const;
    [[nodiscard]] int rowOf(core::NodeId node) const; ///< -1: none
    [[nodiscard]] bool matches(int row, const class FilterQuery &query) const;
    /// How many rows have this verdict.
    [[nodiscard]] int countOf(core::ChangeVerdict verdict) const;

private:
    struct Row {
        QString name, op, backendA, backendB;
        core::NodeId node;
        std::vector<core::NodeId> others; ///< of fused layers
        double share = 0;                 ///< percent of the baseline's layers, or the candidate's for what is new
        core::MedianChange change;
    };
    void rebuild();
    void fillRow(Row &row, const core::LayerChange &layer, const core::RunProfile &a, const core::RunProfile &b) const;
    [[nodiscard]] std::optional<double> differenceNs(const Row &row) const;
    [[nodiscard]] QVariant display(const Row &row, int column) const;
    [[nodiscard]] QVariant number(const Row &row, int column) const;
    [[nodiscard]] QVariant copyText(const Row &row, int column) const;
    [[nodiscard]] QVariant interval(const Row &row) const;

    Workspace &m_workspace;
    CompareSet &m_set;
    std::vector<Row> m_rows;
    std::unordered_map<core::NodeId, int> m_rowOfNode;
    QString m_nameA, m_nameB, m_refusal;
    TimeUnit m_unit = TimeUnit::Ms;
    double m_reach = 10; ///< the interval column shows from -m_reach to +m_reach percent
};

} // namespace nordlys::studio

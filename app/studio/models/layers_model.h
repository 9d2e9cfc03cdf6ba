// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/look/number_format.h>
#include <studio/workspace/workspace.h>

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace nordlys::studio {

/// Layers as rows. With a run: the layers that ran, with times; without: the operators of the model with their cost. In a time
/// range only inferences that start inside count.
class LayersModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Op, Kernel, Count, P50, P95, P99, Share, Macs, Parameters, Output, ColumnCount };

    /// `inRange`: follows the workspace's time range.
    LayersModel(Workspace &workspace, bool inRange, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

    [[nodiscard]] core::NodeId nodeOf(int row) const;
    [[nodiscard]] int rowOf(core::NodeId node) const; ///< -1: none; a fused node gives its layer's row
    [[nodiscard]] bool matches(int row, const class FilterQuery &query) const;
    [[nodiscard]] bool hasTimes() const { return m_hasTimes; }
    /// Inferences behind the times.
    [[nodiscard]] quint64 inferences() const { return m_inferences; }

private:
    struct Row {
        QString name, op, kernel, output, note;
        core::NodeId node; ///< main source node
        std::vector<core::NodeId> fused;
        std::optional<core::DurationSummary> duration;
        double share = 0; ///< percent of time, or of MACs without a run
        std::int64_t macs = 0, parameterBytes = 0;
    };
    void rebuild();
    void refreshTimes();
    [[nodiscard]] const core::RunSummary *summary();
    void fillStatic(Row &row) const;
    [[nodiscard]] QVariant display(const Row &row, int column) const;
    [[nodiscard]] QVariant number(const Row &row, int column) const;

    Workspace &m_workspace;
    const bool m_inRange;
    std::vector<Row> m_rows;
    std::unordered_map<core::NodeId, int> m_rowOfNode;
    core::RunSummary m_rangeSummary;
    bool m_hasTimes = false;
    const RunRecord *m_run = nullptr;
    std::size_t m_layers = 0;
    TimeUnit m_unit = TimeUnit::Ms;
    double m_highestShare = 0;
    quint64 m_inferences = 0;
};

} // namespace nordlys::studio

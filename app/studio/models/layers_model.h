// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/look/number_format.h>
#include <studio/workspace/range_statistics.h>
#include <studio/workspace/workspace.h>

#include <QAbstractTableModel>
#include <QSet>

#include <array>
#include <optional>
#include <vector>

namespace nordlys::studio {

/// How layers are put together below rows with their own total.
enum class LayerGrouping { None, Op, Segment };

/// Layers as rows. With a run: the layers that ran, with times; without: the operators of the model with their cost. Given range
/// statistics, only inferences that start inside the workspace's range count. Grouped, each group's row comes before its layers.
class LayersModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        Name, Op, BackendColumn, Count, P50, Interval, P95, P99, Minimum, Mean, Maximum, Share, VerdictColumn, Kernel, Macs, Parameters,
        Output, ColumnCount
    };

    /// `range`: null for the whole run; must outlive the model.
    LayersModel(Workspace &workspace, const RangeStatistics *range, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

    void setGrouping(LayerGrouping grouping);
    [[nodiscard]] LayerGrouping grouping() const { return m_grouping; }
    /// Row of the group that a row belongs to (a group's row: its own); -1 without groups.
    [[nodiscard]] int groupOf(int row) const;
    [[nodiscard]] bool isGroup(int row) const;
    [[nodiscard]] bool isClosed(int groupRow) const;
    void setClosed(int groupRow, bool closed);

    [[nodiscard]] core::NodeId nodeOf(int row) const; ///< invalid for groups and boundary tensors
    /// With what was fused into it; those of its members for a group.
    [[nodiscard]] std::vector<core::NodeId> nodesOf(int row) const;
    [[nodiscard]] int rowOf(core::NodeId node) const; ///< -1: none; a fused node gives its layer's row
    [[nodiscard]] bool matches(int row, const class FilterQuery &query) const;
    [[nodiscard]] bool hasTimes() const { return m_hasTimes; }
    /// Columns that say something only with times.
    [[nodiscard]] static bool isTimeColumn(int column);
    [[nodiscard]] static bool isDurationColumn(int column);
    /// Stable word for a column, for settings.
    [[nodiscard]] static QString columnId(int column);
    /// Rows that are layers, without groups.
    [[nodiscard]] int layerCount() const { return m_layerRows; }
    /// Inferences behind the times.
    [[nodiscard]] quint64 inferences() const { return m_inferences; }

Q_SIGNALS:
    void hasTimesChanged();
    void closedChanged();

private:
    struct Row {
        QString name, op, kernel, output, backend, segment;
        core::NodeId node; ///< main source node
        std::vector<core::NodeId> fused;
        std::optional<core::DurationSummary> duration;
        double share = 0; ///< percent of time, or of MACs without a run
        std::int64_t macs = 0;
        std::int64_t parameterBytes = -1; ///< negative: not known, as without a model
        std::size_t layer = RunRecord::npos; ///< of the run
        int group = -1;                      ///< row of its group
        int members = 0;                     ///< of a group
        bool isGroup = false, closed = false, boundary = false;
    };
    void rebuild();
    void addLayerRows(std::vector<Row> &rows) const;
    void arrange(std::vector<Row> rows);
    void refreshTimes();
    void refreshUnits();
    void sumGroups();
    void startGroupTotals();
    void fillStatic(Row &row) const;
    [[nodiscard]] const core::RunSummary *summary() const;
    [[nodiscard]] QString groupKey(const Row &row) const;
    [[nodiscard]] std::optional<double> durationAt(const Row &row, int column) const;
    [[nodiscard]] QVariant display(const Row &row, int column) const;
    [[nodiscard]] QVariant number(const Row &row, int column) const;
    [[nodiscard]] QVariant copyText(const Row &row, int column) const;
    [[nodiscard]] QVariant toolTip(const Row &row, int column) const;
    [[nodiscard]] QString headerText(int section, bool tip) const;

    Workspace &m_workspace;
    const RangeStatistics *m_range;
    std::vector<Row> m_rows;
    std::unordered_map<core::NodeId, int> m_rowOfNode;
    LayerGrouping m_grouping = LayerGrouping::None;
    QSet<QString> m_closedGroups; // by name, so that they stay closed when rows are made anew
    bool m_hasTimes = false;
    const RunRecord *m_run = nullptr;
    std::size_t m_layers = 0;
    int m_layerRows = 0;
    std::array<TimeUnit, ColumnCount> m_units{};
    double m_highestShare = 0;
    quint64 m_inferences = 0;
    Job<std::vector<core::DurationSummary>> m_groupTotals; ///< percentiles do not add up: they need every inference
};

} // namespace nordlys::studio

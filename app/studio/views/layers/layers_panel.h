// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/models/grouped_sort.h>
#include <studio/models/layers_model.h>
#include <studio/widgets/table_view.h>
#include <studio/workspace/action_registry.h>

#include <QSet>
#include <QWidget>

class QComboBox;
class QPushButton;

namespace nordlys::studio {

class DockHeader;

/// The layers table with the line that says what its numbers are. Selection and filter are the workspace's. Which columns are shown
/// and how rows are grouped is remembered.
class LayersPanel : public QWidget {
    Q_OBJECT

public:
    /// `range`: only the inferences of the workspace's range count (below the timeline); null: the whole run. `actions` has the
    /// command "run.run", and when a menu opens those of the operators.
    LayersPanel(Workspace &workspace, ActionRegistry &actions, const RangeStatistics *range = nullptr, QWidget *parent = nullptr);
    [[nodiscard]] TableView &table() { return *m_table; }
    [[nodiscard]] LayersModel &model() { return *m_model; }
    [[nodiscard]] bool isColumnShown(int column) const;
    void setColumnShown(int column, bool shown);
    void setGrouping(LayerGrouping grouping);

private:
    void buildHeader(ActionRegistry &actions);
    void refilter();
    void updateSummary();
    void updateColumns();
    void tableMenu(const QPoint &at);
    void headerMenu(const QPoint &globalAt);
    void activate(const QModelIndex &index);
    [[nodiscard]] QString settingsGroup() const;
    void restore();
    void remember() const;

    Workspace &m_workspace;
    ActionRegistry &m_actions;
    const RangeStatistics *m_range;
    LayersModel *m_model;
    GroupedSort *m_sorted;
    TableView *m_table;
    DockHeader *m_header;
    QComboBox *m_grouping;
    QPushButton *m_again;
    QSet<int> m_hidden; ///< columns that the user does not want
};

} // namespace nordlys::studio

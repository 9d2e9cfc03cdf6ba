// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "placement_lanes.h"
#include "placement_model.h"
#include "reason_pane.h"

#include <studio/widgets/sort_model.h>
#include <studio/widgets/table_view.h>
#include <studio/workspace/action_registry.h>

#include <QWidget>

#include <map>

class QPushButton;
class QStackedWidget;

namespace nordlys::studio {

class EmptyState;
class NodeSelectionLink;

/// Which backend runs what: lanes with segments and crossings, the table of all operators with reasons, and what to do about them.
class PlacementView : public QWidget {
    Q_OBJECT

public:
    PlacementView(Workspace &workspace, ActionRegistry &actions, QWidget *parent = nullptr);

    [[nodiscard]] PlacementLanes &lanes() { return *m_lanes; }
    [[nodiscard]] TableView &table() { return *m_table; }
    [[nodiscard]] ReasonPane &pane() { return *m_pane; }
    /// The placement as arguments of the command line: `nordlys place MODEL --set ...`.
    [[nodiscard]] QString asCommand() const;

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] QWidget *makeBar(ActionRegistry &actions);
    void makeTable();
    void refresh();
    void refilter();
    void refreshButtons();

    Workspace &m_workspace;
    ActionRegistry &m_actions;
    PlacementModel *m_model;
    SortModel *m_sorted;
    TableView *m_table;
    PlacementLanes *m_lanes;
    ReasonPane *m_pane;
    EmptyState *m_empty;
    QStackedWidget *m_stack;
    NodeSelectionLink *m_link = nullptr;
    std::map<QString, QPushButton *> m_buttons; ///< by action id
    InkLabel *m_selected;
    QPushButton *m_copy;
};

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare_model.h"
#include "differences_model.h"
#include "run_cards.h"
#include "runs_model.h"

#include <studio/widgets/empty_state.h>
#include <studio/widgets/ink_label.h>
#include <studio/widgets/sort_model.h>
#include <studio/widgets/table_view.h>
#include <studio/workspace/action_registry.h>

#include <QWidget>

class QHBoxLayout;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QTabBar;

namespace nordlys::studio {

class NoteBox;

/// Runs side by side: cards with the change of each against the baseline, then the layers of the chosen candidate, the list of runs
/// (choose, name, take out), and what else differs.
class CompareView : public QWidget {
    Q_OBJECT

public:
    CompareView(Workspace &workspace, ActionRegistry &actions, QWidget *parent = nullptr);

    [[nodiscard]] CompareSet &set() { return *m_set; }
    [[nodiscard]] CompareModel &layers() { return *m_layersModel; }
    [[nodiscard]] RunsModel &runs() { return *m_runsModel; }
    [[nodiscard]] TableView &layersTable() { return *m_layersTable; }
    [[nodiscard]] TableView &runsTable() { return *m_runsTable; }
    [[nodiscard]] const QList<RunCard *> &cards() const { return m_cards; }
    enum Tab { LayersTab, RunsTab, SettingsTab };
    void showTab(Tab tab);
    /// A command that compares the two recordings and fails above the noise floor; empty where a recording is missing.
    [[nodiscard]] QString gateCommand() const;

private:
    void addActions();
    void buildBar();
    void buildTables();
    void buildTabs();
    void refresh();
    void refreshCards();
    void refreshTexts();
    void refilter();
    void showSelection();
    void runMenu(const RunRecord *run, const QPoint &globalAt);
    void renameRun(const RunRecord *run);
    void removeRun(const RunRecord *run);
    [[nodiscard]] const RunRecord *currentRun() const;
    [[nodiscard]] QString noteText() const;

    Workspace &m_workspace;
    ActionRegistry &m_actions;
    CompareSet *m_set;
    CompareModel *m_layersModel;
    RunsModel *m_runsModel;
    DifferencesModel *m_differencesModel;
    SortModel *m_layersSorted, *m_runsSorted;
    TableView *m_layersTable, *m_runsTable, *m_differencesTable;
    QStackedWidget *m_pages, *m_tables;
    EmptyState *m_empty;
    InkLabel *m_title, *m_condition, *m_floor, *m_note;
    QPushButton *m_gate;
    QWidget *m_bar, *m_tabRow, *m_runButtons;
    QScrollArea *m_cardArea;
    QHBoxLayout *m_cardRow;
    QList<RunCard *> m_cards;
    NoteBox *m_warning;
    QTabBar *m_tabs;
    bool m_selecting = false;
};

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tensor_pane.h"

#include <studio/models/encodings_model.h>
#include <studio/widgets/chip.h>
#include <studio/widgets/ink_label.h>
#include <studio/widgets/sort_model.h>
#include <studio/widgets/table_view.h>
#include <studio/workspace/action_registry.h>

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QMenu;
class QToolButton;

namespace nordlys::studio {

class BatchBar;
class CheckpointBar;

/// Encodings as an editable table, culprits first, with the selected tensor at the right and batch edits below. Rows keep their places from the first
/// edit on, until an order is asked for.
class EncodingsView : public QWidget {
    Q_OBJECT

public:
    EncodingsView(Workspace &workspace, ActionRegistry &actions, QWidget *parent = nullptr);
    [[nodiscard]] TableView &table() { return *m_table; }
    [[nodiscard]] EncodingsModel &model() { return *m_model; }
    [[nodiscard]] TensorPane &pane() { return *m_pane; }
    [[nodiscard]] BatchBar &batch() { return *m_batch; }
    [[nodiscard]] std::vector<core::TensorId> selectedTensors() const;
    /// Back to what calibration made of the selected tensors.
    void revertSelected();
    /// Locks the selected tensors with their groups; unlocks where all of them are locked.
    void toggleLock();
    /// The order of the sort keys again, after edits held the rows.
    void sortAgain();

protected:
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void buildTable();
    [[nodiscard]] QWidget *buildTools();
    [[nodiscard]] QWidget *buildFoot();
    void connectAll();
    void fillTools();
    void fitTools();
    void applyFilter();
    void sortByCulprits();
    void holdRows(bool hold);
    void showTableMenu(const QPoint &at);
    void addColumnActions(QMenu *menu);
    void showSelection();
    void updateState();

    Workspace &m_workspace;
    ActionRegistry &m_actions;
    EncodingsModel *m_model;
    SortModel *m_sorted;
    TableView *m_table;
    TensorPane *m_pane;
    BatchBar *m_batch = nullptr;
    CheckpointBar *m_checkpoint = nullptr;
    QWidget *m_tools = nullptr;
    QHBoxLayout *m_toolRow = nullptr;
    QList<QToolButton *> m_spareTools;
    InkLabel *m_count = nullptr, *m_since = nullptr, *m_result = nullptr;
    Chip *m_held = nullptr, *m_stale = nullptr, *m_estimate = nullptr;
    bool m_selecting = false, m_holds = false;
};

} // namespace nordlys::studio

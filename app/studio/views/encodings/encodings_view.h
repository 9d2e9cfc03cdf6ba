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

class QComboBox;
class QLabel;
class QPushButton;

namespace nordlys::studio {

/// Encodings as an editable table, with the selected tensor at the right and batch edits below.
class EncodingsView : public QWidget {
    Q_OBJECT

public:
    EncodingsView(Workspace &workspace, ActionRegistry &actions, QWidget *parent = nullptr);
    [[nodiscard]] TableView &table() { return *m_table; }
    [[nodiscard]] EncodingsModel &model() { return *m_model; }
    [[nodiscard]] std::vector<core::TensorId> selectedTensors() const;
    /// Back to what calibration made of the selected tensors.
    void revertSelected();

private:
    void applyBits();
    void showSelection();
    void updateState();

    Workspace &m_workspace;
    EncodingsModel *m_model;
    SortModel *m_sorted;
    TableView *m_table;
    TensorPane *m_pane;
    InkLabel *m_state;
    QLabel *m_result, *m_batchCount;
    Chip *m_stale;
    QWidget *m_batch;
    QComboBox *m_bits;
    QPushButton *m_apply, *m_revert;
    bool m_selecting = false;
};

} // namespace nordlys::studio

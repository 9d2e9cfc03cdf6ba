// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/models/encodings_model.h>
#include <studio/widgets/ink_label.h>

#include <QTimer>
#include <QWidget>

#include <functional>
#include <set>

class QComboBox;
class QLineEdit;
class QPushButton;
class QStandardItemModel;

namespace nordlys::studio {

class TableView;

/// Sets one property of many tensors as one undo step: those that a query selects, or the selected rows where the query is empty. What a query would do
/// is shown before it is done: the whole window shows the encodings as they would be, and a small table what that does to the outputs.
class BatchBar : public QWidget {
    Q_OBJECT

public:
    enum Property { SetBits, SetSymmetric, SetAsymmetric, Lock, Unlock, Revert };

    /// `selected`: the selected rows' tensors.
    BatchBar(Workspace &workspace, const EncodingsModel &model, std::function<std::vector<core::TensorId>()> selected, QWidget *parent);
    /// The selected rows are others.
    void selectionChanged();
    /// Tensors that the edit is about, biases left out.
    [[nodiscard]] std::vector<core::TensorId> tensors() const;
    /// Applies the property to these as one undo step.
    void apply(Property property, const std::vector<core::TensorId> &tensors);
    [[nodiscard]] bool isPreviewing() const { return m_previewing; }

private:
    [[nodiscard]] Property chosen() const;
    [[nodiscard]] core::Expected<core::Change> change(Property property, const std::vector<core::TensorId> &tensors) const;
    [[nodiscard]] QString titleOf(Property property, std::size_t tensors) const;
    void preview();
    void discard();
    void endPreview();
    void refresh();
    void showPreview();

    Workspace &m_workspace;
    const EncodingsModel &m_model;
    std::function<std::vector<core::TensorId>()> m_selected;
    QTimer m_wait;
    QLineEdit *m_query;
    InkLabel *m_count, *m_why;
    QComboBox *m_property, *m_bits;
    QPushButton *m_discard, *m_apply;
    TableView *m_table;
    QStandardItemModel *m_rows;
    bool m_previewing = false, m_asking = false;
};

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QStyledItemDelegate>

#include "cell_roles.h"

class QLineEdit;

namespace nordlys::studio {

/// Draws and edits the cells of every table and tree of the studio (roles: cell_roles.h). The base is one colour per ink of
/// the theme; on a focused selected row every ink becomes selectionInk.
class TableDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    explicit TableDelegate(QObject* parent = nullptr);

    /// Says why `text` cannot be the value of `index`, or nothing. Asked on every keystroke. Without a validator a Number
    /// cell accepts what parseNumber reads and a Text cell everything.
    using Validator = std::function<QString(const QModelIndex& index, const QString& text)>;
    void setValidator(Validator validator) { m_validator = std::move(validator); }

    /// A second view on the same rows needs a delegate of its own; it validates, lights rows and reports edits as its leader,
    /// which must outlive it.
    void followLeader(TableDelegate* leader);

    /// Row under the pointer in a table (whole rows light up); -1 for none.
    void setHoverRow(int row) { m_hoverRow = row; }
    /// Lines below rows; off where zebra is used.
    void setRowLines(bool on) { m_rowLines = on; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void destroyEditor(QWidget* editor, const QModelIndex& index) const override;
    void setEditorData(QWidget* editor, const QModelIndex& index) const override;
    /// Number cells: sets EditRole to a double (parsed in the default locale or with the point); others: to the text.
    /// Text that the validator refuses is not written; editRejected is emitted instead.
    void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override;
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option, const QModelIndex& index) override;

Q_SIGNALS:
    void editStarted(const QModelIndex& index) const;
    void editFinished() const;
    void editRejected(const QModelIndex& index, const QString& reason) const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    [[nodiscard]] QString reasonAgainst(const QModelIndex& index, const QString& text) const;
    void drawBackground(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const;
    void drawTextCell(QPainter* painter, const QRect& rect, const QModelIndex& index, CellKind kind, bool inverted) const;

    const TableDelegate* m_leader = nullptr;
    Validator m_validator;
    int m_hoverRow = -1;
    bool m_rowLines = true;
};

/// Colour of a cell's ink.
QColor cellInk(CellInk ink);
/// Colour of a backend; invalid for None.
QColor backendColour(CellBackend backend);
/// Text that Ctrl+C copies for a cell (see CopyRole); tabs and line breaks become spaces.
QString cellCopyText(const QModelIndex& index);

} // namespace nordlys::studio

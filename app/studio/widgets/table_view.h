// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTableView>

#include "sort_model.h"
#include "table_delegate.h"

namespace nordlys::studio {

class FrozenColumn;

/// The table of the studio: sticky first column, sort keys in the header (Shift adds one), copying as TSV, type to search,
/// overlay scroll bars, a text where it is empty, rows that hold still under an edit. Cells follow cell_roles.h.
/// Sorting needs a SortModel as the model; with another model QAbstractItemModel::sort() is called with the main key.
/// `activated` (Enter, double click on a cell that is not editable) means "open".
class TableView : public QTableView
{
    Q_OBJECT

public:
    explicit TableView(QWidget* parent = nullptr);
    ~TableView() override;

    void setModel(QAbstractItemModel* model) override;
    void setSelectionModel(QItemSelectionModel* selectionModel) override;

    [[nodiscard]] TableDelegate* tableDelegate() const { return m_delegate; }

    /// On by default; the first column (logical 0) stays while the others scroll sideways.
    void setStickyFirstColumn(bool sticky);
    [[nodiscard]] QTableView* stickyColumn() const;

    /// Shown in the middle while the model has no rows: what belongs here and how to get it.
    void setEmptyText(const QString& text);

    /// Sorts by one key after another and shows the main one in the header.
    void setSortKeys(const QList<SortKey>& keys);
    [[nodiscard]] const QList<SortKey>& sortKeys() const { return m_keys; }

    /// Holds the rows in their order (during a drag of a handle, say); calls nest. An open editor holds by itself.
    void holdRowOrder(bool hold);
    [[nodiscard]] bool isRowOrderHeld() const { return m_holds > 0; }

    /// Selected rows, top to bottom, as tab separated text with a header line; raw numbers with the point (cellCopyText).
    [[nodiscard]] QString selectionAsTsv() const;
    /// The whole table, in the order shown.
    [[nodiscard]] QString tableAsTsv() const;

    using QTableView::edit;
    void keyboardSearch(const QString& typed) override;
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;

public Q_SLOTS:
    void copySelection() const;

Q_SIGNALS:
    void sortKeysChanged(const QList<SortKey>& keys);
    void rowOrderHeldChanged(bool held);
    /// A chip cell was clicked: show its reasons.
    void chipClicked(const QModelIndex& index);

protected:
    bool edit(const QModelIndex& index, EditTrigger trigger, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    friend class FrozenColumn;
    void headerClicked(int column);
    void placeFrozen();
    void setHoverRow(int row);
    void updateRow(int row);
    [[nodiscard]] QString rowsAsTsv(const QList<int>& rows) const;
    [[nodiscard]] QList<int> columnsInOrder() const;
    void applySizes();

    TableDelegate* m_delegate;
    FrozenColumn* m_frozen = nullptr;
    QList<SortKey> m_keys;
    QString m_emptyText;
    QString m_search;
    QElapsedTimer m_searchClock;
    int m_hoverRow = -1;
    int m_holds = 0;
    bool m_sticky = true;
};

} // namespace nordlys::studio

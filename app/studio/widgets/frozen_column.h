// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace nordlys::studio {

class TableView;

/// The sticky first column: a second view on the model and selection of its TableView, over its left edge.
class FrozenColumn : public QTableView
{
    Q_OBJECT

public:
    explicit FrozenColumn(TableView* table);

    /// Hides every column but the first; call after the model or its columns changed.
    void showOnlyFirst();
    /// Opens the editor of a cell of the first column; below this view one of the main view could not be seen.
    bool editHere(const QModelIndex& index);

protected:
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool edit(const QModelIndex& index, EditTrigger trigger, QEvent* event) override;

private:
    TableView* m_table;
};

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#include "frozen_column.h"

#include <QApplication>
#include <QHeaderView>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <studio/look/theme.h>

#include "table_header.h"
#include "table_view.h"

namespace nordlys::studio {

FrozenColumn::FrozenColumn(TableView* table) : QTableView(table), m_table(table)
{
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setShowGrid(false);
    verticalHeader()->hide();
    setHorizontalHeader(new TableHeader(this));
    horizontalHeader()->setSortIndicatorShown(true); // setHorizontalHeader() switched it off
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    viewport()->setMouseTracking(true);
}

void FrozenColumn::showOnlyFirst()
{
    if (model() == nullptr) {
        return;
    }
    for (int column = 0; column < model()->columnCount(rootIndex()); ++column) {
        setColumnHidden(column, column != 0);
    }
    setColumnWidth(0, m_table->columnWidth(0));
}

bool FrozenColumn::viewportEvent(QEvent* event)
{
    switch (event->type()) {
    case QEvent::MouseMove:
        m_table->setHoverRow(rowAt(static_cast<QMouseEvent*>(event)->position().toPoint().y()));
        break;
    case QEvent::Leave:
        m_table->setHoverRow(-1);
        break;
    case QEvent::MouseButtonPress:
        m_table->setFocus(Qt::MouseFocusReason);
        break;
    default:
        break;
    }
    return QTableView::viewportEvent(event);
}

void FrozenColumn::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    QPainter painter(viewport());
    painter.fillRect(QRect(viewport()->width() - 1, 0, 1, viewport()->height()), theme().borderStrong);
}

void FrozenColumn::wheelEvent(QWheelEvent* event)
{
    QApplication::sendEvent(m_table->viewport(), event);
}

void FrozenColumn::keyPressEvent(QKeyEvent* event)
{
    QApplication::sendEvent(m_table, event);
}

bool FrozenColumn::edit(const QModelIndex& index, EditTrigger trigger, QEvent* event)
{
    // Keys reach the main view, which asks for the editor with editHere().
    if (trigger == EditKeyPressed || trigger == AnyKeyPressed) {
        return false;
    }
    return QTableView::edit(index, trigger, event);
}

bool FrozenColumn::editHere(const QModelIndex& index)
{
    return QTableView::edit(index, AllEditTriggers, nullptr);
}

} // namespace nordlys::studio

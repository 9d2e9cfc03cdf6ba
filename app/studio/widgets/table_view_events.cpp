// SPDX-License-Identifier: GPL-3.0-or-later
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <studio/look/metrics.h>
#include <studio/look/theme.h>

#include "chip.h"
#include "frozen_column.h"
#include "table_view.h"

namespace nordlys::studio {

void TableView::paintEvent(QPaintEvent* event)
{
    QTableView::paintEvent(event);
    if (m_emptyText.isEmpty() || (model() != nullptr && model()->rowCount(rootIndex()) > 0)) {
        return;
    }
    QPainter painter(viewport());
    painter.setFont(uiFont());
    painter.setPen(theme().text3);
    const int maxWidth = QFontMetrics(painter.font()).averageCharWidth() * 72;
    QRect place = viewport()->rect().adjusted(metrics().gapHuge, metrics().gapHuge, -metrics().gapHuge, -metrics().gapHuge);
    if (place.width() > maxWidth) {
        place.adjust((place.width() - maxWidth) / 2, 0, -(place.width() - maxWidth) / 2, 0);
    }
    painter.drawText(place, Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
}

bool TableView::edit(const QModelIndex& index, EditTrigger trigger, QEvent* event)
{
    const bool wanted = trigger == AllEditTriggers || (editTriggers() & trigger) != 0;
    if (wanted && index.column() == 0 && m_frozen->isVisible() && (index.flags() & Qt::ItemIsEditable) != 0) {
        const bool byKey = trigger == AllEditTriggers || trigger == EditKeyPressed || trigger == AnyKeyPressed;
        return byKey && m_frozen->editHere(index);
    }
    return QTableView::edit(index, trigger, event);
}

void TableView::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        event->accept();
        return;
    }
    if (event->key() == Qt::Key_Escape && !m_search.isEmpty()) {
        m_search.clear();
    }
    QTableView::keyPressEvent(event);
}

bool TableView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::MouseMove) {
        const QPoint at = static_cast<QMouseEvent*>(event)->position().toPoint();
        setHoverRow(rowAt(at.y()));
        const QModelIndex index = indexAt(at);
        const bool onChip = index.isValid() && index.data(CellKindRole).toInt() == static_cast<int>(CellKind::Chip)
            && !index.data(Qt::DisplayRole).toString().isEmpty();
        viewport()->setCursor(onChip ? Qt::PointingHandCursor : Qt::ArrowCursor);
    } else if (event->type() == QEvent::Leave) {
        setHoverRow(-1);
    }
    return QTableView::viewportEvent(event);
}

void TableView::mouseReleaseEvent(QMouseEvent* event)
{
    QTableView::mouseReleaseEvent(event);
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() != Qt::LeftButton || !index.isValid() || index.data(CellKindRole).toInt() != static_cast<int>(CellKind::Chip)) {
        return;
    }
    const QString text = index.data(Qt::DisplayRole).toString();
    QRect chip = visualRect(index).adjusted(metrics().cellMargin, 0, 0, 0);
    chip.setWidth(std::min(chip.width(), chipSize(text).width()));
    if (!text.isEmpty() && chip.contains(event->position().toPoint())) {
        Q_EMIT chipClicked(index);
    }
}

void TableView::setHoverRow(int row)
{
    if (row == m_hoverRow) {
        return;
    }
    const int before = m_hoverRow;
    m_hoverRow = row;
    m_delegate->setHoverRow(row);
    updateRow(before);
    updateRow(row);
}

void TableView::updateRow(int row)
{
    if (row < 0) {
        return;
    }
    const int top = rowViewportPosition(row);
    viewport()->update(0, top, viewport()->width(), rowHeight(row));
    m_frozen->viewport()->update(0, top, m_frozen->viewport()->width(), rowHeight(row));
}

void TableView::resizeEvent(QResizeEvent* event)
{
    QTableView::resizeEvent(event);
    if (m_frozen != nullptr) {
        placeFrozen();
    }
}

void TableView::focusInEvent(QFocusEvent* event)
{
    QTableView::focusInEvent(event);
    viewport()->update();
    m_frozen->viewport()->update();
}

void TableView::focusOutEvent(QFocusEvent* event)
{
    QTableView::focusOutEvent(event);
    viewport()->update();
    m_frozen->viewport()->update();
}

void TableView::changeEvent(QEvent* event)
{
    QTableView::changeEvent(event);
    if (event->type() == QEvent::FontChange && m_frozen != nullptr) {
        applySizes();
    }
}

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#include "flow_row.h"

#include <QWidget>

#include <algorithm>

namespace nordlys::studio {

FlowRow::FlowRow(QWidget *parent) : QLayout(parent) {}

FlowRow::~FlowRow()
{
    qDeleteAll(m_items);
}

QLayoutItem *FlowRow::takeAt(int index)
{
    return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
}

QSize FlowRow::sizeHint() const
{
    int width = 0, height = 0;
    for (const QLayoutItem *item : m_items) {
        if (item->isEmpty())
            continue;
        width += item->sizeHint().width() + (width > 0 ? spacing() : 0);
        height = std::max(height, item->sizeHint().height());
    }
    const QMargins margins = contentsMargins();
    return {width + margins.left() + margins.right(), height + margins.top() + margins.bottom()};
}

QSize FlowRow::minimumSize() const
{
    QSize least;
    for (const QLayoutItem *item : m_items)
        least = least.expandedTo(item->minimumSize());
    const QMargins margins = contentsMargins();
    return least + QSize(margins.left() + margins.right(), margins.top() + margins.bottom());
}

void FlowRow::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

int FlowRow::arrange(const QRect &rect, bool apply) const
{
    const QRect area = rect.marginsRemoved(contentsMargins());
    int y = area.top();
    for (int first = 0; first < m_items.size();) {
        int x = area.left(), height = 0, next = first;
        QList<std::pair<QLayoutItem *, int>> row;
        for (; next < m_items.size(); ++next) {
            QLayoutItem *item = m_items[next];
            if (item->isEmpty())
                continue;
            const int width = item->sizeHint().width();
            if (!row.isEmpty() && x + width > area.left() + area.width())
                break;
            row.append({item, x});
            x += width + spacing();
            height = std::max(height, item->sizeHint().height());
        }
        for (const auto &[item, left] : row) {
            const QSize size(std::min(item->sizeHint().width(), area.width()), item->sizeHint().height());
            const bool right = m_lastAtRight && item == m_items.last();
            if (apply)
                item->setGeometry({QPoint(right ? area.right() + 1 - size.width() : left, y + (height - size.height()) / 2), size});
        }
        if (!row.isEmpty())
            y += height + (next < m_items.size() ? spacing() : 0);
        first = next;
    }
    return y - area.top() + contentsMargins().top() + contentsMargins().bottom();
}

} // namespace nordlys::studio

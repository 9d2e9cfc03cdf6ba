// SPDX-License-Identifier: GPL-3.0-or-later
#include "table_header.h"

#include <QStyleOptionHeader>

#include "cell_roles.h"

namespace nordlys::studio {

TableHeader::TableHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent)
{
    setHighlightSections(false);
    setSectionsClickable(true);
    setSectionsMovable(false);
    setSortIndicator(-1, Qt::AscendingOrder);
    setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

void TableHeader::initStyleOptionForIndex(QStyleOptionHeader* option, int logicalIndex) const
{
    QHeaderView::initStyleOptionForIndex(option, logicalIndex);
    if (model() == nullptr || model()->headerData(logicalIndex, Qt::Horizontal, Qt::TextAlignmentRole).isValid()) {
        return;
    }
    const QModelIndex first = model()->index(0, logicalIndex, rootIndex());
    if (first.isValid() && first.data(CellKindRole).toInt() == static_cast<int>(CellKind::Number)) {
        option->textAlignment = Qt::AlignRight | Qt::AlignVCenter;
    }
}

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#include "grouped_sort.h"

namespace nordlys::studio {

bool GroupedSort::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const int leftGroup = m_groupOf ? m_groupOf(left.row()) : -1, rightGroup = m_groupOf ? m_groupOf(right.row()) : -1;
    // The base class asks the other way round for a descending order, so what must not turn has to turn here.
    const bool descending = sortOrder() == Qt::DescendingOrder;
    if (leftGroup == rightGroup) {
        const bool leftHead = left.row() == leftGroup, rightHead = right.row() == rightGroup;
        if (leftHead != rightHead)
            return leftHead != descending;
        return SortModel::lessThan(left, right);
    }
    const QModelIndex a = sourceModel()->index(leftGroup < 0 ? left.row() : leftGroup, left.column());
    const QModelIndex b = sourceModel()->index(rightGroup < 0 ? right.row() : rightGroup, right.column());
    if (SortModel::lessThan(a, b))
        return true;
    if (SortModel::lessThan(b, a))
        return false;
    // Equal groups must not mingle.
    return descending ? a.row() > b.row() : a.row() < b.row();
}

} // namespace nordlys::studio

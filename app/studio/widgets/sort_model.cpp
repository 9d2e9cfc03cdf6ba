// SPDX-License-Identifier: GPL-3.0-or-later
#include "sort_model.h"

#include <cmath>

#include "cell_roles.h"

namespace nordlys::studio {

SortModel::SortModel(QObject* parent) : QSortFilterProxyModel(parent)
{
    m_collator.setNumericMode(true);
    m_collator.setCaseSensitivity(Qt::CaseInsensitive);
}

void SortModel::setSortKeys(const QList<SortKey>& keys)
{
    m_keys = keys;
    if (keys.isEmpty()) {
        sort(-1);
        return;
    }
    // The base class skips a sort by the column and order that it has; further keys may differ.
    const bool sameFirst = sortColumn() == keys.first().column && sortOrder() == keys.first().order;
    if (sameFirst) {
        invalidate();
    } else {
        sort(keys.first().column, keys.first().order);
    }
}

void SortModel::setRowPredicate(RowPredicate accept)
{
    m_accept = std::move(accept);
    invalidateFilter();
}

void SortModel::refilter()
{
    invalidateFilter();
}

void SortModel::holdOrder(bool held)
{
    setDynamicSortFilter(!held);
}

int SortModel::compare(const QModelIndex& left, const QModelIndex& right, Qt::SortOrder order) const
{
    const QVariant a = left.data(NumberRole);
    const QVariant b = right.data(NumberRole);
    if (a.isValid() || b.isValid()) {
        const double x = a.isValid() ? a.toDouble() : std::nan("");
        const double y = b.isValid() ? b.toDouble() : std::nan("");
        if (std::isnan(x) || std::isnan(y)) {
            const int last = std::isnan(x) == std::isnan(y) ? 0 : (std::isnan(x) ? 1 : -1);
            return order == Qt::AscendingOrder ? last : -last;
        }
        return x < y ? -1 : (x > y ? 1 : 0);
    }
    return m_collator.compare(left.data(sortRole()).toString(), right.data(sortRole()).toString());
}

bool SortModel::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const Qt::SortOrder mainOrder = sortOrder();
    int result = compare(left, right, mainOrder);
    for (qsizetype i = 1; i < m_keys.size() && result == 0; ++i) {
        const SortKey& key = m_keys[i];
        result = compare(left.siblingAtColumn(key.column), right.siblingAtColumn(key.column), key.order);
        // The base class turns the answer round for a descending main key.
        if (key.order != mainOrder) {
            result = -result;
        }
    }
    return result < 0;
}

bool SortModel::filterAcceptsRow(int sourceRow, const QModelIndex& sourceParent) const
{
    return !m_accept || m_accept(sourceRow, sourceParent);
}

} // namespace nordlys::studio

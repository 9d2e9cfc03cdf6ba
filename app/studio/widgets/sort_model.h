// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QCollator>
#include <QList>
#include <QSortFilterProxyModel>

namespace nordlys::studio {

struct SortKey {
    int column = 0;
    Qt::SortOrder order = Qt::AscendingOrder;

    friend bool operator==(const SortKey&, const SortKey&) = default;
};

/// Sorts by NumberRole where a cell has one (NaN last in both orders), else by text with numbers in their order (block_2 before
/// block_10); equal rows are decided by the next key and keep the source's order. Filters rows by a predicate.
class SortModel : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit SortModel(QObject* parent = nullptr);

    /// First key is the main one; an empty list restores the source's order.
    void setSortKeys(const QList<SortKey>& keys);
    [[nodiscard]] const QList<SortKey>& sortKeys() const { return m_keys; }

    /// Rows for which `accept` is false are hidden; an empty function shows all. Call refilter() when its answer changes.
    using RowPredicate = std::function<bool(int sourceRow, const QModelIndex& sourceParent)>;
    void setRowPredicate(RowPredicate accept);
    void refilter();

    /// While held, changed values do not move or hide rows.
    void holdOrder(bool held);

protected:
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;
    [[nodiscard]] bool filterAcceptsRow(int sourceRow, const QModelIndex& sourceParent) const override;

private:
    [[nodiscard]] int compare(const QModelIndex& left, const QModelIndex& right, Qt::SortOrder order) const;

    QList<SortKey> m_keys;
    RowPredicate m_accept;
    QCollator m_collator;
};

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/sort_model.h>

namespace nordlys::studio {

/// Sorts rows within their groups and groups by their own rows; a group's row stays above its members in either order.
class GroupedSort : public SortModel {
    Q_OBJECT

public:
    using SortModel::SortModel;

    /// Row of the group that a source row belongs to (a group's row: its own), -1 for none. An empty function: no groups.
    using GroupOf = std::function<int(int sourceRow)>;
    void setGroupOf(GroupOf groupOf) { m_groupOf = std::move(groupOf); }

protected:
    [[nodiscard]] bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    GroupOf m_groupOf;
};

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/cell_roles.h>
#include <studio/workspace/filter_query.h>
#include <studio/workspace/placement_keeper.h>
#include <studio/workspace/workspace.h>

#include <QAbstractTableModel>

#include <cstdint>
#include <vector>

namespace nordlys::studio {

CellBackend cellBackend(core::Backend backend);

/// Every operator with its backend, segment, what each backend says of it, and what it costs. Row i is node i.
class PlacementModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Op, Where, Segment, Htp, Gpu, Cpu, Cost, Reason, Fix, ColumnCount };

    explicit PlacementModel(Workspace &workspace, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] bool matches(int row, const FilterQuery &query) const;

private:
    void rebuild();
    void refresh();
    [[nodiscard]] const core::PlacementPlan *plan() const;
    [[nodiscard]] QVariant text(core::NodeId node, int column) const;
    [[nodiscard]] QVariant mark(core::NodeId node, core::Backend backend, int role) const;
    [[nodiscard]] QString reasonText(const core::NodePlacement &place) const;

    Workspace &m_workspace;
    int m_rows = 0;
    std::vector<std::int64_t> m_costs; ///< p50 in ns, or MACs while nothing ran; -1: none
    bool m_times = false;
};

} // namespace nordlys::studio

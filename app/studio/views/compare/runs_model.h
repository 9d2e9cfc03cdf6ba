// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare_set.h"

#include <studio/look/number_format.h>

#include <QAbstractTableModel>

namespace nordlys::studio {

/// The runs of the session or project, oldest first. Names are edited in place.
class RunsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Role, Device, Condition, Count, P50, Interval, P95, Change, ChangeVerdict, RunVerdict, Recorded, File, ColumnCount };

    RunsModel(Workspace &workspace, CompareSet &set, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;

    [[nodiscard]] const RunRecord *runAt(int row) const; ///< null: there is no such row
    [[nodiscard]] int rowOf(const RunRecord *run) const; ///< -1: none

private:
    void refresh();
    [[nodiscard]] QVariant display(const RunRecord &run, int column) const;
    [[nodiscard]] QVariant number(const RunRecord &run, int column) const;
    [[nodiscard]] QString roleText(const RunRecord &run) const;

    Workspace &m_workspace;
    CompareSet &m_set;
    std::vector<const RunRecord *> m_shown; ///< what rows stand for
    TimeUnit m_unit = TimeUnit::Ms;
};

} // namespace nordlys::studio

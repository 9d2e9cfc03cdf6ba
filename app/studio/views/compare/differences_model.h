// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare_set.h"

#include <QAbstractTableModel>

namespace nordlys::studio {

/// What differs between baseline and candidate besides the times.
class DifferencesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { What, A, B, Weight, ColumnCount };

    DifferencesModel(CompareSet &set, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    void rebuild();

    CompareSet &m_set;
    std::vector<core::RunDifference> m_rows;
};

} // namespace nordlys::studio

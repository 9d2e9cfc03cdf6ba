// SPDX-License-Identifier: GPL-3.0-or-later
#include "differences_model.h"

#include <studio/widgets/cell_roles.h>
#include <studio/workspace/text.h>

namespace nordlys::studio {

DifferencesModel::DifferencesModel(CompareSet &set, QObject *parent) : QAbstractTableModel(parent), m_set(set)
{
    connect(&m_set, &CompareSet::changed, this, &DifferencesModel::rebuild);
    connect(&m_set, &CompareSet::candidateChanged, this, &DifferencesModel::rebuild);
    rebuild();
}

void DifferencesModel::rebuild()
{
    beginResetModel();
    const RunRecord *candidate = m_set.candidate();
    const core::RunComparison *comparison = candidate ? m_set.comparisonOf(candidate) : nullptr;
    m_rows = comparison ? comparison->differences : std::vector<core::RunDifference>();
    endResetModel();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

int DifferencesModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

int DifferencesModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant DifferencesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case What: return tr("Setting");
    case A: return m_set.baseline() ? m_set.baseline()->name : QString();
    case B: return m_set.candidate() ? m_set.candidate()->name : QString();
    case Weight: return tr("Effect");
    default: return {};
    }
}

QVariant DifferencesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= ColumnCount)
        return {};
    const core::RunDifference &row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case What: return toQString(row.what);
        case A: return toQString(row.a);
        case B: return toQString(row.b);
        case Weight: return row.weakens ? tr("weakens the comparison") : QString();
        default: return {};
        }
    case CellKindRole:
        return static_cast<int>(index.column() == Weight ? CellKind::Chip : index.column() == What ? CellKind::Text : CellKind::Mono);
    case ChipRole: return index.column() == Weight ? QVariant(static_cast<int>(ChipKind::Warn)) : QVariant();
    case Qt::ToolTipRole:
        if (index.column() == A || index.column() == B)
            return toQString(index.column() == A ? row.a : row.b);
        return {};
    default: return {};
    }
}

} // namespace nordlys::studio

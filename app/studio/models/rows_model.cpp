// SPDX-License-Identifier: GPL-3.0-or-later
#include "rows_model.h"

#include <cmath>

namespace nordlys::studio {

void RowsModel::setRows(std::vector<RowColumn> columns, std::vector<Row> rows)
{
    if (columns == m_columns && rows.size() == m_rows.size()) {
        if (rows == m_rows)
            return;
        m_rows = std::move(rows);
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        return;
    }
    beginResetModel();
    m_columns = std::move(columns);
    m_rows = std::move(rows);
    endResetModel();
}

int RowsModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_rows.size()); }

int RowsModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_columns.size()); }

QVariant RowsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const RowCell &cell = m_rows[static_cast<std::size_t>(index.row())][static_cast<std::size_t>(index.column())];
    const CellKind kind = m_columns[static_cast<std::size_t>(index.column())].kind;
    const bool isNumber = kind == CellKind::Number || kind == CellKind::Bar;
    switch (role) {
    case Qt::DisplayRole: return cell.text;
    case Qt::ToolTipRole: return cell.toolTip.isEmpty() && !isNumber ? cell.text : cell.toolTip;
    case CellKindRole: return static_cast<int>(kind);
    case NumberRole: return isNumber ? QVariant(cell.number) : QVariant();
    case CopyRole: return isNumber && !std::isfinite(cell.number) ? QVariant(cell.text) : QVariant();
    case NoteRole: return cell.note.isEmpty() ? QVariant() : QVariant(cell.note);
    case InkRole: return static_cast<int>(cell.ink);
    case ShareRole: return kind == CellKind::Bar ? QVariant(cell.share) : QVariant();
    case RampRole: return kind == CellKind::Bar ? QVariant(static_cast<int>(CellRamp::Error)) : QVariant();
    case IconRole: return cell.icon ? QVariant(static_cast<int>(*cell.icon)) : QVariant();
    case BoldRole: return cell.bold;
    default: return {};
    }
}

QVariant RowsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const RowColumn &column = m_columns[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return column.title;
    return role == Qt::ToolTipRole ? QVariant(column.meaning) : QVariant();
}

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/look/icons.h>
#include <studio/widgets/cell_roles.h>

#include <QAbstractTableModel>

#include <limits>
#include <optional>
#include <vector>

namespace nordlys::studio {

/// One cell of a RowsModel, ready to be drawn.
struct RowCell {
    QString text;
    double number = std::numeric_limits<double>::quiet_NaN(); ///< what a column of numbers sorts by and copies; NaN: nothing measured
    QString toolTip = {};
    QString note = {};
    CellInk ink = CellInk::Default;
    double share = 0; ///< of CellKind::Bar
    std::optional<Icon> icon = std::nullopt;
    bool bold = false;

    friend bool operator==(const RowCell &, const RowCell &) = default;
};

struct RowColumn {
    QString title, meaning; ///< `meaning`: hover text
    CellKind kind = CellKind::Text;

    friend bool operator==(const RowColumn &, const RowColumn &) = default;
};

/// A table of finished cells: for results that are made once and shown as they are.
class RowsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;
    using Row = std::vector<RowCell>;

    /// Rows that replace as many rows of the same columns keep the selection.
    void setRows(std::vector<RowColumn> columns, std::vector<Row> rows);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<RowColumn> m_columns;
    std::vector<Row> m_rows;
};

} // namespace nordlys::studio

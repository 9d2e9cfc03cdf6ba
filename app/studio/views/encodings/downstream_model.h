// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/workspace.h>

#include <QAbstractTableModel>

#include <vector>

namespace nordlys::studio {

/// The selected tensor and all that is computed from it, in graph order, with their errors now and before. Tensors that the plan does not store are left out.
class DownstreamModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Tensor, Local, Inherited, Total, Was, Noise, ColumnCount };

    explicit DownstreamModel(Workspace &workspace, QObject *parent = nullptr);

    /// Invalid: no rows.
    void setTensor(core::TensorId tensor);
    /// Takes the newest numbers.
    void refresh();
    [[nodiscard]] core::TensorId tensorOf(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    struct Row {
        core::TensorId tensor;
        double local = 0, inherited = 0, total = 0, was = 0; ///< NaN: not known
        friend bool operator==(const Row &, const Row &) = default;
    };
    [[nodiscard]] Row rowFor(core::TensorId tensor) const;
    [[nodiscard]] double number(const Row &row, int column) const;

    Workspace &m_workspace;
    core::TensorId m_tensor;
    std::vector<core::TensorId> m_reached; ///< in graph order, the selected one first
    std::vector<Row> m_rows;
    double m_mostNoise = 0;
};

} // namespace nordlys::studio

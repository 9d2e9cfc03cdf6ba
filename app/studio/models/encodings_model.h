// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/encoding_edits.h>
#include <studio/workspace/workspace.h>

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace nordlys::studio {

class FilterQuery;

/// Tensors that have or can have an encoding, as rows. Editable cells become one undo step each; a refused value changes nothing.
class EncodingsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column {
        Tensor,
        Kind,
        Bits,
        Min,
        Max,
        Scale,
        ZeroPoint,
        Symmetric,
        Group,
        SeenRange,
        LocalSqnr,
        TotalSqnr,
        Clipped,
        ColumnCount
    };

    explicit EncodingsModel(Workspace &workspace, QObject *parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;

    /// Why this text cannot be the cell's value; empty: it can.
    [[nodiscard]] QString whyInvalid(const QModelIndex &index, const QString &text) const;
    [[nodiscard]] core::TensorId tensorOf(int row) const;
    [[nodiscard]] int rowOf(core::TensorId tensor) const;
    [[nodiscard]] bool matches(int row, const FilterQuery &query) const;
    [[nodiscard]] QString kindText(core::QuantizableKind kind) const;

Q_SIGNALS:
    void editRefused(const QString &why);

private:
    void rebuild();
    void refresh();
    [[nodiscard]] const core::QuantizableTensor &role(int row) const;
    [[nodiscard]] const core::EncodingEntry *entry(int row) const;
    [[nodiscard]] const core::Grid *grid(int row) const; ///< null: no single grid
    [[nodiscard]] const runtime::ObservedRange *seen(int row) const;
    [[nodiscard]] const runtime::TensorError *error(int row) const;
    [[nodiscard]] bool isChanged(int row) const;
    [[nodiscard]] QVariant display(int row, int column) const;
    [[nodiscard]] QVariant number(int row, int column) const;
    [[nodiscard]] QVariant tip(int row, int column) const;

    Workspace &m_workspace;
    std::shared_ptr<const Document> m_document;
    std::unordered_map<core::TensorId, int> m_rows;
};

} // namespace nordlys::studio

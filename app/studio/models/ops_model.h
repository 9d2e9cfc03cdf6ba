// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/workspace.h>

#include <QAbstractItemModel>

#include <vector>

namespace nordlys::studio {

/// Operators of the model as a tree of two levels: neighbours whose names begin with the same part ("block_1/") form a group.
class OpsModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Name, Share, ColumnCount };

    explicit OpsModel(Workspace &workspace, QObject *parent = nullptr);

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &child) const override;
    using QObject::parent;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    [[nodiscard]] core::NodeId nodeOf(const QModelIndex &index) const; ///< invalid for groups
    [[nodiscard]] std::vector<core::NodeId> nodesOf(const QModelIndex &index) const; ///< a group gives its members
    [[nodiscard]] QModelIndex indexOf(core::NodeId node) const;

private:
    struct Top {
        std::uint32_t first = 0, count = 1; ///< nodes in model order
        QString group;                      ///< empty: a single operator
    };
    void rebuild();
    void refreshShares();
    [[nodiscard]] QVariant backendOf(const QModelIndex &index) const;
    [[nodiscard]] double shareOf(const QModelIndex &index) const;

    Workspace &m_workspace;
    std::vector<Top> m_tops;
    std::vector<std::uint32_t> m_topOfNode;
    std::vector<double> m_shares; ///< percent by node; negative: none
    bool m_times = false;
};

} // namespace nordlys::studio

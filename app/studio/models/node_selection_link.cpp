// SPDX-License-Identifier: GPL-3.0-or-later
#include "node_selection_link.h"

#include <QAbstractItemView>
#include <QItemSelectionModel>

#include <algorithm>
#include <map>

namespace nordlys::studio {
namespace {

// Neighbouring rows as one range each: ten thousand rows would otherwise be ten thousand ranges, which a selection walks for every
// cell that is drawn.
QItemSelection rowsAsSelection(const QAbstractItemModel &model, const std::vector<QModelIndex> &indices)
{
    std::map<QModelIndex, std::vector<int>> rowsOfParent;
    for (const QModelIndex &index : indices)
        rowsOfParent[index.parent()].push_back(index.row());
    QItemSelection selection;
    for (auto &[parent, rows] : rowsOfParent) {
        std::ranges::sort(rows);
        const int lastColumn = model.columnCount(parent) - 1;
        for (std::size_t i = 0; i < rows.size();) {
            std::size_t end = i + 1;
            while (end < rows.size() && rows[end] <= rows[end - 1] + 1)
                ++end;
            selection.append({model.index(rows[i], 0, parent), model.index(rows[end - 1], lastColumn, parent)});
            i = end;
        }
    }
    return selection;
}

} // namespace

NodeSelectionLink::NodeSelectionLink(QAbstractItemView &view, Workspace &workspace,
                                     std::function<std::vector<core::NodeId>(const QModelIndex &)> nodesOf,
                                     std::function<QModelIndex(core::NodeId)> indexOf, Menu menu)
    : QObject(&view), m_view(view), m_workspace(workspace), m_nodesOf(std::move(nodesOf)), m_indexOf(std::move(indexOf))
{
    m_view.setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view.setSelectionBehavior(QAbstractItemView::SelectRows);
    if (menu == Menu::OfOperators) {
        m_view.setContextMenuPolicy(Qt::CustomContextMenu);
        connect(&m_view, &QWidget::customContextMenuRequested, this, &NodeSelectionLink::askForMenu);
    }
    connect(m_view.selectionModel(), &QItemSelectionModel::selectionChanged, this, &NodeSelectionLink::take);
    connect(&m_workspace, &Workspace::selectionChanged, this, &NodeSelectionLink::show);
    connect(m_view.model(), &QAbstractItemModel::modelReset, this, &NodeSelectionLink::show);
}

void NodeSelectionLink::take()
{
    if (m_showing)
        return;
    std::vector<core::NodeId> nodes;
    // Not the current row: merely receiving the focus sets that.
    for (const QModelIndex &index : m_view.selectionModel()->selectedRows()) {
        const std::vector<core::NodeId> ofRow = m_nodesOf(index);
        nodes.insert(nodes.end(), ofRow.begin(), ofRow.end());
    }
    if (nodes.empty())
        return;
    const std::vector<core::NodeId> current = m_nodesOf(m_view.currentIndex());
    m_taking = true;
    m_workspace.selectNodes(std::move(nodes), current.empty() ? core::NodeId() : current.front());
    m_taking = false;
}

void NodeSelectionLink::show()
{
    if (m_taking)
        return;
    m_showing = true;
    std::vector<QModelIndex> indices;
    for (const core::NodeId node : m_workspace.selectedNodes().nodes()) {
        if (const QModelIndex index = m_indexOf(node); index.isValid())
            indices.push_back(index);
    }
    QItemSelectionModel &selection = *m_view.selectionModel();
    if (indices.empty()) {
        selection.clear();
    } else {
        selection.select(rowsAsSelection(*m_view.model(), indices), QItemSelectionModel::ClearAndSelect);
        const core::NodeId current = m_workspace.selection().node;
        const QModelIndex index = current.isValid() ? m_indexOf(current) : QModelIndex();
        selection.setCurrentIndex(index.isValid() ? index : indices.front(), QItemSelectionModel::NoUpdate);
        m_view.scrollTo(selection.currentIndex());
    }
    m_showing = false;
}

void NodeSelectionLink::askForMenu(const QPoint &position)
{
    const QModelIndex index = m_view.indexAt(position);
    if (!index.isValid() || m_nodesOf(index).empty())
        return;
    Q_EMIT m_workspace.nodeMenuRequested(m_view.viewport()->mapToGlobal(position));
}

} // namespace nordlys::studio

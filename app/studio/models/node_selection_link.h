// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/workspace.h>

#include <QModelIndex>
#include <QObject>

#include <functional>

class QAbstractItemView;

namespace nordlys::studio {

/// Keeps the selected rows of a table or tree and the selected operators of the workspace the same, both ways, with Ctrl and Shift
/// as in every list. Asks the workspace for the operators' menu on a right click.
class NodeSelectionLink : public QObject {
    Q_OBJECT

public:
    /// Who opens the menu of a row.
    enum class Menu { OfOperators, OfTheView };
    /// `nodesOf`: operators of a row of the view's model, none for rows that are no operator. `indexOf`: the row of an operator,
    /// invalid where it has none (filtered out, say). The view must have its model.
    NodeSelectionLink(QAbstractItemView &view, Workspace &workspace,
                      std::function<std::vector<core::NodeId>(const QModelIndex &)> nodesOf,
                      std::function<QModelIndex(core::NodeId)> indexOf, Menu menu = Menu::OfOperators);

    /// Shows the workspace's selection in the view; for after the model was reset or filtered.
    void show();

private:
    void take();
    void askForMenu(const QPoint &position);

    QAbstractItemView &m_view;
    Workspace &m_workspace;
    std::function<std::vector<core::NodeId>(const QModelIndex &)> m_nodesOf;
    std::function<QModelIndex(core::NodeId)> m_indexOf;
    bool m_showing = false, m_taking = false;
};

} // namespace nordlys::studio

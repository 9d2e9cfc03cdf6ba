// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/action_registry.h>
#include <studio/workspace/workspace.h>

#include <core/project/change.h>

#include <QObject>

#include <optional>

class QWidget;

namespace nordlys::studio {

/// The commands that select operators and put them on a backend, and the operators' menu that graph, tables and inspector share.
class NodeActions : public QObject {
    Q_OBJECT

public:
    /// `host` parents the menu.
    NodeActions(Workspace &workspace, ActionRegistry &actions, QWidget *host);

private:
    void addSelectActions();
    void addPlaceActions();
    void selectAll();
    void selectMatching();
    void update();
    void showMenu(const QPoint &globalPosition);

    Workspace &m_workspace;
    ActionRegistry &m_actions;
    QWidget *m_host;
};

/// Id of the action that puts the selection there (nothing: automatic).
QString placeActionId(std::optional<core::Backend> backend);
/// Id of the action that puts the whole model there.
QString allActionId(core::Backend backend);

} // namespace nordlys::studio

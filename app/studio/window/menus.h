// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/action_registry.h>

#include <QList>
#include <QString>

class QMenu;

namespace nordlys::studio {

/// The menus of the menu bar, made of every registered action by its `menu`; an action that names none is where the first word of
/// its id says ("file.open"), else in "view", so that none is out of reach. A menu is sorted by group, then by registration;
/// actions registered later find their place too.
class Menus : public QObject {
    Q_OBJECT

public:
    Menus(const ActionRegistry &actions, QWidget *parent);

    /// The actions that open them, for a menu bar or for one button.
    [[nodiscard]] const QList<QAction *> &barActions() const { return m_bar; }
    /// A menu by its id ("file", "run/length"); null: there is none.
    [[nodiscard]] QMenu *menu(const QString &id) const;

private:
    void fill();
    [[nodiscard]] QString menuOf(const ActionSpec &spec) const;

    const ActionRegistry &m_actions;
    std::map<QString, QMenu *> m_menus;
    QList<QAction *> m_bar;
    bool m_fillsSoon = false;
};

} // namespace nordlys::studio

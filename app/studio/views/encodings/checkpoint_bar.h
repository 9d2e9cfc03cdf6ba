// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/checkpoints.h>

#include <QWidget>

class QComboBox;
class QMenu;
class QToolButton;

namespace nordlys::studio {

class InkLabel;

/// The checkpoint that the table is compared with, and what can be done with it: make, return to, delete.
class CheckpointBar : public QWidget {
    Q_OBJECT

public:
    CheckpointBar(Workspace &workspace, QWidget *parent);
    /// Without its title, where there is little room.
    void setNarrow(bool narrow);

private:
    void refresh();
    void fillMenu();
    void create();

    Workspace &m_workspace;
    Checkpoints &m_checkpoints;
    QComboBox *m_combo;
    InkLabel *m_title = nullptr;
    QToolButton *m_more;
    QMenu *m_menu;
};

} // namespace nordlys::studio

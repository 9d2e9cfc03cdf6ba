// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/workspace/workspace.h>

#include <QWidget>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace nordlys::studio {

class InkLabel;

/// Precision, placement, output folder and threads of a build. Every change is one undo step.
class BuildSettingsPane : public QWidget {
    Q_OBJECT

public:
    explicit BuildSettingsPane(Workspace &workspace, QWidget *parent = nullptr);
    /// Asks for the output folder.
    void chooseFolder();

private:
    void refresh();
    void storeThreads();
    void storeFolder();

    Workspace &m_workspace;
    QComboBox *m_precision;
    InkLabel *m_precisionNote, *m_placement, *m_problem;
    QPushButton *m_place, *m_choose;
    QLineEdit *m_folder, *m_threads;
};

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <studio/widgets/chip.h>
#include <studio/widgets/ink_label.h>
#include <studio/workspace/action_registry.h>
#include <studio/workspace/workspace.h>

#include <QWidget>

class QLineEdit;
class QMenuBar;
class QPushButton;
class QToolButton;

namespace nordlys::studio {

class DeviceButton;
class Runner;
class ViewTabs;

/// First bar: mark, menus, model, device, Build, Run, last result with its verdict.
class TopBar : public QWidget {
    Q_OBJECT

public:
    TopBar(Workspace &workspace, ActionRegistry &actions, Runner &runner, QWidget *parent = nullptr);
    /// Once: the menus, as a bar or, on a narrow window, behind one button.
    void setMenus(const QList<QAction *> &menus);
    void refresh();
    /// Run becomes Stop while something runs.
    void setRunning(bool running);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    Workspace &m_workspace;
    ActionRegistry &m_actions;
    QMenuBar *m_menus;
    QToolButton *m_menuButton;
    QToolButton *m_model;
    DeviceButton *m_device;
    QPushButton *m_build, *m_run;
    InkLabel *m_value, *m_note;
    Chip *m_verdict;
    bool m_running = false;
};

/// Second bar: back, forward, view tabs, chips of the workspace, the filter of all views.
class ViewBar : public QWidget {
    Q_OBJECT

public:
    ViewBar(Workspace &workspace, ActionRegistry &actions, QWidget *parent = nullptr);
    /// Its action "view.ID" must be registered: the tab is enabled as that is.
    void addView(const QString &id, const QString &title);
    void setCurrent(const QString &id);
    void focusFilter();

Q_SIGNALS:
    void viewChosen(const QString &id);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refreshChips();

    Workspace &m_workspace;
    void fitTabs();
    void showChipMenu();

    ActionRegistry &m_actions;
    ViewTabs *m_tabs;
    QStringList m_ids;
    QString m_current;
    Chip *m_selection, *m_run, *m_range;
    Chip *m_collapsed; ///< stands for them in a narrow window: their count
    QLineEdit *m_filter;
};

/// Core's verdict as the chip's.
Verdict chipVerdict(core::VerdictLevel level);

} // namespace nordlys::studio

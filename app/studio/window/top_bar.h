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
class QTabBar;
class QToolButton;

namespace nordlys::studio {

/// First bar: mark, menus, model, device, Build, Run, last result with its verdict.
class TopBar : public QWidget {
    Q_OBJECT

public:
    TopBar(Workspace &workspace, ActionRegistry &actions, QWidget *parent = nullptr);
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
    QToolButton *m_model, *m_device;
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
    void addView(const QString &id, const QString &title);
    void setCurrent(const QString &id);
    /// Disables the tab for a reason, shown on hover; empty: enabled.
    void setViewReason(const QString &id, const QString &whyNot);
    void focusFilter();

Q_SIGNALS:
    void viewChosen(const QString &id);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void refreshChips();

    Workspace &m_workspace;
    QTabBar *m_tabs;
    QStringList m_ids;
    QString m_current;
    Chip *m_selection, *m_run, *m_range;
    QLineEdit *m_filter;
};

/// Core's verdict as the chip's.
Verdict chipVerdict(core::VerdictLevel level);

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "improve_page.h"

#include <QWidget>

class QStackedWidget;
class QTabBar;

namespace nordlys::studio {

class DockHeader;

/// The pane below the views with what the improvement tools found, a tab for each. It comes when a tool starts; the views above stay usable.
class ImprovePanel : public QWidget {
    Q_OBJECT

public:
    ImprovePanel(Workspace &workspace, Improver &improver, ActionRegistry &actions, QWidget *parent = nullptr);

    void showTool(Improver::Tool tool);
    [[nodiscard]] SensitivityPage &sensitivity() { return *m_sensitivity; }
    [[nodiscard]] MixedPage &mixed() { return *m_mixed; }
    [[nodiscard]] RewritePage &equalize() { return *m_equalize; }
    [[nodiscard]] RewritePage &biasCorrect() { return *m_bias; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void closeRequested();

private:
    void refreshHeader();
    [[nodiscard]] ImprovePage &current() const;

    Improver &m_improver;
    DockHeader *m_header;
    QTabBar *m_tabs;
    QStackedWidget *m_stack;
    SensitivityPage *m_sensitivity;
    MixedPage *m_mixed;
    RewritePage *m_equalize, *m_bias;
};

} // namespace nordlys::studio

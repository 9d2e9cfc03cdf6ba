// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>
#include <QPointer>
#include <QWidget>

class QDockWidget;
class QVBoxLayout;

namespace nordlys::studio {

/// What is left of the left dock in a small window: 28 px with a tab. The tab opens the dock's content above the view; Esc, the
/// tab, or a click elsewhere closes it.
class SideStrip : public QWidget {
    Q_OBJECT

public:
    /// `dock` keeps its content while the strip is not active. `over`: what the content is opened above; the strip stands at its
    /// left.
    SideStrip(QDockWidget &dock, QWidget *over, QWidget *parent = nullptr);

    /// Takes the content from the dock, or gives it back.
    void setActive(bool active);
    void setOpen(bool open);
    [[nodiscard]] bool isOpen() const;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void place();

    QDockWidget &m_dock;
    QWidget *m_over, *m_panel;
    QAbstractButton *m_tab;
    QPointer<QWidget> m_content;
};

} // namespace nordlys::studio

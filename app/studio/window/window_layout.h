// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "view_table.h"

#include <QByteArray>
#include <QMainWindow>
#include <QTimer>

#include <functional>
#include <map>

class QDockWidget;

namespace nordlys::studio {

class SideStrip;

/// How much room the window has; each has a layout of its own.
enum class ScreenClass {
    Small,  ///< below 1200 px wide: the left dock is a strip of tabs
    Normal, ///< as on 1440x900
    Large,  ///< from 2560 px wide: a second bottom dock
};

ScreenClass screenClassOf(const QSize &window);

/// Sizes of the docks in a class, unscaled: width of left and right, height of the bottom.
struct DockSizes {
    int left, right, bottom;
};
DockSizes dockSizes(ScreenClass screen);

/// Which docks are shown and how large, per view and screen class: as the user left them there, or as designed.
class WindowLayout : public QObject {
    Q_OBJECT

public:
    struct Docks {
        QDockWidget *left, *right, *bottom;
        SideStrip *strip; ///< takes the left dock's place in a small window
        /// Makes the second bottom dock of a large window; called once at most.
        std::function<QDockWidget *()> makeSecond;
    };
    WindowLayout(QMainWindow &window, Docks docks);

    /// Another view is shown, or something was opened or closed. Docks that do not belong to it are hidden.
    void enter(const QString &view, ViewDocks belongs);
    /// The designed layout for this view and class.
    void reset();
    [[nodiscard]] ScreenClass screen() const { return m_screen; }
    /// Layouts of earlier sessions, and into the settings.
    void load();
    void store();
    /// Call when the window is shown and when its size changed.
    void follow();

Q_SIGNALS:
    void screenChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    [[nodiscard]] QString key() const;
    void apply();
    void applyDesigned();
    void hideForeign();
    void keep();

    QMainWindow &m_window;
    Docks m_docks;
    QDockWidget *m_second = nullptr;
    std::map<QString, QByteArray> m_states;
    QTimer m_keepSoon;
    QString m_view;
    ViewDocks m_belongs;
    ScreenClass m_screen = ScreenClass::Normal;
    bool m_applied = false;
};

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace nordlys::studio {

class MainWindow;

/// Ends the program once the window has been painted, or, where a file is opened, once its graph has. What measures how long that
/// takes counts from outside, from the start of the process to its end (`--quit-after-paint`).
class FirstPaint : public QObject {
    Q_OBJECT

public:
    /// `window` outlives this. With `graph` it waits for a graph on the canvas.
    FirstPaint(MainWindow &window, bool graph);
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    MainWindow &m_window;
    bool m_graph;
    bool m_ending = false;
};

} // namespace nordlys::studio

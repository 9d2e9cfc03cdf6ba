// SPDX-License-Identifier: GPL-3.0-or-later
#include "first_paint.h"

#include "main_window.h"

#include <studio/views/graph/graph_canvas.h>

#include <QCoreApplication>
#include <QEvent>
#include <QTimer>

namespace nordlys::studio {

FirstPaint::FirstPaint(MainWindow &window, bool graph) : m_window(window), m_graph(graph)
{
    QCoreApplication::instance()->installEventFilter(this);
}

bool FirstPaint::eventFilter(QObject *watched, QEvent *event)
{
    if (m_ending || event->type() != QEvent::Paint)
        return false;
    const auto *canvas = qobject_cast<const GraphCanvas *>(watched);
    if (m_graph ? canvas != nullptr && canvas->scene() != nullptr : watched == &m_window) {
        m_ending = true;
        // The filter comes before the painting; a timer comes after the whole window is on the screen.
        QTimer::singleShot(0, this, [] { QCoreApplication::exit(0); });
    }
    return false;
}

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#include "histogram_plot.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr int kGrab = 6; // pixels beside a handle's line that still take it

} // namespace

bool HistogramPlot::canMove(Handle handle) const
{
    return m_range && m_whyFixed.isEmpty() && handle != Handle::None && !(handle == Handle::Min && m_ends == Ends::FromZero);
}

HistogramPlot::Handle HistogramPlot::handleAt(const QPointF &at) const
{
    const QRect area = plotArea();
    if (!m_range || at.y() < area.top() - scaled(4) || at.y() > area.bottom())
        return Handle::None;
    const double toMin = std::abs(at.x() - handleRect(Handle::Min).center().x()), toMax = std::abs(at.x() - handleRect(Handle::Max).center().x());
    const Handle nearer = toMax <= toMin ? Handle::Max : Handle::Min;
    return std::min(toMin, toMax) <= scaled(kGrab) ? nearer : Handle::None;
}

int HistogramPlot::markAt(const QPointF &at) const
{
    for (int i = static_cast<int>(m_marks.size()) - 1; i >= 0; --i) {
        if (markRect(i).contains(at.toPoint()))
            return i;
    }
    return -1;
}

void HistogramPlot::begin(Handle handle, int key)
{
    m_active = handle;
    // The lowest code of a symmetric grid has no counterpart: what is moved is the range that the grid was made for.
    const double min = m_ends == Ends::Mirrored ? -m_range->second : m_range->first;
    m_press = Press{handle, min, m_range->second, min, m_range->second, 0, key, false};
    update();
}

void HistogramPlot::moveTo(double value)
{
    Press &press = *m_press;
    const double least = std::max(std::abs(m_high - m_low), 1e-30) * 1e-6; // ranges do not collapse
    double min = press.min, max = press.max;
    if (press.handle == Handle::Max) {
        max = std::max(value, m_ends == Ends::Free && press.min < 0 ? 0.0 : least);
        if (m_ends == Ends::Mirrored)
            min = -max;
    } else {
        min = std::min(value, m_ends == Ends::Free && press.max > 0 ? 0.0 : -least);
        if (m_ends == Ends::Mirrored)
            max = -min;
    }
    if (min == press.wantedMin && max == press.wantedMax)
        return;
    press.wantedMin = min;
    press.wantedMax = max;
    press.moved = true;
    Q_EMIT rangeDragged(min, max);
}

void HistogramPlot::finish()
{
    if (!m_press)
        return;
    const Press press = *m_press;
    m_press.reset();
    if (press.moved)
        Q_EMIT rangeCommitted(press.wantedMin, press.wantedMax);
    fitView();
    update();
}

void HistogramPlot::cancel()
{
    if (!m_press)
        return;
    const bool moved = m_press->moved;
    m_press.reset();
    if (moved)
        Q_EMIT dragCancelled();
    fitView();
    update();
}

void HistogramPlot::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return QWidget::mousePressEvent(event);
    if (const int mark = markAt(event->position()); mark >= 0 && m_range && m_whyFixed.isEmpty()) {
        const HistogramMark taken = m_marks[mark];
        Q_EMIT rangeCommitted(taken.min, taken.max);
        return;
    }
    const Handle handle = handleAt(event->position());
    if (!canMove(handle))
        return;
    finish(); // a key may be down
    begin(handle, 0);
    m_press->offset = event->position().x() - xOf(handle == Handle::Min ? m_range->first : m_range->second);
    // A handle at the border stands for an end far outside: it comes in with the pointer.
    if (std::abs(m_press->offset) > 2 * scaled(kGrab))
        m_press->offset = 0;
}

void HistogramPlot::mouseMoveEvent(QMouseEvent *event)
{
    if (m_press && m_press->key == 0) {
        const QRect area = plotArea();
        moveTo(valueAt(std::clamp(event->position().x() - m_press->offset, double(area.left()), double(area.right()))));
        return;
    }
    const Handle handle = handleAt(event->position());
    const bool overMark = markAt(event->position()) >= 0 && m_range && m_whyFixed.isEmpty();
    setCursor(overMark ? Qt::PointingHandCursor : canMove(handle) ? Qt::SizeHorCursor : Qt::ArrowCursor);
    if (handle != m_hovered) {
        m_hovered = handle;
        update();
    }
}

void HistogramPlot::mouseReleaseEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && m_press && m_press->key == 0)
        finish();
}

void HistogramPlot::leaveEvent(QEvent *event)
{
    QWidget::leaveEvent(event);
    m_hovered = Handle::None;
    update();
}

void HistogramPlot::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape && m_press) {
        cancel();
        return;
    }
    const bool left = event->key() == Qt::Key_Left || event->key() == Qt::Key_Down;
    const bool right = event->key() == Qt::Key_Right || event->key() == Qt::Key_Up;
    if ((!left && !right) || !canMove(m_active) || (m_press && m_press->key == 0))
        return QWidget::keyPressEvent(event);
    if (m_press && m_press->key != event->key())
        finish();
    if (!m_press)
        begin(m_active, event->key());
    const double steps = (event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1) * (left ? -1 : 1);
    moveTo((m_active == Handle::Min ? m_press->wantedMin : m_press->wantedMax) + steps * m_step);
}

void HistogramPlot::keyReleaseEvent(QKeyEvent *event)
{
    // A key that is held down repeats: one move, which ends when it is let go.
    if (m_press && m_press->key == event->key() && !event->isAutoRepeat())
        finish();
    else
        QWidget::keyReleaseEvent(event);
}

void HistogramPlot::focusInEvent(QFocusEvent *event)
{
    if (event->reason() == Qt::BacktabFocusReason || m_active == Handle::None)
        m_active = event->reason() == Qt::BacktabFocusReason || m_ends == Ends::FromZero ? Handle::Max : Handle::Min;
    else if (event->reason() == Qt::TabFocusReason)
        m_active = m_ends == Ends::FromZero ? Handle::Max : Handle::Min;
    QWidget::focusInEvent(event);
    tellReaders();
    update();
}

void HistogramPlot::focusOutEvent(QFocusEvent *event)
{
    if (m_press && m_press->key != 0)
        finish();
    QWidget::focusOutEvent(event);
    update();
}

bool HistogramPlot::focusNextPrevChild(bool next)
{
    if (m_range && m_ends != Ends::FromZero && m_active == (next ? Handle::Min : Handle::Max)) {
        finish();
        m_active = next ? Handle::Max : Handle::Min;
        tellReaders();
        update();
        return true;
    }
    return QWidget::focusNextPrevChild(next);
}

bool HistogramPlot::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride && m_press && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
        event->accept(); // ends the move, not something of the window's
        return true;
    }
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        QString text = m_whyFixed;
        if (const int mark = markAt(help->pos()); mark >= 0) {
            const HistogramMark &found = m_marks[mark];
            text = tr("%1: %2").arg(found.name, formatRange(found.min, found.max, 3));
            if (m_whyFixed.isEmpty())
                text += QLatin1Char('\n') + tr("Click takes this range.");
        } else if (text.isEmpty() && handleAt(help->pos()) != Handle::None) {
            text = tr("Drag, or move with the arrow keys: one step, with Shift ten.");
        }
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace nordlys::studio

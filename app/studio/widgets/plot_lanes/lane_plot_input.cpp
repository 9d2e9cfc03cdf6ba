// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <utility>

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include "lane_plot.h"

namespace nordlys::studio {
namespace {

constexpr int gripReachPx = 5;
constexpr int hitTolerancePx = 4;
constexpr double wheelStep = 0.8; // per notch

} // namespace

QRect LanePlot::plotArea() const
{
    const QRect axis = m_axisRow->outerRect();
    const int bottom = m_tracks.empty() ? height() - 1 : m_tracks.back().rect->outerRect().bottom();
    return {axis.left() + laneGutterPx, axis.top(), std::max(1, axis.width() - laneGutterPx - laneRightPx), std::max(1, bottom - axis.top() + 1)};
}

double LanePlot::xOf(std::int64_t timeNs) const
{
    const QRect area = m_axisRow->rect();
    return area.left() + (static_cast<double>(timeNs) - static_cast<double>(m_visible.fromNs)) / static_cast<double>(m_visible.length()) * area.width();
}

std::int64_t LanePlot::timeAt(double x) const
{
    const QRect area = m_axisRow->rect();
    const double share = (x - area.left()) / std::max(1, area.width());
    return m_visible.fromNs + static_cast<std::int64_t>(std::llround(share * static_cast<double>(m_visible.length())));
}

double LanePlot::overviewX(std::int64_t timeNs) const
{
    return m_overview == nullptr ? 0.0 : m_overview->timeAxis()->coordToPixel(static_cast<double>(timeNs) * 1e-9);
}

std::int64_t LanePlot::overviewTimeAt(double x) const
{
    if (m_overview == nullptr || m_content.empty()) {
        return 0;
    }
    const auto time = static_cast<std::int64_t>(std::llround(m_overview->timeAxis()->pixelToCoord(x) * 1e9));
    return std::clamp(time, m_content.fromNs, m_content.toNs);
}

bool LanePlot::onOverview(const QPoint& at) const
{
    return m_overview != nullptr && m_overview->outerRect().contains(at);
}

int LanePlot::trackAt(const QPoint& at) const
{
    for (int track = 0; track < trackCount(); ++track) {
        if (m_tracks[static_cast<std::size_t>(track)].rect->outerRect().contains(at)) {
            return track;
        }
    }
    return -1;
}

const LaneBlock* LanePlot::blockAt(const QPoint& at) const
{
    const LaneBlocks* lane = blockTrack(trackAt(at));
    if (lane == nullptr || at.x() < plotArea().left()) {
        return nullptr;
    }
    const std::int64_t tolerance = timeAt(at.x() + hitTolerancePx) - timeAt(at.x());
    const auto index = lane->store().blockNear(timeAt(at.x()), std::max<std::int64_t>(tolerance, 0));
    return index ? &lane->store().at(*index) : nullptr;
}

int LanePlot::selectionEdgeAt(const QPoint& at) const
{
    if (m_selection.empty() || !plotArea().contains(at)) {
        return 0;
    }
    const double toStart = std::fabs(at.x() - xOf(m_selection.fromNs));
    const double toEnd = std::fabs(at.x() - xOf(m_selection.toNs));
    if (std::min(toStart, toEnd) > gripReachPx) {
        return 0;
    }
    return toStart <= toEnd ? 1 : 2;
}

void LanePlot::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        event->ignore();
        return;
    }
    const QPoint at = event->position().toPoint();
    m_pressedAt = at;
    m_pressedVisible = m_visible;
    m_pressedOverview = onOverview(at);
    m_drag = Drag::Pending;
    m_edgeTaken = false;
    if (m_pressedOverview) {
        m_anchorNs = overviewTimeAt(at.x());
    } else if (const int edge = selectionEdgeAt(at); edge != 0) {
        m_anchorNs = edge == 1 ? m_selection.toNs : m_selection.fromNs;
        m_drag = Drag::Select;
        m_edgeTaken = true;
    } else if (event->modifiers().testFlag(Qt::ShiftModifier)) {
        m_anchorNs = timeAt(std::max(at.x(), plotArea().left()));
        m_drag = Drag::Select;
    }
    event->accept();
}

void LanePlot::dragTo(const QPoint& at)
{
    const bool far = (at - m_pressedAt).manhattanLength() >= QApplication::startDragDistance();
    if (m_drag == Drag::Pending && far) {
        m_drag = m_pressedOverview ? Drag::SelectOverview : Drag::Pan;
        if (m_drag == Drag::Pan) {
            stopFollowing();
            setCursor(Qt::ClosedHandCursor);
        }
    }
    switch (m_drag) {
    case Drag::Pan: {
        const double pixels = m_pressedAt.x() - at.x();
        const double perPixel = static_cast<double>(m_pressedVisible.length()) / std::max(1, plotArea().width());
        const auto shift = static_cast<std::int64_t>(std::llround(pixels * perPixel));
        setVisibleSpan({m_pressedVisible.fromNs + shift, m_pressedVisible.toNs + shift});
        break;
    }
    case Drag::Select: {
        const QRect area = plotArea();
        setSelection({m_anchorNs, timeAt(std::clamp(at.x(), area.left(), area.right() + 1))});
        break;
    }
    case Drag::SelectOverview:
        setSelection({m_anchorNs, overviewTimeAt(at.x())});
        break;
    case Drag::None:
    case Drag::Pending:
        break;
    }
}

void LanePlot::mouseMoveEvent(QMouseEvent* event)
{
    const QPoint at = event->position().toPoint();
    if (m_drag != Drag::None) {
        dragTo(at);
    } else {
        setCursor(selectionEdgeAt(at) != 0 ? Qt::SizeHorCursor : onOverview(at) ? Qt::CrossCursor : Qt::ArrowCursor);
    }
    m_pointer = at;
    const bool inside = plotArea().contains(at);
    setCrosshair(inside ? std::optional(timeAt(at.x())) : std::nullopt);
    scheduleReplot(true);
    if (inside) {
        Q_EMIT crosshairMoved(*m_crosshair);
    }
}

void LanePlot::finishSelection()
{
    if (m_selection.empty()) {
        clearSelection();
    }
    Q_EMIT selectionFinished(m_selection);
}

void LanePlot::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || m_drag == Drag::None) {
        event->ignore();
        return;
    }
    const QPoint at = event->position().toPoint();
    const Drag drag = m_drag;
    if (!m_edgeTaken || at != m_pressedAt) {
        dragTo(at);
    }
    m_drag = Drag::None;
    unsetCursor();
    if (m_drag == Drag::None && (drag == Drag::Select || drag == Drag::SelectOverview)) {
        if (std::exchange(m_edgeTaken, false) && !m_selection.empty()) {
            takeEdge(m_anchorNs == m_selection.toNs ? Edge::Start : Edge::End);
            if (at == m_pressedAt) {
                return; // taken for the keys, not moved
            }
        }
        finishSelection();
        return;
    }
    if (drag != Drag::Pending) {
        return;
    }
    if (m_pressedOverview) {
        stopFollowing();
        const std::int64_t middle = overviewTimeAt(at.x());
        setVisibleSpan({middle - m_visible.length() / 2, middle + m_visible.length() / 2});
    } else if (const LaneBlock* block = blockAt(at)) {
        Q_EMIT blockClicked(trackAt(at), *block);
    }
}

void LanePlot::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton) {
        return;
    }
    m_drag = Drag::None;
    const QPoint at = event->position().toPoint();
    if (const LaneBlock* block = blockAt(at)) {
        Q_EMIT blockActivated(trackAt(at), *block);
        return;
    }
    fit();
}

void LanePlot::wheelEvent(QWheelEvent* event)
{
    const QPoint delta = event->angleDelta();
    const bool sideways = event->modifiers().testFlag(Qt::ShiftModifier) || std::abs(delta.x()) > std::abs(delta.y());
    if (sideways) {
        const int amount = std::abs(delta.x()) > std::abs(delta.y()) ? delta.x() : delta.y();
        const auto shift = static_cast<std::int64_t>(-amount / 120.0 * 0.1 * static_cast<double>(m_visible.length()));
        stopFollowing();
        setVisibleSpan({m_visible.fromNs + shift, m_visible.toNs + shift});
    } else if (delta.y() != 0) {
        const QRect area = plotArea();
        const double x = std::clamp(event->position().x(), static_cast<double>(area.left()), static_cast<double>(area.right()));
        zoomAt(timeAt(x), std::pow(wheelStep, delta.y() / 120.0));
    }
    event->accept();
}

void LanePlot::takeEdge(Edge edge)
{
    m_activeEdge = edge;
    scheduleReplot(true);
}

void LanePlot::moveEdge(int steps)
{
    const bool isEnd = m_activeEdge == Edge::End;
    std::int64_t edge = isEnd ? m_selection.toNs : m_selection.fromNs;
    if (m_edgeStep) {
        edge = m_edgeStep(edge, isEnd, steps);
    } else {
        edge += steps * std::max<std::int64_t>(1, m_visible.length() / std::max(1, plotArea().width()));
    }
    if (isEnd ? edge <= m_selection.fromNs : edge >= m_selection.toNs) {
        return;
    }
    setSelection(isEnd ? TimeSpan{m_selection.fromNs, edge} : TimeSpan{edge, m_selection.toNs});
    Q_EMIT selectionFinished(m_selection);
}

bool LanePlot::edgeKey(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_BracketLeft:
    case Qt::Key_BracketRight:
        if (m_content.empty()) {
            return false;
        }
        if (m_selection.empty()) {
            stopFollowing();
            setSelection({std::max(m_visible.fromNs, m_content.fromNs), std::min(m_visible.toNs, m_content.toNs)});
            Q_EMIT selectionFinished(m_selection);
        }
        takeEdge(event->key() == Qt::Key_BracketLeft ? Edge::Start : Edge::End);
        return true;
    case Qt::Key_Left:
    case Qt::Key_Right: {
        if (m_activeEdge == Edge::None || m_selection.empty()) {
            return false;
        }
        const int size = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
        moveEdge(event->key() == Qt::Key_Left ? -size : size);
        return true;
    }
    case Qt::Key_Escape:
        if (m_activeEdge == Edge::None || m_selection.empty()) {
            return false;
        }
        takeEdge(Edge::None);
        return true;
    default:
        return false;
    }
}

void LanePlot::keyPressEvent(QKeyEvent* event)
{
    if (edgeKey(event)) {
        event->accept();
        return;
    }
    const std::int64_t step = std::max<std::int64_t>(1, m_visible.length() / (event->modifiers().testFlag(Qt::ShiftModifier) ? 2 : 10));
    const std::int64_t middle = m_visible.fromNs + m_visible.length() / 2;
    switch (event->key()) {
    case Qt::Key_Left:
        stopFollowing();
        setVisibleSpan({m_visible.fromNs - step, m_visible.toNs - step});
        break;
    case Qt::Key_Right:
        stopFollowing();
        setVisibleSpan({m_visible.fromNs + step, m_visible.toNs + step});
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomAt(m_follow ? m_visible.toNs : m_crosshair.value_or(middle), wheelStep);
        break;
    case Qt::Key_Minus:
        zoomAt(m_crosshair.value_or(middle), 1.0 / wheelStep);
        break;
    case Qt::Key_Home:
        fit();
        break;
    case Qt::Key_End:
        setFollowLive(true);
        break;
    case Qt::Key_Escape:
        if (m_selection.empty()) {
            event->ignore();
            return;
        }
        clearSelection();
        Q_EMIT selectionFinished(m_selection);
        break;
    default:
        QCustomPlot::keyPressEvent(event);
        return;
    }
    event->accept();
}

void LanePlot::leaveEvent(QEvent* event)
{
    QCustomPlot::leaveEvent(event);
    m_pointer = QPoint(-1, -1);
    setCrosshair(std::nullopt);
}

void LanePlot::changeEvent(QEvent* event)
{
    QCustomPlot::changeEvent(event);
    if (event->type() == QEvent::FontChange && m_axisRow != nullptr) {
        applyTheme();
    }
}

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_canvas.h"

#include <studio/workspace/graph_choice.h>

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <cmath>

namespace nordlys::studio {
namespace {

constexpr double kWheelStep = 1.2; // per 15 degrees of the wheel
constexpr double kKeyPan = 60;

} // namespace

void GraphCanvas::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    if (!m_scene)
        return;
    setTransform(m_untouched ? firstView() : m_transform);
}

void GraphCanvas::wheelEvent(QWheelEvent *event)
{
    const double steps = event->angleDelta().y() / 120.0;
    if (event->modifiers() & Qt::ShiftModifier) {
        GraphTransform next = m_transform;
        next.offset += QPointF(steps * kKeyPan, 0);
        setTransform(next);
    } else if (steps != 0) {
        setZoom(m_transform.zoom * std::pow(kWheelStep, steps), event->position());
    }
    event->accept();
}

void GraphCanvas::mousePressEvent(QMouseEvent *event)
{
    setFocus(Qt::MouseFocusReason);
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return;
    m_animation.stop();
    m_pressed = event->position();
    m_pressedOffset = m_transform.offset;
    m_dragging = false;
    m_banding = false;
}

core::NodeId GraphCanvas::nodeUnder(const QPointF &position) const
{
    return m_scene ? m_scene->nodeAt(m_transform.toLayout(position)) : core::NodeId();
}

QRectF GraphCanvas::band() const { return QRectF(m_pressed, m_bandEnd).normalized(); }

void GraphCanvas::selectInBand(Qt::KeyboardModifiers modifiers)
{
    std::vector<std::uint32_t> found;
    m_scene->nodesIn(m_transform.toLayout(band()), found);
    std::vector<core::NodeId> nodes;
    for (const std::uint32_t index : found)
        nodes.emplace_back(static_cast<std::size_t>(index));
    if (modifiers & Qt::ControlModifier)
        nodes.insert(nodes.end(), m_workspace.selectedNodes().nodes().begin(), m_workspace.selectedNodes().nodes().end());
    m_selecting = true;
    m_workspace.selectNodes(std::move(nodes), m_workspace.selection().node);
    m_selecting = false;
}

void GraphCanvas::click(core::NodeId node, Qt::KeyboardModifiers modifiers)
{
    const core::NodeId current = m_workspace.selection().node;
    m_selecting = true;
    if (modifiers & Qt::ControlModifier)
        m_workspace.toggleNode(node);
    else if (node.isValid() && (modifiers & Qt::ShiftModifier) && current.isValid())
        m_workspace.selectNodes(nodesBetween(m_scene->document().graph(), current, node), current);
    else if (node.isValid())
        m_workspace.selectNode(node);
    else
        m_workspace.clearSelection();
    m_selecting = false;
}

std::optional<std::size_t> GraphCanvas::plateAt(const QPointF &position) const
{
    for (const CrossingPlate &plate : m_plates) {
        if (plate.rect.contains(position))
            return plate.band;
    }
    return std::nullopt;
}

void GraphCanvas::contextMenuEvent(QContextMenuEvent *event)
{
    const bool mouse = event->reason() == QContextMenuEvent::Mouse;
    const core::NodeId node = mouse ? nodeUnder(QPointF(event->pos())) : m_workspace.selection().node;
    if (!node.isValid())
        return;
    if (!m_workspace.isSelected(node))
        click(node, Qt::NoModifier);
    Q_EMIT m_workspace.nodeMenuRequested(mouse ? event->globalPos() : mapToGlobal(positionOf(node).toPoint()));
}

void GraphCanvas::mouseMoveEvent(QMouseEvent *event)
{
    if (m_banding) {
        m_bandEnd = event->position();
        update();
        return;
    }
    if (event->buttons() & (Qt::LeftButton | Qt::MiddleButton)) {
        const QPointF moved = event->position() - m_pressed;
        if (!m_dragging && moved.manhattanLength() >= QApplication::startDragDistance()) {
            if (m_scene && (event->buttons() & Qt::LeftButton) && (event->modifiers() & Qt::ShiftModifier)) {
                m_banding = true;
                m_bandEnd = event->position();
                setCursor(Qt::CrossCursor);
                update();
                return;
            }
            m_dragging = true;
            setCursor(Qt::ClosedHandCursor);
        }
        if (m_dragging) {
            m_untouched = false;
            GraphTransform next = m_transform;
            next.offset = m_pressedOffset + moved;
            setTransform(next);
        }
        return;
    }
    const core::NodeId hovered = nodeUnder(event->position());
    if (hovered != m_marks.hovered) {
        m_marks.hovered = hovered;
        update();
    }
}

void GraphCanvas::mouseReleaseEvent(QMouseEvent *event)
{
    if (m_dragging) {
        m_dragging = false;
        unsetCursor();
        return;
    }
    if (m_banding) {
        m_banding = false;
        unsetCursor();
        m_bandEnd = event->position();
        selectInBand(event->modifiers());
        update();
        return;
    }
    if (event->button() != Qt::LeftButton || !m_scene)
        return;
    if (const auto plate = plateAt(event->position())) {
        m_selecting = true;
        m_workspace.selectTensor(m_bands.crossings()[m_bands.bands()[*plate].arriving.front()].tensor);
        m_selecting = false;
        return;
    }
    click(nodeUnder(event->position()), event->modifiers());
}

void GraphCanvas::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (!m_scene || event->button() != Qt::LeftButton)
        return;
    const core::NodeId node = nodeUnder(event->position());
    if (node.isValid() && event->modifiers() == Qt::NoModifier)
        showNode(node);
}

void GraphCanvas::leaveEvent(QEvent *event)
{
    QWidget::leaveEvent(event);
    if (m_marks.hovered.isValid()) {
        m_marks.hovered = {};
        update();
    }
}

void GraphCanvas::selectAndShow(core::NodeId node)
{
    if (!node.isValid())
        return;
    m_workspace.selectNode(node);
    ensureVisible(node);
}

void GraphCanvas::keyPressEvent(QKeyEvent *event)
{
    if (!m_scene || m_scene->nodeCount() == 0) {
        QWidget::keyPressEvent(event);
        return;
    }
    const auto go = [this](GraphScene::Direction direction) {
        const core::NodeId selected = m_marks.selected;
        selectAndShow(selected.isValid() ? m_scene->neighbour(selected, direction) : m_scene->first());
    };
    switch (event->key()) {
    case Qt::Key_Up: go(GraphScene::Direction::Up); break;
    case Qt::Key_Down: go(GraphScene::Direction::Down); break;
    case Qt::Key_Left: go(GraphScene::Direction::Left); break;
    case Qt::Key_Right: go(GraphScene::Direction::Right); break;
    case Qt::Key_Home: selectAndShow(m_scene->first()); break;
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoomIn(); break;
    case Qt::Key_Minus: zoomOut(); break;
    case Qt::Key_F:
        if (event->modifiers() != Qt::NoModifier) {
            QWidget::keyPressEvent(event);
            return;
        }
        fit();
        break;
    case Qt::Key_Slash: Q_EMIT searchRequested(); break;
    case Qt::Key_Return:
    case Qt::Key_Enter: showNode(m_marks.selected); break;
    case Qt::Key_Escape:
        if (m_banding) {
            m_banding = false;
            unsetCursor();
            update();
            break;
        }
        m_workspace.clearSelection();
        break;
    default: QWidget::keyPressEvent(event);
    }
}

void GraphCanvas::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    update();
}

void GraphCanvas::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    update();
}

bool GraphCanvas::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    if (const auto plate = plateAt(QPointF(help->pos()))) {
        const GraphBandPainter bands(*m_scene, m_bands, m_workspace, m_transform, size());
        QToolTip::showText(help->globalPos(), bands.describe(*plate), this);
        return true;
    }
    const core::NodeId node = m_scene ? m_scene->nodeAt(m_transform.toLayout(QPointF(help->pos()))) : core::NodeId();
    if (node.isValid()) {
        QToolTip::showText(help->globalPos(), describe(node), this, m_transform.toScreen(m_scene->nodeBox(node)).toAlignedRect());
    } else {
        QToolTip::hideText();
        event->ignore();
    }
    return true;
}

} // namespace nordlys::studio

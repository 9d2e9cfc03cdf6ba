// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_accessible.h"

#include "graph_canvas.h"
#include "graph_scene.h"

#include <QAccessibleWidget>
#include <QPointer>

#include <algorithm>
#include <map>

namespace nordlys::studio {
namespace {

/// One operator. Lives as long as the accessibility cache keeps it, which may be longer than the canvas.
class OperatorInterface : public QAccessibleInterface {
public:
    OperatorInterface(GraphCanvas *canvas, core::NodeId node) : m_canvas(canvas), m_node(node) {}

    [[nodiscard]] bool isValid() const override
    {
        return m_canvas && m_canvas->scene() && m_node.index < m_canvas->scene()->nodeCount();
    }
    [[nodiscard]] QObject *object() const override { return nullptr; }
    [[nodiscard]] QWindow *window() const override { return m_canvas ? m_canvas->window()->windowHandle() : nullptr; }
    [[nodiscard]] QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    [[nodiscard]] QAccessibleInterface *parent() const override { return QAccessible::queryAccessibleInterface(m_canvas); }
    [[nodiscard]] QAccessibleInterface *child(int) const override { return nullptr; }
    [[nodiscard]] int childCount() const override { return 0; }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    [[nodiscard]] QString text(QAccessible::Text what) const override
    {
        if (!isValid())
            return {};
        const QString lines = m_canvas->describe(m_node);
        const qsizetype end = lines.indexOf(QLatin1Char('\n'));
        if (what == QAccessible::Name)
            return end < 0 ? lines : lines.left(end);
        return what == QAccessible::Description && end >= 0 ? lines.mid(end + 1) : QString();
    }
    void setText(QAccessible::Text, const QString &) override {}
    [[nodiscard]] QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect box = m_canvas->transform().toScreen(m_canvas->scene()->nodeBox(m_node)).toAlignedRect();
        return {m_canvas->mapToGlobal(box.topLeft()), box.size()};
    }
    [[nodiscard]] QAccessible::Role role() const override { return QAccessible::ListItem; }
    [[nodiscard]] QAccessible::State state() const override
    {
        QAccessible::State state;
        if (!isValid()) {
            state.invalid = true;
            return state;
        }
        state.selectable = state.focusable = true;
        state.selected = m_canvas->selectedNode() == m_node;
        state.focused = state.selected && m_canvas->hasFocus();
        state.offscreen = !m_canvas->visibleArea().intersects(m_canvas->scene()->nodeBox(m_node));
        return state;
    }

private:
    QPointer<GraphCanvas> m_canvas;
    core::NodeId m_node;
};

class CanvasInterface : public QAccessibleWidget {
public:
    explicit CanvasInterface(GraphCanvas *canvas) : QAccessibleWidget(canvas, QAccessible::List) {}
    ~CanvasInterface() override
    {
        for (const auto &[node, id] : m_children)
            QAccessible::deleteAccessibleInterface(id);
    }

    [[nodiscard]] int childCount() const override
    {
        return canvas() && canvas()->scene() ? static_cast<int>(canvas()->scene()->nodeCount()) : 0;
    }
    [[nodiscard]] QAccessibleInterface *child(int index) const override
    {
        if (index < 0 || index >= childCount())
            return nullptr;
        const auto found = m_children.find(index);
        if (found != m_children.end())
            return QAccessible::accessibleInterface(found->second);
        auto *made = new OperatorInterface(canvas(), core::NodeId(static_cast<std::size_t>(index)));
        m_children[index] = QAccessible::registerAccessibleInterface(made);
        return made;
    }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface *wanted) const override
    {
        const auto found = std::ranges::find_if(
            m_children, [&](const auto &entry) { return QAccessible::accessibleInterface(entry.second) == wanted; });
        return found == m_children.end() ? -1 : found->first;
    }
    [[nodiscard]] QAccessibleInterface *childAt(int x, int y) const override
    {
        if (!canvas() || !canvas()->scene())
            return nullptr;
        const QPointF at = canvas()->mapFromGlobal(QPoint(x, y));
        const core::NodeId node = canvas()->scene()->nodeAt(canvas()->transform().toLayout(at));
        return node.isValid() ? child(static_cast<int>(node.index)) : nullptr;
    }
    [[nodiscard]] QAccessibleInterface *focusChild() const override
    {
        if (!canvas() || !canvas()->hasFocus() || !canvas()->selectedNode().isValid())
            return nullptr;
        return child(static_cast<int>(canvas()->selectedNode().index));
    }

private:
    [[nodiscard]] GraphCanvas *canvas() const { return qobject_cast<GraphCanvas *>(object()); }
    mutable std::map<int, QAccessible::Id> m_children;
};

QAccessibleInterface *make(const QString &className, QObject *object)
{
    if (className != QLatin1String(GraphCanvas::staticMetaObject.className()))
        return nullptr;
    auto *canvas = qobject_cast<GraphCanvas *>(object);
    return canvas ? new CanvasInterface(canvas) : nullptr;
}

} // namespace

void installGraphAccessibility()
{
    static const bool once = [] {
        QAccessible::installFactory(make);
        return true;
    }();
    Q_UNUSED(once)
}

} // namespace nordlys::studio

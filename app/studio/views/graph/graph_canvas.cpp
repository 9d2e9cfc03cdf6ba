// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_canvas.h"

#include "graph_accessible.h"

#include <studio/look/metrics.h>
#include <studio/look/motion.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>
#include <studio/workspace/live_metrics.h>
#include <studio/workspace/placement_keeper.h>
#include <studio/workspace/text.h>

#include <QAccessible>
#include <QPaintEvent>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr double kMargin = 24; // around the drawing, in pixels
constexpr double kKeep = 80;   // of the drawing stays in sight while panning
constexpr double kReadable = 1.0;
constexpr double kStep = 1.25;

} // namespace

GraphCanvas::GraphCanvas(Workspace &workspace, QWidget *parent) : QWidget(parent), m_workspace(workspace)
{
    installGraphAccessibility();
    setObjectName(QStringLiteral("graphCanvas"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Graph"));
    setAccessibleDescription(tr("Arrow keys go from operator to operator. The layers table shows the same as rows."));
    m_animation.setDuration(motionMs());
    m_animation.setStartValue(0.0);
    m_animation.setEndValue(1.0);
    connect(&m_animation, &QVariantAnimation::valueChanged, this, [this](const QVariant &value) {
        const double share = value.toDouble();
        GraphTransform now;
        now.zoom = m_from.zoom * std::pow(m_to.zoom / m_from.zoom, share);
        now.offset = m_from.offset + (m_to.offset - m_from.offset) * share;
        setTransform(share >= 1 ? m_to : now);
    });
    connect(&m_workspace, &Workspace::documentChanged, this, &GraphCanvas::rebuildScene);
    for (const auto signal : {&Workspace::runsChanged, &Workspace::evaluationChanged, &Workspace::editsChanged})
        connect(&m_workspace, signal, this, &GraphCanvas::rebuildHeat);
    connect(&m_workspace.live(), &LiveMetrics::metricsChanged, this, &GraphCanvas::rebuildHeat);
    connect(&m_workspace, &Workspace::selectionChanged, this, [this] {
        const Selection &selection = m_workspace.selection();
        m_marks.selected = selection.node;
        m_marks.selectedTensor = selection.tensor;
        m_marks.selection = &m_workspace.selectedNodes();
        if (selection.node.isValid())
            setAccessibleDescription(describe(selection.node));
        if (selection.node.isValid() && m_scene && isVisible() && !m_selecting)
            ensureVisible(selection.node);
        if (selection.node.isValid() && hasFocus() && QAccessible::isActive()) {
            QAccessibleEvent spoken(this, QAccessible::Focus);
            spoken.setChild(static_cast<int>(selection.node.index));
            QAccessible::updateAccessibility(&spoken);
        }
        update();
    });
    connect(&m_workspace.placement(), &PlacementKeeper::changed, this, &GraphCanvas::rebuildBands);
    connect(&ThemeController::instance(), &ThemeController::changed, this, &GraphCanvas::rebuildHeat);
    rebuildScene();
}

GraphCanvas::~GraphCanvas() = default;

void GraphCanvas::rebuildScene()
{
    m_animation.stop();
    m_scene = m_workspace.document() ? std::make_unique<GraphScene>(m_workspace.document()) : nullptr;
    m_matches.clear();
    m_marks.matches = nullptr;
    m_marks.hovered = {};
    m_untouched = true;
    rebuildBands();
    rebuildHeat();
    if (m_scene)
        setTransform(firstView());
}

void GraphCanvas::rebuildHeat()
{
    m_heat = GraphHeatBuilder(m_workspace).build(m_fill, m_border);
    Q_EMIT heatChanged();
    update();
}

void GraphCanvas::rebuildBands()
{
    const core::PlacementPlan *plan = m_workspace.placement().plan();
    const bool fits = m_scene && plan && plan->nodes.size() == m_scene->nodeCount();
    m_bands = fits ? GraphBands(*m_scene, *plan) : GraphBands();
    m_marks.bands = fits ? &m_bands : nullptr;
    m_plates.clear();
    Q_EMIT heatChanged();
    update();
}

void GraphCanvas::setMetrics(FillMetric fill, BorderMetric border)
{
    m_fill = fill;
    m_border = border;
    rebuildHeat();
}

void GraphCanvas::setLabels(bool encodings, bool shapes)
{
    m_marks.encodings = encodings;
    m_marks.shapes = shapes;
    update();
}

void GraphCanvas::setMatches(std::vector<bool> matches)
{
    m_matches = std::move(matches);
    m_marks.matches = m_matches.empty() ? nullptr : &m_matches;
    update();
}

QRectF GraphCanvas::visibleArea() const { return m_transform.toLayout(QRectF(rect())); }

QPointF GraphCanvas::positionOf(core::NodeId node) const
{
    return m_scene ? m_transform.toScreen(m_scene->nodeBox(node).center()) : QPointF();
}

GraphTransform GraphCanvas::clamped(GraphTransform transform) const
{
    if (!m_scene)
        return transform;
    const QRectF drawing = transform.toScreen(m_scene->bounds());
    const double keepX = std::min(kKeep, drawing.width()), keepY = std::min(kKeep, drawing.height());
    QPointF shift;
    if (drawing.right() < keepX)
        shift.setX(keepX - drawing.right());
    else if (drawing.left() > width() - keepX)
        shift.setX(width() - keepX - drawing.left());
    if (drawing.bottom() < keepY)
        shift.setY(keepY - drawing.bottom());
    else if (drawing.top() > height() - keepY)
        shift.setY(height() - keepY - drawing.top());
    transform.offset += shift;
    return transform;
}

void GraphCanvas::setTransform(GraphTransform transform)
{
    m_transform = clamped(transform);
    Q_EMIT transformChanged();
    update();
}

void GraphCanvas::moveTo(const GraphTransform &target, bool animated)
{
    m_animation.stop();
    m_untouched = false;
    if (!animated || !isVisible() || motionMs() == 0) {
        setTransform(target);
        return;
    }
    m_from = m_transform;
    m_to = clamped(target);
    m_animation.start();
}

GraphTransform GraphCanvas::fitted() const
{
    GraphTransform result;
    if (!m_scene)
        return result;
    const QRectF drawing = m_scene->bounds();
    const double room = std::min((width() - 2 * kMargin) / std::max(1.0, drawing.width()),
                                 (height() - 2 * kMargin) / std::max(1.0, drawing.height()));
    result.zoom = std::clamp(room, kMinZoom, kReadable);
    result.offset = QPointF((width() - drawing.width() * result.zoom) / 2 - drawing.left() * result.zoom,
                            (height() - drawing.height() * result.zoom) / 2 - drawing.top() * result.zoom);
    return result;
}

GraphTransform GraphCanvas::firstView() const
{
    GraphTransform first = fitted();
    constexpr std::size_t kOverview = 2000; // so many operators say more as a whole
    if (!m_scene || first.zoom >= GraphPainter::kTwoLines || m_scene->nodeCount() > kOverview)
        return first;
    const double room = (width() - 2 * kMargin) / std::max(1.0, m_scene->bounds().width());
    first.zoom = std::clamp(room, GraphPainter::kNames, kReadable);
    first.offset =
        QPointF(width() / 2.0 - m_scene->bounds().center().x() * first.zoom, kMargin - m_scene->bounds().top() * first.zoom);
    return first;
}

void GraphCanvas::fit() { moveTo(fitted(), true); }

void GraphCanvas::setZoom(double zoom, const QPointF &around)
{
    m_animation.stop();
    m_untouched = false;
    GraphTransform next = m_transform;
    next.zoom = std::clamp(zoom, kMinZoom, kMaxZoom);
    next.offset = around - m_transform.toLayout(around) * next.zoom;
    setTransform(next);
}

void GraphCanvas::zoomIn() { setZoom(m_transform.zoom * kStep, QRectF(rect()).center()); }

void GraphCanvas::zoomOut() { setZoom(m_transform.zoom / kStep, QRectF(rect()).center()); }

void GraphCanvas::showNode(core::NodeId node, bool animated)
{
    if (!m_scene || !node.isValid())
        return;
    GraphTransform target = m_transform;
    if (target.zoom < GraphPainter::kTwoLines)
        target.zoom = kReadable;
    target.offset = QRectF(rect()).center() - m_scene->nodeBox(node).center() * target.zoom;
    moveTo(target, animated);
}

void GraphCanvas::ensureVisible(core::NodeId node)
{
    const QRectF box = m_transform.toScreen(m_scene->nodeBox(node)).adjusted(-kMargin, -kMargin, kMargin, kMargin);
    GraphTransform target = m_transform;
    QPointF shift;
    if (box.width() < width()) {
        if (box.left() < 0)
            shift.setX(-box.left());
        else if (box.right() > width())
            shift.setX(width() - box.right());
    }
    if (box.top() < 0)
        shift.setY(-box.top());
    else if (box.bottom() > height())
        shift.setY(height() - box.bottom());
    if (shift.isNull())
        return;
    target.offset += shift;
    moveTo(target, false);
}

void GraphCanvas::centreOn(const QPointF &layoutPoint)
{
    m_animation.stop();
    m_untouched = false;
    GraphTransform target = m_transform;
    target.offset = QRectF(rect()).center() - layoutPoint * target.zoom;
    setTransform(target);
}

QString GraphCanvas::describe(core::NodeId node) const
{
    const Document &document = m_scene->document();
    QStringList lines;
    lines << toQString(document.graph().nameOf(node));
    lines << tr("%1, output %2, %3")
                 .arg(toQString(document.opText(node)), toQString(document.outputShape(node)),
                      backendTitle(m_workspace.placement().backendOf(node), m_workspace.placement().capabilities()));
    if (const core::PlacementPlan *plan = m_workspace.placement().plan(); plan && m_bands.isBlocked(node))
        lines << tr("Not on HTP: %1").arg(toQString(plan->of(node).reasonOf(core::Backend::Htp).why));
    const core::NodeCost &cost = document.costs[node.index];
    if (cost.macs > 0)
        lines << formatAmount(static_cast<double>(cost.macs), QStringLiteral("MAC"));
    if (const RunRecord *run = m_workspace.run()) {
        const std::size_t layer = run->layerOfNode(document.graph().nameOf(node));
        if (layer != RunRecord::npos) {
            const core::LayerSummary *summary = run->summaryOf(layer);
            if (!run->isMainNode(document.graph().nameOf(node)))
                lines << tr("fused into %1").arg(toQString(run->profile.start.layers[layer].name));
            else if (summary && summary->duration.count > 0)
                lines << tr("%1 p50, %2 of all layers, n=%3, run %4")
                             .arg(formatDuration(static_cast<std::int64_t>(summary->duration.p50Ns)),
                                  formatPercent(summary->sharePercent),
                                  formatCount(static_cast<std::int64_t>(summary->duration.count)), run->name);
        }
    }
    for (const core::TensorId output : document.graph().node(node).outputs) {
        if (output.isValid()) {
            const std::string_view name = document.graph().nameOf(output);
            const runtime::TensorError *error = m_workspace.live().find(name);
            if (!error && m_workspace.evaluation())
                error = m_workspace.evaluation()->find(name);
            if (error)
                lines << tr("SQNR %1 total, %2 local").arg(formatDecibel(error->sqnrDb), formatDecibel(error->localSqnrDb));
        }
    }
    return lines.join(QLatin1Char('\n'));
}

void GraphCanvas::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    if (!m_scene) {
        painter.fillRect(event->rect(), theme().canvas);
        return;
    }
    m_marks.focused = hasFocus();
    GraphPainter drawing(*m_scene, m_heat, m_workspace, m_transform, m_marks);
    drawing.paint(painter, QRectF(event->rect()), size());
    m_plates = GraphBandPainter(*m_scene, m_bands, m_workspace, m_transform, size()).paintLabels(painter, m_heat.note);
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (m_banding) {
        QColor wash = theme().focus;
        wash.setAlphaF(0.12F);
        painter.setPen(QPen(theme().focus, 1));
        painter.setBrush(wash);
        painter.drawRect(band().toAlignedRect().adjusted(0, 0, -1, -1));
    }
}

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph_painter.h"

#include "graph_band_painter.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>
#include <studio/workspace/text.h>

#include <QFontMetricsF>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr double kCorner = 10, kArrow = 7, kStripe = 5, kRadius = 4;
constexpr double kLabelGap = 8;

QColor mixed(const QColor &a, const QColor &b, double share)
{
    const auto part = [share](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * share)); };
    return {part(a.red(), b.red()), part(a.green(), b.green()), part(a.blue(), b.blue())};
}

QPointF towards(const QPointF &from, const QPointF &to, double distance)
{
    const QPointF delta = to - from;
    const double length = std::hypot(delta.x(), delta.y());
    return length <= 0 ? from : from + delta * std::min(1.0, distance / length);
}

double distance(const QPointF &a, const QPointF &b) { return std::hypot(a.x() - b.x(), a.y() - b.y()); }

QPainterPath rounded(const QPolygonF &line, double radius)
{
    QPainterPath path(line.first());
    for (qsizetype i = 1; i + 1 < line.size(); ++i) {
        const double room = std::min({radius, distance(line[i - 1], line[i]) / 2, distance(line[i], line[i + 1]) / 2});
        path.lineTo(towards(line[i], line[i - 1], room));
        path.quadTo(line[i], towards(line[i], line[i + 1], room));
    }
    path.lineTo(line.last());
    return path;
}

} // namespace

GraphPainter::GraphPainter(const GraphScene &scene, const GraphHeat &heat, const Workspace &workspace,
                           const GraphTransform &transform, const GraphMarks &marks)
    : m_scene(scene), m_heat(heat), m_workspace(workspace), m_transform(transform), m_marks(marks),
      m_nameFont(uiFont(12, QFont::DemiBold)), m_opFont(uiFont(11)), m_monoFont(monoFont(11)), m_labelFont(monoFont(10))
{
    m_nameFont = scaledFont(m_nameFont);
    m_opFont = scaledFont(m_opFont);
    m_monoFont = scaledFont(m_monoFont);
    m_labelFont = scaledFont(m_labelFont);
}

QFont GraphPainter::scaledFont(const QFont &font) const
{
    QFont result = font;
    const double base = font.pixelSize() > 0 ? font.pixelSize() : 12;
    // The boxes have the size of 12 px text at 100 %; names stay readable when only they are left.
    result.setPixelSize(std::max(m_transform.zoom < kTwoLines ? 9 : 6,
                                 static_cast<int>(std::lround(base * m_transform.zoom * 12.0 / metrics().base))));
    return result;
}

bool GraphPainter::isDimmed(core::NodeId node) const
{
    return m_marks.matches && node.index < m_marks.matches->size() && !(*m_marks.matches)[node.index];
}

bool GraphPainter::isSelected(core::NodeId node) const
{
    return m_marks.selection ? m_marks.selection->contains(node) : node.isValid() && node == m_marks.selected;
}

QColor GraphPainter::fillOf(core::NodeId node) const
{
    const int step = node.index < m_heat.fill.size() ? m_heat.fill[node.index] : -1;
    QColor fill = step < 0 ? theme().raised : (m_heat.fillIsError ? theme().errorRamp.at(step) : theme().timeRamp.at(step));
    return isDimmed(node) ? mixed(theme().canvas, fill, 0.3) : fill;
}

void GraphPainter::paint(QPainter &painter, const QRectF &area, const QSize &size)
{
    painter.fillRect(area, theme().canvas);
    m_size = size;
    if (m_marks.bands)
        GraphBandPainter(m_scene, *m_marks.bands, m_workspace, m_transform, size).paintGround(painter);
    paintEdges(painter, area);
    paintNodes(painter, area);
}

void GraphPainter::paintEdges(QPainter &painter, const QRectF &area)
{
    const double margin = 40 / m_transform.zoom;
    m_scene.edgesIn(m_transform.toLayout(area).adjusted(-margin, -margin, margin, margin), m_found);
    if (m_transform.zoom < kNames) {
        // Straight, without antialiasing and in one call: ten thousands of edges stay cheap.
        std::vector<QLineF> lines;
        for (const std::uint32_t index : m_found) {
            const auto &points = m_scene.edges()[index].points;
            for (std::size_t i = 1; i < points.size(); ++i) {
                const QLineF line(m_transform.toScreen(QPointF(points[i - 1].x, points[i - 1].y)),
                                  m_transform.toScreen(QPointF(points[i].x, points[i].y)));
                if (std::abs(line.dx()) + std::abs(line.dy()) >= 1)
                    lines.push_back(line);
            }
        }
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(mixed(theme().canvas, theme().control, m_transform.zoom < kBoxes ? 0.6 : 1.0), 0));
        painter.drawLines(lines.data(), static_cast<int>(lines.size()));
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    std::vector<const core::LayoutEdge *> emphasised;
    for (const std::uint32_t index : m_found) {
        const core::LayoutEdge &edge = m_scene.edges()[index];
        if (edge.points.size() < 2)
            continue;
        const bool ofSelection =
            m_marks.selectedTensor.isValid()
                ? edge.tensor == m_marks.selectedTensor
                : isSelected(edge.from) || isSelected(edge.to);
        if (ofSelection)
            emphasised.push_back(&edge);
        else
            paintEdge(painter, edge, false);
    }
    for (const core::LayoutEdge *edge : emphasised)
        paintEdge(painter, *edge, true);
    if (m_transform.zoom >= kTwoLines && (m_marks.shapes || m_marks.encodings)) {
        for (const std::uint32_t index : m_found) {
            if (m_scene.carriesLabel(index))
                paintLabel(painter, m_scene.edges()[index]);
        }
    }
}

void GraphPainter::paintEdge(QPainter &painter, const core::LayoutEdge &edge, bool emphasised) const
{
    QColor colour = emphasised ? theme().focus : theme().control;
    if (!emphasised && isDimmed(edge.from) && isDimmed(edge.to))
        colour = mixed(theme().canvas, colour, 0.35);
    QPolygonF line;
    for (const core::PointF &point : edge.points)
        line << m_transform.toScreen(QPointF(point.x, point.y));
    const bool arrow = m_transform.zoom >= kArrows;
    const QPointF tip = line.last();
    const double arrowLength = kArrow * std::min(1.0, m_transform.zoom);
    if (arrow)
        line.last() = towards(tip, line[line.size() - 2], arrowLength);
    const bool crosses = m_marks.bands && m_marks.bands->isDivided() && m_marks.bands->crosses(edge.from, edge.to);
    painter.setPen(QPen(colour, emphasised ? 2 : 1.5, crosses ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(rounded(line, kCorner * m_transform.zoom));
    if (arrow) {
        const double half = arrowLength * 0.55;
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        const QPolygonF head{tip, QPointF(tip.x() - half, tip.y() - arrowLength), QPointF(tip.x() + half, tip.y() - arrowLength)};
        painter.drawPolygon(head);
    }
}

void GraphPainter::paintLabel(QPainter &painter, const core::LayoutEdge &edge) const
{
    const QRectF from = m_scene.nodeBox(edge.from);
    const double below = m_scene.nodeBox(edge.to).top() - from.bottom();
    const QPointF start = m_transform.toScreen(QPointF(edge.points.front().x, edge.points.front().y));
    const QFontMetricsF measure(m_labelFont);
    const QString text = labelOf(edge.tensor);
    const double height = std::min(measure.height(), std::min(below, 30.0) * m_transform.zoom);
    if (height < measure.height() * 0.85)
        return;
    const double middle = start.y() + std::min(below, 30.0) * m_transform.zoom / 2;
    const QRectF box(start.x() + kLabelGap, middle - height / 2, measure.horizontalAdvance(text) + 4, height);
    if (!m_scene.isFree(m_transform.toLayout(box), edge.from))
        return;
    painter.setFont(m_labelFont);
    painter.fillRect(box.adjusted(-2, 0, 2, 0),
                     m_marks.bands ? GraphBandPainter(m_scene, *m_marks.bands, m_workspace, m_transform, m_size.toSize())
                                         .groundAt(box.center().y())
                                   : theme().canvas);
    painter.setPen(m_marks.selectedTensor == edge.tensor ? theme().focus : theme().text2);
    painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, text);
}

void GraphPainter::paintNodes(QPainter &painter, const QRectF &area)
{
    // Weights hang out at the left, rings a little on all sides.
    const double margin = 120;
    m_scene.nodesIn(m_transform.toLayout(area).adjusted(-12, -12, margin, 12), m_found);
    m_drawnNodes = m_found.size();
    if (m_transform.zoom < kBoxes) {
        paintBoxes(painter);
        if (!m_marks.selected.isValid())
            return;
        std::vector<QRectF> rings;
        for (const std::uint32_t index : m_found) {
            const core::NodeId node(static_cast<std::size_t>(index));
            if (isSelected(node) && node != m_marks.selected)
                rings.push_back(m_transform.toScreen(m_scene.nodeBox(node)).adjusted(-1, -1, 1, 1));
        }
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().focus, 1));
        painter.drawRects(rings.data(), static_cast<int>(rings.size()));
        painter.setPen(QPen(theme().focus, 2));
        painter.drawRect(m_transform.toScreen(m_scene.nodeBox(m_marks.selected)).adjusted(-2, -2, 2, 2));
        return;
    }
    for (const std::uint32_t index : m_found)
        paintNode(painter, core::NodeId(static_cast<std::size_t>(index)));
}

void GraphPainter::paintBoxes(QPainter &painter) const
{
    std::array<std::vector<QRectF>, 9> boxes; // the last holds what has no value
    std::vector<QRectF> dimmed;
    for (const std::uint32_t index : m_found) {
        const core::NodeId node(static_cast<std::size_t>(index));
        QRectF box = m_transform.toScreen(m_scene.nodeBox(node));
        box.setSize({std::max(1.0, box.width()), std::max(1.0, box.height())});
        const int step = index < m_heat.fill.size() ? m_heat.fill[index] : -1;
        if (isDimmed(node))
            dimmed.push_back(box);
        else
            boxes[step < 0 ? 8 : static_cast<std::size_t>(step)].push_back(box);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(Qt::NoPen);
    const auto draw = [&painter](const std::vector<QRectF> &group, const QColor &colour) {
        painter.setBrush(colour);
        painter.drawRects(group.data(), static_cast<int>(group.size()));
    };
    draw(dimmed, theme().raised);
    draw(boxes[8], theme().borderStrong);
    for (int step = 0; step < 8; ++step) {
        // The lowest steps nearly are the background; alone on it they need the outline's strength.
        const QColor colour = m_heat.fillIsError ? theme().errorRamp.at(step) : theme().timeRamp.at(step);
        draw(boxes[static_cast<std::size_t>(step)], step < 1 ? theme().borderStrong : colour);
    }
}

void GraphPainter::paintNode(QPainter &painter, core::NodeId node) const
{
    const bool detailed = m_transform.zoom >= kNames;
    QRectF box = m_transform.toScreen(m_scene.nodeBox(node));
    box = QRectF(std::round(box.left()) + 0.5, std::round(box.top()) + 0.5, std::round(box.width()) - 1,
                 std::round(box.height()) - 1);
    const int step = node.index < m_heat.fill.size() ? m_heat.fill[node.index] : -1;
    const int border = node.index < m_heat.border.size() ? m_heat.border[node.index] : -1;
    const bool dimmed = isDimmed(node);
    const QColor fill = fillOf(node);
    const bool neutral = step < 0 || dimmed;
    const QColor ink = neutral ? (dimmed ? theme().text3 : theme().text)
                               : (m_heat.fillIsError ? theme().errorRamp.inkAt(step) : theme().timeRamp.inkAt(step));
    const bool hovered = m_marks.hovered == node;
    painter.setRenderHint(QPainter::Antialiasing);
    const double radius = detailed ? kRadius * std::min(1.0, m_transform.zoom) : 0;
    if (isSelected(node)) {
        painter.setPen(QPen(theme().focus, m_marks.selected == node ? 2 : 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(box.adjusted(-4, -4, 4, 4), radius + 3, radius + 3);
    }
    painter.setBrush(neutral && hovered ? theme().hover : fill);
    if (border > 0 && !dimmed) {
        painter.setPen(QPen(theme().errorRamp.at(border), 2));
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    } else {
        painter.setPen(QPen(hovered ? theme().control : theme().borderStrong, 1));
        painter.drawRoundedRect(box, radius, radius);
    }
    // Stripe on a plate of surface, so that the backend's colour never touches the heat.
    const double scale = std::min(1.0, m_transform.zoom);
    const QRectF plate(box.left() + 5 * scale, box.top() + 6 * scale, (kStripe + 4) * scale, box.height() - 12 * scale);
    painter.setPen(Qt::NoPen);
    painter.setBrush(dimmed ? theme().raised : theme().surface);
    painter.drawRoundedRect(plate, 2 * scale, 2 * scale);
    painter.setBrush(dimmed ? theme().borderStrong : stripeOf(node));
    painter.drawRect(plate.adjusted(2 * scale, 2 * scale, -2 * scale, -2 * scale));
    if (!detailed)
        return;
    paintText(painter, node, QRectF(plate.right() + 7 * scale, box.top(), box.right() - plate.right() - 15 * scale, box.height()),
              ink, neutral);
    if (m_transform.zoom >= kTwoLines) {
        paintWeight(painter, node, box);
        paintPorts(painter, node);
        if (m_marks.bands && m_marks.bands->isBlocked(node) && !dimmed)
            paintBadge(painter, box);
    }
}

QColor GraphPainter::stripeOf(core::NodeId node) const
{
    switch (m_marks.bands ? m_marks.bands->backendOf(node) : core::Backend::Cpu) {
    case core::Backend::Htp: return theme().htp;
    case core::Backend::Gpu: return theme().gpu;
    case core::Backend::Cpu: break;
    }
    return theme().cpu;
}

void GraphPainter::paintBadge(QPainter &painter, const QRectF &box) const
{
    constexpr double kBadge = 17;
    const QRectF badge(box.right() - kBadge / 2, box.top() - kBadge / 2, kBadge, kBadge);
    painter.setPen(QPen(theme().error, 1.5));
    painter.setBrush(theme().surface);
    painter.drawEllipse(badge);
    paintIcon(&painter, badge.toRect(), Icon::Close, theme().error, 11);
}

void GraphPainter::paintText(QPainter &painter, core::NodeId node, const QRectF &box, const QColor &ink, bool neutral) const
{
    const Document &document = m_scene.document();
    const QFontMetricsF nameMeasure(m_nameFont);
    const QString name = nameMeasure.elidedText(toQString(document.graph().nameOf(node)), Qt::ElideMiddle, box.width());
    painter.setFont(m_nameFont);
    painter.setPen(ink);
    if (m_transform.zoom < kTwoLines) {
        painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, name);
        return;
    }
    const double half = box.height() / 2;
    const double inset = 2 * m_transform.zoom;
    painter.drawText(QRectF(box.left(), box.top() + inset, box.width(), half), Qt::AlignLeft | Qt::AlignVCenter, name);
    const QRectF second(box.left(), box.top() + half - inset / 2, box.width(), half);
    double used = 0;
    const QString &value = m_heat.value.size() > node.index ? m_heat.value[node.index] : QString();
    if (!value.isEmpty()) {
        painter.setFont(m_monoFont);
        used = QFontMetricsF(m_monoFont).horizontalAdvance(value) + 8 * m_transform.zoom;
        painter.setPen(ink);
        painter.drawText(second, Qt::AlignRight | Qt::AlignVCenter, value);
    }
    painter.setFont(m_opFont);
    painter.setPen(neutral ? theme().text2 : ink);
    const QString op = QFontMetricsF(m_opFont).elidedText(toQString(document.opText(node)), Qt::ElideRight, box.width() - used);
    painter.drawText(second, Qt::AlignLeft | Qt::AlignVCenter, op);
}

} // namespace nordlys::studio

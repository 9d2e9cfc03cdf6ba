// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors of the drawn graph: labels, weights, inputs and outputs of the model.
#include "graph_painter.h"

#include <studio/look/number_format.h>
#include <studio/look/theme.h>
#include <studio/workspace/live_metrics.h>
#include <studio/workspace/text.h>

#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr double kArrow = 7, kLabelGap = 8, kPillGap = 24;

} // namespace

QString encodingName(const core::Encoding &encoding)
{
    if (encoding.isFloat)
        return QStringLiteral("fp%1").arg(encoding.bitwidth);
    return (encoding.symmetric ? QStringLiteral("s%1") : QStringLiteral("u%1")).arg(encoding.bitwidth);
}

QString GraphPainter::labelOf(core::TensorId tensor) const
{
    const Document &document = m_scene.document();
    QStringList parts;
    const core::EncodingEntry *entry = m_workspace.live().encodings().find(document.graph().nameOf(tensor));
    if (m_marks.encodings && entry) {
        QString text = encodingName(entry->encoding);
        if (entry->encoding.isBlockwise())
            text += tr(" /block %1").arg(entry->encoding.grids.size());
        else if (entry->encoding.isPerChannel())
            text += tr(" /ch %1").arg(entry->encoding.grids.size());
        else if (!entry->encoding.grids.empty())
            text += QLatin1Char(' ') + formatRange(entry->encoding.grids.front().min, entry->encoding.grids.front().max);
        parts << text;
    } else if (m_marks.encodings) {
        parts << toQString(core::nameOf(document.graph().tensor(tensor).dtype));
    }
    if (m_marks.shapes)
        parts << toQString(document.shapeText(tensor));
    if (m_marks.encodings) {
        const std::string_view name = document.graph().nameOf(tensor);
        const runtime::TensorError *error = m_workspace.live().find(name);
        if (!error && m_workspace.evaluation())
            error = m_workspace.evaluation()->find(name);
        if (error)
            parts << formatDecibel(error->sqnrDb);
    }
    return parts.join(QStringLiteral("  "));
}

void GraphPainter::paintPort(QPainter &painter, core::TensorId tensor, const QPointF &from, const QPointF &to) const
{
    const bool selected = m_marks.selectedTensor == tensor;
    const QColor colour = selected ? theme().focus : theme().control;
    const double arrow = kArrow * std::min(1.0, m_transform.zoom);
    painter.setPen(QPen(colour, selected ? 2 : 1.5));
    painter.drawLine(from, to - QPointF(0, arrow));
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    const QPolygonF head{to, to + QPointF(-arrow * 0.55, -arrow), to + QPointF(arrow * 0.55, -arrow)};
    painter.drawPolygon(head);
    const QFontMetricsF measure(m_labelFont);
    const QString text = toQString(m_scene.document().graph().nameOf(tensor)) + QStringLiteral("  ") + labelOf(tensor);
    const double middle = (from.y() + to.y()) / 2;
    const QRectF box(from.x() + kLabelGap, middle - measure.height() / 2, measure.horizontalAdvance(text) + 4, measure.height());
    if (!m_scene.isFree(m_transform.toLayout(box), core::NodeId()))
        return;
    painter.setFont(m_labelFont);
    painter.setPen(selected ? theme().focus : theme().text2);
    painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter, text);
}

void GraphPainter::paintPorts(QPainter &painter, core::NodeId node) const
{
    const core::Graph &graph = m_scene.document().graph();
    const QRectF box = m_transform.toScreen(m_scene.nodeBox(node));
    const double length = 20 * m_transform.zoom;
    for (const core::TensorId input : graph.node(node).inputs) {
        if (!input.isValid() || !graph.tensor(input).isGraphInput || graph.tensor(input).isConstant())
            continue;
        const QPointF to(box.center().x(), box.top());
        paintPort(painter, input, to - QPointF(0, length), to);
        break; // a second one would lie on the first
    }
    for (const core::TensorId output : graph.node(node).outputs) {
        if (!output.isValid() || !graph.tensor(output).isGraphOutput || !graph.tensor(output).consumers.empty())
            continue;
        const QPointF from(box.center().x(), box.bottom());
        paintPort(painter, output, from, from + QPointF(0, length));
        break;
    }
}

void GraphPainter::paintWeight(QPainter &painter, core::NodeId node, const QRectF &box) const
{
    const Document &document = m_scene.document();
    const core::TensorId weight = document.weightOf(node);
    if (!weight.isValid())
        return;
    const core::EncodingEntry *entry = m_workspace.live().encodings().find(document.graph().nameOf(weight));
    QString text;
    if (entry) {
        text = encodingName(entry->encoding);
        if (entry->encoding.isBlockwise())
            text += tr(" /block %1").arg(entry->encoding.grids.size());
        else if (entry->encoding.isPerChannel())
            text += tr(" /ch %1").arg(entry->encoding.grids.size());
    } else {
        text = toQString(document.shapeText(weight));
    }
    const QFontMetricsF measure(m_labelFont);
    const double width = measure.horizontalAdvance(text) + 16;
    const double height = 18 * m_transform.zoom;
    const QRectF pill(std::round(box.left() - kPillGap * m_transform.zoom - width) + 0.5,
                      std::round(box.center().y() - height / 2) + 0.5, std::round(width), std::round(height));
    if (!m_scene.isFree(m_transform.toLayout(pill.adjusted(-4, 0, 4, 0)), node))
        return;
    const bool selected = m_marks.selectedTensor == weight;
    const QColor line = selected ? theme().focus : theme().borderStrong;
    painter.setPen(QPen(theme().control, 1, Qt::DotLine));
    painter.drawLine(QPointF(pill.right(), pill.center().y()), QPointF(box.left() - 2, pill.center().y()));
    painter.setPen(QPen(line, selected ? 2 : 1));
    painter.setBrush(theme().canvas);
    painter.drawRoundedRect(pill, height / 2, height / 2);
    painter.setFont(m_labelFont);
    painter.setPen(isDimmed(node) ? theme().text3 : theme().text2);
    painter.drawText(pill, Qt::AlignCenter, text);
}

} // namespace nordlys::studio

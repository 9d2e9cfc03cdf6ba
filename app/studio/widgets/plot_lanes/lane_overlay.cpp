// SPDX-License-Identifier: GPL-3.0-or-later
#include "lane_overlay.h"

#include <algorithm>
#include <cmath>

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include "lane_plot.h"

namespace nordlys::studio {
namespace {

QColor washed(QColor colour, float alpha)
{
    colour.setAlphaF(alpha);
    return colour;
}

void hatch(QCPPainter* painter, const QRectF& rect)
{
    painter->fillRect(rect, washed(theme().warn, 0.04F));
    QBrush lines(washed(theme().warn, 0.16F), Qt::BDiagPattern);
    painter->fillRect(rect, lines);
}

QString spanText(TimeSpan span)
{
    const double from = static_cast<double>(span.fromNs) * 1e-9;
    const double to = static_cast<double>(span.toNs) * 1e-9;
    const int decimals = span.length() > 100'000'000 ? 3 : 6;
    return LanePlot::tr("range %1 %2").arg(withUnit(formatRange(from, to, decimals), QStringLiteral("s")), formatDuration(span.length()));
}

} // namespace

LaneUnderlay::LaneUnderlay(LanePlot* plot, const QString& layer) : QCPLayerable(plot, layer), m_plot(plot) {}

void LaneUnderlay::applyDefaultAntialiasingHint(QCPPainter* painter) const
{
    painter->setAntialiasing(false);
}

void LaneUnderlay::draw(QCPPainter* painter)
{
    const QRect area = m_plot->plotArea();
    painter->save();
    painter->setClipRect(area);
    const auto stretch = [&](TimeSpan span, auto xOf, const QRect& box) {
        const double left = std::max<double>(box.left(), xOf(span.fromNs));
        const double right = std::min<double>(box.right() + 1, xOf(span.toNs));
        return QRectF(left, box.top(), right - left, box.height());
    };
    const auto trackX = [this](std::int64_t time) { return m_plot->xOf(time); };
    const auto overviewX = [this](std::int64_t time) { return m_plot->overviewX(time); };
    for (const TimeSpan& span : m_plot->m_throttled) {
        if (const QRectF rect = stretch(span, trackX, area); rect.width() > 0) {
            hatch(painter, rect);
        }
    }
    if (const QRectF rect = stretch(m_plot->m_selection, trackX, area); !m_plot->m_selection.empty() && rect.width() > 0) {
        painter->fillRect(rect, washed(theme().accent, 0.07F));
    }
    if (m_plot->m_overview != nullptr) {
        const QRect box = m_plot->m_overview->rect();
        painter->setClipRect(box);
        for (const TimeSpan& span : m_plot->m_throttled) {
            hatch(painter, stretch(span, overviewX, box));
        }
        if (!m_plot->m_selection.empty()) {
            painter->fillRect(stretch(m_plot->m_selection, overviewX, box), washed(theme().accent, 0.16F));
        }
    }
    painter->restore();
}

LaneOverlay::LaneOverlay(LanePlot* plot, const QString& layer) : QCPLayerable(plot, layer), m_plot(plot) {}

void LaneOverlay::applyDefaultAntialiasingHint(QCPPainter* painter) const
{
    painter->setAntialiasing(false);
}

void LaneOverlay::draw(QCPPainter* painter)
{
    painter->save();
    drawSeriesLabels(painter);
    drawOverview(painter);
    drawRange(painter);
    drawCrosshair(painter);
    painter->restore();
}

void LaneOverlay::drawPlate(QCPPainter* painter, const QRect& rect, const QString& text, const QColor& ink) const
{
    painter->fillRect(rect, theme().canvas);
    painter->setPen(ink);
    painter->drawText(rect, Qt::AlignCenter, text);
}

void LaneOverlay::drawSeriesLabels(QCPPainter* painter) const
{
    const QFont font = monoFont(10);
    const QFontMetrics letters(font);
    painter->setFont(font);
    const int lineHeight = letters.height();
    for (const LanePlot::Track& track : m_plot->m_tracks) {
        if (!track.steps) {
            continue;
        }
        const QRect box = track.rect->rect();
        painter->setClipRect(track.rect->outerRect().adjusted(laneGutterPx, 0, 0, 0));
        QCPAxis* values = track.rect->valueAxis();
        struct Label {
            QString text;
            QColor ink;
            double y;
        };
        std::vector<Label> labels;
        if (const auto limit = track.steps->limit()) {
            const double y = values->coordToPixel(*limit);
            QPen dashes(theme().error, 1);
            dashes.setDashPattern({5, 3});
            painter->setPen(dashes);
            painter->drawLine(QPointF(box.left(), y), QPointF(box.right(), y));
            const QSize size(letters.horizontalAdvance(track.steps->limitText()) + 8, lineHeight);
            const int above = static_cast<int>(y) - size.height() - 1;
            const int top = above < box.top() - 3 ? static_cast<int>(y) + 2 : above;
            drawPlate(painter, QRect(QPoint(box.left() + 6, top), size), track.steps->limitText(), theme().error);
        }
        for (int series = 0; series < track.steps->seriesCount(); ++series) {
            if (const auto value = track.steps->valueAt(series, m_plot->m_visible.toNs)) {
                const SeriesSpec& spec = track.steps->series(series);
                labels.push_back({spec.name + QLatin1String("  ") + formatNumber(*value, spec.decimals), laneColour(spec.ink), values->coordToPixel(*value)});
            }
        }
        std::sort(labels.begin(), labels.end(), [](const Label& a, const Label& b) { return a.y < b.y; });
        // Labels keep their order and stand at least a line apart, pushed up from the bottom where they do not fit.
        double next = box.top();
        for (Label& label : labels) {
            label.y = std::max(next, label.y - lineHeight / 2.0);
            next = label.y + lineHeight;
        }
        double floor = box.bottom() + 4.0;
        for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
            label->y = std::min(label->y, floor - lineHeight);
            floor = label->y;
        }
        for (const Label& label : labels) {
            const int width = letters.horizontalAdvance(label.text) + 8;
            drawPlate(painter, QRect(box.right() - width - 40, static_cast<int>(std::lround(label.y)), width, lineHeight), label.text, label.ink);
        }
    }
    painter->setClipping(false);
}

void LaneOverlay::drawOverview(QCPPainter* painter) const
{
    if (m_plot->m_overview == nullptr || m_plot->m_content.empty()) {
        return;
    }
    const QRect box = m_plot->m_overview->rect();
    const double left = std::clamp<double>(m_plot->overviewX(m_plot->m_visible.fromNs), box.left(), box.right());
    const double right = std::clamp<double>(m_plot->overviewX(m_plot->m_visible.toNs), left + 3, box.right() + 3);
    painter->setPen(QPen(theme().focus, 1));
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(QRectF(std::round(left), box.top(), std::round(right - left), box.height() - 1));
}

void LaneOverlay::drawRange(QCPPainter* painter) const
{
    const TimeSpan range = m_plot->m_selection;
    if (range.empty()) {
        return;
    }
    const QRect area = m_plot->plotArea();
    painter->setClipRect(area.adjusted(-6, 0, 6, 0));
    for (const std::int64_t edge : {range.fromNs, range.toNs}) {
        const double x = m_plot->xOf(edge);
        if (x < area.left() - 1 || x > area.right() + 1) {
            continue;
        }
        const int column = static_cast<int>(std::lround(x));
        const bool active = m_plot->m_activeEdge == (edge == range.fromNs ? LanePlot::Edge::Start : LanePlot::Edge::End);
        painter->fillRect(QRect(column - (active ? 1 : 0), area.top(), active ? 4 : 2, area.height()), theme().focus);
        QPolygonF grip;
        grip << QPointF(column - 5, area.top()) << QPointF(column + 7, area.top()) << QPointF(column + 7, area.top() + 9)
             << QPointF(column + 1, area.top() + 15) << QPointF(column - 5, area.top() + 9);
        painter->setAntialiasing(true);
        // The edge that the keys move has a grip with an outline.
        painter->setPen(active ? QPen(theme().text, 2) : QPen(Qt::NoPen));
        painter->setBrush(theme().focus);
        painter->drawPolygon(grip);
        painter->setAntialiasing(false);
    }
    const QString text = m_plot->m_rangeText ? m_plot->m_rangeText(range) : spanText(range);
    const QFont font = monoFont(11);
    painter->setFont(font);
    const int width = QFontMetrics(font).horizontalAdvance(text) + 12;
    const int wanted = static_cast<int>(std::clamp(m_plot->xOf(range.fromNs) + 10.0, -1e6, 1e6));
    const int left = std::clamp(wanted, area.left() + 2, std::max(area.left() + 2, area.right() - width));
    const QRect flag(left, area.top() + 1, std::min(width, area.width() - 4), QFontMetrics(font).height() + 4);
    painter->setClipRect(area);
    painter->setAntialiasing(true);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme().accentFill);
    painter->drawRoundedRect(flag, 3, 3);
    painter->setPen(theme().accentInk);
    painter->drawText(flag, Qt::AlignCenter, text);
    painter->setAntialiasing(false);
    painter->setClipping(false);
}

void LaneOverlay::drawCrosshair(QCPPainter* painter) const
{
    if (!m_plot->m_crosshair) {
        return;
    }
    const QRect area = m_plot->plotArea();
    const double x = std::round(m_plot->xOf(*m_plot->m_crosshair));
    if (x < area.left() || x > area.right()) {
        return;
    }
    QPen dashes(theme().text2, 1);
    dashes.setDashPattern({2, 3});
    painter->setPen(dashes);
    painter->drawLine(QPointF(x, area.top() + 22), QPointF(x, area.bottom()));
    if (!m_plot->m_readout || m_plot->m_drag != LanePlot::Drag::None) {
        return;
    }
    const int track = m_plot->m_pointer.x() < 0 ? -1 : m_plot->trackAt(m_plot->m_pointer);
    const LaneBlock* block = m_plot->m_pointer.x() < 0 ? nullptr : m_plot->blockAt(m_plot->m_pointer);
    const QStringList lines = m_plot->m_readout(*m_plot->m_crosshair, track, block);
    if (!lines.isEmpty()) {
        drawReadout(painter, QPoint(static_cast<int>(x), m_plot->m_pointer.y() < 0 ? area.top() + 30 : m_plot->m_pointer.y()), lines);
    }
}

void LaneOverlay::drawReadout(QCPPainter* painter, const QPoint& at, const QStringList& lines) const
{
    const QFont head = uiFont(11, QFont::DemiBold);
    const QFont body = monoFont(10);
    const int headHeight = QFontMetrics(head).height() + 2;
    const int bodyHeight = QFontMetrics(body).height() + 1;
    int width = QFontMetrics(head).horizontalAdvance(lines.first());
    for (qsizetype i = 1; i < lines.size(); ++i) {
        width = std::max(width, QFontMetrics(body).horizontalAdvance(lines[i]));
    }
    const QSize size(std::min(width, 420) + 20, headHeight + static_cast<int>(lines.size() - 1) * bodyHeight + 12);
    const QRect view = m_plot->rect();
    QRect box(at + QPoint(8, 12), size);
    if (box.right() > view.right() - 4) {
        box.moveRight(at.x() - 8);
    }
    if (box.bottom() > view.bottom() - 4) {
        box.moveBottom(std::max(box.height(), at.y() - 8));
    }
    paintBox(painter, box, theme().raised, theme().borderStrong, metrics().controlRadius);
    QRect line = box.adjusted(10, 6, -10, 0);
    line.setHeight(headHeight);
    painter->setFont(head);
    painter->setPen(theme().text);
    painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(head).elidedText(lines.first(), Qt::ElideMiddle, line.width()));
    painter->setFont(body);
    painter->setPen(theme().text2);
    line.translate(0, headHeight);
    line.setHeight(bodyHeight);
    for (qsizetype i = 1; i < lines.size(); ++i) {
        painter->drawText(line, Qt::AlignLeft | Qt::AlignVCenter, QFontMetrics(body).elidedText(lines[i], Qt::ElideRight, line.width()));
        line.translate(0, bodyHeight);
    }
}

} // namespace nordlys::studio

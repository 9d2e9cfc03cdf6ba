// SPDX-License-Identifier: GPL-3.0-or-later
#include "track_rect.h"

#include <cmath>

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>

namespace nordlys::studio {

QColor laneColour(LaneInk ink, int step)
{
    switch (ink) {
    case LaneInk::TimeRamp:
        return theme().timeRamp.at(step);
    case LaneInk::ErrorRamp:
        return theme().errorRamp.at(step);
    case LaneInk::Htp:
        return theme().htp;
    case LaneInk::Gpu:
        return theme().gpu;
    case LaneInk::Cpu:
        return theme().cpu;
    case LaneInk::Outline:
        return theme().borderStrong;
    case LaneInk::Accent:
        return theme().accent;
    case LaneInk::Error:
        return theme().error;
    case LaneInk::Warn:
        return theme().warn;
    case LaneInk::Text2:
        break;
    }
    return theme().text2;
}

QColor laneTextColour(LaneInk ink, int step)
{
    switch (ink) {
    case LaneInk::TimeRamp:
        return theme().timeRamp.inkAt(step);
    case LaneInk::ErrorRamp:
        return theme().errorRamp.inkAt(step);
    case LaneInk::Outline:
        return theme().text;
    default:
        // Data colours are light on dark and dark on light, so the canvas reads on them.
        return theme().canvas;
    }
}

namespace {

/// Numbers as everywhere else in the studio: digit groups, no powers of ten.
class ValueTicker : public QCPAxisTicker
{
public:
    ValueTicker() { setTickCount(valueTicks); }

protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override
    {
        int decimals = 0;
        // As many as the step needs, which is 1, 2, 2.5 or 5 times a power of ten.
        for (double step = m_step; decimals < 4 && std::abs(step - std::round(step)) > 1e-6 * step; step *= 10.0) {
            ++decimals;
        }
        return formatNumber(tick, decimals);
    }
    double getTickStep(const QCPRange& range) override
    {
        m_step = QCPAxisTicker::getTickStep(range);
        return m_step;
    }

private:
    static constexpr int valueTicks = 4;
    double m_step = 1.0;
};

} // namespace

TrackRect::TrackRect(QCustomPlot* plot, const TrackSpec& spec, const QSharedPointer<QCPAxisTicker>& timeTicker)
    : QCPAxisRect(plot, true), m_spec(spec)
{
    // Only the rectangle that the plot makes itself comes on its proper layers; the fill must lie below the throttled hatch.
    setLayer(QStringLiteral("background"));
    for (QCPAxis* one : axes()) {
        one->setLayer(QStringLiteral("axes"));
        one->grid()->setLayer(QStringLiteral("grid"));
    }
    setAutoMargins(QCP::msNone);
    setSizeConstraintRect(QCPLayoutElement::scrOuterRect);
    setMargins(QMargins(laneGutterPx, 4, laneRightPx, 5));
    setMinimumSize(0, spec.height);
    setMaximumSize(QWIDGETSIZE_MAX, spec.height);
    setMinimumMargins(QMargins(0, 0, 0, 0));
    axis(QCPAxis::atRight)->setVisible(false);
    axis(QCPAxis::atTop)->setVisible(false);
    axis(QCPAxis::atTop)->setTicker(timeTicker);
    timeAxis()->setTicker(timeTicker);
    timeAxis()->setTickLabels(false);
    valueAxis()->setTickLabels(false);
    valueAxis()->setRange(0, 1);
    valueAxis()->setTickLabelPadding(6);
    valueAxis()->setTicker(QSharedPointer<QCPAxisTicker>(new ValueTicker));
    applyTheme();
}

void TrackRect::setUnit(const QString& unit)
{
    m_spec.unit = unit;
}

void TrackRect::setValueTicks(bool on)
{
    m_valueTicks = on;
    // Half a tick label above and below, so that those of neighbours do not touch.
    setMargins(on ? QMargins(laneGutterPx, 8, laneRightPx, 8) : QMargins(laneGutterPx, 4, laneRightPx, 5));
    valueAxis()->setTickLabels(on);
    valueAxis()->grid()->setVisible(on);
}

void TrackRect::setNote(const QString& note)
{
    m_note = note;
    // No lines through the text, and no numbers where there are no values.
    timeAxis()->grid()->setVisible(note.isEmpty());
    valueAxis()->grid()->setVisible(note.isEmpty() && m_valueTicks);
    valueAxis()->setTickLabels(note.isEmpty() && m_valueTicks);
}

void TrackRect::setTimeLabels(bool on)
{
    axis(QCPAxis::atTop)->setVisible(on);
    axis(QCPAxis::atTop)->setTickLabels(on);
    axis(QCPAxis::atTop)->setTickLabelPadding(1);
}

void TrackRect::applyTheme()
{
    const QFont ticks = monoFont(10);
    for (QCPAxis* one : axes()) {
        one->setBasePen(Qt::NoPen);
        one->setTickPen(Qt::NoPen);
        one->setSubTickPen(Qt::NoPen);
        one->setSubTicks(false);
        one->setTickLabelFont(ticks);
        one->setTickLabelColor(theme().text3);
        one->grid()->setPen(QPen(theme().border, 1));
        one->grid()->setZeroLinePen(Qt::NoPen);
        one->grid()->setSubGridVisible(false);
        one->grid()->setAntialiased(false);
    }
    valueAxis()->grid()->setVisible(m_valueTicks);
    axis(QCPAxis::atTop)->grid()->setVisible(false);
}

void TrackRect::draw(QCPPainter* painter)
{
    const QRect& all = outerRect();
    painter->save();
    painter->setAntialiasing(false);
    painter->fillRect(all, theme().canvas);
    painter->fillRect(QRect(all.left(), all.bottom(), all.width(), 1), theme().border);
    int left = all.left() + metrics().dockMargin;
    const QFont nameFont = uiFont(11, QFont::DemiBold);
    const QFont unitFont = uiFont(10);
    const int lineHeight = QFontMetrics(nameFont).height();
    const bool two = !m_spec.unit.isEmpty();
    const int content = two ? lineHeight + QFontMetrics(unitFont).height() : lineHeight;
    // Tall tracks carry their label at the top, where the eye starts; low ones centred.
    const int top = all.height() > 2 * content ? all.top() + 5 : all.top() + std::max(0, (all.height() - content) / 2);
    if (m_spec.stripe != LaneInk::Outline) {
        painter->fillRect(QRect(left, top + 1, 4, content - 2), laneColour(m_spec.stripe));
        left += 10;
    }
    const int room = all.left() + laneGutterPx - left - (m_valueTicks ? scaled(36) : 4);
    painter->setFont(nameFont);
    painter->setPen(theme().text);
    painter->drawText(QRect(left, top, room, lineHeight), Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(nameFont).elidedText(m_spec.name, Qt::ElideMiddle, room));
    if (two) {
        painter->setFont(unitFont);
        painter->setPen(theme().text3);
        painter->drawText(QRect(left, top + lineHeight, room, QFontMetrics(unitFont).height()), Qt::AlignLeft | Qt::AlignVCenter,
                          QFontMetrics(unitFont).elidedText(m_spec.unit, Qt::ElideMiddle, room));
    }
    if (!m_note.isEmpty()) {
        painter->setFont(uiFont(11));
        painter->setPen(theme().text3);
        const QRect place = rect().adjusted(metrics().gap, 0, -metrics().gap, 0);
        const QString note = QFontMetrics(painter->font()).elidedText(m_note, Qt::ElideRight, place.width());
        painter->drawText(place, Qt::AlignLeft | Qt::AlignVCenter, note);
    }
    painter->restore();
}

} // namespace nordlys::studio

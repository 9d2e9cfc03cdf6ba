// SPDX-License-Identifier: GPL-3.0-or-later
#include "cell_painter.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QPainter>
#include <QPolygonF>

#include <studio/look/theme.h>

namespace nordlys::studio {
namespace {

constexpr int barHeight = 10;
constexpr int sparkWidth = 116;
constexpr int sparkHeight = 16;

int barWidth(double share, int room)
{
    if (!(share > 0.0)) {
        return 0;
    }
    return std::max(1, static_cast<int>(std::lround(std::min(share, 1.0) * room)));
}

} // namespace

void paintShareBar(QPainter* painter, const QRect& rect, double share, const QColor& colour, bool estimate)
{
    const QRect bar(rect.x(), rect.y() + (rect.height() - barHeight) / 2, barWidth(share, rect.width()), barHeight);
    if (bar.width() <= 0) {
        return;
    }
    if (!estimate) {
        painter->fillRect(bar, colour);
        return;
    }
    painter->save();
    painter->setBrushOrigin(bar.topLeft());
    painter->fillRect(bar, QBrush(colour, Qt::BDiagPattern));
    painter->setPen(colour);
    painter->setBrush(Qt::NoBrush);
    painter->drawRect(bar.adjusted(0, 0, -1, -1));
    painter->restore();
}

void paintTwoBars(QPainter* painter, const QRect& rect, double first, const QColor& firstColour, double second, const QColor& secondColour)
{
    const int middle = rect.y() + rect.height() / 2;
    painter->fillRect(QRect(rect.x(), middle - 5, barWidth(first, rect.width()), 5), firstColour);
    painter->fillRect(QRect(rect.x(), middle + 1, barWidth(second, rect.width()), 4), secondColour);
}

void paintInterval(QPainter* painter, const QRect& rect, const CellInterval& interval, const QColor& zeroLine)
{
    const double span = interval.scaleMax - interval.scaleMin;
    if (!(span > 0.0) || !std::isfinite(interval.value)) {
        return;
    }
    const auto xOf = [&](double value) {
        return rect.x() + std::clamp((value - interval.scaleMin) / span, 0.0, 1.0) * (rect.width() - 1);
    };
    const double middle = rect.y() + rect.height() / 2.0;
    painter->save();
    const double zero = std::round(xOf(0.0));
    painter->setPen(QPen(zeroLine, 1));
    painter->drawLine(QPointF(zero, rect.y() + 4), QPointF(zero, rect.bottom() - 4));
    // Crossing zero means "not clear": neutral; else the side decides.
    const bool clear = !interval.neutral && (interval.low > 0.0 || interval.high < 0.0);
    const QColor colour = !clear ? theme().text2 : interval.value < 0.0 ? theme().deltaRamp.at(0) : theme().deltaRamp.at(6);
    QColor wash = colour;
    wash.setAlphaF(0.35F);
    painter->setRenderHint(QPainter::Antialiasing);
    const double from = std::min(zero, xOf(interval.value));
    const double to = std::max(zero, xOf(interval.value));
    painter->fillRect(QRectF(from, middle - 3, to - from, 6), wash);
    painter->fillRect(QRectF(xOf(interval.low), middle - 1, std::max(1.0, xOf(interval.high) - xOf(interval.low)), 2), colour);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colour);
    painter->drawEllipse(QPointF(xOf(interval.value), middle), 3, 3);
    painter->restore();
}

void paintSpark(QPainter* painter, const QRect& rect, const CellSpark& spark, const QColor& line)
{
    const int count = static_cast<int>(spark.values.size());
    if (count < 2) {
        return;
    }
    const QRectF box(rect.x(), rect.y() + (rect.height() - sparkHeight) / 2.0, std::min(sparkWidth, rect.width()), sparkHeight);
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    for (const float value : spark.values) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    if (!(high >= low)) {
        return;
    }
    const double step = box.width() / (count - 1);
    painter->save();
    const int from = std::clamp(spark.shadeFrom, 0, count);
    const int to = std::clamp(spark.shadeTo, from, count);
    if (to > from) {
        QColor shade = theme().warn;
        shade.setAlphaF(0.16F);
        painter->fillRect(QRectF(box.x() + from * step, box.y(), std::max(1.0, (to - from) * step), box.height()), shade);
    }
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(line, 1.3));
    const double span = high > low ? high - low : 1.0;
    QPolygonF part;
    const auto flush = [&] {
        if (part.size() > 1) {
            painter->drawPolyline(part);
        }
        part.clear();
    };
    for (int i = 0; i < count; ++i) {
        const float value = spark.values[i];
        if (!std::isfinite(value)) {
            flush(); // a gap in the data is a gap in the line
            continue;
        }
        const double share = high > low ? (value - low) / span : 0.5;
        part << QPointF(box.x() + i * step, box.bottom() - 1.5 - share * (box.height() - 3));
    }
    flush();
    painter->restore();
}

} // namespace nordlys::studio

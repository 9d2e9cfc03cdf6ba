// SPDX-License-Identifier: GPL-3.0-or-later
#include "pareto_plot.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr double kNear = 12; // px within which a press means a point

/// 1, 2 or 5 times a power of ten, so that about `wanted` steps fit into the span.
double niceStep(double span, int wanted)
{
    const double raw = span / wanted, power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (raw <= factor * power)
            return factor * power;
    }
    return 10 * power;
}

int decimalsFor(double step) { return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 4); }

} // namespace

ParetoPlot::ParetoPlot(QWidget *parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("paretoPlot"));
    setAccessibleName(tr("Cost against metric"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setFocusRing(this);
}

QSize ParetoPlot::sizeHint() const { return {scaled(380), scaled(200)}; }

QSize ParetoPlot::minimumSizeHint() const { return {scaled(200), scaled(100)}; }

void ParetoPlot::setFront(Front front)
{
    m_front = std::move(front);
    m_chosen = m_hovered = -1;
    double low = INFINITY, high = -INFINITY;
    const auto take = [&](double value) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    };
    for (const Point &point : m_front.points)
        take(point.metric);
    if (m_front.reference)
        take(*m_front.reference);
    if (!(low <= high))
        low = high = 0;
    const double margin = high > low ? 0.08 * (high - low) : std::max(0.5, 0.05 * std::abs(high));
    m_low = low - margin;
    m_high = high + margin;
    update();
}

void ParetoPlot::choose(int point)
{
    m_chosen = point >= 0 && point < static_cast<int>(m_front.points.size()) ? point : -1;
    setAccessibleDescription(m_chosen < 0 ? QString() : m_front.points[static_cast<std::size_t>(m_chosen)].text);
    update();
}

QRectF ParetoPlot::plotArea() const
{
    const int left = scaled(52), top = scaled(24), right = scaled(16), bottom = scaled(22);
    return QRectF(rect()).adjusted(left, top, -right, -bottom);
}

double ParetoPlot::xOf(double cost) const
{
    const QRectF area = plotArea();
    return area.left() + area.width() * std::clamp(m_front.budget > 0 ? cost / m_front.budget : 0, 0.0, 1.0);
}

double ParetoPlot::yOf(double metric) const
{
    const QRectF area = plotArea();
    const double share = std::isfinite(metric) ? std::clamp((metric - m_low) / (m_high - m_low), 0.0, 1.0) : (metric > 0 ? 1.0 : 0.0);
    return area.bottom() - area.height() * share;
}

QPointF ParetoPlot::positionOf(int point) const
{
    const Point &at = m_front.points.at(static_cast<std::size_t>(point));
    return {xOf(at.cost), yOf(at.metric)};
}

int ParetoPlot::pointNear(const QPointF &position) const
{
    int best = -1;
    double least = kNear;
    for (int i = 0; i < static_cast<int>(m_front.points.size()); ++i) {
        const QPointF away = positionOf(i) - position;
        if (const double distance = std::hypot(away.x(), away.y()); distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

void ParetoPlot::drawAxes(QPainter &painter) const
{
    const QRectF area = plotArea();
    const QFont ticks = monoFont(10);
    painter.setFont(ticks);
    const int height = QFontMetrics(ticks).height();
    const double yStep = niceStep(m_high - m_low, 5);
    for (double value = std::ceil(m_low / yStep) * yStep; value <= m_high; value += yStep) {
        const int y = qRound(yOf(value));
        painter.setPen(theme().border);
        painter.drawLine(qRound(area.left()), y, qRound(area.right()), y);
        painter.setPen(theme().text3);
        painter.drawText(QRectF(0, y - height / 2.0, area.left() - metrics().gapSmall, height), Qt::AlignRight | Qt::AlignVCenter,
                         formatNumber(value, decimalsFor(yStep)));
    }
    const double end = m_front.budget > 0 ? m_front.budget : 1, xStep = niceStep(end, 5);
    for (double value = 0; value <= end * 1.0001; value += xStep) {
        const int x = qRound(xOf(value));
        painter.setPen(theme().border);
        painter.drawLine(x, qRound(area.top()), x, qRound(area.bottom()));
        painter.setPen(theme().text3);
        painter.drawText(QRectF(x - scaled(30), area.bottom() + 3, scaled(60), height), Qt::AlignHCenter | Qt::AlignTop,
                         formatNumber(value, decimalsFor(xStep)));
    }
    painter.setFont(uiFont(11));
    painter.setPen(theme().text2);
    painter.drawText(QRectF(metrics().gap, 3, width() - 2.0 * metrics().gap, area.top() - 3), Qt::AlignLeft | Qt::AlignVCenter, m_front.metricTitle);
    painter.drawText(QRectF(metrics().gap, 3, width() - 2.0 * metrics().gap, area.top() - 3), Qt::AlignRight | Qt::AlignVCenter, m_front.costTitle);
}

void ParetoPlot::drawFront(QPainter &painter) const
{
    if (m_front.reference) {
        const int y = qRound(yOf(*m_front.reference));
        painter.setPen(QPen(theme().text2, 1, Qt::DashLine));
        painter.drawLine(qRound(plotArea().left()), y, qRound(plotArea().right()), y);
        painter.setFont(uiFont(10));
        const QRectF below(plotArea().left() + metrics().gapSmall, y + 1.0, plotArea().width(), scaled(14));
        painter.drawText(below, Qt::AlignLeft | Qt::AlignTop, tr("float"));
    }
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath steps;
    for (int i = 0; i < static_cast<int>(m_front.points.size()); ++i) {
        const QPointF at = positionOf(i);
        if (i == 0)
            steps.moveTo(at);
        else
            steps.lineTo(at.x(), steps.currentPosition().y()); // until there the cheaper point is the best
        steps.lineTo(at);
    }
    if (!m_front.points.empty())
        steps.lineTo(plotArea().right(), steps.currentPosition().y());
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().control, 1.5));
    painter.drawPath(steps);
    for (int i = 0; i < static_cast<int>(m_front.points.size()); ++i) {
        const QPointF at = positionOf(i);
        const bool marked = i == m_chosen;
        painter.setPen(Qt::NoPen);
        painter.setBrush(marked ? theme().focus : i == m_hovered ? theme().text : theme().text2);
        painter.drawEllipse(at, scaled(3) + (marked ? 1 : 0), scaled(3) + (marked ? 1 : 0));
        if (marked) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme().focus, 2));
            painter.drawEllipse(at, scaled(8), scaled(8));
        }
    }
}

void ParetoPlot::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme().canvas);
    if (m_front.points.empty())
        return;
    drawAxes(painter);
    drawFront(painter);
}

void ParetoPlot::setHovered(int point)
{
    if (m_hovered == point)
        return;
    m_hovered = point;
    setCursor(point < 0 ? Qt::ArrowCursor : Qt::PointingHandCursor);
    update();
}

void ParetoPlot::mousePressEvent(QMouseEvent *event)
{
    const int point = pointNear(event->position());
    if (event->button() == Qt::LeftButton && point >= 0) {
        choose(point);
        Q_EMIT pointChosen(point);
    }
}

void ParetoPlot::mouseMoveEvent(QMouseEvent *event) { setHovered(pointNear(event->position())); }

void ParetoPlot::keyPressEvent(QKeyEvent *event)
{
    const int step = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    if (step == 0 || m_front.points.empty())
        return QWidget::keyPressEvent(event);
    const int next = std::clamp(m_chosen + step, 0, static_cast<int>(m_front.points.size()) - 1);
    choose(next);
    Q_EMIT pointChosen(next);
}

bool ParetoPlot::event(QEvent *event)
{
    if (event->type() == QEvent::Leave) {
        setHovered(-1);
    } else if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const int point = pointNear(help->pos());
        if (point < 0)
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), m_front.points[static_cast<std::size_t>(point)].text, this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#include "histogram_painter.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>

#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr double kBase = 0.5;        // count at the base line: a single value is still a bar
constexpr double kLeastBar = 5;      // pixels of a bar with its gap
constexpr double kCurveDepth = 20;   // dB below the best that the curve shows

/// 1, 2 or 5 times a power of ten, so that a span has at most `most` steps.
double tickStep(double span, int most)
{
    const double raw = span / most, power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= raw)
            return factor * power;
    }
    return 10 * power;
}

/// "10⁴".
QString powerOfTen(int exponent)
{
    static constexpr std::array<char16_t, 10> raised{u'⁰', u'¹', u'²', u'³', u'⁴', u'⁵', u'⁶', u'⁷', u'⁸', u'⁹'};
    QString text = QStringLiteral("10");
    for (const QChar digit : QString::number(exponent))
        text += QChar(raised[static_cast<std::size_t>(std::clamp(digit.digitValue(), 0, 9))]);
    return text;
}

} // namespace

int rangeDecimals(const std::pair<double, double> &range)
{
    const double span = range.second - range.first;
    if (!(span > 0) || !std::isfinite(span))
        return 2;
    return std::clamp(2 - static_cast<int>(std::floor(std::log10(span))), 2, 6);
}

HistogramPainter::HistogramPainter(HistogramPlot &plot) : m_plot(plot), m_painter(&plot), m_area(plot.plotArea()) {}

void HistogramPainter::paint()
{
    m_painter.fillRect(m_plot.rect(), theme().canvas);
    if (m_area.width() < 10 || m_area.height() < 10)
        return;
    grid();
    if (const auto &range = m_plot.m_range) {
        QColor wash = theme().accent;
        wash.setAlphaF(0.07F);
        const double from = std::clamp(m_plot.xOf(range->first), double(m_area.left()), double(m_area.right()));
        const double to = std::clamp(m_plot.xOf(range->second), double(m_area.left()), double(m_area.right()));
        m_painter.fillRect(QRectF(from, m_area.top(), to - from, m_area.height()), wash);
    }
    bars();
    seen();
    curve();
    marks();
    handle(HistogramPlot::Handle::Min);
    handle(HistogramPlot::Handle::Max);
}

double HistogramPainter::yOf(double count) const
{
    if (!(count > kBase))
        return m_area.bottom();
    return m_area.bottom() - std::log10(count / kBase) / m_top * (m_area.height() - 1);
}

void HistogramPainter::grid()
{
    // Bars are merged bins; their height decides on the axis, which therefore is found from the fullest stretch of the widest bar.
    double total = 1;
    for (const double weight : m_plot.m_data.weights)
        total = std::max(total, weight);
    const double binWidth = m_plot.m_data.width / (m_plot.m_high - m_plot.m_low) * m_area.width();
    const double merged = m_plot.m_data.isEmpty() || binWidth >= kLeastBar ? 1 : std::ceil(kLeastBar / std::max(binWidth, 1e-9));
    m_top = std::max(1.0, std::log10(total * std::min(merged, double(m_plot.m_data.weights.size() + 1)) / kBase) * 1.03);

    m_painter.setFont(monoFont(10));
    const QFontMetrics letters(m_painter.font());
    const int decades = static_cast<int>(std::floor(m_top + std::log10(kBase)));
    const int every = std::max(1, (decades + 4) / 5);
    for (int decade = 0; !m_plot.m_data.isEmpty() && decade <= decades; decade += every) {
        const int y = static_cast<int>(std::lround(yOf(std::pow(10.0, decade))));
        m_painter.setPen(QPen(theme().border, 1));
        m_painter.drawLine(m_area.left(), y, m_area.right(), y);
        m_painter.setPen(theme().text3);
        m_painter.drawText(QRect(0, y - letters.height() / 2, m_area.left() - scaled(6), letters.height()), Qt::AlignRight | Qt::AlignVCenter, powerOfTen(decade));
    }
    m_painter.setPen(QPen(theme().control, 1));
    m_painter.drawLine(m_area.left(), m_area.bottom() + 1, m_area.right(), m_area.bottom() + 1);

    const double step = tickStep(m_plot.m_high - m_plot.m_low, m_area.width() < scaled(320) ? 4 : 6);
    const int decimals = std::clamp(-static_cast<int>(std::floor(std::log10(step) + 1e-9)), 0, 6);
    m_painter.setPen(theme().text3);
    for (double tick = std::ceil(m_plot.m_low / step) * step; tick <= m_plot.m_high; tick += step) {
        const double at = std::abs(tick) < step / 2 ? 0 : tick; // no "-0.0"
        const QRect place(static_cast<int>(std::lround(m_plot.xOf(at))) - scaled(40), m_area.bottom() + scaled(5), scaled(80), letters.height());
        m_painter.drawText(place, Qt::AlignHCenter | Qt::AlignTop, formatNumber(at, at == 0 ? 0 : decimals));
    }
}

void HistogramPainter::bars()
{
    const HistogramData &data = m_plot.m_data;
    if (data.isEmpty())
        return;
    const double pixels = data.width / (m_plot.m_high - m_plot.m_low) * m_area.width();
    const auto merged = static_cast<std::size_t>(std::max(1.0, std::min(std::ceil(kLeastBar / std::max(pixels, 1e-9)), double(data.weights.size()))));
    const auto &range = m_plot.m_range;
    const int cutLow = range ? static_cast<int>(std::lround(m_plot.xOf(range->first))) : m_area.left();
    const int cutHigh = range ? static_cast<int>(std::lround(m_plot.xOf(range->second))) : m_area.right() + 1;
    const auto fill = [&](int from, int to, int top, const QColor &colour) {
        if (to > from)
            m_painter.fillRect(QRect(from, top, to - from, m_area.bottom() + 1 - top), colour);
    };
    for (std::size_t i = 0; i < data.weights.size(); i += merged) {
        double count = 0;
        const std::size_t end = std::min(i + merged, data.weights.size());
        for (std::size_t bin = i; bin < end; ++bin)
            count += data.weights[bin];
        if (!(count > 0))
            continue;
        const int left = std::max(static_cast<int>(std::lround(m_plot.xOf(data.start + double(i) * data.width))), m_area.left());
        const int next = std::min(static_cast<int>(std::lround(m_plot.xOf(data.start + double(end) * data.width))), m_area.right() + 1);
        const int right = std::max(left + 1, next - 1); // 1 px gap
        const int top = std::min(static_cast<int>(std::lround(yOf(count))), m_area.bottom());
        // A bar that the range cuts is of both colours.
        const int low = std::clamp(cutLow, left, right), high = std::clamp(cutHigh, low, right);
        fill(left, low, top, theme().error);
        fill(low, high, top, theme().text3);
        fill(high, right, top, theme().error);
    }
}

void HistogramPainter::seen()
{
    if (m_plot.m_data.isEmpty())
        return;
    QPen pen(theme().text2, 1);
    pen.setDashPattern({3, 3});
    m_painter.setPen(pen);
    for (const double end : {m_plot.m_data.seenMin, m_plot.m_data.seenMax}) {
        const int x = static_cast<int>(std::lround(m_plot.xOf(end)));
        m_painter.drawLine(x, m_area.top(), x, m_area.bottom());
    }
}

void HistogramPainter::curve()
{
    if (m_plot.m_curve.size() < 2)
        return;
    double best = -std::numeric_limits<double>::infinity();
    for (const QPointF &point : m_plot.m_curve) {
        if (std::isfinite(point.y()))
            best = std::max(best, point.y());
    }
    if (!std::isfinite(best))
        return;
    const double top = m_area.top() + 0.18 * m_area.height(), bottom = m_area.bottom() - 0.3 * m_area.height();
    QPainterPath path;
    QPointF last;
    bool isOpen = false;
    for (const QPointF &point : m_plot.m_curve) {
        const double x = m_plot.xOf(point.x());
        if (!(point.y() >= best - kCurveDepth) || x < m_area.left() || x > m_area.right() + 1) {
            isOpen = false;
            continue;
        }
        last = {x, top + (best - point.y()) / kCurveDepth * (bottom - top)};
        if (isOpen)
            path.lineTo(last);
        else
            path.moveTo(last);
        isOpen = true;
    }
    m_painter.save();
    m_painter.setRenderHint(QPainter::Antialiasing);
    m_painter.setPen(QPen(theme().accent, 1.5));
    m_painter.drawPath(path);
    m_painter.restore();
    if (path.isEmpty())
        return;
    // The name below the end of the line, on a plate: bars may be there.
    m_painter.setFont(uiFont(10));
    const QFontMetrics letters(m_painter.font());
    const QString name = HistogramPlot::tr("SQNR here over max");
    const int width = letters.horizontalAdvance(name) + 4;
    QRect plate(static_cast<int>(last.x()) - width - 2, static_cast<int>(last.y()) + scaled(4), width, letters.height());
    if (plate.left() < m_area.left() + 4)
        plate.moveLeft(m_area.left() + 4);
    QColor back = theme().canvas;
    back.setAlphaF(0.8F);
    m_painter.fillRect(plate, back);
    m_painter.setPen(theme().accent);
    m_painter.drawText(plate, Qt::AlignCenter, name);
}

void HistogramPainter::marks()
{
    const auto &marks = m_plot.m_marks;
    m_painter.setFont(uiFont(10));
    const QFontMetrics letters(m_painter.font());
    std::vector<QRect> plates(static_cast<std::size_t>(marks.size()));
    std::vector<int> order(static_cast<std::size_t>(marks.size()));
    for (int i = 0; i < marks.size(); ++i)
        order[static_cast<std::size_t>(i)] = i;
    std::ranges::sort(order, {}, [&](int i) { return marks[i].max; });
    const int top = m_area.top() - scaled(18) - letters.height() + scaled(6);
    // Names give way to each other: first to the right, then, where there is no more room, back to the left.
    int free = scaled(4);
    for (const int i : order) {
        const int width = letters.horizontalAdvance(marks[i].name) + 2, x = static_cast<int>(std::lround(m_plot.xOf(marks[i].max)));
        QRect &plate = plates[static_cast<std::size_t>(i)];
        plate = QRect(std::max(free, x - width / 2), std::max(1, top), width, letters.height());
        free = plate.right() + scaled(8);
    }
    int limit = m_plot.width() - scaled(4);
    for (auto it = order.rbegin(); it != order.rend(); ++it) {
        QRect &plate = plates[static_cast<std::size_t>(*it)];
        if (plate.right() > limit)
            plate.moveRight(limit);
        limit = plate.left() - scaled(8);
    }
    m_painter.save();
    for (const int i : order) {
        const double x = m_plot.xOf(marks[i].max);
        if (x < m_area.left() - 1 || x > m_area.right() + 2)
            continue;
        m_painter.setPen(theme().text2);
        m_painter.drawText(plates[static_cast<std::size_t>(i)], Qt::AlignCenter, marks[i].name);
        m_painter.setRenderHint(QPainter::Antialiasing);
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(theme().text2);
        const double tip = m_area.top() - scaled(3), wide = scaled(4), high = scaled(6);
        m_painter.drawPolygon(QPolygonF({{x - wide, tip - high}, {x + wide, tip - high}, {x, tip}}));
        m_painter.setRenderHint(QPainter::Antialiasing, false);
    }
    m_painter.restore();
}

void HistogramPainter::handle(HistogramPlot::Handle which)
{
    if (!m_plot.m_range)
        return;
    const bool isMin = which == HistogramPlot::Handle::Min;
    const double value = isMin ? m_plot.m_range->first : m_plot.m_range->second;
    const QRect grip = m_plot.handleRect(which);
    const bool isFixed = !m_plot.canMove(which);
    const bool isActive = m_plot.hasFocus() && m_plot.m_active == which;
    const bool isLit = (m_plot.m_press && m_plot.m_press->handle == which) || m_plot.m_hovered == which;
    const QColor line = isFixed ? theme().control : theme().focus;
    m_painter.fillRect(QRect(grip.center().x(), m_area.top(), 2, m_area.height() + 1), line);

    // The flag stands outside of the range where there is room, else inside.
    m_painter.setFont(monoFont(11));
    const QFontMetrics letters(m_painter.font());
    const QString text = (isMin ? HistogramPlot::tr("min %1") : HistogramPlot::tr("max %1")).arg(formatNumber(value, rangeDecimals(*m_plot.m_range)));
    const int width = letters.horizontalAdvance(text) + scaled(12), height = letters.height() + 4, gap = scaled(8);
    QRect flag(isMin ? grip.center().x() - gap - width : grip.center().x() + gap + 2, m_area.top() + scaled(8), width, height);
    if (flag.left() < 2)
        flag.moveLeft(grip.center().x() + gap + 2);
    if (flag.right() > m_plot.width() - 3)
        flag.moveRight(grip.center().x() - gap);
    // Two flags on one side of each other's line: the lower one makes room.
    if (!isMin)
        flag.translate(0, m_area.width() < scaled(280) ? height + 3 : 0);
    const QColor fill = isFixed ? theme().raised : theme().accentFill, ink = isFixed ? theme().text2 : theme().accentInk;
    m_painter.save();
    m_painter.setRenderHint(QPainter::Antialiasing);
    m_painter.setPen(isFixed ? QPen(theme().borderStrong, 1) : QPen(Qt::NoPen));
    m_painter.setBrush(fill);
    m_painter.drawRoundedRect(QRectF(flag), 3, 3);
    m_painter.setPen(ink);
    m_painter.drawText(flag, Qt::AlignCenter, text);
    if (!isFixed) {
        m_painter.setPen(QPen(theme().focus, 1));
        m_painter.setBrush(isLit ? theme().accentFill.lighter(115) : theme().accentFill);
        m_painter.drawRoundedRect(QRectF(grip).adjusted(0.5, 0.5, 0.5, -0.5), 3, 3);
        m_painter.setPen(QPen(theme().accentInk, 1));
        for (const double x : {grip.center().x() - 0.5, grip.center().x() + 2.5})
            m_painter.drawLine(QPointF(x, grip.top() + grip.height() / 4.0), QPointF(x, grip.bottom() - grip.height() / 4.0 + 1));
    }
    if (isActive && !isFixed) {
        m_painter.setBrush(Qt::NoBrush);
        m_painter.setPen(QPen(theme().focus, 2));
        m_painter.drawRoundedRect(QRectF(grip).adjusted(-2, -2, 3, 2), 4, 4);
    }
    m_painter.restore();
}

} // namespace nordlys::studio

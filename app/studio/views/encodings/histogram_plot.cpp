// SPDX-License-Identifier: GPL-3.0-or-later
#include "histogram_plot.h"

#include "histogram_painter.h"
#include "plot_accessible.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>

#include <QAccessible>

#include <algorithm>
#include <cmath>

namespace nordlys::studio {
namespace {

constexpr double kMargin = 0.06;  // of the range, free at both sides: a handle can be moved outwards
constexpr double kFarAway = 3.0;  // an encoded end further out than so many times what was seen stands at the border
constexpr int kHandleWidth = 10, kHandleHeight = 28;

} // namespace

HistogramPlot::HistogramPlot(QWidget *parent) : QWidget(parent)
{
    installPlotAccessibility();
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setSubject({});
}

QSize HistogramPlot::sizeHint() const { return {scaled(600), scaled(250)}; }

QSize HistogramPlot::minimumSizeHint() const { return {scaled(240), scaled(130)}; }

void HistogramPlot::setSubject(const QString &name)
{
    m_subject = name;
    setAccessibleName(name.isEmpty() ? tr("Histogram") : tr("Histogram of %1").arg(name));
}

void HistogramPlot::setData(const HistogramData &data)
{
    if (data == m_data)
        return;
    m_data = data;
    fitView();
    update();
}

void HistogramPlot::setMarks(const QList<HistogramMark> &marks)
{
    if (marks == m_marks)
        return;
    m_marks = marks;
    update();
}

void HistogramPlot::setCurve(const QList<QPointF> &curve)
{
    if (curve == m_curve)
        return;
    m_curve = curve;
    update();
}

void HistogramPlot::setRange(std::optional<std::pair<double, double>> range, double step, Ends ends)
{
    if (range == m_range && step == m_step && ends == m_ends)
        return;
    m_range = range;
    m_step = step;
    m_ends = ends;
    if (!range)
        m_press.reset();
    // Under a drag the axis holds still, or the handle would run away from the pointer.
    if (!m_press)
        fitView();
    tellReaders();
    update();
}

void HistogramPlot::setWhyFixed(const QString &why)
{
    if (why == m_whyFixed)
        return;
    m_whyFixed = why;
    if (!why.isEmpty())
        m_press.reset();
    setToolTip(why);
    update();
}

void HistogramPlot::fitView()
{
    double low = 0, high = 0;
    if (!m_data.isEmpty()) {
        low = std::min(0.0, m_data.seenMin);
        high = std::max(0.0, m_data.seenMax);
    }
    if (m_range) {
        const double most = kFarAway * (high > low ? high - low : m_range->second - m_range->first);
        low = std::max(std::min(low, m_range->first), -most);
        high = std::min(std::max(high, m_range->second), most);
    }
    if (!(high > low)) {
        low = -1;
        high = 1;
    }
    m_low = low - kMargin * (high - low);
    m_high = high + kMargin * (high - low);
}

QRect HistogramPlot::plotArea() const
{
    return rect().adjusted(scaled(46), scaled(38), -scaled(46), -scaled(24));
}

double HistogramPlot::xOf(double value) const
{
    const QRect area = plotArea();
    return area.left() + (value - m_low) / (m_high - m_low) * area.width();
}

double HistogramPlot::valueAt(double x) const
{
    const QRect area = plotArea();
    return m_low + (x - area.left()) / std::max(1, area.width()) * (m_high - m_low);
}

QRect HistogramPlot::handleRect(Handle handle) const
{
    if (!m_range || handle == Handle::None)
        return {};
    const QRect area = plotArea();
    const double x = std::clamp(xOf(handle == Handle::Min ? m_range->first : m_range->second), double(area.left()), double(area.right()));
    const int width = scaled(kHandleWidth), height = scaled(kHandleHeight);
    return {static_cast<int>(std::lround(x)) - width / 2, area.top() + (area.height() - height) / 2, width, height};
}

QString HistogramPlot::valueText() const
{
    if (!m_range)
        return tr("no range");
    return tr("min %1, max %2").arg(formatNumber(m_range->first, rangeDecimals(*m_range)), formatNumber(m_range->second, rangeDecimals(*m_range)));
}

QRect HistogramPlot::markRect(int index) const
{
    if (index < 0 || index >= m_marks.size())
        return {};
    const int half = scaled(7);
    return {static_cast<int>(std::lround(xOf(m_marks[index].max))) - half, plotArea().top() - scaled(18), 2 * half, scaled(18)};
}

void HistogramPlot::paintEvent(QPaintEvent *)
{
    HistogramPainter(*this).paint();
}

void HistogramPlot::tellReaders()
{
    QAccessibleValueChangeEvent told(this, valueText());
    QAccessible::updateAccessibility(&told);
}

} // namespace nordlys::studio

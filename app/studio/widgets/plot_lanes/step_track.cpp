// SPDX-License-Identifier: GPL-3.0-or-later
#include "step_track.h"

#include <algorithm>
#include <cmath>

#include <studio/look/theme.h>

#include "track_rect.h"

namespace nordlys::studio {

StepTrack::StepTrack(TrackRect* rect) : m_rect(rect)
{
    rect->setValueTicks(true);
}

int StepTrack::addSeries(const SeriesSpec& spec)
{
    QCPGraph* graph = m_rect->parentPlot()->addGraph(m_rect->timeAxis(), m_rect->valueAxis());
    graph->setLineStyle(spec.stepped ? QCPGraph::lsStepLeft : QCPGraph::lsLine);
    graph->setSelectable(QCP::stNone);
    graph->setName(spec.name);
    m_series.push_back({spec, graph});
    applyTheme();
    return seriesCount() - 1;
}

void StepTrack::append(int series, std::span<const StepSample> samples)
{
    if (series < 0 || series >= seriesCount() || samples.empty()) {
        return;
    }
    QVector<QCPGraphData> points;
    points.reserve(static_cast<qsizetype>(samples.size()));
    bool sorted = true;
    for (const StepSample& sample : samples) {
        const double value = std::isfinite(sample.value) ? sample.value : std::nan("");
        points.append(QCPGraphData(static_cast<double>(sample.timeNs) * 1e-9, value));
        sorted = sorted && (points.size() < 2 || points[points.size() - 2].key <= points.last().key);
        m_endNs = std::max(m_endNs, sample.timeNs);
        if (!std::isnan(value)) {
            m_values = m_hasValues ? QCPRange(std::min(m_values.lower, value), std::max(m_values.upper, value)) : QCPRange(value, value);
            m_hasValues = true;
        }
    }
    QCPGraph* graph = m_series[static_cast<std::size_t>(series)].graph;
    graph->data()->add(points, sorted);
    // One sample makes no line; a dot says that it is there.
    graph->setScatterStyle(graph->data()->size() == 1 ? QCPScatterStyle(QCPScatterStyle::ssDisc, 5) : QCPScatterStyle());
    fitValues();
}

void StepTrack::clear()
{
    for (const Series& one : m_series) {
        one.graph->data()->clear();
    }
    m_hasValues = false;
    m_endNs = 0;
}

bool StepTrack::empty() const
{
    return std::all_of(m_series.begin(), m_series.end(), [](const Series& one) { return one.graph->data()->isEmpty(); });
}

void StepTrack::setLimit(double value, const QString& text)
{
    m_limit = value;
    m_limitText = text;
    fitValues();
}

void StepTrack::setFromZero(bool fromZero)
{
    m_fromZero = fromZero;
    fitValues();
}

void StepTrack::fitValues()
{
    if (!m_hasValues) {
        return;
    }
    double low = m_fromZero ? std::min(0.0, m_values.lower) : m_values.lower;
    double high = m_values.upper;
    if (m_limit && std::isfinite(*m_limit)) {
        high = std::max(high, *m_limit);
        low = std::min(low, *m_limit);
    }
    const double span = std::max(high - low, std::max(std::fabs(high) * 0.02, 1e-9));
    m_rect->valueAxis()->setRange(low - (m_fromZero && low == 0.0 ? 0.02 : 0.12) * span, high + 0.15 * span);
}

std::optional<double> StepTrack::valueAt(int series, std::int64_t timeNs) const
{
    if (series < 0 || series >= seriesCount()) {
        return std::nullopt;
    }
    const auto data = m_series[static_cast<std::size_t>(series)].graph->data();
    // One nanosecond of slack: keys are seconds as double.
    const double key = (static_cast<double>(timeNs) + 0.5) * 1e-9;
    auto after = std::upper_bound(data->constBegin(), data->constEnd(), key, [](double time, const QCPGraphData& point) { return time < point.key; });
    if (after == data->constBegin()) {
        return std::nullopt;
    }
    --after;
    return std::isnan(after->value) ? std::nullopt : std::optional(after->value);
}

void StepTrack::applyTheme()
{
    for (const Series& one : m_series) {
        QPen pen(laneColour(one.spec.ink), one.spec.main ? 2.0 : 1.5);
        if (!one.spec.main) {
            pen.setDashPattern({3, 2});
        }
        pen.setJoinStyle(Qt::MiterJoin);
        one.graph->setPen(pen);
        one.graph->setAntialiased(!one.spec.stepped);
    }
}

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "lane_plot.h"

namespace nordlys::studio {

void LanePlot::appendBlocks(int track, std::span<const LaneBlock> blocks)
{
    LaneBlocks* lane = blockTrack(track);
    if (lane == nullptr || blocks.empty()) {
        return;
    }
    lane->store().append(blocks);
    grow(lane->store().startNs(), lane->store().endNs());
}

void LanePlot::appendSamples(int track, int series, std::span<const StepSample> samples)
{
    StepTrack* steps = stepTrack(track);
    if (steps == nullptr || samples.empty()) {
        return;
    }
    steps->append(series, samples);
    grow(samples.front().timeNs, steps->endNs());
}

void LanePlot::appendOverview(std::span<const StepSample> samples, bool warned)
{
    if (m_overview == nullptr || samples.empty()) {
        return;
    }
    QCPGraph* graph = warned ? m_overviewWarned : m_overviewDots;
    for (const StepSample& sample : samples) {
        if (!std::isfinite(sample.value)) {
            continue;
        }
        graph->data()->add(QCPGraphData(static_cast<double>(sample.timeNs) * 1e-9, sample.value));
        m_overviewValues = m_overviewHasValues
            ? QCPRange(std::min(m_overviewValues.lower, sample.value), std::max(m_overviewValues.upper, sample.value))
            : QCPRange(sample.value, sample.value);
        m_overviewHasValues = true;
    }
    if (m_overviewHasValues) {
        const double span = std::max(m_overviewValues.size(), std::max(std::fabs(m_overviewValues.upper) * 0.1, 1e-9));
        m_overview->valueAxis()->setRange(std::max(0.0, m_overviewValues.lower - 0.4 * span), m_overviewValues.upper + 0.3 * span);
    }
    grow(samples.front().timeNs, samples.back().timeNs);
}

void LanePlot::clearData()
{
    for (Track& track : m_tracks) {
        if (track.blocks != nullptr) {
            track.blocks->store().clear();
        }
        if (track.steps) {
            track.steps->clear();
        }
    }
    if (m_overview != nullptr) {
        m_overviewDots->data()->clear();
        m_overviewWarned->data()->clear();
    }
    m_overviewHasValues = false;
    m_content = {};
    m_throttled.clear();
    m_visible = {0, 1'000'000'000};
    m_fitted = true;
    m_crosshair.reset();
    clearSelection();
    applyVisible();
}

void LanePlot::extendTo(std::int64_t endNs)
{
    grow(m_content.fromNs, endNs);
}

void LanePlot::grow(std::int64_t startNs, std::int64_t endNs)
{
    const TimeSpan before = m_content;
    m_content.fromNs = before.empty() ? std::min<std::int64_t>(startNs, 0) : std::min(before.fromNs, startNs);
    m_content.toNs = std::max(before.toNs, endNs);
    if (m_content != before) {
        if (m_follow) {
            followNow();
        } else if (m_fitted && m_drag == Drag::None) {
            m_visible = m_content;
        }
        applyVisible();
        if (m_fitted || m_follow) {
            Q_EMIT visibleSpanChanged(m_visible);
        }
    }
    scheduleReplot();
}

void LanePlot::setThrottled(const QList<TimeSpan>& spans)
{
    m_throttled = spans;
    scheduleReplot();
}

} // namespace nordlys::studio

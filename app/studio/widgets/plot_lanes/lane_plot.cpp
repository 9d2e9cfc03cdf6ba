// SPDX-License-Identifier: GPL-3.0-or-later
#include "lane_plot.h"

#include <algorithm>
#include <cmath>

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>

#include "lane_overlay.h"
#include "time_ticker.h"

namespace nordlys::studio {
namespace {

constexpr int frameMs = 33; // 30 frames a second
constexpr int axisRowHeight = 24;
constexpr std::int64_t shortestSpanNs = 200;

double seconds(std::int64_t timeNs)
{
    return static_cast<double>(timeNs) * 1e-9;
}

} // namespace

LanePlot::LanePlot(QWidget* parent) : QCustomPlot(parent), m_timeTicker(new TimeTicker), m_overviewTicker(new TimeTicker)
{
    if (openGl()) {
        setOpenGl(false);
    }
    setInteractions(QCP::Interactions());
    setNoAntialiasingOnDrag(false);
    setPlottingHint(QCP::phCacheLabels, true);
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Timeline"));
    plotLayout()->clear();
    plotLayout()->setRowSpacing(0);
    plotLayout()->setMargins(QMargins(0, 0, 0, 0));
    addLayer(QStringLiteral("lanes-under"), layer(QStringLiteral("main")), QCustomPlot::limBelow);
    addLayer(QStringLiteral("lanes-over"), layer(QStringLiteral("overlay")), QCustomPlot::limAbove);
    layer(QStringLiteral("lanes-over"))->setMode(QCPLayer::lmBuffered);
    m_underlay = new LaneUnderlay(this, QStringLiteral("lanes-under"));
    m_overlay = new LaneOverlay(this, QStringLiteral("lanes-over"));
    m_replotTimer.setSingleShot(true);
    connect(&m_replotTimer, &QTimer::timeout, this, &LanePlot::flushReplot);
    connect(&ThemeController::instance(), &ThemeController::changed, this, &LanePlot::applyTheme);
    removeAllTracks();
}

LanePlot::~LanePlot() = default;

void LanePlot::removeAllTracks()
{
    clearGraphs();
    clearPlottables();
    m_tracks.clear();
    m_overview = nullptr;
    m_overviewDots = nullptr;
    m_overviewWarned = nullptr;
    plotLayout()->clear();
    m_axisRow = new TrackRect(this, {QString(), QString(), axisRowHeight}, m_timeTicker);
    m_axisRow->setMargins(QMargins(laneGutterPx, axisRowHeight - 3, laneRightPx, 1));
    m_axisRow->setTimeLabels(true);
    plotLayout()->addElement(0, 0, m_axisRow);
    clearData();
    relayout();
    applyTheme();
}

void LanePlot::relayout()
{
    // The last row takes the height that the tracks leave.
    const int rows = plotLayout()->rowCount();
    for (int row = 0; row < rows; ++row) {
        plotLayout()->setRowStretchFactor(row, 1);
    }
    setMinimumHeight(std::min(contentHeight(), 16777215));
    applyVisible();
}

int LanePlot::contentHeight() const
{
    int height = axisRowHeight + (m_overview != nullptr ? m_overview->spec().height : 0);
    for (const Track& track : m_tracks) {
        height += track.rect->spec().height;
    }
    return height;
}

int LanePlot::addTrack(const TrackSpec& spec)
{
    auto* rect = new TrackRect(this, spec, m_timeTicker);
    plotLayout()->addElement(plotLayout()->rowCount(), 0, rect);
    Track track;
    track.rect = rect;
    m_tracks.push_back(std::move(track));
    return trackCount() - 1;
}

int LanePlot::addBlockTrack(const TrackSpec& spec, LaneInk ink)
{
    const int index = addTrack(spec);
    Track& track = m_tracks.back();
    track.blocks = new LaneBlocks(track.rect->timeAxis(), track.rect->valueAxis(), ink);
    relayout();
    return index;
}

int LanePlot::addStepTrack(const TrackSpec& spec)
{
    const int index = addTrack(spec);
    Track& track = m_tracks.back();
    track.steps = std::make_unique<StepTrack>(track.rect);
    relayout();
    return index;
}

int LanePlot::addUnavailableTrack(const TrackSpec& spec, const QString& reason)
{
    const int index = addTrack(spec);
    m_tracks.back().rect->setNote(tr("Not available: %1").arg(reason));
    relayout();
    return index;
}

void LanePlot::addOverview(const TrackSpec& spec)
{
    if (m_overview != nullptr) {
        return;
    }
    m_overview = new TrackRect(this, spec, m_overviewTicker);
    m_overview->timeAxis()->setTickLabels(true);
    m_overview->timeAxis()->setTickLabelPadding(4); // below the lowest number of the value axis
    m_overview->setValueTicks(true);
    m_overview->setMargins(QMargins(laneGutterPx, 4, laneRightPx, 20));
    m_overview->valueAxis()->ticker()->setTickCount(2); // more do not fit above each other
    plotLayout()->insertRow(0);
    plotLayout()->addElement(0, 0, m_overview);
    const auto dots = [this] {
        QCPGraph* graph = addGraph(m_overview->timeAxis(), m_overview->valueAxis());
        graph->setLineStyle(QCPGraph::lsNone);
        graph->setSelectable(QCP::stNone);
        return graph;
    };
    m_overviewDots = dots();
    m_overviewWarned = dots();
    applyTheme();
    relayout();
}

LaneBlocks* LanePlot::blockTrack(int track) const
{
    return track < 0 || track >= trackCount() ? nullptr : m_tracks[static_cast<std::size_t>(track)].blocks;
}

StepTrack* LanePlot::stepTrack(int track) const
{
    return track < 0 || track >= trackCount() ? nullptr : m_tracks[static_cast<std::size_t>(track)].steps.get();
}

TrackRect* LanePlot::trackRect(int track) const
{
    return track < 0 || track >= trackCount() ? nullptr : m_tracks[static_cast<std::size_t>(track)].rect;
}

void LanePlot::setVisibleSpan(TimeSpan span)
{
    const std::int64_t contentLength = std::max<std::int64_t>(m_content.length(), 1'000);
    const std::int64_t longest = contentLength + contentLength / 4;
    const std::int64_t length = std::clamp(span.length(), shortestSpanNs, std::max(longest, shortestSpanNs));
    // Some of the run stays in view.
    std::int64_t from = span.fromNs + (span.length() - length) / 2;
    if (!m_content.empty()) {
        from = std::clamp(from, m_content.fromNs - length / 2, std::max(m_content.fromNs - length / 2, m_content.toNs - length / 2));
    }
    m_fitted = false;
    if (m_visible == TimeSpan{from, from + length}) {
        return;
    }
    m_visible = {from, from + length};
    applyVisible();
    scheduleReplot();
    Q_EMIT visibleSpanChanged(m_visible);
}

void LanePlot::fit()
{
    stopFollowing();
    if (!m_content.empty()) {
        setVisibleSpan(m_content);
    }
    m_fitted = true;
}

void LanePlot::zoomAt(std::int64_t aroundNs, double factor)
{
    if (!(factor > 0.0) || !std::isfinite(factor)) {
        return;
    }
    const double before = static_cast<double>(aroundNs - m_visible.fromNs);
    const double length = static_cast<double>(m_visible.length()) * factor;
    if (length > 4e18) {
        return;
    }
    const auto from = aroundNs - static_cast<std::int64_t>(std::llround(before * factor));
    const auto wanted = std::max(shortestSpanNs, static_cast<std::int64_t>(std::llround(length)));
    if (m_follow && factor < 1.0) {
        setVisibleSpan({from, from + wanted});
        followNow();
        applyVisible();
        return;
    }
    stopFollowing();
    setVisibleSpan({from, from + wanted});
}

void LanePlot::zoomToSelection()
{
    if (!m_selection.empty()) {
        stopFollowing();
        const std::int64_t margin = m_selection.length() / 20;
        setVisibleSpan({m_selection.fromNs - margin, m_selection.toNs + margin});
    }
}

void LanePlot::setFollowLive(bool follow, std::int64_t spanNs)
{
    if (spanNs > 0) {
        m_visible = {m_content.toNs - spanNs, m_content.toNs};
    }
    const bool different = follow != m_follow;
    m_follow = follow;
    if (follow) {
        m_fitted = false;
        followNow();
        applyVisible();
        scheduleReplot();
        Q_EMIT visibleSpanChanged(m_visible);
    }
    if (different) {
        Q_EMIT followLiveChanged(follow);
    }
}

void LanePlot::followNow()
{
    // A little room at the right, so that the newest block is not cut by the edge.
    const std::int64_t length = m_visible.length();
    const std::int64_t end = std::max(m_content.toNs + length / 50, m_content.fromNs + length);
    m_visible = {end - length, end};
}

void LanePlot::stopFollowing()
{
    if (m_follow) {
        m_follow = false;
        Q_EMIT followLiveChanged(false);
    }
}

void LanePlot::applyVisible()
{
    const QCPRange range(seconds(m_visible.fromNs), seconds(m_visible.toNs));
    const auto apply = [&range](TrackRect* rect) {
        rect->timeAxis()->setRange(range);
        rect->axis(QCPAxis::atTop)->setRange(range);
    };
    apply(m_axisRow);
    for (Track& track : m_tracks) {
        apply(track.rect);
        if (track.blocks != nullptr) {
            track.blocks->setVisibleNs(m_visible.fromNs, m_visible.toNs);
        }
    }
    if (m_overview != nullptr) {
        const TimeSpan whole = m_content.empty() ? m_visible : m_content;
        m_overview->timeAxis()->setRange(seconds(whole.fromNs), seconds(whole.toNs));
    }
}

void LanePlot::applyTheme()
{
    setBackground(QBrush(theme().canvas));
    m_axisRow->applyTheme();
    if (m_overview != nullptr) {
        m_overview->applyTheme();
        const auto dot = [](const QColor& colour) {
            return QCPScatterStyle(QCPScatterStyle::ssSquare, QPen(Qt::NoPen), QBrush(colour), 1.5);
        };
        m_overviewDots->setPen(QPen(theme().text2));
        m_overviewDots->setScatterStyle(dot(theme().text2));
        m_overviewWarned->setPen(QPen(theme().warn));
        m_overviewWarned->setScatterStyle(dot(theme().warn));
    }
    for (Track& track : m_tracks) {
        track.rect->applyTheme();
        if (track.steps) {
            track.steps->applyTheme();
        }
    }
    scheduleReplot();
}

void LanePlot::setSelection(TimeSpan span)
{
    if (span.toNs < span.fromNs) {
        std::swap(span.fromNs, span.toNs);
    }
    if (span == m_selection) {
        return;
    }
    m_selection = span;
    if (m_selection.empty()) {
        m_activeEdge = Edge::None;
    }
    scheduleReplot();
    Q_EMIT selectionChanged(m_selection);
}

void LanePlot::clearSelection()
{
    m_activeEdge = Edge::None;
    if (m_selection != TimeSpan{}) {
        m_selection = {};
        scheduleReplot();
        Q_EMIT selectionChanged(m_selection);
    }
}

void LanePlot::setRangeText(RangeText text)
{
    m_rangeText = std::move(text);
    scheduleReplot(true);
}

void LanePlot::setReadout(Readout readout)
{
    m_readout = std::move(readout);
}

void LanePlot::setCrosshair(std::optional<std::int64_t> timeNs)
{
    if (m_crosshair != timeNs) {
        m_crosshair = timeNs;
        scheduleReplot(true);
    }
}

void LanePlot::scheduleReplot(bool overlayOnly)
{
    m_overlayOnly = m_overlayOnly && overlayOnly;
    if (m_replotTimer.isActive()) {
        return;
    }
    const qint64 elapsed = m_sinceReplot.isValid() ? m_sinceReplot.elapsed() : frameMs;
    m_replotTimer.start(static_cast<int>(std::clamp<qint64>(frameMs - elapsed, 0, frameMs)));
}

void LanePlot::flushReplot()
{
    const bool overlayOnly = m_overlayOnly;
    m_overlayOnly = true;
    if (overlayOnly) {
        layer(QStringLiteral("lanes-over"))->replot();
    } else {
        replot(QCustomPlot::rpQueuedReplot);
    }
    m_sinceReplot.start();
}

} // namespace nordlys::studio

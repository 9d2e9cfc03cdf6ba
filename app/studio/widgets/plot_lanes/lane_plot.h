// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <QElapsedTimer>
#include <QStringList>
#include <QTimer>

#include "lane_blocks.h"
#include "qcp.h"
#include "step_track.h"
#include "track_rect.h"

namespace nordlys::studio {

class LaneOverlay;
class LaneUnderlay;

/// Span of time of a run, in nanoseconds from its start; empty where toNs <= fromNs.
struct TimeSpan {
    std::int64_t fromNs = 0;
    std::int64_t toNs = 0;

    [[nodiscard]] bool empty() const { return toNs <= fromNs; }
    [[nodiscard]] std::int64_t length() const { return empty() ? 0 : toNs - fromNs; }
    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// Tracks above each other on one time axis: lanes of blocks, counters as lines, an overview of the whole run. Times are
/// nanoseconds from the start of the run. GUI thread only. Changes are drawn at most 30 times a second.
///
/// Mouse: wheel zooms around the pointer (Shift pans), drag pans, Shift drag or a drag on the overview selects a range, a drag
/// of the range's grip changes it, double click fits. Keys: arrows pan, + and - zoom, Home fits, End follows, Escape clears. A click on
/// a grip, or the keys [ and ], take the range's start or end (without a range: what is in view becomes one); arrows then move
/// that edge, Shift ten steps, until Escape.
class LanePlot : public QCustomPlot
{
    Q_OBJECT

public:
    explicit LanePlot(QWidget* parent = nullptr);
    ~LanePlot() override;

    // Tracks, top to bottom in the order of the calls. The returned index names the track in all calls below.
    int addBlockTrack(const TrackSpec& spec, LaneInk ink);
    int addStepTrack(const TrackSpec& spec);
    /// A counter that the system does not give: an empty lane that says why.
    int addUnavailableTrack(const TrackSpec& spec, const QString& reason);
    /// The whole run above the time axis (one dot per sample); call before the other tracks.
    void addOverview(const TrackSpec& spec);
    void removeAllTracks();
    [[nodiscard]] int trackCount() const { return static_cast<int>(m_tracks.size()); }
    [[nodiscard]] LaneBlocks* blockTrack(int track) const; ///< null if it is no block track
    [[nodiscard]] StepTrack* stepTrack(int track) const;   ///< null if it is no counter
    [[nodiscard]] TrackRect* trackRect(int track) const;

    // Data, in batches; cheap to call at any rate.
    void appendBlocks(int track, std::span<const LaneBlock> blocks);
    void appendSamples(int track, int series, std::span<const StepSample> samples);
    void appendOverview(std::span<const StepSample> samples, bool warned = false);
    void clearData();
    /// Says that the run has lasted this long although nothing happened.
    void extendTo(std::int64_t endNs);
    /// Hatched stretches (throttled), through all tracks.
    void setThrottled(const QList<TimeSpan>& spans);

    // What is shown.
    [[nodiscard]] TimeSpan content() const { return m_content; }
    [[nodiscard]] TimeSpan visibleSpan() const { return m_visible; }
    void setVisibleSpan(TimeSpan span);
    void fit();
    /// Zooms by `factor` (< 1: closer) around a time.
    void zoomAt(std::int64_t aroundNs, double factor);
    void zoomToSelection();
    /// Keeps the newest data in view, with the present span (or `spanNs`). Panning and zooming back end it.
    void setFollowLive(bool follow, std::int64_t spanNs = 0);
    [[nodiscard]] bool followsLive() const { return m_follow; }

    // Range.
    [[nodiscard]] TimeSpan selection() const { return m_selection; }
    void setSelection(TimeSpan span);
    void clearSelection();
    /// Text of the range's flag; default: start, end, length.
    using RangeText = std::function<QString(TimeSpan span)>;
    void setRangeText(RangeText text);
    /// Where an edge goes when it is moved by `steps` (negative: to the left) with the keys; default: by pixels.
    using EdgeStep = std::function<std::int64_t(std::int64_t timeNs, bool isEnd, int steps)>;
    void setEdgeStep(EdgeStep step) { m_edgeStep = std::move(step); }
    enum class Edge { None, Start, End };
    /// The edge that the arrow keys move.
    [[nodiscard]] Edge activeEdge() const { return m_activeEdge; }

    /// Lines of the box at the crosshair (first one bold; none: no box). `track` is -1 outside tracks, `block` is the block under
    /// the pointer.
    using Readout = std::function<QStringList(std::int64_t timeNs, int track, const LaneBlock* block)>;
    void setReadout(Readout readout);
    [[nodiscard]] std::optional<std::int64_t> crosshairNs() const { return m_crosshair; }
    /// Shows the crosshair at a time without the pointer (linked plots); nothing hides it.
    void setCrosshair(std::optional<std::int64_t> timeNs);

    // Geometry.
    [[nodiscard]] QRect plotArea() const; ///< all tracks without gutter and overview
    [[nodiscard]] double xOf(std::int64_t timeNs) const;
    [[nodiscard]] std::int64_t timeAt(double x) const;
    [[nodiscard]] int trackAt(const QPoint& at) const; ///< -1: none
    /// The block of the track under a point (4 px tolerance).
    [[nodiscard]] const LaneBlock* blockAt(const QPoint& at) const;
    [[nodiscard]] int contentHeight() const; ///< sum of all heights, for a scroll area

Q_SIGNALS:
    void visibleSpanChanged(nordlys::studio::TimeSpan span);
    void selectionChanged(nordlys::studio::TimeSpan span);  ///< while dragging, too; empty: cleared
    void selectionFinished(nordlys::studio::TimeSpan span); ///< the mouse was released or the range set by key
    void followLiveChanged(bool follow);
    void crosshairMoved(std::int64_t timeNs);
    void blockClicked(int track, nordlys::studio::LaneBlock block);
    void blockActivated(int track, nordlys::studio::LaneBlock block); ///< double click on a block

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    friend class LaneOverlay;
    friend class LaneUnderlay;
    enum class Drag { None, Pending, Pan, Select, SelectOverview };
    struct Track {
        TrackRect* rect = nullptr;
        LaneBlocks* blocks = nullptr;
        std::unique_ptr<StepTrack> steps;
    };

    int addTrack(const TrackSpec& spec);
    void applyTheme();
    void applyVisible();
    void grow(std::int64_t startNs, std::int64_t endNs);
    void followNow();
    void stopFollowing();
    void scheduleReplot(bool overlayOnly = false);
    void flushReplot();
    void relayout();
    [[nodiscard]] bool onOverview(const QPoint& at) const;
    [[nodiscard]] std::int64_t overviewTimeAt(double x) const;
    [[nodiscard]] double overviewX(std::int64_t timeNs) const;
    [[nodiscard]] int selectionEdgeAt(const QPoint& at) const; ///< 0 none, 1 start, 2 end
    void dragTo(const QPoint& at);
    void finishSelection();
    void takeEdge(Edge edge);
    void moveEdge(int steps);
    bool edgeKey(QKeyEvent* event);

    std::vector<Track> m_tracks;
    TrackRect* m_overview = nullptr;
    TrackRect* m_axisRow = nullptr;
    QCPGraph* m_overviewDots = nullptr;
    QCPGraph* m_overviewWarned = nullptr;
    QCPRange m_overviewValues;
    bool m_overviewHasValues = false;
    QSharedPointer<QCPAxisTicker> m_timeTicker;
    QSharedPointer<QCPAxisTicker> m_overviewTicker;
    LaneUnderlay* m_underlay = nullptr;
    LaneOverlay* m_overlay = nullptr;

    TimeSpan m_content;
    TimeSpan m_visible{0, 1'000'000'000};
    TimeSpan m_selection;
    QList<TimeSpan> m_throttled;
    std::optional<std::int64_t> m_crosshair;
    QPoint m_pointer{-1, -1};
    RangeText m_rangeText;
    EdgeStep m_edgeStep;
    Edge m_activeEdge = Edge::None;
    Readout m_readout;
    bool m_follow = false;
    bool m_fitted = true; ///< everything is shown; new data keeps it so

    Drag m_drag = Drag::None;
    bool m_pressedOverview = false;
    bool m_edgeTaken = false; ///< the press was on a grip
    QPoint m_pressedAt;
    TimeSpan m_pressedVisible;
    std::int64_t m_anchorNs = 0;

    QTimer m_replotTimer;
    QElapsedTimer m_sinceReplot;
    bool m_overlayOnly = true;
};

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "qcp.h"
#include "track.h"

namespace nordlys::studio {

class TrackRect;

/// One sample of a counter. A value that is not finite is a gap.
struct StepSample {
    std::int64_t timeNs = 0;
    double value = 0.0;
};

struct SeriesSpec {
    QString name;
    LaneInk ink = LaneInk::Text2;
    bool main = true;    ///< 2 px solid; others 1.5 px dashed
    bool stepped = true; ///< clocks jump; temperatures are joined
    int decimals = 2;    ///< of the value in the direct label
};

/// Counters of one track as lines with direct labels. Created by LanePlot::addStepTrack(), data through
/// LanePlot::appendSamples().
class StepTrack
{
public:
    explicit StepTrack(TrackRect* rect);

    /// Index of the new series.
    int addSeries(const SeriesSpec& spec);
    [[nodiscard]] int seriesCount() const { return static_cast<int>(m_series.size()); }
    [[nodiscard]] const SeriesSpec& series(int index) const { return m_series[static_cast<std::size_t>(index)].spec; }

    /// Samples later than the ones before (earlier ones are sorted in). Unknown series are ignored.
    void append(int series, std::span<const StepSample> samples);
    void clear();

    /// A dashed line in `error` with its text: a trip point.
    void setLimit(double value, const QString& text);
    [[nodiscard]] std::optional<double> limit() const { return m_limit; }
    [[nodiscard]] const QString& limitText() const { return m_limitText; }

    /// Whether the value axis begins at zero (clocks) or near the smallest value (temperatures). Default: true.
    void setFromZero(bool fromZero);

    /// Last sample at or before a time; nothing before the first one or in a gap.
    [[nodiscard]] std::optional<double> valueAt(int series, std::int64_t timeNs) const;
    [[nodiscard]] std::int64_t endNs() const { return m_endNs; }
    [[nodiscard]] bool empty() const;
    [[nodiscard]] TrackRect* rect() const { return m_rect; }

    void applyTheme();

private:
    struct Series {
        SeriesSpec spec;
        QCPGraph* graph = nullptr;
    };
    void fitValues();

    TrackRect* m_rect;
    std::vector<Series> m_series;
    std::optional<double> m_limit;
    QString m_limitText;
    QCPRange m_values;
    bool m_hasValues = false;
    bool m_fromZero = true;
    std::int64_t m_endNs = 0;
};

} // namespace nordlys::studio

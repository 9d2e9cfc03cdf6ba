// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "qcp.h"
#include "track.h"

namespace nordlys::studio {

constexpr int laneGutterPx = 150;
constexpr int laneRightPx = 12;

/// Axis rectangle of one track: canvas background, gutter label at the left, line below, grid of the shared time axis.
class TrackRect : public QCPAxisRect
{
    Q_OBJECT

public:
    TrackRect(QCustomPlot* plot, const TrackSpec& spec, const QSharedPointer<QCPAxisTicker>& timeTicker);

    [[nodiscard]] const TrackSpec& spec() const { return m_spec; }
    void setUnit(const QString& unit);
    /// Text over the lane instead of values: why a counter is absent. Empty: none.
    void setNote(const QString& note);
    [[nodiscard]] const QString& note() const { return m_note; }
    /// Shows numbers at the left axis (at most 6).
    void setValueTicks(bool on);
    /// Time labels above the rectangle.
    void setTimeLabels(bool on);
    /// Colours and fonts of the theme in use.
    void applyTheme();

    [[nodiscard]] QCPAxis* timeAxis() const { return axis(QCPAxis::atBottom); }
    [[nodiscard]] QCPAxis* valueAxis() const { return axis(QCPAxis::atLeft); }

protected:
    void draw(QCPPainter* painter) override;

private:
    TrackSpec m_spec;
    QString m_note;
    bool m_valueTicks = false;
};

} // namespace nordlys::studio

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "qcp.h"

namespace nordlys::studio {

class LanePlot;

/// What lies below the data, through all tracks: throttled stretches (hatched) and the selected range (7 % accent).
class LaneUnderlay : public QCPLayerable
{
    Q_OBJECT

public:
    LaneUnderlay(LanePlot* plot, const QString& layer);

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
    void draw(QCPPainter* painter) override;

private:
    LanePlot* m_plot;
};

/// What lies above the data: limits, direct labels, range line with grip and flag, crosshair, read-out box.
class LaneOverlay : public QCPLayerable
{
    Q_OBJECT

public:
    LaneOverlay(LanePlot* plot, const QString& layer);

protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override;
    void draw(QCPPainter* painter) override;

private:
    void drawSeriesLabels(QCPPainter* painter) const;
    void drawRange(QCPPainter* painter) const;
    void drawOverview(QCPPainter* painter) const;
    void drawCrosshair(QCPPainter* painter) const;
    void drawReadout(QCPPainter* painter, const QPoint& at, const QStringList& lines) const;
    void drawPlate(QCPPainter* painter, const QRect& rect, const QString& text, const QColor& ink) const;

    LanePlot* m_plot;
};

} // namespace nordlys::studio

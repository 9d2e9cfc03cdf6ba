// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "histogram_plot.h"

#include <QPainter>

namespace nordlys::studio {

/// Draws a HistogramPlot once. The work is bounded by the width in pixels and the number of bins.
class HistogramPainter {
public:
    explicit HistogramPainter(HistogramPlot &plot);
    void paint();

private:
    void grid();
    void bars();
    void seen();
    void curve();
    void marks();
    void handle(HistogramPlot::Handle handle);
    [[nodiscard]] double yOf(double count) const;

    HistogramPlot &m_plot;
    QPainter m_painter;
    QRect m_area;
    double m_top = 1; ///< decades above the base line
};

/// Decimals that tell both ends of a range apart from their neighbours: two for ordinary ranges, more for narrow ones.
int rangeDecimals(const std::pair<double, double> &range);

} // namespace nordlys::studio

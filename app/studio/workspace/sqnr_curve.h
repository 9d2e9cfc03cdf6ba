// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/quantization/encoding.h>
#include <core/quantization/grid_cost.h>

#include <QList>
#include <QPointF>

namespace nordlys::studio {

/// What a histogram's values weigh, computed once for many grids.
struct HistogramCost {
    explicit HistogramCost(const core::Histogram &histogram);
    core::OccupiedBins bins;
    double signal = 0; ///< sum w x^2 over the bins' centres
};

/// SQNR in dB that a tensor's own quantization would leave if its maximum were another one: 10 log10(sum w x^2 / sum w (x - dq(x))^2) with x the centres of
/// the histogram's bins, for `points` maxima evenly spaced up to `to`. The minimum stays where it is; of a symmetric encoding it follows. Empty where the
/// encoding has not one grid, or there is nothing above zero.
QList<QPointF> sqnrOverMax(const HistogramCost &cost, const core::Encoding &encoding, double to, int points = 96);

} // namespace nordlys::studio

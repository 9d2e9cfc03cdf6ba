// SPDX-License-Identifier: GPL-3.0-or-later
#include "sqnr_curve.h"

#include "encoding_edits.h"

#include <cmath>

namespace nordlys::studio {

HistogramCost::HistogramCost(const core::Histogram &histogram) : bins(histogram)
{
    for (std::size_t i = 0; i < histogram.bins(); ++i)
        signal += histogram.weights[i] * histogram.centre(i) * histogram.centre(i);
}

QList<QPointF> sqnrOverMax(const HistogramCost &cost, const core::Encoding &encoding, double to, int points)
{
    QList<QPointF> curve;
    if (encoding.isFloat || encoding.grids.size() != 1 || !(to > 0) || !(cost.signal > 0))
        return curve;
    const core::RangeRule rule = ruleOf(encoding);
    const core::Grid &now = encoding.grids.front();
    for (int i = 1; i <= points; ++i) {
        const double max = to * i / points;
        const double min = !encoding.symmetric ? now.min : now.zeroPoint == 0 ? 0 : -max;
        const auto grid = core::gridFromRange(min, max, rule);
        if (!grid)
            continue;
        const double noise = cost.bins.cost(*grid, 1);
        if (noise > 1e-18 * cost.signal) // what is less is rounding
            curve.append({max, 10 * std::log10(cost.signal / noise)});
    }
    return curve;
}

} // namespace nordlys::studio

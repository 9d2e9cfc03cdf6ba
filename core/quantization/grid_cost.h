// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoding.h"
#include "histogram.h"

#include <vector>

namespace nordlys::core {

/// The bins that hold something, as arrays for the inner loop of range searches: centres and weights, filled up with weightless ones to whole lanes.
class OccupiedBins {
public:
    explicit OccupiedBins(const Histogram &histogram);
    /// sum w (x - dq(x))^2 over bins inside grid.min .. grid.max, gamma w (x - limit)^2 over those outside. Codes are multiples of the scale. The
    /// order of the sums is fixed.
    [[nodiscard]] double cost(const Grid &grid, double gamma) const;

private:
    std::vector<double> m_centres, m_weights;
};

} // namespace nordlys::core

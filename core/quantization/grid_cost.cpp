// SPDX-License-Identifier: Apache-2.0
#include "grid_cost.h"

#include <algorithm>
#include <array>

namespace nordlys::core {

namespace {

constexpr std::size_t kLanes = 8;
// Adding and subtracting 1.5 * 2^52 rounds a double below 2^51 to the nearest integer, in two instructions that every CPU has for vectors. Ties go to
// the even neighbour; the error is the same on both sides of a tie.
constexpr double kRounder = 6755399441055744.0;

} // namespace

OccupiedBins::OccupiedBins(const Histogram &histogram)
{
    for (std::size_t i = 0; i < histogram.bins(); ++i) {
        if (histogram.weights[i] > 0) {
            m_centres.push_back(histogram.centre(i));
            m_weights.push_back(histogram.weights[i]);
        }
    }
    const std::size_t whole = (m_centres.size() + kLanes - 1) / kLanes * kLanes;
    m_centres.resize(whole);
    m_weights.resize(whole);
}

double OccupiedBins::cost(const Grid &grid, double gamma) const
{
    std::array<double, kLanes> sums{};
    const double low = grid.min, high = grid.max, scale = grid.scale, inverse = 1 / grid.scale;
    for (std::size_t i = 0; i < m_centres.size(); i += kLanes) {
        const double *x = m_centres.data() + i, *weight = m_weights.data() + i;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const double inside = std::min(std::max(x[lane], low), high);
            const double clipped = x[lane] - inside;
            // A value outside has the limit, a code, as `inside`: its rounding error vanishes up to the last bit.
            const double rounded = ((inside * inverse + kRounder) - kRounder) * scale;
            const double error = clipped != 0 ? 0 : inside - rounded;
            sums[lane] += weight[lane] * (error * error + gamma * (clipped * clipped));
        }
    }
    double total = 0;
    for (const double sum : sums)
        total += sum;
    return total;
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "grid_cost.h"
#include "range_methods.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace nordlys::core {

namespace {

constexpr double kGamma = 3, kMinimumWidth = 0.01;

class Candidates {
public:
    Candidates(const Histogram &histogram, const RangeRule &rule)
        : m_bins(histogram), m_steps(std::ldexp(1.0, rule.bitwidth) - (rule.strictSymmetric ? 2 : 1))
    {
    }

    /// `offset` is a whole number from -steps to 0.
    void attempt(double scale, double offset)
    {
        if (!(scale > 0) || !std::isfinite(scale))
            return;
        const Grid grid{scale * offset, scale * (offset + m_steps), scale, static_cast<std::int64_t>(-offset)};
        const double cost = m_bins.cost(grid, kGamma);
        if (cost < m_lowest || !m_best) {
            m_lowest = cost;
            m_best = grid;
        }
    }

    void asymmetric(double low, double high)
    {
        const double scale = (high - low) / m_steps, offset = std::round(low / scale);
        attempt(scale, offset);
        low = scale * offset;
        high = low + scale * m_steps;
        for (int k = 1; k <= 17; ++k) {
            for (int i = 0; i <= 20; ++i) {
                const double tried = scale * k / 16, from = tried * std::round(-m_steps + i * m_steps / 20), to = from + tried * m_steps;
                if (from < low && to > high)
                    continue;
                const double clampedFrom = std::max(low, from), clampedTo = std::min(high, to);
                if (!(clampedTo > clampedFrom))
                    continue;
                const double clampedScale = (clampedTo - clampedFrom) / m_steps;
                attempt(clampedScale, std::clamp(std::round(clampedFrom / clampedScale), -m_steps, 0.0));
            }
        }
    }

    void symmetric(double largestScale, double offset)
    {
        for (int k = 1; k <= 101; ++k)
            attempt(largestScale * k / 100, offset);
    }

    [[nodiscard]] double steps() const { return m_steps; }
    Expected<Grid> best() const
    {
        if (!m_best)
            return badInput("encoding", "the range is too wide for a finite scale");
        return *m_best;
    }

private:
    OccupiedBins m_bins;
    double m_steps;
    double m_lowest = std::numeric_limits<double>::infinity();
    std::optional<Grid> m_best;
};

} // namespace

Expected<Grid> sqnrGrid(const Histogram &histogram, const RangeRule &rule)
{
    const auto occupied = occupiedBins(histogram);
    if (!occupied)
        return gridFromRange(-1, 1, rule);
    const double low = std::min(0.0, histogram.edge(occupied->first));
    const double high = std::max({0.0, histogram.edge(occupied->last + 1), low + kMinimumWidth});
    Candidates candidates(histogram, rule);
    if (rule.unsignedSymmetric)
        candidates.symmetric(high / candidates.steps(), 0);
    else if (rule.symmetric || rule.strictSymmetric)
        candidates.symmetric(2 * std::max(-low, high) / candidates.steps(), std::floor(-candidates.steps() / 2));
    else
        candidates.asymmetric(low, high);
    return candidates.best();
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "grid_cost.h"
#include "range_methods.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace nordlys::core {

namespace {

constexpr std::size_t kRaster = 64; // edges on one side that are tried at first

/// Distances of the limits from zero, ascending.
struct Edges {
    std::vector<double> negative{0.0}, positive{0.0};
};

Edges edgesOf(const Histogram &histogram)
{
    Edges edges;
    // Bins that hold nothing (a first batch's are three times as wide as its range) would only offer grids whose codes happen to be bin centres.
    const auto span = occupiedBins(histogram);
    for (std::size_t i = span ? span->first : 0; span && i <= span->last + 1; ++i) {
        const double edge = histogram.edge(i);
        if (edge > 0)
            edges.positive.push_back(edge);
        else if (edge < 0)
            edges.negative.push_back(-edge);
    }
    std::reverse(edges.negative.begin() + 1, edges.negative.end());
    return edges;
}

struct Best {
    double cost = std::numeric_limits<double>::infinity();
    std::size_t a = 0, b = 0;
    std::optional<Grid> grid;
};

class Search {
public:
    Search(const Histogram &histogram, const RangeRule &rule, std::vector<double> negative, std::vector<double> positive)
        : m_bins(histogram), m_rule(rule), m_negative(std::move(negative)), m_positive(std::move(positive))
    {
    }

    Expected<Grid> run()
    {
        std::size_t step = 1;
        while (std::max(m_negative.size(), m_positive.size()) > kRaster * step + 1)
            step *= 2;
        for (std::size_t a = 0; a < m_negative.size() + step - 1; a += step) {
            for (std::size_t b = 0; b < m_positive.size() + step - 1; b += step)
                NORDLYS_TRY(attempt(std::min(a, m_negative.size() - 1), std::min(b, m_positive.size() - 1)));
        }
        while (step > 1) {
            step /= 2;
            const Best centre = m_best;
            for (int i = -2; i <= 2; ++i) {
                for (int k = -2; k <= 2; ++k)
                    NORDLYS_TRY(attempt(moved(centre.a, i, step, m_negative), moved(centre.b, k, step, m_positive)));
            }
        }
        return *m_best.grid;
    }

private:
    static std::size_t moved(std::size_t from, int by, std::size_t step, const std::vector<double> &edges)
    {
        const auto to = static_cast<std::int64_t>(from) + by * static_cast<std::int64_t>(step);
        return static_cast<std::size_t>(std::clamp<std::int64_t>(to, 0, static_cast<std::int64_t>(edges.size()) - 1));
    }

    Expected<void> attempt(std::size_t a, std::size_t b)
    {
        auto grid = gridFromRange(-m_negative[a], m_positive[b], m_rule);
        NORDLYS_TRY(grid);
        const double cost = m_bins.cost(*grid, 1);
        if (cost < m_best.cost || !m_best.grid)
            m_best = {cost, a, b, *grid};
        return {};
    }

    OccupiedBins m_bins;
    RangeRule m_rule;
    std::vector<double> m_negative, m_positive;
    Best m_best;
};

} // namespace

Expected<Grid> mseGrid(const Histogram &histogram, const RangeRule &rule)
{
    Edges edges = edgesOf(histogram);
    if (rule.unsignedSymmetric)
        return Search(histogram, rule, {0.0}, std::move(edges.positive)).run();
    if (!rule.symmetric && !rule.strictSymmetric)
        return Search(histogram, rule, std::move(edges.negative), std::move(edges.positive)).run();
    // gridFromRange takes the larger magnitude: one list of magnitudes says all.
    std::vector<double> magnitudes = std::move(edges.positive);
    magnitudes.insert(magnitudes.end(), edges.negative.begin() + 1, edges.negative.end());
    std::sort(magnitudes.begin(), magnitudes.end());
    magnitudes.erase(std::unique(magnitudes.begin(), magnitudes.end()), magnitudes.end());
    return Search(histogram, rule, {0.0}, std::move(magnitudes)).run();
}

} // namespace nordlys::core

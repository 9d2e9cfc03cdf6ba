// SPDX-License-Identifier: Apache-2.0
#include "range_methods.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace nordlys::core {

namespace {

constexpr double kEmptyBin = 1e-4;

/// Each bin's weight half at its centre and half at the mirrored centre, in bins of the same width about zero.
Histogram mirrored(const Histogram &histogram, const BinSpan &span)
{
    const double reach = std::max(std::abs(histogram.edge(span.first)), std::abs(histogram.edge(span.last + 1)));
    const auto half = static_cast<std::size_t>(std::max(1.0, std::ceil(reach / histogram.width - 1e-9)));
    Histogram result{-static_cast<double>(half) * histogram.width, histogram.width, std::vector<double>(2 * half)};
    for (std::size_t i = span.first; i <= span.last; ++i) {
        const auto distance = std::min(half - 1, static_cast<std::size_t>(std::abs(histogram.centre(i)) / histogram.width));
        result.weights[half + distance] += histogram.weights[i] / 2;
        result.weights[half - 1 - distance] += histogram.weights[i] / 2;
    }
    return result;
}

/// Exact zeros (half of what a Relu gives) are a code in every grid: no width of the window blurs them. Their bin counts as the fuller one of its
/// neighbours, or merging it would decide alone.
Histogram withoutZeros(Histogram histogram)
{
    for (std::size_t i = 0; i < histogram.bins(); ++i) {
        if (histogram.edge(i) > 0 || histogram.edge(i + 1) <= 0)
            continue;
        const double below = i > 0 ? histogram.weights[i - 1] : 0, above = i + 1 < histogram.bins() ? histogram.weights[i + 1] : 0;
        if (const double neighbour = std::max(below, above); neighbour > 0)
            histogram.weights[i] = std::min(histogram.weights[i], neighbour);
    }
    return histogram;
}

void fillEmptyBins(std::vector<double> &distribution)
{
    const auto empty = static_cast<double>(std::count(distribution.begin(), distribution.end(), 0.0));
    const double others = static_cast<double>(distribution.size()) - empty;
    if (empty == 0 || others == 0)
        return;
    const double taken = kEmptyBin * empty / others;
    const bool stayPositive = std::all_of(distribution.begin(), distribution.end(), [&](double part) { return part == 0 || part > taken; });
    for (double &part : distribution)
        part = part == 0 ? kEmptyBin : part - (stayPositive ? taken : 0);
}

/// The window is first .. last, `last` included.
class Windows {
public:
    Windows(const Histogram &histogram, std::size_t levels) : m_histogram(histogram), m_levels(levels) {}

    /// Infinity where the window itself holds nothing.
    double divergence(std::size_t first, std::size_t last)
    {
        const std::vector<double> &weights = m_histogram.weights;
        const std::size_t bins = last - first + 1;
        m_p.assign(weights.begin() + static_cast<std::ptrdiff_t>(first), weights.begin() + static_cast<std::ptrdiff_t>(last) + 1);
        m_q.assign(bins, 0.0);
        for (std::size_t begin = 0; begin < bins;) {
            const std::size_t level = begin * m_levels / bins;
            std::size_t end = begin, holding = 0;
            double sum = 0;
            for (; end < bins && end * m_levels / bins == level; ++end) {
                sum += m_p[end];
                holding += m_p[end] > 0 ? 1 : 0;
            }
            for (std::size_t i = begin; i < end; ++i)
                m_q[i] = m_p[i] > 0 ? sum / static_cast<double>(holding) : 0;
            begin = end;
        }
        if (std::accumulate(m_q.begin(), m_q.end(), 0.0) == 0)
            return std::numeric_limits<double>::infinity();
        m_p.front() += std::accumulate(weights.begin(), weights.begin() + static_cast<std::ptrdiff_t>(first), 0.0);
        m_p.back() += std::accumulate(weights.begin() + static_cast<std::ptrdiff_t>(last) + 1, weights.end(), 0.0);
        fillEmptyBins(m_p);
        fillEmptyBins(m_q);
        const double totalP = std::accumulate(m_p.begin(), m_p.end(), 0.0), totalQ = std::accumulate(m_q.begin(), m_q.end(), 0.0);
        double sum = 0;
        for (std::size_t i = 0; i < bins; ++i) {
            if (m_p[i] > 0 && m_q[i] > 0)
                sum += m_p[i] / totalP * std::log(m_p[i] / totalP * (totalQ / m_q[i]));
        }
        return sum;
    }

    /// One step smaller; false where the window cannot shrink.
    bool shrink(std::size_t &first, std::size_t &last, bool symmetric) const
    {
        const std::vector<double> &weights = m_histogram.weights;
        if (last - first < 2)
            return false;
        // Zero stays inside: the left edge must not come to lie above it, the right one not below.
        const auto leftMay = [&](std::size_t bins) { return symmetric || m_histogram.edge(first + bins) <= 0; };
        const auto rightMay = [&](std::size_t bins) { return symmetric || m_histogram.edge(last + 1 - bins) >= 0; };
        const double both = weights[first] + weights[last];
        const double left = weights[first] + weights[first + 1], right = weights[last] + weights[last - 1];
        constexpr double never = std::numeric_limits<double>::infinity();
        const double costs[] = {leftMay(1) && rightMay(1) ? both : never, !symmetric && leftMay(2) ? left : never,
                                !symmetric && rightMay(2) ? right : never};
        const auto cheapest = std::min_element(std::begin(costs), std::end(costs)) - std::begin(costs);
        if (costs[cheapest] == never)
            return false;
        first += cheapest == 0 ? 1 : cheapest == 1 ? 2 : 0;
        last -= cheapest == 0 ? 1 : cheapest == 2 ? 2 : 0;
        return true;
    }

private:
    const Histogram &m_histogram;
    std::size_t m_levels;
    std::vector<double> m_p, m_q;
};

} // namespace

Range entropyRange(const Histogram &given, bool symmetric, std::size_t levels)
{
    const auto occupied = occupiedBins(given);
    if (!occupied)
        return {0, 0};
    const Histogram plain = withoutZeros(given);
    const Histogram histogram = symmetric ? mirrored(plain, *occupied) : plain;
    std::size_t first = symmetric ? 0 : occupied->first, last = symmetric ? histogram.bins() - 1 : occupied->last;
    Range best{histogram.edge(first), histogram.edge(last + 1)};
    double lowest = std::numeric_limits<double>::infinity();
    Windows windows(histogram, levels);
    while (last - first + 1 >= levels) {
        const double divergence = windows.divergence(first, last);
        if (!std::isfinite(divergence))
            break; // all of it lies outside: smaller windows hold nothing either
        if (divergence < lowest) {
            lowest = divergence;
            best = {histogram.edge(first), histogram.edge(last + 1)};
        }
        if (!windows.shrink(first, last, symmetric))
            break;
    }
    return best;
}

} // namespace nordlys::core

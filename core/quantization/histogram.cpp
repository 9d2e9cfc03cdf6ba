// SPDX-License-Identifier: Apache-2.0
#include "histogram.h"

#include <algorithm>
#include <cmath>

namespace nordlys::core {

namespace {

constexpr double kMinimumWidth = 0.01;
constexpr std::uint64_t kMaxCount = std::uint64_t(1) << 53; // what a double and JSON hold exactly

std::int64_t binOf(double value, int exponent)
{
    constexpr double far = 1e9; // far outside of all bins, and an integer
    return static_cast<std::int64_t>(std::clamp(std::floor(std::ldexp(value, -exponent)), -far, far));
}

std::int64_t floorShift(std::int64_t value, int shift) { return shift > 40 ? (value < 0 ? -1 : 0) : value >> shift; }

} // namespace

std::string_view nameOf(HistogramMode mode) { return mode == HistogramMode::Growing ? "growing" : "first-batch"; }

std::optional<HistogramMode> histogramModeFromName(std::string_view name)
{
    for (const HistogramMode mode : {HistogramMode::Growing, HistogramMode::FirstBatch}) {
        if (nameOf(mode) == name)
            return mode;
    }
    return std::nullopt;
}

std::optional<BinSpan> occupiedBins(const Histogram &histogram)
{
    const auto holds = [](double weight) { return weight > 0; };
    const auto first = std::find_if(histogram.weights.begin(), histogram.weights.end(), holds);
    if (first == histogram.weights.end())
        return std::nullopt;
    const auto last = std::find_if(histogram.weights.rbegin(), histogram.weights.rend(), holds);
    return BinSpan{static_cast<std::size_t>(first - histogram.weights.begin()),
                   static_cast<std::size_t>(histogram.weights.rend() - last) - 1};
}

bool GrowingHistogram::covers(float min, float max) const
{
    const auto bins = static_cast<std::int64_t>(m_counts.size());
    return bins > 0 && binOf(static_cast<double>(min), m_exponent) >= m_first && binOf(static_cast<double>(max), m_exponent) < m_first + bins;
}

void GrowingHistogram::cover(float min, float max)
{
    const double low = std::min(0.0, static_cast<double>(min)), high = std::max(0.0, static_cast<double>(max));
    int exponent = m_exponent;
    std::int64_t first = 0, last = 0;
    // Eleven bits below the larger end are too fine always; the loop takes two or three steps from there.
    if (const double magnitude = std::max(-low, high); magnitude > 0)
        exponent = std::max(exponent, std::min(std::ilogb(magnitude) - 11, greatestExponent));
    for (;; ++exponent) {
        const int shift = exponent - m_exponent;
        first = binOf(low, exponent);
        last = binOf(high, exponent);
        if (!m_counts.empty()) {
            first = std::min(first, floorShift(m_first, shift));
            last = std::max(last, floorShift(m_first + static_cast<std::int64_t>(m_counts.size()) - 1, shift));
        }
        if (last - first < maxBins)
            break;
    }
    coarsenTo(exponent);
    widenTo(first, last);
}

void GrowingHistogram::coarsenTo(int exponent)
{
    const int shift = exponent - m_exponent;
    m_exponent = exponent;
    if (shift == 0 || m_counts.empty())
        return;
    const std::int64_t first = floorShift(m_first, shift);
    std::vector<std::uint64_t> coarse(
        static_cast<std::size_t>(floorShift(m_first + static_cast<std::int64_t>(m_counts.size()) - 1, shift) - first + 1));
    for (std::size_t i = 0; i < m_counts.size(); ++i)
        coarse[static_cast<std::size_t>(floorShift(m_first + static_cast<std::int64_t>(i), shift) - first)] += m_counts[i];
    m_counts = std::move(coarse);
    m_first = first;
}

void GrowingHistogram::widenTo(std::int64_t first, std::int64_t last)
{
    if (m_counts.empty())
        m_first = first;
    if (first < m_first) {
        m_counts.insert(m_counts.begin(), static_cast<std::size_t>(m_first - first), 0);
        m_first = first;
    }
    m_counts.resize(std::max(m_counts.size(), static_cast<std::size_t>(last - m_first + 1)));
}

void GrowingHistogram::merge(const GrowingHistogram &other)
{
    if (other.m_counts.empty())
        return;
    if (m_counts.empty()) {
        *this = other;
        return;
    }
    GrowingHistogram added = other;
    int exponent = std::max(m_exponent, other.m_exponent);
    const auto lastOf = [](const GrowingHistogram &one, int to) {
        return floorShift(one.m_first + static_cast<std::int64_t>(one.m_counts.size()) - 1, to - one.m_exponent);
    };
    const auto firstOf = [](const GrowingHistogram &one, int to) { return floorShift(one.m_first, to - one.m_exponent); };
    while (std::max(lastOf(*this, exponent), lastOf(other, exponent)) - std::min(firstOf(*this, exponent), firstOf(other, exponent)) >= maxBins)
        ++exponent;
    coarsenTo(exponent);
    added.coarsenTo(exponent);
    widenTo(std::min(m_first, added.m_first), added.m_first + static_cast<std::int64_t>(added.m_counts.size()) - 1);
    const auto offset = static_cast<std::size_t>(added.m_first - m_first);
    for (std::size_t i = 0; i < added.m_counts.size(); ++i)
        m_counts[offset + i] += added.m_counts[i];
}

GrowingHistogram GrowingHistogram::emptied() const
{
    GrowingHistogram result = *this;
    std::fill(result.m_counts.begin(), result.m_counts.end(), 0);
    return result;
}

void GrowingHistogram::trim()
{
    const auto holds = [](std::uint64_t count) { return count > 0; };
    const auto first = std::find_if(m_counts.begin(), m_counts.end(), holds);
    const auto last = std::find_if(m_counts.rbegin(), m_counts.rend(), holds).base();
    if (first == m_counts.end()) {
        *this = {};
        return;
    }
    m_first += first - m_counts.begin();
    m_counts = std::vector<std::uint64_t>(first, last);
}

Histogram GrowingHistogram::histogram() const
{
    GrowingHistogram trimmed = *this;
    trimmed.trim();
    Histogram result;
    if (trimmed.m_counts.empty())
        return result;
    result.width = std::ldexp(1.0, trimmed.m_exponent);
    result.start = static_cast<double>(trimmed.m_first) * result.width;
    for (const std::uint64_t count : trimmed.m_counts)
        result.weights.push_back(static_cast<double>(count));
    return result;
}

Expected<GrowingHistogram> GrowingHistogram::fromParts(int exponent, std::int64_t first, std::vector<std::uint64_t> counts, const std::string &what)
{
    const auto bins = static_cast<std::int64_t>(counts.size());
    if (exponent < leastExponent || exponent > greatestExponent || bins > maxBins || first < -maxBins || first > maxBins || first + bins > maxBins + 1)
        return badInput(what, "its bins are outside of what a histogram can have");
    if (std::any_of(counts.begin(), counts.end(), [](std::uint64_t count) { return count > kMaxCount; }))
        return badInput(what, "a bin holds too many values");
    GrowingHistogram result;
    result.m_exponent = exponent;
    result.m_first = first;
    result.m_counts = std::move(counts);
    return result;
}

FirstBatchHistogram::FirstBatchHistogram(double min, double max)
{
    const double range = std::max(max - min, kMinimumWidth);
    m_start = (min + max) / 2 - 1.5 * range;
    m_width = 3 * range / static_cast<double>(binCount);
    m_density.resize(binCount);
}

void FirstBatchHistogram::addBatch(std::span<const std::uint64_t> counts, std::uint64_t values)
{
    if (values == 0)
        return;
    ++m_batches;
    m_values += values;
    const auto n = static_cast<double>(m_batches);
    for (std::size_t i = 0; i < m_density.size() && i < counts.size(); ++i)
        m_density[i] = m_density[i] * (n - 1) / n + static_cast<double>(counts[i]) / (n * static_cast<double>(values));
}

Histogram FirstBatchHistogram::histogram() const
{
    Histogram result{m_start, m_width, m_density};
    for (double &weight : result.weights)
        weight *= static_cast<double>(m_values);
    return result;
}

Expected<FirstBatchHistogram> FirstBatchHistogram::fromParts(double start, double width, std::uint64_t batches, std::uint64_t values,
                                                             std::vector<double> density, const std::string &what)
{
    if (!std::isfinite(start) || !std::isfinite(width) || width <= 0 || density.size() != binCount || batches > kMaxCount || values > kMaxCount)
        return badInput(what, "its bins are outside of what a histogram can have");
    if (std::any_of(density.begin(), density.end(), [](double part) { return !(part >= 0 && part <= 1); }))
        return badInput(what, "a density is outside 0 to 1");
    FirstBatchHistogram result;
    result.m_start = start;
    result.m_width = width;
    result.m_batches = batches;
    result.m_values = values;
    result.m_density = std::move(density);
    return result;
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "median_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>

namespace nordlys::core {

namespace {

constexpr std::size_t kBlocks = 8;
constexpr double kStudent7 = 2.364624; // 97.5 % of Student's t with 7 degrees of freedom
constexpr double kNormal = 1.959964;   // 97.5 % of the normal distribution
constexpr double kLeastFloorNs = 100;  // two readings of the clock and what they cost
constexpr std::uint64_t kSamplesForInterval = 6;
constexpr double kSignificance = 0.05;

/// Numbers whose sequence does not depend on the standard library (its distributions do).
class Random {
public:
    explicit Random(std::uint64_t seed) : m_engine(seed) {}
    double uniform() { return (static_cast<double>(m_engine() >> 11U) + 0.5) * 0x1p-53; } // inside 0..1, never an end

    // Marsaglia's polar method.
    double normal()
    {
        for (;;) {
            const double u = 2 * uniform() - 1, v = 2 * uniform() - 1, s = u * u + v * v;
            if (s > 0 && s < 1)
                return u * std::sqrt(-2 * std::log(s) / s);
        }
    }
    // Marsaglia and Tsang 2000, shape >= 1.
    double gamma(double shape)
    {
        const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
        for (;;) {
            const double x = normal(), root = 1 + c * x;
            if (root <= 0)
                continue;
            const double v = root * root * root;
            if (std::log(uniform()) < 0.5 * x * x + d - d * v + d * std::log(v))
                return d * v;
        }
    }
    double beta(double alpha, double betaShape)
    {
        const double x = gamma(alpha), y = gamma(betaShape);
        return x / (x + y);
    }

private:
    std::mt19937_64 m_engine;
};

std::string percentText(double percent) { return fmt::format("{}{:.1f} %", percent < 0 ? "\u2212" : "+", std::abs(percent)); }

} // namespace

std::string nameOf(ChangeVerdict verdict)
{
    switch (verdict) {
    case ChangeVerdict::Faster: return "faster";
    case ChangeVerdict::Slower: return "slower";
    case ChangeVerdict::Same: return "same";
    case ChangeVerdict::Unknown: return "unknown";
    }
    return "unknown";
}

MedianRanks drawMedianRanks(std::uint64_t values, std::size_t draws, std::uint64_t seed)
{
    MedianRanks ranks{values, {}, {}};
    if (values == 0)
        return ranks;
    ranks.lower.reserve(draws);
    ranks.upper.reserve(draws);
    Random random(seed);
    const auto n = static_cast<double>(values);
    const std::uint64_t half = (values + 1) / 2;
    const auto k = static_cast<double>(half);
    const auto rankOf = [&](double u) {
        return static_cast<std::uint32_t>(std::min<std::uint64_t>(values - 1, static_cast<std::uint64_t>(u * n)));
    };
    for (std::size_t i = 0; i < draws; ++i) {
        const double u = random.beta(k, n - k + 1);
        ranks.lower.push_back(rankOf(u));
        // Given the k-th smallest of n uniform numbers, the next one is the smallest of n - k above it.
        ranks.upper.push_back(values % 2 == 1 ? ranks.lower.back()
                                              : rankOf(u + (1 - u) * (1 - std::pow(random.uniform(), 1 / (n - k)))));
    }
    return ranks;
}

double driftPercent(std::span<const double> inOrder, double median)
{
    if (inOrder.size() < 2 * kBlocks || !(median > 0))
        return 0;
    std::array<double, kBlocks> medians{};
    std::vector<double> block;
    for (std::size_t i = 0; i < kBlocks; ++i) {
        const std::size_t from = inOrder.size() * i / kBlocks, to = inOrder.size() * (i + 1) / kBlocks;
        block.assign(inOrder.begin() + static_cast<std::ptrdiff_t>(from), inOrder.begin() + static_cast<std::ptrdiff_t>(to));
        const auto middle = block.begin() + static_cast<std::ptrdiff_t>(block.size() / 2);
        std::nth_element(block.begin(), middle, block.end());
        medians[i] = block.size() % 2 == 1 ? *middle : (*middle + *std::max_element(block.begin(), middle)) / 2;
    }
    const double mean = std::accumulate(medians.begin(), medians.end(), 0.0) / kBlocks;
    double squares = 0;
    for (const double value : medians)
        squares += (value - mean) * (value - mean);
    return 100 * kStudent7 * std::sqrt(squares / (kBlocks - 1) / kBlocks) / median;
}

MedianChange estimateChange(std::vector<double> &a, std::vector<double> &b, const MedianRanks &ranksA, const MedianRanks &ranksB,
                            double leastFloorPercent)
{
    MedianChange change;
    std::vector<double> inOrderA, inOrderB;
    const bool wantsInterval = std::min(a.size(), b.size()) >= kSamplesForInterval && ranksA.values == a.size() &&
                               ranksB.values == b.size() && !ranksA.lower.empty();
    if (wantsInterval) {
        inOrderA = a;
        inOrderB = b;
    }
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    change.a = summarizeSorted(a);
    change.b = summarizeSorted(b);
    change.hasDelta = !a.empty() && !b.empty() && change.a.p50Ns > 0;
    if (!change.hasDelta)
        return change;
    change.deltaPercent = 100 * (change.b.p50Ns / change.a.p50Ns - 1);
    if (!wantsInterval)
        return change;

    std::vector<double> ratios;
    const std::size_t draws = std::min(ranksA.lower.size(), ranksB.lower.size());
    ratios.reserve(draws);
    for (std::size_t i = 0; i < draws; ++i) {
        const double medianA = (a[ranksA.lower[i]] + a[ranksA.upper[i]]) / 2;
        if (medianA > 0)
            ratios.push_back((b[ranksB.lower[i]] + b[ranksB.upper[i]]) / 2 / medianA);
    }
    std::sort(ratios.begin(), ratios.end());
    change.hasInterval = !ratios.empty();
    change.lowPercent = 100 * (percentileOfSorted(ratios, 2.5) - 1);
    change.highPercent = 100 * (percentileOfSorted(ratios, 97.5) - 1);
    const double drift = std::hypot(driftPercent(inOrderA, change.a.p50Ns), driftPercent(inOrderB, change.b.p50Ns));
    change.noiseFloorPercent = std::max({leastFloorPercent, drift, 100 * kLeastFloorNs / change.a.p50Ns});
    return change;
}

double chanceOf(const MedianChange &change)
{
    if (!change.hasInterval)
        return 1;
    const double delta = std::log1p(change.deltaPercent / 100);
    if (delta == 0)
        return 1;
    const double error = (std::log1p(change.highPercent / 100) - std::log1p(change.lowPercent / 100)) / (2 * kNormal);
    return error > 0 ? std::erfc(std::abs(delta) / error / std::sqrt(2.0)) : 0;
}

std::vector<bool> significantTogether(std::span<const double> chances)
{
    std::vector<std::size_t> order(chances.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::sort(order.begin(), order.end(),
              [&](std::size_t x, std::size_t y) { return chances[x] < chances[y] || (chances[x] == chances[y] && x < y); });
    std::vector<bool> significant(chances.size(), false);
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (chances[order[i]] > kSignificance / static_cast<double>(order.size() - i))
            break;
        significant[order[i]] = true;
    }
    return significant;
}

void judge(MedianChange &change, bool significant)
{
    change.verdict = ChangeVerdict::Unknown;
    const std::uint64_t least = std::min(change.a.count, change.b.count);
    if (change.a.count == 0 && change.b.count == 0)
        change.reason = "Neither run has times of it.";
    else if (least == 0)
        change.reason = change.a.count == 0 ? "Run A has no times of it." : "Run B has no times of it.";
    else if (least < kSamplesForVerdict)
        change.reason = fmt::format("{} and {} samples; a verdict needs at least {} in each run.", change.a.count, change.b.count,
                                    kSamplesForVerdict);
    else if (!change.hasInterval)
        change.reason = "The median of run A is 0 ns: shorter than its clock can tell.";
    else if (std::abs(change.deltaPercent) <= change.noiseFloorPercent) {
        change.verdict = ChangeVerdict::Same;
        change.reason = fmt::format("{} is inside the noise floor of \u00b1{:.1f} %.", percentText(change.deltaPercent),
                                    change.noiseFloorPercent);
    } else if (significant) {
        change.verdict = change.deltaPercent < 0 ? ChangeVerdict::Faster : ChangeVerdict::Slower;
        change.reason = fmt::format("{} is outside the noise floor of \u00b1{:.1f} %, 95 % interval [{}, {}].",
                                    percentText(change.deltaPercent), change.noiseFloorPercent, percentText(change.lowPercent),
                                    percentText(change.highPercent));
    } else {
        change.reason =
            fmt::format("Not clear: {}, but the 95 % interval [{}, {}] is too wide to tell. Run more inferences.",
                        percentText(change.deltaPercent), percentText(change.lowPercent), percentText(change.highPercent));
    }
}

} // namespace nordlys::core

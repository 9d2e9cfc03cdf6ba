// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run_statistics.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace nordlys::core {

enum class ChangeVerdict { Faster, Slower, Same, Unknown };
std::string nameOf(ChangeVerdict verdict); ///< "faster", "slower", "same", "unknown"

/// Below this many samples on either side a change gets no verdict.
inline constexpr std::uint64_t kSamplesForVerdict = 30;

/// How the median duration differs from run a to run b. Percentages are of a's median; below zero is faster.
struct MedianChange {
    DurationSummary a, b;  ///< count 0: that run has no such layer, or no layer times
    bool hasDelta = false; ///< both medians exist and a's is above zero
    double deltaPercent = 0;
    bool hasInterval = false;               ///< hasDelta and at least 6 samples on both sides
    double lowPercent = 0, highPercent = 0; ///< 95 % interval of deltaPercent
    double noiseFloorPercent = 0;           ///< a change up to this counts as the same; 0 where there is no interval
    ChangeVerdict verdict = ChangeVerdict::Unknown;
    std::string reason; ///< one sentence, never empty
};

/// Resampled medians of n values, as pairs of ranks in the sorted values. The median of a bootstrap sample (Efron 1979) of n
/// sorted values is the value whose rank is floor(n U), U being the median of n uniform numbers, and that follows a beta
/// distribution (David and Nagaraja, Order Statistics, 2.3). So a draw costs the same for thirty values as for a million, and has
/// exactly the distribution of drawing n times. Deterministic: std::mt19937_64, whose numbers the standard fixes.
struct MedianRanks {
    std::uint64_t values = 0;                ///< n
    std::vector<std::uint32_t> lower, upper; ///< the median is the mean of both; equal where n is odd
};
MedianRanks drawMedianRanks(std::uint64_t values, std::size_t draws, std::uint64_t seed);

/// Half of the 95 % interval of a median that nearby samples share their noise in: the values, in the order in which they were
/// measured, are cut into 8 blocks, and Student's t is applied to the blocks' medians (method of batch means; Law, Simulation
/// Modeling and Analysis, 9.5.3). In percent of the median; 0 below 16 values or where the median is 0.
double driftPercent(std::span<const double> inOrder, double median);

/// The change with its interval (percentile bootstrap of the ratio of medians; Efron and Tibshirani 1993, chapter 13) and
/// `noiseFloorPercent`: the largest of `leastFloorPercent`, both runs' drift combined, and 100 ns. Sets no verdict. The values
/// come in the order in which they were measured and are sorted on return. `ranksA` and `ranksB` belong to their numbers of
/// values.
MedianChange estimateChange(std::vector<double> &a, std::vector<double> &b, const MedianRanks &ranksA, const MedianRanks &ranksB,
                            double leastFloorPercent);

/// Two-sided probability of so large a change by chance, from the interval's width on the logarithmic scale. 1 without an
/// interval.
double chanceOf(const MedianChange &change);

/// Holm's step-down correction (1979): which of the changes stand at 5 % for all of them together.
std::vector<bool> significantTogether(std::span<const double> chances);

/// Verdict and reason, when nothing is wrong with the runs themselves: unknown below 30 samples; same within the noise floor;
/// faster or slower where the change is significant; else unknown, because the interval is too wide to tell.
void judge(MedianChange &change, bool significant);

} // namespace nordlys::core

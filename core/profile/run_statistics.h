// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run_profile.h"
#include "throttle.h"

#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace nordlys::core {

/// Percentile with linear interpolation between order statistics (Hyndman and Fan 1996, type 7; NumPy's default). `sorted` ascending, p in 0..100.
double percentileOfSorted(std::span<const double> sorted, double p);

struct DurationSummary {
    std::uint64_t count = 0;
    double minNs = 0, meanNs = 0, p50Ns = 0, p95Ns = 0, p99Ns = 0, maxNs = 0;
    double p50HalfIntervalNs = 0; ///< half of the 95 % interval of p50 (binomial order statistics); 0 below 6 samples
};
DurationSummary summarize(std::span<const std::int64_t> durationsNs);
/// The same of values that are sorted already.
DurationSummary summarizeSorted(std::span<const double> durationsNs);

enum class VerdictLevel { Trusted, Noisy, Throttled, Fallback, TooFew, Interrupted, Failed };
std::string nameOf(VerdictLevel level); ///< "trusted", "noisy", "throttled", "fallback", "tooFew", "interrupted", "failed"

struct Verdict {
    VerdictLevel level = VerdictLevel::TooFew;
    std::vector<std::string> reasons; ///< sentences with the numbers that led there
};
/// failed and interrupted by status; tooFew below 30 inferences; noisy where p95/p50 > 1.25; else trusted.
Verdict verdictOf(const DurationSummary &latency, RunStatus status, const std::string &reason = {});

struct LayerSummary {
    std::size_t layer = 0;
    DurationSummary duration;
    double sharePercent = 0; ///< of the sum of all layers' means
};

struct CounterSummary {
    CounterInfo info; ///< `why` is never empty where there are no samples
    std::uint64_t samples = 0;
    double min = 0, mean = 0, max = 0;
};

struct RunSummary {
    DurationSummary latency;
    std::vector<LayerSummary> layers;
    double sumOfLayersNs = 0; ///< sum of the layers' mean durations
    std::vector<CounterSummary> counters;
    std::vector<ThrottledStretch> throttled; ///< those that touch the time looked at, as found in the whole run
    Verdict verdict;                         ///< throttled where a stretch holds more than 5 % of the inferences looked at
};
/// `fromNs`..`toNs` restricts to inferences that start inside (both 0: all) and to counter samples taken inside.
/// Layers have count 0 where the run was recorded without layer times, and from where `stop` was requested on.
RunSummary summarize(const RunProfile &run, std::int64_t fromNs = 0, std::int64_t toNs = 0, const std::stop_token &stop = {});

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "run_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace nordlys::core {

namespace {

constexpr std::uint64_t kEnoughInferences = 30;
constexpr double kNoisyRatio = 1.25;

// Largest k with P(Binomial(n, 1/2) <= k - 1) <= 2.5 %: the k-th smallest and k-th largest value enclose the median with at least 95 %
// (Conover, Practical Nonparametric Statistics, confidence interval for a quantile). 0: there is none.
std::size_t medianIntervalRank(std::size_t n)
{
    if (n < 6)
        return 0;
    if (n > 200)
        return static_cast<std::size_t>(std::floor((static_cast<double>(n) - 1.959964 * std::sqrt(static_cast<double>(n))) / 2));
    double term = std::pow(0.5, static_cast<double>(n));
    double cumulative = term;
    std::size_t k = 0;
    while (cumulative <= 0.025) {
        ++k;
        term *= static_cast<double>(n - k + 1) / static_cast<double>(k);
        cumulative += term;
    }
    return k;
}

DurationSummary summarizeAndSort(std::vector<double> &values)
{
    std::sort(values.begin(), values.end());
    return summarizeSorted(values);
}

std::vector<CounterSummary> summarizeCounters(const RunProfile &run, bool everything, std::int64_t fromNs, std::int64_t toNs)
{
    std::vector<CounterSummary> result;
    std::unordered_map<std::uint32_t, std::size_t> index;
    for (const CounterInfo &info : run.hello.counters) {
        index.emplace(info.id, result.size());
        result.push_back({info, 0, 0, 0, 0});
    }
    for (const CounterSample &sample : run.counterSamples) {
        const auto found = index.find(sample.counterId);
        if (found == index.end() || (!everything && (sample.tNs < fromNs || sample.tNs > toNs)))
            continue;
        CounterSummary &counter = result[found->second];
        counter.min = counter.samples ? std::min(counter.min, sample.value) : sample.value;
        counter.max = counter.samples ? std::max(counter.max, sample.value) : sample.value;
        ++counter.samples;
        // Running mean: a sum of hostile values could overflow.
        counter.mean += (sample.value - counter.mean) / static_cast<double>(counter.samples);
    }
    for (CounterSummary &counter : result) {
        if (counter.samples == 0 && counter.info.why.empty())
            counter.info.why = "no sample arrived: the time looked at is shorter than the interval of this counter";
    }
    return result;
}

// Throttling explains noise, and numbers from it are not those of the cool device: it takes the place of both good verdicts.
void noteThrottled(RunSummary &summary, const RunProfile &run, std::span<const std::size_t> inferences)
{
    constexpr double kLeastShare = 0.05;
    std::size_t affected = 0;
    for (ThrottledStretch &stretch : findThrottled(run)) {
        const auto inside = std::ranges::count_if(inferences, [&stretch](std::size_t i) { return i >= stretch.first && i < stretch.first + stretch.count; });
        if (inside == 0)
            continue;
        affected += static_cast<std::size_t>(inside);
        summary.throttled.push_back(std::move(stretch));
    }
    if (static_cast<double>(affected) <= kLeastShare * static_cast<double>(inferences.size()))
        return;
    if (summary.verdict.level == VerdictLevel::Trusted)
        summary.verdict.reasons.clear();
    if (summary.verdict.level == VerdictLevel::Trusted || summary.verdict.level == VerdictLevel::Noisy)
        summary.verdict.level = VerdictLevel::Throttled;
    for (const ThrottledStretch &stretch : summary.throttled)
        summary.verdict.reasons.push_back(stretch.text());
}

} // namespace

double percentileOfSorted(std::span<const double> sorted, double p)
{
    if (sorted.empty())
        return 0;
    const double position = static_cast<double>(sorted.size() - 1) * std::clamp(p, 0.0, 100.0) / 100.0;
    const auto lower = static_cast<std::size_t>(position);
    if (lower + 1 >= sorted.size())
        return sorted.back();
    return sorted[lower] + (sorted[lower + 1] - sorted[lower]) * (position - static_cast<double>(lower));
}

DurationSummary summarize(std::span<const std::int64_t> durationsNs)
{
    std::vector<double> values(durationsNs.begin(), durationsNs.end());
    return summarizeAndSort(values);
}

DurationSummary summarizeSorted(std::span<const double> values)
{
    DurationSummary result;
    result.count = values.size();
    if (values.empty())
        return result;
    double sum = 0;
    for (const double value : values)
        sum += value;
    result.minNs = values.front();
    result.maxNs = values.back();
    result.meanNs = sum / static_cast<double>(values.size());
    result.p50Ns = percentileOfSorted(values, 50);
    result.p95Ns = percentileOfSorted(values, 95);
    result.p99Ns = percentileOfSorted(values, 99);
    if (const std::size_t rank = medianIntervalRank(values.size()); rank > 0)
        result.p50HalfIntervalNs = (values[values.size() - rank] - values[rank - 1]) / 2;
    return result;
}

std::string nameOf(VerdictLevel level)
{
    switch (level) {
    case VerdictLevel::Trusted: return "trusted";
    case VerdictLevel::Noisy: return "noisy";
    case VerdictLevel::Throttled: return "throttled";
    case VerdictLevel::Fallback: return "fallback";
    case VerdictLevel::TooFew: return "tooFew";
    case VerdictLevel::Interrupted: return "interrupted";
    case VerdictLevel::Failed: return "failed";
    }
    return "tooFew";
}

Verdict verdictOf(const DurationSummary &latency, RunStatus status, const std::string &reason)
{
    Verdict verdict;
    const std::string count = latency.count == 1 ? "1 inference" : fmt::format("{} inferences", latency.count);
    if (status == RunStatus::Failed || status == RunStatus::Interrupted) {
        const bool failed = status == RunStatus::Failed;
        verdict.level = failed ? VerdictLevel::Failed : VerdictLevel::Interrupted;
        verdict.reasons.push_back(fmt::format("The run {} after {}{}{}.", failed ? "failed" : "was interrupted", count, reason.empty() ? "" : ": ", reason));
    }
    const double ratio = latency.p50Ns > 0 ? latency.p95Ns / latency.p50Ns : 0;
    const bool tooFew = latency.count < kEnoughInferences;
    const bool noisy = ratio > kNoisyRatio;
    if (tooFew)
        verdict.reasons.push_back(fmt::format("{}; a verdict needs at least {}.", count, kEnoughInferences));
    if (noisy && latency.count > 1)
        verdict.reasons.push_back(fmt::format("p95 is {:.2f} times p50 ({:.3f} ms and {:.3f} ms); above {:.2f} the run counts as noisy.", ratio,
                                              latency.p95Ns / 1e6, latency.p50Ns / 1e6, kNoisyRatio));
    if (status == RunStatus::Failed || status == RunStatus::Interrupted)
        return verdict;
    verdict.level = tooFew ? VerdictLevel::TooFew : noisy ? VerdictLevel::Noisy : VerdictLevel::Trusted;
    if (verdict.level == VerdictLevel::Trusted)
        verdict.reasons.push_back(fmt::format("{}, p95 is {:.2f} times p50.", count, ratio));
    return verdict;
}

RunSummary summarize(const RunProfile &run, std::int64_t fromNs, std::int64_t toNs, const std::stop_token &stop)
{
    RunSummary summary;
    const bool everything = fromNs == 0 && toNs == 0;
    std::vector<std::size_t> inferences;
    std::vector<double> values;
    for (std::size_t i = 0; i < run.inferenceCount(); ++i) {
        const std::int64_t start = run.inferenceStartNs[i];
        if (!everything && (start < fromNs || start > toNs))
            continue;
        inferences.push_back(i);
        values.push_back(static_cast<double>(run.inferenceDurationNs[i]));
    }
    summary.latency = summarizeAndSort(values);

    const std::size_t layers = run.layerCount();
    const bool hasLayerTimes = layers > 0 && run.layerDurationNs.size() == run.inferenceCount() * layers;
    for (std::size_t layer = 0; layer < layers; ++layer) {
        values.clear();
        if (hasLayerTimes && !stop.stop_requested()) {
            for (const std::size_t inference : inferences)
                values.push_back(static_cast<double>(run.layerDurationNs[inference * layers + layer]));
        }
        summary.layers.push_back({layer, summarizeAndSort(values), 0});
        summary.sumOfLayersNs += summary.layers.back().duration.meanNs;
    }
    if (summary.sumOfLayersNs > 0) {
        for (LayerSummary &layer : summary.layers)
            layer.sharePercent = 100 * layer.duration.meanNs / summary.sumOfLayersNs;
    }
    summary.counters = summarizeCounters(run, everything, fromNs, toNs);
    summary.verdict = verdictOf(summary.latency, run.status, run.reason);
    if (!stop.stop_requested())
        noteThrottled(summary, run, inferences);
    return summary;
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "compare_runs.h"

#include "join_layers.h"
#include "run_differences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace nordlys::core {

namespace {

/// Rows times draws stay below this: a row costs a sort of its draws.
constexpr std::size_t kMostDraws = 8'000'000;
constexpr std::size_t kFewestDraws = 200;

bool hasLayerTimes(const RunProfile &run)
{
    return run.layerCount() > 0 && run.layerDurationNs.size() == run.inferenceCount() * run.layerCount();
}

std::vector<double> latencies(const RunProfile &run) { return {run.inferenceDurationNs.begin(), run.inferenceDurationNs.end()}; }

/// Sum of the layers' times, one value an inference; nothing where there are no layers or no times.
std::vector<double> sumOfLayers(const RunProfile &run, const std::vector<std::size_t> &layers)
{
    std::vector<double> sums;
    if (layers.empty() || !hasLayerTimes(run))
        return sums;
    sums.resize(run.inferenceCount());
    for (std::size_t i = 0; i < sums.size(); ++i) {
        for (const std::size_t layer : layers)
            sums[i] += static_cast<double>(run.layerDurationNs[i * run.layerCount() + layer]);
    }
    return sums;
}

std::string rowName(const std::vector<LayerInfo> &layers, const std::vector<std::size_t> &indices)
{
    const std::string &first = layers[indices.front()].name;
    return indices.size() == 1 ? first : fmt::format("{} and {} more", first, indices.size() - 1);
}

double medianOf(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return percentileOfSorted(values, 50);
}

/// What repeated measurements of the baseline say about the floor.
class Repeats {
public:
    Repeats(const RunProfile &a, const std::vector<const RunProfile *> &repeats) : m_repeats(repeats)
    {
        for (const RunProfile *repeat : repeats) {
            std::unordered_map<std::size_t, std::vector<std::size_t>> layers;
            for (const JoinedLayers &row : joinLayers(a.start.layers, repeat->start.layers)) {
                if (row.a.size() == 1)
                    layers.emplace(row.a.front(), row.b);
            }
            m_layers.push_back(std::move(layers));
        }
    }
    void raiseTotal(MedianChange &change) const
    {
        for (const RunProfile *repeat : m_repeats)
            raise(change, medianOf(latencies(*repeat)));
    }
    // Rows of several layers keep the floor of their own runs.
    void raiseLayer(MedianChange &change, const std::vector<std::size_t> &layersOfA) const
    {
        for (std::size_t i = 0; i < m_repeats.size() && layersOfA.size() == 1; ++i) {
            if (const auto found = m_layers[i].find(layersOfA.front()); found != m_layers[i].end())
                raise(change, medianOf(sumOfLayers(*m_repeats[i], found->second)));
        }
    }

private:
    static void raise(MedianChange &change, double median)
    {
        if (change.hasInterval && median > 0)
            change.noiseFloorPercent = std::max(change.noiseFloorPercent, 100 * std::abs(median / change.a.p50Ns - 1));
    }
    const std::vector<const RunProfile *> &m_repeats;
    std::vector<std::unordered_map<std::size_t, std::vector<std::size_t>>> m_layers; // layer of a to layers of the repeat
};

std::string refusalOf(const RunProfile &run, const char *which)
{
    switch (run.status) {
    case RunStatus::Finished: return {};
    case RunStatus::Running: return fmt::format("Run {} is still running.", which);
    case RunStatus::Interrupted:
        return fmt::format("Run {} was interrupted{}{}.", which, run.reason.empty() ? "" : ": ", run.reason);
    case RunStatus::Failed: return fmt::format("Run {} failed{}{}.", which, run.reason.empty() ? "" : ": ", run.reason);
    }
    return {};
}

/// How long the inferences of a run took from first to last.
double measuredNs(const RunProfile &run)
{
    if (run.inferenceCount() == 0)
        return 0;
    return static_cast<double>(run.inferenceStartNs.back()) + static_cast<double>(run.inferenceDurationNs.back()) -
           static_cast<double>(run.inferenceStartNs.front());
}

// A run's own spread only shows disturbances shorter than the run.
std::vector<std::string> cautionsOf(const RunProfile &a, const RunProfile &b)
{
    constexpr double kShortNs = 1e9;
    const double shortest = std::min(measuredNs(a), measuredNs(b));
    if (shortest <= 0 || shortest >= kShortNs)
        return {};
    return {fmt::format("Only {:.3g} ms were measured in the shorter run: something that slowed the machine for longer looks "
                        "like a change. Run for a second or more, or compare repeated runs.",
                        shortest / 1e6)};
}

void refuseAll(RunComparison &comparison)
{
    const auto refuse = [&](MedianChange &change) {
        change.verdict = ChangeVerdict::Unknown;
        change.reason = comparison.refusal;
    };
    refuse(comparison.total);
    for (LayerChange &layer : comparison.layers) {
        if (!layer.a.empty() && !layer.b.empty())
            refuse(layer.change);
    }
}

} // namespace

Expected<RunComparison> compareRuns(const RunProfile &a, const RunProfile &b, const CompareOptions &options,
                                    const JobContext &job)
{
    const std::vector<JoinedLayers> rows = joinLayers(a.start.layers, b.start.layers);
    const std::size_t draws = std::min(options.draws, std::max(kFewestDraws, kMostDraws / (rows.size() + 1)));
    const MedianRanks ranksA = drawMedianRanks(a.inferenceCount(), draws, options.seed);
    const MedianRanks ranksB = drawMedianRanks(b.inferenceCount(), draws, options.seed + 1);
    const Repeats repeats(a, options.repeatsOfA);

    RunComparison comparison;
    std::vector<double> valuesA = latencies(a), valuesB = latencies(b);
    comparison.total = estimateChange(valuesA, valuesB, ranksA, ranksB, options.leastFloorPercent);
    repeats.raiseTotal(comparison.total);
    judge(comparison.total, significantTogether(std::vector<double>{chanceOf(comparison.total)}).front());

    std::vector<double> chances;
    std::vector<std::size_t> judged;
    for (const JoinedLayers &row : rows) {
        if (job.stopRequested())
            return interrupted("comparison");
        LayerChange layer;
        const bool onlyB = row.a.empty();
        layer.name = onlyB ? rowName(b.start.layers, row.b) : rowName(a.start.layers, row.a);
        layer.op = onlyB ? b.start.layers[row.b.front()].op : a.start.layers[row.a.front()].op;
        layer.a = row.a;
        layer.b = row.b;
        valuesA = sumOfLayers(a, row.a);
        valuesB = sumOfLayers(b, row.b);
        layer.change = estimateChange(valuesA, valuesB, ranksA, ranksB, options.leastLayerFloorPercent);
        repeats.raiseLayer(layer.change, row.a);
        if (layer.change.hasInterval && std::min(layer.change.a.count, layer.change.b.count) >= kSamplesForVerdict) {
            chances.push_back(chanceOf(layer.change));
            judged.push_back(comparison.layers.size());
        } else {
            judge(layer.change, false);
        }
        if (row.a.empty() || row.b.empty())
            layer.change.reason = onlyB ? "Only run B has this layer." : "Only run A has this layer.";
        comparison.layers.push_back(std::move(layer));
        job.report(comparison.layers.size(), rows.size(), "comparing");
    }
    const std::vector<bool> significant = significantTogether(chances);
    for (std::size_t i = 0; i < judged.size(); ++i)
        judge(comparison.layers[judged[i]].change, significant[i]);
    comparison.significanceRows = judged.size();
    comparison.differences = differencesOf(a, b);
    comparison.cautions = cautionsOf(a, b);
    comparison.refusal = refusalOf(a, "A");
    if (comparison.refusal.empty())
        comparison.refusal = refusalOf(b, "B");
    if (!comparison.refusal.empty())
        refuseAll(comparison);
    return comparison;
}

} // namespace nordlys::core

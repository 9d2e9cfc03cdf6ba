// SPDX-License-Identifier: Apache-2.0
#include "mixed.h"

#include "sample_workers.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

namespace nordlys::runtime {

namespace {

constexpr std::size_t maxExactLayers = 20; // 2^20 choices
constexpr double costTolerance = 1e-9;     // percent: sums of shares round

class Search {
public:
    Search(const core::Graph &graph, const MixedOptions &options, const ConfigurationMetric &metric, const BiasValues &biases, std::vector<EncodedLayer> layers)
        : m_graph(graph), m_options(options), m_metric(metric), m_biases(biases), m_layers(std::move(layers))
    {
        double total = 0;
        for (const EncodedLayer &layer : m_layers)
            total += costOf(layer);
        for (const EncodedLayer &layer : m_layers)
            m_shares.push_back(total > 0 ? 100 * costOf(layer) / total : 0);
    }

    [[nodiscard]] const std::vector<EncodedLayer> &layers() const { return m_layers; }
    [[nodiscard]] const std::vector<MixedChoice> &measured() const { return m_measured; }
    [[nodiscard]] bool wasCancelled() const { return m_cancelled; }

    core::Expected<void> exact(const core::JobContext &job)
    {
        std::vector<MixedChoice> choices;
        for (std::uint64_t bits = 0; bits < (std::uint64_t(1) << m_layers.size()); ++bits) {
            MixedChoice choice = choiceOf([bits](std::size_t i) { return (bits >> i & 1) != 0; });
            if (fits(choice))
                choices.push_back(std::move(choice));
        }
        return measureAll(std::move(choices), job);
    }

    core::Expected<void> greedy(const core::JobContext &job)
    {
        std::vector<Measured> alone(m_layers.size());
        const auto measure = [&](int, std::size_t i) -> core::Expected<void> {
            std::vector<bool> chosen(m_layers.size(), false);
            chosen[i] = true;
            auto measured = m_metric.measure(encodingsOf(m_layers, chosen, m_options.encodings, false), job.stop);
            if (!measured)
                return std::move(measured.error());
            alone[i] = *measured;
            return {};
        };
        if (auto done = forEachSample(m_layers.size(), m_options.threads, job, "measuring layers", measure); !done)
            return noted(std::move(done), job);
        std::vector<MixedChoice> steps{choiceOf([](std::size_t) { return false; })};
        std::vector<bool> raisedSoFar(m_layers.size(), false);
        for (const std::size_t next : orderOf(alone)) {
            raisedSoFar[next] = true;
            MixedChoice choice = choiceOf([&](std::size_t i) { return static_cast<bool>(raisedSoFar[i]); });
            if (fits(choice))
                steps.push_back(std::move(choice));
            else
                raisedSoFar[next] = false;
        }
        return measureAll(std::move(steps), job);
    }

    /// Nothing when nothing was measured.
    [[nodiscard]] const MixedChoice *best() const
    {
        const MixedChoice *found = nullptr;
        for (const MixedChoice &choice : m_measured) {
            if (found == nullptr || isPreferred(choice, *found))
                found = &choice;
        }
        return found;
    }

    [[nodiscard]] std::vector<MixedChoice> pareto() const
    {
        std::vector<MixedChoice> sorted = m_measured;
        std::ranges::stable_sort(sorted, [this](const MixedChoice &a, const MixedChoice &b) {
            return a.costPercent != b.costPercent ? a.costPercent < b.costPercent : isPreferred(a, b);
        });
        std::vector<MixedChoice> front;
        for (MixedChoice &choice : sorted) {
            if (front.empty() || m_metric.gain(choice.measured.metric, front.back().measured.metric) > 0)
                front.push_back(std::move(choice));
        }
        return front;
    }

private:
    [[nodiscard]] double costOf(const EncodedLayer &layer) const
    {
        return static_cast<double>(m_options.cost == LayerCost::Macs ? layer.macs : layer.weightBytes);
    }

    template <typename IsRaised>
    [[nodiscard]] MixedChoice choiceOf(IsRaised &&isRaised) const
    {
        MixedChoice choice;
        for (std::size_t i = 0; i < m_layers.size(); ++i) {
            choice.raised.push_back(isRaised(i));
            choice.costPercent += choice.raised.back() ? m_shares[i] : 0;
        }
        return choice;
    }

    [[nodiscard]] bool fits(const MixedChoice &choice) const { return choice.costPercent <= m_options.budgetPercent + costTolerance; }

    [[nodiscard]] bool isPreferred(const MixedChoice &a, const MixedChoice &b) const
    {
        if (m_metric.isBetter(a.measured, b.measured) || m_metric.isBetter(b.measured, a.measured))
            return m_metric.isBetter(a.measured, b.measured);
        if (a.costPercent != b.costPercent)
            return a.costPercent < b.costPercent;
        const auto countOf = [](const MixedChoice &choice) { return std::ranges::count(choice.raised, true); };
        return countOf(a) != countOf(b) ? countOf(a) < countOf(b) : a.raised > b.raised;
    }

    /// Loss per cost, highest first. Layers that cost nothing come first of all.
    [[nodiscard]] std::vector<std::size_t> orderOf(const std::vector<Measured> &alone) const
    {
        const auto noiseOf = [&](std::size_t i) { return std::pow(10.0, -alone[i].sqnrDb / 10); };
        const auto lossOf = [&](std::size_t i) {
            return m_options.metric.kind == MetricKind::Sqnr ? noiseOf(i) : m_metric.gain(m_metric.floatResult().metric, alone[i].metric);
        };
        const auto per = [&](double value, std::size_t i) { return m_shares[i] > 0 ? value / m_shares[i] : std::numeric_limits<double>::infinity(); };
        std::vector<std::size_t> order(m_layers.size());
        std::iota(order.begin(), order.end(), std::size_t(0));
        std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
            const double first = per(lossOf(a), a), second = per(lossOf(b), b);
            return first != second ? first > second : per(noiseOf(a), a) > per(noiseOf(b), b);
        });
        return order;
    }

    core::Expected<void> measureAll(std::vector<MixedChoice> choices, const core::JobContext &job)
    {
        std::vector<char> done(choices.size(), 0);
        const auto measure = [&](int, std::size_t c) -> core::Expected<void> {
            auto set = raised(m_graph, m_layers, choices[c].raised, m_options.encodings, m_options.width, &m_biases);
            if (!set)
                return std::move(set.error());
            auto measured = m_metric.measure(*set, job.stop);
            if (!measured)
                return std::move(measured.error());
            choices[c].measured = *measured;
            done[c] = 1;
            return {};
        };
        auto finished = forEachSample(choices.size(), m_options.threads, job, "measuring choices", measure);
        for (std::size_t c = 0; c < choices.size(); ++c) {
            if (done[c] != 0)
                m_measured.push_back(std::move(choices[c]));
        }
        return noted(std::move(finished), job);
    }

    /// A stop request is no error where something is known already.
    core::Expected<void> noted(core::Expected<void> finished, const core::JobContext &job)
    {
        m_cancelled = !finished && job.stopRequested() && finished.error().code == core::ErrorCode::Interrupted;
        if (m_cancelled && !m_measured.empty())
            return {};
        return finished;
    }

    const core::Graph &m_graph;
    const MixedOptions &m_options;
    const ConfigurationMetric &m_metric;
    const BiasValues &m_biases;
    std::vector<EncodedLayer> m_layers;
    std::vector<double> m_shares; ///< percent of the whole cost, per layer
    std::vector<MixedChoice> m_measured;
    bool m_cancelled = false;
};

} // namespace

std::string_view nameOf(LayerCost cost) { return cost == LayerCost::Macs ? "macs" : "bytes"; }

core::Expected<MixedResult> searchMixed(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const MixedOptions &options,
                                        const core::JobContext &job)
{
    const auto start = std::chrono::steady_clock::now();
    if (!(options.budgetPercent >= 0) || options.budgetPercent > 100)
        return core::usageError("budget", "it is a share of the whole cost, 0 to 100 percent");
    if (options.exactLayers > maxExactLayers)
        return core::usageError("exact search", "more than 2^" + std::to_string(maxExactLayers) + " choices are not tried");
    std::vector<EncodedLayer> layers = encodedLayers(model->graph, options.encodings);
    if (layers.empty())
        return core::badInput("encodings", "none of them belongs to a layer of the model", "Check them with 'nordlys encodings check'.");
    auto metric = ConfigurationMetric::create(model, samples, options.metric, options.threads, job);
    NORDLYS_TRY(metric);
    const auto biases = BiasValues::of(*model);
    NORDLYS_TRY(biases);
    Search search(model->graph, options, **metric, *biases, std::move(layers));
    MixedResult result;
    result.isExact = search.layers().size() <= options.exactLayers;
    NORDLYS_TRY(result.isExact ? search.exact(job) : search.greedy(job));
    result.complete = !search.wasCancelled();
    result.isExact = result.isExact && result.complete;
    const MixedChoice *best = search.best();
    if (best == nullptr)
        return core::internalError("mixed", "no choice was measured");
    result.best = *best;
    result.pareto = search.pareto();
    result.layers = search.layers();
    auto set = raised(model->graph, result.layers, result.best.raised, options.encodings, options.width, &*biases);
    NORDLYS_TRY(set);
    result.encodings = std::move(*set);
    result.biases = *biases;
    result.exact = (*metric)->floatResult();
    result.samples = (*metric)->samples();
    result.measuredChoices = search.measured().size();
    result.elapsedNs = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
    return result;
}

} // namespace nordlys::runtime

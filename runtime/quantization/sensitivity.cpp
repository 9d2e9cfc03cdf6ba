// SPDX-License-Identifier: Apache-2.0
#include "sensitivity.h"

#include "sample_workers.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace nordlys::runtime {

namespace {

void rank(Sensitivity &result, const ConfigurationMetric &metric)
{
    const auto isWorse = [&metric](const LayerSensitivity &a, const LayerSensitivity &b) {
        if (a.alone.has_value() != b.alone.has_value())
            return a.alone.has_value();
        if (!a.alone)
            return false;
        if (const double difference = metric.gain(a.alone->metric, b.alone->metric); difference != 0)
            return difference < 0;
        const double first = std::isnan(a.delta) ? -std::numeric_limits<double>::infinity() : a.delta;
        const double second = std::isnan(b.delta) ? -std::numeric_limits<double>::infinity() : b.delta;
        return first != second ? first > second : a.alone->sqnrDb < b.alone->sqnrDb;
    };
    std::ranges::stable_sort(result.layers, isWorse);
    std::size_t next = 1;
    for (LayerSensitivity &layer : result.layers)
        layer.rank = layer.alone ? next++ : 0;
}

} // namespace

core::Expected<Sensitivity> measureSensitivity(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const SensitivityOptions &options,
                                               const core::JobContext &job)
{
    const auto start = std::chrono::steady_clock::now();
    Sensitivity result;
    const std::vector<EncodedLayer> layers = encodedLayers(model->graph, options.encodings);
    if (layers.empty())
        return core::badInput("encodings", "none of them belongs to a layer of the model", "Check them with 'nordlys encodings check'.");
    for (const EncodedLayer &layer : layers)
        result.layers.push_back({.layer = layer, .alone = {}, .leftFloat = {}});
    auto biases = BiasValues::of(*model);
    NORDLYS_TRY(biases);
    result.biases = std::move(*biases);
    auto metric = ConfigurationMetric::create(std::move(model), samples, options.metric, options.threads, job);
    NORDLYS_TRY(metric);
    result.exact = (*metric)->floatResult();
    result.samples = (*metric)->samples();
    // Everything quantized first, then per layer: alone, left in float.
    const auto measure = [&](int, std::size_t index) -> core::Expected<void> {
        const std::size_t i = (index + 1) / 2 - (index > 0 ? 1 : 0);
        const bool alone = index % 2 == 1;
        std::vector<bool> chosen(layers.size(), index == 0 || !alone);
        if (index > 0)
            chosen[i] = alone;
        const core::EncodingSet set = encodingsOf(layers, chosen, options.encodings, !alone);
        auto measured = (*metric)->measure(set, job.stop);
        if (!measured)
            return std::move(measured.error());
        (index == 0 ? result.quantized : alone ? result.layers[i].alone : result.layers[i].leftFloat) = *measured;
        return {};
    };
    if (auto done = forEachSample(2 * layers.size() + 1, options.threads, job, "measuring layers", measure); !done) {
        if (done.error().code != core::ErrorCode::Interrupted || !job.stopRequested())
            return std::move(done.error());
        result.complete = false;
    }
    for (LayerSensitivity &layer : result.layers) {
        if (layer.leftFloat && result.quantized)
            layer.delta = (*metric)->gain(layer.leftFloat->metric, result.quantized->metric);
    }
    rank(result, **metric);
    result.elapsedNs = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
    return result;
}

} // namespace nordlys::runtime

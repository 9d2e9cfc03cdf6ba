// SPDX-License-Identifier: Apache-2.0
#include "evaluate.h"

#include "sample_workers.h"

#include <runtime/base/thread_pool.h>
#include <runtime/plan/plan_data.h>
#include <runtime/session/session.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace nordlys::runtime {

namespace {

/// Sums over one sample; added up in the order of samples, so that the number of threads does not show.
struct ErrorSums {
    double signal = 0, noise = 0, localNoise = 0, quantized = 0, product = 0, maxAbs = 0;
    std::uint64_t clipped = 0, values = 0;

    void add(const ErrorSums &other)
    {
        signal += other.signal;
        noise += other.noise;
        localNoise += other.localNoise;
        quantized += other.quantized;
        product += other.product;
        maxAbs = std::max(maxAbs, other.maxAbs);
        clipped += other.clipped;
        values += other.values;
    }
};

void addDifference(ErrorSums &sums, const float *exact, const float *quantized, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        const auto x = static_cast<double>(exact[i]), q = static_cast<double>(quantized[i]);
        sums.signal += x * x;
        sums.noise += (x - q) * (x - q);
        sums.quantized += q * q;
        sums.product += x * q;
        sums.maxAbs = std::max(sums.maxAbs, std::abs(x - q));
    }
    sums.values += count;
}

double sqnrDb(double signal, double noise)
{
    if (noise == 0)
        return std::numeric_limits<double>::infinity();
    return 10 * std::log10(std::max(signal, std::numeric_limits<double>::min()) / noise);
}

/// A tensor that both plans store.
struct Tracked {
    std::string name;
    const core::EncodingEntry *entry = nullptr;
    BoundQuantizer quantizer; ///< its own quantize-dequantize; empty: none
};

struct Labels {
    std::vector<std::optional<std::int64_t>> classes; ///< per sample
    std::size_t count = 0;
};

core::Expected<Labels> labelsOf(const core::SampleSet &samples, const EvaluationOptions &options)
{
    Labels labels;
    labels.classes.resize(samples.size());
    if (options.labels == nullptr)
        return labels;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto path = samples.path(i);
        if (path.empty())
            continue;
        if (const auto found = options.labels->classOf(path)) {
            labels.classes[i] = *found + options.labelOffset;
            ++labels.count;
        }
    }
    if (labels.count == 0)
        return core::badInput("labels", "none of the samples has one", "Check that the column `file` is relative to the label file");
    return labels;
}

std::int64_t argmax(const core::HostTensor &tensor)
{
    const auto values = tensor.as<float>();
    return std::max_element(values.begin(), values.end()) - values.begin();
}

/// Session pair of one worker with the float tensors of the sample in work.
struct Worker {
    std::unique_ptr<Session> exact, quantized;
    std::vector<core::HostTensor> values; ///< per tracked tensor, model order
    std::vector<float> scratch;
    std::unique_ptr<ThreadPool> pool = std::make_unique<ThreadPool>(1);
};

class Evaluator {
public:
    Evaluator(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const EvaluationOptions &options)
        : m_model(std::move(model)), m_samples(samples), m_options(options)
    {
    }

    core::Expected<Evaluation> run(const core::JobContext &job)
    {
        const auto start = std::chrono::steady_clock::now();
        NORDLYS_TRY(prepare());
        auto labels = labelsOf(m_samples, m_options);
        NORDLYS_TRY(labels);
        const std::size_t count = m_samples.size();
        m_tensorSums.assign(count, std::vector<ErrorSums>(m_tracked.size()));
        m_outputSums.assign(count, std::vector<ErrorSums>(m_exactPlan->outputs().size()));
        m_classes.assign(count, {-1, -1});
        NORDLYS_TRY(forEachSample(count, m_options.threads, job, "evaluating", [&](int worker, std::size_t sample) {
            return evaluateSample(m_workers[static_cast<std::size_t>(worker)], sample, job);
        }));
        Evaluation result = summarize(*labels);
        result.elapsedNs = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
        return result;
    }

private:
    core::Expected<void> prepare()
    {
        PlanOptions options;
        options.precision = m_options.precision;
        options.encodings = m_options.encodings;
        auto quantized = Plan::build(m_model, options);
        NORDLYS_TRY(quantized);
        m_quantizedPlan = std::move(*quantized);

        const Program &program = m_quantizedPlan->data().program;
        std::vector<int> stored = program.inputs;
        for (const ProgramStep &step : program.steps) {
            if (step.domain != planDomain || step.op != "QuantizeDequantize") // those write the inputs
                stored.insert(stored.end(), step.outputs.begin(), step.outputs.end());
        }
        PlanOptions exactOptions;
        for (const int t : stored) {
            if (t < 0 || !program.tensor(t).fromSource || program.tensor(t).dtype != core::DType::Float32 || m_index.contains(program.tensor(t).name))
                continue;
            const ProgramTensor &tensor = program.tensor(t);
            Tracked tracked{tensor.name, m_options.encodings.find(tensor.name), {}};
            if (tracked.entry != nullptr) {
                auto quantizer = bindQuantizer(tensor, tracked.entry->encoding);
                NORDLYS_TRY(quantizer);
                tracked.quantizer = std::move(*quantizer);
            }
            exactOptions.keepTensors.push_back(tensor.name);
            m_index.emplace(tensor.name, m_tracked.size());
            m_tracked.push_back(std::move(tracked));
        }
        auto exact = Plan::build(m_model, exactOptions);
        NORDLYS_TRY(exact);
        m_exactPlan = std::move(*exact);
        if (m_exactPlan->outputs().empty() || m_exactPlan->outputs()[0].dtype != core::DType::Float32)
            return core::notSupported("evaluation", "the first output is no float32");
        for (int i = 0; i < sampleWorkers(m_samples.size(), m_options.threads); ++i) {
            Worker worker;
            for (auto &[plan, session] : {std::pair(m_exactPlan, &worker.exact), std::pair(m_quantizedPlan, &worker.quantized)}) {
                auto created = Session::create(plan, 1);
                NORDLYS_TRY(created);
                (*created)->setTimersEnabled(false);
                *session = std::move(*created);
            }
            worker.values.resize(m_tracked.size());
            m_workers.push_back(std::move(worker));
        }
        return {};
    }

    core::Expected<void> evaluateSample(Worker &worker, std::size_t sample, const core::JobContext &job)
    {
        auto inputs = m_samples.load(sample);
        NORDLYS_TRY(inputs);
        std::vector<ErrorSums> &sums = m_tensorSums[sample];
        std::optional<core::Error> failure;
        NORDLYS_TRY(worker.exact->run(
            *inputs,
            [&](const TensorView &view) {
                const auto it = m_index.find(std::string(view.name));
                if (it == m_index.end())
                    return;
                auto host = view.toHost();
                if (!host) {
                    failure = std::move(host.error());
                    return;
                }
                addLocal(worker, m_tracked[it->second], *host, sums[it->second]);
                worker.values[it->second] = std::move(*host);
            },
            job.stop));
        NORDLYS_TRY(worker.quantized->run(
            *inputs,
            [&](const TensorView &view) {
                const auto it = m_index.find(std::string(view.name));
                if (it == m_index.end())
                    return;
                auto host = view.toHost();
                const core::HostTensor &exact = worker.values[it->second];
                if (!host || host->elementCount() != exact.elementCount())
                    failure = host ? core::internalError("tensor " + std::string(view.name), "the plans disagree on its size") : std::move(host.error());
                else
                    addDifference(sums[it->second], exact.as<float>().data(), host->as<float>().data(), exact.elementCount());
            },
            job.stop));
        if (failure)
            return std::move(*failure);
        for (std::size_t i = 0; i < m_outputSums[sample].size(); ++i) {
            auto exact = worker.exact->output(i), quantized = worker.quantized->output(i);
            NORDLYS_TRY(exact);
            NORDLYS_TRY(quantized);
            if (exact->dtype() != core::DType::Float32)
                continue;
            addDifference(m_outputSums[sample][i], exact->as<float>().data(), quantized->as<float>().data(), exact->elementCount());
            if (i == 0)
                m_classes[sample] = {argmax(*exact), argmax(*quantized)};
        }
        return {};
    }

    static void addLocal(Worker &worker, const Tracked &tracked, const core::HostTensor &exact, ErrorSums &sums)
    {
        if (tracked.entry == nullptr || !tracked.quantizer)
            return;
        const auto values = exact.as<float>();
        worker.scratch.assign(values.begin(), values.end());
        tracked.quantizer(worker.scratch.data(), *worker.pool);
        const bool hasGrid = !tracked.entry->encoding.grids.empty();
        const double low = hasGrid ? tracked.entry->encoding.grids[0].min : -std::numeric_limits<double>::infinity();
        const double high = hasGrid ? tracked.entry->encoding.grids[0].max : std::numeric_limits<double>::infinity();
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto x = static_cast<double>(values[i]), q = static_cast<double>(worker.scratch[i]);
            sums.localNoise += (x - q) * (x - q);
            sums.clipped += x < low || x > high ? 1 : 0;
        }
    }

    [[nodiscard]] Evaluation summarize(const Labels &labels) const
    {
        Evaluation result;
        result.samples = m_samples.size();
        for (std::size_t t = 0; t < m_tracked.size(); ++t) {
            ErrorSums sums;
            for (const auto &sample : m_tensorSums)
                sums.add(sample[t]);
            TensorError error;
            error.name = m_tracked[t].name;
            error.sqnrDb = sqnrDb(sums.signal, sums.noise);
            error.localSqnrDb = sqnrDb(sums.signal, sums.localNoise);
            error.clippedPercent = sums.values > 0 ? 100.0 * static_cast<double>(sums.clipped) / static_cast<double>(sums.values) : 0;
            error.bitwidth = m_tracked[t].entry != nullptr ? m_tracked[t].entry->encoding.bitwidth : 0;
            error.values = sums.values;
            result.tensors.push_back(std::move(error));
        }
        for (std::size_t o = 0; o < m_exactPlan->outputs().size(); ++o) {
            ErrorSums sums;
            for (const auto &sample : m_outputSums)
                sums.add(sample[o]);
            const double lengths = std::sqrt(sums.signal) * std::sqrt(sums.quantized);
            result.outputs.push_back({m_exactPlan->outputs()[o].name, sqnrDb(sums.signal, sums.noise), lengths > 0 ? sums.product / lengths : 1.0, sums.maxAbs});
        }
        if (labels.count == 0)
            return result;
        Accuracy accuracy;
        accuracy.samples = labels.count;
        std::size_t exactHits = 0, quantizedHits = 0, agreements = 0;
        for (std::size_t i = 0; i < labels.classes.size(); ++i) {
            if (!labels.classes[i])
                continue;
            exactHits += m_classes[i].first == *labels.classes[i] ? 1 : 0;
            quantizedHits += m_classes[i].second == *labels.classes[i] ? 1 : 0;
            agreements += m_classes[i].first == m_classes[i].second ? 1 : 0;
        }
        const auto total = static_cast<double>(labels.count);
        accuracy.floatTop1 = static_cast<double>(exactHits) / total;
        accuracy.quantizedTop1 = static_cast<double>(quantizedHits) / total;
        accuracy.agreement = static_cast<double>(agreements) / total;
        result.accuracy = accuracy;
        return result;
    }

    std::shared_ptr<const core::Model> m_model;
    const core::SampleSet &m_samples;
    const EvaluationOptions &m_options;
    std::shared_ptr<const Plan> m_exactPlan, m_quantizedPlan;
    std::vector<Tracked> m_tracked;
    std::unordered_map<std::string, std::size_t> m_index;
    std::vector<Worker> m_workers;
    std::vector<std::vector<ErrorSums>> m_tensorSums, m_outputSums; ///< per sample
    std::vector<std::pair<std::int64_t, std::int64_t>> m_classes;   ///< per sample: float, quantized
};

} // namespace

core::Expected<Evaluation> evaluateQuantized(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const EvaluationOptions &options,
                                             const core::JobContext &job)
{
    if (samples.size() == 0)
        return core::badInput("samples", "there are none", "Give at least one input to evaluate");
    return Evaluator(std::move(model), samples, options).run(job);
}

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#include "evaluate.h"

#include "evaluation_summary.h"
#include "sample_workers.h"

#include <runtime/base/thread_pool.h>
#include <runtime/plan/plan_data.h>
#include <runtime/session/session.h>

#include <algorithm>
#include <chrono>
#include <unordered_map>

namespace nordlys::runtime {

namespace {

/// A tensor that both plans store.
struct Tracked {
    std::string name;
    const core::EncodingEntry *entry = nullptr;
    BoundQuantizer quantizer; ///< its own quantize-dequantize; empty: none
};

/// Values of a tensor as they lay in the float plan's memory.
struct ExactValues {
    std::vector<float> values;
    core::Dims dims;
    bool channelsLast = false;

    void assign(const TensorView &view)
    {
        const auto *data = reinterpret_cast<const float *>(view.data);
        values.assign(data, data + view.elementCount);
        dims = *view.dims;
        channelsLast = view.channelsLast;
    }
    [[nodiscard]] TensorView view(std::string_view name) const
    {
        return {name, core::DType::Float32, &dims, reinterpret_cast<const std::byte *>(values.data()), values.size(), channelsLast};
    }
};

/// Session pair of one worker with the float tensors of the sample in work.
struct Worker {
    std::unique_ptr<Session> exact, quantized;
    std::vector<ExactValues> values; ///< per tracked tensor
    std::vector<float> scratch;
    std::vector<CodeSet> codes;      ///< per tracked tensor, of all samples that this worker had
    std::unique_ptr<ThreadPool> pool = std::make_unique<ThreadPool>(1);
};

/// Sums of one sample.
struct SampleSums {
    std::vector<ErrorSums> tensors;
    std::vector<LocalSums> locals;
    std::vector<OutputSample> outputs;
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
        const std::size_t count = m_options.limit > 0 ? std::min(m_options.limit, m_samples.size()) : m_samples.size();
        NORDLYS_TRY(prepare(count));
        auto labels = sampleLabels(m_samples, count, m_options.labels, m_options.labelOffset);
        NORDLYS_TRY(labels);
        m_labels = std::move(*labels);
        m_sums.assign(count, {std::vector<ErrorSums>(m_tracked.size()), std::vector<LocalSums>(m_tracked.size()),
                              std::vector<OutputSample>(m_exactPlan->outputs().size())});
        NORDLYS_TRY(forEachSample(count, m_options.threads, job, "evaluating", [&](int worker, std::size_t sample) {
            return evaluateSample(m_workers[static_cast<std::size_t>(worker)], sample, job);
        }));
        Evaluation result = summarize();
        if (m_options.precision == Precision::QuantSim)
            NORDLYS_TRY(addWeights(result));
        result.elapsedNs = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
        return result;
    }

private:
    [[nodiscard]] PlanOptions quantizedOptions() const
    {
        PlanOptions options;
        options.precision = m_options.precision;
        options.encodings = m_options.encodings;
        options.keepTensors = m_options.keepTensors;
        return options;
    }
    [[nodiscard]] bool isAgainstFloat() const { return m_options.reference == Precision::Float32; }

    core::Expected<void> prepare(std::size_t samples)
    {
        auto quantized = Plan::build(m_model, quantizedOptions());
        NORDLYS_TRY(quantized);
        m_quantizedPlan = std::move(*quantized);

        const Program &program = m_quantizedPlan->data().program;
        PlanOptions exactOptions;
        exactOptions.precision = m_options.reference;
        if (!isAgainstFloat())
            exactOptions.encodings = m_options.encodings;
        for (const int t : storedTensors(program)) {
            const ProgramTensor &tensor = program.tensor(t);
            Tracked tracked{tensor.name, m_options.encodings.find(tensor.name), {}};
            if (tracked.entry != nullptr && isAgainstFloat()) {
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
        for (int i = 0; i < sampleWorkers(samples, m_options.threads); ++i) {
            Worker worker;
            for (auto &[plan, session] : {std::pair(m_exactPlan, &worker.exact), std::pair(m_quantizedPlan, &worker.quantized)}) {
                auto created = Session::create(plan, 1);
                NORDLYS_TRY(created);
                (*created)->setTimersEnabled(false);
                *session = std::move(*created);
            }
            worker.values.resize(m_tracked.size());
            worker.codes.resize(m_tracked.size());
            for (std::size_t t = 0; t < m_tracked.size(); ++t) {
                if (const core::EncodingEntry *entry = m_tracked[t].entry; entry != nullptr && !entry->encoding.isFloat)
                    worker.codes[t].reset(entry->encoding.bitwidth);
            }
            m_workers.push_back(std::move(worker));
        }
        return {};
    }

    core::Expected<void> evaluateSample(Worker &worker, std::size_t sample, const core::JobContext &job)
    {
        auto inputs = m_samples.load(sample);
        NORDLYS_TRY(inputs);
        SampleSums &sums = m_sums[sample];
        std::optional<core::Error> failure;
        NORDLYS_TRY(worker.exact->run(
            *inputs,
            [&](const TensorView &view) {
                const auto it = m_index.find(std::string(view.name));
                if (it == m_index.end() || view.dtype != core::DType::Float32)
                    return;
                addLocal(worker, it->second, view, sums.locals[it->second]);
                worker.values[it->second].assign(view);
            },
            job.stop));
        NORDLYS_TRY(worker.quantized->run(
            *inputs,
            [&](const TensorView &view) {
                const auto it = m_index.find(std::string(view.name));
                if (it == m_index.end())
                    return;
                auto compared = compare(worker.values[it->second], view, *worker.pool);
                if (compared)
                    sums.tensors[it->second] = *compared;
                else if (!failure)
                    failure = std::move(compared.error());
            },
            job.stop));
        if (failure)
            return std::move(*failure);
        for (std::size_t i = 0; i < sums.outputs.size(); ++i) {
            auto exact = worker.exact->output(i), quantized = worker.quantized->output(i);
            NORDLYS_TRY(exact);
            NORDLYS_TRY(quantized);
            if (exact->dtype() != core::DType::Float32)
                continue;
            if (quantized->dtype() != exact->dtype() || quantized->elementCount() != exact->elementCount())
                return core::internalError("output " + m_exactPlan->outputs()[i].name, "the plans disagree on its size");
            sums.outputs[i] = outputSample(exact->as<float>(), quantized->as<float>(), m_labels.classes[sample], *worker.pool);
        }
        return {};
    }

    static core::Expected<ErrorSums> compare(const ExactValues &exact, const TensorView &view, ThreadPool &pool)
    {
        if (view.dtype != core::DType::Float32 || view.elementCount != exact.values.size())
            return core::internalError("tensor " + std::string(view.name), "the plans disagree on its size");
        if (view.channelsLast == exact.channelsLast || view.dims->size() != 4)
            return differenceOf(exact.values.data(), reinterpret_cast<const float *>(view.data), view.elementCount, pool);
        auto a = exact.view(view.name).toHost(), b = view.toHost();
        NORDLYS_TRY(a);
        NORDLYS_TRY(b);
        return differenceOf(a->as<float>().data(), b->as<float>().data(), view.elementCount, pool);
    }

    void addLocal(Worker &worker, std::size_t index, const TensorView &exact, LocalSums &sums) const
    {
        const Tracked &tracked = m_tracked[index];
        if (tracked.entry == nullptr || !tracked.quantizer)
            return;
        const auto *values = reinterpret_cast<const float *>(exact.data);
        worker.scratch.assign(values, values + exact.elementCount);
        tracked.quantizer(worker.scratch.data(), *worker.pool);
        const core::Encoding &encoding = tracked.entry->encoding;
        sums = localSums(values, worker.scratch.data(), exact.elementCount, encoding.grids.empty() ? nullptr : encoding.grids.data(), encoding.bitwidth,
                         worker.codes[index], *worker.pool);
    }

    [[nodiscard]] Evaluation summarize() const
    {
        Evaluation result;
        result.samples = m_sums.size();
        for (std::size_t t = 0; t < m_tracked.size(); ++t) {
            ErrorSums sums;
            LocalSums local;
            CodeSet codes;
            for (const SampleSums &sample : m_sums) {
                sums.add(sample.tensors[t]);
                local.add(sample.locals[t]);
            }
            for (const Worker &worker : m_workers)
                codes.merge(worker.codes[t]);
            result.tensors.push_back(tensorError(m_tracked[t].name, m_tracked[t].entry != nullptr ? &m_tracked[t].entry->encoding : nullptr, sums, local, codes));
        }
        for (std::size_t o = 0; o < m_exactPlan->outputs().size(); ++o) {
            std::vector<const OutputSample *> samples;
            for (const SampleSums &sample : m_sums)
                samples.push_back(&sample.outputs[o]);
            result.outputs.push_back(outputError(m_exactPlan->outputs()[o].name, samples));
            if (o == 0)
                result.accuracy = accuracyOf(m_labels, samples);
        }
        return result;
    }

    core::Expected<void> addWeights(Evaluation &result) const
    {
        auto program = optimizedProgram(*m_model, quantizedOptions());
        NORDLYS_TRY(program);
        ThreadPool pool(m_options.threads);
        for (const ProgramTensor *weight : encodedConstants(*program, m_options.encodings)) {
            const core::Encoding &encoding = m_options.encodings.find(weight->name)->encoding;
            auto rounded = quantizedConstant(*weight, encoding);
            NORDLYS_TRY(rounded);
            result.weights.push_back(weightError(*weight, encoding, *rounded, pool));
        }
        return {};
    }

    std::shared_ptr<const core::Model> m_model;
    const core::SampleSet &m_samples;
    const EvaluationOptions &m_options;
    std::shared_ptr<const Plan> m_exactPlan, m_quantizedPlan;
    std::vector<Tracked> m_tracked;
    std::unordered_map<std::string, std::size_t> m_index;
    std::vector<Worker> m_workers;
    SampleLabels m_labels;
    std::vector<SampleSums> m_sums; ///< per sample
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

// SPDX-License-Identifier: Apache-2.0
#include "what_if.h"

#include "sample_values.h"

#include <runtime/base/thread_pool.h>
#include <runtime/quantization/evaluation_summary.h>
#include <runtime/quantization/sample_workers.h>
#include <runtime/session/session.h>

#include <algorithm>
#include <atomic>
#include <chrono>

namespace nordlys::runtime {

namespace {

using Clock = std::chrono::steady_clock;

/// A tensor that both programs store.
struct Tracked {
    std::string name;
    int quantized = -1, exact = -1; ///< tensors of the two programs
    std::optional<core::Encoding> encoding;
    BoundQuantizer quantizer;
    ValueKey pairKey, localKey; ///< what its metrics were taken of
};

/// Metrics of one tensor and sample.
struct TensorSlot {
    ValueKey pairKey, localKey; ///< of what they are; none: not taken yet
    ErrorSums sums;
    LocalSums local;
    CodeSet codes;
};
struct OutputSlot {
    ValueKey pairKey;
    OutputSample sample;
};

struct SampleState {
    std::optional<SampleValues> values;
    std::vector<TensorSlot> tensors;
    std::vector<OutputSlot> outputs;
};

/// Both programs for one encoding set, and what is asked of them.
struct Setup {
    StepProgram quantized, exact;
    std::vector<Tracked> tracked;
    std::vector<ValueKey> outputKeys;
    KeySet keep;
};

struct Worker {
    std::unique_ptr<ThreadPool> pool;
    AlignedBuffer scratch;
    std::vector<float> rounded;
    std::size_t stepsRun = 0, exactStepsRun = 0;
};

ValueKey pairOf(const ValueKey &a, const ValueKey &b)
{
    return KeyMaker().add(a).add(b).key();
}

bool isFloat(const StepProgram &program, int tensor)
{
    return program.tensor(tensor).dtype == core::DType::Float32;
}

std::span<const float> floatsOf(const StepRun &run, const StepProgram &program, int tensor)
{
    return {reinterpret_cast<const float *>(run.data(tensor)), program.tensor(tensor).bytes / sizeof(float)};
}

} // namespace

class WhatIf::Engine {
public:
    Engine(std::shared_ptr<const core::Model> model, core::SampleSet samples, WhatIfOptions options)
        : m_model(std::move(model)), m_samples(std::move(samples)), m_options(std::move(options)), m_quantized(m_model), m_exact(m_model),
          m_count(m_options.maxSamples > 0 ? std::min(m_options.maxSamples, m_samples.size()) : m_samples.size()), m_states(m_count)
    {
    }

    core::Expected<WhatIfResult> evaluate(const core::EncodingSet &encodings, const WhatIfObserver &observer, const core::JobContext &job)
    {
        const auto start = Clock::now();
        WhatIfResult result;
        result.samplesUsed = m_count;
        result.samplesAsked = m_samples.size();
        result.isEstimate = m_count < m_samples.size();
        auto setup = prepare(encodings);
        NORDLYS_TRY(setup);
        if (*setup == std::nullopt)
            return evaluateWhole(encodings, observer, job, std::move(result));
        NORDLYS_TRY(readLabels());
        NORDLYS_TRY(run(**setup, observer, job, result));
        summarize(**setup, result);
        result.evaluation.elapsedNs = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
        return result;
    }

private:
    /// Nothing: the model cannot run step by step.
    core::Expected<std::optional<Setup>> prepare(const core::EncodingSet &encodings)
    {
        Setup setup;
        auto quantized = m_quantized.build(encodings);
        NORDLYS_TRY(quantized);
        setup.quantized = std::move(*quantized);
        const Program &program = *setup.quantized.program;
        if (!runsStepByStep(program, *setup.quantized.steps))
            return std::optional<Setup>();
        std::vector<std::string> names;
        for (const int t : storedTensors(program)) {
            Tracked tracked;
            tracked.name = program.tensor(t).name;
            tracked.quantized = t;
            if (const core::EncodingEntry *entry = encodings.find(tracked.name)) {
                tracked.encoding = entry->encoding;
                auto quantizer = bindQuantizer(program.tensor(t), entry->encoding);
                NORDLYS_TRY(quantizer);
                tracked.quantizer = std::move(*quantizer);
            }
            names.push_back(tracked.name);
            setup.tracked.push_back(std::move(tracked));
        }
        auto exact = m_exact.build(names);
        NORDLYS_TRY(exact);
        setup.exact = std::move(*exact);
        if (!runsStepByStep(*setup.exact.program, *setup.exact.steps))
            return std::optional<Setup>();
        if (m_exact.outputs().empty() || m_exact.outputs()[0].dtype != core::DType::Float32)
            return core::notSupported("evaluation", "the first output is no float32");
        NORDLYS_TRY(link(setup));
        chooseKept(setup);
        return std::optional(std::move(setup));
    }

    /// Finds the tensors of both programs that are the same, and what their metrics depend on.
    static core::Expected<void> link(Setup &setup)
    {
        std::unordered_map<std::string_view, int> byName;
        for (const int t : storedTensors(*setup.exact.program))
            byName.emplace(setup.exact.tensor(t).name, t);
        for (Tracked &tracked : setup.tracked) {
            const auto it = byName.find(tracked.name);
            if (it == byName.end() || setup.exact.tensor(it->second).bytes != setup.quantized.tensor(tracked.quantized).bytes)
                return core::internalError("tensor " + tracked.name, "the plans disagree on its size");
            tracked.exact = it->second;
            tracked.pairKey = pairOf(setup.exact.key(tracked.exact), setup.quantized.key(tracked.quantized));
            KeyMaker local;
            local.add(setup.exact.key(tracked.exact)).add(tracked.quantizer ? 1U : 0U);
            if (tracked.encoding)
                local.add(*tracked.encoding);
            tracked.localKey = local.key();
        }
        for (std::size_t o = 0; o < setup.exact.program->outputs.size(); ++o) {
            const int exact = setup.exact.program->outputs[o], quantized = setup.quantized.program->outputs[o];
            if (setup.exact.tensor(exact).bytes != setup.quantized.tensor(quantized).bytes
                || setup.exact.tensor(exact).dtype != setup.quantized.tensor(quantized).dtype)
                return core::internalError("output " + setup.exact.program->outputNames[o], "the plans disagree on its size");
            setup.outputKeys.push_back(pairOf(setup.exact.key(exact), setup.quantized.key(quantized)));
        }
        return {};
    }

    /// Which values stay between edits: all where memory allows, else evenly spread ones of both programs, so that no way back to a kept one is long.
    /// The choice depends on sizes and order only: it stays the same from edit to edit.
    void chooseKept(Setup &setup) const
    {
        std::uint64_t total = 0, inputs = 0;
        const auto each = [](const StepProgram &program, auto &&function) {
            for (const ProgramStep &step : program.program->steps) {
                for (const int out : step.outputs) {
                    if (out >= 0)
                        function(out);
                }
            }
        };
        for (const int in : setup.quantized.program->inputs)
            inputs += setup.quantized.tensor(in).bytes;
        for (const StepProgram *program : {&setup.quantized, &setup.exact})
            each(*program, [&](int out) { total += program->tensor(out).bytes; });
        const std::uint64_t share = m_options.memoryBytes / std::max<std::size_t>(1, m_count);
        const std::uint64_t left = share - std::min(share, inputs);
        const double part = total == 0 ? 1.0 : std::min(1.0, static_cast<double>(left) / static_cast<double>(total));
        for (const StepProgram *program : {&setup.quantized, &setup.exact}) {
            double credit = 0;
            each(*program, [&](int out) {
                const auto bytes = static_cast<double>(program->tensor(out).bytes);
                credit += part * bytes;
                if (part < 1.0 && credit < bytes)
                    return;
                credit -= bytes;
                setup.keep.insert(program->key(out));
            });
        }
    }

    core::Expected<void> readLabels()
    {
        if (m_labels)
            return {};
        auto labels = sampleLabels(m_samples, m_count, m_options.labels ? &*m_options.labels : nullptr, m_options.labelOffset);
        NORDLYS_TRY(labels);
        m_labels = std::move(*labels);
        return {};
    }

    core::Expected<WhatIfResult> evaluateWhole(const core::EncodingSet &encodings, const WhatIfObserver &observer, const core::JobContext &job,
                                               WhatIfResult result) const
    {
        EvaluationOptions options;
        options.encodings = encodings;
        options.threads = m_options.threads;
        options.labels = m_options.labels ? &*m_options.labels : nullptr;
        options.labelOffset = m_options.labelOffset;
        options.limit = m_count;
        auto evaluation = evaluateQuantized(m_model, m_samples, options, job);
        NORDLYS_TRY(evaluation);
        result.isIncremental = false;
        result.evaluation = std::move(*evaluation);
        for (std::size_t i = 0; i < result.evaluation.tensors.size() && observer; ++i)
            observer({i, result.evaluation.tensors[i]});
        return result;
    }

    core::Expected<void> run(const Setup &setup, const WhatIfObserver &observer, const core::JobContext &job, WhatIfResult &result)
    {
        NORDLYS_TRY(makeWorkers(setup));
        adopt(setup);
        // Tensors of which a sample's metrics are missing, and for how many samples; told when there is none left.
        std::vector<std::atomic<std::size_t>> missing(setup.tracked.size());
        std::vector<std::size_t> untold;
        for (std::size_t t = 0; t < setup.tracked.size(); ++t) {
            for (const SampleState &state : m_states)
                missing[t] += isCurrent(setup.tracked[t], state.tensors[t]) ? 0 : 1;
            if (missing[t] > 0)
                untold.push_back(t);
        }
        const auto tell = [&] {
            std::erase_if(untold, [&](std::size_t t) {
                if (missing[t].load(std::memory_order_acquire) > 0)
                    return false;
                if (observer)
                    observer({t, errorOf(setup, t)});
                return true;
            });
        };
        const auto work = [&](int index, std::size_t sample) -> core::Expected<void> {
            Worker &worker = m_workers[static_cast<std::size_t>(index)];
            const auto taken = [&](std::size_t t) {
                missing[t].fetch_sub(1, std::memory_order_release);
                if (index == 0) // the calling thread
                    tell();
            };
            return runSample(setup, worker, m_states[sample], sample, job.stop, taken);
        };
        const auto done = forEachSample(m_count, static_cast<int>(m_workers.size()), job, "evaluating", work);
        for (SampleState &state : m_states) {
            if (state.values) {
                result.keptBytes += state.values->keptBytes();
            }
        }
        if (!done)
            return done;
        tell();
        for (const Worker &worker : m_workers) {
            result.stepsRun += worker.stepsRun;
            result.exactStepsRun += worker.exactStepsRun;
        }
        result.stepsTotal = m_count * setup.quantized.steps->size();
        return {};
    }

    core::Expected<void> makeWorkers(const Setup &setup)
    {
        const int threads = std::max(1, m_options.threads);
        const int workers = sampleWorkers(m_count, threads), each = workers > 1 ? 1 : threads;
        if (m_workers.empty()) {
            m_workers.resize(static_cast<std::size_t>(workers));
            for (Worker &worker : m_workers)
                worker.pool = std::make_unique<ThreadPool>(each);
        }
        const std::size_t bytes = std::max({AlignedBuffer::alignment, scratchBytesOf(*setup.quantized.steps, each), scratchBytesOf(*setup.exact.steps, each)});
        for (Worker &worker : m_workers) {
            worker.stepsRun = worker.exactStepsRun = 0;
            if (worker.scratch.size() >= bytes)
                continue;
            auto scratch = AlignedBuffer::create(bytes);
            NORDLYS_TRY(scratch);
            worker.scratch = std::move(*scratch);
        }
        return {};
    }

    static bool isCurrent(const Tracked &tracked, const TensorSlot &slot) { return slot.pairKey == tracked.pairKey && slot.localKey == tracked.localKey; }

    /// Brings all metrics into the setup's order; those of values that are the same stay.
    void adopt(const Setup &setup)
    {
        std::vector<std::string> names;
        for (const Tracked &tracked : setup.tracked)
            names.push_back(tracked.name);
        for (SampleState &state : m_states) {
            if (state.values)
                state.values->retain(setup.keep);
            state.outputs.resize(setup.outputKeys.size());
            if (names == m_slotNames)
                continue;
            std::unordered_map<ValueKey, const TensorSlot *, ValueKeyHash> pairs, locals;
            for (const TensorSlot &slot : state.tensors) {
                pairs.emplace(slot.pairKey, &slot);
                locals.emplace(slot.localKey, &slot);
            }
            std::vector<TensorSlot> slots(setup.tracked.size());
            for (std::size_t t = 0; t < slots.size(); ++t) {
                if (const auto it = pairs.find(setup.tracked[t].pairKey); it != pairs.end()) {
                    slots[t].pairKey = it->first;
                    slots[t].sums = it->second->sums;
                }
                if (const auto it = locals.find(setup.tracked[t].localKey); it != locals.end()) {
                    slots[t].localKey = it->first;
                    slots[t].local = it->second->local;
                    slots[t].codes = it->second->codes;
                }
            }
            state.tensors = std::move(slots);
        }
        m_slotNames = std::move(names);
    }

    core::Expected<void> runSample(const Setup &setup, Worker &worker, SampleState &state, std::size_t sample, const std::stop_token &stop,
                                   const std::function<void(std::size_t)> &taken) const
    {
        if (!state.values) {
            auto inputs = m_samples.load(sample);
            NORDLYS_TRY(inputs);
            NORDLYS_TRY(checkInputs(m_exact.inputs(), *inputs));
            state.values.emplace(std::move(*inputs));
        }
        StepRun quantized(setup.quantized, *state.values, setup.keep), exact(setup.exact, *state.values, setup.keep);
        const auto &exactOutputs = setup.exact.program->outputs, &quantizedOutputs = setup.quantized.program->outputs;
        for (std::size_t t = 0; t < setup.tracked.size(); ++t) {
            const Tracked &tracked = setup.tracked[t];
            const TensorSlot &slot = state.tensors[t];
            if (isCurrent(tracked, slot))
                continue;
            exact.want(tracked.exact);
            if (!(slot.pairKey == tracked.pairKey))
                quantized.want(tracked.quantized);
        }
        for (std::size_t o = 0; o < setup.outputKeys.size(); ++o) {
            if (state.outputs[o].pairKey == setup.outputKeys[o])
                continue;
            exact.want(exactOutputs[o]);
            quantized.want(quantizedOutputs[o]);
        }
        quantized.plan();
        exact.plan();
        const auto value = [&](StepRun &run, int tensor) { return run.ensure(tensor, worker.scratch.data(), *worker.pool, stop); };
        const auto work = [&]() -> core::Expected<void> {
            for (std::size_t t = 0; t < setup.tracked.size(); ++t) {
                const Tracked &tracked = setup.tracked[t];
                TensorSlot &slot = state.tensors[t];
                if (isCurrent(tracked, slot))
                    continue;
                NORDLYS_TRY(value(exact, tracked.exact));
                if (!(slot.localKey == tracked.localKey))
                    takeLocal(worker, tracked, floatsOf(exact, setup.exact, tracked.exact), slot);
                if (!(slot.pairKey == tracked.pairKey)) {
                    NORDLYS_TRY(value(quantized, tracked.quantized));
                    NORDLYS_TRY(takeDifference(setup, worker, tracked, exact, quantized, slot));
                    quantized.done(tracked.quantized);
                }
                exact.done(tracked.exact);
                taken(t);
            }
            for (std::size_t o = 0; o < setup.outputKeys.size(); ++o) {
                OutputSlot &slot = state.outputs[o];
                if (slot.pairKey == setup.outputKeys[o])
                    continue;
                NORDLYS_TRY(value(exact, exactOutputs[o]));
                NORDLYS_TRY(value(quantized, quantizedOutputs[o]));
                slot.sample = {};
                if (isFloat(setup.exact, exactOutputs[o]))
                    slot.sample = outputSample(floatsOf(exact, setup.exact, exactOutputs[o]), floatsOf(quantized, setup.quantized, quantizedOutputs[o]),
                                               m_labels->classes[sample], *worker.pool);
                slot.pairKey = setup.outputKeys[o];
                exact.done(exactOutputs[o]);
                quantized.done(quantizedOutputs[o]);
            }
            return {};
        };
        auto done = work();
        state.values->trim(); // a sample that is done needs no working memory until the next edit
        worker.stepsRun += quantized.stepsRun();
        worker.exactStepsRun += exact.stepsRun();
        return done;
    }

    static void takeLocal(Worker &worker, const Tracked &tracked, std::span<const float> exact, TensorSlot &slot)
    {
        slot.local = {};
        slot.codes = {};
        if (tracked.encoding && tracked.quantizer) {
            const core::Encoding &encoding = *tracked.encoding;
            if (!encoding.isFloat)
                slot.codes.reset(encoding.bitwidth);
            worker.rounded.assign(exact.begin(), exact.end());
            tracked.quantizer(worker.rounded.data(), *worker.pool);
            slot.local = localSums(exact.data(), worker.rounded.data(), exact.size(), encoding.grids.empty() ? nullptr : encoding.grids.data(),
                                   encoding.bitwidth, slot.codes, *worker.pool);
        }
        slot.localKey = tracked.localKey;
    }

    static core::Expected<void> takeDifference(const Setup &setup, Worker &worker, const Tracked &tracked, const StepRun &exact, const StepRun &quantized,
                                               TensorSlot &slot)
    {
        const ProgramTensor &a = setup.exact.tensor(tracked.exact), &b = setup.quantized.tensor(tracked.quantized);
        const auto x = floatsOf(exact, setup.exact, tracked.exact), q = floatsOf(quantized, setup.quantized, tracked.quantized);
        if (a.channelsLast == b.channelsLast || b.dims.size() != 4) {
            slot.sums = differenceOf(x.data(), q.data(), x.size(), *worker.pool);
        } else {
            const auto inOrder = [](const ProgramTensor &tensor, std::span<const float> values) {
                return TensorView{tensor.name, tensor.dtype, &tensor.dims, reinterpret_cast<const std::byte *>(values.data()), values.size(), tensor.channelsLast}
                    .toHost();
            };
            const auto first = inOrder(a, x), second = inOrder(b, q);
            if (!first)
                return first.error();
            if (!second)
                return second.error();
            slot.sums = differenceOf(first->as<float>().data(), second->as<float>().data(), x.size(), *worker.pool);
        }
        slot.pairKey = tracked.pairKey;
        return {};
    }

    /// All samples have the tensor's metrics.
    [[nodiscard]] TensorError errorOf(const Setup &setup, std::size_t t) const
    {
        ErrorSums sums;
        LocalSums local;
        CodeSet codes;
        for (const SampleState &state : m_states) {
            sums.add(state.tensors[t].sums);
            local.add(state.tensors[t].local);
            codes.merge(state.tensors[t].codes);
        }
        const Tracked &tracked = setup.tracked[t];
        return tensorError(tracked.name, tracked.encoding ? &*tracked.encoding : nullptr, sums, local, codes);
    }

    void summarize(const Setup &setup, WhatIfResult &result)
    {
        Evaluation &evaluation = result.evaluation;
        evaluation.samples = m_count;
        for (std::size_t t = 0; t < setup.tracked.size(); ++t)
            evaluation.tensors.push_back(errorOf(setup, t));
        for (std::size_t o = 0; o < setup.outputKeys.size(); ++o) {
            std::vector<const OutputSample *> samples;
            for (const SampleState &state : m_states)
                samples.push_back(&state.outputs[o].sample);
            evaluation.outputs.push_back(outputError(m_exact.outputs()[o].name, samples));
            if (o == 0)
                evaluation.accuracy = accuracyOf(*m_labels, samples);
        }
        evaluation.weights = m_quantized.weightErrors(*m_workers[0].pool);
    }

    std::shared_ptr<const core::Model> m_model;
    core::SampleSet m_samples;
    WhatIfOptions m_options;
    QuantSimPrograms m_quantized;
    ExactPrograms m_exact;
    std::size_t m_count = 0; ///< samples in use
    std::vector<SampleState> m_states;
    std::vector<std::string> m_slotNames; ///< of the tensors in m_states
    std::vector<Worker> m_workers;
    std::optional<SampleLabels> m_labels;
};

WhatIf::WhatIf(std::unique_ptr<Engine> engine) : m_engine(std::move(engine)) {}
WhatIf::~WhatIf() = default;

core::Expected<std::unique_ptr<WhatIf>> WhatIf::create(std::shared_ptr<const core::Model> model, core::SampleSet samples, WhatIfOptions options)
{
    if (model == nullptr)
        return core::usageError("what-if", "there is no model");
    if (samples.size() == 0)
        return core::badInput("samples", "there are none", "Give at least one input to evaluate");
    return std::unique_ptr<WhatIf>(new WhatIf(std::make_unique<Engine>(std::move(model), std::move(samples), std::move(options))));
}

core::Expected<WhatIfResult> WhatIf::evaluate(const core::EncodingSet &encodings, const WhatIfObserver &observer, const core::JobContext &job)
{
    return m_engine->evaluate(encodings, observer, job);
}

} // namespace nordlys::runtime

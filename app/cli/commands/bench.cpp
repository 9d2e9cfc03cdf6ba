// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/input_files.h"
#include "../support/measure.h"
#include "../support/number_checks.h"
#include "../support/table.h"

#include <core/profile/run_statistics.h>
#include <runtime/session/session.h>

#include <fmt/format.h>

#include <algorithm>

namespace nordlys::cli {

namespace {

struct BenchArguments {
    ModelArguments model;
    PrecisionArguments precision;
    std::vector<std::string> inputs;
    std::uint64_t iterations = 100, warmup = 10;
    double duration = 0;
    int threads = 0;
    bool json = false;
};

/// Blocks with and without layer timers alternate, so that drift of the machine meets both alike.
constexpr std::uint64_t kBlock = 5;

struct Measurement {
    std::vector<std::int64_t> timed, plain; ///< duration of each inference, with and without layer timers
    std::vector<std::vector<std::int64_t>> layers;
    core::RunStatus status = core::RunStatus::Finished;
};

core::Expected<Measurement> measure(runtime::Session &session, const core::Sample &inputs, const BenchArguments &options,
                                    const Context &context)
{
    Measurement result;
    result.layers.resize(session.plan().layers().size());
    const auto interruptedOr = [&](const core::Expected<void> &run) -> core::Expected<bool> {
        if (run)
            return true;
        if (run.error().code != core::ErrorCode::Interrupted)
            return run.error();
        result.status = core::RunStatus::Interrupted;
        return false;
    };
    const core::JobContext job = context.job();
    for (std::uint64_t i = 0; i < options.warmup; ++i) {
        const auto goesOn = interruptedOr(session.run(inputs, {}, context.stop));
        if (!goesOn)
            return goesOn.error();
        if (!*goesOn)
            return result;
        job.report(i + 1, options.warmup, "warming up");
    }
    const Stopwatch watch;
    const auto isDone = [&] {
        return options.duration > 0 ? watch.ms() >= options.duration * 1000 && !result.timed.empty()
                                    : result.timed.size() >= options.iterations;
    };
    for (bool timers = true; !isDone() || timers == false; timers = !timers) {
        session.setTimersEnabled(timers);
        for (std::uint64_t i = 0; i < kBlock && !(timers && isDone()); ++i) {
            const auto goesOn = interruptedOr(session.run(inputs, {}, context.stop));
            if (!goesOn)
                return goesOn.error();
            if (!*goesOn)
                return result;
            (timers ? result.timed : result.plain).push_back(session.lastRunNs());
            if (!timers)
                continue;
            const auto steps = session.stepTimes();
            for (std::size_t s = 0; s < result.layers.size() && s < steps.size(); ++s)
                result.layers[s].push_back(steps[s].durationNs);
        }
        job.report(result.timed.size(), options.duration > 0 ? 0 : options.iterations, "measuring");
    }
    return result;
}

struct Layer {
    std::string name, op, kernel;
    core::DurationSummary duration;
    double sharePercent = 0;
};

core::Expected<void> bench(const BenchArguments &options, const Context &context)
{
    if (options.iterations == 0 && options.duration <= 0)
        return core::usageError("--iterations 0", "nothing would be measured", "Give at least 1, or --duration SECONDS.");
    FedModel fed;
    if (!options.inputs.empty()) {
        auto opened = openFed(options.model, options.inputs, context);
        if (!opened)
            return std::move(opened.error());
        fed = std::move(*opened);
    } else {
        auto source = openSource(options.model, context);
        if (!source)
            return std::move(source.error());
        fed.source = std::move(*source);
        // Uniform random values: zeros would let denormals and sparsity flatter or spoil the figure.
        const auto random = core::SampleSet::open("random:1:1", fed.source.model->graph);
        if (!random)
            return random.error();
        auto sample = random->load(0);
        if (!sample)
            return std::move(sample.error());
        fed.inputs = std::move(*sample);
    }
    auto chosen = choosePrecision(options.precision, fed.source);
    if (!chosen)
        return std::move(chosen.error());
    runtime::PlanOptions planOptions;
    planOptions.precision = chosen->precision;
    planOptions.encodings = std::move(chosen->encodings);
    planOptions.threads = chosenThreads(options.threads);
    const auto plan = runtime::Plan::build(fed.source.model, planOptions, context.job());
    if (!plan)
        return plan.error();
    const auto session = runtime::Session::create(*plan, planOptions.threads);
    if (!session)
        return session.error();
    const auto measured = measure(**session, fed.inputs, options, context);
    if (!measured)
        return measured.error();

    const core::DurationSummary latency = core::summarize(measured->timed), plain = core::summarize(measured->plain);
    const core::Verdict verdict =
        core::verdictOf(latency, measured->status, measured->status == core::RunStatus::Interrupted ? "stopped by the user" : "");
    std::vector<Layer> layers;
    double sumNs = 0;
    for (std::size_t i = 0; i < measured->layers.size(); ++i) {
        const core::LayerInfo &info = (*plan)->layers()[i];
        layers.push_back({info.name, info.op, info.kernel, core::summarize(measured->layers[i]), 0});
        sumNs += layers.back().duration.meanNs;
    }
    for (Layer &layer : layers)
        layer.sharePercent = sumNs > 0 ? 100 * layer.duration.meanNs / sumNs : 0;
    const double overhead = plain.p50Ns > 0 ? 100 * (latency.p50Ns - plain.p50Ns) / plain.p50Ns : 0;
    const double throughput = latency.meanNs > 0 ? 1e9 / latency.meanNs : 0;

    core::Expected<void> written;
    if (options.json) {
        Json json = document("bench");
        json["precision"] = runtime::nameOf(planOptions.precision);
        json["threads"] = planOptions.threads;
        json["iterations"] = latency.count;
        json["warmup"] = options.warmup;
        json["latencyMs"] = latencyJson(latency);
        json["throughputPerS"] = throughput;
        json["peakRssMiB"] = peakRssMiB();
        json["arenaBytes"] = (*plan)->arenaBytes();
        json["weightBytes"] = (*plan)->weightBytes();
        json["profilingOverheadPercent"] = measured->plain.empty() ? Json(nullptr) : Json(overhead);
        json["layers"] = Json::array();
        for (const Layer &layer : layers)
            json["layers"].push_back({{"name", layer.name},
                                      {"op", layer.op},
                                      {"kernel", layer.kernel},
                                      {"p50Us", layer.duration.p50Ns / 1e3},
                                      {"meanUs", layer.duration.meanNs / 1e3},
                                      {"sharePercent", layer.sharePercent}});
        json["sumOfLayersMs"] = sumNs / 1e6;
        json["verdict"] = verdictJson(verdict);
        json["warnings"] = fed.source.warnings;
        written = writeJson(json);
    } else {
        Table table({{"Layer"}, {"Operator"}, {"Kernel"}, {"p50 us", Table::Align::Right}, {"Share %", Table::Align::Right}});
        for (const Layer &layer : layers)
            table.add({layer.name, layer.op, layer.kernel, numberText(layer.duration.p50Ns / 1e3, 1),
                       numberText(layer.sharePercent, 1)});
        Facts facts;
        facts.add("Latency", latencyText(latency));
        facts.add("Throughput", fmt::format("{:.1f} inferences/s", throughput));
        facts.add("Measured", fmt::format("{} inferences, {} threads, {}", latency.count, planOptions.threads,
                                          runtime::nameOf(planOptions.precision)));
        facts.add("Sum of layers", fmt::format("{:.3f} ms", sumNs / 1e6));
        facts.add("Profiling costs", measured->plain.empty() ? "-" : fmt::format("{:.2f} %", overhead));
        facts.add("Peak memory", fmt::format("{:.1f} MiB", peakRssMiB()));
        facts.add("Verdict", verdictText(verdict));
        written = writeOut(table.text() + '\n' + facts.text());
    }
    NORDLYS_TRY(written);
    if (measured->status == core::RunStatus::Interrupted)
        return core::interrupted("bench");
    return {};
}

} // namespace

void addBench(CLI::App &program, Action &action)
{
    addCommand<BenchArguments>(
        program, action, "bench", "Latency, throughput and time per layer on this machine",
        [](CLI::App &command, BenchArguments &options) {
            addModelArguments(command, options.model);
            command.add_option("--iterations", options.iterations, "Inferences to measure")
                ->check(inferenceCount())
                ->type_name("N")
                ->capture_default_str();
            command.add_option("--duration", options.duration, "Measure for this many seconds instead")
                ->check(seconds())
                ->type_name("S");
            command.add_option("--warmup", options.warmup, "Inferences before measuring")
                ->check(inferenceCount())
                ->type_name("N")
                ->capture_default_str();
            addThreads(command, options.threads);
            addPrecisionArguments(command, options.precision);
            addInputArgument(command, options.inputs, "Array for a graph input; default: random values");
            command.add_flag("--json", options.json, "One JSON document (nordlys.bench/1)");
        },
        bench);
}

} // namespace nordlys::cli

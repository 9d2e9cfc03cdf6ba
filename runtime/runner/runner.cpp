// SPDX-License-Identifier: Apache-2.0
#include "runner.h"

#include "inputs.h"
#include "options.h"
#include "runner_stream.h"
#include "stop_watcher.h"
#include "times_batch.h"

#include <runtime/artifact/artifact.h>
#include <runtime/base/thread_pool.h>
#include <runtime/segments/segmented_session.h>

#include <chrono>
#include <cstdio>
#include <condition_variable>
#include <mutex>
#include <new>
#include <unistd.h>

namespace nordlys::runtime {

namespace {

int report(const core::Error &error)
{
    // A reader that went away knows that it did.
    if (error.code != core::ErrorCode::Interrupted)
        std::fprintf(stderr, "nordlys-run: error: %s\n", error.text().c_str());
    return core::exitCodeOf(error.code);
}

struct Outcome {
    core::RunStatus status = core::RunStatus::Finished;
    std::string reason;
    std::uint64_t inferences = 0;
    int exitCode = 0;
};

core::Expected<void> delayLayers(SegmentedSession &session, const RunnerOptions &options)
{
    const auto &layers = session.plan().layers();
    for (const auto &[name, ns] : options.delayedLayers) {
        bool found = false;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (layers[i].name != name)
                continue;
            session.delayLayer(i, ns);
            found = true;
        }
        if (!found)
            return core::usageError("--delay-layer " + name, "the artifact has no such layer");
    }
    return {};
}

core::RunStart runStart(const RunnerOptions &options, const LoadedArtifact &artifact, int threads)
{
    core::RunStart start;
    start.artifact = artifact.file;
    start.artifactSha256 = artifact.sha256;
    start.precision = artifact.plan->precisionName();
    start.modelName = artifact.modelName;
    start.profiling = nameOf(options.profiling);
    start.threads = static_cast<std::uint32_t>(threads);
    start.warmup = options.warmup;
    start.iterationsPlanned = options.iterations;
    start.sampleRateHz = options.profiling == Profiling::Off ? 0 : options.sampleRateHz;
    start.layers = artifact.plan->layers();
    return start;
}

Outcome runInferences(SegmentedSession &session, std::span<const core::HostTensor> inputs, const RunnerOptions &options, const StopWatcher &stop,
                      RunnerStream &stream)
{
    Outcome outcome;
    const auto stopped = [&] {
        outcome.status = core::RunStatus::Interrupted;
        outcome.reason = "stopped";
        outcome.exitCode = core::exitCodeOf(core::ErrorCode::Interrupted);
        return outcome;
    };
    const auto failed = [&](const core::Error &error) {
        if (error.code == core::ErrorCode::Interrupted)
            return stopped();
        outcome.status = core::RunStatus::Failed;
        outcome.reason = error.text();
        outcome.exitCode = report(error);
        return outcome;
    };
    const bool withLayers = options.profiling == Profiling::Detailed;
    const std::size_t layers = session.plan().layers().size();
    session.setTimersEnabled(withLayers);

    for (std::uint32_t i = 0; i < options.warmup && !stop.gentle().stop_requested(); ++i) {
        if (auto ran = session.run(inputs, stop.urgent()); !ran)
            return failed(ran.error());
    }
    const auto durationNs = static_cast<std::int64_t>(options.durationSeconds * 1e9);
    const std::int64_t beginNs = stream.nowNs();
    const std::stop_token gentle = stop.gentle(), urgent = stop.urgent();
    TimesBatch batch(stream.writer());
    const auto isOver = [&] {
        return (options.iterations > 0 && outcome.inferences >= options.iterations) || (durationNs > 0 && stream.nowNs() - beginNs >= durationNs);
    };
    while (!isOver()) {
        if (gentle.stop_requested()) {
            batch.flush(stream.nowNs());
            return stopped();
        }
        if (auto ran = session.run(inputs, urgent); !ran) {
            batch.flush(stream.nowNs());
            return failed(ran.error());
        }
        batch.addInference(session.lastRunStartNs() - stream.originNs(), session.lastRunNs());
        if (withLayers) {
            const auto times = session.stepTimes();
            if (times.size() != layers)
                return failed(core::internalError("layer times", "the session measured another number of steps than the plan has"));
            for (const Session::StepTime &time : times)
                batch.addLayer(time.offsetNs, time.durationNs);
        }
        ++outcome.inferences;
        batch.flushWhenDue(stream.nowNs());
    }
    batch.flush(stream.nowNs());
    return outcome;
}

int finish(RunnerStream &stream, const Outcome &outcome)
{
    if (auto ended = stream.finish(outcome.status, outcome.reason, outcome.inferences); !ended)
        return report(ended.error());
    return outcome.exitCode;
}

core::Expected<int> runArtifact(const RunnerOptions &options, StopWatcher &stop)
{
    const int threads = options.threads > 0 ? options.threads : physicalCoreCount();
    PlanOptions planOptions;
    planOptions.threads = threads;
    auto artifact = readArtifact(options.artifact, planOptions);
    NORDLYS_TRY(artifact);
    auto session = SegmentedSession::create(artifact->plan, threads);
    NORDLYS_TRY(session);
    NORDLYS_TRY(delayLayers(**session, options));
    auto inputs = makeRunnerInputs(artifact->plan->inputs(), options.inputs);
    NORDLYS_TRY(inputs);

    RunnerStream stream(options, stop);
    stream.writer().push(runStart(options, *artifact, threads));
    stream.startTelemetry();
    return finish(stream, runInferences(**session, *inputs, options, stop, stream));
}

int runMonitor(const RunnerOptions &options, StopWatcher &stop)
{
    RunnerStream stream(options, stop);
    stream.startTelemetry();
    const auto begin = std::chrono::steady_clock::now();
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any wake;
    const auto never = [] { return false; };
    if (options.durationSeconds > 0)
        wake.wait_until(lock, stop.gentle(), begin + std::chrono::nanoseconds(static_cast<std::int64_t>(options.durationSeconds * 1e9)), never);
    else
        wake.wait(lock, stop.gentle(), never);
    Outcome outcome;
    if (stop.gentle().stop_requested()) {
        outcome.status = core::RunStatus::Interrupted;
        outcome.reason = "stopped";
        outcome.exitCode = core::exitCodeOf(core::ErrorCode::Interrupted);
    }
    return finish(stream, outcome);
}

int runnerMainUnguarded(const std::vector<std::string> &arguments)
{
    const auto options = parseRunnerOptions(arguments);
    if (!options)
        return report(options.error());
    if (options->showHelp || options->showVersion) {
        const std::string text = options->showHelp ? runnerHelp() : "nordlys-run " NORDLYS_VERSION "\n";
        std::fputs(text.c_str(), stdout);
        return 0;
    }
    if (::isatty(STDOUT_FILENO))
        return report(core::usageError("standard output", "the run stream is binary and this is a terminal", "Redirect it to a file or use `nordlys run`."));
    StopWatcher stop;
    if (options->monitorOnly)
        return runMonitor(*options, stop);
    const auto code = runArtifact(*options, stop);
    return code ? *code : report(code.error());
}

} // namespace

int runnerMain(int argc, char **argv)
{
    try {
        return runnerMainUnguarded({argv + std::min(argc, 1), argv + argc});
    } catch (const std::bad_alloc &) {
        return report(core::badInput("memory", "there is not enough of it"));
    } catch (const std::exception &error) {
        return report(core::internalError("unexpected failure", error.what()));
    }
}

} // namespace nordlys::runtime

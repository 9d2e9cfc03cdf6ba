// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/device_options.h"
#include "../support/measure.h"
#include "../support/number_checks.h"
#include "../support/model_source.h"
#include "../support/output_guard.h"
#include "../support/placement_options.h"
#include "../support/table.h"
#include "../support/temporary_folder.h"

#include <core/profile/emulated_backends.h>
#include <devicebridge/device.h>
#include <runtime/artifact/artifact.h>

#include <fmt/format.h>

#include <array>
#include <fstream>

namespace nordlys::cli {

namespace {

struct RunArguments {
    ModelArguments source;
    PrecisionArguments precision;
    PlacementArguments placement;
    DeviceArguments device;
    std::string profile = "detailed", input, delayLayer;
    std::uint64_t iterations = 200;
    std::uint32_t warmup = 10;
    double duration = 0;
    int threads = 0;
    bool json = false;
};

bool isContextFile(const std::filesystem::path &path)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return false; // opening a pipe would wait for its writer
    std::ifstream file(path, std::ios::binary);
    std::array<char, 8> magic{};
    return file.read(magic.data(), magic.size()) && std::string_view(magic.data(), magic.size()) == "NRDLYCTX";
}

/// The artifact to run: the folder or context file that was named, or a model built into `folder`.
core::Expected<std::filesystem::path> artifactOf(const RunArguments &options, const Context &context, TemporaryFolder &folder)
{
    std::error_code error;
    const std::filesystem::path path = options.source.path;
    const bool isFolder = std::filesystem::is_directory(path, error);
    if (isFolder || isContextFile(path)) {
        if (!options.precision.precision.empty() || !options.precision.encodings.empty() || !options.source.dims.empty() ||
            !options.placement.empty())
            return core::usageError(path.string(),
                                    "an artifact is built already: --precision, --encodings, --backend, --placement and --dim belong to its model",
                                    "Leave them out, or name the model instead.");
        return path;
    }
    auto source = openSource(options.source, context);
    if (!source)
        return std::move(source.error());
    auto chosen = chooseBuild(options.precision, options.placement, *source);
    if (!chosen)
        return std::move(chosen.error());
    runtime::BuildOptions &build = *chosen;
    NORDLYS_TRY(folder.create());
    build.threads = chosenThreads(options.threads);
    const auto built = runtime::buildArtifacts(source->model, build, folder.path() / "artifact", context.job());
    if (!built)
        return built.error();
    return folder.path() / "artifact";
}

Json runJson(const core::RunProfile &run, const core::RunSummary &summary, const RunArguments &options,
             const devicebridge::DeviceInfo &device)
{
    Json json = document("run");
    json["status"] = core::nameOf(run.status);
    json["reason"] = run.reason;
    json["device"] = {{"id", device.id},
                      {"model", run.hello.deviceModel},
                      {"soc", run.hello.soc},
                      {"os", run.hello.os},
                      {"cpuCount", run.hello.cpuCount},
                      {"emulated", core::emulatedBackends(run.start)}};
    json["artifact"] = {{"name", run.start.artifact}, {"sha256", run.start.artifactSha256}, {"model", run.start.modelName}};
    json["precision"] = run.start.precision;
    json["threads"] = run.start.threads;
    json["warmup"] = run.start.warmup;
    json["inferences"] = run.inferenceCount();
    json["latencyMs"] = latencyJson(summary.latency);
    json["layers"] = Json::array();
    json["boundaries"] = Json::array();
    for (const core::LayerSummary &layer : summary.layers) {
        const core::LayerInfo &info = run.start.layers[layer.layer];
        if (info.isBoundary()) {
            json["boundaries"].push_back({{"tensor", info.boundaryTensor},
                                          {"segment", info.segment},
                                          {"backend", info.backend},
                                          {"emulated", info.isEmulated},
                                          {"bytes", info.boundaryBytes},
                                          {"p50Us", layer.duration.p50Ns / 1e3},
                                          {"p95Us", layer.duration.p95Ns / 1e3},
                                          {"p99Us", layer.duration.p99Ns / 1e3},
                                          {"meanUs", layer.duration.meanNs / 1e3},
                                          {"sharePercent", layer.sharePercent},
                                          {"count", layer.duration.count}});
            continue;
        }
        json["layers"].push_back({{"name", info.name},
                                  {"op", info.op},
                                  {"backend", info.backend},
                                  {"emulated", info.isEmulated},
                                  {"segment", info.segment},
                                  {"kernel", info.kernel},
                                  {"p50Us", layer.duration.p50Ns / 1e3},
                                  {"p95Us", layer.duration.p95Ns / 1e3},
                                  {"p99Us", layer.duration.p99Ns / 1e3},
                                  {"meanUs", layer.duration.meanNs / 1e3},
                                  {"sharePercent", layer.sharePercent},
                                  {"count", layer.duration.count},
                                  {"sourceNodes", info.sourceNodes}});
    }
    json["sumOfLayersMs"] = summary.sumOfLayersNs / 1e6;
    json["counters"] = countersJson(summary.counters);
    json["dropped"] = run.dropped;
    json["peakRssMiB"] = static_cast<double>(run.peakRssBytes) / 1048576;
    json["log"] = Json::array();
    for (const core::LogLine &line : run.log)
        json["log"].push_back({{"tNs", line.tNs}, {"level", line.level}, {"text", line.text}});
    json["verdict"] = verdictJson(summary.verdict);
    json["recording"] = options.device.record.empty() ? Json(nullptr) : Json(options.device.record);
    return json;
}

std::string runText(const core::RunProfile &run, const core::RunSummary &summary, const RunArguments &options,
                    const devicebridge::DeviceInfo &device)
{
    Table table({{"Layer"},
                 {"Operator"},
                 {"Backend"},
                 {"p50 us", Table::Align::Right},
                 {"p95 us", Table::Align::Right},
                 {"p99 us", Table::Align::Right},
                 {"Share %", Table::Align::Right},
                 {"Count", Table::Align::Right}});
    for (const core::LayerSummary &layer : summary.layers) {
        const core::LayerInfo &info = run.start.layers[layer.layer];
        table.add({info.name, info.op, info.backend + (info.isEmulated ? " (emulated)" : ""), numberText(layer.duration.p50Ns / 1e3, 1),
                   numberText(layer.duration.p95Ns / 1e3, 1), numberText(layer.duration.p99Ns / 1e3, 1),
                   numberText(layer.sharePercent, 1), std::to_string(layer.duration.count)});
    }
    Facts facts;
    const auto emulated = core::emulatedBackends(run.start);
    facts.add("Device", fmt::format("{} ({}){}", device.id, run.hello.deviceModel.empty() ? "unknown" : run.hello.deviceModel,
                                    emulated.empty() ? "" : fmt::format(", {} emulated on its CPU", fmt::join(emulated, ", "))));
    facts.add("Status", core::nameOf(run.status) + (run.reason.empty() ? "" : ": " + run.reason));
    facts.add("Latency", latencyText(summary.latency));
    facts.add("Measured",
              fmt::format("{} inferences, {} threads, {}", run.inferenceCount(), run.start.threads, run.start.precision));
    facts.add("Sum of layers", fmt::format("{:.3f} ms", summary.sumOfLayersNs / 1e6));
    if (run.dropped > 0)
        facts.add("Dropped", fmt::format("{} layer events", run.dropped));
    facts.add("Verdict", verdictText(summary.verdict));
    if (!options.device.record.empty())
        facts.add("Recording", options.device.record);
    const std::string counters = countersText(summary.counters);
    return (table.empty() ? "" : table.text() + '\n') + (counters.empty() ? "" : counters + '\n') + facts.text();
}

core::Expected<void> run(const RunArguments &options, const Context &context)
{
    NORDLYS_TRY(refuseToOverwriteInputs(options.device.record, {options.source.path, options.precision.encodings}));
    auto device = devicebridge::openDevice(options.device.device);
    if (!device)
        return std::move(device.error());
    TemporaryFolder temporary;
    devicebridge::RunRequest request;
    const bool isReplay = options.device.device.starts_with("recording");
    if (!isReplay) {
        if (options.source.path.empty())
            return core::usageError("run", "nothing to run is named", "Give the folder of 'nordlys build', or a model.");
        auto artifact = artifactOf(options, context, temporary);
        if (!artifact)
            return std::move(artifact.error());
        request.artifact = std::move(*artifact);
    }
    fillRequest(options.device, request);
    request.input = options.input;
    request.iterations = options.duration > 0 ? 0 : options.iterations;
    request.durationSeconds = options.duration;
    request.warmup = options.warmup;
    request.threads = options.threads;
    request.profiling = options.profile;
    request.testSlowLayer = options.delayLayer;
    if (request.iterations == 0 && request.durationSeconds <= 0)
        return core::usageError("--iterations 0", "nothing would be run", "Give at least 1, or --duration SECONDS.");
    std::uint64_t done = 0, planned = 0;
    const core::JobContext job = context.job();
    const auto profile = (*device)->run(
        request,
        [&](const core::StreamItem &item) {
            if (const auto *start = std::get_if<core::RunStart>(&item))
                planned = start->iterationsPlanned;
            if (const auto *times = std::get_if<core::LayerTimesBatch>(&item))
                job.report(done += times->inferenceDurationNs.size(), planned, "running");
        },
        job);
    if (!profile)
        return profile.error();
    const core::RunSummary summary = core::summarize(*profile);
    const devicebridge::DeviceInfo info = (*device)->info();
    NORDLYS_TRY(options.json ? writeJson(runJson(*profile, summary, options, info))
                             : writeOut(runText(*profile, summary, options, info)));
    return statusResult("run", *profile, context);
}

} // namespace

void addRun(CLI::App &program, Action &action)
{
    addCommand<RunArguments>(
        program, action, "run", "Runs on a device and shows times per layer beside clocks and temperatures",
        [](CLI::App &command, RunArguments &options) {
            command.add_option("DIR_OR_MODEL", options.source.path,
                               "Folder of 'nordlys build', a context file, a model or a project; not needed for recordings");
            command.add_option("--dim", options.source.dims, "NAME=N: size of a free dimension of a model; repeatable")
                ->type_name("NAME=N")
                ->expected(1)
                ->take_all();
            addPrecisionArguments(command, options.precision);
            addPlacementArguments(command, options.placement);
            addDeviceArguments(command, options.device);
            command.add_option("--iterations", options.iterations, "Inferences to run")
                ->check(inferenceCount())
                ->type_name("N")
                ->capture_default_str();
            command.add_option("--duration", options.duration, "Run for this many seconds instead")
                ->check(seconds())
                ->type_name("S");
            command.add_option("--warmup", options.warmup, "Inferences before measuring")
                ->check(inferenceCount())
                ->type_name("N")
                ->capture_default_str();
            addThreads(command, options.threads);
            command.add_option("--profile", options.profile, "off, basic (inferences only) or detailed (layers)")
                ->check(CLI::IsMember({"off", "basic", "detailed"}))
                ->capture_default_str();
            command.add_option("--input", options.input, "Array for the only input; default: random values")
                ->type_name("FILE.npy");
            // Test hook of the measuring chain: NAME=NANOSECONDS.
            command.add_option("--delay-layer", options.delayLayer)->group("");
            command.add_flag("--json", options.json, "One JSON document (nordlys.run/1)");
        },
        run);
}

} // namespace nordlys::cli

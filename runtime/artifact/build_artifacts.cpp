// SPDX-License-Identifier: Apache-2.0
#include "artifact.h"
#include "build_messages.h"
#include "build_tracker.h"

#include <core/base/atomic_file.h>
#include <core/base/sha256.h>
#include <core/quantization/encoding_file.h>
#include <runtime/plan/plan_data.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <system_error>
#include <unordered_set>

namespace nordlys::runtime {

using nlohmann::ordered_json;

namespace {

std::string dumped(const ordered_json &json)
{
    return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

ordered_json portsJson(const std::vector<PortInfo> &ports)
{
    ordered_json list = ordered_json::array();
    for (const PortInfo &port : ports)
        list.push_back({{"name", port.name}, {"dtype", core::nameOf(port.dtype)}, {"shape", port.isFixed ? ordered_json(port.dims) : ordered_json(nullptr)}});
    return list;
}

ordered_json inputSpecs(const SegmentedPlan &plan)
{
    return {{"schema", "nordlys.inputSpecs/1"}, {"inputs", portsJson(plan.inputs())}, {"outputs", portsJson(plan.outputs())}};
}

ordered_json nameMap(const core::Graph &graph, const core::PlacementPlan &placement, const SegmentedPlan &plan)
{
    ordered_json layers = ordered_json::array();
    for (const core::LayerInfo &layer : plan.layers()) {
        if (!layer.isBoundary())
            layers.push_back({{"layer", layer.name},
                              {"op", layer.op},
                              {"segment", layer.segment},
                              {"sourceNodes", layer.sourceNodes},
                              {"outputs", layer.outputs}});
    }
    std::vector<std::string> folded, removed;
    std::unordered_set<std::string> listed; // constants that several segments use are folded in each
    const auto list = [&listed](std::vector<std::string> &to, const std::string &name) {
        if (listed.insert(name).second)
            to.push_back(name);
    };
    for (const PlanSegment &segment : plan.segments()) {
        for (const std::string &name : segment.plan->foldedNodes())
            list(folded, name);
        for (const std::string &name : segment.plan->removedNodes())
            list(removed, name);
    }
    for (const core::NodePlacement &node : placement.nodes) {
        if (node.isFolded && plan.segments().size() > 1)
            list(folded, std::string(graph.nameOf(node.node)));
    }
    return {{"layers", layers}, {"folded", folded}, {"removed", removed}};
}

/// Segments with their container, tensors that come in and go out, and source nodes.
ordered_json segmentsJson(const SegmentedPlan &plan)
{
    ordered_json list = ordered_json::array();
    for (std::size_t s = 0; s < plan.segments().size(); ++s) {
        const PlanSegment &segment = plan.segments()[s];
        ordered_json nodes = ordered_json::array();
        for (const core::LayerInfo &layer : segment.plan->layers())
            for (const std::string &node : layer.sourceNodes)
                nodes.push_back(node);
        list.push_back({{"id", s},
                        {"backend", core::nameOf(segment.backend)},
                        {"emulated", segment.isEmulated},
                        {"precision", nameOf(segment.plan->precision())},
                        {"context", "context_binaries/" + contextFileName(segment.backend)},
                        {"inputs", portsJson(segment.plan->inputs())},
                        {"outputs", portsJson(segment.plan->outputs())},
                        {"nodes", std::move(nodes)}});
    }
    return list;
}

ordered_json boundariesJson(const SegmentedPlan &plan)
{
    ordered_json list = ordered_json::array();
    for (std::size_t s = 0; s < plan.segments().size(); ++s) {
        const auto &sources = plan.sourcesOf(s);
        for (std::size_t i = 0; i < sources.size(); ++i) {
            if (sources[i].segment)
                list.push_back({{"tensor", plan.segments()[s].plan->inputs()[i].name}, {"from", *sources[i].segment}, {"to", s}});
        }
    }
    return list;
}

ordered_json backendsJson(const SegmentedPlan &plan, int threads)
{
    ordered_json list = ordered_json::array();
    std::set<core::Backend> seen;
    for (const PlanSegment &segment : plan.segments()) {
        if (seen.insert(segment.backend).second)
            list.push_back({{"name", core::nameOf(segment.backend)},
                            {"emulated", segment.isEmulated},
                            {"precision", nameOf(segment.plan->precision())},
                            {"threads", threads}});
    }
    return list;
}

/// Everything on the CPU needs no tables and no reasons.
core::Expected<core::PlacementPlan> placementOf(const core::Model &model, const BuildOptions &options, BuildResult &result)
{
    const auto leavesCpu = [](const auto &assignment) { return assignment.second != core::Backend::Cpu; };
    if (options.backend.value_or(core::Backend::Cpu) == core::Backend::Cpu && std::ranges::none_of(options.placement, leavesCpu))
        return core::PlacementPlan();
    auto tables = core::BackendCapabilities::load();
    NORDLYS_TRY(tables);
    auto placement = core::planPlacement(model.graph, options.encodings, options.placement, *tables, {options.backend});
    NORDLYS_TRY(placement);
    NORDLYS_TRY(core::checkPlacement(model.graph, *placement));
    if (!placement->unknownNodes.empty())
        result.warnings.push_back(std::to_string(placement->unknownNodes.size()) + " assignments belong to no node of the model, the first is "
                                  + placement->unknownNodes.front());
    return placement;
}

ordered_json modelJson(const core::Model &model, const std::string &sha256)
{
    ordered_json external = ordered_json::array(), opsets = ordered_json::array();
    for (const auto &file : model.externalFiles)
        external.push_back(file.filename().string());
    for (const auto &opset : model.opsets)
        opsets.push_back({{"domain", opset.domain}, {"version", opset.version}});
    return {{"file", model.path.filename().string()}, {"format", model.format}, {"opsets", opsets}, {"sha256", sha256}, {"externalFiles", external}};
}

core::Expected<void> addFile(const std::filesystem::path &folder, const std::string &path, const std::string &kind, BuildResult &result,
                             const std::stop_token &stop)
{
    auto sha = core::sha256OfFile(folder / path, stop);
    NORDLYS_TRY(sha);
    std::error_code error;
    const std::uint64_t bytes = std::filesystem::file_size(folder / path, error);
    if (error)
        return core::cannotWrite(path, error.message());
    result.files.push_back({path, kind, bytes, std::move(*sha)});
    return {};
}

/// Writes every file of the artifact below `root`.
core::Expected<void> fillFolder(const std::filesystem::path &root, const core::Model &model, const std::string &modelHash,
                                const core::PlacementPlan &placement, const SegmentedPlan &plan, const BuildOptions &options, BuildResult &result,
                                BuildTracker &tracker)
{
    const std::stop_token stop = tracker.jobOfStep().stop;
    std::error_code error;
    std::filesystem::create_directories(root / "context_binaries", error);
    if (error)
        return core::cannotWrite(root.string(), error.message());
    auto contexts = writeContexts(root / "context_binaries", plan, model.path.stem().string(), tracker.jobOfStep());
    NORDLYS_TRY(contexts);
    for (const std::string &context : *contexts)
        NORDLYS_TRY(addFile(root, "context_binaries/" + context, "context", result, stop));
    NORDLYS_TRY(tracker.begin(BuildStep::Describe));
    const core::EncodingSet &encodings = options.encodings;
    NORDLYS_TRY(core::writeFileAtomically(root / "quantization_config.json", core::encodingsToJson(encodings, model.graph)));
    NORDLYS_TRY(addFile(root, "quantization_config.json", "quantization", result, stop));
    NORDLYS_TRY(core::writeFileAtomically(root / "backend_config.json",
                                          dumped({{"schema", "nordlys.backendConfig/1"}, {"backends", backendsJson(plan, options.threads)}})));
    NORDLYS_TRY(addFile(root, "backend_config.json", "backend", result, stop));
    NORDLYS_TRY(core::writeFileAtomically(root / "input_specs.json", dumped(inputSpecs(plan))));
    NORDLYS_TRY(addFile(root, "input_specs.json", "inputs", result, stop));

    ordered_json files = ordered_json::array();
    for (const BuiltFile &file : result.files)
        files.push_back({{"path", file.path}, {"kind", file.kind}, {"bytes", file.bytes}, {"sha256", file.sha256}});
    const ordered_json manifest{{"schema", "nordlys.manifest/1"},
                                {"contextVersion", kContextVersion},
                                {"model", modelJson(model, modelHash)},
                                {"flags", {{"precision", plan.precisionName()}, {"threads", options.threads}}},
                                {"arenaBytes", plan.arenaBytes()},
                                {"weightBytes", plan.weightBytes()},
                                {"segments", segmentsJson(plan)},
                                {"boundaries", boundariesJson(plan)},
                                {"nameMap", nameMap(model.graph, placement, plan)},
                                {"files", files}};
    NORDLYS_TRY(core::writeFileAtomically(root / "manifest.json", dumped(manifest)));
    NORDLYS_TRY(addFile(root, "manifest.json", "manifest", result, stop));
    return {};
}

core::Expected<BuildResult> build(std::shared_ptr<const core::Model> model, const BuildOptions &options, const std::filesystem::path &folder,
                                  BuildTracker &tracker)
{
    BuildResult result;
    NORDLYS_TRY(tracker.begin(BuildStep::Check));
    sayUnsupported(model->graph, tracker);
    sayFindings(*model, tracker);
    for (const core::InferenceFinding &finding : model->findings)
        result.warnings.push_back(std::string(model->graph.nameOf(finding.node)) + ": " + finding.rule);
    if (options.precision == Precision::QuantSim) {
        const core::EncodingCoverage coverage = core::checkCoverage(model->graph, options.encodings);
        sayCoverage(coverage, model->graph, tracker);
        if (!coverage.missing.empty())
            result.warnings.push_back(std::to_string(coverage.missing.size()) + " quantizable tensors have no encoding and stay float, the first is "
                                      + coverage.missing.front());
        if (!coverage.extra.empty())
            result.warnings.push_back(std::to_string(coverage.extra.size()) + " encodings belong to no tensor of the model, the first is " + coverage.extra.front());
    }
    auto placement = placementOf(*model, options, result);
    NORDLYS_TRY(placement);
    NORDLYS_TRY(tracker.begin(BuildStep::Plan));
    PlanOptions planOptions;
    planOptions.precision = options.precision;
    planOptions.encodings = options.encodings;
    planOptions.threads = options.threads;
    auto plan = buildSegmentedPlan(model, *placement, planOptions, tracker.jobOfStep());
    NORDLYS_TRY(plan);
    result.segments = (*plan)->segments().size();
    result.precision = (*plan)->precisionName();
    for (const PlanSegment &segment : (*plan)->segments())
        sayPlan(*segment.plan, tracker);
    NORDLYS_TRY(tracker.begin(BuildStep::Hash));
    auto modelHash = core::modelSha256(*model, tracker.jobOfStep());
    NORDLYS_TRY(modelHash);

    NORDLYS_TRY(tracker.begin(BuildStep::Contexts));
    auto staging = core::AtomicFolder::create(folder);
    NORDLYS_TRY(staging);
    if (auto filled = fillFolder(staging->stagingPath(), *model, *modelHash, *placement, **plan, options, result, tracker); !filled)
        return staging->named(std::move(filled.error()));
    NORDLYS_TRY(tracker.begin(BuildStep::Commit));
    core::AtomicFolder::Commit commit;
    commit.last = "manifest.json";
    for (const core::Backend backend : core::kAllBackends)
        commit.obsolete.push_back(std::filesystem::path("context_binaries") / contextFileName(backend));
    NORDLYS_TRY(staging->commit(commit));
    return result;
}

} // namespace

core::Expected<BuildResult> buildArtifacts(std::shared_ptr<const core::Model> model, const BuildOptions &options, const std::filesystem::path &folder,
                                           const core::JobContext &job)
{
    const auto start = std::chrono::steady_clock::now();
    BuildTracker tracker(options.observer, job, model->graph);
    auto result = build(model, options, folder, tracker);
    if (!result) {
        tracker.fail(result.error());
        return result;
    }
    tracker.finish();
    result->elapsedNs = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
    return result;
}

} // namespace nordlys::runtime

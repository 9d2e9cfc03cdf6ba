// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include "comparison_json.h"
#include "report_parts.h"

#include <core/graph/cost.h>
#include <core/profile/emulated_backends.h>

#include <nlohmann/json.hpp>

#include <cmath>

namespace nordlys::core {

namespace {

using Json = nlohmann::ordered_json;

Json finite(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json textOrNull(const std::string &text) { return text.empty() ? Json(nullptr) : Json(text); }

Json verdictJson(const Verdict &verdict) { return {{"level", nameOf(verdict.level)}, {"reasons", verdict.reasons}}; }

Json tensorsJson(const Graph &graph, const std::vector<TensorId> &ids)
{
    Json list = Json::array();
    for (const TensorId id : ids) {
        const Tensor &tensor = graph.tensor(id);
        list.push_back({{"name", graph.nameOf(id)},
                        {"dtype", nameOf(tensor.dtype)},
                        {"shape", tensor.shape ? Json(shapeText(*tensor.shape, graph.names)) : Json(nullptr)}});
    }
    return list;
}

Json modelJson(const ReportModel &source)
{
    const Model &model = *source.model;
    Json ops = Json::object();
    for (const auto &[op, count] : model.fileOps)
        ops[op] = count;
    return {{"file", source.file},
            {"sha256", textOrNull(source.sha256)},
            {"bytes", source.bytes},
            {"format", model.format},
            {"opset", model.opsetOf("")},
            {"producer", model.producer},
            {"inputs", tensorsJson(model.graph, model.graph.inputs)},
            {"outputs", tensorsJson(model.graph, model.graph.outputs)},
            {"nodeCount", model.graph.nodes.size()},
            {"parameterCount", parameterCount(model.graph)},
            {"macs", macCount(model.graph)},
            {"ops", std::move(ops)}};
}

Json summaryJson(const DurationSummary &duration, double unitNs, const char *suffix)
{
    const auto key = [&](const char *name) { return std::string(name) + suffix; };
    return {{key("min"), duration.minNs / unitNs}, {key("mean"), duration.meanNs / unitNs},
            {key("p50"), duration.p50Ns / unitNs}, {key("p95"), duration.p95Ns / unitNs},
            {key("p99"), duration.p99Ns / unitNs}, {key("max"), duration.maxNs / unitNs}};
}

Json runJson(const ReportRun &run)
{
    const RunProfile &profile = *run.profile;
    Json json{{"name", run.name}, {"status", nameOf(profile.status)}, {"reason", profile.reason}};
    json["device"] = {{"model", profile.hello.deviceModel},
                      {"soc", profile.hello.soc},
                      {"os", profile.hello.os},
                      {"cpuCount", profile.hello.cpuCount},
                      {"emulated", emulatedBackends(profile.start)}};
    json["artifact"] = {
        {"name", profile.start.artifact}, {"sha256", profile.start.artifactSha256}, {"model", profile.start.modelName}};
    json["recording"] = {{"file", textOrNull(run.recordingFile)}, {"sha256", textOrNull(run.recordingSha256)}};
    json["runner"] = profile.hello.runnerVersion;
    json["startedUnixNs"] = profile.hello.wallClockNs;
    json["settings"] = {{"precision", profile.start.precision}, {"threads", profile.start.threads},
                        {"warmup", profile.start.warmup},       {"iterationsPlanned", profile.start.iterationsPlanned},
                        {"profiling", profile.start.profiling}, {"sampleRateHz", finite(profile.start.sampleRateHz)}};
    json["inferences"] = profile.inferenceCount();
    json["latencyMs"] = summaryJson(run.summary.latency, 1e6, "");
    json["latencyMs"]["p50HalfInterval"] = run.summary.latency.p50HalfIntervalNs / 1e6;
    json["layers"] = Json::array();
    for (const LayerSummary &layer : run.summary.layers) {
        const LayerInfo &info = profile.start.layers[layer.layer];
        Json row{{"name", info.name}, {"op", info.op}, {"backend", info.backend}, {"emulated", info.isEmulated},
                 {"segment", info.segment}, {"kernel", info.kernel}};
        row["boundary"] = info.isBoundary() ? Json{{"tensor", info.boundaryTensor}, {"bytes", info.boundaryBytes}} : Json(nullptr);
        row.update(summaryJson(layer.duration, 1e3, "Us"));
        row["count"] = layer.duration.count;
        row["sharePercent"] = layer.sharePercent;
        row["macs"] = info.macs;
        row["sourceNodes"] = info.sourceNodes;
        json["layers"].push_back(std::move(row));
    }
    json["sumOfLayersMs"] = run.summary.sumOfLayersNs / 1e6;
    json["counters"] = Json::array();
    for (const CounterSummary &counter : run.summary.counters) {
        const bool any = counter.samples > 0;
        json["counters"].push_back({{"name", counter.info.name},
                                    {"unit", counter.info.unit},
                                    {"samples", counter.samples},
                                    {"available", counter.info.available},
                                    {"why", counter.info.why},
                                    {"min", any ? finite(counter.min) : Json(nullptr)},
                                    {"mean", any ? finite(counter.mean) : Json(nullptr)},
                                    {"max", any ? finite(counter.max) : Json(nullptr)},
                                    {"source", counter.info.source}});
    }
    json["dropped"] = profile.dropped;
    json["peakRssBytes"] = profile.peakRssBytes;
    json["verdict"] = verdictJson(run.summary.verdict);
    return json;
}

Json encodingsJson(const ReportEncodings &encodings)
{
    std::size_t activations = 0;
    Json entries = Json::array();
    for (const auto &[tensor, entry] : encodings.set.entries) {
        const Encoding &encoding = entry.encoding;
        activations += entry.kind == EncodingKind::Activation ? 1 : 0;
        double low = INFINITY, high = -INFINITY, scale = -INFINITY;
        for (const Grid &grid : encoding.grids) {
            low = std::min(low, grid.min);
            high = std::max(high, grid.max);
            scale = std::max(scale, grid.scale);
        }
        entries.push_back({{"tensor", tensor},
                           {"kind", entry.kind == EncodingKind::Activation ? "activation" : "parameter"},
                           {"bitwidth", encoding.bitwidth},
                           {"isFloat", encoding.isFloat},
                           {"symmetric", encoding.symmetric},
                           {"channels", encoding.isPerChannel() ? encoding.grids.size() : 1},
                           {"blocks", encoding.isBlockwise() ? Json(encoding.grids.size()) : Json()},
                           {"min", finite(low)},
                           {"max", finite(high)},
                           {"largestScale", finite(scale)},
                           {"locked", entry.locked}});
    }
    return {{"source", encodings.source},
            {"sha256", textOrNull(encodings.sha256)},
            {"activations", activations},
            {"parameters", encodings.set.entries.size() - activations},
            {"entries", std::move(entries)}};
}

Json accuracyJson(const ReportAccuracy &accuracy)
{
    Json json{{"samples", accuracy.samples}, {"outputs", Json::array()}, {"tensors", Json::array()}};
    for (const auto &output : accuracy.outputs)
        json["outputs"].push_back({{"name", output.name},
                                   {"sqnrDb", finite(output.sqnrDb)},
                                   {"cosine", finite(output.cosine)},
                                   {"maxAbsError", finite(output.maxAbsError)}});
    for (const auto &tensor : accuracy.tensors)
        json["tensors"].push_back({{"name", tensor.name},
                                   {"sqnrDb", finite(tensor.sqnrDb)},
                                   {"localSqnrDb", finite(tensor.localSqnrDb)},
                                   {"clippedPercent", finite(tensor.clippedPercent)},
                                   {"bitwidth", tensor.bitwidth}});
    json["top1"] = accuracy.hasTop1 ? Json{{"float", accuracy.floatTop1},
                                           {"quantized", accuracy.quantizedTop1},
                                           {"agreement", accuracy.agreement},
                                           {"samples", accuracy.labelled}}
                                    : Json(nullptr);
    return json;
}

} // namespace

std::string reportJson(const ReportInput &input)
{
    Json json{{"schema", "nordlys.report/1"}, {"title", reportTitle(input)},          {"date", textOrNull(input.date)},
              {"version", input.version},     {"project", textOrNull(input.project)}, {"warnings", input.warnings}};
    json["model"] = input.model && input.model->model ? modelJson(*input.model) : Json(nullptr);
    json["encodings"] = input.encodings ? encodingsJson(*input.encodings) : Json(nullptr);
    json["accuracy"] = input.accuracy ? accuracyJson(*input.accuracy) : Json(nullptr);
    json["run"] = input.run ? runJson(*input.run) : Json(nullptr);
    if (input.run && input.baseline) {
        Json baseline{
            {"name", input.baseline->name},
            {"recording",
             {{"file", textOrNull(input.baseline->recordingFile)}, {"sha256", textOrNull(input.baseline->recordingSha256)}}}};
        baseline.update(comparisonJson(input.baseline->comparison, *input.baseline->profile, *input.run->profile));
        json["comparison"] = std::move(baseline);
    } else {
        json["comparison"] = nullptr;
    }
    json["facts"] = Json::object();
    for (const auto &[name, value] : input.facts)
        json["facts"][name] = value;
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

} // namespace nordlys::core

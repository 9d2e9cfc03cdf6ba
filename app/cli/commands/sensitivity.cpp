// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/metric_options.h"
#include "../support/table.h"

#include <runtime/quantization/sensitivity.h>

#include <fmt/format.h>

#include <cmath>

namespace nordlys::cli {

namespace {

struct SensitivityArguments {
    ModelArguments model;
    SampleArguments samples;
    LayerMetricArguments metric;
    std::string encodings;
    int threads = 0;
    bool json = false;
};

Json sensitivityJson(const runtime::Sensitivity &result, runtime::MetricKind kind, const std::vector<std::string> &warnings)
{
    Json json = document("sensitivity");
    json["metric"] = runtime::nameOf(kind);
    json["layers"] = Json::array();
    for (const runtime::LayerSensitivity &layer : result.layers) {
        Json entry = {{"name", layer.layer.name}};
        entry["metric"] = layer.alone ? Json(layer.alone->metric) : Json();
        entry["sqnrDb"] = layer.alone ? Json(layer.alone->sqnrDb) : Json();
        entry["metricLeftFloat"] = layer.leftFloat ? Json(layer.leftFloat->metric) : Json();
        entry["delta"] = std::isnan(layer.delta) ? Json() : Json(layer.delta);
        entry["rank"] = layer.rank > 0 ? Json(layer.rank) : Json();
        entry["nodes"] = layer.layer.nodes;
        entry["tensors"] = layer.layer.tensors;
        json["layers"].push_back(std::move(entry));
    }
    json["float"] = measuredJson(result.exact);
    json["quantized"] = result.quantized ? measuredJson(*result.quantized) : Json();
    json["samples"] = result.samples;
    json["complete"] = result.complete;
    json["warnings"] = warnings;
    json["elapsedMs"] = static_cast<double>(result.elapsedNs) / 1e6;
    return json;
}

std::string sensitivityText(const runtime::Sensitivity &result, runtime::MetricKind kind, const std::vector<std::string> &warnings)
{
    Table table({{"Rank", Table::Align::Right},
                 {"Alone", Table::Align::Right},
                 {"Left in float", Table::Align::Right},
                 {"Gain", Table::Align::Right},
                 {"Layer"}});
    for (const runtime::LayerSensitivity &layer : result.layers)
        table.add({layer.rank > 0 ? std::to_string(layer.rank) : "-", layer.alone ? measuredText(kind, layer.alone->metric) : "-",
                   layer.leftFloat ? measuredText(kind, layer.leftFloat->metric) : "-",
                   numberText(layer.delta, kind == runtime::MetricKind::Sqnr ? 2 : 4), layer.layer.name});
    Facts facts;
    facts.add("Metric", std::string(runtime::nameOf(kind)));
    facts.add("Float", measuredText(kind, result.exact.metric));
    if (result.quantized)
        facts.add("Quantized", measuredText(kind, result.quantized->metric) + ", every layer");
    facts.add("Samples", std::to_string(result.samples));
    facts.add("Time", fmt::format("{:.1f} ms", static_cast<double>(result.elapsedNs) / 1e6));
    for (const std::string &warning : warnings)
        facts.add("Warning", warning);
    return table.text() + "\n" + facts.text();
}

core::Expected<void> sensitivity(const SensitivityArguments &options, const Context &context)
{
    auto source = openSource(options.model, context);
    if (!source)
        return std::move(source.error());
    const auto chosen = choosePrecision({"quantsim", options.encodings}, *source);
    if (!chosen)
        return chosen.error();
    const auto samples = openSamples(options.samples, *source);
    if (!samples)
        return samples.error();
    const auto metric = chooseMetric(options.metric, *source);
    if (!metric)
        return metric.error();
    const runtime::SensitivityOptions measuring{chosen->encodings, metric->withLabels(), chosenThreads(options.threads)};
    const auto result = runtime::measureSensitivity(source->model, *samples, measuring, context.job());
    if (!result)
        return result.error();
    std::vector<std::string> warnings = source->warnings;
    if (!result->complete)
        warnings.emplace_back("cancelled: layers without a rank were not measured");
    NORDLYS_TRY(options.json ? writeJson(sensitivityJson(*result, metric->options.kind, warnings))
                             : writeOut(sensitivityText(*result, metric->options.kind, warnings)));
    if (!result->complete)
        return core::interrupted("sensitivity");
    return {};
}

} // namespace

void addSensitivity(CLI::App &program, Action &action)
{
    addCommand<SensitivityArguments>(
        program, action, "sensitivity", "Ranks layers by what quantizing each alone costs, and what leaving each alone in float gains",
        [](CLI::App &command, SensitivityArguments &options) {
            addModelArguments(command, options.model);
            command.add_option("--encodings", options.encodings, "Encodings file; default: those of the project")->type_name("FILE");
            addSampleArguments(command, options.samples);
            addLayerMetricArguments(command, options.metric);
            addThreads(command, options.threads);
            command.add_flag("--json", options.json, "One JSON document (nordlys.sensitivity/1)");
        },
        sensitivity);
}

} // namespace nordlys::cli

// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/metric_options.h"
#include "../support/output_guard.h"
#include "../support/table.h"

#include <core/quantization/encoding_file.h>
#include <runtime/quantization/mixed.h>

#include <fmt/format.h>

#include <algorithm>

namespace nordlys::cli {

namespace {

struct MixedArguments {
    ModelArguments model;
    SampleArguments samples;
    LayerMetricArguments metric;
    std::string encodings, output, width = "16", cost = "macs";
    double budget = 25;
    std::size_t exactLayers = runtime::MixedOptions().exactLayers;
    int threads = 0;
    bool json = false;
};

std::vector<std::string> raisedNames(const runtime::MixedResult &result, const runtime::MixedChoice &choice)
{
    std::vector<std::string> names;
    for (std::size_t i = 0; i < result.layers.size(); ++i) {
        if (choice.raised[i])
            names.push_back(result.layers[i].name);
    }
    return names;
}

/// Widest of the layer's weights and output; biases have 32 bits always.
int bitwidthOf(const runtime::EncodedLayer &layer, const core::EncodingSet &set)
{
    int bits = 0;
    for (const std::string &name : layer.tensors) {
        const core::EncodingEntry *entry = set.find(name);
        if (entry != nullptr && (entry->encoding.isFloat || entry->encoding.bitwidth != 32))
            bits = std::max(bits, entry->encoding.bitwidth);
    }
    return bits;
}

Json mixedJson(const MixedArguments &options, const runtime::MixedResult &result, runtime::MetricKind kind, const std::vector<std::string> &warnings)
{
    Json json = document("mixed");
    json["metric"] = runtime::nameOf(kind);
    json["search"] = result.isExact ? "exact" : "greedy";
    json["width"] = options.width;
    json["cost"] = options.cost;
    json["budgetPercent"] = options.budget;
    json["layers"] = Json::array();
    for (std::size_t i = 0; i < result.layers.size(); ++i) {
        const runtime::EncodedLayer &layer = result.layers[i];
        json["layers"].push_back({{"name", layer.name},
                                  {"bitwidth", bitwidthOf(layer, result.encodings)},
                                  {"raised", static_cast<bool>(result.best.raised[i])},
                                  {"macs", layer.macs},
                                  {"weightBytes", layer.weightBytes}});
    }
    json["pareto"] = Json::array();
    for (const runtime::MixedChoice &choice : result.pareto)
        json["pareto"].push_back({{"cost", choice.costPercent},
                                  {"metric", choice.measured.metric},
                                  {"sqnrDb", choice.measured.sqnrDb},
                                  {"config", raisedNames(result, choice)}});
    json["best"] = {{"cost", result.best.costPercent},
                    {"metric", result.best.measured.metric},
                    {"sqnrDb", result.best.measured.sqnrDb},
                    {"config", raisedNames(result, result.best)}};
    json["float"] = measuredJson(result.exact);
    json["encodings"] = options.output;
    json["measured"] = result.measuredChoices;
    json["samples"] = result.samples;
    json["complete"] = result.complete;
    json["warnings"] = warnings;
    json["elapsedMs"] = static_cast<double>(result.elapsedNs) / 1e6;
    return json;
}

std::string mixedText(const MixedArguments &options, const runtime::MixedResult &result, runtime::MetricKind kind,
                      const std::vector<std::string> &warnings)
{
    Table front({{"Cost %", Table::Align::Right}, {"Metric", Table::Align::Right}, {"Raised"}});
    for (const runtime::MixedChoice &choice : result.pareto)
        front.add({numberText(choice.costPercent, 2), measuredText(kind, choice.measured.metric),
                   fmt::format("{}", fmt::join(raisedNames(result, choice), ", "))});
    Facts facts;
    facts.add("Metric", std::string(runtime::nameOf(kind)));
    facts.add("Float", measuredText(kind, result.exact.metric));
    facts.add("Search", fmt::format("{}: {} choices of {} layers measured, within {:.4g} % of {}", result.isExact ? "exact" : "greedy",
                                    result.measuredChoices, result.layers.size(), options.budget, options.cost));
    facts.add("Best", fmt::format("{} at {:.2f} %, {} layers raised to {}", measuredText(kind, result.best.measured.metric), result.best.costPercent,
                                  raisedNames(result, result.best).size(), options.width));
    facts.add("Encodings", options.output.empty() ? "not written; -o FILE writes them" : options.output);
    facts.add("Samples", std::to_string(result.samples));
    facts.add("Time", fmt::format("{:.1f} ms", static_cast<double>(result.elapsedNs) / 1e6));
    for (const std::string &warning : warnings)
        facts.add("Warning", warning);
    return front.text() + "\n" + facts.text();
}

core::Expected<runtime::MixedOptions> searchOptions(const MixedArguments &options)
{
    runtime::MixedOptions search;
    bool knownWidth = false, knownCost = false;
    for (const runtime::HigherWidth width : {runtime::HigherWidth::Int16, runtime::HigherWidth::Float16, runtime::HigherWidth::Float32}) {
        if (options.width == runtime::nameOf(width)) {
            search.width = width;
            knownWidth = true;
        }
    }
    for (const runtime::LayerCost cost : {runtime::LayerCost::Macs, runtime::LayerCost::Bytes}) {
        if (options.cost == runtime::nameOf(cost)) {
            search.cost = cost;
            knownCost = true;
        }
    }
    if (!knownWidth)
        return core::usageError("--width " + options.width, "no such width", "Use 16, float16 or float32.");
    if (!knownCost)
        return core::usageError("--cost " + options.cost, "no such cost", "Use macs or bytes.");
    search.budgetPercent = options.budget;
    search.exactLayers = options.exactLayers;
    search.threads = chosenThreads(options.threads);
    return search;
}

core::Expected<void> mixed(const MixedArguments &options, const Context &context)
{
    auto search = searchOptions(options);
    NORDLYS_TRY(search);
    NORDLYS_TRY(refuseToOverwriteInputs(options.output, {options.model.path, options.encodings}));
    auto source = openSource(options.model, context);
    if (!source)
        return std::move(source.error());
    const auto chosen = choosePrecision({"quantsim", options.encodings}, *source);
    if (!chosen)
        return chosen.error();
    const auto samples = openSamples(options.samples, *source);
    if (!samples)
        return samples.error();
    NORDLYS_TRY(refuseToOverwriteSources(options.output, *source->model, &*samples));
    const auto metric = chooseMetric(options.metric, *source);
    if (!metric)
        return metric.error();
    search->encodings = chosen->encodings;
    search->metric = metric->withLabels();
    const auto result = runtime::searchMixed(source->model, *samples, *search, context.job());
    if (!result)
        return result.error();
    if (!options.output.empty())
        NORDLYS_TRY(core::writeEncodings(options.output, result->encodings, source->model->graph));
    std::vector<std::string> warnings = source->warnings;
    if (!result->complete)
        warnings.emplace_back("cancelled: the best of what was measured so far");
    NORDLYS_TRY(options.json ? writeJson(mixedJson(options, *result, metric->options.kind, warnings))
                             : writeOut(mixedText(options, *result, metric->options.kind, warnings)));
    if (!result->complete)
        return core::interrupted("mixed");
    return {};
}

} // namespace

void addMixed(CLI::App &program, Action &action)
{
    addCommand<MixedArguments>(
        program, action, "mixed", "Finds the layers that are worth 16 bits or float within a budget; writes the encodings",
        [](CLI::App &command, MixedArguments &options) {
            addModelArguments(command, options.model);
            command.add_option("--encodings", options.encodings, "Encodings to start from; default: those of the project")->type_name("FILE");
            addSampleArguments(command, options.samples);
            command.add_option("-o,--output", options.output, "Encodings file to write")->type_name("FILE");
            command.add_option("--budget", options.budget, "Share of the cost of all layers that may run at the higher width")
                ->type_name("PERCENT")
                ->capture_default_str();
            command
                .add_option("--cost", options.cost,
                            "macs: multiplications with their additions, one per output element where there are none; bytes: weights")
                ->type_name("C")
                ->capture_default_str();
            command.add_option("--width", options.width, "What layers are raised to: 16, float16 or float32")->type_name("W")->capture_default_str();
            command.add_option("--exact-layers", options.exactLayers, "Up to so many layers every choice within the budget is measured; beyond: greedy")
                ->type_name("N")
                ->capture_default_str();
            addLayerMetricArguments(command, options.metric);
            addThreads(command, options.threads);
            command.add_flag("--json", options.json, "One JSON document (nordlys.mixed/1)");
        },
        mixed);
}

} // namespace nordlys::cli

// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/measure.h"
#include "../support/model_source.h"
#include "../support/output_guard.h"
#include "../support/table.h"

#include <core/placement/node_query.h>
#include <core/quantization/encoding_file.h>
#include <core/quantization/quantizable.h>
#include <runtime/quantization/calibrate.h>

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <fnmatch.h>

namespace nordlys::cli {

namespace {

struct CalibrateArguments {
    ModelArguments model;
    SampleArguments samples;
    std::string output, method = "min-max", format = "aimet-0.6.1", keep;
    std::vector<std::string> exclude;
    int actBits = 8, weightBits = 8, threads = 0;
    bool perChannel = false, actSymmetric = false, weightSymmetric = true, json = false;
};

core::Expected<void> checkChoices(const CalibrateArguments &options)
{
    if (options.method != "min-max") {
        for (const char *planned : {"percentile", "mse", "entropy", "sqnr"})
            if (options.method == planned)
                return core::notSupported("--method " + options.method, "this method is not built in", "Use --method min-max.");
        return core::usageError("--method " + options.method, "no such method", "Use --method min-max.");
    }
    if (options.format != "aimet-0.6.1") {
        for (const char *planned : {"aimet-1.0.0", "aimet-2.0.0", "seed", "qdq"})
            if (options.format == planned)
                return core::notSupported("--format " + options.format, "this dialect cannot be written",
                                          "Use --format aimet-0.6.1.");
        return core::usageError("--format " + options.format, "no such dialect", "Use --format aimet-0.6.1.");
    }
    return {};
}

bool matchesAny(const std::vector<std::string> &patterns, const std::string &name)
{
    return std::ranges::any_of(patterns, [&name](const std::string &pattern) { return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0; });
}

/// Tensors that the patterns name, those of nodes that they name (weights, biases, outputs), and the biases that lose the scales they are made of.
std::set<std::string> excludedTensors(const core::Graph &graph, const std::vector<std::string> &patterns)
{
    std::vector<bool> excludedNodes(graph.nodes.size(), false);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        excludedNodes[i] = matchesAny(patterns, std::string(graph.nameOf(core::NodeId(i))));
    for (const std::string &pattern : patterns) {
        if (!pattern.starts_with("op:") && !pattern.starts_with("name:"))
            continue;
        for (const core::NodeId node : core::selectNodes(graph, pattern))
            excludedNodes[node.index] = true;
    }
    const auto tensors = core::quantizableTensors(graph);
    std::set<std::string> names;
    for (const core::QuantizableTensor &tensor : tensors) {
        const core::Tensor &value = graph.tensor(tensor.tensor);
        const std::string name(graph.nameOf(tensor.tensor));
        bool excluded = matchesAny(patterns, name) || (value.producer.isValid() && excludedNodes[value.producer.index]);
        if (tensor.kind != core::QuantizableKind::Activation)
            excluded = excluded || std::ranges::any_of(value.consumers, [&](core::NodeId node) { return excludedNodes[node.index]; });
        if (excluded)
            names.insert(name);
    }
    for (const core::QuantizableTensor &tensor : tensors) {
        for (const core::TensorId factor : {tensor.biasActivation, tensor.biasWeight}) {
            if (factor.isValid() && names.contains(std::string(graph.nameOf(factor))))
                names.emplace(graph.nameOf(tensor.tensor));
        }
    }
    return names;
}

std::size_t applyExclusions(core::EncodingSet &set, const core::Graph &graph, const std::vector<std::string> &patterns)
{
    if (patterns.empty())
        return 0;
    const auto excluded = excludedTensors(graph, patterns);
    return std::erase_if(set.entries, [&](const auto &entry) { return excluded.contains(entry.first) || matchesAny(patterns, entry.first); });
}

core::Expected<void> calibrate(const CalibrateArguments &options, const Context &context)
{
    NORDLYS_TRY(checkChoices(options));
    NORDLYS_TRY(refuseToOverwriteInputs(options.output, {options.model.path}));
    auto source = openSource(options.model, context);
    if (!source)
        return std::move(source.error());
    const auto samples = openSamples(options.samples, *source);
    if (!samples)
        return samples.error();
    runtime::CalibrationOptions calibration;
    calibration.actBits = options.actBits;
    calibration.weightBits = options.weightBits;
    calibration.perChannel = options.perChannel;
    calibration.actSymmetric = options.actSymmetric;
    calibration.weightSymmetric = options.weightSymmetric;
    calibration.threads = chosenThreads(options.threads);
    if (!options.keep.empty()) {
        auto kept = openEncodings(options.keep, source->model->graph);
        if (!kept)
            return std::move(kept.error());
        calibration.keep = *std::move(kept);
    }
    auto result = runtime::calibrateMinMax(source->model, *samples, calibration, context.job());
    if (!result)
        return std::move(result.error());
    const std::size_t excluded = applyExclusions(result->encodings, source->model->graph, options.exclude);
    NORDLYS_TRY(core::writeEncodings(options.output, result->encodings, source->model->graph));

    std::size_t activations = 0;
    for (const auto &[name, entry] : result->encodings.entries)
        activations += entry.kind == core::EncodingKind::Activation ? 1 : 0;
    const std::size_t parameters = result->encodings.entries.size() - activations;
    const double elapsedMs = static_cast<double>(result->elapsedNs) / 1e6;
    if (options.json) {
        Json json = document("calibrate");
        json["encodings"] = options.output;
        json["format"] = options.format;
        json["method"] = options.method;
        json["activations"] = activations;
        json["parameters"] = parameters;
        json["excluded"] = excluded;
        json["samples"] = result->samples;
        json["preprocess"] = samples->recipeText();
        json["ranges"] = Json::array();
        for (const auto &[name, range] : result->ranges)
            json["ranges"].push_back({{"tensor", name}, {"min", range.min}, {"max", range.max}, {"values", range.values}});
        json["warnings"] = source->warnings;
        json["elapsedMs"] = elapsedMs;
        return writeJson(json);
    }
    Facts facts;
    facts.add("Encodings", options.output);
    facts.add("Tensors", fmt::format("{} activations at {} bit, {} parameters, weights at {} bit{}", activations, options.actBits,
                                     parameters, options.weightBits, options.perChannel ? ", per channel" : ""));
    if (excluded > 0)
        facts.add("Excluded", std::to_string(excluded));
    facts.add("Samples", std::to_string(result->samples));
    if (!samples->recipeText().empty())
        facts.add("Preprocess", samples->recipeText());
    facts.add("Time", fmt::format("{:.1f} ms", elapsedMs));
    for (const std::string &warning : source->warnings)
        facts.add("Warning", warning);
    return writeOut(facts.text());
}

} // namespace

void addCalibrate(CLI::App &program, Action &action)
{
    addCommand<CalibrateArguments>(
        program, action, "calibrate", "Observes ranges over samples and writes encodings",
        [](CLI::App &command, CalibrateArguments &options) {
            addModelArguments(command, options.model);
            addSampleArguments(command, options.samples);
            command.add_option("-o,--output", options.output, "Encodings file to write")->required()->type_name("FILE");
            command.add_option("--method", options.method, "How ranges become grids: min-max")
                ->type_name("M")
                ->capture_default_str();
            command.add_option("--act-bits", options.actBits, "Bits of activations: 4, 8 or 16")
                ->check(CLI::IsMember({4, 8, 16}))
                ->capture_default_str();
            command.add_option("--weight-bits", options.weightBits, "Bits of weights: 4, 8 or 16")
                ->check(CLI::IsMember({4, 8, 16}))
                ->capture_default_str();
            command.add_flag("--per-channel,!--per-tensor", options.perChannel, "One grid per output channel of weights");
            command.add_flag("--act-symmetric,!--act-asymmetric", options.actSymmetric, "Symmetric grids for activations");
            command.add_flag("--weight-symmetric,!--weight-asymmetric", options.weightSymmetric,
                             "Symmetric grids for weights (default)");
            command.add_option("--keep", options.keep, "Encodings to keep; only the rest is calibrated")->type_name("FILE");
            command
                .add_option("--exclude", options.exclude,
                            "Tensors, or nodes with all their tensors, that get no encodings: name, shell pattern, op:OPERATOR; repeatable")
                ->type_name("QUERY")
                ->expected(1)
                ->take_all();
            command.add_option("--format", options.format, "Dialect to write: aimet-0.6.1")
                ->type_name("F")
                ->capture_default_str();
            addThreads(command, options.threads);
            command.add_flag("--json", options.json, "One JSON document (nordlys.calibrate/1)");
        },
        calibrate);
}

} // namespace nordlys::cli

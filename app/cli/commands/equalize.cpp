// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/measure.h"
#include "../support/model_source.h"
#include "../support/output_guard.h"
#include "../support/table.h"

#include <runtime/quantization/equalize.h>

#include <fmt/format.h>

namespace nordlys::cli {

namespace {

struct EqualizeArguments {
    ModelArguments model;
    SampleArguments samples;
    std::string output;
    bool replaceClip = false, absorbBias = false, json = false;
    int threads = 0;
};

Json reportJson(const EqualizeArguments &options, const runtime::EqualizeReport &report, const std::vector<std::string> &warnings, double elapsedMs)
{
    Json json = document("equalize");
    json["output"] = options.output;
    json["pairs"] = Json::array();
    for (const runtime::EqualizedPair &pair : report.pairs)
        json["pairs"].push_back({{"first", pair.first},
                                 {"second", pair.second},
                                 {"minScale", pair.minScale},
                                 {"maxScale", pair.maxScale},
                                 {"spreadBefore", pair.spreadBefore},
                                 {"spreadAfter", pair.spreadAfter},
                                 {"absorbedChannels", pair.absorbedChannels}});
    json["folded"] = report.folded;
    json["replaced"] = report.replaced;
    json["leftAlone"] = Json::array();
    for (const runtime::LeftAlone &layer : report.leftAlone)
        json["leftAlone"].push_back({{"name", layer.name}, {"why", layer.why}});
    json["sweeps"] = report.sweeps;
    json["absorbedFrom"] = report.absorbedFrom;
    json["warnings"] = warnings;
    json["elapsedMs"] = elapsedMs;
    return json;
}

std::string reportText(const EqualizeArguments &options, const runtime::EqualizeReport &report, const std::vector<std::string> &warnings, double elapsedMs)
{
    Table pairs({{"Layer"},
                 {"Balanced against"},
                 {"Channel spread", Table::Align::Right},
                 {"After", Table::Align::Right},
                 {"Scales"}});
    for (const runtime::EqualizedPair &pair : report.pairs)
        pairs.add({pair.first, pair.second, fmt::format("{:.4g}", pair.spreadBefore), fmt::format("{:.4g}", pair.spreadAfter),
                   fmt::format("{:.4g} to {:.4g}", pair.minScale, pair.maxScale)});
    Table alone({{"Left alone"}, {"Why"}});
    for (const runtime::LeftAlone &layer : report.leftAlone)
        alone.add({layer.name, layer.why});
    Facts facts;
    facts.add("Model", options.output);
    facts.add("Pairs", fmt::format("{}, settled after {} sweeps", report.pairs.size(), report.sweeps));
    facts.add("Folded", fmt::format("{} BatchNormalization", report.folded.size()));
    if (options.absorbBias)
        facts.add("Absorbed", report.absorbedFrom.empty() ? "no channel has a bias high enough" : "by mean and deviation from " + report.absorbedFrom);
    facts.add("Time", fmt::format("{:.1f} ms", elapsedMs));
    for (const std::string &warning : warnings)
        facts.add("Warning", warning);
    return (pairs.empty() ? "" : pairs.text() + "\n") + (alone.empty() ? "" : alone.text() + "\n") + facts.text();
}

core::Expected<void> equalize(const EqualizeArguments &options, const Context &context)
{
    const Stopwatch watch;
    NORDLYS_TRY(refuseToOverwriteInputs(options.output, {options.model.path}));
    auto source = openSource(options.model, context);
    if (!source)
        return std::move(source.error());
    runtime::EqualizeOptions equalization;
    equalization.replaceClip = options.replaceClip;
    equalization.absorbBias = options.absorbBias;
    equalization.threads = chosenThreads(options.threads);
    std::optional<core::SampleSet> samples;
    if (!options.samples.inputs.empty()) {
        if (!options.absorbBias)
            return core::usageError("--inputs", "without --absorb-bias nothing is measured", "Leave it out, or add --absorb-bias.");
        auto opened = openSamples(options.samples, *source);
        if (!opened)
            return std::move(opened.error());
        samples = std::move(*opened);
        equalization.samples = &*samples;
    }
    NORDLYS_TRY(refuseToOverwriteSources(options.output, *source->model, samples ? &*samples : nullptr));
    auto report = runtime::equalizeModel(source->model, options.output, equalization, context.job());
    if (!report)
        return std::move(report.error());
    std::vector<std::string> warnings = source->warnings;
    if (!report->replaced.empty())
        warnings.push_back(fmt::format("{} Clip nodes became Relu: values above their limit are now let through (first: {})", report->replaced.size(),
                                       report->replaced.front()));
    return options.json ? writeJson(reportJson(options, *report, warnings, watch.ms()))
                        : writeOut(reportText(options, *report, warnings, watch.ms()));
}

} // namespace

void addEqualize(CLI::App &program, Action &action)
{
    addCommand<EqualizeArguments>(
        program, action, "equalize", "Balances the channel ranges of neighbouring layers; writes a model that computes the same in float",
        [](CLI::App &command, EqualizeArguments &options) {
            addModelArguments(command, options.model);
            command.add_option("-o,--output", options.output, "ONNX file to write")->required()->type_name("FILE");
            command.add_flag("--replace-clip", options.replaceClip,
                             "Let Clip from 0 to a limit (ReLU6) become Relu where it stands between two layers; changes the float function");
            command.add_flag("--absorb-bias", options.absorbBias,
                             "Move high biases into the next layer, by the statistics of BatchNormalization or, with --inputs, of samples; "
                             "changes the float function for values below mean - 3 deviations");
            addSampleArguments(command, options.samples);
            addThreads(command, options.threads);
            command.add_flag("--json", options.json, "One JSON document (nordlys.equalize/1)");
        },
        equalize);
}

} // namespace nordlys::cli

// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/measure.h"
#include "../support/model_source.h"
#include "../support/output_guard.h"
#include "../support/table.h"

#include <runtime/quantization/bias_correct.h>

#include <fmt/format.h>

namespace nordlys::cli {

namespace {

struct BiasCorrectArguments {
    ModelArguments model;
    SampleArguments samples;
    std::string encodings, output;
    int threads = 0;
    bool json = false;
};

core::Expected<void> biasCorrect(const BiasCorrectArguments &options, const Context &context)
{
    const Stopwatch watch;
    NORDLYS_TRY(refuseToOverwriteInputs(options.output, {options.model.path, options.encodings}));
    auto source = openSource(options.model, context);
    if (!source)
        return std::move(source.error());
    auto chosen = choosePrecision({"quantsim", options.encodings}, *source);
    if (!chosen)
        return std::move(chosen.error());
    runtime::BiasCorrectOptions correction;
    correction.encodings = std::move(chosen->encodings);
    correction.threads = chosenThreads(options.threads);
    std::optional<core::SampleSet> samples;
    if (!options.samples.inputs.empty()) {
        auto opened = openSamples(options.samples, *source);
        if (!opened)
            return std::move(opened.error());
        samples = std::move(*opened);
        correction.samples = &*samples;
    }
    NORDLYS_TRY(refuseToOverwriteSources(options.output, *source->model, samples ? &*samples : nullptr));
    const auto report = runtime::biasCorrectModel(source->model, options.output, correction, context.job());
    if (!report)
        return report.error();
    if (options.json) {
        Json json = document("bias-correct");
        json["output"] = options.output;
        json["expectedInputs"] = report->expectedInputs;
        json["layers"] = Json::array();
        for (const runtime::CorrectedLayer &layer : report->layers)
            json["layers"].push_back({{"name", layer.name}, {"largestShift", layer.largestShift}});
        json["leftAlone"] = Json::array();
        for (const runtime::LeftAlone &layer : report->leftAlone)
            json["leftAlone"].push_back({{"name", layer.name}, {"why", layer.why}});
        json["folded"] = report->folded;
        json["warnings"] = source->warnings;
        json["elapsedMs"] = watch.ms();
        return writeJson(json);
    }
    Table layers({{"Layer"}, {"Largest shift", Table::Align::Right}});
    for (const runtime::CorrectedLayer &layer : report->layers)
        layers.add({layer.name, fmt::format("{:.4g}", layer.largestShift)});
    Table alone({{"Left alone"}, {"Why"}});
    for (const runtime::LeftAlone &layer : report->leftAlone)
        alone.add({layer.name, layer.why});
    Facts facts;
    facts.add("Model", options.output);
    facts.add("Corrected", fmt::format("{} layers, expected inputs from {}", report->layers.size(), report->expectedInputs));
    facts.add("Folded", fmt::format("{} BatchNormalization", report->folded.size()));
    facts.add("Time", fmt::format("{:.1f} ms", watch.ms()));
    for (const std::string &warning : source->warnings)
        facts.add("Warning", warning);
    return writeOut(layers.text() + "\n" + (alone.empty() ? "" : alone.text() + "\n") + facts.text());
}

} // namespace

void addBiasCorrect(CLI::App &program, Action &action)
{
    addCommand<BiasCorrectArguments>(
        program, action, "bias-correct", "Takes the expected error of quantized weights out of the biases; writes a new model",
        [](CLI::App &command, BiasCorrectArguments &options) {
            addModelArguments(command, options.model);
            command.add_option("--encodings", options.encodings, "Encodings of the weights; default: those of the project")->type_name("FILE");
            command.add_option("-o,--output", options.output, "ONNX file to write")->required()->type_name("FILE");
            addSampleArguments(command, options.samples);
            addThreads(command, options.threads);
            command.add_flag("--json", options.json, "One JSON document (nordlys.bias-correct/1)");
            command.footer("The expected inputs of layers are measured over --inputs; without it they come from BatchNormalization nodes.");
        },
        biasCorrect);
}

} // namespace nordlys::cli

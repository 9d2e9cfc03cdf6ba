// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/measure.h"
#include "../support/model_source.h"
#include "../support/table.h"

#include <runtime/quantization/evaluate.h>

#include <fmt/format.h>

namespace nordlys::cli {

namespace {

struct EvaluateArguments {
    ModelArguments model;
    SampleArguments samples;
    std::string encodings, labels, precision = "quantsim";
    std::int64_t labelOffset = 0;
    int threads = 0;
    bool json = false;
};

Json evaluationJson(const runtime::Evaluation &evaluation, const std::vector<std::string> &warnings)
{
    Json json = document("evaluate");
    json["outputs"] = Json::array();
    for (const runtime::OutputError &output : evaluation.outputs)
        json["outputs"].push_back(
            {{"name", output.name}, {"sqnrDb", output.sqnrDb}, {"cosine", output.cosine}, {"maxAbsError", output.maxAbsError}});
    json["tensors"] = Json::array();
    for (const runtime::TensorError &tensor : evaluation.tensors)
        json["tensors"].push_back({{"name", tensor.name},
                                   {"sqnrDb", tensor.sqnrDb},
                                   {"localSqnrDb", tensor.localSqnrDb},
                                   {"clippedPercent", tensor.clippedPercent},
                                   {"bitwidth", tensor.bitwidth},
                                   {"values", tensor.values}});
    if (evaluation.accuracy)
        json["accuracy"] = {{"float", evaluation.accuracy->floatTop1},
                            {"quantized", evaluation.accuracy->quantizedTop1},
                            {"agreement", evaluation.accuracy->agreement},
                            {"samples", evaluation.accuracy->samples}};
    json["samples"] = evaluation.samples;
    json["warnings"] = warnings;
    json["elapsedMs"] = static_cast<double>(evaluation.elapsedNs) / 1e6;
    return json;
}

std::string evaluationText(const runtime::Evaluation &evaluation, const std::vector<std::string> &warnings)
{
    Table outputs(
        {{"Output"}, {"SQNR dB", Table::Align::Right}, {"Cosine", Table::Align::Right}, {"Max error", Table::Align::Right}});
    for (const runtime::OutputError &output : evaluation.outputs)
        outputs.add(
            {output.name, numberText(output.sqnrDb, 2), numberText(output.cosine, 6), fmt::format("{:.4g}", output.maxAbsError)});
    Table tensors({{"Tensor"},
                   {"Bits", Table::Align::Right},
                   {"SQNR dB", Table::Align::Right},
                   {"Local SQNR dB", Table::Align::Right},
                   {"Clipped %", Table::Align::Right}});
    for (const runtime::TensorError &tensor : evaluation.tensors)
        tensors.add({tensor.name, tensor.bitwidth == 0 ? "-" : std::to_string(tensor.bitwidth), numberText(tensor.sqnrDb, 2),
                     tensor.bitwidth == 0 ? "-" : numberText(tensor.localSqnrDb, 2), numberText(tensor.clippedPercent, 3)});
    Facts facts;
    facts.add("Samples", std::to_string(evaluation.samples));
    if (const auto &accuracy = evaluation.accuracy)
        facts.add("Top-1", fmt::format("float {:.4f}, quantized {:.4f}, agreement {:.4f} over {} labelled samples",
                                       accuracy->floatTop1, accuracy->quantizedTop1, accuracy->agreement, accuracy->samples));
    facts.add("Time", fmt::format("{:.1f} ms", static_cast<double>(evaluation.elapsedNs) / 1e6));
    for (const std::string &warning : warnings)
        facts.add("Warning", warning);
    return outputs.text() + "\n" + (tensors.empty() ? "" : tensors.text() + "\n") + facts.text();
}

core::Expected<void> evaluate(const EvaluateArguments &options, const Context &context)
{
    auto source = openSource(options.model, context);
    if (!source)
        return std::move(source.error());
    if (options.precision != "quantsim" && options.precision != "integer")
        return core::usageError("--precision " + options.precision, "evaluate compares float32 with another precision", "Use quantsim or integer.");
    const auto chosen = choosePrecision({options.precision, options.encodings}, *source);
    if (!chosen)
        return chosen.error().code == core::ErrorCode::Usage
                   ? core::usageError("evaluate", "there are no encodings",
                                      "Give --encodings FILE; 'nordlys calibrate' makes one.")
                   : chosen.error();
    const auto samples = openSamples(options.samples, *source);
    if (!samples)
        return samples.error();
    std::filesystem::path labelsPath = options.labels;
    if (labelsPath.empty() && source->project)
        labelsPath = source->project->labels;
    core::LabelSet labels;
    if (!labelsPath.empty()) {
        auto read = core::LabelSet::read(labelsPath);
        if (!read)
            return std::move(read.error());
        labels = std::move(*read);
    }
    runtime::EvaluationOptions evaluation;
    evaluation.encodings = chosen->encodings;
    evaluation.precision = chosen->precision;
    evaluation.labels = labelsPath.empty() ? nullptr : &labels;
    evaluation.labelOffset = options.labelOffset;
    evaluation.threads = chosenThreads(options.threads);
    const auto result = runtime::evaluateQuantized(source->model, *samples, evaluation, context.job());
    if (!result)
        return result.error();
    return options.json ? writeJson(evaluationJson(*result, source->warnings)) : writeOut(evaluationText(*result, source->warnings));
}

} // namespace

void addEvaluate(CLI::App &program, Action &action)
{
    addCommand<EvaluateArguments>(
        program, action, "evaluate", "What quantization costs: SQNR per tensor and output, accuracy with labels",
        [](CLI::App &command, EvaluateArguments &options) {
            addModelArguments(command, options.model);
            command.add_option("--encodings", options.encodings, "Encodings file; default: those of the project")
                ->type_name("FILE");
            command
                .add_option("--precision", options.precision,
                            "What is compared with float32: quantsim (default) or integer, which takes QDQ and QLinear files without encodings too")
                ->type_name("P");
            addSampleArguments(command, options.samples);
            command.add_option("--labels", options.labels, "CSV with the columns file and class_index")->type_name("FILE");
            command
                .add_option("--label-offset", options.labelOffset,
                            "Added to each class index (1 for networks with a background class)")
                ->type_name("N");
            addThreads(command, options.threads);
            command.add_flag("--json", options.json, "One JSON document (nordlys.evaluate/1)");
        },
        evaluate);
}

} // namespace nordlys::cli

// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/evaluation_output.h"
#include "../support/measure.h"
#include "../support/metric_command.h"
#include "../support/model_source.h"

#include <runtime/quantization/evaluate.h>

namespace nordlys::cli {

namespace {

struct EvaluateArguments {
    ModelArguments model;
    SampleArguments samples;
    MetricArguments metric;
    std::string encodings, labels, precision, against;
    std::int64_t labelOffset = 0;
    double divergesBelowDb = 30;
    int threads = 0;
    bool sideBySide = false, json = false;
};

core::Expected<void> evaluateAgainst(const EvaluateArguments &options, const ModelSource &source, const Context &context)
{
    if (options.sideBySide || options.metric.isGiven() || !options.labels.empty())
        return core::usageError("--against", "it compares tensors only", "Leave --side-by-side, --metric-command and --labels out.");
    const auto chosen = choosePrecision({options.precision, options.encodings}, source);
    if (!chosen)
        return chosen.error();
    const auto samples = openSamples(options.samples, source);
    if (!samples)
        return samples.error();
    runtime::DumpOptions dumps;
    dumps.precision = chosen->precision;
    dumps.encodings = chosen->encodings;
    dumps.divergesBelowDb = options.divergesBelowDb;
    const auto compared = runtime::compareDumps(source.model, *samples, options.against, dumps, context.job());
    if (!compared)
        return compared.error();
    if (compared->tensors.empty()) {
        const auto why = compared->unused.empty() ? std::string() : " (" + compared->unused[0].file + ": " + compared->unused[0].why + ")";
        return core::badInput(options.against, "none of its files is a tensor of the model" + why, "Files are named like the tensors; '/' and ':' may be '_'.");
    }
    if (!options.json)
        return writeOut(dumpsText(*compared, source.warnings));
    Json json = dumpsJson(*compared);
    json["precision"] = runtime::nameOf(dumps.precision);
    json["warnings"] = source.warnings;
    return writeJson(json);
}

/// The user's own measure in float32 and in the precisions that are evaluated.
core::Expected<std::optional<MetricValues>> metricOf(const EvaluateArguments &options, const ModelSource &source, const core::SampleSet &samples,
                                                     const runtime::EvaluationOptions &evaluation, const Context &context)
{
    if (!options.metric.isGiven())
        return std::optional<MetricValues>();
    const auto measure = [&](runtime::Precision precision) {
        runtime::PlanOptions plan;
        plan.precision = precision;
        if (precision != runtime::Precision::Float32)
            plan.encodings = evaluation.encodings;
        return runMetric(options.metric, source.model, samples, plan, evaluation.labels, options.labelOffset, evaluation.threads, context);
    };
    MetricValues values;
    values.command = options.metric.command;
    auto exact = measure(runtime::Precision::Float32);
    NORDLYS_TRY(exact);
    values.exact = *exact;
    auto quantized = measure(options.sideBySide ? runtime::Precision::QuantSim : evaluation.precision);
    NORDLYS_TRY(quantized);
    values.quantized = *quantized;
    if (options.sideBySide) {
        auto integer = measure(runtime::Precision::Integer);
        NORDLYS_TRY(integer);
        values.integer = *integer;
    }
    return std::optional(std::move(values));
}

Json metricJson(const MetricValues &metric)
{
    Json json = {{"command", metric.command}, {"float", metric.exact}, {"quantized", metric.quantized}};
    if (metric.integer)
        json["integer"] = *metric.integer;
    return json;
}

core::Expected<void> evaluate(const EvaluateArguments &options, const Context &context)
{
    auto source = openSource(options.model, context);
    if (!source)
        return std::move(source.error());
    if (!options.against.empty())
        return evaluateAgainst(options, *source, context);
    const std::string precision = options.precision.empty() ? "quantsim" : options.precision;
    if (precision != "quantsim" && precision != "integer")
        return core::usageError("--precision " + precision, "evaluate compares float32 with another precision", "Use quantsim or integer.");
    if (options.sideBySide && !options.precision.empty())
        return core::usageError("--precision " + precision, "--side-by-side takes all of them", "Leave --precision out.");
    const auto chosen = choosePrecision({precision, options.encodings}, *source);
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
    if (options.labelOffset != 0 && labelsPath.empty())
        return core::usageError("--label-offset", "there are no labels", "Give --labels CSV.");
    runtime::EvaluationOptions evaluation;
    evaluation.encodings = chosen->encodings;
    evaluation.precision = chosen->precision;
    evaluation.labels = labelsPath.empty() ? nullptr : &labels;
    evaluation.labelOffset = options.labelOffset;
    evaluation.threads = chosenThreads(options.threads);
    // First, as its command may fail.
    const auto metric = metricOf(options, *source, *samples, evaluation, context);
    if (!metric)
        return metric.error();
    Json json = document("evaluate");
    std::string text;
    if (options.sideBySide) {
        const auto result = runtime::evaluateSideBySide(source->model, *samples, evaluation, context.job());
        if (!result)
            return result.error();
        addSideBySide(json, *result);
        text = sideBySideText(*result, *metric, source->warnings);
    } else {
        const auto result = runtime::evaluateQuantized(source->model, *samples, evaluation, context.job());
        if (!result)
            return result.error();
        addEvaluation(json, *result);
        text = evaluationText(*result, *metric, source->warnings);
    }
    if (*metric)
        json["metric"] = metricJson(**metric);
    json["warnings"] = source->warnings;
    return options.json ? writeJson(json) : writeOut(text);
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
                            "What is compared with float32: quantsim (default) or integer, which takes QDQ and QLinear files without encodings too; "
                            "with --against what is computed here (default: quantsim with --encodings, else float32)")
                ->type_name("P");
            command.add_flag("--side-by-side", options.sideBySide, "Float32, quantsim and integer, with the first tensor where the last two part");
            command
                .add_option("--against", options.against,
                            "Compares with the tensors in a folder instead: .raw or .npy files of a device or another engine, or of infer --tensors all")
                ->type_name("DIR");
            command.add_option("--diverges-below", options.divergesBelowDb, "SQNR in dB below which --against marks the first tensor (default 30)")
                ->type_name("DB")
                ->needs("--against");
            addMetricArguments(command, options.metric);
            addSampleArguments(command, options.samples);
            command.add_option("--labels", options.labels, "CSV with the columns file and class_index")->type_name("FILE");
            command
                .add_option("--label-offset", options.labelOffset,
                            "Added to each class index (1 for networks with a background class)")
                ->type_name("N");
            addThreads(command, options.threads);
            command.add_flag("--json", options.json, "One JSON document (nordlys.evaluate/1; with --against nordlys.evaluate-against/1)");
        },
        evaluate);
}

} // namespace nordlys::cli

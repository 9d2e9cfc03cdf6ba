// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/measure.h"
#include "../support/model_source.h"
#include "../support/output_guard.h"
#include "../support/table.h"
#include "../support/number_checks.h"

#include <core/base/atomic_file.h>
#include <core/quantization/encoding_document.h>
#include <core/quantization/tensor_query.h>
#include <core/quantization/vendor_command.h>
#include <runtime/quantization/calibrate.h>

#include <fmt/format.h>

#include <algorithm>

namespace nordlys::cli {

namespace {

struct CalibrateArguments {
    ModelArguments model;
    SampleArguments samples;
    std::string output, method = "min-max", weightMethod = "min-max", format = "aimet-0.6.1", keep, histogram, statistics;
    std::string actSchema, weightSchema;
    std::vector<std::string> exclude;
    double percentile = 99.99;
    int actBits = 8, weightBits = 8, threads = 0;
    std::int64_t blockSize = 0;
    bool update = false, perChannel = false, actSymmetric = false, weightSymmetric = true, strictSamples = false, vendorCommands = false, json = false;
};

constexpr std::size_t namedSkips = 10; // of the plain text; JSON has all

core::Expected<core::RangeChoice> rangeChoice(const std::string &option, const std::string &name, double percentile)
{
    const auto method = core::rangeMethodFromName(name);
    if (!method)
        return core::usageError(option + " " + name, "no such method", "Use min-max, percentile, mse, entropy or sqnr.");
    return core::RangeChoice{*method, percentile};
}

core::Expected<std::optional<core::RangeSchema>> rangeSchema(const std::string &option, const std::string &name)
{
    if (name.empty())
        return std::optional<core::RangeSchema>();
    const auto schema = core::rangeSchemaFromName(name);
    if (!schema)
        return core::usageError(option + " " + name, "no such schema", "Use asymmetric, symmetric, unsignedsymmetric or strictsymmetric.");
    return schema;
}

/// "aimet-0.6.1" is what version 0.6.1 was called first.
core::Expected<core::EncodingDialect> dialectOf(const std::string &format)
{
    const auto dialect = core::dialectFromName(format.starts_with("aimet-") ? format.substr(6) : format);
    if (dialect && core::isWritable(*dialect))
        return *dialect;
    std::string names;
    for (const core::EncodingDialect known : core::kWritableDialects)
        names += (names.empty() ? "" : ", ") + std::string(core::nameOf(known));
    return core::usageError("--format " + format, dialect ? "calibrate writes no files of this form" : "no such dialect",
                            dialect == core::EncodingDialect::Qdq ? "Write encodings, then: encodings convert --to qdq." : "Use one of " + names + ".");
}

/// Writes the encodings; notes say what the dialect changes in them. An entry that it cannot say at all is an error: nobody asked for a part.
core::Expected<void> writeFile(const CalibrateArguments &options, core::EncodingDialect dialect, const core::EncodingSet &set, const core::Graph &graph,
                               std::vector<std::string> &notes)
{
    if (options.update && std::filesystem::exists(options.output)) {
        const auto document = core::EncodingDocument::read(options.output, &graph);
        NORDLYS_TRY(document);
        const auto text = document->textWith(set);
        NORDLYS_TRY(text);
        return core::writeFileAtomically(options.output, std::string_view(*text));
    }
    const auto written = core::newEncodingsText(dialect, set, &graph);
    NORDLYS_TRY(written);
    for (const core::EncodingLoss &loss : written->lost) {
        if (loss.omitted)
            return core::notSupported("encoding of '" + loss.tensor + "'", "version " + std::string(core::nameOf(dialect)) + " cannot say it: " + loss.what,
                                      "Use --format 1.0.0.");
        notes.push_back(loss.tensor + ": " + loss.what);
    }
    return core::writeFileAtomically(options.output, std::string_view(written->text));
}

/// Everything that the command line says of ranges.
core::Expected<runtime::CalibrationOptions> calibrationOptions(const CalibrateArguments &options, const ModelSource &source)
{
    runtime::CalibrationOptions calibration;
    calibration.actBits = options.actBits;
    calibration.weightBits = options.weightBits;
    calibration.perChannel = options.perChannel;
    calibration.blockSize = options.blockSize;
    calibration.actSymmetric = options.actSymmetric;
    calibration.weightSymmetric = options.weightSymmetric;
    calibration.threads = chosenThreads(options.threads);
    calibration.skipBroken = !options.strictSamples;
    auto act = rangeChoice("--method", options.method, options.percentile), weight = rangeChoice("--weight-method", options.weightMethod, options.percentile);
    NORDLYS_TRY(act);
    NORDLYS_TRY(weight);
    const auto usesPercentile = [](const core::RangeChoice &choice) { return choice.method == core::RangeMethod::Percentile; };
    if (options.percentile != CalibrateArguments().percentile && !usesPercentile(*act) && !usesPercentile(*weight))
        return core::usageError("--percentile", "neither --method nor --weight-method is percentile", "Use --method percentile, or leave it out.");
    calibration.actRange = *act;
    calibration.weightRange = *weight;
    auto actSchema = rangeSchema("--act-schema", options.actSchema), weightSchema = rangeSchema("--weight-schema", options.weightSchema);
    NORDLYS_TRY(actSchema);
    NORDLYS_TRY(weightSchema);
    calibration.actSchema = *actSchema;
    calibration.weightSchema = *weightSchema;
    if (!options.histogram.empty()) {
        calibration.histogram = core::histogramModeFromName(options.histogram);
        if (!calibration.histogram)
            return core::usageError("--histogram " + options.histogram, "no such histogram", "Use growing or first-batch.");
    }
    if (source.project) {
        for (const auto &[name, entry] : source.project->edits.encodings.entries) {
            if (entry.locked)
                calibration.keep.entries.emplace(name, entry);
        }
    }
    if (!options.keep.empty()) {
        auto kept = openEncodings(options.keep, source.model->graph);
        NORDLYS_TRY(kept);
        kept->entries.merge(calibration.keep.entries);
        calibration.keep = std::move(*kept);
    }
    calibration.exclude = core::selectTensors(source.model->graph, options.exclude);
    return calibration;
}

/// Statistics of an earlier run, or empty ones that know their model.
core::Expected<runtime::CalibrationStatistics> openStatistics(const std::string &path, const core::Model &model, const Context &context)
{
    runtime::CalibrationStatistics statistics;
    std::error_code ignored;
    if (path.empty())
        return statistics;
    if (std::filesystem::exists(path, ignored))
        return runtime::readStatistics(path);
    auto hash = core::modelSha256(model, context.job());
    NORDLYS_TRY(hash);
    statistics.modelSha256 = std::move(*hash);
    return statistics;
}

core::Expected<runtime::CalibrationResult> calibrateAndKeep(const CalibrateArguments &options, const ModelSource &source, const core::SampleSet &samples,
                                                            const runtime::CalibrationOptions &calibration, const Context &context)
{
    auto statistics = openStatistics(options.statistics, *source.model, context);
    NORDLYS_TRY(statistics);
    const std::size_t before = statistics->done;
    auto result = runtime::calibrate(source.model, samples, calibration, context.job(), &*statistics);
    if (!options.statistics.empty() && statistics->done > before) {
        auto written = runtime::writeStatistics(options.statistics, *statistics);
        if (!written && (result || result.error().code == core::ErrorCode::Interrupted))
            return std::move(written.error());
        if (!result && result.error().code == core::ErrorCode::Interrupted)
            result.error().fix = fmt::format("{} of {} samples are in {}: the same command goes on from there.", statistics->done, samples.size(), options.statistics);
    }
    return result;
}

core::VendorCommands vendorCommandsFor(const CalibrateArguments &options, const runtime::CalibrationOptions &calibration, const ModelSource &source)
{
    core::VendorSettings settings;
    settings.model = source.model->path.string();
    settings.output = source.model->path.stem().string();
    const bool isList = options.samples.inputs.size() == 1 && options.samples.inputs.front().ends_with(".txt");
    settings.inputList = isList ? options.samples.inputs.front() : "input_list.txt";
    settings.keep = options.keep;
    settings.actBits = options.actBits;
    settings.weightBits = options.weightBits;
    settings.actRange = calibration.actRange;
    settings.weightRange = calibration.weightRange;
    settings.actSchema = calibration.actSchema.value_or(options.actSymmetric ? core::RangeSchema::Symmetric : core::RangeSchema::Asymmetric);
    settings.weightSchema = calibration.weightSchema.value_or(options.weightSymmetric ? core::RangeSchema::Symmetric : core::RangeSchema::Asymmetric);
    settings.perChannel = options.perChannel;
    settings.excludes = !calibration.exclude.empty();
    return core::vendorCommands(settings);
}

core::Expected<void> calibrate(const CalibrateArguments &options, const Context &context)
{
    const auto dialect = dialectOf(options.format);
    NORDLYS_TRY(dialect);
    if (options.blockSize > 0 && core::isDictionary(*dialect) && !options.update)
        return core::usageError("--block", "files of version " + std::string(core::nameOf(*dialect)) + " have no blocks", "Use --format 1.0.0 or 2.0.0.");
    NORDLYS_TRY(refuseToOverwriteInputs(options.output, {options.model.path}));
    auto source = openSource(options.model, context);
    if (!source)
        return std::move(source.error());
    const auto calibration = calibrationOptions(options, *source);
    if (!calibration)
        return calibration.error();
    if (!options.statistics.empty()) {
        NORDLYS_TRY(refuseToOverwriteInputs(options.statistics, {options.model.path, source->model->path, options.keep}));
        if (std::filesystem::path(options.statistics).lexically_normal() == std::filesystem::path(options.output).lexically_normal())
            return core::usageError("--statistics " + options.statistics, "the encodings go there", "Name another file.");
    }
    const auto samples = openSamples(options.samples, *source);
    if (!samples)
        return samples.error();
    NORDLYS_TRY(refuseToOverwriteSources(options.output, *source->model, &*samples));
    NORDLYS_TRY(refuseToOverwriteSources(options.statistics, *source->model, &*samples));
    auto result = calibrateAndKeep(options, *source, *samples, *calibration, context);
    if (!result)
        return std::move(result.error());
    const std::size_t excluded = calibration->exclude.size();
    NORDLYS_TRY(writeFile(options, *dialect, result->encodings, source->model->graph, result->notes));
    core::VendorCommands vendor = vendorCommandsFor(options, *calibration, *source);
    if (options.blockSize > 0)
        vendor.notes.push_back("blocks of weights are not in these lines: give the converter the encodings file");

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
        json["weightMethod"] = options.weightMethod;
        json["activations"] = activations;
        json["parameters"] = parameters;
        json["excluded"] = excluded;
        json["samples"] = result->samples;
        json["skipped"] = Json::array();
        for (const runtime::SkippedSample &sample : result->skipped)
            json["skipped"].push_back({{"sample", sample.name}, {"why", sample.why}});
        json["preprocess"] = samples->recipeText();
        json["ranges"] = Json::array();
        for (const auto &[name, range] : result->ranges)
            json["ranges"].push_back({{"tensor", name}, {"min", range.min}, {"max", range.max}, {"values", range.values}});
        json["vendorCommands"] = {{"qairt", vendor.qairt}, {"qnn", vendor.qnn}, {"notes", vendor.notes}};
        json["warnings"] = source->warnings;
        for (const std::string &note : result->notes)
            json["warnings"].push_back(note);
        json["elapsedMs"] = elapsedMs;
        json["gatherMs"] = static_cast<double>(result->gatherNs) / 1e6;
        json["searchMs"] = static_cast<double>(result->searchNs) / 1e6;
        return writeJson(json);
    }
    Facts facts;
    facts.add("Encodings", options.output);
    facts.add("Tensors", fmt::format("{} activations at {} bit, {} parameters, weights at {} bit{}", activations, options.actBits,
                                     parameters, options.weightBits, options.blockSize > 0 ? fmt::format(", blocks of {}", options.blockSize) : options.perChannel ? ", per channel" : ""));
    if (excluded > 0)
        facts.add("Excluded", std::to_string(excluded));
    if (result->skipped.empty())
        facts.add("Samples", std::to_string(result->samples));
    else
        facts.add("Samples", fmt::format("{}, {} skipped", result->samples, result->skipped.size()));
    for (std::size_t i = 0; i < std::min(result->skipped.size(), namedSkips); ++i)
        facts.add("Skipped", result->skipped[i].name + ": " + result->skipped[i].why);
    if (result->skipped.size() > namedSkips)
        facts.add("Skipped", fmt::format("and {} more; --json names all", result->skipped.size() - namedSkips));
    if (!samples->recipeText().empty())
        facts.add("Preprocess", samples->recipeText());
    facts.add("Time", fmt::format("{:.1f} ms, {:.1f} of them for choosing ranges", elapsedMs, static_cast<double>(result->searchNs) / 1e6));
    for (const std::string &warning : source->warnings)
        facts.add("Warning", warning);
    for (const std::string &note : result->notes)
        facts.add("Warning", note);
    std::string text = facts.text();
    if (options.vendorCommands) {
        text += "\n";
        for (const auto *lines : {&vendor.qairt, &vendor.qnn}) {
            for (const std::string &line : *lines)
                text += line + "\n";
        }
        for (const std::string &note : vendor.notes)
            text += "# " + note + "\n";
    }
    return writeOut(text);
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
            command.add_option("--method", options.method, "Ranges of activations: min-max, percentile, mse, entropy, sqnr")
                ->type_name("M")
                ->capture_default_str();
            command.add_option("--weight-method", options.weightMethod, "Ranges of weights: the same methods")->type_name("M")->capture_default_str();
            command.add_option("--percentile", options.percentile, "Percentile of that method, above 50 and at most 100")
                ->type_name("P")
                ->check(finiteNumber(50.0001, 100))
                ->capture_default_str();
            command.add_option("--histogram", options.histogram,
                               "growing (default; all values of all samples) or first-batch (bins fixed by the first sample, as tf_enhanced does)")
                ->type_name("H");
            command.add_option("--act-bits", options.actBits, "Bits of activations: 4, 8 or 16")
                ->check(CLI::IsMember({4, 8, 16}))
                ->capture_default_str();
            command.add_option("--weight-bits", options.weightBits, "Bits of weights: 4, 8 or 16")
                ->check(CLI::IsMember({4, 8, 16}))
                ->capture_default_str();
            command.add_flag("--per-channel,!--per-tensor", options.perChannel, "One grid per output channel of weights");
            command.add_option("--block", options.blockSize, "One grid per N input channels of each output channel of weights; needs a --format with blocks")
                ->type_name("N")
                ->check(wholeNumber(1, 1 << 20));
            command.add_flag("--act-symmetric,!--act-asymmetric", options.actSymmetric, "Symmetric grids for activations");
            command.add_flag("--weight-symmetric,!--weight-asymmetric", options.weightSymmetric,
                             "Symmetric grids for weights (default)");
            command.add_option("--act-schema", options.actSchema, "Grids of activations: asymmetric (default), symmetric, unsignedsymmetric, strictsymmetric")
                ->type_name("S")
                ->excludes("--act-symmetric");
            command.add_option("--weight-schema", options.weightSchema, "Grids of weights: the same schemas, default symmetric")
                ->type_name("S")
                ->excludes("--weight-symmetric");
            command.add_option("--statistics", options.statistics,
                               "File that keeps what the samples showed: an interrupted run goes on from it, another method needs no run")
                ->type_name("FILE");
            command.add_flag("--strict-samples", options.strictSamples, "A sample that cannot be used ends the command instead of being skipped");
            command.add_flag("--vendor-commands", options.vendorCommands, "Print the vendor's command lines for the same settings too");
            command.add_option("--keep", options.keep, "Encodings to keep; only the rest is calibrated")->type_name("FILE");
            command
                .add_option("--exclude", options.exclude,
                            "Tensors, or nodes with all their tensors, that get no encodings: name, shell pattern, op:OPERATOR, kind:weight; repeatable")
                ->type_name("QUERY")
                ->expected(1)
                ->take_all();
            command.add_option("--format", options.format, "Dialect to write: 0.4.0, 0.5.0, 0.6.1 (also aimet-0.6.1), seed, 1.0.0, 2.0.0, 2.1.0")
                ->type_name("F")
                ->capture_default_str();
            command.add_flag("--update", options.update, "Change the file of -o in place, in its own dialect: entries that come out the same keep their bytes");
            addThreads(command, options.threads);
            command.add_flag("--json", options.json, "One JSON document (nordlys.calibrate/1)");
        },
        calibrate);
}

} // namespace nordlys::cli

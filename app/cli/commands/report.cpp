// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/model_source.h"
#include "../support/output.h"
#include "../support/output_guard.h"
#include "../support/table.h"

#include <core/base/sha256.h>
#include <core/profile/stream.h>
#include <core/quantization/encoding_file.h>
#include <core/report/report.h>

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>

namespace nordlys::cli {

namespace {

struct ReportArguments {
    std::string source, output, model, baseline, encodings, title;
    std::vector<std::string> dims;
    bool json = false;
};

bool isRecording(const std::filesystem::path &path)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return false; // opening a pipe would wait for its writer
    std::ifstream file(path, std::ios::binary);
    std::array<char, core::kStreamMagic.size()> magic{};
    return file.read(magic.data(), magic.size()) && std::string_view(magic.data(), magic.size()) == core::kStreamMagic;
}

/// Now, or the moment that SOURCE_DATE_EPOCH names, so that builds that want equal bytes get them.
std::string dateText()
{
    std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    if (const char *fixed = std::getenv("SOURCE_DATE_EPOCH")) {
        char *end = nullptr;
        const long long value = std::strtoll(fixed, &end, 10);
        if (end != fixed && *end == '\0' && value >= 0 && value < 253'402'300'800)
            now = static_cast<std::time_t>(value);
    }
    std::tm parts{};
    gmtime_r(&now, &parts);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                       parts.tm_min);
}

core::Expected<core::ReportRun> readRun(const std::filesystem::path &path, const Context &context)
{
    auto profile = core::readRecording(path);
    NORDLYS_TRY(profile);
    auto hash = core::sha256OfFile(path, context.stop);
    NORDLYS_TRY(hash);
    core::ReportRun run;
    run.profile = std::make_shared<const core::RunProfile>(*std::move(profile));
    run.summary = core::summarize(*run.profile);
    run.name = path.stem().string();
    run.recordingFile = path.filename().string();
    run.recordingSha256 = *std::move(hash);
    return run;
}

core::Expected<void> addModel(core::ReportInput &input, const ReportArguments &options, const std::string &path,
                              const Context &context)
{
    auto source = openSource({path, options.dims}, context);
    NORDLYS_TRY(source);
    input.warnings.insert(input.warnings.end(), source->warnings.begin(), source->warnings.end());
    auto model = core::reportModelOf(source->model, context.job());
    NORDLYS_TRY(model);
    input.model = *std::move(model);
    if (!source->project)
        return {};
    input.project = std::filesystem::path(path).filename().string();
    if (!source->project->edits.encodings.empty())
        input.encodings = core::ReportEncodings{source->project->edits.encodings, "project " + input.project, {}};
    // The newest recording that is still there; what is wrong with one is said, not hidden.
    const auto &runs = source->project->runs;
    for (auto run = runs.rbegin(); run != runs.rend() && !input.run; ++run) {
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(run->path, ignored))
            continue;
        auto read = readRun(run->path, context);
        if (!read && read.error().code == core::ErrorCode::Interrupted)
            return std::move(read.error());
        if (!read)
            input.warnings.push_back(read.error().text());
        else
            input.run = *std::move(read);
    }
    return {};
}

core::Expected<void> addEncodings(core::ReportInput &input, const ReportArguments &options, const Context &context)
{
    if (options.encodings.empty())
        return {};
    auto file = core::readEncodings(options.encodings, input.model ? &input.model->model->graph : nullptr);
    NORDLYS_TRY(file);
    if (!file->unread.empty())
        input.warnings.push_back(fmt::format("{} entries of the encodings could not be read and are left out", file->unread.size()));
    auto hash = core::sha256OfFile(options.encodings, context.stop);
    NORDLYS_TRY(hash);
    input.encodings = core::ReportEncodings{std::move(file->set), std::filesystem::path(options.encodings).filename().string(),
                                            *std::move(hash)};
    return {};
}

core::Expected<void> addBaseline(core::ReportInput &input, const ReportArguments &options, const Context &context)
{
    if (options.baseline.empty())
        return {};
    if (!input.run)
        return core::usageError("--baseline", "there is no run to compare it with",
                                "Name a recording, or a project with a recorded run.");
    auto run = readRun(options.baseline, context);
    NORDLYS_TRY(run);
    auto comparison = core::compareRuns(*run->profile, *input.run->profile, {}, context.job());
    NORDLYS_TRY(comparison);
    input.baseline = core::ReportBaseline{run->profile,
                                          std::move(run->summary),
                                          std::move(run->name),
                                          std::move(run->recordingFile),
                                          std::move(run->recordingSha256),
                                          *std::move(comparison)};
    return {};
}

core::Expected<void> report(const ReportArguments &options, const Context &context)
{
    NORDLYS_TRY(core::reportFormatOf(options.output));
    NORDLYS_TRY(refuseToOverwriteInputs(options.output, {options.source, options.model, options.baseline, options.encodings}));
    core::ReportInput input;
    input.title = options.title;
    input.date = dateText();
    input.version = NORDLYS_VERSION;
    if (isRecording(options.source)) {
        auto run = readRun(options.source, context);
        NORDLYS_TRY(run);
        input.run = *std::move(run);
        if (!options.model.empty())
            NORDLYS_TRY(addModel(input, options, options.model, context));
    } else {
        if (!options.model.empty())
            return core::usageError("--model", "a project or model names its model itself",
                                    "Leave it out, or report a recording.");
        NORDLYS_TRY(addModel(input, options, options.source, context));
    }
    NORDLYS_TRY(addEncodings(input, options, context));
    NORDLYS_TRY(addBaseline(input, options, context));
    NORDLYS_TRY(core::writeReport(input, options.output));
    if (options.json) {
        Json json = document("report-written");
        json["report"] = options.output;
        json["model"] = input.model ? Json(input.model->file) : Json(nullptr);
        json["run"] = input.run ? Json(input.run->recordingFile) : Json(nullptr);
        json["baseline"] = input.baseline ? Json(input.baseline->recordingFile) : Json(nullptr);
        json["warnings"] = input.warnings;
        return writeJson(json);
    }
    Facts facts;
    facts.add("Report", options.output);
    if (input.model)
        facts.add("Model", input.model->file);
    if (input.run)
        facts.add("Run", input.run->recordingFile);
    for (const std::string &warning : input.warnings)
        facts.add("Warning", warning);
    return writeOut(facts.text());
}

} // namespace

void addReport(CLI::App &program, Action &action)
{
    addCommand<ReportArguments>(
        program, action, "report", "Writes one file to pass on: HTML (opens offline), JSON or CSV, by the extension",
        [](CLI::App &command, ReportArguments &options) {
            command.add_option("PROJECT_OR_RUN", options.source, "Project (its newest recording), recording, or model")
                ->required();
            command.add_option("-o,--output", options.output, "File to write: .html, .json or .csv")
                ->required()
                ->type_name("FILE");
            command.add_option("--model", options.model, "Model of a recording, for the graph")->type_name("MODEL");
            command.add_option("--dim", options.dims, "NAME=N: size of a free dimension of the model; repeatable")
                ->type_name("NAME=N")
                ->expected(1)
                ->take_all();
            command.add_option("--encodings", options.encodings, "Encodings file to sum up")->type_name("FILE");
            command.add_option("--baseline", options.baseline, "Recording to compare the run with")->type_name("RECORDING");
            command.add_option("--title", options.title, "Title; default: model and device")->type_name("TEXT");
            command.add_flag("--json", options.json, "One JSON document on standard output (nordlys.report-written/1)");
        },
        report);
}

} // namespace nordlys::cli

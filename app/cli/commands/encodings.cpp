// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/model_source.h"
#include "../support/table.h"
#include "encodings_files.h"

#include <core/quantization/encoding_file.h>
#include <core/import/model.h>
#include <core/quantization/rules/rule_check.h>
#include <runtime/quantization/calibration_statistics.h>

#include <fmt/format.h>

#include <algorithm>

namespace nordlys::cli {

namespace {

struct CheckArguments {
    ModelArguments model;
    std::string encodings, rules, statistics;
    bool json = false;
};

using RuleFindings = std::vector<core::RuleFinding>;

Json checkJson(const core::EncodingFile &file, const core::EncodingCoverage &coverage, const RuleFindings &rules)
{
    Json json = document("encodings-check");
    json["matched"] = coverage.matched;
    json["missing"] = coverage.missing;
    json["extra"] = coverage.extra;
    json["renamed"] = Json::array();
    for (const auto &renamed : coverage.renamed)
        json["renamed"].push_back({{"from", renamed.from}, {"to", renamed.to}, {"evidence", renamed.evidence}});
    json["repaired"] = Json::array();
    for (const core::EncodingRepair &repair : file.repaired)
        json["repaired"].push_back({{"tensor", repair.tensor}, {"what", repair.what}});
    json["contradictory"] = Json::array();
    for (const core::EncodingRepair &repair : file.repaired) {
        if (repair.contradicts)
            json["contradictory"].push_back(repair.tensor);
    }
    json["unread"] = Json::array();
    for (const core::EncodingRepair &unread : file.unread)
        json["unread"].push_back({{"tensor", unread.tensor}, {"why", unread.what}});
    json["violations"] = Json::array();
    for (const auto &violation : coverage.violations)
        json["violations"].push_back(
            {{"tensor", violation.tensor}, {"rule", violation.rule}, {"message", violation.message}, {"fix", violation.fix}});
    json["rules"] = Json::array();
    for (const core::RuleFinding &finding : rules)
        json["rules"].push_back({{"tensor", finding.tensor},
                                 {"rule", finding.rule},
                                 {"severity", core::nameOf(finding.severity)},
                                 {"message", finding.message},
                                 {"fix", finding.fix},
                                 {"change", finding.change ? Json::parse(core::changeToJson(*finding.change)) : Json(nullptr)}});
    json["version"] = file.version;
    json["notes"] = file.notes;
    return json;
}

std::string checkText(const core::EncodingFile &file, const core::EncodingCoverage &coverage, const RuleFindings &rules)
{
    Facts facts;
    facts.add("Version", file.version);
    facts.add("Matched", std::to_string(coverage.matched));
    facts.add("Missing", std::to_string(coverage.missing.size()));
    facts.add("Extra", std::to_string(coverage.extra.size()));
    facts.add("Renamed", std::to_string(coverage.renamed.size()));
    facts.add("Unread", std::to_string(file.unread.size()));
    facts.add("Repaired", std::to_string(file.repaired.size()));
    facts.add("Violations", std::to_string(coverage.violations.size()));
    Table table({{"Finding"}, {"Tensor"}, {"What"}});
    for (const std::string &tensor : coverage.missing)
        table.add({"missing", tensor, ""});
    for (const std::string &tensor : coverage.extra)
        table.add({"extra", tensor, ""});
    for (const auto &renamed : coverage.renamed)
        table.add({"renamed", renamed.from, "the model calls it " + renamed.to + " (" + renamed.evidence + ")"});
    for (const core::EncodingRepair &unread : file.unread)
        table.add({"unread", unread.tensor, unread.what});
    for (const core::EncodingRepair &repair : file.repaired)
        table.add({repair.contradicts ? "contradictory" : "repaired", repair.tensor, repair.what});
    for (const auto &violation : coverage.violations)
        table.add({"violation", violation.tensor, violation.message + " " + violation.fix});
    for (const core::RuleFinding &finding : rules)
        table.add({finding.severity == core::RuleSeverity::Error ? "rule " + finding.rule : "advice " + finding.rule, finding.tensor, finding.message + " " + finding.fix});
    for (const std::string &note : file.notes)
        table.add({"note", "", note});
    return facts.text() + (table.empty() ? "" : "\n" + table.text());
}

/// What a calibration saw of activations, for the rules that compare ranges with it.
core::Expected<core::SeenRanges> seenRanges(const std::string &file, const core::Model &model, const Context &context)
{
    auto statistics = runtime::readStatistics(file);
    NORDLYS_TRY(statistics);
    if (!statistics->modelSha256.empty()) {
        const auto hash = core::modelSha256(model, context.job());
        NORDLYS_TRY(hash);
        if (*hash != statistics->modelSha256)
            return core::badInput(file, "these statistics are of another model", "Name the file that calibrate --statistics wrote for this model.");
    }
    core::SeenRanges seen;
    for (const auto &[tensor, range] : statistics->tensors) {
        if (range.values > 0)
            seen.emplace(tensor, std::pair(range.min, range.max));
    }
    return seen;
}

core::Expected<void> check(const CheckArguments &options, const Context &context)
{
    if (!options.statistics.empty() && options.rules.empty())
        return core::usageError("encodings check", "--statistics is for rules, and none are asked", "Give --rules too.");
    auto source = openSource(options.model, context);
    if (!source)
        return std::move(source.error());
    core::EncodingFile file;
    if (!options.encodings.empty()) {
        auto read = core::readEncodings(options.encodings, &source->model->graph);
        if (!read)
            return std::move(read.error());
        file = std::move(*read);
    } else if (source->project) {
        file.set = source->project->edits.encodings;
        file.version = "project";
    } else {
        return core::usageError("encodings check", "no encodings are named",
                                "Give --encodings FILE, or a project instead of the model.");
    }
    const core::EncodingCoverage coverage = core::checkCoverage(source->model->graph, file.set);
    RuleFindings rules;
    if (!options.rules.empty()) {
        const auto pack = core::RulePack::find(options.rules);
        if (!pack)
            return pack.error();
        core::SeenRanges seen;
        if (!options.statistics.empty()) {
            auto ranges = seenRanges(options.statistics, *source->model, context);
            NORDLYS_TRY(ranges);
            seen = *std::move(ranges);
        }
        rules = core::checkRules(*pack, source->model->graph, file.set, options.statistics.empty() ? nullptr : &seen);
    }
    NORDLYS_TRY(options.json ? writeJson(checkJson(file, coverage, rules)) : writeOut(checkText(file, coverage, rules)));
    const auto broken = std::ranges::count(rules, core::RuleSeverity::Error, &core::RuleFinding::severity);
    const auto contradictory = std::ranges::count_if(file.repaired, &core::EncodingRepair::contradicts);
    if (coverage.missing.empty() && coverage.extra.empty() && coverage.renamed.empty() && coverage.violations.empty() && file.unread.empty() &&
        contradictory == 0 && broken == 0)
        return {};
    return core::Error{core::ErrorCode::GateFailed,
                       "encodings check",
                       fmt::format("{} missing, {} extra, {} renamed, {} violations, {} unread, {} contradictory, {} broken rules", coverage.missing.size(),
                                   coverage.extra.size(), coverage.renamed.size(), coverage.violations.size(), file.unread.size(), contradictory, broken),
                       "The findings stand in the output.",
                       {}};
}

} // namespace

void addEncodings(CLI::App &program, Action &action)
{
    CLI::App *encodings = program.add_subcommand("encodings", "Encodings files: check, convert, compare");
    encodings->require_subcommand(1);
    addCommand<CheckArguments>(
        *encodings, action, "check", "Do the encodings fit the model? Exit code 1 when not",
        [](CLI::App &command, CheckArguments &options) {
            addModelArguments(command, options.model);
            command.add_option("ENCODINGS,--encodings", options.encodings, "Encodings file, or a model in QDQ form; default: those of the project")
                ->type_name("FILE");
            command
                .add_option("--rules", options.rules,
                            "Also asks the rules of a target: htp, or a file like it (resources/rules). What breaks a rule counts; advice does not")
                ->type_name("NAME|FILE");
            command.add_option("--statistics", options.statistics, "Ranges seen by a calibration (calibrate --statistics): rules compare activations with them")
                ->type_name("FILE");
            command.add_flag("--json", options.json, "One JSON document (nordlys.encodings-check/1)");
        },
        check);
    addEncodingsFiles(*encodings, action);
}

} // namespace nordlys::cli

// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/measure.h"
#include "../support/output.h"
#include "../support/table.h"

#include <core/profile/compare_gate.h>
#include <core/profile/compare_runs.h>
#include <core/profile/stream.h>
#include <core/report/comparison_json.h>

#include <fmt/format.h>

#include <cmath>

namespace nordlys::cli {

namespace {

struct CompareArguments {
    std::vector<std::string> runs, repeats, gates;
    bool json = false;
};

struct Candidate {
    std::string path;
    core::RunProfile run;
    core::RunComparison comparison;
    std::vector<core::GateResult> gates;
};

std::string percent(double value) { return fmt::format("{:+.1f}", value); }

std::string deltaText(const core::MedianChange &change) { return change.hasDelta ? percent(change.deltaPercent) : "-"; }

std::string intervalText(const core::MedianChange &change)
{
    return change.hasInterval ? fmt::format("[{}, {}]", percent(change.lowPercent), percent(change.highPercent)) : "-";
}

std::string medianText(const core::DurationSummary &summary)
{
    return summary.count > 0 ? numberText(summary.p50Ns / 1e3, 1) : "-";
}

Json runFacts(const std::string &path, const core::RunProfile &run)
{
    const core::RunSummary summary = core::summarize(run);
    return {{"recording", path},
            {"status", core::nameOf(run.status)},
            {"inferences", run.inferenceCount()},
            {"latencyMs", latencyJson(summary.latency)},
            {"verdict", verdictJson(summary.verdict)}};
}

Json compareJson(const CompareArguments &options, const core::RunProfile &baseline, const std::vector<Candidate> &candidates,
                 const std::vector<core::CompareGate> &gates)
{
    Json json = document("compare");
    json["a"] = runFacts(options.runs.front(), baseline);
    json["b"] = runFacts(candidates.front().path, candidates.front().run);
    json.update(core::comparisonJson(candidates.front().comparison, baseline, candidates.front().run));
    json["candidates"] = Json::array();
    bool passed = true;
    Json results = Json::array();
    for (const Candidate &candidate : candidates) {
        Json entry = runFacts(candidate.path, candidate.run);
        entry.update(core::comparisonJson(candidate.comparison, baseline, candidate.run));
        json["candidates"].push_back(std::move(entry));
        for (std::size_t i = 0; i < gates.size(); ++i) {
            passed = passed && candidate.gates[i].passed;
            results.push_back({{"gate", gates[i].text},
                               {"run", candidate.path},
                               {"passed", candidate.gates[i].passed},
                               {"reason", candidate.gates[i].reason}});
        }
    }
    json["gates"] = std::move(results);
    json["passed"] = passed;
    return json;
}

std::string candidateText(const Candidate &candidate, const std::string &baselinePath,
                          const std::vector<core::CompareGate> &gates)
{
    Table table({{"Layer"},
                 {"A us", Table::Align::Right},
                 {"B us", Table::Align::Right},
                 {"Change %", Table::Align::Right},
                 {"95 % interval", Table::Align::Right},
                 {"Verdict"}});
    for (const core::LayerChange &layer : candidate.comparison.layers)
        table.add({layer.name, medianText(layer.change.a), medianText(layer.change.b), deltaText(layer.change),
                   intervalText(layer.change),
                   layer.a.empty()   ? "only in B"
                   : layer.b.empty() ? "only in A"
                                     : core::nameOf(layer.change.verdict)});
    const core::MedianChange &total = candidate.comparison.total;
    Facts facts;
    facts.add("A", baselinePath);
    facts.add("B", candidate.path);
    const auto median = [](const core::DurationSummary &run) { return run.count > 0 ? numberText(run.p50Ns / 1e6, 3) : "-"; };
    facts.add("Latency", fmt::format("{} to {} ms (medians of {} and {})", median(total.a), median(total.b), total.a.count, total.b.count));
    facts.add("Change", fmt::format("{} %, 95 % interval {}", deltaText(total), intervalText(total)));
    facts.add("Verdict", core::nameOf(total.verdict) + ": " + total.reason);
    for (const core::RunDifference &difference : candidate.comparison.differences) {
        if (difference.weakens)
            facts.add("Differs", fmt::format("{}: {} and {}", difference.what, difference.a, difference.b));
    }
    for (const std::string &caution : candidate.comparison.cautions)
        facts.add("Caution", caution);
    for (std::size_t i = 0; i < gates.size(); ++i)
        facts.add("Gate", fmt::format("{}: {}. {}", gates[i].text, candidate.gates[i].passed ? "passed" : "failed",
                                      candidate.gates[i].reason));
    return (table.empty() ? "" : table.text() + '\n') + facts.text();
}

core::Expected<void> compare(const CompareArguments &options, const Context &context)
{
    if (options.runs.size() < 2)
        return core::usageError("compare", "one run has nothing to be compared with",
                                "Give a baseline and at least one other recording.");
    std::vector<core::CompareGate> gates;
    for (const std::string &text : options.gates) {
        auto gate = core::parseGate(text);
        NORDLYS_TRY(gate);
        gates.push_back(*std::move(gate));
    }
    auto baseline = core::readRecording(options.runs.front());
    NORDLYS_TRY(baseline);
    std::vector<core::RunProfile> repeats;
    for (const std::string &path : options.repeats) {
        auto repeat = core::readRecording(path);
        NORDLYS_TRY(repeat);
        repeats.push_back(*std::move(repeat));
    }
    core::CompareOptions how;
    for (const core::RunProfile &repeat : repeats)
        how.repeatsOfA.push_back(&repeat);

    std::vector<Candidate> candidates;
    for (std::size_t i = 1; i < options.runs.size(); ++i) {
        auto run = core::readRecording(options.runs[i]);
        NORDLYS_TRY(run);
        auto comparison = core::compareRuns(*baseline, *run, how, context.job());
        NORDLYS_TRY(comparison);
        candidates.push_back({options.runs[i], *std::move(run), *std::move(comparison), {}});
        for (const core::CompareGate &gate : gates)
            candidates.back().gates.push_back(core::checkGate(gate, candidates.back().comparison));
    }
    if (options.json) {
        NORDLYS_TRY(writeJson(compareJson(options, *baseline, candidates, gates)));
    } else {
        std::string text;
        for (const Candidate &candidate : candidates)
            text += (text.empty() ? "" : "\n") + candidateText(candidate, options.runs.front(), gates);
        NORDLYS_TRY(writeOut(text));
    }
    for (const Candidate &candidate : candidates) {
        for (std::size_t i = 0; i < gates.size(); ++i) {
            if (!candidate.gates[i].passed)
                return core::Error{core::ErrorCode::GateFailed,
                                   "gate '" + gates[i].text + "'",
                                   candidate.path + ": " + candidate.gates[i].reason,
                                   {},
                                   {}};
        }
    }
    return {};
}

} // namespace

void addCompare(CLI::App &program, Action &action)
{
    addCommand<CompareArguments>(
        program, action, "compare", "Compares runs with their noise: faster, slower, same, or not enough to tell",
        [](CLI::App &command, CompareArguments &options) {
            command.add_option("RUNS", options.runs, "Recordings: the baseline, then one or more others")->required();
            command
                .add_option("--repeat", options.repeats,
                            "The baseline measured again: what differs among these is noise; repeatable")
                ->type_name("RECORDING")
                ->expected(1)
                ->take_all();
            command
                .add_option("--gate", options.gates,
                            "Ends with exit code 1 unless it holds: latency<+5%, p95<+10%, latency<12ms, layers<+20%, "
                            "layer:NAME<+10%; repeatable")
                ->type_name("GATE")
                ->expected(1)
                ->take_all();
            command.add_flag("--json", options.json, "One JSON document (nordlys.compare/1)");
        },
        compare);
}

} // namespace nordlys::cli

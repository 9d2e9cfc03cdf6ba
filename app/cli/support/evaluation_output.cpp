// SPDX-License-Identifier: Apache-2.0
#include "evaluation_output.h"

#include "table.h"

#include <fmt/format.h>

namespace nordlys::cli {

namespace {

using runtime::Accuracy;
using runtime::Evaluation;
using runtime::OutputError;
using runtime::TensorError;

Json tensorJson(const TensorError &tensor)
{
    return {{"name", tensor.name},
            {"sqnrDb", tensor.sqnrDb},
            {"localSqnrDb", tensor.localSqnrDb},
            {"clippedPercent", tensor.clippedPercent},
            {"bitwidth", tensor.bitwidth},
            {"values", tensor.values},
            {"cosine", tensor.cosine},
            {"maxAbsError", tensor.maxAbsError},
            {"deadCodesPercent", tensor.deadCodesPercent ? Json(*tensor.deadCodesPercent) : Json(nullptr)}};
}

void addOutputs(Json &json, const Evaluation &evaluation)
{
    json["outputs"] = Json::array();
    for (const OutputError &output : evaluation.outputs)
        json["outputs"].push_back({{"name", output.name},
                                   {"sqnrDb", output.sqnrDb},
                                   {"cosine", output.cosine},
                                   {"maxAbsError", output.maxAbsError},
                                   {"agreement", output.agreement}});
}

void addAccuracy(Json &json, const Evaluation &evaluation)
{
    if (evaluation.accuracy)
        json["accuracy"] = {{"float", evaluation.accuracy->floatTop1},
                            {"quantized", evaluation.accuracy->quantizedTop1},
                            {"agreement", evaluation.accuracy->agreement},
                            {"samples", evaluation.accuracy->samples},
                            {"floatTop5", evaluation.accuracy->floatTop5},
                            {"quantizedTop5", evaluation.accuracy->quantizedTop5}};
}

std::string outputsText(const Evaluation &evaluation)
{
    Table outputs({{"Output"},
                   {"SQNR dB", Table::Align::Right},
                   {"Cosine", Table::Align::Right},
                   {"Max error", Table::Align::Right},
                   {"Agreement", Table::Align::Right}});
    for (const OutputError &output : evaluation.outputs)
        outputs.add({output.name, numberText(output.sqnrDb, 2), numberText(output.cosine, 6), fmt::format("{:.4g}", output.maxAbsError),
                     numberText(output.agreement, 4)});
    return outputs.text();
}

std::string tensorsText(const std::string &title, const std::vector<TensorError> &tensors)
{
    Table table({{title},
                 {"Bits", Table::Align::Right},
                 {"SQNR dB", Table::Align::Right},
                 {"Local SQNR dB", Table::Align::Right},
                 {"Max error", Table::Align::Right},
                 {"Clipped %", Table::Align::Right},
                 {"Dead codes %", Table::Align::Right}});
    for (const TensorError &tensor : tensors)
        table.add({tensor.name, tensor.bitwidth == 0 ? "-" : std::to_string(tensor.bitwidth), numberText(tensor.sqnrDb, 2),
                   tensor.bitwidth == 0 ? "-" : numberText(tensor.localSqnrDb, 2), fmt::format("{:.4g}", tensor.maxAbsError),
                   numberText(tensor.clippedPercent, 3), tensor.deadCodesPercent ? numberText(*tensor.deadCodesPercent, 1) : "-"});
    return table.empty() ? std::string() : table.text() + "\n";
}

void addAccuracyFacts(Facts &facts, const std::string &name, const std::optional<Accuracy> &accuracy)
{
    if (!accuracy)
        return;
    facts.add("Top-1" + name, fmt::format("float {:.4f}, quantized {:.4f}, agreement {:.4f} over {} labelled samples", accuracy->floatTop1,
                                          accuracy->quantizedTop1, accuracy->agreement, accuracy->samples));
    facts.add("Top-5" + name, fmt::format("float {:.4f}, quantized {:.4f}", accuracy->floatTop5, accuracy->quantizedTop5));
}

void addMetric(Facts &facts, const std::optional<MetricValues> &metric)
{
    if (!metric)
        return;
    std::string text = fmt::format("float {:.6g}, quantized {:.6g}", metric->exact, metric->quantized);
    if (metric->integer)
        text += fmt::format(", integer {:.6g}", *metric->integer);
    facts.add("Metric", text + fmt::format(" ({})", metric->command));
}

} // namespace

void addEvaluation(Json &json, const Evaluation &evaluation)
{
    addOutputs(json, evaluation);
    json["tensors"] = Json::array();
    for (const TensorError &tensor : evaluation.tensors)
        json["tensors"].push_back(tensorJson(tensor));
    json["weights"] = Json::array();
    for (const TensorError &weight : evaluation.weights)
        json["weights"].push_back(tensorJson(weight));
    addAccuracy(json, evaluation);
    json["samples"] = evaluation.samples;
    json["elapsedMs"] = static_cast<double>(evaluation.elapsedNs) / 1e6;
}

std::string evaluationText(const Evaluation &evaluation, const std::optional<MetricValues> &metric, const std::vector<std::string> &warnings)
{
    Facts facts;
    facts.add("Samples", std::to_string(evaluation.samples));
    addAccuracyFacts(facts, "", evaluation.accuracy);
    addMetric(facts, metric);
    facts.add("Time", fmt::format("{:.1f} ms", static_cast<double>(evaluation.elapsedNs) / 1e6));
    for (const std::string &warning : warnings)
        facts.add("Warning", warning);
    return outputsText(evaluation) + "\n" + tensorsText("Tensor", evaluation.tensors) + tensorsText("Weight", evaluation.weights) + facts.text();
}

void addSideBySide(Json &json, const runtime::SideBySide &result)
{
    addEvaluation(json, result.quantsim);
    addOutputs(json["integer"], result.integer);
    addAccuracy(json["integer"], result.integer);
    json["sideBySide"] = Json::array();
    for (const runtime::TensorTriple &tensor : result.tensors)
        json["sideBySide"].push_back({{"name", tensor.name},
                                      {"quantsimSqnrDb", tensor.quantsimSqnrDb},
                                      {"integerSqnrDb", tensor.integerSqnrDb},
                                      {"apartSqnrDb", tensor.apartSqnrDb},
                                      {"apartSteps", tensor.apartSteps}});
    json["firstDivergence"] = result.firstDivergence ? Json(result.tensors[*result.firstDivergence].name) : Json(nullptr);
    json["elapsedMs"] = static_cast<double>(result.quantsim.elapsedNs + result.integer.elapsedNs) / 1e6;
}

std::string sideBySideText(const runtime::SideBySide &result, const std::optional<MetricValues> &metric, const std::vector<std::string> &warnings)
{
    Table table({{"Tensor"},
                 {"Quantsim dB", Table::Align::Right},
                 {"Integer dB", Table::Align::Right},
                 {"Apart dB", Table::Align::Right},
                 {"Apart, steps", Table::Align::Right},
                 {""}});
    for (std::size_t i = 0; i < result.tensors.size(); ++i) {
        const runtime::TensorTriple &tensor = result.tensors[i];
        table.add({tensor.name, numberText(tensor.quantsimSqnrDb, 2), numberText(tensor.integerSqnrDb, 2), numberText(tensor.apartSqnrDb, 2),
                   numberText(tensor.apartSteps, 1), result.firstDivergence == i ? "<- first divergence" : ""});
    }
    Facts facts;
    facts.add("Samples", std::to_string(result.quantsim.samples));
    addAccuracyFacts(facts, " quantsim", result.quantsim.accuracy);
    addAccuracyFacts(facts, " integer", result.integer.accuracy);
    addMetric(facts, metric);
    facts.add("Divergence", result.firstDivergence ? result.tensors[*result.firstDivergence].name + ": integer and quantsim are more than one step apart"
                                                   : std::string("integer and quantsim are nowhere more than one step apart"));
    for (const std::string &warning : warnings)
        facts.add("Warning", warning);
    return "Quantsim against float32\n" + outputsText(result.quantsim) + "\nInteger against float32\n" + outputsText(result.integer) + "\n" + table.text() + "\n"
           + facts.text();
}

Json dumpsJson(const runtime::DumpComparison &comparison)
{
    Json json = document("evaluate-against");
    json["tensors"] = Json::array();
    for (const runtime::DumpError &tensor : comparison.tensors)
        json["tensors"].push_back({{"name", tensor.name},
                                   {"file", tensor.file},
                                   {"renamed", tensor.renamed},
                                   {"channelsLast", tensor.channelsLast},
                                   {"codes", tensor.codes},
                                   {"sqnrDb", tensor.sqnrDb},
                                   {"cosine", tensor.cosine},
                                   {"maxAbsError", tensor.maxAbsError},
                                   {"values", tensor.values}});
    json["firstDivergence"] = comparison.firstDivergence ? Json(comparison.tensors[*comparison.firstDivergence].name) : Json(nullptr);
    json["unused"] = Json::array();
    for (const auto &unused : comparison.unused)
        json["unused"].push_back({{"file", unused.file}, {"why", unused.why}});
    json["withoutFile"] = comparison.withoutFile;
    json["samples"] = comparison.samples;
    return json;
}

std::string dumpsText(const runtime::DumpComparison &comparison, const std::vector<std::string> &warnings)
{
    Table table({{"Tensor"},
                 {"SQNR dB", Table::Align::Right},
                 {"Cosine", Table::Align::Right},
                 {"Max error", Table::Align::Right},
                 {"Joined by"},
                 {""}});
    for (std::size_t i = 0; i < comparison.tensors.size(); ++i) {
        const runtime::DumpError &tensor = comparison.tensors[i];
        const std::string how = std::string(tensor.renamed ? "sanitised name" : "name") + (tensor.channelsLast ? ", channels last" : "") + (tensor.codes ? ", codes" : "");
        table.add({tensor.name, numberText(tensor.sqnrDb, 2), numberText(tensor.cosine, 6), fmt::format("{:.4g}", tensor.maxAbsError), how,
                   comparison.firstDivergence == i ? "<- first divergence" : ""});
    }
    Facts facts;
    facts.add("Samples", std::to_string(comparison.samples));
    facts.add("Compared", fmt::format("{} tensors; {} of ours have no file", comparison.tensors.size(), comparison.withoutFile));
    for (const auto &unused : comparison.unused)
        facts.add("Not used", unused.file + ": " + unused.why);
    for (const std::string &warning : warnings)
        facts.add("Warning", warning);
    return (table.empty() ? std::string() : table.text() + "\n") + facts.text();
}

} // namespace nordlys::cli

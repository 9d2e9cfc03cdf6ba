// SPDX-License-Identifier: Apache-2.0
#include "../support/context.h"
#include "../support/measure.h"
#include "../support/model_source.h"
#include "../support/table.h"

#include <core/graph/cost.h>
#include <runtime/plan/operator_support.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace nordlys::cli {

namespace {

struct InfoOptions {
    ModelArguments model;
    bool json = false, hash = false;
};

std::string opsetText(const core::Model &model)
{
    std::string text;
    for (const core::OpsetImport &opset : model.opsets)
        text += (text.empty() ? "" : ", ") + (opset.domain.empty() ? std::string("ai.onnx") : opset.domain) + ' ' +
                std::to_string(opset.version);
    return text;
}

/// Operators with their numbers, most frequent first.
std::vector<std::pair<std::string, int>> operatorCounts(const core::Graph &graph)
{
    std::map<std::string, int> counts;
    for (const core::Node &node : graph.nodes) {
        const std::string_view domain = graph.names.text(node.domain);
        ++counts[(domain.empty() ? std::string() : std::string(domain) + '.') + std::string(graph.names.text(node.opType))];
    }
    std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto &a, const auto &b) { return a.second > b.second; });
    return sorted;
}

Json layerJson(const core::Graph &graph, core::NodeId id)
{
    const core::Node &node = graph.node(id);
    const core::NodeCost cost = core::costOf(graph, id);
    Json outputs = Json::array();
    for (const core::TensorId output : node.outputs)
        if (output.isValid())
            outputs.push_back(tensorJson(graph, output));
    return {{"name", graph.nameOf(id)},
            {"op", graph.opOf(id)},
            {"macs", cost.macs},
            {"parameterBytes", cost.parameterBytes},
            {"outputs", std::move(outputs)}};
}

Json portsJson(const core::Graph &graph, const std::vector<core::TensorId> &tensors)
{
    Json ports = Json::array();
    for (const core::TensorId tensor : tensors)
        ports.push_back(tensorJson(graph, tensor));
    return ports;
}

Json infoJson(const ModelSource &source, const std::vector<core::UnsupportedOp> &unsupported, const std::string &sha256)
{
    const core::Model &model = *source.model;
    const core::Graph &graph = model.graph;
    Json opsets = Json::object();
    for (const core::OpsetImport &opset : model.opsets)
        opsets[opset.domain.empty() ? "ai.onnx" : opset.domain] = opset.version;
    Json json = document("info");
    json["model"] = {{"path", model.path.string()}, {"format", model.format},       {"opset", model.opsetOf("")},
                     {"producer", model.producer},  {"irVersion", model.irVersion}, {"opsets", std::move(opsets)}};
    if (!sha256.empty())
        json["model"]["sha256"] = sha256;
    json["inputs"] = portsJson(graph, graph.inputs);
    json["outputs"] = portsJson(graph, graph.outputs);
    json["nodeCount"] = graph.nodes.size();
    json["parameterCount"] = core::parameterCount(graph);
    json["macs"] = core::macCount(graph);
    json["ops"] = Json::object();
    for (const auto &[op, count] : operatorCounts(graph))
        json["ops"][op] = count;
    json["unsupported"] = Json::array();
    for (const core::UnsupportedOp &op : unsupported)
        json["unsupported"].push_back({{"op", op.op}, {"domain", op.domain}, {"count", op.count}, {"reason", op.reason}});
    json["layers"] = Json::array();
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        json["layers"].push_back(layerJson(graph, core::NodeId(i)));
    json["findings"] = Json::array();
    for (const core::InferenceFinding &finding : model.findings)
        json["findings"].push_back({{"node", graph.nameOf(finding.node)}, {"rule", finding.rule}});
    json["notes"] = model.notes;
    json["warnings"] = source.warnings;
    return json;
}

std::string infoText(const ModelSource &source, const std::vector<core::UnsupportedOp> &unsupported, const std::string &sha256)
{
    const core::Model &model = *source.model;
    const core::Graph &graph = model.graph;
    const auto port = [&](core::TensorId id) {
        const core::Tensor &tensor = graph.tensor(id);
        return fmt::format("{}  {}  {}", graph.nameOf(id), core::nameOf(tensor.dtype),
                           tensor.shape ? core::shapeText(*tensor.shape, graph.names) : "?");
    };
    Facts facts;
    facts.add("Model", model.path.string());
    facts.add("Format", fmt::format("{}, IR {}, opset {}", model.format, model.irVersion, opsetText(model)));
    if (!model.producer.empty())
        facts.add("Producer", model.producer);
    if (!sha256.empty())
        facts.add("SHA-256", sha256);
    for (const core::TensorId input : graph.inputs)
        facts.add("Input", port(input));
    for (const core::TensorId output : graph.outputs)
        facts.add("Output", port(output));
    facts.add("Nodes", std::to_string(graph.nodes.size()));
    facts.add("Parameters", countText(core::parameterCount(graph)));
    facts.add("MACs", countText(core::macCount(graph)));
    std::string ops;
    for (const auto &[op, count] : operatorCounts(graph))
        ops += fmt::format("{}{} {}", ops.empty() ? "" : ", ", op, count);
    facts.add("Operators", ops.empty() ? "none" : ops);
    if (unsupported.empty())
        facts.add("Unsupported", "none");
    for (const core::UnsupportedOp &op : unsupported)
        facts.add("Unsupported",
                  fmt::format("{}{}{} ({} nodes): {}", op.domain, op.domain.empty() ? "" : ".", op.op, op.count, op.reason));
    for (const core::InferenceFinding &finding : model.findings)
        facts.add("Finding", fmt::format("{}: {}", graph.nameOf(finding.node), finding.rule));
    for (const std::string &warning : source.warnings)
        facts.add("Warning", warning);
    Table table({{"Layer", Table::Align::Left},
                 {"Operator"},
                 {"MACs", Table::Align::Right},
                 {"Parameters", Table::Align::Right},
                 {"Output"}});
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const core::NodeId id(i);
        const core::NodeCost cost = core::costOf(graph, id);
        const auto &outputs = graph.node(id).outputs;
        const core::Tensor *first = outputs.empty() || !outputs.front().isValid() ? nullptr : &graph.tensor(outputs.front());
        table.add({std::string(graph.nameOf(id)), std::string(graph.opOf(id)), countText(cost.macs),
                   bytesText(static_cast<std::uint64_t>(cost.parameterBytes)),
                   first == nullptr ? ""
                                    : fmt::format("{} {}", core::nameOf(first->dtype),
                                                  first->shape ? core::shapeText(*first->shape, graph.names) : "?")});
    }
    return facts.text() + (table.empty() ? "" : "\n" + table.text());
}

core::Expected<void> info(const InfoOptions &options, const Context &context)
{
    const Stopwatch watch;
    auto source = openSource(options.model, context, FreeDims::StayFree);
    if (!source)
        return std::move(source.error());
    std::string sha256;
    if (options.hash) {
        auto hash = core::modelSha256(*source->model, context.job());
        if (!hash)
            return std::move(hash.error());
        sha256 = std::move(*hash);
    }
    const auto unsupported = runtime::unsupportedOperators(*source->model);
    if (!options.json)
        return writeOut(infoText(*source, unsupported, sha256));
    Json json = infoJson(*source, unsupported, sha256);
    json["elapsedMs"] = watch.ms();
    json["peakRssMiB"] = peakRssMiB();
    return writeJson(json);
}

} // namespace

void addInfo(CLI::App &program, Action &action)
{
    addCommand<InfoOptions>(
        program, action, "info", "What a model is: inputs, outputs, operators, parameters, MACs, layers",
        [](CLI::App &command, InfoOptions &options) {
            addModelArguments(command, options.model);
            command.add_flag("--json", options.json, "One JSON document (nordlys.info/1)");
            command.add_flag("--hash", options.hash, "Also the SHA-256 of the model and its external data");
        },
        info);
}

} // namespace nordlys::cli

// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <core/graph/cost.h>

#include <fmt/format.h>

#include <initializer_list>
#include <unordered_map>

namespace nordlys::core {

namespace {

/// RFC 4180: quotes around cells with a comma, quote or line break, quotes doubled. A text that a spreadsheet would run as a
/// formula begins with an apostrophe.
std::string cellOf(std::string_view text)
{
    std::string cell;
    if (!text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos)
        cell = "'";
    cell += text;
    if (cell.find_first_of(",\"\r\n") == std::string::npos)
        return cell;
    std::string quoted = "\"";
    for (const char c : cell)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
}

std::string number(double value) { return fmt::format("{:.9g}", value); }

/// Cells that are ready.
void addLine(std::string &csv, std::initializer_list<std::string> cells)
{
    const char *separator = "";
    for (const std::string &cell : cells) {
        csv += separator + cell;
        separator = ",";
    }
    csv += "\r\n";
}

std::string joined(const std::vector<std::string> &names)
{
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "" : " ") + name;
    return text;
}

std::string nodesCsv(const Graph &graph)
{
    std::string csv = "name,op,macs,parameterBytes\r\n";
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const NodeCost cost = costOf(graph, NodeId(i));
        addLine(csv, {cellOf(graph.nameOf(NodeId(i))), cellOf(graph.opOf(NodeId(i))), std::to_string(cost.macs),
                      std::to_string(cost.parameterBytes)});
    }
    return csv;
}

} // namespace

std::string reportCsv(const ReportInput &input)
{
    if (!input.run)
        return input.model && input.model->model ? nodesCsv(input.model->model->graph) : std::string("name,op\r\n");
    const RunProfile &profile = *input.run->profile;
    std::unordered_map<std::size_t, const LayerChange *> changes; // by layer of this run
    if (input.baseline) {
        for (const LayerChange &change : input.baseline->comparison.layers) {
            for (const std::size_t layer : change.b)
                changes.emplace(layer, &change);
        }
    }
    std::string csv = "name,op,backend,kernel,p50Us,p95Us,p99Us,meanUs,minUs,maxUs,count,sharePercent,macs,sourceNodes";
    csv += input.baseline ? ",baselineP50Us,deltaPercent,lowPercent,highPercent,verdict\r\n" : "\r\n";
    for (const LayerSummary &layer : input.run->summary.layers) {
        const LayerInfo &info = profile.start.layers[layer.layer];
        const DurationSummary &duration = layer.duration;
        std::string line;
        const auto time = [&](double ns) { return duration.count > 0 ? number(ns / 1e3) : std::string(); };
        addLine(line, {cellOf(info.name), cellOf(info.op), cellOf(info.backend), cellOf(info.kernel), time(duration.p50Ns),
                       time(duration.p95Ns), time(duration.p99Ns), time(duration.meanNs), time(duration.minNs),
                       time(duration.maxNs), std::to_string(duration.count), duration.count > 0 ? number(layer.sharePercent) : "",
                       std::to_string(info.macs), cellOf(joined(info.sourceNodes))});
        if (input.baseline) {
            line.resize(line.size() - 2);
            const auto found = changes.find(layer.layer);
            if (found == changes.end()) {
                line += ",,,,,unknown\r\n";
            } else {
                const MedianChange &change = found->second->change;
                line += ',';
                addLine(line,
                        {change.a.count > 0 ? number(change.a.p50Ns / 1e3) : "",
                         change.hasDelta ? number(change.deltaPercent) : "", change.hasInterval ? number(change.lowPercent) : "",
                         change.hasInterval ? number(change.highPercent) : "", nameOf(change.verdict)});
            }
        }
        csv += line;
    }
    return csv;
}

} // namespace nordlys::core

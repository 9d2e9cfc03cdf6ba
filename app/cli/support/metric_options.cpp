// SPDX-License-Identifier: Apache-2.0
#include "metric_options.h"

#include "table.h"

#include <fmt/format.h>

#include <cmath>

namespace nordlys::cli {

void addLayerMetricArguments(CLI::App &command, LayerMetricArguments &arguments)
{
    command
        .add_option("--metric", arguments.metric,
                    "sqnr (dB, at the worst output), agreement (top-1 with the float model), accuracy (top-1 with --labels) or command")
        ->type_name("M");
    command.add_option("--labels", arguments.labels, "CSV with the columns file and class_index")->type_name("FILE");
    command.add_option("--label-offset", arguments.labelOffset, "Added to each class index (1 for networks with a background class)")->type_name("N");
    command
        .add_option("--metric-command", arguments.command,
                    "Command that gets a folder as its last argument (NNNNNN/output_N.npy per sample, samples.csv) and prints one number")
        ->type_name("CMD");
    command.add_option("--metric-timeout", arguments.timeoutSeconds, "Seconds after which the command is ended")
        ->type_name("S")
        ->capture_default_str()
        ->needs("--metric-command");
    command.add_flag("--lower-is-better", arguments.lowerIsBetter, "The command's number is an error, not a score");
}

core::Expected<ChosenMetric> chooseMetric(const LayerMetricArguments &arguments, const ModelSource &source)
{
    using runtime::MetricKind;
    ChosenMetric chosen;
    std::filesystem::path labels = arguments.labels;
    if (labels.empty() && source.project)
        labels = source.project->labels;
    MetricKind kind = !arguments.command.empty() ? MetricKind::Command : !labels.empty() ? MetricKind::Accuracy : MetricKind::Sqnr;
    if (!arguments.metric.empty()) {
        bool known = false;
        for (const MetricKind one : {MetricKind::Sqnr, MetricKind::Agreement, MetricKind::Accuracy, MetricKind::Command}) {
            if (arguments.metric != runtime::nameOf(one))
                continue;
            kind = one;
            known = true;
        }
        if (!known)
            return core::usageError("--metric " + arguments.metric, "no such metric", "Use sqnr, agreement, accuracy or command.");
    }
    if (kind == MetricKind::Command && arguments.command.empty())
        return core::usageError("--metric command", "there is no command", "Give --metric-command CMD.");
    if (kind != MetricKind::Command && (!arguments.command.empty() || arguments.lowerIsBetter))
        return core::usageError(arguments.command.empty() ? "--lower-is-better" : "--metric-command",
                                "the metric is " + std::string(runtime::nameOf(kind)), "Use --metric command, or leave it out.");
    if (arguments.labelOffset != 0 && labels.empty())
        return core::usageError("--label-offset", "there are no labels", "Give --labels CSV.");
    if (kind == MetricKind::Accuracy && labels.empty())
        return core::usageError("--metric accuracy", "there are no labels", "Give --labels CSV.");
    if (!(arguments.timeoutSeconds > 0) || arguments.timeoutSeconds > 86400)
        return core::usageError("--metric-timeout", "it must be more than 0 and at most 86400 seconds");
    if (!labels.empty()) {
        auto read = core::LabelSet::read(labels);
        if (!read)
            return std::move(read.error());
        chosen.labels = std::move(*read);
    }
    chosen.options.kind = kind;
    chosen.options.labelOffset = arguments.labelOffset;
    chosen.options.command = arguments.command;
    chosen.options.commandTimeout = std::chrono::milliseconds(static_cast<std::int64_t>(arguments.timeoutSeconds * 1000));
    chosen.options.lowerIsBetter = arguments.lowerIsBetter;
    return chosen;
}

Json measuredJson(const runtime::Measured &measured) { return {{"metric", measured.metric}, {"sqnrDb", measured.sqnrDb}}; }

std::string measuredText(runtime::MetricKind kind, double metric)
{
    if (kind == runtime::MetricKind::Sqnr)
        return std::isfinite(metric) ? fmt::format("{:.2f} dB", metric) : metric > 0 ? "exact" : "-";
    return fmt::format("{:.4f}", metric);
}

} // namespace nordlys::cli

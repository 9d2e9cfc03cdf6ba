// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model_source.h"
#include "output.h"

#include <runtime/quantization/configuration_metric.h>

#include <optional>
#include <string>

namespace nordlys::cli {

/// --metric, --labels, --label-offset, --metric-command, --metric-timeout, --lower-is-better.
struct LayerMetricArguments {
    std::string metric, labels, command;
    std::int64_t labelOffset = 0;
    double timeoutSeconds = 60;
    bool lowerIsBetter = false;
};
void addLayerMetricArguments(CLI::App &command, LayerMetricArguments &arguments);

struct ChosenMetric {
    runtime::MetricOptions options; ///< its `labels` is not set: they live here
    std::optional<core::LabelSet> labels;
    [[nodiscard]] runtime::MetricOptions withLabels() const
    {
        runtime::MetricOptions complete = options;
        complete.labels = labels ? &*labels : nullptr;
        return complete;
    }
};
/// Without --metric: command with --metric-command, accuracy with labels (those of the project too), else sqnr.
core::Expected<ChosenMetric> chooseMetric(const LayerMetricArguments &arguments, const ModelSource &source);

/// {metric, sqnrDb}
Json measuredJson(const runtime::Measured &measured);
std::string measuredText(runtime::MetricKind kind, double metric);

} // namespace nordlys::cli

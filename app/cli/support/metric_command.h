// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.h"

#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <runtime/plan/plan.h>

namespace nordlys::cli {

/// --metric-command, --metric-timeout.
struct MetricArguments {
    std::string command;
    int timeoutS = 60;
    [[nodiscard]] bool isGiven() const { return !command.empty(); }
};
void addMetricArguments(CLI::App &command, MetricArguments &arguments);

/// A user's own measure of a model: infers all samples, writes the outputs and asks the command. It gets a folder as its last argument, in it per sample the
/// folder NNNNNN (000000, 000001 ...) with output_0.npy, output_1.npy ... in the model's order, and samples.csv with the columns folder, file and
/// class_index (empty without a label). One number on its standard output is the result. The folder goes away afterwards.
core::Expected<double> runMetric(const MetricArguments &metric, const std::shared_ptr<const core::Model> &model, const core::SampleSet &samples,
                                 const runtime::PlanOptions &options, const core::LabelSet *labels, std::int64_t labelOffset, int threads,
                                 const Context &context);

} // namespace nordlys::cli

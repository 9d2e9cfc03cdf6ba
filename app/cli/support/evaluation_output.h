// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "output.h"

#include <runtime/quantization/compare_dumps.h>
#include <runtime/quantization/side_by_side.h>

#include <optional>
#include <string>
#include <vector>

namespace nordlys::cli {

/// What a user's own command says of the outputs.
struct MetricValues {
    std::string command;
    double exact = 0, quantized = 0;
    std::optional<double> integer; ///< side by side
};

/// Adds outputs, tensors, weights, accuracy, samples and elapsedMs.
void addEvaluation(Json &json, const runtime::Evaluation &evaluation);
std::string evaluationText(const runtime::Evaluation &evaluation, const std::optional<MetricValues> &metric, const std::vector<std::string> &warnings);

void addSideBySide(Json &json, const runtime::SideBySide &result);
std::string sideBySideText(const runtime::SideBySide &result, const std::optional<MetricValues> &metric, const std::vector<std::string> &warnings);

Json dumpsJson(const runtime::DumpComparison &comparison);
std::string dumpsText(const runtime::DumpComparison &comparison, const std::vector<std::string> &warnings);

} // namespace nordlys::cli

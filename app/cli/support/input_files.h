// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model_source.h"

#include <core/tensor/host_tensor.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace nordlys::cli {

/// Tensors of `--input NAME=FILE.npy`, checked: no NaN; float64 and float16 for a float32 input are converted.
struct InputFiles {
    std::map<std::string, core::HostTensor> tensors;
    std::map<std::string, std::filesystem::path> paths;
};
/// --input NAME=FILE.npy, repeatable.
void addInputArgument(CLI::App &command, std::vector<std::string> &inputs, const std::string &help);
/// NAME may be left out where the model has one input. Usage error for unknown, repeated or missing inputs.
core::Expected<InputFiles> readInputFiles(const std::vector<std::string> &arguments, const core::Graph &graph);

/// Opens the model with the shapes that the files have, so that free dimensions follow them. BadInput names the input whose file
/// does not fit.
struct FedModel {
    ModelSource source;
    core::Sample inputs; ///< in the order of Graph::inputs
};
core::Expected<FedModel> openFed(const ModelArguments &arguments, const std::vector<std::string> &inputs, const Context &context);

} // namespace nordlys::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.h"
#include "output.h"

#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <core/project/project.h>
#include <runtime/plan/plan.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nordlys::cli {

/// MODEL and --dim of a command line.
struct ModelArguments {
    std::string path;
    std::vector<std::string> dims;
};
void addModelArguments(CLI::App &command, ModelArguments &arguments);

/// A model, and the project that named it if the argument was a project.
struct ModelSource {
    std::shared_ptr<const core::Model> model;
    std::optional<core::Project> project;
    std::vector<std::string> warnings;
};
enum class FreeDims { BecomeOne, StayFree };
/// `inputShapes` fixes whole inputs; --dim wins over the project's dims.
core::Expected<ModelSource> openSource(const ModelArguments &arguments, const Context &context,
                                       FreeDims freeDims = FreeDims::BecomeOne,
                                       std::map<std::string, core::Dims> inputShapes = {});

/// The encodings of a file. Entries that cannot be read are left out, and a line on standard error says so.
core::Expected<core::EncodingSet> openEncodings(const std::string &path, const core::Graph &graph);

/// --precision and --encodings.
struct PrecisionArguments {
    std::string precision, encodings;
};
void addPrecisionArguments(CLI::App &command, PrecisionArguments &arguments);
struct ChosenPrecision {
    runtime::Precision precision = runtime::Precision::Float32;
    core::EncodingSet encodings;
};
/// Without --precision: quantsim when --encodings is given, else float32. Quantsim without --encodings takes the project's
/// encodings; usage error when there are none. Integer needs encodings only where the model holds no integers itself.
core::Expected<ChosenPrecision> choosePrecision(const PrecisionArguments &arguments, const ModelSource &source);

/// --threads: 0 stands for the number of physical cores.
void addThreads(CLI::App &command, int &threads);
int chosenThreads(int threads);

/// --kernels: "fast", or "reference", the plain ones alone.
void addKernels(CLI::App &command, std::string &kernels, const std::string &help);

/// --inputs, --limit, --preprocess.
struct SampleArguments {
    std::vector<std::string> inputs; ///< one SPEC, or NAME=SPEC for each input
    std::string preprocess;
    std::size_t limit = 0;
};
void addSampleArguments(CLI::App &command, SampleArguments &arguments);
/// What the command line leaves out comes from the project; usage error when no inputs are named anywhere.
core::Expected<core::SampleSet> openSamples(const SampleArguments &arguments, const ModelSource &source);

/// Dimensions as JSON: numbers, free ones by name ("?" without one); null when the rank is unknown.
Json shapeJson(const core::Graph &graph, const std::optional<core::Shape> &shape);
Json dimsJson(const core::Dims &dims);
/// {name, dtype, shape}
Json tensorJson(const core::Graph &graph, core::TensorId tensor);

} // namespace nordlys::cli

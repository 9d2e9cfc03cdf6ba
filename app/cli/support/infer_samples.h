// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.h"
#include "model_source.h"

#include <runtime/plan/plan.h>

#include <filesystem>
#include <string>
#include <vector>

namespace nordlys::cli {

/// What `infer` feeds when it runs more than once.
struct SampleInference {
    std::vector<std::string> inputs;  ///< NAME=FILE.npy: the same array in every run; for inputs with a state, the first one
    SampleArguments samples;          ///< NAME=SPEC sets, or one SPEC
    std::vector<std::string> states;  ///< OUT=IN
    std::size_t steps = 0;            ///< runs where no samples are named
};

/// Outputs of run i go to `folder`/i as output_N.npy (nowhere when it is empty). Without states the samples run in parallel, one thread each; with
/// states one after the other. Gives a list of {name, outputs} per run. Inputs of a state that nothing feeds begin as zeros.
core::Expected<Json> inferSamples(const SampleInference &what, runtime::PlanOptions options, const std::filesystem::path &folder,
                                  const Context &context, ModelSource &source);
/// Opens the model for it: growing states keep their free dimensions free.
core::Expected<ModelSource> openForSamples(const ModelArguments &model, const SampleInference &what, const Context &context);

} // namespace nordlys::cli

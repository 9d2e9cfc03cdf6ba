// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bind_step.h"
#include "plan.h"

namespace nordlys::runtime {

/// Everything behind a plan.
struct Plan::Data {
    Program program;
    std::vector<BoundStep> steps; ///< one per program step
    std::vector<PortInfo> inputs, outputs;
    std::vector<core::LayerInfo> layers;
    Precision precision = Precision::Float32;
    core::EncodingSet encodings; ///< of QuantSim
    std::size_t weightBytes = 0;
    std::uint64_t valueBudgetBytes = 0; ///< what is left of the memory budget for values that live while running
    std::int64_t maxLoopIterations = 0;
    std::string sourceSha256;    ///< not computed by build
};

/// Binds, places in memory (`checkOffsets`: verifies the given places instead), checks the budget and publishes. For build and the artifact reader.
core::Expected<std::shared_ptr<const Plan>> finishPlan(std::unique_ptr<Plan::Data> data, const PlanOptions &options, bool checkOffsets);

/// The model's program after the passes of `options`, before encodings, layouts and packing; what calibration calls the weights.
core::Expected<Program> optimizedProgram(const core::Model &model, const PlanOptions &options);

} // namespace nordlys::runtime

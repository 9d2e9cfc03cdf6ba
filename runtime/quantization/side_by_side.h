// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "evaluate.h"

namespace nordlys::runtime {

/// One tensor in three precisions.
struct TensorTriple {
    std::string name;
    double quantsimSqnrDb = 0, integerSqnrDb = 0; ///< against float32
    double apartSqnrDb = 0;   ///< integer against quantsim; +inf where they are equal
    double apartSteps = 0;    ///< largest difference of integer and quantsim, in steps of the tensor's grid
};
struct SideBySide {
    Evaluation quantsim, integer; ///< against float32; `integer` follows every encoded activation
    std::vector<TensorTriple> tensors; ///< encoded activations that all three precisions have, in graph order, without the graph inputs
    /// First of `tensors` where integer and quantsim are more than one step apart: from here on they do not compute the same.
    std::optional<std::size_t> firstDivergence;
};

/// Float32, QuantSim and Integer over the same samples. `options.precision`, `reference` and `keepTensors` are not read. BadInput without encodings.
core::Expected<SideBySide> evaluateSideBySide(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const EvaluationOptions &options,
                                              const core::JobContext &job = {});

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program.h"
#include "quantize_step.h"

namespace nordlys::runtime {

/// A step ready to run: kernel, then the quantizers of its outputs.
struct BoundStep {
    BoundKernel kernel;
    struct OutputQuantizer {
        std::size_t output = 0;
        BoundQuantizer apply;
    };
    std::vector<OutputQuantizer> quantizers;
};

/// Binds fast or reference kernel, with what is fused into the step. Checks everything, whoever made the step.
core::Expected<BoundStep> bindStep(const Program &program, const ProgramStep &step);

} // namespace nordlys::runtime

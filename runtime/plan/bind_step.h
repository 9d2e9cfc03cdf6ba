// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program.h"
#include "quantize_step.h"

namespace nordlys::runtime {

struct BoundProgram;

/// A step ready to run: kernel, then the quantizers of its outputs. Late steps and control flow have a kernel in name only.
struct BoundStep {
    BoundKernel kernel;
    bool late = false;          ///< bound while running: sizes or values of its inputs are not known before
    std::vector<std::shared_ptr<const BoundProgram>> bodies; ///< as many as the step has
    struct OutputQuantizer {
        std::size_t output = 0;
        BoundQuantizer apply;
    };
    std::vector<OutputQuantizer> quantizers;
};

/// A program with its kernels.
struct BoundProgram {
    std::shared_ptr<const Program> program;
    std::vector<BoundStep> steps;
};

/// Binds fast or reference kernel, with what is fused into the step. Checks everything, whoever made the step. A step whose kernel wants values that are not
/// constant becomes late. Bodies are left to the caller.
core::Expected<BoundStep> bindStep(const Program &program, const ProgramStep &step);

/// A step with nothing fused into it, on reference kernels: it can be bound again while running.
bool mayBindLate(const ProgramStep &step);

/// The largest scratch memory that one of the steps wants, those of bodies included: one step runs at a time.
std::size_t scratchBytesOf(const std::vector<BoundStep> &steps, int threads);

} // namespace nordlys::runtime

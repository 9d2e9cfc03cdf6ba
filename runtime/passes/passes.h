// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <runtime/plan/program.h>

/// Rewrites of a program. Each keeps every value that is a graph output or named in `keep` (tensors that an encoding or an observer
/// refers to) and enters vanished nodes into the surviving step's sourceNodes, foldedNodes or removedNodes.
namespace nordlys::runtime::passes {

/// Steps whose inputs are all constant (and Shape and Size, whose result is known from the plan) are computed now.
core::Expected<void> foldConstants(Program &program, const NameSet &keep);
/// Identity and Dropout of inference vanish.
void removeIdentities(Program &program, const NameSet &keep);
/// BatchNormalization behind Conv, ConvTranspose or Gemm with constant weights is multiplied into them. The weight keeps its name.
core::Expected<void> foldBatchNorms(Program &program, const NameSet &keep);
/// Relu and Clip (constant bounds) become the activation of the step before them.
void fuseActivations(Program &program, const NameSet &keep);
/// Add becomes the residual of the convolution that computes one of its operands.
void fuseResiduals(Program &program, const NameSet &keep);
/// Steps whose outputs nobody needs vanish.
void removeDeadSteps(Program &program, const NameSet &keep);

/// Groups of DequantizeLinear, a float operator (with Relu or Clip behind it) and QuantizeLinear become one step on codes, with the arithmetic that
/// runtime/kernels/reference/integer.h states: Conv, Gemm, MatMul, Add, Mul, Concat, AveragePool, GlobalAveragePool, Sigmoid, LeakyRelu, Relu and Clip;
/// operators that only move values work on the codes. Biases become int32 with the product of both scales. What has no integer kernel stays as it is.
core::Expected<void> foldQdq(Program &program, const NameSet &keep);

/// All of them in their order.
core::Expected<void> optimize(Program &program, const NameSet &keep);

/// Producer and number of uses of every tensor, kept up to date by the pass that holds it, and the steps that it dropped.
struct Links {
    explicit Links(const Program &program);
    std::vector<int> producer; ///< step, -1: none
    std::vector<int> uses;
    std::vector<bool> dropped; ///< per step
    /// Takes the dropped steps out of the program; the links are of no use afterwards.
    void compact(Program &program) const;
};

/// May this value vanish from the plan?
bool mayVanish(const Program &program, int tensor, const NameSet &keep);

} // namespace nordlys::runtime::passes

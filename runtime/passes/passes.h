// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <runtime/plan/program.h>

/// Rewrites of a program. Each keeps every value that is a graph output or named in `keep` (tensors that an encoding or an observer
/// refers to) and enters vanished nodes into the surviving step's sourceNodes, foldedNodes or removedNodes.
namespace nordlys::runtime::passes {

/// Steps whose inputs are all constant (and Shape and Size, whose result is known from the plan) are computed now.
core::Expected<void> foldConstants(Program &program, const NameSet &keep);
/// Steps that hand their input on vanish: Identity, Dropout of inference, Cast to the same type, Reshape and its kin to the same dims, Slice of
/// everything, Pad of nothing, Concat of one, Transpose that moves nothing, products with 1.
void removeIdentities(Program &program, const NameSet &keep);
/// Steps with the same operator, attributes and inputs become one. Operators that draw numbers stay apart.
void mergeCommonSteps(Program &program, const NameSet &keep);
/// QuantizeLinear of a value that DequantizeLinear made with the same parameters: its readers read the integers from which it came.
void collapseRequantize(Program &program, const NameSet &keep);
/// Chains of Reshape, Flatten, Squeeze and Unsqueeze become one Reshape, with every Transpose that moves dimensions of size 1 only.
void mergeViews(Program &program, const NameSet &keep);
/// Two Transposes, also with elementwise steps between them, become one (which removeIdentities takes out where it moves nothing).
void mergeTransposes(Program &program, const NameSet &keep);
/// BatchNormalization behind Conv, ConvTranspose or Gemm with constant weights is multiplied into them, also in front of them where no padding
/// makes that wrong. The weight keeps its name.
core::Expected<void> foldBatchNorms(Program &program, const NameSet &keep);
/// The same for Mul, Div, Add and Sub with a constant per channel or for all, and for MatMul.
core::Expected<void> foldAffine(Program &program, const NameSet &keep);
/// x * Sigmoid(x) becomes Swish, x * HardSigmoid(x) and x * Clip(x + 3, 0, 6) / 6 become HardSwish.
void fuseSwishes(Program &program, const NameSet &keep);
/// The formulas of Gelu with Erf and with Tanh become Gelu.
void fuseGelus(Program &program, const NameSet &keep);
/// The formulas of LayerNormalization and RMSNormalization over the last dimensions become these.
void fuseLayerNorms(Program &program, const NameSet &keep);
/// MatMul, operations on the scores, Softmax and MatMul become one step without a matrix of scores.
void fuseAttention(Program &program, const NameSet &keep);
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

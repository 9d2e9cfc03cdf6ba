// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <runtime/kernels/kernel.h>

namespace nordlys::runtime {

/// What happens to the scores between the product of queries and keys and the softmax; each takes its operands from the inputs.
enum class ScoreOp : std::uint8_t {
    Mul,       ///< scores * operand
    Div,       ///< scores / operand
    Add,       ///< scores + operand
    Sub,       ///< scores - operand
    WhereThen, ///< condition ? scores : operand
    WhereElse, ///< condition ? operand : scores
};

/// The step "Attention" of plans: softmax(ops(Q * K)) * V over the last dimension, one row of scores at a time, so that the whole matrix of
/// scores never exists. Inputs: Q [..., S, D], K [..., D, T] (as MatMul reads it), V [..., T, E], then the operands of the operations that the
/// attribute `scores` lists (ScoreOp numbers), each broadcast to [..., S, T]. Same sums in the same order as MatMul, Softmax and MatMul one
/// after the other. float32.
core::Expected<BoundKernel> bindFusedAttention(const KernelCall &call);

} // namespace nordlys::runtime

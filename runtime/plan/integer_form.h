// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "plan.h"
#include "program.h"

namespace nordlys::runtime {

/// The integer form of a model's program (Precision::Integer): true integer arithmetic in plain scalar code, as runtime/kernels/reference/integer.h defines it.
///  - QDQ groups of the file become steps on codes (passes::foldQdq); QLinear operators are that already.
///  - Encodings: every encoded float tensor gets a QuantizeLinear and a DequantizeLinear behind its producer (graph inputs in front of their readers, constants
///    as stored codes), then the same fold. Grids of up to 8 bits are stored as uint8, up to 16 bits as uint16, codes as the encoding counts them. Constants that
///    are only biases stay real: the fold gives them int32 with the product of the scales. Float encodings and grids of more than 16 bits act as in quantsim.
///  - What has no integer kernel computes in float32 between DequantizeLinear and QuantizeLinear; such steps carry "in float32" in their label.
core::Expected<Program> integerProgram(const core::Model &model, const PlanOptions &options);

} // namespace nordlys::runtime

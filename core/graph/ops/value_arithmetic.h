// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "infer_util.h"

namespace nordlys::core::ops {

/// Computes the values of an elementwise operator's output 0 (whose shape was set to the broadcast one) from the values of its inputs,
/// with the arithmetic of ONNX on integers. Floating types take part as long as every result is whole. Does nothing when it cannot.
void propagateElementwise(InferenceContext &context);

/// Row-major strides; 0 where `from` broadcasts along that axis of `to`. Ranks are aligned at the end.
std::vector<std::size_t> broadcastStrides(const Dims &from, const Dims &to);

/// Broadcasts `values` of shape `from` to shape `to`.
Values broadcastValues(const Values &values, const Dims &from, const Dims &to);

} // namespace nordlys::core::ops

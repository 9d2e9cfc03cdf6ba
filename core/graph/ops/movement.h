// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "infer_util.h"

namespace nordlys::core::ops {

// Rules of the operators that join, cut and repeat data (movement.cpp).
Expected<void> inferConcat(InferenceContext &context);
Expected<void> inferSplit(InferenceContext &context);
Expected<void> inferSlice(InferenceContext &context);
Expected<void> inferExpand(InferenceContext &context);
Expected<void> inferTile(InferenceContext &context);
Expected<void> inferPad(InferenceContext &context);
Expected<void> inferCenterCropPad(InferenceContext &context);

/// Values in the order that Transpose gives them.
Values transposeValues(const Values &values, const Dims &dims, const std::vector<std::size_t> &axes);

} // namespace nordlys::core::ops

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../op_spec.h"

#include <span>

namespace nordlys::core::ops {

// Rows of the operator table, one family a file.
std::span<const OpSpec> elementwiseOps();
std::span<const OpSpec> convolutionOps();
std::span<const OpSpec> poolingOps();
std::span<const OpSpec> matrixOps();
std::span<const OpSpec> normalizationOps();
std::span<const OpSpec> reductionOps();
std::span<const OpSpec> reshapingOps();
std::span<const OpSpec> selectionOps();
std::span<const OpSpec> resizingOps();
std::span<const OpSpec> shapeOps();
std::span<const OpSpec> quantizationOps();
std::span<const OpSpec> recurrentOps();
std::span<const OpSpec> controlFlowOps();
std::span<const OpSpec> regionOps();
std::span<const OpSpec> lossOps();
std::span<const OpSpec> sequenceOps();
std::span<const OpSpec> einsumOps();
std::span<const OpSpec> attentionOps();
std::span<const OpSpec> signalOps();
std::span<const OpSpec> microsoftOps();

} // namespace nordlys::core::ops

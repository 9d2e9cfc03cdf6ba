// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bind_step.h"

namespace nordlys::runtime {

/// Gives every arena tensor an offset (multiples of 64): tensors whose lives do not overlap may share memory, largest first into the
/// smallest gap that fits; outputs that their kernel can write over a dying input get the input's place. Graph outputs live to the end.
/// BadInput when the sum leaves `budgetBytes`.
core::Expected<void> planArena(Program &program, const std::vector<BoundStep> &bound, std::uint64_t budgetBytes);

/// Checks offsets that came from a file: inside the arena, aligned, and no two tensors that live at the same time overlap (but for an output on
/// the input that its kernel allows).
core::Expected<void> checkArena(const Program &program, const std::vector<BoundStep> &bound);

} // namespace nordlys::runtime

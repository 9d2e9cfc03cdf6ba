// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bind_step.h"

namespace nordlys::runtime {

/// Gives every arena tensor an offset (multiples of 64): tensors whose lives do not overlap may share memory; outputs that their kernel can write
/// over a dying input get the input's place. Graph outputs live to the end. Several orders of placing are tried until one needs no more than the
/// bound below, with an amount of work that grows little faster than the number of tensors; the same program gives the same offsets.
/// BadInput when the sum leaves `budgetBytes`.
core::Expected<void> planArena(Program &program, const std::vector<BoundStep> &bound, std::uint64_t budgetBytes);

/// The least memory that any placing needs: the largest sum of the places (multiples of 64 bytes) that are needed at the same time, an output that
/// takes the place of a dying input counted once.
std::uint64_t arenaLowerBound(const Program &program, const std::vector<BoundStep> &bound);

/// Checks offsets that came from a file: inside the arena, aligned, and no two tensors that live at the same time overlap (but for an output on
/// the input that its kernel allows).
core::Expected<void> checkArena(const Program &program, const std::vector<BoundStep> &bound);

} // namespace nordlys::runtime

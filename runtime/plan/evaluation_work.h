// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <runtime/kernels/kernel.h>

namespace nordlys::runtime {

/// What computing constants while planning may spend in multiplications, all nodes together: reference kernels take seconds for that many. What would cost more
/// is left to every run, where fast kernels do it.
constexpr double maxPlanningProducts = 536870912.0; // 2^29

/// Multiplications of a call with known sizes, roughly: sqrt(|a| |b| |y|) of the first two inputs and the first output, which is exact for a matrix product and
/// leaves out the kernel's width for a convolution. 0 for operators whose work is in proportion to their inputs and outputs.
double productsOf(const KernelCall &call);

} // namespace nordlys::runtime

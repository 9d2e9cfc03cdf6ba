// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <runtime/kernels/kernel.h>

#include <span>

namespace nordlys::runtime::reference {

/// The kernels of each family file; reference.cpp looks through all of them. (Apart from reference.h, so that a new family does not
/// compile all others again.)
std::span<const KernelEntry> unaryKernels();
std::span<const KernelEntry> binaryKernels();
std::span<const KernelEntry> powerKernels();
std::span<const KernelEntry> bitwiseKernels();
std::span<const KernelEntry> variadicKernels();
std::span<const KernelEntry> comparisonKernels();
std::span<const KernelEntry> convolutionKernels();
std::span<const KernelEntry> poolingKernels();
std::span<const KernelEntry> matrixKernels();
std::span<const KernelEntry> determinantKernels();
std::span<const KernelEntry> normalizationKernels();
std::span<const KernelEntry> softmaxKernels();
std::span<const KernelEntry> reductionKernels();
std::span<const KernelEntry> viewKernels();
std::span<const KernelEntry> movementKernels();
std::span<const KernelEntry> sliceKernels();
std::span<const KernelEntry> gatherKernels();
std::span<const KernelEntry> shapeKernels();
std::span<const KernelEntry> castKernels();

} // namespace nordlys::runtime::reference

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
std::span<const KernelEntry> paddingKernels();
std::span<const KernelEntry> gatherKernels();
std::span<const KernelEntry> scatterKernels();
std::span<const KernelEntry> sortingKernels();
std::span<const KernelEntry> rearrangeKernels();
std::span<const KernelEntry> ngramKernels();
std::span<const KernelEntry> randomKernels();
std::span<const KernelEntry> shapeKernels();
std::span<const KernelEntry> castKernels();
std::span<const KernelEntry> convTransposeKernels();
std::span<const KernelEntry> deformConvKernels();
std::span<const KernelEntry> unpoolingKernels();
std::span<const KernelEntry> regionKernels();
std::span<const KernelEntry> gridKernels();
std::span<const KernelEntry> resizeKernels();
std::span<const KernelEntry> batchNormalizationKernels();
std::span<const KernelEntry> normKernels();
std::span<const KernelEntry> recurrentKernels();
std::span<const KernelEntry> lossKernels();
std::span<const KernelEntry> dropoutKernels();
std::span<const KernelEntry> quantizeLinearKernels();
std::span<const KernelEntry> quantizedConvolutionKernels();
std::span<const KernelEntry> quantizedMatrixKernels();
std::span<const KernelEntry> quantizedElementwiseKernels();
std::span<const KernelEntry> quantizedPoolingKernels();
std::span<const KernelEntry> einsumKernels();
std::span<const KernelEntry> attentionKernels();
std::span<const KernelEntry> signalKernels();
std::span<const KernelEntry> microsoftKernels();

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <runtime/kernels/value_kernel.h>

#include <span>

/// Kernels of operators that work on values, one family a file.
namespace nordlys::runtime::values {

std::span<const ValueKernelEntry> sequenceKernels();
std::span<const ValueKernelEntry> optionalKernels();
std::span<const ValueKernelEntry> dataDependentKernels();
std::span<const ValueKernelEntry> boxSelectionKernels();

} // namespace nordlys::runtime::values

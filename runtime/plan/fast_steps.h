// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program.h"

#include <functional>

namespace nordlys::runtime {

/// Whether and in which layout a step runs on the fast float32 kernels.
enum class FastKind : std::uint8_t {
    None,
    ChannelsLast, ///< convolution and pooling of N, H, W, C images
    Elementwise,  ///< perhaps: any layout that all full-size operands share; some forms of broadcasting have no kernel
    Plain,        ///< matrix products
};
FastKind fastKindOf(const Program &program, const ProgramStep &step);

/// Packs constant weights of the fast steps into their `packed` bytes; the tensors of weights that nobody else reads lose their data.
/// `known` may give bytes that were packed before from the same data (empty: none).
using KnownPacked = std::function<ConstantBytes(const Program &program, const ProgramStep &step)>;
core::Expected<void> packWeights(Program &program, const KnownPacked &known = {});

/// True when a fast kernel of this operator reads its weights from `packed`.
bool usesPackedWeights(const ProgramStep &step);

/// Binds a step with `fast` set. Everything is checked again: steps also come from artifacts.
core::Expected<BoundKernel> bindFast(const Program &program, const ProgramStep &step);

namespace detail {
core::Expected<BoundKernel> bindFastConv(const Program &program, const ProgramStep &step);
core::Expected<BoundKernel> bindFastPool(const Program &program, const ProgramStep &step);
core::Expected<BoundKernel> bindFastMatrix(const Program &program, const ProgramStep &step);
core::Expected<BoundKernel> bindFastBinary(const Program &program, const ProgramStep &step);
core::Expected<BoundKernel> bindFastUnary(const Program &program, const ProgramStep &step);
core::Expected<BoundKernel> bindLayout(const Program &program, const ProgramStep &step);
} // namespace detail

} // namespace nordlys::runtime

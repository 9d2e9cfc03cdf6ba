// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program.h"

namespace nordlys::runtime {

/// True when N, C, H, W and N, H, W, C are the same bytes (one channel or one pixel), or when there is no such order.
bool isLayoutFree(const core::Dims &dims);

/// Chooses fast kernels and the layout of every tensor: channels last from the first to the last operator of a convolutional region, with
/// "Layout" steps only where it meets operators that need the model's order. Graph inputs and outputs keep the model's order.
core::Expected<void> assignLayouts(Program &program);

} // namespace nordlys::runtime

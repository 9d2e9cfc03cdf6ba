// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "window.h"

namespace nordlys::runtime::reference {

/// Sizes of a convolution; for a transposed one the window's `input` is the operator's output.
struct ConvShape {
    std::int64_t batch = 0, group = 1, inPerGroup = 0, outPerGroup = 0, kernelSize = 1, inputPlane = 1, outputPlane = 1;
    std::size_t rank = 0;
    Window window;
    std::array<std::int64_t, maxRank> kernelDims{}, outputDims{};

    /// Sets what follows from `window`.
    void fillPlanes();
};

/// Without batch and channels.
inline core::Dims spatialDims(const core::Dims &dims)
{
    return {dims.begin() + 2, dims.end()};
}

/// Input, weight, bias and output have one type, and as many dimensions as convolutions need.
core::Expected<void> checkConvTypes(const KernelCall &call);

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "window.h"

#include <algorithm>

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

/// Geometry of a convolution of data `x` with weights `w` (output channels first), read from `call` and checked against its first output.
core::Expected<ConvShape> convShapeOf(const KernelCall &call, const TensorDesc &x, const TensorDesc &w);

/// Without batch and channels.
inline core::Dims spatialDims(const core::Dims &dims)
{
    return {dims.begin() + 2, dims.end()};
}

/// Calls visit(from, to, count) for every line along the last dimension that one tap of one input channel contributes to: output elements
/// to .. to + count - 1 of the plane take input elements from, from + stride, ... (stride of the last window axis). Taps in the padding are left out.
template <typename Visit>
void visitTap(const ConvShape &s, const std::array<std::int64_t, maxRank> &tap, Visit visit)
{
    const WindowAxis &last = s.window[s.rank - 1];
    const std::int64_t shift = tap[s.rank - 1] * last.dilation - last.padBegin;
    const std::int64_t begin = shift >= 0 ? 0 : (-shift + last.stride - 1) / last.stride;
    const std::int64_t end = last.input - shift <= 0 ? 0 : std::min(last.output, (last.input - shift + last.stride - 1) / last.stride);
    if (begin >= end)
        return;
    std::array<std::int64_t, maxRank> out{};
    for (std::int64_t line = 0; line < s.outputPlane / last.output; ++line) {
        std::int64_t at = 0;
        bool inside = true;
        for (std::size_t d = 0; d + 1 < s.rank; ++d) {
            const std::int64_t position = s.window[d].position(out[d], tap[d]);
            inside = inside && position >= 0 && position < s.window[d].input;
            at = at * s.window[d].input + position;
        }
        if (inside)
            visit(at * last.input + shift + begin * last.stride, line * last.output + begin, end - begin);
        nextIndex(out, s.outputDims, s.rank - 1);
    }
}

/// Input, weight, bias and output have one type, and as many dimensions as convolutions need.
core::Expected<void> checkConvTypes(const KernelCall &call);

} // namespace nordlys::runtime::reference

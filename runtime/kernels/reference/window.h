// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reference.h"

#include <algorithm>

namespace nordlys::runtime::reference {

/// Geometry of a sliding window along one spatial dimension.
struct WindowAxis {
    std::int64_t input = 1, output = 1; ///< sizes
    std::int64_t kernel = 1, stride = 1, dilation = 1;
    std::int64_t padBegin = 0, padEnd = 0;

    /// Input position of a tap; outside 0..input-1 it lies in the padding.
    [[nodiscard]] std::int64_t position(std::int64_t out, std::int64_t tap) const { return out * stride - padBegin + tap * dilation; }
};
using Window = std::vector<WindowAxis>;

/// Reads kernel_shape (`kernel` where the attribute may be absent), strides, pads, dilations, auto_pad and ceil_mode of Conv and pooling,
/// and checks the spatial sizes `output` against them (formula: ONNX operators Conv, MaxPool).
core::Expected<Window> windowOf(const KernelCall &call, const core::Dims &input, const core::Dims &output, const core::Dims &kernel);

/// A value of a window attribute is at most this, so that products with sizes stay far from overflow.
inline constexpr std::int64_t maxWindowValue = std::int64_t(1) << 28;

/// Walks all positions of a small box: index has `rank` entries; returns false after the last.
bool nextIndex(std::array<std::int64_t, maxRank> &index, const std::array<std::int64_t, maxRank> &sizes, std::size_t rank);

/// Calls visit(position in the plane) for every tap inside the input; returns how many taps lie inside the padded input. The taps
/// outside are counted, not walked: a kernel may be far larger than the input.
template <typename Visit>
double visitWindow(const Window &window, const std::array<std::int64_t, maxRank> &strides, const std::array<std::int64_t, maxRank> &out, Visit &&visit)
{
    std::array<std::int64_t, maxRank> first{}, counts{}, tap{};
    double padded = 1;
    bool any = true;
    for (std::size_t d = 0; d < window.size(); ++d) {
        const WindowAxis &axis = window[d];
        const std::int64_t start = axis.position(out[d], 0);
        const auto tapsBelow = [&](std::int64_t end) { // taps at positions below `end`
            return std::clamp<std::int64_t>((end - start + axis.dilation - 1) / axis.dilation, 0, axis.kernel);
        };
        const std::int64_t before = start < 0 ? tapsBelow(0) : 0;
        first[d] = start + before * axis.dilation;
        counts[d] = start < axis.input ? tapsBelow(axis.input) - before : 0;
        padded *= static_cast<double>(start < axis.input + axis.padEnd ? tapsBelow(axis.input + axis.padEnd) : 0);
        any = any && counts[d] > 0;
    }
    if (!any)
        return padded;
    do {
        std::int64_t at = 0;
        for (std::size_t d = 0; d < window.size(); ++d)
            at += (first[d] + tap[d] * window[d].dilation) * strides[d];
        visit(at);
    } while (nextIndex(tap, counts, window.size()));
    return padded;
}

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reference.h"

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

} // namespace nordlys::runtime::reference

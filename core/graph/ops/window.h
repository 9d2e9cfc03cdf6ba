// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "infer_util.h"

namespace nordlys::core::ops {

/// Attributes that convolutions and poolings share, expanded to the number of spatial axes and checked.
struct Window {
    Dims kernel, strides, dilations;
    Dims padsBegin, padsEnd;
    std::string autoPad; ///< "NOTSET" when `pads` hold
    bool ceilMode = false;
};

/// Reads kernel_shape (or `kernelFallback` where it is absent), strides, dilations, pads, auto_pad and ceil_mode for `spatialRank` axes.
Expected<Window> readWindow(const Graph &graph, const Node &node, std::size_t spatialRank, const Dims &kernelFallback);
/// Output length of one axis of a convolution or pooling; free when the input is. Error when the window does not fit.
Expected<Dim> windowOutput(const Window &window, std::size_t axis, const Dim &input);

} // namespace nordlys::core::ops

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstdint>

namespace nordlys::runtime {

/// Shapes of one 2-D convolution or pooling. Activations are NHWC. Pads may exceed the kernel and differ per side; taps
/// outside the image count as zero (convolution) or do not take part (pooling).
struct ConvGeometry {
    std::int64_t n = 1;
    std::int64_t h = 0;
    std::int64_t w = 0;
    std::int64_t cin = 0;
    std::int64_t cout = 0;
    std::int64_t kh = 1;
    std::int64_t kw = 1;
    std::int64_t strideH = 1;
    std::int64_t strideW = 1;
    std::int64_t padTop = 0;
    std::int64_t padLeft = 0;
    std::int64_t padBottom = 0;
    std::int64_t padRight = 0;
    std::int64_t dilationH = 1;
    std::int64_t dilationW = 1;
    std::int64_t groups = 1;
    std::int64_t outH = 0;
    std::int64_t outW = 0;

    /// Sets outH and outW by the rule of ONNX: floor((h + pads - ((kh - 1) * dilationH + 1)) / strideH) + 1; with `ceilMode`
    /// (pooling) rounded up, without windows that start in the bottom or right padding. BadInput for sizes, strides or
    /// dilations that are not positive, negative pads, a kernel larger than the padded image, or any product that overflows.
    core::Expected<void> computeOutput(bool ceilMode = false);
    /// The checks of computeOutput, for geometries whose outH and outW came from elsewhere (any positive size is memory
    /// safe: taps are clipped). Kernels must not run a geometry that fails here.
    [[nodiscard]] core::Expected<void> check() const;

    [[nodiscard]] std::int64_t outputPixels() const { return n * outH * outW; }
};

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conv_geometry.h"
#include "epilogue.h"
#include "kernel_path.h"

#include <cstdint>

namespace nordlys::runtime {

class ThreadPool;

/// A depthwise convolution (groups == cin == cout). Weights in panels of 16 channels, see packedLayoutVersion in gemm.h.
struct DepthwiseArgs {
    ConvGeometry geometry;
    const float *in = nullptr;
    const float *panels = nullptr;
    const float *bias = nullptr;
    float *out = nullptr;
    Epilogue epilogue;
};

/// The whole convolution on the pool, split by output rows.
void depthwiseParallel(const DepthwiseArgs &args, KernelPath path, ThreadPool &pool);

namespace detail {

/// Half-open range of kernel taps that fall inside [0, size) when the first tap lies at `first`.
struct TapRange {
    std::int64_t begin;
    std::int64_t end;
};
inline TapRange tapsInside(std::int64_t first, std::int64_t size, std::int64_t taps, std::int64_t dilation)
{
    const std::int64_t begin = first >= 0 ? 0 : (-first + dilation - 1) / dilation;
    const std::int64_t end = first >= size ? 0 : (size - first + dilation - 1) / dilation;
    const std::int64_t clippedBegin = begin < taps ? begin : taps;
    const std::int64_t clippedEnd = end < taps ? end : taps;
    return {clippedBegin, clippedEnd > clippedBegin ? clippedEnd : clippedBegin};
}

/// One output row: `image` counts n, `y` the row.
void depthwiseRowGeneric(const DepthwiseArgs &args, std::int64_t image, std::int64_t y);
void depthwiseRowAvx2(const DepthwiseArgs &args, std::int64_t image, std::int64_t y);

} // namespace detail

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conv_geometry.h"
#include "kernel_path.h"

#include <cstdint>
#include <string_view>

namespace nordlys::runtime {

class ThreadPool;

/// Pooling of NHWC images; geometry.cin channels (cout must equal cin, groups is not read). The geometry must have passed
/// check(). in and out must not overlap. The order of every sum is fixed, so results do not depend on the number of threads.
///
/// maxPool: largest tap inside the image; NaN taps are ignored; minus infinity where a window has none.
void maxPool(const ConvGeometry &geometry, const float *in, float *out, KernelPath path, ThreadPool &pool);

/// averagePool: sum of the taps inside the image, divided by their number or, with `countIncludePad`, by the number of taps
/// inside the padded image. Zero where that number is zero.
void averagePool(const ConvGeometry &geometry, bool countIncludePad, const float *in, float *out, KernelPath path,
                 ThreadPool &pool);

/// out(n, channels) = mean over `pixels` of in(n, pixels, channels). All sizes positive.
void globalAveragePool(std::int64_t n, std::int64_t pixels, std::int64_t channels, const float *in, float *out, KernelPath path,
                       ThreadPool &pool);

/// "pool_max_f32_avx2" and the like.
std::string_view maxPoolKernelName(KernelPath path);
std::string_view averagePoolKernelName(KernelPath path);
std::string_view globalAveragePoolKernelName(KernelPath path);

namespace detail {

enum class PoolKind : std::uint8_t { Max, Average };

/// One output pixel: `rows` lines of `columns` taps, `rowStep` and `columnStep` floats apart, for all channels.
struct PoolWindow {
    const float *first;
    std::int64_t rows;
    std::int64_t columns;
    std::int64_t rowStep;
    std::int64_t columnStep;
    std::int64_t channels;
    float factor; ///< of the sum
    float *out;
};
void poolWindowGeneric(PoolKind kind, const PoolWindow &window);
void poolWindowAvx2(PoolKind kind, const PoolWindow &window);

} // namespace detail

} // namespace nordlys::runtime

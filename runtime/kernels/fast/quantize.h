// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernel_path.h"

#include <cstdint>
#include <string_view>

namespace nordlys::runtime {

class ThreadPool;

/// The integer grid of a simulated quantization: q = clamp(roundHalfEven(x / scale) + zeroPoint, qmin, qmax), as ONNX
/// QuantizeLinear has it, and (q - zeroPoint) * scale back. scale is positive and finite; qmin, zeroPoint and qmax lie
/// within +-2^24, where float holds every integer (all encodings of up to 16 bits do).
/// Infinities saturate; NaN becomes qmin (what the saturating conversions of the targets give).
struct QuantGrid {
    float scale = 1;
    std::int32_t zeroPoint = 0;
    std::int32_t qmin = 0;
    std::int32_t qmax = 255;
};

/// out[i] = quantize-dequantize(in[i]) for `count` values; in place allowed. Identical bits on every path.
void quantizeDequantize(const QuantGrid &grid, const float *in, float *out, std::int64_t count, KernelPath path,
                        ThreadPool &pool);

/// The same with a scale and zero point per channel. Values lie as (outer, channels, inner): inner = 1 for the last
/// dimension of NHWC activations, outer = 1 for the first of OIHW weights. `scales` and `zeroPoints` have `channels` values;
/// grid.scale and grid.zeroPoint are not read. outer * channels * inner must not overflow.
void quantizeDequantizePerChannel(const QuantGrid &grid, const float *scales, const std::int32_t *zeroPoints, const float *in,
                                  float *out, std::int64_t outer, std::int64_t channels, std::int64_t inner, KernelPath path,
                                  ThreadPool &pool);

/// "quantize_dequantize_f32_avx2" or "quantize_dequantize_f32_generic".
std::string_view quantizeKernelName(KernelPath path);

namespace detail {
// One run of values; step 0 is one scale and zero point for all, step 1 one per value.
struct QuantRun {
    const float *scales;
    const std::int32_t *zeroPoints;
    std::int64_t step;
    float qmin;
    float qmax;
    const float *in;
    float *out;
    std::int64_t count;
};
void quantRunGeneric(const QuantRun &run);
void quantRunAvx2(const QuantRun &run);
} // namespace detail

} // namespace nordlys::runtime

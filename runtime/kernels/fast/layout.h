// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernel_path.h"

#include <cstdint>
#include <string_view>

namespace nordlys::runtime {

class ThreadPool;

/// out(n, columns, rows) = in(n, rows, columns) transposed, n times. in and out must not overlap; sizes may be zero and their
/// product must not overflow. NCHW to NHWC: rows = c, columns = h * w; back: rows = h * w, columns = c.
void transposeImages(std::int64_t n, std::int64_t rows, std::int64_t columns, const float *in, float *out, KernelPath path,
                     ThreadPool &pool);

inline void nchwToNhwc(std::int64_t n, std::int64_t c, std::int64_t pixels, const float *in, float *out, KernelPath path,
                       ThreadPool &pool)
{
    transposeImages(n, c, pixels, in, out, path, pool);
}
inline void nhwcToNchw(std::int64_t n, std::int64_t c, std::int64_t pixels, const float *in, float *out, KernelPath path,
                       ThreadPool &pool)
{
    transposeImages(n, pixels, c, in, out, path, pool);
}

/// "transpose_f32_avx2" or "transpose_f32_generic".
std::string_view transposeKernelName(KernelPath path);

namespace detail {
/// A block of up to any size: out[j * outStride + i] = in[i * inStride + j], i < rows, j < columns.
void transposeBlockGeneric(const float *in, std::int64_t inStride, float *out, std::int64_t outStride, std::int64_t rows,
                           std::int64_t columns);
void transposeBlockAvx2(const float *in, std::int64_t inStride, float *out, std::int64_t outStride, std::int64_t rows,
                        std::int64_t columns);
} // namespace detail

} // namespace nordlys::runtime

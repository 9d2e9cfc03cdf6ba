// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gemm_kernels.h"

#include <core/base/error.h>
#include <runtime/base/aligned_buffer.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace nordlys::runtime {

/// Version of the packed layouts of PackedMatrix and PackedConv, stored with an artifact; other versions must be repacked.
///
/// Version 1, the same on every CPU, little-endian float32, per group of a convolution (a matrix is one group):
///   bias     P * 16 floats (zero where there is no bias), P = ceil(columns / 16)
///   panels   P panels of K rows of 16 columns: value(k, column) at (column / 16) * K * 16 + k * 16 + column % 16
/// Columns past the last are zero. K of a convolution counts (ky, kx, input channel of the group), channel fastest.
/// A depthwise convolution is one such block with K = (ky, kx) and the channels as columns.
inline constexpr std::uint32_t packedLayoutVersion = 1;

struct MatrixParams {
    std::int64_t k = 0; ///< rows of B
    std::int64_t n = 0; ///< columns of B
};

/// A constant right-hand matrix of a product, packed for the kernels. Immutable after packing: any thread may run it.
class PackedMatrix
{
public:
    enum class Order : std::uint8_t {
        RowsAreK, ///< b[k * n + column], as MatMul has it
        RowsAreN, ///< b[column * k + k], as Gemm with transB = 1 has it
    };

    /// Copies `b` (k * n floats) and `bias` (n floats, or null) into the packed layout.
    /// BadInput for sizes that are not positive or overflow; NotSupported without memory.
    static core::Expected<PackedMatrix> pack(const MatrixParams &params, const float *b, Order order, const float *bias);
    /// Uses packed bytes where they lie (64-byte alignment is best, 4 is demanded). The caller keeps the memory alive and
    /// unchanged. BadInput where the size or alignment is wrong.
    static core::Expected<PackedMatrix> fromPacked(const MatrixParams &params, std::span<const std::byte> packed);
    /// Size of the packed form; BadInput as pack().
    static core::Expected<std::size_t> packedSize(const MatrixParams &params);

    /// c[m, n] = epilogue(a[m, k] * B + bias); `lda` and `ldc` are row strides in floats (the residual has ldc too).
    /// m >= 0. Allocates nothing. `a` must not overlap `c`.
    void run(std::int64_t m, const float *a, std::ptrdiff_t lda, float *c, std::ptrdiff_t ldc, const Epilogue &epilogue,
             ThreadPool &pool) const;

    [[nodiscard]] const MatrixParams &params() const { return m_params; }
    [[nodiscard]] std::span<const std::byte> packedBytes() const { return m_bytes; }
    /// "gemm_f32_avx2" or "gemm_f32_generic".
    [[nodiscard]] std::string_view kernelName() const;
    /// Chooses the implementation for later runs; Auto is the default.
    void usePath(KernelPath path) { m_path = resolvePath(path); }

private:
    PackedMatrix() = default;

    MatrixParams m_params;
    AlignedBuffer m_owned;
    std::span<const std::byte> m_bytes;
    KernelPath m_path = resolvePath(KernelPath::Auto);
};

} // namespace nordlys::runtime

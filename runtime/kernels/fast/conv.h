// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conv_geometry.h"
#include "epilogue.h"
#include "gemm.h"
#include "kernel_path.h"

#include <core/base/error.h>
#include <runtime/base/aligned_buffer.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace nordlys::runtime {

class ThreadPool;

/// What a packed convolution knows without an image.
struct ConvParams {
    std::int64_t cin = 0;
    std::int64_t cout = 0;
    std::int64_t kh = 1;
    std::int64_t kw = 1;
    std::int64_t groups = 1;
};

/// The constant weights of a 2-D convolution, packed for the kernels: pointwise (1x1), dense, depthwise (one channel per
/// group) and grouped. Layout: packedLayoutVersion in gemm.h. Immutable after packing: any thread may run it, with its own
/// pool and scratch memory.
class PackedConv
{
public:
    /// Copies weights (cout, cin / groups, kh, kw) and bias (cout floats, or null) into the packed layout.
    /// BadInput for sizes that are not positive, do not divide or overflow; NotSupported without memory.
    static core::Expected<PackedConv> pack(const ConvParams &params, const float *weightsOihw, const float *bias);
    /// Uses packed bytes where they lie (64-byte alignment is best, 4 is demanded). The caller keeps the memory alive and
    /// unchanged. BadInput where the size or alignment is wrong.
    static core::Expected<PackedConv> fromPacked(const ConvParams &params, std::span<const std::byte> packed);
    /// Size of the packed form; BadInput as pack().
    static core::Expected<std::size_t> packedSize(const ConvParams &params);

    /// The geometry's own checks, and that it belongs to these weights. To be called once when a plan is made.
    [[nodiscard]] core::Expected<void> check(const ConvGeometry &geometry) const;
    /// Bytes of scratch memory (64-byte aligned) that run() needs on a pool of this size; 0 where it needs none.
    /// The geometry must have passed check().
    [[nodiscard]] std::size_t scratchBytes(const ConvGeometry &geometry, int threads) const;
    /// out(n, outH, outW, cout) = epilogue(conv(in(n, h, w, cin)) + bias). The geometry must have passed check(), scratch
    /// must have scratchBytes(geometry, pool.threads()) and touch neither in nor out; in and out must not overlap.
    /// Allocates nothing. The result does not depend on the number of threads.
    void run(const ConvGeometry &geometry, const float *in, float *out, const Epilogue &epilogue, ThreadPool &pool,
             std::span<std::byte> scratch) const;

    [[nodiscard]] const ConvParams &params() const { return m_params; }
    [[nodiscard]] std::span<const std::byte> packedBytes() const { return m_bytes; }
    /// conv_{pointwise,dense,depthwise,grouped}_f32_{avx2,generic}
    [[nodiscard]] std::string_view kernelName() const;
    /// Chooses the implementation for later runs; Auto is the default.
    void usePath(KernelPath path) { m_path = resolvePath(path); }

private:
    PackedConv() = default;
    [[nodiscard]] bool isDepthwise() const
    {
        return m_params.groups > 1 && m_params.groups == m_params.cin && m_params.cin == m_params.cout;
    }
    [[nodiscard]] std::int64_t depth() const { return m_params.cin / m_params.groups * m_params.kh * m_params.kw; }
    [[nodiscard]] GemmArgs groupProduct(const ConvGeometry &g, float *out, const Epilogue &epilogue, std::int64_t group) const;
    void runDirect(const ConvGeometry &g, const float *in, float *out, const Epilogue &epilogue, ThreadPool &pool,
                   float *scratch) const;
    void runGathered(const ConvGeometry &g, const float *in, float *out, const Epilogue &epilogue, ThreadPool &pool,
                     float *scratch) const;

    ConvParams m_params;
    AlignedBuffer m_owned;
    std::span<const std::byte> m_bytes;
    KernelPath m_path = resolvePath(KernelPath::Auto);
};

} // namespace nordlys::runtime

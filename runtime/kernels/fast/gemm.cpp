// SPDX-License-Identifier: Apache-2.0
#include "gemm.h"

#include "checked_size.h"
#include "packed_bytes.h"

#include <runtime/base/grain.h>
#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <cstring>

namespace nordlys::runtime {

namespace {

constexpr std::int64_t kernelRows = 6;
constexpr std::int64_t blockBytes = 128 * 1024; // of A: a quarter of a usual second-level cache

std::int64_t ceilDiv(std::int64_t value, std::int64_t by) { return (value + by - 1) / by; }

} // namespace

std::int64_t gemmRowsPerBlock(std::int64_t k)
{
    const std::int64_t rows = blockBytes / static_cast<std::int64_t>(sizeof(float)) / std::max<std::int64_t>(1, k);
    return std::clamp<std::int64_t>(rows / kernelRows * kernelRows, kernelRows, 96);
}

void gemmBlock(const GemmArgs &args, KernelPath path, std::int64_t rowBegin, std::int64_t rowEnd, std::int64_t panelBegin,
               std::int64_t panelEnd)
{
#if defined(__x86_64__)
    if (path == KernelPath::Avx2) {
        detail::gemmBlockAvx2(args, rowBegin, rowEnd, panelBegin, panelEnd);
        return;
    }
#else
    (void)path;
#endif
    detail::gemmBlockGeneric(args, rowBegin, rowEnd, panelBegin, panelEnd);
}

void gemmParallel(const GemmArgs &args, KernelPath path, ThreadPool &pool)
{
    if (args.m <= 0 || args.n <= 0)
        return;
    const std::int64_t panels = ceilDiv(args.n, panelColumns);
    const std::int64_t threads = pool.threads();
    const std::int64_t rowTiles = ceilDiv(args.m, kernelRows);
    // Rows keep B shared and C contiguous; few rows would leave threads idle or end in one large chunk, then columns it is.
    const bool byRows = threads == 1 || rowTiles >= threads * 16 || rowTiles >= panels;
    if (byRows) {
        pool.parallelFor(static_cast<std::size_t>(rowTiles), grainFor(kernelRows * args.n * args.k),
                         [&](std::size_t begin, std::size_t end, int) {
                             gemmBlock(args, path, static_cast<std::int64_t>(begin) * kernelRows,
                                       std::min(args.m, static_cast<std::int64_t>(end) * kernelRows), 0, panels);
                         });
    } else {
        pool.parallelFor(static_cast<std::size_t>(panels), grainFor(args.m * panelColumns * args.k),
                         [&](std::size_t begin, std::size_t end, int) {
                             gemmBlock(args, path, 0, args.m, static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end));
                         });
    }
}

core::Expected<std::size_t> PackedMatrix::packedSize(const MatrixParams &params)
{
    if (params.k <= 0 || params.n <= 0 || params.n > maxElements ||
        !checkedProduct({params.k + 1, ceilDiv(params.n, panelColumns), panelColumns}, maxElements))
        return core::badInput("matrix product", "its weights have an impossible size of " + std::to_string(params.k) + " x " +
                                                    std::to_string(params.n));
    return static_cast<std::size_t>((params.k + 1) * ceilDiv(params.n, panelColumns) * panelColumns) * sizeof(float);
}

core::Expected<PackedMatrix> PackedMatrix::pack(const MatrixParams &params, const float *b, Order order, const float *bias)
{
    const auto size = packedSize(params);
    if (!size)
        return size.error();
    auto buffer = AlignedBuffer::create(*size);
    if (!buffer)
        return std::move(buffer.error());
    PackedMatrix matrix;
    matrix.m_params = params;
    matrix.m_owned = std::move(*buffer);
    matrix.m_bytes = matrix.m_owned.bytes();
    std::memset(matrix.m_owned.data(), 0, *size);
    float *packed = reinterpret_cast<float *>(matrix.m_owned.data());
    if (bias != nullptr)
        std::copy_n(bias, params.n, packed);
    float *panels = packed + ceilDiv(params.n, panelColumns) * panelColumns;
    for (std::int64_t panel = 0; panel * panelColumns < params.n; ++panel) {
        const std::int64_t columns = std::min(panelColumns, params.n - panel * panelColumns);
        for (std::int64_t k = 0; k < params.k; ++k) {
            float *to = panels + (panel * params.k + k) * panelColumns;
            for (std::int64_t j = 0; j < columns; ++j) {
                const std::int64_t column = panel * panelColumns + j;
                to[j] = order == Order::RowsAreK ? b[k * params.n + column] : b[column * params.k + k];
            }
        }
    }
    return matrix;
}

core::Expected<PackedMatrix> PackedMatrix::fromPacked(const MatrixParams &params, std::span<const std::byte> packed)
{
    const auto size = packedSize(params);
    if (!size)
        return size.error();
    NORDLYS_TRY(checkPackedBytes("matrix product", *size, packed));
    PackedMatrix matrix;
    matrix.m_params = params;
    matrix.m_bytes = packed;
    return matrix;
}

void PackedMatrix::run(std::int64_t m, const float *a, std::ptrdiff_t lda, float *c, std::ptrdiff_t ldc, const Epilogue &epilogue,
                       ThreadPool &pool) const
{
    GemmArgs args;
    args.a = a;
    args.lda = lda;
    args.bias = reinterpret_cast<const float *>(m_bytes.data());
    args.panels = args.bias + ceilDiv(m_params.n, panelColumns) * panelColumns;
    args.c = c;
    args.ldc = ldc;
    args.m = m;
    args.n = m_params.n;
    args.k = m_params.k;
    args.panelStride = args.k * panelColumns;
    args.epilogue = epilogue;
    gemmParallel(args, m_path, pool);
}

std::string_view PackedMatrix::kernelName() const { return m_path == KernelPath::Avx2 ? "gemm_f32_avx2" : "gemm_f32_generic"; }

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#include "layout.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>

namespace nordlys::runtime {

namespace {

// A block reads rows of 64 floats and writes rows of up to 64: both sides stay in the first-level cache.
constexpr std::int64_t blockSide = 64;

void transposeBlock(const float *in, std::int64_t inStride, float *out, std::int64_t outStride, std::int64_t rows,
                    std::int64_t columns, KernelPath path)
{
#if defined(__x86_64__)
    if (path == KernelPath::Avx2) {
        detail::transposeBlockAvx2(in, inStride, out, outStride, rows, columns);
        return;
    }
#else
    (void)path;
#endif
    detail::transposeBlockGeneric(in, inStride, out, outStride, rows, columns);
}

} // namespace

void transposeImages(std::int64_t n, std::int64_t rows, std::int64_t columns, const float *in, float *out, KernelPath path,
                     ThreadPool &pool)
{
    if (n <= 0 || rows <= 0 || columns <= 0)
        return;
    const KernelPath real = resolvePath(path);
    const std::int64_t rowBlocks = (rows + blockSide - 1) / blockSide;
    const std::int64_t columnBlocks = (columns + blockSide - 1) / blockSide;
    const std::size_t grain =
        static_cast<std::size_t>(std::max<std::int64_t>(1, 8192 / (std::min(rows, blockSide) * std::min(columns, blockSide))));
    pool.parallelFor(static_cast<std::size_t>(n * rowBlocks * columnBlocks), grain, [&](std::size_t begin, std::size_t end, int) {
        for (std::int64_t block = static_cast<std::int64_t>(begin); block < static_cast<std::int64_t>(end); ++block) {
            const std::int64_t row = block % rowBlocks * blockSide;
            const std::int64_t column = block / rowBlocks % columnBlocks * blockSide;
            const std::int64_t image = block / rowBlocks / columnBlocks;
            transposeBlock(in + (image * rows + row) * columns + column, columns, out + (image * columns + column) * rows + row,
                           rows, std::min(blockSide, rows - row), std::min(blockSide, columns - column), real);
        }
    });
}

std::string_view transposeKernelName(KernelPath path)
{
    return resolvePath(path) == KernelPath::Avx2 ? "transpose_f32_avx2" : "transpose_f32_generic";
}

namespace detail {

void transposeBlockGeneric(const float *in, std::int64_t inStride, float *out, std::int64_t outStride, std::int64_t rows,
                           std::int64_t columns)
{
    for (std::int64_t j = 0; j < columns; ++j) {
        for (std::int64_t i = 0; i < rows; ++i)
            out[j * outStride + i] = in[i * inStride + j];
    }
}

} // namespace detail

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "epilogue.h"
#include "kernel_path.h"

#include <cstddef>
#include <cstdint>

namespace nordlys::runtime {

class ThreadPool;

/// Columns of one packed panel. Part of the stored format: see packedLayoutVersion in gemm.h.
inline constexpr std::int64_t panelColumns = 16;

/// C[m,n] = epilogue(A[m,k] * B[k,n] + bias) with B in panels. Strides are in floats. A, B and bias do not overlap C.
struct GemmArgs {
    const float *a = nullptr;
    std::ptrdiff_t lda = 0;
    const float *panels = nullptr; ///< ceil(n / 16) panels of k rows of 16 columns
    const float *bias = nullptr;   ///< ceil(n / 16) * 16 values
    float *c = nullptr;
    std::ptrdiff_t ldc = 0; ///< row stride of C and of the residual
    std::int64_t m = 0;
    std::int64_t n = 0;
    std::int64_t k = 0;
    std::ptrdiff_t panelStride = 0; ///< floats from one panel to the next; k * 16 where all rows of B take part
    /// A row of A may lie in pieces: `segments` runs of k / segments floats, `segmentStep` floats apart (the kernel rows of a
    /// convolution, read from the image where it lies). 1 for a plain matrix.
    std::int64_t segments = 1;
    std::ptrdiff_t segmentStep = 0;
    Epilogue epilogue;
};

/// Computes rows [rowBegin, rowEnd) of the columns of panels [panelBegin, panelEnd). Each element is one chain of additions
/// in the order of k that starts at the bias, whatever the split: this is what makes results independent of threads.
void gemmBlock(const GemmArgs &args, KernelPath path, std::int64_t rowBegin, std::int64_t rowEnd, std::int64_t panelBegin,
               std::int64_t panelEnd);

/// The whole product on the pool, by rows or by columns according to the shape.
void gemmParallel(const GemmArgs &args, KernelPath path, ThreadPool &pool);

/// Rows of A that a block keeps in the second-level cache: a multiple of the kernel's 6 rows.
std::int64_t gemmRowsPerBlock(std::int64_t k);

namespace detail {
void gemmBlockGeneric(const GemmArgs &args, std::int64_t rowBegin, std::int64_t rowEnd, std::int64_t panelBegin,
                      std::int64_t panelEnd);
void gemmBlockAvx2(const GemmArgs &args, std::int64_t rowBegin, std::int64_t rowEnd, std::int64_t panelBegin,
                   std::int64_t panelEnd);
} // namespace detail

} // namespace nordlys::runtime

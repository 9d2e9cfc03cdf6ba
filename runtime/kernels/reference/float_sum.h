// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "accumulate.h"

#include <cmath>

/// The order in which plain kernels add products in float32. Any order is a correct one, but in a file with quantize nodes a sum that lies between two
/// codes falls on one side or the other with the last bit, and one code of a coarse grid is a visible difference. These kernels take the order of
/// ONNX Runtime's CPU kernels on x86-64 (MLAS, as of 1.30: sgemm.cpp, convolve.cpp, SgemmKernelM1Avx.S, pooling.cpp), so that a file gives the same codes:
///   - products are added by fused multiply-add in the order of the sum, in blocks of a length that depends on the matrix sizes; the sums of the
///     blocks are added in their order, the bias comes last;
///   - where one row of weights meets the data (a depthwise convolution), products are rounded and added from left to right in groups of 4, a last
///     group of 2 and one of 1; the sums of the groups are added in their order;
///   - a mean has four partial sums, of the elements i with the same i mod 4; (0 + 2) + (1 + 3), then the elements of an incomplete last four.
namespace nordlys::runtime::reference {

/// Tells after which products a block or group of a sum ends.
class SumBlocks {
public:
    /// A product of matrices: `rows` rows of weights, `products` in each sum, `columns` sums in each row.
    SumBlocks(std::int64_t rows, std::int64_t products, std::int64_t columns);

    /// True where products are added without being rounded first.
    [[nodiscard]] bool fused() const { return m_block > 0; }
    /// Counts one product; true when a block ends with it.
    bool ends();

private:
    std::int64_t m_left, m_block = 0, m_inBlock = 0, m_open = 0;
};

/// to[i] += from[i * stride] * weight, i < count; `fused`: rounded once.
void addProducts(bool fused, const float *from, std::int64_t stride, float weight, float *to, std::int64_t count);

/// Other types have no reference to follow.
template <typename T>
void addProducts(bool /*fused*/, const T *from, std::int64_t stride, Wide<T> weight, Wide<T> *to, std::int64_t count)
{
    for (std::int64_t i = 0; i < count; ++i)
        to[i] += widen(from[i * stride]) * weight;
}

/// Sum over i < count of a[i * strideA] * b[i * strideB], fused, in order.
float dotProduct(const float *a, std::int64_t strideA, const float *b, std::int64_t strideB, std::int64_t count);

/// Mean of count > 0 values.
float meanOf(const float *values, std::int64_t count);

} // namespace nordlys::runtime::reference

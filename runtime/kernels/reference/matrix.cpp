// SPDX-License-Identifier: Apache-2.0
#include "float_sum.h"

namespace nordlys::runtime::reference {

namespace {

/// Sums of products: floats in ComputeOf; integers modulo 2^64, because they wrap around and signed overflow is undefined in C++.
template <typename T>
using SumOf = std::conditional_t<isFloatType<T>, ComputeOf<T>, std::uint64_t>;

/// Sum over i < count of a[i * strideA] * b[i * strideB].
template <typename T>
SumOf<T> sumOfProducts(const T *a, std::int64_t strideA, const T *b, std::int64_t strideB, std::int64_t count)
{
    if constexpr (std::is_same_v<T, float>) {
        return dotProduct(a, strideA, b, strideB, count);
    } else {
        SumOf<T> sum = 0;
        for (std::int64_t i = 0; i < count; ++i)
            sum += static_cast<SumOf<T>>(a[i * strideA]) * static_cast<SumOf<T>>(b[i * strideB]);
        return sum;
    }
}

/// numpy.matmul: a vector counts as a row on the left and a column on the right; leading dimensions are broadcast.
core::Expected<BoundKernel> bindMatMul(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    TensorDesc a = call.inputs[0], b = call.inputs[1], c = call.outputs[0];
    if (a.rank() == 0 || b.rank() == 0 || a.dtype != b.dtype || a.dtype != c.dtype)
        return call.broken("both inputs need a dimension and the output's type");
    const bool rowVector = a.rank() == 1, columnVector = b.rank() == 1;
    if (rowVector)
        a.dims.insert(a.dims.begin(), 1);
    if (columnVector)
        b.dims.push_back(1);
    const std::int64_t m = a.dims[a.rank() - 2], k = a.dims.back(), n = b.dims.back();
    if (b.dims[b.rank() - 2] != k)
        return call.broken("the inner sizes " + std::to_string(k) + " and " + std::to_string(b.dims[b.rank() - 2]) + " differ");
    TensorDesc aLead = a, bLead = b;
    aLead.dims.resize(a.rank() - 2);
    bLead.dims.resize(b.rank() - 2);
    const auto lead = broadcastDims(aLead.dims, bLead.dims);
    if (!lead)
        return call.broken("the leading dimensions cannot be broadcast together");
    core::Dims expected = *lead;
    if (!rowVector)
        expected.push_back(m);
    if (!columnVector)
        expected.push_back(n);
    if (expected != c.dims)
        return call.broken("the output's shape is not " + core::shapeText(expected));
    StridedLoop<2> loop(*lead); // counts matrices
    loop.setBroadcastOperand(0, aLead);
    loop.setBroadcastOperand(1, bLead);
    return dispatchNumber(call, c.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [loop, m, k, n](const KernelRun &run) -> KernelStatus {
            T *out = run.output<T>(0);
            loop.run([&](const auto &at) {
                const T *x = run.input<T>(0) + at[0] * m * k, *y = run.input<T>(1) + at[1] * k * n;
                for (std::int64_t row = 0; row < m; ++row) {
                    for (std::int64_t column = 0; column < n; ++column)
                        out[row * n + column] = static_cast<T>(sumOfProducts(x + row * k, 1, y + column, n, k));
                }
                out += m * n;
            });
            return nullptr;
        });
    });
}

/// alpha and beta are floats also where the matrices are integers: the product is then cut towards zero, to what int64 holds.
template <typename T>
SumOf<T> scaled(float factor, SumOf<T> value)
{
    if constexpr (isFloatType<T>) {
        return static_cast<SumOf<T>>(factor) * value;
    } else {
        if (factor >= 1.0F && factor <= 1.0F)
            return value;
        return static_cast<std::uint64_t>(cutToInteger<std::int64_t>(static_cast<double>(factor) * static_cast<double>(static_cast<T>(value))));
    }
}

core::Expected<BoundKernel> bindGemm(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &a = call.inputs[0], &b = call.inputs[1], &y = call.outputs[0];
    if (a.rank() != 2 || b.rank() != 2 || a.dtype != b.dtype || a.dtype != y.dtype)
        return call.broken("both inputs have to be matrices of the output's type");
    const bool transA = call.intAttribute("transA", 0) != 0, transB = call.intAttribute("transB", 0) != 0;
    const std::int64_t m = a.dims[transA ? 1 : 0], k = a.dims[transA ? 0 : 1], n = b.dims[transB ? 0 : 1];
    if (b.dims[transB ? 1 : 0] != k)
        return call.broken("the inner sizes " + std::to_string(k) + " and " + std::to_string(b.dims[transB ? 1 : 0]) + " differ");
    if (y.dims != core::Dims{m, n})
        return call.broken("the output's shape is not " + core::shapeText(core::Dims{m, n}));
    StridedLoop<2> loop(y.dims);
    loop.setOperand(0, y.strides());
    if (call.hasInput(2)) {
        const auto dims = broadcastDims(call.inputs[2].dims, y.dims);
        if (!dims || *dims != y.dims || call.inputs[2].dtype != y.dtype)
            return call.broken("C cannot be broadcast to the output");
        loop.setBroadcastOperand(1, call.inputs[2]);
    }
    const float alpha = call.floatAttribute("alpha", 1.0F), beta = call.floatAttribute("beta", 1.0F);
    const std::int64_t aRow = transA ? 1 : k, aInner = transA ? m : 1, bInner = transB ? 1 : n, bColumn = transB ? k : 1;
    return dispatchNumber(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        using Sum = SumOf<T>;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            const T *x = run.input<T>(0), *w = run.input<T>(1), *c = run.input<T>(2);
            T *out = run.output<T>(0);
            loop.run([&](const auto &at) {
                const std::int64_t row = at[0] / n, column = at[0] % n;
                Sum value = scaled<T>(alpha, sumOfProducts(x + row * aRow, aInner, w + column * bColumn, bInner, k));
                if (c != nullptr)
                    value += scaled<T>(beta, static_cast<Sum>(c[at[1]]));
                out[at[0]] = static_cast<T>(value);
            });
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "MatMul", 1, bindMatMul, false},
    {"", "Gemm", 1, bindGemm, false},
};

} // namespace

std::span<const KernelEntry> matrixKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

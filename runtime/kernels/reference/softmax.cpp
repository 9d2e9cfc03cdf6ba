// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <algorithm>
#include <cmath>

namespace nordlys::runtime::reference {

namespace {

/// Lines of `size` elements at distance `inner`; there are outer * inner of them.
struct Lines {
    std::int64_t outer = 1, size = 1, inner = 1;

    [[nodiscard]] std::int64_t first(std::int64_t line) const { return line / inner * size * inner + line % inner; }
};

/// Before opset 13 the tensor is seen as a matrix split at the axis; from 13 on the function works along the one axis.
core::Expected<Lines> linesOf(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const bool matrixForm = call.opset < 13;
    const std::int64_t stated = call.intAttribute("axis", matrixForm ? 1 : -1);
    auto axis = normalizedAxis(stated, x.rank());
    if (matrixForm && stated == static_cast<std::int64_t>(x.rank()))
        axis = x.rank();
    if (!axis || x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("the axis is outside the input, or the output has another shape or type");
    Lines lines;
    for (std::size_t i = 0; i < x.rank(); ++i) {
        std::int64_t &part = i < *axis ? lines.outer : (matrixForm || i == *axis ? lines.size : lines.inner);
        part *= x.dims[i];
    }
    return lines;
}

core::Expected<BoundKernel> bindSoftmaxLike(const KernelCall &call, bool logarithm)
{
    const auto lines = linesOf(call);
    NORDLYS_TRY(lines);
    const std::int64_t size = lines->size, inner = lines->inner, count = size > 0 ? lines->outer * inner : 0;
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        using C = ComputeOf<T>;
        return bound(
            call,
            [=, lines = *lines](const KernelRun &run) -> KernelStatus {
                for (std::int64_t i = 0; i < count; ++i) {
                    const std::int64_t first = lines.first(i);
                    const T *in = run.input<T>(0) + first;
                    T *out = run.output<T>(0) + first;
                    C most = in[0];
                    for (std::int64_t k = 1; k < size; ++k)
                        most = std::max(most, static_cast<C>(in[k * inner]));
                    double sum = 0;
                    for (std::int64_t k = 0; k < size; ++k)
                        sum += std::exp(static_cast<double>(in[k * inner] - most));
                    const double logSum = std::log(sum);
                    for (std::int64_t k = 0; k < size; ++k) {
                        const auto shifted = static_cast<double>(in[k * inner] - most);
                        out[k * inner] = static_cast<T>(logarithm ? shifted - logSum : std::exp(shifted) / sum);
                    }
                }
                return nullptr;
            },
            0);
    });
}

core::Expected<BoundKernel> bindSoftmax(const KernelCall &call)
{
    return bindSoftmaxLike(call, false);
}
core::Expected<BoundKernel> bindLogSoftmax(const KernelCall &call)
{
    return bindSoftmaxLike(call, true);
}

/// 1 at the first largest element of every line, 0 elsewhere.
core::Expected<BoundKernel> bindHardmax(const KernelCall &call)
{
    const auto lines = linesOf(call);
    NORDLYS_TRY(lines);
    const std::int64_t size = lines->size, inner = lines->inner, count = size > 0 ? lines->outer * inner : 0;
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=, lines = *lines](const KernelRun &run) -> KernelStatus {
            for (std::int64_t i = 0; i < count; ++i) {
                const T *in = run.input<T>(0) + lines.first(i);
                T *out = run.output<T>(0) + lines.first(i);
                std::int64_t best = 0;
                for (std::int64_t k = 1; k < size; ++k)
                    best = in[k * inner] > in[best * inner] ? k : best;
                for (std::int64_t k = 0; k < size; ++k)
                    out[k * inner] = T(k == best ? 1 : 0);
            }
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "Hardmax", 1, bindHardmax, false},
    {"", "Softmax", 1, bindSoftmax, false},
    {"", "LogSoftmax", 1, bindLogSoftmax, false},
};

} // namespace

std::span<const KernelEntry> softmaxKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"
#include "window.h"

namespace nordlys::runtime::reference {

namespace {

/// Sizes that kernel_shape, strides and pads give: (input - 1) * stride + kernel - pads. ONNX operator MaxUnpool.
core::Expected<core::Dims> unpooledDims(const KernelCall &call)
{
    const core::Dims &x = call.inputs[0].dims;
    const std::size_t rank = x.size() - 2;
    const auto kernel = call.intsAttribute("kernel_shape");
    if (!kernel || kernel->size() != rank)
        return call.broken("kernel_shape needs one size per spatial dimension");
    const auto list = [&](std::string_view name, std::size_t size, std::int64_t fallback) {
        const auto values = call.intsAttribute(name);
        return values && !values->empty() ? *values : std::vector<std::int64_t>(size, fallback);
    };
    const auto strides = list("strides", rank, 1), pads = list("pads", 2 * rank, 0);
    if (strides.size() != rank || pads.size() != 2 * rank)
        return call.broken("strides or pads have the wrong number of values");
    core::Dims result{x[0], x[1]};
    for (std::size_t i = 0; i < rank; ++i) {
        for (const std::int64_t value : {(*kernel)[i] - 1, strides[i] - 1, x[i + 2], pads[i], pads[i + rank]}) {
            if (value < 0 || value >= maxWindowValue)
                return call.broken("a kernel, stride, pad or size is out of range");
        }
        result.push_back((x[i + 2] - 1) * strides[i] + (*kernel)[i] - pads[i] - pads[i + rank]);
        if (result.back() < 0)
            return call.broken("the output would have a negative size");
    }
    return result;
}

/// Values go where their index says, all else is 0. Indices count positions of the sizes that the attributes give; a larger output_shape
/// only adds zeros behind them (as the standard's own cases have it).
core::Expected<BoundKernel> bindMaxUnpool(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &indices = call.inputs[1], &y = call.outputs[0];
    if (x.rank() < 3 || indices.dims != x.dims || indices.dtype != core::DType::Int64 || y.dtype != x.dtype || y.rank() != x.rank())
        return call.broken("the indices have to be int64 of the input's shape, and the output needs its type and number of dimensions");
    if (call.hasInput(2) && call.inputs[2].constant == nullptr)
        return call.needsValues("sizes");
    auto inferred = unpooledDims(call);
    NORDLYS_TRY(inferred);
    for (std::size_t i = 0; i < y.rank(); ++i) {
        if (call.hasInput(2) ? y.dims[i] < (*inferred)[i] : y.dims[i] != (*inferred)[i])
            return call.broken("the output has " + std::to_string(y.dims[i]) + " positions in dimension " + std::to_string(i) + ", the window gives "
                               + std::to_string((*inferred)[i]));
    }
    // Strides of the output in the inferred sizes, so that an index is split by these and joined by the output's own.
    std::int64_t total = 1;
    for (const std::int64_t dim : *inferred) {
        if (__builtin_mul_overflow(total, dim, &total))
            return call.broken("the output is too large");
    }
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [dims = *inferred, strides = y.strides(), count = x.elementCount(), size = y.elementCount(), total,
                            same = y.dims == *inferred](const KernelRun &run) -> KernelStatus {
            const T *in = run.input<T>(0);
            const auto *where = run.input<std::int64_t>(1);
            T *out = run.output<T>(0);
            std::fill_n(out, size, narrow<T>(0.0));
            for (std::int64_t i = 0; i < count; ++i) {
                std::int64_t index = where[i], at = 0;
                if (index < 0 || index >= total)
                    return "an index of MaxUnpool lies outside the output";
                if (same) {
                    out[index] = in[i];
                    continue;
                }
                for (std::size_t d = dims.size(); d-- > 0;) {
                    at += index % dims[d] * strides[d];
                    index /= dims[d];
                }
                out[at] = in[i];
            }
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {{"", "MaxUnpool", 9, bindMaxUnpool, false}};

} // namespace

std::span<const KernelEntry> unpoolingKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <cstring>

namespace nordlys::runtime::reference {

namespace {

constexpr KernelStatus outside = "an index is outside the data";

template <typename I>
bool normalizeIndex(I raw, std::int64_t size, std::int64_t &index)
{
    index = static_cast<std::int64_t>(raw);
    if (index < 0)
        index += size;
    return index >= 0 && index < size;
}

core::Expected<BoundKernel> bindGather(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &data = call.inputs[0], &indices = call.inputs[1], &y = call.outputs[0];
    const auto axis = normalizedAxis(call.intAttribute("axis", 0), data.rank());
    if (!axis || data.dtype != y.dtype)
        return call.broken("the axis is outside the data, or the output has another type");
    core::Dims expected(data.dims.begin(), data.dims.begin() + static_cast<std::ptrdiff_t>(*axis));
    expected.insert(expected.end(), indices.dims.begin(), indices.dims.end());
    expected.insert(expected.end(), data.dims.begin() + static_cast<std::ptrdiff_t>(*axis) + 1, data.dims.end());
    if (expected != y.dims)
        return call.broken("the output's shape is not " + core::shapeText(expected));
    const std::int64_t size = data.dims[*axis], count = indices.elementCount();
    std::int64_t outer = 1, inner = 1;
    for (std::size_t i = 0; i < data.rank(); ++i) {
        if (i != *axis)
            (i < *axis ? outer : inner) *= data.dims[i];
    }
    const std::size_t block = static_cast<std::size_t>(inner) * elementSize(data.dtype);
    const auto make = [&](auto tag) -> core::Expected<BoundKernel> {
        using I = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            std::byte *out = run.outputs[0];
            for (std::int64_t o = 0; o < outer; ++o) {
                for (std::int64_t i = 0; i < count; ++i) {
                    std::int64_t index = 0;
                    if (!normalizeIndex(run.input<I>(1)[i], size, index))
                        return outside;
                    if (block > 0)
                        std::memcpy(out, run.inputs[0] + static_cast<std::size_t>(o * size + index) * block, block);
                    out += block;
                }
            }
            return nullptr;
        });
    };
    if (indices.dtype == core::DType::Int32)
        return make(TypeTag<std::int32_t>{});
    if (indices.dtype == core::DType::Int64)
        return make(TypeTag<std::int64_t>{});
    return call.broken("the indices have to be int32 or int64");
}

core::Expected<BoundKernel> bindGatherElements(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &data = call.inputs[0], &indices = call.inputs[1], &y = call.outputs[0];
    const auto axis = normalizedAxis(call.intAttribute("axis", 0), data.rank());
    if (!axis || data.dtype != y.dtype || indices.dims != y.dims || indices.rank() != data.rank())
        return call.broken("the axis is outside the data, or indices and output do not fit it");
    for (std::size_t i = 0; i < data.rank(); ++i) {
        if (i != *axis && indices.dims[i] > data.dims[i])
            return call.broken("the indices are larger than the data");
    }
    if (indices.dtype != core::DType::Int64 && indices.dtype != core::DType::Int32)
        return call.broken("the indices have to be int32 or int64");
    const bool wide = indices.dtype == core::DType::Int64;
    StridedLoop<2> loop(y.dims);
    Strides rest = data.strides();
    const std::int64_t size = data.dims[*axis], step = rest[*axis];
    rest[*axis] = 0;
    loop.setOperand(0, rest);
    loop.setOperand(1, y.strides());
    return dispatchSize(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            KernelStatus status = nullptr;
            loop.run([&](const auto &at) {
                std::int64_t index = 0;
                const bool inside = wide ? normalizeIndex(run.input<std::int64_t>(1)[at[1]], size, index)
                                         : normalizeIndex(run.input<std::int32_t>(1)[at[1]], size, index);
                if (inside)
                    run.output<T>(0)[at[1]] = run.input<T>(0)[at[0] + index * step];
                else
                    status = outside;
            });
            return status;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "Gather", 1, bindGather, false},
    {"", "GatherElements", 11, bindGatherElements, false},
};

} // namespace

std::span<const KernelEntry> gatherKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

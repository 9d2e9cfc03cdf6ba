// SPDX-License-Identifier: Apache-2.0
#include "element_mover.h"
#include "indices.h"

#include <algorithm>
#include <cstring>

namespace nordlys::runtime::reference {

namespace {

std::int64_t productOf(const core::Dims &dims, std::size_t begin, std::size_t end)
{
    std::int64_t count = 1;
    for (std::size_t i = begin; i < end; ++i)
        count *= dims[i];
    return count;
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
    const IntegerReader indexAt = integerReader(indices.dtype);
    if (indexAt == nullptr)
        return call.broken("the indices (input 1) have to be int32 or int64");
    const std::int64_t size = data.dims[*axis], count = indices.elementCount();
    const std::int64_t inner = productOf(data.dims, *axis + 1, data.rank());
    const std::size_t block = static_cast<std::size_t>(inner) * elementSize(data.dtype);
    // Where nothing is to be moved the indices are still checked, once.
    const std::int64_t outer = block > 0 ? productOf(data.dims, 0, *axis) : 1;
    return bound(call, [=](const KernelRun &run) -> KernelStatus {
        std::byte *out = run.outputs[0];
        for (std::int64_t o = 0; o < outer; ++o) {
            for (std::int64_t i = 0; i < count; ++i) {
                std::int64_t index = 0;
                if (!normalizeIndex(indexAt(run.inputs[1], i), size, index))
                    return indexOutside;
                if (block > 0)
                    std::memcpy(out, run.inputs[0] + static_cast<std::size_t>(o * size + index) * block, block);
                out += block;
            }
        }
        return nullptr;
    });
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
            return call.broken("the indices (input 1) are larger than the data in dimension " + std::to_string(i));
    }
    const IntegerReader indexAt = integerReader(indices.dtype);
    if (indexAt == nullptr)
        return call.broken("the indices (input 1) have to be int32 or int64");
    StridedLoop<2> loop(y.dims);
    Strides rest = data.strides();
    const std::int64_t size = data.dims[*axis], step = rest[*axis];
    rest[*axis] = 0;
    loop.setOperand(0, rest);
    loop.setOperand(1, y.strides());
    return dispatchElement(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            KernelStatus status = nullptr;
            loop.run([&](const auto &at) {
                std::int64_t index = 0;
                if (normalizeIndex(indexAt(run.inputs[1], at[1]), size, index))
                    run.output<T>(0)[at[1]] = run.input<T>(0)[at[0] + index * step];
                else
                    status = indexOutside;
            });
            return status;
        });
    });
}

/// The last dimension of the indices holds positions in the dims of the data that follow the batch (ONNX GatherND 13).
core::Expected<BoundKernel> bindGatherNd(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &data = call.inputs[0], &indices = call.inputs[1], &y = call.outputs[0];
    const std::int64_t batchAttribute = call.intAttribute("batch_dims", 0);
    if (data.rank() == 0 || indices.rank() == 0 || data.dtype != y.dtype || indices.dtype != core::DType::Int64)
        return call.broken("data and indices need a dimension, the indices (input 1) have to be int64 and the output of the data's type");
    const auto least = static_cast<std::int64_t>(std::min(data.rank(), indices.rank()));
    if (batchAttribute < 0 || batchAttribute >= least)
        return call.broken("batch_dims " + std::to_string(batchAttribute) + " is outside 0 to " + std::to_string(least - 1));
    const auto batch = static_cast<std::size_t>(batchAttribute);
    const std::int64_t depth = indices.dims.back();
    if (depth > static_cast<std::int64_t>(data.rank() - batch))
        return call.broken("the indices (input 1) name " + std::to_string(depth) + " positions, the data have fewer dimensions");
    const std::size_t first = batch + static_cast<std::size_t>(depth);
    core::Dims expected(indices.dims.begin(), indices.dims.end() - 1);
    expected.insert(expected.end(), data.dims.begin() + static_cast<std::ptrdiff_t>(first), data.dims.end());
    if (!std::equal(data.dims.begin(), data.dims.begin() + batchAttribute, indices.dims.begin()) || expected != y.dims)
        return call.broken("the batch dimensions differ, or the output's shape is not " + core::shapeText(expected));
    const std::int64_t batches = productOf(data.dims, 0, batch), batchSize = productOf(data.dims, batch, data.rank());
    const std::size_t block = static_cast<std::size_t>(productOf(data.dims, first, data.rank())) * elementSize(data.dtype);
    // Indices without positions for blocks without elements: nothing to do, however many they are.
    const std::int64_t count = depth == 0 && block == 0 ? 0 : productOf(indices.dims, batch, indices.rank() - 1);
    const core::Dims sizes(data.dims.begin() + batchAttribute, data.dims.begin() + static_cast<std::ptrdiff_t>(first));
    Strides strides{};
    const Strides whole = data.strides();
    std::copy(whole.begin() + batchAttribute, whole.begin() + static_cast<std::ptrdiff_t>(first), strides.begin());
    return bound(call, [=, width = elementSize(data.dtype)](const KernelRun &run) -> KernelStatus {
        const auto *index = run.input<std::int64_t>(1);
        std::byte *out = run.outputs[0];
        for (std::int64_t b = 0; b < batches; ++b) {
            for (std::int64_t i = 0; i < count; ++i) {
                std::int64_t source = b * batchSize;
                for (std::size_t k = 0; k < sizes.size(); ++k) {
                    std::int64_t at = 0;
                    if (!normalizeIndex(*index++, sizes[k], at))
                        return indexOutside;
                    source += at * strides[k];
                }
                if (block > 0)
                    std::memcpy(out, run.inputs[0] + static_cast<std::size_t>(source) * width, block);
                out += block;
            }
        }
        return nullptr;
    });
}

constexpr KernelEntry entries[] = {
    {"", "Gather", 1, bindGather, false},
    {"", "GatherElements", 11, bindGatherElements, false},
    {"", "GatherND", 11, bindGatherNd, false},
};

} // namespace

std::span<const KernelEntry> gatherKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

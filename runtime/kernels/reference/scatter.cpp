// SPDX-License-Identifier: Apache-2.0
#include "element_mover.h"
#include "indices.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nordlys::runtime::reference {

namespace {

/// How an update meets what stands at its place (attribute `reduction`; ONNX ScatterElements and ScatterND 16 and 18).
enum class Reduction { None, Add, Mul, Max, Min };

core::Expected<Reduction> reductionOf(const KernelCall &call)
{
    const std::string name = call.stringAttribute("reduction", "none");
    if (name == "none")
        return Reduction::None;
    const bool extremes = call.opset >= 18 && (name == "max" || name == "min");
    if (call.opset < 16 || (name != "add" && name != "mul" && !extremes))
        return call.broken("the reduction '" + name + "' does not exist at opset " + std::to_string(call.opset));
    return name == "add" ? Reduction::Add : name == "mul" ? Reduction::Mul : name == "max" ? Reduction::Max : Reduction::Min;
}

/// Integers wrap around; a NaN wins over every number, as in NumPy.
template <typename T, Reduction reduction>
void combine(T &place, T update)
{
    if constexpr (reduction == Reduction::None) {
        place = update;
    } else if constexpr (isFloatType<T>) {
        const auto a = static_cast<ComputeOf<T>>(place), b = static_cast<ComputeOf<T>>(update);
        if constexpr (reduction == Reduction::Add)
            place = static_cast<T>(a + b);
        else if constexpr (reduction == Reduction::Mul)
            place = static_cast<T>(a * b);
        else if (std::isnan(b) || (reduction == Reduction::Max ? b > a : b < a))
            place = update;
    } else {
        const auto a = static_cast<std::uint64_t>(place), b = static_cast<std::uint64_t>(update);
        if constexpr (reduction == Reduction::Add)
            place = static_cast<T>(a + b);
        else if constexpr (reduction == Reduction::Mul)
            place = static_cast<T>(a * b);
        else
            place = reduction == Reduction::Max ? std::max(place, update) : std::min(place, update);
    }
}

/// `make(TypeTag<T>, std::integral_constant<Reduction>)`: element movers by size, reductions by number type.
template <typename Make>
core::Expected<BoundKernel> dispatchReduction(const KernelCall &call, core::DType type, Reduction reduction, Make &&make)
{
    const auto with = [&](auto constant) {
        return dispatchNumber(call, type, [&](auto tag) -> core::Expected<BoundKernel> { return make(tag, constant); });
    };
    switch (reduction) {
    case Reduction::Add: return with(std::integral_constant<Reduction, Reduction::Add>());
    case Reduction::Mul: return with(std::integral_constant<Reduction, Reduction::Mul>());
    case Reduction::Max: return with(std::integral_constant<Reduction, Reduction::Max>());
    case Reduction::Min: return with(std::integral_constant<Reduction, Reduction::Min>());
    case Reduction::None: break;
    }
    return dispatchElement(call, type, [&](auto tag) -> core::Expected<BoundKernel> {
        return make(tag, std::integral_constant<Reduction, Reduction::None>());
    });
}

void copyData(const KernelRun &run, std::size_t bytes)
{
    if (bytes > 0 && run.outputs[0] != run.inputs[0])
        std::memcpy(run.outputs[0], run.inputs[0], bytes);
}

core::Expected<void> requireScatter(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    const TensorDesc &data = call.inputs[0], &y = call.outputs[0];
    if (data.dims != y.dims || data.dtype != y.dtype || call.inputs[2].dtype != data.dtype)
        return call.broken("data (input 0), updates (input 2) and output have one type, data and output one shape");
    if (data.rank() == 0)
        return call.broken("the data (input 0) need at least one dimension");
    return {};
}

core::Expected<BoundKernel> bindScatterElements(const KernelCall &call)
{
    NORDLYS_TRY(requireScatter(call));
    const TensorDesc &data = call.inputs[0], &indices = call.inputs[1], &updates = call.inputs[2];
    const auto axis = normalizedAxis(call.intAttribute("axis", 0), data.rank());
    if (!axis)
        return call.broken("the axis is outside the data");
    if (indices.dims != updates.dims || indices.rank() != data.rank())
        return call.broken("indices (input 1) and updates (input 2) have one shape, with as many dimensions as the data");
    for (std::size_t i = 0; i < data.rank(); ++i) {
        if (i != *axis && indices.dims[i] > data.dims[i])
            return call.broken("the indices (input 1) are larger than the data in dimension " + std::to_string(i));
    }
    const IntegerReader indexAt = integerReader(indices.dtype);
    if (indexAt == nullptr)
        return call.broken("the indices (input 1) have to be int32 or int64");
    const auto reduction = reductionOf(call);
    NORDLYS_TRY(reduction);
    Strides rest = data.strides();
    const std::int64_t size = data.dims[*axis], step = rest[*axis];
    rest[*axis] = 0;
    StridedLoop<2> loop(indices.dims);
    loop.setOperand(0, rest);
    loop.setOperand(1, indices.strides());
    const std::size_t bytes = static_cast<std::size_t>(data.elementCount()) * elementSize(data.dtype);
    return dispatchReduction(call, data.dtype, *reduction, [&](auto tag, auto how) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            copyData(run, bytes);
            KernelStatus status = nullptr;
            loop.run([&](const auto &at) {
                std::int64_t index = 0;
                if (normalizeIndex(indexAt(run.inputs[1], at[1]), size, index))
                    combine<T, decltype(how)::value>(run.output<T>(0)[at[0] + index * step], run.input<T>(2)[at[1]]);
                else
                    status = indexOutside;
            });
            return status;
        });
    });
}

core::Expected<BoundKernel> bindScatterNd(const KernelCall &call)
{
    NORDLYS_TRY(requireScatter(call));
    const TensorDesc &data = call.inputs[0], &indices = call.inputs[1], &updates = call.inputs[2];
    if (indices.rank() == 0 || indices.dtype != core::DType::Int64)
        return call.broken("the indices (input 1) have to be int64 with at least one dimension");
    const std::int64_t depth = indices.dims.back();
    if (depth > static_cast<std::int64_t>(data.rank()))
        return call.broken("the indices (input 1) name " + std::to_string(depth) + " positions, the data have fewer dimensions");
    core::Dims expected(indices.dims.begin(), indices.dims.end() - 1);
    expected.insert(expected.end(), data.dims.begin() + depth, data.dims.end());
    if (updates.dims != expected)
        return call.broken("the updates' (input 2) shape is not " + core::shapeText(expected));
    const auto reduction = reductionOf(call);
    NORDLYS_TRY(reduction);
    std::int64_t count = 1, block = 1;
    for (std::size_t i = 0; i + 1 < indices.rank(); ++i)
        count *= indices.dims[i];
    for (std::size_t i = static_cast<std::size_t>(depth); i < data.rank(); ++i)
        block *= data.dims[i];
    if (depth == 0 && block == 0)
        count = 0; // indices without positions for blocks without elements, however many they are
    const core::Dims sizes(data.dims.begin(), data.dims.begin() + depth);
    const std::size_t bytes = static_cast<std::size_t>(data.elementCount()) * elementSize(data.dtype);
    return dispatchReduction(call, data.dtype, *reduction, [&](auto tag, auto how) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=, strides = data.strides()](const KernelRun &run) -> KernelStatus {
            copyData(run, bytes);
            const auto *index = run.input<std::int64_t>(1);
            const T *update = run.input<T>(2);
            for (std::int64_t i = 0; i < count; ++i) {
                std::int64_t target = 0;
                for (std::size_t k = 0; k < sizes.size(); ++k) {
                    std::int64_t at = 0;
                    if (!normalizeIndex(*index++, sizes[k], at))
                        return indexOutside;
                    target += at * strides[k];
                }
                for (std::int64_t k = 0; k < block; ++k)
                    combine<T, decltype(how)::value>(run.output<T>(0)[target + k], *update++);
            }
            return nullptr;
        });
    });
}

/// Formula: ONNX TensorScatter 24. Sample b of the update is written from write_indices[b] on along the axis; circular: modulo its length.
core::Expected<BoundKernel> bindTensorScatter(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &past = call.inputs[0], &update = call.inputs[1], &y = call.outputs[0];
    const auto axis = normalizedAxis(call.intAttribute("axis", -2), past.rank());
    if (past.dims != y.dims || past.dtype != y.dtype || update.dtype != past.dtype || update.rank() != past.rank())
        return call.broken("past_cache (input 0), update (input 1) and output have one type, past_cache and output one shape");
    if (!axis || *axis == 0)
        return call.broken("the axis is outside the cache or the batch axis");
    const std::string mode = call.stringAttribute("mode", "linear");
    if (mode != "linear" && mode != "circular")
        return call.broken("the mode '" + mode + "' does not exist");
    for (std::size_t i = 0; i < past.rank(); ++i) {
        if (i == *axis ? update.dims[i] > past.dims[i] : update.dims[i] != past.dims[i])
            return call.broken("the update (input 1) does not fit the cache in dimension " + std::to_string(i));
    }
    if (call.hasInput(2) && (call.inputs[2].dtype != core::DType::Int64 || call.inputs[2].dims != core::Dims{past.dims[0]}))
        return call.broken("write_indices (input 2) has to be one int64 per sample of the batch");
    std::int64_t prefixes = 1, inner = 1;
    for (std::size_t i = 1; i < *axis; ++i)
        prefixes *= past.dims[i];
    for (std::size_t i = *axis + 1; i < past.rank(); ++i)
        inner *= past.dims[i];
    const std::size_t block = static_cast<std::size_t>(inner) * elementSize(past.dtype);
    const std::size_t bytes = static_cast<std::size_t>(past.elementCount()) * elementSize(past.dtype);
    const std::int64_t batches = past.dims[0], length = past.dims[*axis], count = update.dims[*axis];
    return bound(call, [=, circular = mode == "circular"](const KernelRun &run) -> KernelStatus {
        copyData(run, bytes);
        const auto *starts = run.input<std::int64_t>(2);
        const std::byte *from = run.inputs[1];
        for (std::int64_t b = 0; b < batches && block > 0 && count > 0; ++b) {
            const std::int64_t start = starts != nullptr ? starts[b] : 0;
            if (start < 0 || (!circular && start > length - count))
                return "a write index is outside the cache";
            for (std::int64_t p = 0; p < prefixes; ++p) {
                for (std::int64_t s = 0; s < count; ++s) {
                    const std::int64_t at = circular ? (start % length + s) % length : start + s;
                    std::memcpy(run.outputs[0] + static_cast<std::size_t>((b * prefixes + p) * length + at) * block, from, block);
                    from += block;
                }
            }
        }
        return nullptr;
    });
}

constexpr KernelEntry entries[] = {
    {"", "Scatter", 9, bindScatterElements, false},
    {"", "ScatterElements", 11, bindScatterElements, false},
    {"", "ScatterND", 11, bindScatterNd, false},
    {"", "TensorScatter", 24, bindTensorScatter, false},
};

} // namespace

std::span<const KernelEntry> scatterKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

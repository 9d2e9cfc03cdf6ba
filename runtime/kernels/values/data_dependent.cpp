// SPDX-License-Identifier: Apache-2.0
#include "families.h"

#include <runtime/kernels/reference/half.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace nordlys::runtime::values {

namespace {

using reference::BFloat16;
using reference::ComputeOf;
using reference::Half;

core::Error noKernelFor(const ValueCall &value, core::DType type)
{
    return value.call.unsupported("the type " + std::string(core::nameOf(type)) + " has no kernel");
}

core::Expected<void> requireTensors(const ValueCall &value, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        if (i >= value.inputs.size() || !value.inputs[i].isTensor())
            return value.call.broken("input " + std::to_string(i) + " has to be a tensor");
    }
    return {};
}

/// Positions of the elements that are not zero, as columns of [rank, count] in C order; a scalar has no dimensions, so its columns are empty (ONNX
/// NonZero behaves like numpy.nonzero on at least one dimension). -0.0 is zero.
template <typename T>
core::Expected<Value> nonZeroOf(const ValueCall &value)
{
    const core::HostTensor &tensor = value.inputs[0].tensor();
    const core::Dims &dims = tensor.dims();
    const std::size_t rank = dims.size();
    const std::span<const T> data = tensor.as<T>();
    const auto isSet = [](T element) { return static_cast<ComputeOf<T>>(element) != ComputeOf<T>(0); };
    const auto count = static_cast<std::size_t>(std::ranges::count_if(data, isSet));
    auto result = core::HostTensor::create(core::DType::Int64, {static_cast<std::int64_t>(rank), static_cast<std::int64_t>(count)}, value.byteLimit);
    NORDLYS_TRY(result);
    const std::span<std::int64_t> out = result->as<std::int64_t>();
    std::vector<std::int64_t> index(rank, 0);
    std::size_t column = 0;
    for (const T element : data) {
        if (isSet(element)) {
            for (std::size_t axis = 0; axis < rank; ++axis)
                out[axis * count + column] = index[axis];
            ++column;
        }
        for (std::size_t axis = rank; axis-- > 0;) {
            if (++index[axis] < dims[axis])
                break;
            index[axis] = 0;
        }
    }
    return Value::ofTensor(std::move(*result));
}

core::Expected<Value> nonZeroByType(const ValueCall &value)
{
    const core::DType type = value.inputs[0].elementType();
    switch (type) {
    case core::DType::Float32: return nonZeroOf<float>(value);
    case core::DType::Float64: return nonZeroOf<double>(value);
    case core::DType::Float16: return nonZeroOf<Half>(value);
    case core::DType::BFloat16: return nonZeroOf<BFloat16>(value);
    default: break;
    }
    if (!core::isInteger(type) && type != core::DType::Bool)
        return noKernelFor(value, type);
    switch (elementSize(type)) {
    case 1: return nonZeroOf<std::uint8_t>(value);
    case 2: return nonZeroOf<std::uint16_t>(value);
    case 4: return nonZeroOf<std::uint32_t>(value);
    case 8: return nonZeroOf<std::uint64_t>(value);
    default: return noKernelFor(value, type);
    }
}

core::Expected<std::vector<Value>> nonZero(const ValueCall &value)
{
    NORDLYS_TRY(requireTensors(value, 1));
    auto result = nonZeroByType(value);
    NORDLYS_TRY(result);
    return std::vector<Value>{std::move(*result)};
}

/// The slices of a tensor along an axis: blocks of `bytes` bytes, one for each of `outer` rows.
struct Slices {
    std::size_t outer = 1, count = 0, bytes = 0;
    core::Dims dims;
    std::size_t axis = 0;

    /// A tensor of the slices `picked` in that order.
    [[nodiscard]] core::Expected<Value> pick(const core::HostTensor &tensor, const std::vector<std::int64_t> &picked, std::uint64_t byteLimit) const
    {
        core::Dims result = dims;
        result[axis] = static_cast<std::int64_t>(picked.size());
        auto out = core::HostTensor::create(tensor.dtype(), std::move(result), byteLimit);
        NORDLYS_TRY(out);
        std::byte *to = out->bytes().data();
        for (std::size_t o = 0; o < outer && bytes > 0 && !picked.empty(); ++o) {
            for (const std::int64_t index : picked) {
                std::memcpy(to, tensor.bytes().data() + (o * count + static_cast<std::size_t>(index)) * bytes, bytes);
                to += bytes;
            }
        }
        return Value::ofTensor(std::move(*out));
    }
};

/// Along the attribute `axis`; without it the tensor is taken as flat.
core::Expected<Slices> slicesOf(const ValueCall &value)
{
    const core::HostTensor &tensor = value.inputs[0].tensor();
    Slices slices;
    slices.bytes = elementSize(tensor.dtype());
    if (slices.bytes == 0)
        return noKernelFor(value, tensor.dtype());
    if (value.call.attribute("axis") == nullptr) {
        slices.count = tensor.elementCount();
        slices.dims = {static_cast<std::int64_t>(slices.count)};
        return slices;
    }
    const std::int64_t axis = value.call.intAttribute("axis", 0);
    const auto rank = static_cast<std::int64_t>(tensor.dims().size());
    if (axis < -rank || axis >= rank)
        return value.call.broken("axis " + std::to_string(axis) + " lies outside rank " + std::to_string(rank));
    slices.axis = static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
    slices.dims = tensor.dims();
    slices.count = static_cast<std::size_t>(tensor.dims()[slices.axis]);
    for (std::size_t i = 0; i < tensor.dims().size(); ++i) {
        if (i != slices.axis)
            (i < slices.axis ? slices.outer : slices.bytes) *= static_cast<std::size_t>(tensor.dims()[i]);
    }
    return slices;
}

/// Formula: ONNX Compress 9. The condition may be shorter than the axis; what it does not name is left out.
core::Expected<std::vector<Value>> compress(const ValueCall &value)
{
    NORDLYS_TRY(requireTensors(value, 2));
    const core::HostTensor &condition = value.inputs[1].tensor();
    if (condition.dtype() != core::DType::Bool || condition.dims().size() != 1)
        return value.call.broken("the condition (input 1) has to be boolean of one dimension");
    const auto slices = slicesOf(value);
    NORDLYS_TRY(slices);
    std::vector<std::int64_t> picked;
    for (std::size_t i = 0; i < condition.elementCount(); ++i) {
        if (condition.as<std::uint8_t>()[i] == 0)
            continue;
        if (i >= slices->count)
            return value.call.broken("the condition (input 1) selects element " + std::to_string(i) + " of " + std::to_string(slices->count));
        picked.push_back(static_cast<std::int64_t>(i));
    }
    auto result = slices->pick(value.inputs[0].tensor(), picked, value.byteLimit);
    NORDLYS_TRY(result);
    return std::vector<Value>{std::move(*result)};
}

/// Negative, zero or positive as a stands before, with or behind b; every NaN is one value behind all numbers (as in numpy.unique).
template <typename T>
int compareElements(T a, T b)
{
    const auto x = static_cast<ComputeOf<T>>(a), y = static_cast<ComputeOf<T>>(b);
    if constexpr (reference::isFloatType<T>) {
        if (std::isnan(x) || std::isnan(y))
            return static_cast<int>(std::isnan(x)) - static_cast<int>(std::isnan(y));
    }
    return x < y ? -1 : y < x ? 1 : 0;
}

/// Orders slices element by element.
template <typename T>
struct SliceOrder {
    const T *data;
    std::size_t outer, count, width;

    [[nodiscard]] int compare(std::int64_t a, std::int64_t b) const
    {
        for (std::size_t o = 0; o < outer && width > 0; ++o) {
            const T *x = data + (o * count + static_cast<std::size_t>(a)) * width, *y = data + (o * count + static_cast<std::size_t>(b)) * width;
            for (std::size_t i = 0; i < width; ++i) {
                if (const int order = compareElements(x[i], y[i]); order != 0)
                    return order;
            }
        }
        return 0;
    }
};

struct UniqueLists {
    std::vector<std::int64_t> first, inverse, counts;
};

template <typename T>
UniqueLists uniqueOf(const ValueCall &value, const Slices &slices, bool sorted)
{
    const SliceOrder<T> order{value.inputs[0].tensor().as<T>().data(), slices.outer, slices.count, slices.bytes / sizeof(T)};
    std::vector<std::int64_t> by(slices.count);
    std::iota(by.begin(), by.end(), 0);
    std::sort(by.begin(), by.end(), [&](std::int64_t a, std::int64_t b) {
        const int compared = order.compare(a, b);
        return compared != 0 ? compared < 0 : a < b;
    });
    UniqueLists lists;
    lists.inverse.resize(slices.count);
    for (std::size_t i = 0; i < by.size(); ++i) {
        if (i == 0 || order.compare(by[i - 1], by[i]) != 0) {
            lists.first.push_back(by[i]);
            lists.counts.push_back(0);
        }
        lists.inverse[static_cast<std::size_t>(by[i])] = static_cast<std::int64_t>(lists.first.size()) - 1;
        ++lists.counts.back();
    }
    if (sorted)
        return lists;
    // In the order of their first occurrence instead.
    std::vector<std::int64_t> places(lists.first.size()), newPlace(lists.first.size());
    std::iota(places.begin(), places.end(), 0);
    std::ranges::sort(places, {}, [&](std::int64_t i) { return lists.first[static_cast<std::size_t>(i)]; });
    UniqueLists result;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto old = static_cast<std::size_t>(places[i]);
        newPlace[old] = static_cast<std::int64_t>(i);
        result.first.push_back(lists.first[old]);
        result.counts.push_back(lists.counts[old]);
    }
    for (const std::int64_t place : lists.inverse)
        result.inverse.push_back(newPlace[static_cast<std::size_t>(place)]);
    return result;
}

core::Expected<UniqueLists> uniqueByType(const ValueCall &value, const Slices &slices)
{
    const bool sorted = value.call.intAttribute("sorted", 1) != 0;
    switch (value.inputs[0].elementType()) {
    case core::DType::Float32: return uniqueOf<float>(value, slices, sorted);
    case core::DType::Float64: return uniqueOf<double>(value, slices, sorted);
    case core::DType::Float16: return uniqueOf<Half>(value, slices, sorted);
    case core::DType::BFloat16: return uniqueOf<BFloat16>(value, slices, sorted);
    case core::DType::Int8: return uniqueOf<std::int8_t>(value, slices, sorted);
    case core::DType::Int16: return uniqueOf<std::int16_t>(value, slices, sorted);
    case core::DType::Int32: return uniqueOf<std::int32_t>(value, slices, sorted);
    case core::DType::Int64: return uniqueOf<std::int64_t>(value, slices, sorted);
    case core::DType::Bool:
    case core::DType::UInt8: return uniqueOf<std::uint8_t>(value, slices, sorted);
    case core::DType::UInt16: return uniqueOf<std::uint16_t>(value, slices, sorted);
    case core::DType::UInt32: return uniqueOf<std::uint32_t>(value, slices, sorted);
    case core::DType::UInt64: return uniqueOf<std::uint64_t>(value, slices, sorted);
    default: return noKernelFor(value, value.inputs[0].elementType());
    }
}

core::Expected<Value> indexTensor(const std::vector<std::int64_t> &list)
{
    auto tensor = core::HostTensor::create(core::DType::Int64, {static_cast<std::int64_t>(list.size())});
    NORDLYS_TRY(tensor);
    std::ranges::copy(list, tensor->as<std::int64_t>().begin());
    return Value::ofTensor(std::move(*tensor));
}

/// Formula: ONNX Unique 11: values, their first positions, for every element the position of its value, and how often each stands there.
core::Expected<std::vector<Value>> unique(const ValueCall &value)
{
    NORDLYS_TRY(requireTensors(value, 1));
    const auto slices = slicesOf(value);
    NORDLYS_TRY(slices);
    if (slices->count > value.byteLimit / (6 * sizeof(std::int64_t))) // the lists; an axis without elements beside it may be of any length
        return value.call.broken("the positions of " + std::to_string(slices->count) + " values do not fit the memory that is allowed");
    auto lists = uniqueByType(value, *slices);
    NORDLYS_TRY(lists);
    std::vector<Value> outputs(value.call.outputs.size());
    for (std::size_t i = 0; i < outputs.size() && i < 4; ++i) {
        if (!value.call.hasOutput(i))
            continue;
        auto output = i == 0   ? slices->pick(value.inputs[0].tensor(), lists->first, value.byteLimit)
                      : i == 1 ? indexTensor(lists->first)
                      : i == 2 ? indexTensor(lists->inverse)
                               : indexTensor(lists->counts);
        NORDLYS_TRY(output);
        outputs[i] = std::move(*output);
    }
    return outputs;
}

constexpr ValueKernelEntry entries[] = {{"", "NonZero", 9, nonZero}, {"", "Compress", 9, compress}, {"", "Unique", 11, unique}};

} // namespace

std::span<const ValueKernelEntry> dataDependentKernels()
{
    return entries;
}

} // namespace nordlys::runtime::values

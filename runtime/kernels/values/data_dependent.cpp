// SPDX-License-Identifier: Apache-2.0
#include "families.h"

namespace nordlys::runtime::values {

namespace {

/// Positions of the elements that are not zero, as columns of [rank, count] in C order; a scalar counts as one dimension of size 1 (ONNX
/// NonZero behaves like numpy.nonzero on at least one dimension).
template <typename T>
core::Expected<Value> nonZeroOf(const ValueCall &value)
{
    const core::HostTensor &tensor = value.inputs[0].tensor();
    const core::Dims &dims = tensor.dims();
    const std::size_t rank = dims.size();
    const std::span<const T> data = tensor.as<T>();
    std::size_t count = 0;
    for (const T element : data)
        count += element != T(0) ? 1 : 0;
    auto result = core::HostTensor::create(core::DType::Int64, {static_cast<std::int64_t>(rank), static_cast<std::int64_t>(count)}, value.byteLimit);
    NORDLYS_TRY(result);
    const std::span<std::int64_t> out = result->as<std::int64_t>();
    std::vector<std::int64_t> index(rank, 0);
    std::size_t column = 0;
    for (const T element : data) {
        if (element != T(0)) {
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

core::Expected<std::vector<Value>> nonZero(const ValueCall &value)
{
    if (value.inputs.size() != 1 || !value.inputs[0].isTensor())
        return value.call.broken("it takes one tensor");
    core::Expected<Value> result = value.call.unsupported("the type " + std::string(core::nameOf(value.inputs[0].elementType())) + " has no kernel");
    switch (elementSize(value.inputs[0].elementType())) {
    case 1: result = nonZeroOf<std::uint8_t>(value); break;
    case 2:
        // -0.0 counts as zero.
        result = value.inputs[0].elementType() == core::DType::Float16 || value.inputs[0].elementType() == core::DType::BFloat16
                     ? core::Expected<Value>(value.call.unsupported("the type " + std::string(core::nameOf(value.inputs[0].elementType())) + " has no kernel"))
                     : nonZeroOf<std::uint16_t>(value);
        break;
    case 4: result = value.inputs[0].elementType() == core::DType::Float32 ? nonZeroOf<float>(value) : nonZeroOf<std::uint32_t>(value); break;
    case 8: result = value.inputs[0].elementType() == core::DType::Float64 ? nonZeroOf<double>(value) : nonZeroOf<std::uint64_t>(value); break;
    default: break;
    }
    NORDLYS_TRY(result);
    return std::vector<Value>{std::move(*result)};
}

constexpr ValueKernelEntry entries[] = {{"", "NonZero", 9, nonZero}};

} // namespace

std::span<const ValueKernelEntry> dataDependentKernels()
{
    return entries;
}

} // namespace nordlys::runtime::values

// SPDX-License-Identifier: Apache-2.0
#include "constant_values.h"

#include <core/tensor/float_bits.h>

#include <cmath>
#include <limits>
#include <cstring>

namespace nordlys::core::ops {

namespace {

template <typename Stored, typename Number>
std::vector<Number> readAs(std::span<const std::byte> bytes, std::size_t count)
{
    std::vector<Number> numbers(count);
    for (std::size_t i = 0; i < count; ++i) {
        Stored stored; // memcpy: the bytes of a mapped file are not aligned
        std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
        numbers[i] = static_cast<Number>(stored);
    }
    return numbers;
}

std::optional<std::size_t> smallCount(DType type, std::optional<std::int64_t> count, std::span<const std::byte> bytes)
{
    const int bits = bitsOf(type);
    if (!count || *count > static_cast<std::int64_t>(kMaxShapeValues) || bits < 8)
        return std::nullopt;
    const auto size = static_cast<std::size_t>(*count);
    if (bytes.size() < size * static_cast<std::size_t>(bits / 8))
        return std::nullopt;
    return size;
}

template <typename Number>
std::optional<std::vector<Number>> readIntegerTypes(DType type, std::span<const std::byte> bytes, std::size_t count)
{
    switch (type) {
    case DType::UInt8:
    case DType::Bool: return readAs<std::uint8_t, Number>(bytes, count);
    case DType::Int8: return readAs<std::int8_t, Number>(bytes, count);
    case DType::UInt16: return readAs<std::uint16_t, Number>(bytes, count);
    case DType::Int16: return readAs<std::int16_t, Number>(bytes, count);
    case DType::Int32: return readAs<std::int32_t, Number>(bytes, count);
    case DType::UInt32: return readAs<std::uint32_t, Number>(bytes, count);
    case DType::Int64: return readAs<std::int64_t, Number>(bytes, count);
    case DType::UInt64: return readAs<std::uint64_t, Number>(bytes, count);
    default: return std::nullopt;
    }
}

std::optional<std::vector<double>> numbersOf(DType type, std::span<const std::byte> bytes, std::size_t count)
{
    if (type == DType::Float32)
        return readAs<float, double>(bytes, count);
    if (type == DType::Float64)
        return readAs<double, double>(bytes, count);
    if (type == DType::Float16 || type == DType::BFloat16) {
        std::vector<double> numbers = readAs<std::uint16_t, double>(bytes, count);
        for (double &number : numbers) {
            const auto bits = static_cast<std::uint16_t>(number);
            number = static_cast<double>(type == DType::Float16 ? floatFromHalf(bits) : floatFromBFloat16(bits));
        }
        return numbers;
    }
    return readIntegerTypes<double>(type, bytes, count);
}

std::optional<std::vector<std::int64_t>> integersOf(DType type, std::optional<std::int64_t> elements, std::span<const std::byte> bytes)
{
    const std::optional<std::size_t> count = smallCount(type, elements, bytes);
    if (!count)
        return std::nullopt;
    if (!isFloat(type))
        return readIntegerTypes<std::int64_t>(type, bytes, *count);
    const std::optional<std::vector<double>> numbers = numbersOf(type, bytes, *count);
    if (!numbers) // floats of 8 bits
        return std::nullopt;
    std::vector<std::int64_t> integers;
    for (const double number : *numbers) {
        if (!(std::abs(number) <= 9007199254740992.0) || number != std::trunc(number))
            return std::nullopt;
        integers.push_back(static_cast<std::int64_t>(number));
    }
    return integers;
}

} // namespace

std::optional<std::vector<double>> readNumbers(const Tensor &tensor)
{
    if (!tensor.constant || !tensor.shape)
        return std::nullopt;
    const std::optional<std::size_t> count = smallCount(tensor.dtype, elementCount(*tensor.shape), tensor.constant->bytes());
    return count ? numbersOf(tensor.dtype, tensor.constant->bytes(), *count) : std::nullopt;
}

std::optional<std::vector<std::int64_t>> readIntegers(const Tensor &tensor)
{
    if (!tensor.constant || !tensor.shape)
        return std::nullopt;
    return integersOf(tensor.dtype, elementCount(*tensor.shape), tensor.constant->bytes());
}

std::optional<std::vector<std::int64_t>> readIntegers(const AttributeTensor &tensor)
{
    return integersOf(tensor.dtype, elementCount(tensor.dims), tensor.data.bytes());
}

bool isHeldExactly(DType type, std::int64_t value)
{
    const auto within = [value](std::int64_t low, std::int64_t high) { return value >= low && value <= high; };
    switch (type) {
    case DType::Int8: return within(-128, 127);
    case DType::UInt8: return within(0, 255);
    case DType::Int16: return within(-32768, 32767);
    case DType::UInt16: return within(0, 65535);
    case DType::Int32: return within(std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
    case DType::UInt32: return within(0, std::numeric_limits<std::uint32_t>::max());
    case DType::UInt64: return value >= 0;
    case DType::BFloat16: return within(-256, 256);
    case DType::Float16: return within(-2048, 2048);
    case DType::Float32: return within(-(1 << 24), 1 << 24);
    case DType::Float64: return within(-(std::int64_t(1) << 53), std::int64_t(1) << 53);
    case DType::Bool: return within(0, 1);
    default: return true;
    }
}

} // namespace nordlys::core::ops

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reference.h"

#include <core/tensor/float_bits.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

/// Number types of sums and of parameters whose type may differ from the data's.
namespace nordlys::runtime::reference {

/// Type in which values of T are multiplied and summed: double for double and integers, float for float and the 16-bit floating types.
template <typename T>
using Wide = std::conditional_t<std::is_same_v<T, double> || std::is_integral_v<T>, double, float>;

template <typename T>
Wide<T> widen(T value)
{
    return static_cast<Wide<T>>(value);
}

/// Back to T, rounded once. Integers are cut off and held in their range, as numbers of interpolation may leave it.
template <typename T, typename From>
T narrow(From value)
{
    if constexpr (std::is_integral_v<T>)
        return cutToInteger<T>(static_cast<double>(value));
    else
        return static_cast<T>(value);
}

/// Element `index` of a tensor of any floating type.
inline double floatAt(const std::byte *data, core::DType type, std::int64_t index)
{
    const auto read = [&]<typename Stored>(Stored value) {
        std::memcpy(&value, data + index * static_cast<std::int64_t>(sizeof(Stored)), sizeof(Stored));
        return value;
    };
    switch (type) {
    case core::DType::Float64: return read(double{});
    case core::DType::Float16: return static_cast<double>(core::floatFromHalf(read(std::uint16_t{})));
    case core::DType::BFloat16: return static_cast<double>(core::floatFromBFloat16(read(std::uint16_t{})));
    default: return static_cast<double>(read(float{}));
    }
}

inline void storeFloat(std::byte *data, core::DType type, std::int64_t index, double value)
{
    const auto write = [&]<typename Stored>(Stored stored) {
        std::memcpy(data + index * static_cast<std::int64_t>(sizeof(Stored)), &stored, sizeof(Stored));
    };
    switch (type) {
    case core::DType::Float64: write(value); break;
    case core::DType::Float16: write(core::halfFromFloat(static_cast<float>(value))); break;
    case core::DType::BFloat16: write(core::bfloat16FromFloat(static_cast<float>(value))); break;
    default: write(static_cast<float>(value)); break;
    }
}

/// float32, float64, float16, bfloat16: the types that floatAt and storeFloat know.
inline bool isComputedFloat(core::DType type)
{
    return type == core::DType::Float32 || type == core::DType::Float64 || type == core::DType::Float16 || type == core::DType::BFloat16;
}

/// Element `index` of an int32 or int64 tensor.
inline std::int64_t indexAt(const std::byte *data, core::DType type, std::int64_t index)
{
    if (type == core::DType::Int32)
        return reinterpret_cast<const std::int32_t *>(data)[index];
    return reinterpret_cast<const std::int64_t *>(data)[index];
}

/// Product of dims first..end.
inline std::int64_t productOf(const core::Dims &dims, std::size_t first, std::size_t end)
{
    std::int64_t count = 1;
    for (std::size_t i = first; i < end; ++i)
        count *= dims[i];
    return count;
}

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <runtime/kernels/kernel.h>

#include <cstdint>

namespace nordlys::runtime::reference {

inline constexpr KernelStatus indexOutside = "an index is outside the data";

/// Reads element `i` of an index tensor.
using IntegerReader = std::int64_t (*)(const std::byte *data, std::int64_t i);

template <typename I>
std::int64_t readInteger(const std::byte *data, std::int64_t i)
{
    return static_cast<std::int64_t>(reinterpret_cast<const I *>(data)[i]);
}

/// For int32 and int64, the types of indices; null for others.
inline IntegerReader integerReader(core::DType type)
{
    return type == core::DType::Int64 ? readInteger<std::int64_t> : type == core::DType::Int32 ? readInteger<std::int32_t> : nullptr;
}

/// Counts a negative index from the end; false when it lies outside 0..size-1 then.
inline bool normalizeIndex(std::int64_t raw, std::int64_t size, std::int64_t &index)
{
    index = raw < 0 ? raw + size : raw;
    return index >= 0 && index < size;
}

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#include "host_tensor.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace nordlys::core {

namespace {

constexpr std::size_t kAlignment = 64;

// calloc instead of an aligned allocation plus memset: fresh pages of a large tensor are zero without being touched. The pointer
// that calloc gave stands right before the aligned block.
std::byte *allocateZeroed(std::size_t size)
{
    if (size > std::numeric_limits<std::size_t>::max() - 2 * kAlignment)
        return nullptr;
    void *raw = std::calloc(1, size + 2 * kAlignment);
    if (!raw)
        return nullptr;
    const auto address = reinterpret_cast<std::uintptr_t>(raw);
    auto *aligned = static_cast<std::byte *>(raw) + (kAlignment - address % kAlignment);
    std::memcpy(aligned - sizeof(void *), &raw, sizeof(void *));
    return aligned;
}

} // namespace

void HostTensor::Free::operator()(std::byte *p) const
{
    if (!p)
        return;
    void *raw = nullptr;
    std::memcpy(&raw, p - sizeof(void *), sizeof(void *));
    std::free(raw);
}

Expected<HostTensor> HostTensor::create(DType dtype, Dims dims, std::size_t maxBytes)
{
    const int bits = bitsOf(dtype);
    if (bits <= 0)
        return notSupported("tensor", "elements of type " + std::string(nameOf(dtype)) + " have no fixed size");
    bool empty = false;
    for (const std::int64_t dim : dims) {
        if (dim < 0)
            return badInput("tensor", "a dimension of " + shapeText(dims) + " is negative");
        empty = empty || dim == 0;
    }
    std::uint64_t count = empty ? 0 : 1;
    for (const std::int64_t dim : dims) {
        if (count != 0 && __builtin_mul_overflow(count, static_cast<std::uint64_t>(dim), &count))
            return badInput("tensor", "the number of elements of " + shapeText(dims) + " overflows");
    }
    std::uint64_t totalBits = 0;
    if (__builtin_mul_overflow(count, static_cast<std::uint64_t>(bits), &totalBits) || totalBits / 8 > maxBytes)
        return badInput("tensor", "shape " + shapeText(dims) + " needs more than " + std::to_string(maxBytes) + " bytes");
    HostTensor tensor;
    tensor.m_size = static_cast<std::size_t>(totalBits / 8 + (totalBits % 8 != 0 ? 1 : 0));
    tensor.m_data.reset(allocateZeroed(tensor.m_size));
    if (!tensor.m_data)
        return badInput("tensor", "there is not enough memory for shape " + shapeText(dims));
    tensor.m_dtype = dtype;
    tensor.m_dims = std::move(dims);
    tensor.m_count = static_cast<std::size_t>(count);
    return tensor;
}

HostTensor::HostTensor(const HostTensor &other)
    : m_dtype(other.m_dtype), m_dims(other.m_dims), m_count(other.m_count), m_size(other.m_size)
{
    if (!other.m_data)
        return;
    m_data.reset(allocateZeroed(m_size));
    if (!m_data)
        throw std::bad_alloc();
    std::memcpy(m_data.get(), other.m_data.get(), m_size);
}

HostTensor &HostTensor::operator=(const HostTensor &other)
{
    if (this != &other) {
        HostTensor copy(other);
        *this = std::move(copy);
    }
    return *this;
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <span>
#include <string>
#include <utility>

namespace nordlys::runtime {

/// Owns uninitialised memory that starts at a multiple of 64 bytes (a cache line, and the widest vector). Moves, never copies.
class AlignedBuffer
{
public:
    static constexpr std::size_t alignment = 64;

    /// An empty buffer: data() is null, size() is 0.
    AlignedBuffer() = default;
    AlignedBuffer(AlignedBuffer &&other) noexcept
        : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0))
    {
    }
    AlignedBuffer &operator=(AlignedBuffer &&other) noexcept
    {
        std::swap(m_data, other.m_data);
        std::swap(m_size, other.m_size);
        return *this;
    }
    AlignedBuffer(const AlignedBuffer &) = delete;
    AlignedBuffer &operator=(const AlignedBuffer &) = delete;
    ~AlignedBuffer() { std::free(m_data); }

    /// `bytes` of uninitialised memory; NotSupported where the machine refuses that much. Zero bytes give an empty buffer.
    static core::Expected<AlignedBuffer> create(std::size_t bytes)
    {
        AlignedBuffer buffer;
        if (bytes == 0)
            return buffer;
        if (bytes <= std::numeric_limits<std::size_t>::max() / 2) {
            const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
            buffer.m_data = static_cast<std::byte *>(std::aligned_alloc(alignment, rounded));
        }
        if (buffer.m_data == nullptr)
            return core::notSupported("memory", std::to_string(bytes) + " bytes could not be allocated",
                                      "Use a smaller model or input, or close other programs");
        buffer.m_size = bytes;
        return buffer;
    }

    [[nodiscard]] std::byte *data() { return m_data; }
    [[nodiscard]] const std::byte *data() const { return m_data; }
    [[nodiscard]] std::size_t size() const { return m_size; }
    [[nodiscard]] std::span<std::byte> bytes() { return {m_data, m_size}; }
    [[nodiscard]] std::span<const std::byte> bytes() const { return {m_data, m_size}; }

private:
    std::byte *m_data = nullptr;
    std::size_t m_size = 0;
};

} // namespace nordlys::runtime

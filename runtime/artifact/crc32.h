// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace nordlys::runtime {

/// CRC-32 as in ISO-HDLC (zlib, PNG): polynomial 0xEDB88320 reflected, start and end inverted. Added to piece by piece.
class Crc32 {
public:
    void add(std::span<const std::byte> bytes)
    {
        for (const std::byte byte : bytes)
            m_state = table()[(m_state ^ static_cast<std::uint32_t>(byte)) & 0xFFU] ^ (m_state >> 8);
    }
    [[nodiscard]] std::uint32_t value() const { return ~m_state; }

private:
    static const std::array<std::uint32_t, 256> &table()
    {
        static const std::array<std::uint32_t, 256> entries = [] {
            std::array<std::uint32_t, 256> made{};
            for (std::uint32_t i = 0; i < 256; ++i) {
                std::uint32_t value = i;
                for (int bit = 0; bit < 8; ++bit)
                    value = (value & 1U) != 0 ? 0xEDB88320U ^ (value >> 1) : value >> 1;
                made[i] = value;
            }
            return made;
        }();
        return entries;
    }
    std::uint32_t m_state = 0xFFFFFFFFU;
};

} // namespace nordlys::runtime

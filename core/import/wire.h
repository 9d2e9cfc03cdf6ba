// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace nordlys::core {

/// One field of a protobuf message (https://protobuf.dev/programming-guides/encoding).
struct WireField {
    enum Type : std::uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };
    std::uint32_t number = 0;
    Type type = Varint;
    std::uint64_t value = 0;            ///< of a varint or fixed field
    std::span<const std::byte> payload; ///< of a Bytes field
    std::span<const std::byte> whole;   ///< tag and content
};

/// Walks over the fields of one message without reading their content.
class WireReader {
public:
    explicit WireReader(std::span<const std::byte> message) : m_message(message) {}
    /// False at the end and on damage; failed() tells which.
    bool next(WireField &field);
    [[nodiscard]] bool failed() const { return m_failed; }
    /// Where reading stands or stopped, from the message's start.
    [[nodiscard]] std::size_t position() const { return m_position; }

private:
    bool fail();
    bool readVarint(std::uint64_t &value);

    std::span<const std::byte> m_message;
    std::size_t m_position = 0;
    bool m_failed = false;
};

void appendVarint(std::string &out, std::uint64_t value);
/// Appends a Bytes field.
void appendBytesField(std::string &out, std::uint32_t number, std::span<const std::byte> payload);

} // namespace nordlys::core

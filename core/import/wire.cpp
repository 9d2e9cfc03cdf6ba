// SPDX-License-Identifier: Apache-2.0
#include "wire.h"

#include <algorithm>

namespace nordlys::core {

bool WireReader::fail()
{
    m_failed = true;
    return false;
}

bool WireReader::readVarint(std::uint64_t &value)
{
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (m_position >= m_message.size())
            return false;
        const auto byte = std::to_integer<std::uint64_t>(m_message[m_position++]);
        value |= (byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            return true;
    }
    return false;
}

bool WireReader::next(WireField &field)
{
    if (m_failed || m_position >= m_message.size())
        return false;
    const std::size_t start = m_position;
    std::uint64_t tag = 0;
    if (!readVarint(tag) || tag > 0xffffffffu || (tag >> 3) == 0)
        return fail();
    field.number = static_cast<std::uint32_t>(tag >> 3);
    field.payload = {};
    field.value = 0;
    std::size_t fixedSize = 0;
    switch (tag & 7) {
    case WireField::Varint:
        if (!readVarint(field.value))
            return fail();
        break;
    case WireField::Bytes: {
        std::uint64_t length = 0;
        if (!readVarint(length) || length > m_message.size() - m_position)
            return fail();
        field.payload = m_message.subspan(m_position, static_cast<std::size_t>(length));
        m_position += static_cast<std::size_t>(length);
        break;
    }
    case WireField::Fixed64: fixedSize = 8; break;
    case WireField::Fixed32: fixedSize = 4; break;
    default: return fail(); // groups: nothing that we read uses them
    }
    if (fixedSize > m_message.size() - m_position)
        return fail();
    for (std::size_t i = 0; i < fixedSize; ++i)
        field.value |= std::to_integer<std::uint64_t>(m_message[m_position + i]) << (8 * i);
    m_position += fixedSize;
    field.type = static_cast<WireField::Type>(tag & 7);
    field.whole = m_message.subspan(start, m_position - start);
    return true;
}

void appendVarint(std::string &out, std::uint64_t value)
{
    while (value >= 0x80) {
        out += static_cast<char>((value & 0x7f) | 0x80);
        value >>= 7;
    }
    out += static_cast<char>(value);
}

void appendBytesField(std::string &out, std::uint32_t number, std::span<const std::byte> payload)
{
    appendVarint(out, (static_cast<std::uint64_t>(number) << 3) | WireField::Bytes);
    appendVarint(out, payload.size());
    out.append(reinterpret_cast<const char *>(payload.data()), payload.size());
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

/// Serialized ONNX messages in a line of code each, for tests that need files without libonnx. Field numbers are those of onnx.proto3.
namespace nordlys::test::onnx_bytes {

inline std::string varint(std::uint64_t value)
{
    std::string bytes;
    for (; value >= 0x80; value >>= 7)
        bytes += static_cast<char>((value & 0x7F) | 0x80);
    return bytes + static_cast<char>(value);
}
inline std::string number(int field, std::int64_t value) { return varint(static_cast<std::uint64_t>(field) << 3) + varint(static_cast<std::uint64_t>(value)); }
inline std::string message(int field, std::string_view bytes)
{
    return varint(static_cast<std::uint64_t>(field) << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}
inline std::string strings(int field, const std::vector<std::string> &texts)
{
    std::string bytes;
    for (const std::string &text : texts)
        bytes += message(field, text);
    return bytes;
}
inline std::string dims(int field, const std::vector<std::int64_t> &values)
{
    std::string bytes;
    for (const std::int64_t value : values)
        bytes += number(field, value);
    return bytes;
}

inline std::string integer(const std::string &name, std::int64_t value) { return message(5, message(1, name) + number(3, value) + number(20, 2)); }
inline std::string integers(const std::string &name, const std::vector<std::int64_t> &values)
{
    return message(5, message(1, name) + dims(8, values) + number(20, 7));
}
inline std::string graphAttribute(const std::string &name, const std::string &graph)
{
    return message(5, message(1, name) + message(6, graph) + number(20, 5));
}

/// `attributes`: texts of integer(), integers() and graphAttribute().
inline std::string node(const std::string &op, const std::string &name, const std::vector<std::string> &inputs, const std::string &output,
                        const std::string &attributes = {})
{
    return message(1, strings(1, inputs) + message(2, output) + message(3, name) + message(4, op) + attributes);
}
inline std::string floatBytes(const std::vector<float> &values)
{
    std::string bytes(values.size() * sizeof(float), '\0');
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}
inline std::string weight(const std::string &name, const std::vector<std::int64_t> &shape, const std::vector<float> &values)
{
    return message(5, dims(1, shape) + number(2, 1) + message(8, name) + message(9, floatBytes(values)));
}
inline std::string externalWeight(const std::string &name, const std::vector<std::int64_t> &shape, const std::string &location)
{
    return message(5, dims(1, shape) + number(2, 1) + message(8, name) + message(13, message(1, "location") + message(2, location)) + number(14, 1));
}
/// Field 11 is an input, 12 an output of the graph.
inline std::string port(int field, const std::string &name, const std::vector<std::int64_t> &shape)
{
    std::string sizes;
    for (const std::int64_t dim : shape)
        sizes += message(1, number(1, dim));
    return message(field, message(1, name) + message(2, message(1, number(1, 1) + message(2, sizes))));
}
inline std::string model(const std::string &graph, const std::string &more = {}, int opset = 13)
{
    return number(1, 8) + message(7, message(2, "g") + graph) + message(8, message(1, "") + number(2, opset)) + more;
}

} // namespace nordlys::test::onnx_bytes

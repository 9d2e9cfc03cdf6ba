// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/import/wire.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Models of a size that no test would write byte by byte: their weights are holes in the file (zeros that take no disk space and no time).
namespace nordlys::test {

/// A model in the making, as bytes of onnx.proto3 with holes between them.
class LargeModelWriter {
public:
    enum class Weights { Inline, External };

    /// `count` products of the input [1, 1024] with weights of their own, about `weightBytes` each, as outputs y0, y1 ...; external weights lie in
    /// weights.bin beside the model. Returns what all weights take.
    static std::uint64_t write(const std::filesystem::path &file, Weights where, int count, std::uint64_t weightBytes)
    {
        constexpr std::uint64_t rows = 1024;
        const std::uint64_t columns = weightBytes / (rows * sizeof(float)), bytes = rows * columns * sizeof(float);
        std::string nodes, ports;
        appendMessage(ports, 11, valueInfo("x", {1, rows}));
        for (int i = 0; i < count; ++i) {
            std::string node;
            for (const auto &[field, text] : {std::pair<std::uint32_t, std::string>{1, "x"}, {1, weight(i)}, {2, "y" + std::to_string(i)}, {4, "MatMul"}})
                appendMessage(node, field, text);
            appendMessage(nodes, 1, node);
            appendMessage(ports, 12, valueInfo("y" + std::to_string(i), {1, columns}));
        }
        // Everything of a tensor but its bytes, and the sizes around them.
        std::vector<std::string> heads;
        std::uint64_t graphSize = nodes.size() + ports.size();
        for (int i = 0; i < count; ++i) {
            std::string tensor;
            appendNumber(tensor, 1, rows);
            appendNumber(tensor, 1, columns);
            appendNumber(tensor, 2, 1); // FLOAT
            appendMessage(tensor, 8, weight(i));
            if (where == Weights::External) {
                const auto entry = [&](std::string_view key, const std::string &value) {
                    std::string pair;
                    appendMessage(pair, 1, key);
                    appendMessage(pair, 2, value);
                    appendMessage(tensor, 13, pair);
                };
                entry("location", "weights.bin");
                entry("offset", std::to_string(static_cast<std::uint64_t>(i) * bytes));
                entry("length", std::to_string(bytes));
                appendNumber(tensor, 14, 1); // EXTERNAL
            } else {
                appendTag(tensor, 9, bytes); // raw_data: only its length
            }
            const std::uint64_t inside = where == Weights::Inline ? bytes : 0;
            std::string head;
            appendTag(head, 5, tensor.size() + inside);
            heads.push_back(head + tensor);
            graphSize += heads.back().size() + inside;
        }
        std::string start;
        appendNumber(start, 1, 8); // IR version
        std::string opset;
        appendNumber(opset, 2, 17);
        appendMessage(start, 8, opset);
        appendTag(start, 7, graphSize);
        start += nodes + ports;

        std::ofstream out(file, std::ios::binary);
        out << start;
        for (const std::string &head : heads) {
            out << head;
            if (where == Weights::Inline)
                out.seekp(static_cast<std::streamoff>(bytes), std::ios::cur);
        }
        const auto size = static_cast<std::uint64_t>(out.tellp());
        out.close();
        std::filesystem::resize_file(file, size);
        if (where == Weights::External) {
            const std::filesystem::path beside = file.parent_path() / "weights.bin";
            std::ofstream(beside, std::ios::binary).close();
            std::filesystem::resize_file(beside, bytes * static_cast<std::uint64_t>(count));
        }
        return bytes * static_cast<std::uint64_t>(count);
    }

    /// A chain of `count` operators, Relu and Neg in turn, over a vector.
    static void writeChain(const std::filesystem::path &file, int count)
    {
        std::string graph;
        appendMessage(graph, 11, valueInfo("t0", {1, 16}));
        appendMessage(graph, 12, valueInfo("t" + std::to_string(count), {1, 16}));
        for (int i = 0; i < count; ++i) {
            std::string node;
            appendMessage(node, 1, "t" + std::to_string(i));
            appendMessage(node, 2, "t" + std::to_string(i + 1));
            appendMessage(node, 3, "node" + std::to_string(i));
            appendMessage(node, 4, i % 2 == 0 ? "Relu" : "Neg");
            appendMessage(graph, 1, node);
        }
        std::string model;
        appendNumber(model, 1, 8);
        std::string opset;
        appendNumber(opset, 2, 17);
        appendMessage(model, 8, opset);
        appendMessage(model, 7, graph);
        std::ofstream(file, std::ios::binary) << model;
    }

private:
    static std::string weight(int index) { return "w" + std::to_string(index); }

    static void appendNumber(std::string &out, std::uint32_t field, std::uint64_t value)
    {
        core::appendVarint(out, static_cast<std::uint64_t>(field) << 3);
        core::appendVarint(out, value);
    }
    /// Tag and length of a field whose content follows.
    static void appendTag(std::string &out, std::uint32_t field, std::uint64_t size)
    {
        core::appendVarint(out, (static_cast<std::uint64_t>(field) << 3) | core::WireField::Bytes);
        core::appendVarint(out, size);
    }
    static void appendMessage(std::string &out, std::uint32_t field, std::string_view content)
    {
        appendTag(out, field, content.size());
        out += content;
    }
    static std::string valueInfo(const std::string &name, std::array<std::uint64_t, 2> dims)
    {
        std::string shape, tensor, type, info;
        for (const std::uint64_t dim : dims) {
            std::string one;
            appendNumber(one, 1, dim);
            appendMessage(shape, 1, one);
        }
        appendNumber(tensor, 1, 1);
        appendMessage(tensor, 2, shape);
        appendMessage(type, 1, tensor);
        appendMessage(info, 1, name);
        appendMessage(info, 2, type);
        return info;
    }
};

} // namespace nordlys::test

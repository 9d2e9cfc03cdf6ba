// SPDX-License-Identifier: Apache-2.0
#include "onnx_scan.h"

#include "wire.h"

#include <charconv>

namespace nordlys::core {

namespace {

// Field numbers of onnx.proto3.
enum class Message : std::uint8_t { None, Model, Graph, Node, Attribute, Tensor, Sparse, Function };

constexpr std::uint32_t kModelGraph = 7, kModelTraining = 20;
constexpr std::uint32_t kTensorFloatData = 4, kTensorRawData = 9, kTensorDoubleData = 10, kTensorDoc = 12;
constexpr std::string_view kMarker = "nordlys-weight-range:";

Message childOf(Message parent, std::uint32_t field)
{
    switch (parent) {
    case Message::Model: return field == kModelGraph ? Message::Graph : field == 25 ? Message::Function : Message::None;
    case Message::Graph: return field == 1 ? Message::Node : field == 5 ? Message::Tensor : field == 15 ? Message::Sparse : Message::None;
    case Message::Function: return field == 7 ? Message::Node : Message::None;
    case Message::Node: return field == 5 ? Message::Attribute : Message::None;
    case Message::Attribute:
        return field == 5 || field == 10 ? Message::Tensor : field == 6 || field == 11 ? Message::Graph
               : field == 22 || field == 23                                            ? Message::Sparse
                                                                                       : Message::None;
    case Message::Sparse: return field == 1 || field == 2 ? Message::Tensor : Message::None;
    case Message::Tensor:
    case Message::None: break;
    }
    return Message::None;
}

class Scanner {
public:
    explicit Scanner(std::span<const std::byte> file) : m_file(file) {}

    Expected<void> reduce(Message kind, std::span<const std::byte> message, std::string &out, int graphDepth)
    {
        if (kind == Message::Tensor)
            return reduceTensor(message, out);
        if (kind == Message::Graph && ++graphDepth > kMaxGraphDepth)
            return badInput({}, "subgraphs nest deeper than " + std::to_string(kMaxGraphDepth) + " levels");
        WireReader reader(message);
        WireField field;
        while (reader.next(field)) {
            if (kind == Message::Model && field.number == kModelTraining)
                continue; // training graphs are not ours
            const Message child = field.type == WireField::Bytes ? childOf(kind, field.number) : Message::None;
            if (kind == Message::Model && child == Message::Graph)
                m_hasGraph = true;
            // A short message holds no large weight.
            if (child == Message::None || (field.payload.size() < kLargeWeightBytes && child != Message::Graph)) {
                copy(field.whole, out);
                continue;
            }
            std::string part;
            NORDLYS_TRY(reduce(child, field.payload, part, graphDepth));
            appendBytesField(out, field.number, std::as_bytes(std::span(part)));
        }
        return reader.failed() ? damaged(message, reader) : Expected<void>();
    }

    [[nodiscard]] bool hasGraph() const { return m_hasGraph; }
    std::vector<WeightRange> takeRanges() { return std::move(m_ranges); }

private:
    static void copy(std::span<const std::byte> bytes, std::string &out)
    {
        out.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    }

    Error damaged(std::span<const std::byte> message, const WireReader &reader) const
    {
        const std::size_t at = static_cast<std::size_t>(message.data() - m_file.data()) + reader.position();
        return badInput({}, "is truncated or damaged (a field at byte " + std::to_string(at) + " does not end inside its message)");
    }

    Expected<void> reduceTensor(std::span<const std::byte> message, std::string &out)
    {
        // Values may come in pieces; only a list in one piece can stay where it is.
        std::size_t valueFields = 0;
        WireField values;
        WireReader counter(message);
        WireField field;
        while (counter.next(field)) {
            if (field.number == kTensorRawData || field.number == kTensorFloatData || field.number == kTensorDoubleData) {
                ++valueFields;
                values = field;
            }
        }
        if (counter.failed())
            return damaged(message, counter);
        const bool stays = valueFields == 1 && values.type == WireField::Bytes && values.payload.size() >= kLargeWeightBytes;
        WireReader reader(message);
        while (reader.next(field)) {
            const bool isValues = field.number == kTensorRawData || field.number == kTensorFloatData || field.number == kTensorDoubleData;
            if (field.number != kTensorDoc && !(stays && isValues))
                copy(field.whole, out);
        }
        if (stays) {
            const std::string marker = std::string(kMarker) + std::to_string(m_ranges.size());
            appendBytesField(out, kTensorDoc, std::as_bytes(std::span(marker)));
            const auto kind = values.number == kTensorRawData     ? WeightRange::Raw
                              : values.number == kTensorFloatData ? WeightRange::Float
                                                                  : WeightRange::Double;
            m_ranges.push_back({kind, static_cast<std::uint64_t>(values.payload.data() - m_file.data()), values.payload.size()});
        }
        return {};
    }

    std::span<const std::byte> m_file;
    std::vector<WeightRange> m_ranges;
    bool m_hasGraph = false;
};

} // namespace

Expected<OnnxScan> scanOnnx(std::span<const std::byte> bytes)
{
    Scanner scanner(bytes);
    OnnxScan scan;
    NORDLYS_TRY(scanner.reduce(Message::Model, bytes, scan.reduced, 0));
    if (!scanner.hasGraph())
        return badInput({}, "holds no ONNX graph");
    scan.ranges = scanner.takeRanges();
    return scan;
}

std::optional<std::size_t> weightMarker(std::string_view docString)
{
    if (!docString.starts_with(kMarker))
        return std::nullopt;
    docString.remove_prefix(kMarker.size());
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(docString.data(), docString.data() + docString.size(), index);
    return error == std::errc() && end == docString.data() + docString.size() ? std::optional(index) : std::nullopt;
}

} // namespace nordlys::core

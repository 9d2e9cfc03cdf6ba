// SPDX-License-Identifier: Apache-2.0
#include "value_file.h"

#include <core/base/mapped_file.h>
#include <core/import/wire.h>
#include <core/tensor/tensor_proto.h>

namespace nordlys::runtime {

namespace {

constexpr int maxDepth = 16; // sequences in optionals in sequences: a hostile file must not exhaust the stack

/// The message that stands for a value.
enum class ValueForm : std::uint8_t { Tensor, Sequence, Optional };

/// Field numbers that SequenceProto (repeated) and OptionalProto (at most one) share, and the numbers of their enum DataType: onnx-data.proto.
enum Field : std::uint32_t { ElementKind = 2, TensorValue = 3, SparseValue = 4, SequenceValue = 5, MapValue = 6, OptionalValue = 7 };
enum ElementKinds : std::uint64_t { UndefinedKind = 0, TensorKind = 1, SparseKind = 2, SequenceKind = 3, MapKind = 4, OptionalKind = 5 };

std::uint32_t fieldOf(std::uint64_t kind)
{
    switch (kind) {
    case TensorKind: return TensorValue;
    case SparseKind: return SparseValue;
    case SequenceKind: return SequenceValue;
    case MapKind: return MapValue;
    case OptionalKind: return OptionalValue;
    default: return 0;
    }
}

core::Expected<Value> parse(std::span<const std::byte> message, ValueForm form, const std::string &what, int depth);

core::Expected<Value> parseElement(const core::WireField &field, const std::string &what, int depth)
{
    switch (field.number) {
    case TensorValue: return parse(field.payload, ValueForm::Tensor, what, depth);
    case SequenceValue: return parse(field.payload, ValueForm::Sequence, what, depth);
    case OptionalValue: return parse(field.payload, ValueForm::Optional, what, depth);
    default: return core::notSupported(what, "sparse tensors and maps are not read");
    }
}

/// Both containers: what they hold in order, all of the kind that they state.
core::Expected<std::vector<Value>> parseElements(std::span<const std::byte> message, const std::string &what, int depth)
{
    if (depth > maxDepth)
        return core::badInput(what, "values are nested more than " + std::to_string(maxDepth) + " deep");
    core::WireReader reader(message);
    core::WireField field;
    std::uint64_t kind = UndefinedKind;
    std::uint32_t found = 0;
    std::vector<Value> elements;
    while (reader.next(field)) {
        if (field.number == ElementKind && field.type == core::WireField::Varint)
            kind = field.value;
        if (field.number < TensorValue || field.number > OptionalValue)
            continue;
        if (field.type != core::WireField::Bytes || (found != 0 && found != field.number))
            return core::badInput(what, "the message mixes values of several kinds or is damaged");
        found = field.number;
        auto element = parseElement(field, what + ", element " + std::to_string(elements.size()), depth + 1);
        NORDLYS_TRY(element);
        elements.push_back(std::move(*element));
    }
    if (reader.failed())
        return core::badInput(what, "the protobuf message is broken");
    if (kind > OptionalKind || (found != 0 && kind != UndefinedKind && found != fieldOf(kind)))
        return core::badInput(what, "the kind of element that the message states (" + std::to_string(kind) + ") is not the one that it holds");
    return elements;
}

core::Expected<Value> parse(std::span<const std::byte> message, ValueForm form, const std::string &what, int depth)
{
    if (form == ValueForm::Tensor) {
        auto tensor = core::parseTensorProto(message, what);
        NORDLYS_TRY(tensor);
        return Value::ofTensor(std::move(*tensor));
    }
    auto elements = parseElements(message, what, depth);
    NORDLYS_TRY(elements);
    if (form == ValueForm::Optional) {
        if (elements->size() > 1)
            return core::badInput(what, "an optional holds at most one value, this one " + std::to_string(elements->size()));
        return elements->empty() ? Value() : std::move(elements->front());
    }
    core::DType type = core::DType::Undefined;
    for (const Value &element : *elements) {
        if (type == core::DType::Undefined)
            type = element.elementType();
        else if (element.elementType() != core::DType::Undefined && element.elementType() != type)
            return core::badInput(what, "a sequence's tensors have one element type, these are " + std::string(core::nameOf(type)) + " and "
                                            + std::string(core::nameOf(element.elementType())));
    }
    return Value::ofSequence(std::move(*elements), type);
}

} // namespace

core::Expected<Value> parseValueProto(std::span<const std::byte> message, core::ValueKind kind, const std::string &what)
{
    switch (kind) {
    case core::ValueKind::Tensor: return parse(message, ValueForm::Tensor, what, 0);
    case core::ValueKind::Sequence: return parse(message, ValueForm::Sequence, what, 0);
    case core::ValueKind::OptionalTensor:
    case core::ValueKind::OptionalSequence: break;
    case core::ValueKind::Other: return core::notSupported(what, "maps, sparse tensors and sequences of sequences are not read");
    }
    auto value = parse(message, ValueForm::Optional, what, 0);
    NORDLYS_TRY(value);
    if (!value->isNothing() && value->isSequence() != (kind == core::ValueKind::OptionalSequence))
        return core::badInput(what, value->isSequence() ? "the optional holds a sequence instead of a tensor" : "the optional holds a tensor instead of a sequence");
    return value;
}

core::Expected<Value> readValueProto(const std::filesystem::path &path, core::ValueKind kind)
{
    auto file = core::MappedFile::open(path);
    NORDLYS_TRY(file);
    return parseValueProto((*file)->bytes(), kind, path.string());
}

} // namespace nordlys::runtime

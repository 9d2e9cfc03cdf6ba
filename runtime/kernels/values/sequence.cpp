// SPDX-License-Identifier: Apache-2.0
#include "families.h"

#include <core/graph/shape.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace nordlys::runtime::values {

namespace {

using Values = std::vector<Value>;

/// Input `index` as a sequence, or an error that names it.
core::Expected<void> requireSequence(const ValueCall &value, std::size_t index)
{
    if (index >= value.inputs.size() || !value.inputs[index].isSequence())
        return value.call.broken("input " + std::to_string(index) + " has to be a sequence");
    return {};
}

core::Expected<void> requireTensor(const ValueCall &value, std::size_t index)
{
    if (index >= value.inputs.size() || !value.inputs[index].isTensor())
        return value.call.broken("input " + std::to_string(index) + " has to be a tensor");
    return {};
}

/// The integers of an int32 or int64 tensor.
core::Expected<std::vector<std::int64_t>> integersOf(const ValueCall &value, std::size_t index)
{
    NORDLYS_TRY(requireTensor(value, index));
    const core::HostTensor &tensor = value.inputs[index].tensor();
    if (tensor.dtype() == core::DType::Int64)
        return std::vector<std::int64_t>(tensor.as<std::int64_t>().begin(), tensor.as<std::int64_t>().end());
    if (tensor.dtype() == core::DType::Int32)
        return std::vector<std::int64_t>(tensor.as<std::int32_t>().begin(), tensor.as<std::int32_t>().end());
    return value.call.broken("input " + std::to_string(index) + " has to be int32 or int64");
}

/// A position from -count to `last`; negative ones count from the end. `fallback` where the input is left out.
core::Expected<std::size_t> positionOf(const ValueCall &value, std::size_t index, std::size_t count, std::int64_t last, std::int64_t fallback)
{
    std::int64_t position = fallback;
    if (index < value.inputs.size() && !value.inputs[index].isNothing()) {
        const auto stated = integersOf(value, index);
        NORDLYS_TRY(stated);
        if (stated->size() != 1)
            return value.call.broken("the position (input " + std::to_string(index) + ") has to be one number");
        position = (*stated)[0];
    }
    const auto size = static_cast<std::int64_t>(count);
    if (position < -size || position > last)
        return value.call.broken("the position " + std::to_string(position) + " is outside a sequence of " + std::to_string(count));
    return static_cast<std::size_t>(position < 0 ? position + size : position);
}

/// Why a tensor of this type cannot stand in the sequence, if so.
core::Expected<void> requireSameType(const ValueCall &value, core::DType sequence, core::DType element)
{
    if (sequence != core::DType::Undefined && element != core::DType::Undefined && sequence != element)
        return value.call.broken("a tensor of " + std::string(core::nameOf(element)) + " does not fit a sequence of " + std::string(core::nameOf(sequence)));
    return {};
}

core::Expected<Values> sequenceEmpty(const ValueCall &value)
{
    const std::int64_t type = value.call.intAttribute("dtype", static_cast<std::int64_t>(core::DType::Float32));
    if (type <= 0 || type > static_cast<std::int64_t>(core::DType::Float4E2M1))
        return value.call.broken("the attribute dtype names no element type");
    return Values{Value::ofSequence({}, static_cast<core::DType>(type))};
}

core::Expected<Values> sequenceConstruct(const ValueCall &value)
{
    if (value.inputs.empty())
        return value.call.broken("it takes at least one tensor");
    for (std::size_t i = 0; i < value.inputs.size(); ++i) {
        NORDLYS_TRY(requireTensor(value, i));
        NORDLYS_TRY(requireSameType(value, value.inputs[0].elementType(), value.inputs[i].elementType()));
    }
    return Values{Value::ofSequence({value.inputs.begin(), value.inputs.end()}, value.inputs[0].elementType())};
}

core::Expected<Values> sequenceInsert(const ValueCall &value)
{
    NORDLYS_TRY(requireSequence(value, 0));
    NORDLYS_TRY(requireTensor(value, 1));
    const Value &sequence = value.inputs[0];
    NORDLYS_TRY(requireSameType(value, sequence.elementType(), value.inputs[1].elementType()));
    Value::Elements elements = sequence.elements();
    const auto size = static_cast<std::int64_t>(elements.size());
    const auto position = positionOf(value, 2, elements.size(), size, size);
    NORDLYS_TRY(position);
    elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(*position), value.inputs[1]);
    return Values{Value::ofSequence(std::move(elements), value.inputs[1].elementType())};
}

core::Expected<Values> sequenceErase(const ValueCall &value)
{
    NORDLYS_TRY(requireSequence(value, 0));
    Value::Elements elements = value.inputs[0].elements();
    const auto position = positionOf(value, 1, elements.size(), static_cast<std::int64_t>(elements.size()) - 1, -1);
    NORDLYS_TRY(position);
    elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(*position));
    return Values{Value::ofSequence(std::move(elements), value.inputs[0].elementType())};
}

core::Expected<Values> sequenceAt(const ValueCall &value)
{
    NORDLYS_TRY(requireSequence(value, 0));
    const Value::Elements &elements = value.inputs[0].elements();
    if (value.inputs.size() < 2 || value.inputs[1].isNothing())
        return value.call.broken("input 1 is missing");
    const auto position = positionOf(value, 1, elements.size(), static_cast<std::int64_t>(elements.size()) - 1, 0);
    NORDLYS_TRY(position);
    return Values{elements[*position]};
}

core::Expected<Values> sequenceLength(const ValueCall &value)
{
    NORDLYS_TRY(requireSequence(value, 0));
    auto length = core::HostTensor::create(core::DType::Int64, {});
    NORDLYS_TRY(length);
    length->as<std::int64_t>()[0] = static_cast<std::int64_t>(value.inputs[0].elements().size());
    return Values{Value::ofTensor(std::move(*length))};
}

core::Expected<std::size_t> axisOf(const ValueCall &value, std::int64_t axis, std::size_t rank)
{
    const auto size = static_cast<std::int64_t>(rank);
    if (axis < -size || axis >= size)
        return value.call.broken("axis " + std::to_string(axis) + " lies outside rank " + std::to_string(rank));
    return static_cast<std::size_t>(axis < 0 ? axis + size : axis);
}

/// Bytes of everything before (outer, as a count of rows) and from an axis on.
struct Rows {
    std::size_t outer = 1;   ///< rows
    std::size_t element = 0; ///< bytes of one step along the axis
};

Rows rowsOf(const core::HostTensor &tensor, std::size_t axis)
{
    Rows rows;
    rows.element = elementSize(tensor.dtype());
    for (std::size_t i = 0; i < tensor.dims().size(); ++i) {
        if (i != axis)
            (i < axis ? rows.outer : rows.element) *= static_cast<std::size_t>(tensor.dims()[i]);
    }
    return rows;
}

/// Parts take memory of their own beside their data: a long axis, or a long list, of nothing must not become millions of them.
core::Expected<void> checkPartCount(const ValueCall &value, std::int64_t count)
{
    constexpr std::int64_t bytesPerPart = 256;
    if (count > static_cast<std::int64_t>(std::min<std::uint64_t>(value.byteLimit, std::uint64_t(1) << 40)) / bytesPerPart)
        return value.call.broken("a sequence of " + std::to_string(count) + " tensors does not fit the memory that is allowed");
    return {};
}

/// The sizes that input 1 of SplitToSequence asks for: one number is the size of all parts (the last may be smaller), a list names each.
core::Expected<std::vector<std::int64_t>> splitSizes(const ValueCall &value, std::int64_t length)
{
    std::int64_t chunk = 1;
    if (value.inputs.size() > 1 && !value.inputs[1].isNothing()) {
        auto stated = integersOf(value, 1);
        NORDLYS_TRY(stated);
        if (!value.inputs[1].tensor().dims().empty()) {
            NORDLYS_TRY(checkPartCount(value, static_cast<std::int64_t>(stated->size())));
            std::int64_t rest = length;
            for (const std::int64_t size : *stated) {
                if (size < 0 || size > rest)
                    return value.call.broken("the sizes (input 1) are negative or longer than the axis, " + std::to_string(length));
                rest -= size;
            }
            if (rest != 0)
                return value.call.broken("the sizes (input 1) add up to " + std::to_string(length - rest) + ", not " + std::to_string(length));
            return stated;
        }
        chunk = (*stated)[0];
        if (chunk <= 0)
            return value.call.broken("the size of a part (input 1) is " + std::to_string(chunk));
    }
    const std::int64_t count = length == 0 ? 0 : (length - 1) / chunk + 1;
    NORDLYS_TRY(checkPartCount(value, count));
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(count), chunk);
    if (count > 0)
        sizes.back() = length - chunk * (count - 1);
    return sizes;
}

/// Formula: ONNX SplitToSequence 11. Without sizes every part is one step long, and loses the axis when keepdims is 0.
core::Expected<Values> splitToSequence(const ValueCall &value)
{
    NORDLYS_TRY(requireTensor(value, 0));
    const core::HostTensor &tensor = value.inputs[0].tensor();
    const auto axis = axisOf(value, value.call.intAttribute("axis", 0), tensor.dims().size());
    NORDLYS_TRY(axis);
    if (elementSize(tensor.dtype()) == 0)
        return value.call.unsupported("values of type " + std::string(core::nameOf(tensor.dtype())) + " have no kernel");
    const auto sizes = splitSizes(value, tensor.dims()[*axis]);
    NORDLYS_TRY(sizes);
    const bool squeeze = (value.inputs.size() < 2 || value.inputs[1].isNothing()) && value.call.intAttribute("keepdims", 1) == 0;
    const Rows rows = rowsOf(tensor, *axis);
    const std::size_t rowBytes = rows.element * static_cast<std::size_t>(tensor.dims()[*axis]);
    Value::Elements parts;
    std::size_t begin = 0;
    for (const std::int64_t size : *sizes) {
        if (value.stop.stop_requested())
            return core::interrupted("node " + std::string(value.call.node));
        core::Dims dims = tensor.dims();
        if (squeeze)
            dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(*axis));
        else
            dims[*axis] = size;
        auto part = core::HostTensor::create(tensor.dtype(), std::move(dims), value.byteLimit);
        NORDLYS_TRY(part);
        const std::size_t bytes = static_cast<std::size_t>(size) * rows.element;
        for (std::size_t o = 0; o < rows.outer && bytes > 0; ++o)
            std::memcpy(part->bytes().data() + o * bytes, tensor.bytes().data() + o * rowBytes + begin, bytes);
        begin += bytes;
        parts.push_back(Value::ofTensor(std::move(*part)));
    }
    return Values{Value::ofSequence(std::move(parts), tensor.dtype())};
}

/// Formula: ONNX ConcatFromSequence 11; new_axis stacks.
core::Expected<Values> concatFromSequence(const ValueCall &value)
{
    NORDLYS_TRY(requireSequence(value, 0));
    const Value::Elements &elements = value.inputs[0].elements();
    if (elements.empty())
        return value.call.broken("the sequence is empty");
    for (const Value &element : elements) {
        if (!element.isTensor() || elementSize(element.elementType()) == 0)
            return value.call.unsupported("the sequence holds something else than tensors of numbers");
    }
    if (value.call.attribute("axis") == nullptr)
        return value.call.broken("the attribute axis is missing");
    const bool stacks = value.call.intAttribute("new_axis", 0) != 0;
    core::Dims dims = elements[0].tensor().dims();
    const auto axis = axisOf(value, value.call.intAttribute("axis", 0), dims.size() + (stacks ? 1 : 0));
    NORDLYS_TRY(axis);
    const auto withAxis = [&](core::Dims from) {
        if (stacks)
            from.insert(from.begin() + static_cast<std::ptrdiff_t>(*axis), 1);
        return from;
    };
    dims = withAxis(std::move(dims));
    dims[*axis] = 0;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        core::Dims other = withAxis(elements[i].tensor().dims());
        if (other.size() != dims.size() || elements[i].elementType() != elements[0].elementType())
            return value.call.broken("tensor " + std::to_string(i) + " of the sequence differs in type or number of dimensions");
        const std::int64_t length = std::exchange(other[*axis], dims[*axis]);
        if (other != dims || length > std::numeric_limits<std::int64_t>::max() - dims[*axis])
            return value.call.broken("tensor " + std::to_string(i) + " of the sequence, " + core::shapeText(elements[i].tensor().dims())
                                     + ", does not fit the first");
        dims[*axis] += length;
    }
    auto result = core::HostTensor::create(elements[0].elementType(), dims, value.byteLimit);
    NORDLYS_TRY(result);
    const Rows rows = rowsOf(*result, *axis);
    const std::size_t rowBytes = rows.element * static_cast<std::size_t>(dims[*axis]);
    std::size_t begin = 0;
    for (const Value &element : elements) {
        const std::span<const std::byte> from = element.tensor().bytes();
        const std::size_t bytes = from.empty() ? 0 : from.size() / rows.outer;
        for (std::size_t o = 0; o < rows.outer && bytes > 0; ++o)
            std::memcpy(result->bytes().data() + o * rowBytes + begin, from.data() + o * bytes, bytes);
        begin += bytes;
    }
    return Values{Value::ofTensor(std::move(*result))};
}

constexpr ValueKernelEntry entries[] = {
    {"", "SequenceEmpty", 11, sequenceEmpty},     {"", "SequenceConstruct", 11, sequenceConstruct},
    {"", "SequenceInsert", 11, sequenceInsert},   {"", "SequenceErase", 11, sequenceErase},
    {"", "SequenceAt", 11, sequenceAt},           {"", "SequenceLength", 11, sequenceLength},
    {"", "SplitToSequence", 11, splitToSequence}, {"", "ConcatFromSequence", 11, concatFromSequence},
};

} // namespace

std::span<const ValueKernelEntry> sequenceKernels()
{
    return entries;
}

} // namespace nordlys::runtime::values

// SPDX-License-Identifier: Apache-2.0
#include "constant_values.h"
#include "families.h"
#include "infer_util.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace nordlys::core::ops {

namespace {

constexpr std::int64_t kMaxRank = 64;

DType attributeType(const InferenceContext &context, std::string_view name, DType fallback)
{
    const std::int64_t number = attributeInt(context.graph(), context.node(), name, -1);
    return number < 0 ? fallback : dtypeFromNumber(number);
}

Expected<void> inferShape(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    if (!data) {
        context.setOutput(0, DType::Int64, Shape{Dim{}});
        return {};
    }
    const auto rank = static_cast<std::int64_t>(data->size());
    const auto clamp = [rank](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? std::max(at, -rank) + rank : at, 0, rank); };
    const std::int64_t start = clamp(attributeInt(context.graph(), context.node(), "start", 0));
    const std::int64_t end = std::max(start, clamp(attributeInt(context.graph(), context.node(), "end", rank)));
    Values values;
    for (std::int64_t i = start; i < end; ++i) {
        const Dim &dim = (*data)[static_cast<std::size_t>(i)];
        values.push_back(dim.isKnown() ? dim.value : kUnknownValue);
    }
    context.setOutput(0, DType::Int64, Shape{Dim{end - start, {}}});
    context.setOutputValues(0, std::move(values));
    return {};
}

Expected<void> inferSize(InferenceContext &context)
{
    context.setOutput(0, DType::Int64, Shape{});
    if (const auto &data = context.inputShape(0)) {
        if (const std::optional<std::int64_t> count = elementCount(*data))
            context.setOutputValues(0, {*count});
    }
    return {};
}

/// Constant nodes that the importer left as nodes (strings, sparse values).
Expected<void> inferConstant(InferenceContext &context)
{
    for (const Attribute &attribute : context.node().attributes) {
        const std::string_view name = context.graph().names.text(attribute.name);
        if (const auto *tensor = std::get_if<AttributeTensor>(&attribute.value)) {
            if (tensor->dims.size() > static_cast<std::size_t>(kMaxRank))
                return broken("the constant's rank is above " + std::to_string(kMaxRank));
            context.setOutput(0, tensor->dtype, toShape(tensor->dims));
            if (auto values = readIntegers(*tensor))
                context.setOutputValues(0, std::move(*values));
        } else if (name == "value_string") {
            context.setOutput(0, DType::String, Shape{});
        } else if (const auto *strings = std::get_if<std::vector<std::string>>(&attribute.value)) {
            context.setOutput(0, DType::String, Shape{Dim{static_cast<std::int64_t>(strings->size()), {}}});
        }
    }
    return {};
}

/// Shape whose dims are the values of an integer input.
Expected<std::optional<Shape>> shapeFromValues(const InferenceContext &context, std::size_t input)
{
    const std::optional<Values> values = context.inputValues(input);
    if (!values) {
        const std::optional<Shape> &shape = context.inputShape(input);
        if (shape && shape->size() == 1 && (*shape)[0].isKnown() && (*shape)[0].value <= kMaxRank)
            return std::optional(Shape(static_cast<std::size_t>((*shape)[0].value)));
        return std::optional<Shape>();
    }
    if (values->size() > static_cast<std::size_t>(kMaxRank))
        return broken("a rank of " + std::to_string(values->size()) + " is too high");
    Shape shape;
    for (const std::int64_t value : *values) {
        if (value < 0 && value != kUnknownValue)
            return broken("a dimension of " + std::to_string(value) + " is negative");
        shape.push_back(Dim{value == kUnknownValue ? -1 : value, {}});
    }
    return std::optional(std::move(shape));
}

Expected<void> inferConstantOfShape(InferenceContext &context)
{
    Expected<std::optional<Shape>> shape = shapeFromValues(context, 0);
    if (!shape)
        return std::move(shape.error());
    DType type = DType::Float32;
    std::optional<std::int64_t> fill = 0;
    if (const Attribute *attribute = findAttribute(context.graph(), context.node(), "value")) {
        const auto *tensor = std::get_if<AttributeTensor>(&attribute->value);
        if (!tensor)
            return broken("the attribute value is no tensor");
        type = tensor->dtype;
        const std::optional<Values> value = readIntegers(*tensor);
        fill = value && value->size() == 1 ? std::optional((*value)[0]) : std::nullopt;
    }
    const std::optional<std::int64_t> count = *shape ? elementCount(**shape) : std::nullopt;
    context.setOutput(0, type, *std::move(shape));
    if (const std::int64_t size = count.value_or(-1); fill && size >= 0 && size <= static_cast<std::int64_t>(kMaxShapeValues))
        context.setOutputValues(0, Values(static_cast<std::size_t>(size), *fill));
    return {};
}

/// Elements from start up (or down) to limit, exactly.
std::uint64_t rangeLength(std::int64_t start, std::int64_t limit, std::int64_t delta)
{
    if (delta > 0 ? limit <= start : limit >= start)
        return 0;
    const auto magnitude = [](std::uint64_t value, bool isNegative) { return isNegative ? 0 - value : value; };
    const std::uint64_t distance = magnitude(static_cast<std::uint64_t>(limit) - static_cast<std::uint64_t>(start), delta < 0);
    return (distance - 1) / magnitude(static_cast<std::uint64_t>(delta), delta < 0) + 1;
}

Expected<void> inferRange(InferenceContext &context)
{
    Dim length;
    std::array<double, 3> numbers{};
    bool known = true;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (const DType type = context.inputType(i), first = context.inputType(0); type != DType::Undefined && first != DType::Undefined && type != first)
            return broken("start, limit and delta are of different types");
        const auto values = constantNumbers(context, i);
        known = known && values && values->size() == 1;
        numbers[i] = known ? (*values)[0] : 0;
    }
    if (known) {
        if (numbers[2] == 0)
            return broken("the step is 0");
        double count = std::ceil((numbers[1] - numbers[0]) / numbers[2]);
        if (isInteger(context.inputType(0))) {
            // Numbers without integer values: a constant whose type is not what was inferred.
            const auto start = context.inputValues(0), limit = context.inputValues(1), delta = context.inputValues(2);
            if (!start || !limit || !delta || start->size() != 1 || limit->size() != 1 || delta->size() != 1 || (*delta)[0] == 0)
                return broken("start, limit and delta are not three integers");
            count = static_cast<double>(rangeLength((*start)[0], (*limit)[0], (*delta)[0]));
        }
        if (!(count < 9e15))
            return broken("the range is too long");
        length.value = count > 0 ? static_cast<std::int64_t>(count) : 0;
    }
    context.setOutput(0, context.inputType(0), Shape{length});
    constexpr double kExact = 9007199254740992.0; // 2^53: sums of two such numbers stay far inside int64
    const bool exact = std::ranges::all_of(numbers, [](double number) { return std::abs(number) <= kExact; });
    if (known && exact && length.value <= static_cast<std::int64_t>(kMaxShapeValues) && isInteger(context.inputType(0))) {
        Values values;
        for (std::int64_t i = 0; i < length.value; ++i)
            values.push_back(static_cast<std::int64_t>(numbers[0]) + i * static_cast<std::int64_t>(numbers[2]));
        context.setOutputValues(0, std::move(values));
    }
    return {};
}

/// Opset 1 states the type by the name that it has in TensorProto.DataType.
DType typeOfEnumerator(std::string_view name)
{
    constexpr std::pair<std::string_view, DType> names[] = {
        {"FLOAT", DType::Float32}, {"DOUBLE", DType::Float64}, {"FLOAT16", DType::Float16}, {"BOOL", DType::Bool},     {"INT8", DType::Int8},
        {"INT16", DType::Int16},   {"INT32", DType::Int32},    {"INT64", DType::Int64},     {"UINT8", DType::UInt8},   {"UINT16", DType::UInt16},
        {"UINT32", DType::UInt32}, {"UINT64", DType::UInt64},  {"STRING", DType::String},
    };
    const auto found = std::ranges::find(names, name, &std::pair<std::string_view, DType>::first);
    return found == std::end(names) ? DType::Undefined : found->second;
}

Expected<void> inferCast(InferenceContext &context)
{
    DType type = attributeType(context, "to", DType::Undefined);
    if (const std::string name = attributeString(context.graph(), context.node(), "to", ""); !name.empty())
        type = typeOfEnumerator(name);
    if (type == DType::Undefined)
        return broken("the attribute to names no element type");
    context.setOutput(0, type, context.inputShape(0));
    // Narrow types would change the values.
    const bool wide = type == DType::Int64 || type == DType::Int32 || type == DType::Float32 || type == DType::Float64;
    if (auto values = context.inputValues(0); values && (wide || type == DType::Bool)) {
        if (type == DType::Bool) {
            for (std::int64_t &value : *values)
                value = value == kUnknownValue ? value : value != 0;
        }
        context.setOutputValues(0, std::move(*values));
    }
    return {};
}

Expected<void> inferCastLike(InferenceContext &context)
{
    context.setOutput(0, context.inputType(1), context.inputShape(0));
    return {};
}

Expected<void> inferEyeLike(InferenceContext &context)
{
    if (const auto &data = context.inputShape(0); data && data->size() != 2)
        return broken("it needs 2 dimensions, input 0 has " + std::to_string(data->size()));
    context.setOutput(0, attributeType(context, "dtype", context.inputType(0)), context.inputShape(0));
    return {};
}

Expected<void> inferMultinomial(InferenceContext &context)
{
    const std::int64_t samples = attributeInt(context.graph(), context.node(), "sample_size", 1);
    const std::optional<Shape> &data = context.inputShape(0);
    if (samples < 0 || (data && data->size() != 2))
        return broken("it needs 2 dimensions in input 0 and a sample_size that is not negative");
    context.setOutput(0, attributeType(context, "dtype", DType::Int32), Shape{data ? (*data)[0] : Dim{}, Dim{samples, {}}});
    return {};
}

Expected<void> inferRandomLike(InferenceContext &context)
{
    context.setOutput(0, attributeType(context, "dtype", context.inputType(0)), context.inputShape(0));
    return {};
}

Expected<void> inferRandom(InferenceContext &context)
{
    const Dims dims = attributeInts(context.graph(), context.node(), "shape");
    if (dims.size() > static_cast<std::size_t>(kMaxRank) || std::ranges::any_of(dims, [](std::int64_t d) { return d < 0; }))
        return broken("the attribute shape is negative or too long");
    context.setOutput(0, attributeType(context, "dtype", DType::Float32), toShape(dims));
    return {};
}

OpSpec plain(std::string_view name, int since, int minInputs, int maxInputs, OpSpec::InferFunction infer)
{
    OpSpec spec = row(name, since, minInputs, maxInputs, infer);
    spec.inputs = kNoInputs;
    spec.output = QuantRole::None;
    return spec;
}

} // namespace

std::span<const OpSpec> shapeOps()
{
    static const std::vector<OpSpec> rows{
        plain("Shape", 1, 1, 1, inferShape), plain("Size", 1, 1, 1, inferSize), plain("Constant", 1, 0, 0, inferConstant),
        plain("ConstantOfShape", 9, 1, 1, inferConstantOfShape), plain("Range", 11, 3, 3, inferRange), plain("Cast", 1, 1, 1, inferCast),
        plain("CastLike", 15, 2, 2, inferCastLike), plain("EyeLike", 9, 1, 1, inferEyeLike),
        plain("Bernoulli", 15, 1, 1, inferRandomLike), plain("Multinomial", 7, 1, 1, inferMultinomial),
        plain("RandomNormalLike", 1, 1, 1, inferRandomLike), plain("RandomUniformLike", 1, 1, 1, inferRandomLike),
        plain("RandomNormal", 1, 0, 0, inferRandom), plain("RandomUniform", 1, 0, 0, inferRandom)};
    return rows;
}

} // namespace nordlys::core::ops

// SPDX-License-Identifier: Apache-2.0
#include "infer_util.h"

#include "../shape_inference.h"
#include "constant_values.h"

#include <limits>

namespace nordlys::core::ops {

OpSpec row(std::string_view name, int sinceVersion, int minInputs, int maxInputs, OpSpec::InferFunction infer)
{
    OpSpec spec;
    spec.name = name;
    spec.sinceVersion = sinceVersion;
    spec.minInputs = minInputs;
    spec.maxInputs = maxInputs;
    spec.infer = infer;
    spec.inputs = kActivationInputs;
    return spec;
}

Expected<std::size_t> normalizeAxis(std::int64_t axis, std::size_t rank)
{
    const auto signedRank = static_cast<std::int64_t>(rank);
    if (axis < -signedRank || axis >= signedRank)
        return broken("axis " + std::to_string(axis) + " lies outside rank " + std::to_string(rank));
    return static_cast<std::size_t>(axis < 0 ? axis + signedRank : axis);
}

Expected<Shape> broadcast(const Shape &a, const Shape &b)
{
    const Shape &longer = a.size() >= b.size() ? a : b;
    const Shape &shorter = a.size() >= b.size() ? b : a;
    Shape result = longer;
    const std::size_t offset = longer.size() - shorter.size();
    for (std::size_t i = 0; i < shorter.size(); ++i) {
        Dim &out = result[offset + i];
        const Dim &other = shorter[i];
        if (out == other || (other.isKnown() && other.value == 1))
            continue;
        if (out.isKnown() && out.value == 1) {
            out = other;
        } else if (out.isKnown() && other.isKnown()) {
            return broken("dimensions " + std::to_string(out.value) + " and " + std::to_string(other.value) + " do not broadcast");
        } else if (other.isKnown()) {
            out = other;
        } else if (!out.isKnown()) {
            out = Dim{};
        }
    }
    return result;
}

Dim product(const Shape &shape, std::size_t begin, std::size_t end)
{
    std::int64_t total = 1;
    for (std::size_t i = begin; i < end; ++i) {
        if (!shape[i].isKnown())
            return end - begin == 1 ? shape[i] : Dim{};
        if (__builtin_mul_overflow(total, shape[i].value, &total))
            return Dim{};
    }
    return Dim{total, {}};
}

Dim sum(const Dim &a, const Dim &b)
{
    Dim result;
    if (a.isKnown() && b.isKnown() && __builtin_add_overflow(a.value, b.value, &result.value))
        result.value = -1;
    return result;
}

std::int64_t saturatingMultiply(std::int64_t a, std::int64_t b)
{
    std::int64_t result = 0;
    return __builtin_mul_overflow(a, b, &result) ? std::numeric_limits<std::int64_t>::max() : result;
}

std::int64_t countWithFreeAsOne(const std::optional<Shape> &shape)
{
    if (!shape)
        return 0;
    std::int64_t count = 1;
    for (const Dim &dim : *shape)
        count = saturatingMultiply(count, dim.isKnown() ? dim.value : 1);
    return count;
}

const Shape *shapeOf(const Graph &graph, const std::vector<TensorId> &tensors, std::size_t index)
{
    if (index >= tensors.size() || !tensors[index].isValid())
        return nullptr;
    const std::optional<Shape> &shape = graph.tensor(tensors[index]).shape;
    return shape ? &*shape : nullptr;
}

std::int64_t dimOr1(const Shape &shape, std::size_t index)
{
    return index < shape.size() && shape[index].isKnown() ? shape[index].value : 1;
}

std::optional<std::vector<double>> constantNumbers(const InferenceContext &context, std::size_t input)
{
    if (!context.hasInput(input))
        return std::nullopt;
    const Tensor &tensor = context.graph().tensor(context.node().inputs[input]);
    if (tensor.isConstant())
        return readNumbers(tensor);
    // Shape arithmetic that was cast to float still counts: its values are whole numbers.
    const std::optional<Values> values = context.inputValues(input);
    if (!values)
        return std::nullopt;
    std::vector<double> numbers;
    for (const std::int64_t value : *values) {
        if (value == kUnknownValue)
            return std::nullopt;
        numbers.push_back(static_cast<double>(value));
    }
    return numbers;
}

IntList intList(const InferenceContext &context, std::string_view name, std::size_t inputIndex)
{
    IntList list;
    if (const Attribute *attribute = findAttribute(context.graph(), context.node(), name)) {
        list.present = true;
        if (const auto *many = std::get_if<Values>(&attribute->value))
            list.values = *many;
        else if (const auto *one = std::get_if<std::int64_t>(&attribute->value))
            list.values = Values{*one};
        return list;
    }
    if (context.hasInput(inputIndex)) {
        list.present = true;
        list.values = context.inputValues(inputIndex);
        // In a constant every number means itself, also the one that stands for "unknown" in shape arithmetic (slices end there).
        if (list.values && !context.graph().tensor(context.node().inputs[inputIndex]).isConstant()) {
            for (const std::int64_t value : *list.values) {
                if (value == kUnknownValue)
                    return IntList{true, std::nullopt};
            }
        }
    }
    return list;
}

Expected<void> inferSameAsFirst(InferenceContext &context)
{
    context.setOutput(0, context.inputType(0), context.inputShape(0));
    if (auto values = context.inputValues(0))
        context.setOutputValues(0, std::move(*values));
    return {};
}

Expected<void> inferLikeFirst(InferenceContext &context)
{
    context.setOutput(0, context.inputType(0), context.inputShape(0));
    return {};
}

} // namespace nordlys::core::ops

// SPDX-License-Identifier: Apache-2.0
#include "value_arithmetic.h"

#include "constant_values.h"

#include <algorithm>

namespace nordlys::core::ops {

namespace {

using Result = std::optional<std::int64_t>;

/// By reference: the value is written by the operation that tells of the overflow.
Result checked(bool overflow, const std::int64_t &value)
{
    return overflow ? std::nullopt : Result(value);
}

/// One operation on two known values; nothing for what has no whole result.
Result binary(std::string_view op, std::int64_t a, std::int64_t b, bool floating)
{
    std::int64_t result = 0;
    if (op == "Add" || op == "Sum")
        return checked(__builtin_add_overflow(a, b, &result), result);
    if (op == "Sub")
        return checked(__builtin_sub_overflow(a, b, &result), result);
    if (op == "Mul")
        return checked(__builtin_mul_overflow(a, b, &result), result);
    if (op == "Div") {
        if (b == 0 || b == -1 || (floating && a % b != 0))
            return b == -1 ? checked(__builtin_sub_overflow(std::int64_t(0), a, &result), result) : std::nullopt;
        return a / b;
    }
    if (op == "Mod") {
        if (b == 0 || b == -1 || floating)
            return std::nullopt;
        const std::int64_t remainder = a % b;
        return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder; // the sign of the divisor
    }
    if (op == "Min")
        return std::min(a, b);
    if (op == "Max")
        return std::max(a, b);
    if (op == "Equal")
        return a == b ? 1 : 0;
    if (op == "Greater")
        return a > b ? 1 : 0;
    if (op == "Less")
        return a < b ? 1 : 0;
    if (op == "GreaterOrEqual")
        return a >= b ? 1 : 0;
    if (op == "LessOrEqual")
        return a <= b ? 1 : 0;
    if (op == "And")
        return a != 0 && b != 0 ? 1 : 0;
    if (op == "Or")
        return a != 0 || b != 0 ? 1 : 0;
    if (op == "Xor")
        return (a != 0) != (b != 0) ? 1 : 0;
    return std::nullopt;
}

Result unary(std::string_view op, std::int64_t a)
{
    std::int64_t result = 0;
    if (op == "Neg")
        return checked(__builtin_sub_overflow(std::int64_t(0), a, &result), result);
    if (op == "Abs")
        return a < 0 ? checked(__builtin_sub_overflow(std::int64_t(0), a, &result), result) : Result(a);
    if (op == "Floor" || op == "Ceil" || op == "Round" || op == "Sum" || op == "Min" || op == "Max" || op == "Mean")
        return a;
    if (op == "Not")
        return a == 0 ? 1 : 0;
    if (op == "Relu")
        return std::max<std::int64_t>(a, 0);
    if (op == "Sign")
        return (a > 0) - (a < 0);
    return std::nullopt;
}

std::int64_t orUnknown(Result result)
{
    return result && *result != kUnknownValue ? *result : kUnknownValue;
}

} // namespace

std::vector<std::size_t> broadcastStrides(const Dims &from, const Dims &to)
{
    std::vector<std::size_t> strides(to.size(), 0);
    std::size_t stride = 1;
    for (std::size_t i = 0; i < from.size() && i < to.size(); ++i) {
        const std::int64_t dim = from[from.size() - 1 - i];
        if (dim != 1)
            strides[to.size() - 1 - i] = stride;
        stride *= static_cast<std::size_t>(dim);
    }
    return strides;
}

Values broadcastValues(const Values &values, const Dims &from, const Dims &to)
{
    const std::vector<std::size_t> strides = broadcastStrides(from, to);
    Values result(static_cast<std::size_t>(elementCount(to).value_or(0)));
    for (std::size_t i = 0; i < result.size(); ++i) {
        std::size_t rest = i;
        std::size_t source = 0;
        for (std::size_t axis = to.size(); axis-- > 0;) {
            const auto dim = static_cast<std::size_t>(to[axis]);
            source += rest % dim * strides[axis];
            rest /= dim;
        }
        result[i] = values[source];
    }
    return result;
}

void propagateElementwise(InferenceContext &context)
{
    const std::string_view op = context.graph().names.text(context.node().opType);
    if (op == "Mod" && attributeInt(context.graph(), context.node(), "fmod", 0) != 0)
        return; // the sign of the dividend
    std::vector<Values> inputs;
    std::vector<Dims> dims;
    std::optional<Shape> joined = Shape{};
    for (std::size_t i = 0; i < context.inputCount(); ++i) {
        if (!context.hasInput(i) || !context.inputShape(i))
            return;
        std::optional<Values> values = context.inputValues(i);
        std::optional<Dims> known = knownDims(*context.inputShape(i));
        if (!values || !known)
            return;
        Expected<Shape> shape = broadcast(*joined, *context.inputShape(i));
        if (!shape)
            return;
        joined = *std::move(shape);
        inputs.push_back(*std::move(values));
        dims.push_back(*std::move(known));
    }
    const std::optional<Dims> out = knownDims(*joined);
    const std::optional<std::int64_t> count = out ? elementCount(*out) : std::nullopt;
    if (inputs.empty() || !count || *count > static_cast<std::int64_t>(kMaxShapeValues))
        return;
    for (std::size_t i = 0; i < inputs.size(); ++i)
        inputs[i] = broadcastValues(inputs[i], dims[i], *out);
    const bool floating = isFloat(context.inputType(inputs.size() > 1 ? 1 : 0));
    Values result(static_cast<std::size_t>(*count));
    bool any = result.empty();
    for (std::size_t i = 0; i < result.size(); ++i) {
        std::int64_t value = inputs[0][i];
        if (op == "Where") {
            value = value == kUnknownValue ? kUnknownValue : inputs[value != 0 ? 1 : 2][i];
        } else if (inputs.size() == 1) {
            value = value == kUnknownValue ? value : orUnknown(unary(op, value));
        } else {
            for (std::size_t k = 1; k < inputs.size() && value != kUnknownValue; ++k)
                value = inputs[k][i] == kUnknownValue ? kUnknownValue : orUnknown(binary(op, value, inputs[k][i], floating));
        }
        any = any || value != kUnknownValue;
        result[i] = value;
    }
    if (any)
        context.setOutputValues(0, std::move(result));
}

} // namespace nordlys::core::ops

// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"
#include "value_arithmetic.h"

namespace nordlys::core::ops {

namespace {

/// Broadcasts all inputs; type of the first unless `result` says otherwise.
Expected<void> inferBroadcast(InferenceContext &context, DType result)
{
    std::optional<Shape> shape = Shape{};
    for (std::size_t i = 0; i < context.inputCount(); ++i) {
        if (!context.hasInput(i))
            continue;
        const std::optional<Shape> &input = context.inputShape(i);
        if (!input) {
            shape.reset();
            break;
        }
        Expected<Shape> joined = broadcast(*shape, *input);
        if (!joined)
            return std::move(joined.error());
        shape = *std::move(joined);
    }
    context.setOutput(0, result, std::move(shape));
    return {};
}

/// Up to opset 6 the second input is laid along `axis` of the first, whose shape is the result's.
bool hasLegacyBroadcast(const InferenceContext &context)
{
    return context.node().opset < 7 && attributeInt(context.graph(), context.node(), "broadcast", 0) != 0;
}

Expected<void> inferArithmetic(InferenceContext &context)
{
    if (hasLegacyBroadcast(context)) {
        context.setOutput(0, context.inputType(0), context.inputShape(0));
        return {};
    }
    NORDLYS_TRY(inferBroadcast(context, context.inputType(0)));
    propagateElementwise(context);
    return {};
}

Expected<void> inferComparison(InferenceContext &context)
{
    if (hasLegacyBroadcast(context)) {
        context.setOutput(0, DType::Bool, context.inputShape(0));
        return {};
    }
    NORDLYS_TRY(inferBroadcast(context, DType::Bool));
    propagateElementwise(context);
    return {};
}

Expected<void> inferWhere(InferenceContext &context)
{
    NORDLYS_TRY(inferBroadcast(context, context.inputType(1)));
    propagateElementwise(context);
    return {};
}

Expected<void> inferUnary(InferenceContext &context)
{
    context.setOutput(0, context.inputType(0), context.inputShape(0));
    propagateElementwise(context);
    return {};
}

Expected<void> inferUnaryBool(InferenceContext &context)
{
    context.setOutput(0, DType::Bool, context.inputShape(0));
    propagateElementwise(context);
    return {};
}

/// Dropout: the mask has the shape of the data.
Expected<void> inferDropout(InferenceContext &context)
{
    NORDLYS_TRY(inferSameAsFirst(context));
    if (context.outputCount() > 1)
        context.setOutput(1, context.node().opset >= 10 ? DType::Bool : context.inputType(0), context.inputShape(0));
    return {};
}

OpSpec elementwise(std::string_view name, int since, int minInputs, int maxInputs, OpSpec::InferFunction infer,
                   QuantRole output = QuantRole::Activation)
{
    OpSpec spec = row(name, since, minInputs, maxInputs, infer);
    spec.layout = LayoutRole::Elementwise;
    spec.output = output;
    if (output == QuantRole::None && infer != inferComparison)
        spec.inputs = kNoInputs;
    return spec;
}

OpSpec fusable(OpSpec spec)
{
    spec.isFusableActivation = true;
    return spec;
}

/// Inputs after the first are bounds, slopes or ratios.
OpSpec withPlainParameters(OpSpec spec)
{
    spec.inputs = kFirstInputOnly;
    return spec;
}

std::vector<OpSpec> build()
{
    std::vector<OpSpec> rows;
    for (const std::string_view name : {"Add", "Sub", "Mul", "Div"})
        rows.push_back(elementwise(name, 1, 2, 2, inferArithmetic));
    for (const std::string_view name : {"Pow", "Mod", "BitShift"})
        rows.push_back(elementwise(name, 1, 2, 2, inferArithmetic));
    for (const std::string_view name : {"Min", "Max", "Sum", "Mean"})
        rows.push_back(elementwise(name, 1, 1, -1, inferArithmetic));
    for (const std::string_view name : {"LeakyRelu", "Elu", "Selu", "Celu", "ThresholdedRelu", "Softplus", "Softsign", "HardSwish", "Mish", "Gelu",
                                        "Swish", "Erf", "Sqrt", "Exp", "Log", "Neg", "Abs", "Floor", "Ceil", "Round", "Reciprocal", "Sign", "Cos",
                                        "Sin", "Tan", "Acos", "Asin", "Atan", "Cosh", "Sinh", "Acosh", "Asinh", "Atanh", "Shrink"})
        rows.push_back(elementwise(name, 1, 1, 1, inferUnary));
    rows.push_back(fusable(elementwise("Relu", 1, 1, 1, inferUnary)));
    rows.push_back(fusable(elementwise("Clip", 1, 1, 1, inferUnary)));
    rows.push_back(fusable(withPlainParameters(elementwise("Clip", 11, 1, 3, inferUnary))));
    rows.push_back(elementwise("Sigmoid", 1, 1, 1, inferUnary, QuantRole::FixedUnit));
    rows.push_back(elementwise("HardSigmoid", 1, 1, 1, inferUnary, QuantRole::FixedUnit));
    rows.push_back(elementwise("Tanh", 1, 1, 1, inferUnary, QuantRole::FixedSymmetric));
    OpSpec prelu = elementwise("PRelu", 1, 2, 2, inferUnary);
    prelu.inputs = kWeightedInputs;
    prelu.layout = LayoutRole::Opaque; // the slope's shape follows the order of the model's dims
    rows.push_back(prelu);
    for (const std::string_view name : {"Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual"})
        rows.push_back(elementwise(name, 1, 2, 2, inferComparison, QuantRole::None));
    for (const std::string_view name : {"And", "Or", "Xor"}) {
        rows.push_back(elementwise(name, 1, 2, 2, inferComparison, QuantRole::None));
        rows.back().inputs = kNoInputs;
    }
    for (const std::string_view name : {"BitwiseAnd", "BitwiseOr", "BitwiseXor"})
        rows.push_back(elementwise(name, 18, 2, 2, inferArithmetic, QuantRole::None));
    rows.push_back(elementwise("BitwiseNot", 18, 1, 1, inferUnary, QuantRole::None));
    rows.push_back(elementwise("Not", 1, 1, 1, inferUnaryBool, QuantRole::None));
    for (const std::string_view name : {"IsNaN", "IsInf"})
        rows.push_back(elementwise(name, 1, 1, 1, inferUnaryBool, QuantRole::None));
    OpSpec where = elementwise("Where", 9, 3, 3, inferWhere);
    static constexpr std::array kWhereInputs{QuantRole::None, QuantRole::Activation, QuantRole::Activation};
    where.inputs = kWhereInputs;
    rows.push_back(where);
    rows.push_back(elementwise("Identity", 1, 1, 1, inferSameAsFirst, QuantRole::Tied));
    for (const int since : {1, 12}) {
        OpSpec dropout = withPlainParameters(elementwise("Dropout", since, 1, since == 1 ? 1 : 3, inferDropout, QuantRole::Tied));
        dropout.maxOutputs = 2;
        rows.push_back(dropout);
    }
    return rows;
}

} // namespace

std::span<const OpSpec> elementwiseOps()
{
    static const std::vector<OpSpec> rows = build();
    return rows;
}

} // namespace nordlys::core::ops

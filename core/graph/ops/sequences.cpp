// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

namespace nordlys::core::ops {

namespace {

/// Sequences and optionals have no shape; their element type is the type of the tensors in them (graph.h, Tensor::dtype).
Expected<void> inferElementType(InferenceContext &context)
{
    context.setOutput(0, context.inputType(0), std::nullopt);
    return {};
}

Expected<void> inferSequenceEmpty(InferenceContext &context)
{
    const std::int64_t type = attributeInt(context.graph(), context.node(), "dtype", static_cast<std::int64_t>(DType::Float32));
    if (type <= 0 || type > static_cast<std::int64_t>(DType::Float4E2M1))
        return broken("the attribute dtype names no element type");
    context.setOutput(0, static_cast<DType>(type), std::nullopt);
    return {};
}

Expected<void> inferSequenceConstruct(InferenceContext &context)
{
    for (std::size_t i = 1; i < context.inputCount(); ++i) {
        const DType first = context.inputType(0), other = context.inputType(i);
        if (first != DType::Undefined && other != DType::Undefined && first != other)
            return broken("input " + std::to_string(i) + " is " + std::string(nameOf(other)) + ", input 0 is " + std::string(nameOf(first)));
    }
    return inferElementType(context);
}

Expected<void> inferSequenceInsert(InferenceContext &context)
{
    // An empty sequence may come without a type of its own.
    context.setOutput(0, context.inputType(0) != DType::Undefined ? context.inputType(0) : context.inputType(1), std::nullopt);
    return {};
}

Expected<void> inferLength(InferenceContext &context)
{
    context.setOutput(0, DType::Int64, Shape{});
    return {};
}

Expected<void> inferHasElement(InferenceContext &context)
{
    context.setOutput(0, DType::Bool, Shape{});
    return {};
}

/// A sequence or an optional is no tensor: it gets no encoding.
OpSpec container(std::string_view name, int since, int minInputs, int maxInputs, OpSpec::InferFunction infer)
{
    OpSpec spec = row(name, since, minInputs, maxInputs, infer);
    spec.output = QuantRole::None;
    spec.inputs = kNoInputs;
    return spec;
}

/// The tensor that is taken out of one gets its own encoding.
OpSpec takesTensor(OpSpec spec)
{
    spec.output = QuantRole::Activation;
    return spec;
}

} // namespace

std::span<const OpSpec> sequenceOps()
{
    static const std::vector<OpSpec> rows{
        container("SequenceEmpty", 11, 0, 0, inferSequenceEmpty), container("SequenceConstruct", 11, 1, -1, inferSequenceConstruct),
        container("SequenceInsert", 11, 2, 3, inferSequenceInsert), container("SequenceErase", 11, 1, 2, inferElementType),
        takesTensor(container("SequenceAt", 11, 2, 2, inferElementType)), container("SequenceLength", 11, 1, 1, inferLength),
        container("SplitToSequence", 11, 1, 2, inferElementType), takesTensor(container("ConcatFromSequence", 11, 1, 1, inferElementType)),
        container("Optional", 15, 0, 1, inferElementType), takesTensor(container("OptionalGetElement", 15, 1, 1, inferElementType)),
        container("OptionalHasElement", 15, 1, 1, inferHasElement), container("OptionalHasElement", 18, 0, 1, inferHasElement),
    };
    return rows;
}

} // namespace nordlys::core::ops

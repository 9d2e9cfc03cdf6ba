// SPDX-License-Identifier: Apache-2.0
#include "constant_values.h"
#include "families.h"
#include "infer_util.h"

#include <algorithm>

namespace nordlys::core::ops {

namespace {

Expected<void> inferGather(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::optional<Shape> &indices = context.inputShape(1);
    std::optional<Shape> shape;
    std::size_t axis = 0;
    if (data) {
        const Expected<std::size_t> checked = normalizeAxis(attributeInt(context.graph(), context.node(), "axis", 0), data->size());
        if (!checked)
            return checked.error();
        axis = *checked;
    }
    if (data && indices) {
        const auto at = data->begin() + static_cast<std::ptrdiff_t>(axis);
        shape = Shape(data->begin(), at);
        shape->insert(shape->end(), indices->begin(), indices->end());
        shape->insert(shape->end(), at + 1, data->end());
    }
    const bool isVector = data && data->size() == 1;
    context.setOutput(0, context.inputType(0), std::move(shape));
    const std::optional<Values> values = isVector ? context.inputValues(0) : std::nullopt;
    const std::optional<Values> picks = values ? context.inputValues(1) : std::nullopt;
    if (!picks)
        return {};
    Values result;
    for (std::int64_t pick : *picks) {
        if (pick == kUnknownValue) {
            result.push_back(kUnknownValue);
            continue;
        }
        const auto size = static_cast<std::int64_t>(values->size());
        if (pick < -size || pick >= size)
            return broken("index " + std::to_string(pick) + " lies outside " + std::to_string(size) + " elements");
        result.push_back((*values)[static_cast<std::size_t>(pick < 0 ? pick + size : pick)]);
    }
    context.setOutputValues(0, std::move(result));
    return {};
}

Expected<void> inferGatherElements(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::optional<Shape> &indices = context.inputShape(1);
    if (data) {
        if (const Expected<std::size_t> axis = normalizeAxis(attributeInt(context.graph(), context.node(), "axis", 0), data->size()); !axis)
            return axis.error();
    }
    if (data && indices && data->size() != indices->size())
        return broken("data (input 0) of rank " + std::to_string(data->size()) + " and indices (input 1) of rank " + std::to_string(indices->size()));
    context.setOutput(0, context.inputType(0), context.inputShape(1));
    return {};
}

Expected<void> inferGatherNd(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::optional<Shape> &indices = context.inputShape(1);
    std::optional<Shape> shape;
    if (data && indices && !indices->empty() && indices->back().isKnown()) {
        const std::int64_t batch = attributeInt(context.graph(), context.node(), "batch_dims", 0);
        const std::int64_t depth = indices->back().value;
        if (batch < 0 || depth < 0 || depth > 64 || batch > 64 || batch + depth > static_cast<std::int64_t>(data->size()))
            return broken("the indices reach past the data's rank");
        shape = Shape(indices->begin(), indices->end() - 1);
        shape->insert(shape->end(), data->begin() + batch + depth, data->end());
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

/// All of them: a copy of the data in which some elements are replaced.
Expected<void> inferScatter(InferenceContext &context)
{
    const std::string_view op = context.graph().names.text(context.node().opType);
    const std::optional<Shape> &data = context.inputShape(0);
    if (data && op != "ScatterND") {
        const std::int64_t axis = attributeInt(context.graph(), context.node(), "axis", op == "TensorScatter" ? -2 : 0);
        if (const Expected<std::size_t> checked = normalizeAxis(axis, data->size()); !checked)
            return checked.error();
    }
    context.setOutput(0, context.inputType(0), context.inputShape(0));
    return {};
}

Expected<void> inferOneHot(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (shape) {
        const Expected<std::size_t> axis = normalizeAxis(attributeInt(context.graph(), context.node(), "axis", -1), shape->size() + 1);
        if (!axis)
            return axis.error();
        const std::optional<Values> depth = context.inputValues(1);
        Dim dim;
        if (depth && depth->size() == 1 && (*depth)[0] != kUnknownValue) {
            if ((*depth)[0] < 0)
                return broken("the depth (input 1) is " + std::to_string((*depth)[0]));
            dim.value = (*depth)[0];
        }
        shape->insert(shape->begin() + static_cast<std::ptrdiff_t>(*axis), dim);
    }
    context.setOutput(0, context.inputType(2), std::move(shape));
    return {};
}

Expected<void> inferNonZero(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    Dim rank;
    if (data)
        rank.value = static_cast<std::int64_t>(data->size());
    const std::optional<Values> values = data && data->size() == 1 ? context.inputValues(0) : std::nullopt;
    Values found;
    bool known = values.has_value();
    for (std::size_t i = 0; known && i < values->size(); ++i) {
        known = (*values)[i] != kUnknownValue;
        if ((*values)[i] != 0)
            found.push_back(static_cast<std::int64_t>(i));
    }
    context.setOutput(0, DType::Int64, Shape{rank, known ? Dim{static_cast<std::int64_t>(found.size()), {}} : Dim{}});
    if (known)
        context.setOutputValues(0, std::move(found));
    return {};
}

Expected<void> inferNonMaxSuppression(InferenceContext &context)
{
    context.setOutput(0, DType::Int64, Shape{Dim{}, Dim{3, {}}});
    return {};
}

Expected<void> inferCompress(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (!findAttribute(context.graph(), context.node(), "axis")) {
        shape = Shape{Dim{}};
    } else if (shape) {
        const Expected<std::size_t> axis = normalizeAxis(attributeInt(context.graph(), context.node(), "axis", 0), shape->size());
        if (!axis)
            return axis.error();
        (*shape)[*axis] = Dim{};
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

/// Trilu and ReverseSequence keep the shape and move elements.
Expected<void> inferKeepsShape(InferenceContext &context)
{
    if (const auto &data = context.inputShape(0); data && data->size() < 2)
        return broken("it needs at least 2 dimensions, input 0 has " + std::to_string(data->size()));
    context.setOutput(0, context.inputType(0), context.inputShape(0));
    return {};
}

/// Values, first positions, positions of the values and counts; how many there are depends on the data.
Expected<void> inferUnique(InferenceContext &context)
{
    std::optional<Shape> shape = Shape{Dim{}};
    if (findAttribute(context.graph(), context.node(), "axis")) {
        shape = context.inputShape(0);
        if (shape) {
            const Expected<std::size_t> axis = normalizeAxis(attributeInt(context.graph(), context.node(), "axis", 0), shape->size());
            if (!axis)
                return axis.error();
            (*shape)[*axis] = Dim{};
        }
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    for (std::size_t i = 1; i < 4; ++i)
        context.setOutput(i, DType::Int64, Shape{Dim{}});
    return {};
}

/// One column per n-gram: as many as the largest number in ngram_indexes says.
Expected<void> inferTfIdf(InferenceContext &context)
{
    std::int64_t columns = 0;
    for (const std::int64_t column : attributeInts(context.graph(), context.node(), "ngram_indexes")) {
        if (column < 0 || column >= (std::int64_t(1) << 31))
            return broken("ngram_indexes holds " + std::to_string(column));
        columns = std::max(columns, column + 1);
    }
    std::optional<Shape> shape = context.inputShape(0);
    if (shape) {
        if (shape->empty() || shape->size() > 2)
            return broken("the input has " + std::to_string(shape->size()) + " dimensions, not 1 or 2");
        shape->back() = Dim{columns, {}};
    }
    context.setOutput(0, DType::Float32, std::move(shape));
    return {};
}

OpSpec tied(std::string_view name, int since, int minInputs, int maxInputs, OpSpec::InferFunction infer, std::span<const QuantRole> inputs)
{
    OpSpec spec = row(name, since, minInputs, maxInputs, infer);
    spec.output = QuantRole::Tied;
    spec.inputs = inputs;
    return spec;
}

OpSpec unquantized(OpSpec spec)
{
    spec.output = QuantRole::None;
    return spec;
}

OpSpec unique()
{
    OpSpec spec = tied("Unique", 11, 1, 1, inferUnique, kActivationInputs);
    spec.maxOutputs = 4;
    return spec;
}

} // namespace

std::span<const OpSpec> selectionOps()
{
    static constexpr std::array kScatterInputs{QuantRole::Activation, QuantRole::None, QuantRole::Activation};
    static constexpr std::array kTensorScatterInputs{QuantRole::Activation, QuantRole::Activation, QuantRole::None};
    static constexpr std::array kOneHotInputs{QuantRole::None};
    static const std::vector<OpSpec> rows{
        tied("Gather", 1, 2, 2, inferGather, kFirstInputOnly),
        tied("GatherElements", 11, 2, 2, inferGatherElements, kFirstInputOnly),
        tied("GatherND", 11, 2, 2, inferGatherNd, kFirstInputOnly),
        tied("Scatter", 9, 3, 3, inferScatter, kScatterInputs),
        tied("ScatterElements", 11, 3, 3, inferScatter, kScatterInputs),
        tied("ScatterND", 11, 3, 3, inferScatter, kScatterInputs),
        tied("TensorScatter", 24, 2, 3, inferScatter, kTensorScatterInputs),
        unquantized(tied("OneHot", 9, 3, 3, inferOneHot, kOneHotInputs)),
        unquantized(tied("NonZero", 9, 1, 1, inferNonZero, kActivationInputs)),
        unquantized(tied("NonMaxSuppression", 10, 2, 5, inferNonMaxSuppression, kFirstInputOnly)),
        tied("Compress", 9, 2, 2, inferCompress, kFirstInputOnly),
        unique(),
        unquantized(tied("TfIdfVectorizer", 9, 1, 1, inferTfIdf, kOneHotInputs)),
        tied("Trilu", 14, 1, 2, inferKeepsShape, kFirstInputOnly),
        tied("ReverseSequence", 10, 2, 2, inferKeepsShape, kFirstInputOnly),
    };
    return rows;
}

} // namespace nordlys::core::ops

// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

#include <algorithm>

namespace nordlys::core::ops {

namespace {

/// Values of a full reduction of shape arithmetic.
void propagateReduction(InferenceContext &context, std::size_t outputRank)
{
    const std::optional<Values> values = context.inputValues(0);
    if (!values || values->empty() || outputRank > 1)
        return;
    const std::string_view op = context.graph().names.text(context.node().opType);
    if (op != "ReduceMax" && op != "ReduceMin" && op != "ReduceSum" && op != "ReduceProd") // the others change even a single value
        return;
    std::int64_t total = (*values)[0];
    for (std::size_t i = 0; i < values->size(); ++i) {
        const std::int64_t value = (*values)[i];
        if (value == kUnknownValue)
            return;
        if (i == 0)
            continue;
        if (op == "ReduceMax")
            total = std::max(total, value);
        else if (op == "ReduceMin")
            total = std::min(total, value);
        else if (op == "ReduceSum" ? __builtin_add_overflow(total, value, &total) : __builtin_mul_overflow(total, value, &total))
            return;
    }
    context.setOutputValues(0, {total});
}

Expected<void> inferReduce(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const bool keep = attributeInt(context.graph(), context.node(), "keepdims", 1) != 0;
    const bool noop = attributeInt(context.graph(), context.node(), "noop_with_empty_axes", 0) != 0;
    const IntList axes = intList(context, "axes", 1);
    const DType type = context.inputType(0);
    if (!data) {
        context.setOutput(0, type, std::nullopt);
        return {};
    }
    if (axes.present && !axes.values) {
        // Which axes go is not known; with keepdims at least the rank is.
        context.setOutput(0, type, keep ? std::optional(Shape(data->size())) : std::nullopt);
        return {};
    }
    std::vector<bool> reduced(data->size(), false);
    if (!axes.present || axes.values->empty()) {
        if (noop) {
            context.setOutput(0, type, data);
            return {};
        }
        reduced.assign(data->size(), true);
    } else {
        for (const std::int64_t axis : *axes.values) {
            const Expected<std::size_t> index = normalizeAxis(axis, data->size());
            if (!index)
                return index.error();
            reduced[*index] = true;
        }
    }
    Shape shape;
    for (std::size_t i = 0; i < data->size(); ++i) {
        if (!reduced[i])
            shape.push_back((*data)[i]);
        else if (keep)
            shape.push_back(Dim{1, {}});
    }
    const std::size_t rank = shape.size();
    const bool full = std::ranges::all_of(reduced, [](bool b) { return b; });
    context.setOutput(0, type, std::move(shape));
    if (full)
        propagateReduction(context, rank);
    return {};
}

Expected<void> inferArg(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (shape) {
        const Expected<std::size_t> axis = normalizeAxis(attributeInt(context.graph(), context.node(), "axis", 0), shape->size());
        if (!axis)
            return axis.error();
        if (attributeInt(context.graph(), context.node(), "keepdims", 1) != 0)
            (*shape)[*axis] = Dim{1, {}};
        else
            shape->erase(shape->begin() + static_cast<std::ptrdiff_t>(*axis));
    }
    context.setOutput(0, DType::Int64, std::move(shape));
    return {};
}

Expected<void> inferTopK(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (shape) {
        const Expected<std::size_t> axis = normalizeAxis(attributeInt(context.graph(), context.node(), "axis", -1), shape->size());
        if (!axis)
            return axis.error();
        const IntList k = intList(context, "k", 1);
        Dim count;
        if (k.values && k.values->size() == 1) {
            count.value = (*k.values)[0];
            if (count.value < 0 || ((*shape)[*axis].isKnown() && count.value > (*shape)[*axis].value))
                return broken("k is " + std::to_string(count.value) + " for an axis of " + std::to_string((*shape)[*axis].value));
        }
        (*shape)[*axis] = count;
    }
    context.setOutput(0, context.inputType(0), shape);
    context.setOutput(1, DType::Int64, std::move(shape));
    return {};
}

} // namespace

std::span<const OpSpec> reductionOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built;
        for (const std::string_view name : {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2",
                                            "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"}) {
            built.push_back(row(name, 1, 1, 1, inferReduce));
            built.push_back(row(name, name == "ReduceSum" ? 13 : 18, 1, 2, inferReduce));
            built.back().inputs = kFirstInputOnly;
        }
        for (const std::string_view name : {"ArgMax", "ArgMin"}) {
            built.push_back(row(name, 1, 1, 1, inferArg));
            built.back().output = QuantRole::None;
        }
        built.push_back(row("CumSum", 11, 2, 2, inferSameAsFirst));
        built.back().inputs = kFirstInputOnly;
        built.back().infer = [](InferenceContext &context) -> Expected<void> {
            context.setOutput(0, context.inputType(0), context.inputShape(0)); // the sums are not the input's values
            return {};
        };
        for (const int since : {1, 10}) {
            OpSpec topK = row("TopK", since, since == 1 ? 1 : 2, since == 1 ? 1 : 2, inferTopK);
            topK.minOutputs = topK.maxOutputs = 2;
            topK.inputs = kFirstInputOnly;
            topK.output = QuantRole::Tied;
            built.push_back(topK);
        }
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops

// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

#include <algorithm>

namespace nordlys::core::ops {

namespace {

Dim divided(const Dim &dim, std::int64_t by)
{
    return dim.isKnown() && by > 0 ? Dim{dim.value / by, {}} : Dim{};
}

Dim times(const Dim &a, const Dim &b)
{
    Dim result;
    if (a.isKnown() && b.isKnown() && __builtin_mul_overflow(a.value, b.value, &result.value))
        result.value = -1;
    return result;
}

/// batch, heads, length, width of an input of 4 dimensions, or of batch, length, heads * width. Empty when the shape is unknown.
Expected<Shape> headsOf(InferenceContext &context, std::size_t input, std::int64_t heads)
{
    const std::optional<Shape> &shape = context.inputShape(input);
    if (!shape)
        return Shape{};
    if (shape->size() == 4)
        return *shape;
    if (shape->size() != 3)
        return broken("input " + std::to_string(input) + " has rank " + std::to_string(shape->size()) + ", not 3 or 4");
    const Dim &width = (*shape)[2];
    if (heads < 1)
        return broken("inputs of rank 3 need q_num_heads and kv_num_heads");
    if (width.isKnown() && width.value % heads != 0)
        return broken(std::to_string(width.value) + " values do not divide into " + std::to_string(heads) + " heads");
    return Shape{(*shape)[0], Dim{heads, {}}, (*shape)[1], divided(width, heads)};
}

/// ONNX Attention-23 and -24: Q, K, V, attn_mask, past_key, past_value, nonpad_kv_seqlen; Y, present_key, present_value, qk_matmul_output.
Expected<void> inferAttention(InferenceContext &context)
{
    const DType type = context.inputType(0);
    for (std::size_t i = 0; i < context.outputCount(); ++i)
        context.setOutput(i, i == 1 ? context.inputType(1) : i == 2 ? context.inputType(2) : type, std::nullopt);
    const std::int64_t queryHeads = attributeInt(context.graph(), context.node(), "q_num_heads", 0);
    const std::int64_t keyHeads = attributeInt(context.graph(), context.node(), "kv_num_heads", 0);
    Expected<Shape> q = headsOf(context, 0, queryHeads), k = headsOf(context, 1, keyHeads), v = headsOf(context, 2, keyHeads);
    NORDLYS_TRY(q);
    NORDLYS_TRY(k);
    NORDLYS_TRY(v);
    if (q->empty() || k->empty() || v->empty())
        return {};
    Dim length = (*k)[2];
    if (context.hasInput(4)) {
        const std::optional<Shape> &past = context.inputShape(4);
        if (past && past->size() != 4)
            return broken("past_key has not 4 dimensions");
        length = past ? sum(length, (*past)[2]) : Dim{};
    }
    Shape result{(*q)[0], (*q)[1], (*q)[2], (*v)[3]};
    if (context.inputShape(0)->size() == 3)
        result = {(*q)[0], (*q)[2], times((*q)[1], (*v)[3])};
    context.setOutput(0, type, std::move(result));
    context.setOutput(1, context.inputType(1), Shape{(*k)[0], (*k)[1], length, (*k)[3]});
    context.setOutput(2, context.inputType(2), Shape{(*v)[0], (*v)[1], length, (*v)[3]});
    context.setOutput(3, type, Shape{(*q)[0], (*q)[1], (*q)[2], length});
    return {};
}

/// Both products: scores and their sum of values.
std::int64_t attentionMacs(const Graph &graph, const Node &node)
{
    const Shape *q = shapeOf(graph, node.inputs, 0), *k = shapeOf(graph, node.inputs, 1), *v = shapeOf(graph, node.inputs, 2);
    if (!q || !k || !v || q->size() < 3 || k->size() < 3 || v->size() < 3)
        return 0;
    const bool isFlat = q->size() == 3;
    const std::int64_t heads = isFlat ? attributeInt(graph, node, "q_num_heads", 1) : 1, keyHeads = isFlat ? attributeInt(graph, node, "kv_num_heads", 1) : 1;
    std::int64_t length = dimOr1(*k, k->size() == 3 ? 1 : 2);
    if (const Shape *past = shapeOf(graph, node.inputs, 4); past && past->size() == 4)
        if (__builtin_add_overflow(length, dimOr1(*past, 2), &length))
            length = std::numeric_limits<std::int64_t>::max();
    const std::int64_t scores = saturatingMultiply(countWithFreeAsOne(*q), length);
    const std::int64_t valueWidth = dimOr1(*v, v->size() - 1) / std::max<std::int64_t>(1, keyHeads);
    std::int64_t rows = saturatingMultiply(dimOr1(*q, 0), dimOr1(*q, 1));
    rows = saturatingMultiply(rows, isFlat ? heads : dimOr1(*q, 2));
    const std::int64_t values = saturatingMultiply(saturatingMultiply(rows, length), valueWidth);
    std::int64_t total = 0;
    return __builtin_add_overflow(scores, values, &total) ? std::numeric_limits<std::int64_t>::max() : total;
}

/// ONNX RotaryEmbedding-23: X, cos_cache, sin_cache, position_ids.
Expected<void> inferRotaryEmbedding(InferenceContext &context)
{
    if (const std::optional<Shape> &shape = context.inputShape(0); shape && shape->size() != 3 && shape->size() != 4)
        return broken("the input has rank " + std::to_string(shape->size()) + ", not 3 or 4");
    context.setOutput(0, context.inputType(0), context.inputShape(0));
    return {};
}

} // namespace

std::span<const OpSpec> attentionOps()
{
    static constexpr std::array kRotaryInputs{QuantRole::Activation, QuantRole::None};
    static constexpr std::array kAttentionInputs{QuantRole::Activation, QuantRole::Activation, QuantRole::Activation, QuantRole::None};
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built{row("Attention", 23, 3, 6, inferAttention), row("Attention", 24, 3, 7, inferAttention),
                                  row("RotaryEmbedding", 23, 3, 4, inferRotaryEmbedding)};
        for (std::size_t i = 0; i < 2; ++i) {
            built[i].maxOutputs = 4;
            built[i].macs = attentionMacs;
            built[i].inputs = kAttentionInputs;
        }
        built[2].inputs = kRotaryInputs;
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops

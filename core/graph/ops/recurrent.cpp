// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

namespace nordlys::core::ops {

namespace {

/// X [sequence, batch, inputs], W [directions, gates x hidden, inputs], R [directions, gates x hidden, hidden];
/// with layout 1 the batch comes first.
Expected<void> inferRecurrent(InferenceContext &context)
{
    const std::optional<Shape> &data = context.inputShape(0);
    const std::optional<Shape> &recurrence = context.inputShape(2);
    const DType type = context.inputType(0);
    std::optional<Shape> sequence;
    std::optional<Shape> last;
    if (data && recurrence) {
        if (data->size() != 3 || recurrence->size() != 3)
            return broken("data and recurrence weights need rank 3");
        const bool batchFirst = attributeInt(context.graph(), context.node(), "layout", 0) != 0;
        const Dim steps = (*data)[batchFirst ? 1 : 0];
        const Dim batch = (*data)[batchFirst ? 0 : 1];
        const Dim directions = (*recurrence)[0];
        const Dim hidden = (*recurrence)[2];
        sequence = batchFirst ? Shape{batch, steps, directions, hidden} : Shape{steps, directions, batch, hidden};
        last = batchFirst ? Shape{batch, directions, hidden} : Shape{directions, batch, hidden};
    }
    for (std::size_t i = 0; i < context.outputCount(); ++i)
        context.setOutput(i, type, i == 0 ? sequence : last);
    return {};
}

/// Steps x batch x (weights of W and R); element-wise products of the gates are not counted.
std::int64_t recurrentMacs(const Graph &graph, const Node &node)
{
    const Shape *data = shapeOf(graph, node.inputs, 0);
    const Shape *weights = shapeOf(graph, node.inputs, 1);
    const Shape *recurrence = shapeOf(graph, node.inputs, 2);
    if (!data || data->size() != 3 || !weights || !recurrence)
        return 0;
    const std::int64_t a = countWithFreeAsOne(*weights);
    const std::int64_t b = countWithFreeAsOne(*recurrence);
    std::int64_t perStep = 0;
    if (__builtin_add_overflow(a, b, &perStep))
        perStep = std::numeric_limits<std::int64_t>::max();
    return saturatingMultiply(saturatingMultiply(dimOr1(*data, 0), dimOr1(*data, 1)), perStep);
}

} // namespace

std::span<const OpSpec> recurrentOps()
{
    static constexpr std::array kInputs{QuantRole::Activation, QuantRole::Weight, QuantRole::Weight, QuantRole::Bias,
                                        QuantRole::None,       QuantRole::Activation, QuantRole::Activation, QuantRole::Weight};
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built{row("RNN", 1, 3, 6, inferRecurrent), row("GRU", 1, 3, 6, inferRecurrent), row("LSTM", 1, 3, 8, inferRecurrent)};
        for (OpSpec &spec : built) {
            spec.inputs = kInputs;
            spec.macs = recurrentMacs;
            spec.minOutputs = 0;
            spec.maxOutputs = spec.name == "LSTM" ? 3 : 2;
        }
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops

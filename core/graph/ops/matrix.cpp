// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

namespace nordlys::core::ops {

namespace {

Expected<void> inferGemm(InferenceContext &context)
{
    const std::optional<Shape> &a = context.inputShape(0);
    const std::optional<Shape> &b = context.inputShape(1);
    if (!a || !b) {
        context.setOutput(0, context.inputType(0), std::nullopt);
        return {};
    }
    if (a->size() != 2 || b->size() != 2)
        return broken("Gemm needs two matrices, not ranks " + std::to_string(a->size()) + " and " + std::to_string(b->size()));
    const std::size_t rowAxis = attributeInt(context.graph(), context.node(), "transA", 0) != 0 ? 1 : 0;
    const std::size_t columnAxis = attributeInt(context.graph(), context.node(), "transB", 0) != 0 ? 0 : 1;
    const Dim &innerA = (*a)[1 - rowAxis];
    const Dim &innerB = (*b)[1 - columnAxis];
    if (innerA.isKnown() && innerB.isKnown() && innerA.value != innerB.value)
        return broken("inner dimensions " + std::to_string(innerA.value) + " and " + std::to_string(innerB.value) + " differ");
    context.setOutput(0, context.inputType(0), Shape{(*a)[rowAxis], (*b)[columnAxis]});
    return {};
}

Expected<void> inferMatMulAt(InferenceContext &context, std::size_t inputB, DType result)
{
    if (!context.inputShape(0) || !context.inputShape(inputB)) {
        context.setOutput(0, result, std::nullopt);
        return {};
    }
    Shape a = *context.inputShape(0);
    Shape b = *context.inputShape(inputB);
    if (a.empty() || b.empty())
        return broken("MatMul takes no scalar");
    const bool isVectorA = a.size() == 1;
    const bool isVectorB = b.size() == 1;
    if (isVectorA)
        a.insert(a.begin(), Dim{1, {}});
    if (isVectorB)
        b.push_back(Dim{1, {}});
    const Dim rows = a[a.size() - 2];
    const Dim columns = b.back();
    const Dim &innerA = a.back();
    const Dim &innerB = b[b.size() - 2];
    if (innerA.isKnown() && innerB.isKnown() && innerA.value != innerB.value)
        return broken("inner dimensions " + std::to_string(innerA.value) + " and " + std::to_string(innerB.value) + " differ");
    a.resize(a.size() - 2);
    b.resize(b.size() - 2);
    Expected<Shape> shape = broadcast(a, b);
    if (!shape)
        return std::move(shape.error());
    if (!isVectorA)
        shape->push_back(rows);
    if (!isVectorB)
        shape->push_back(columns);
    context.setOutput(0, result, *std::move(shape));
    return {};
}

Expected<void> inferMatMul(InferenceContext &context) { return inferMatMulAt(context, 1, context.inputType(0)); }
Expected<void> inferMatMulInteger(InferenceContext &context) { return inferMatMulAt(context, 1, DType::Int32); }
Expected<void> inferQLinearMatMul(InferenceContext &context) { return inferMatMulAt(context, 3, context.inputType(7)); }

/// Inner dimension of a product, which both sides state; 1 where neither is known.
std::int64_t innerDim(const Shape *a, std::size_t axisOfA, const Shape *b, std::size_t axisOfB)
{
    if (a && axisOfA < a->size() && (*a)[axisOfA].isKnown())
        return (*a)[axisOfA].value;
    return b ? dimOr1(*b, axisOfB) : 1;
}

/// Output elements times the inner dimension.
std::int64_t matMulMacsAt(const Graph &graph, const Node &node, std::size_t inputB)
{
    const Shape *a = shapeOf(graph, node.inputs, 0);
    const Shape *b = shapeOf(graph, node.inputs, inputB);
    if (!a || a->empty() || node.outputs.empty() || !node.outputs[0].isValid())
        return 0;
    const std::size_t rowsOfB = b && b->size() > 1 ? b->size() - 2 : 0;
    return saturatingMultiply(countWithFreeAsOne(graph.tensor(node.outputs[0]).shape), innerDim(a, a->size() - 1, b, rowsOfB));
}

std::int64_t matMulMacs(const Graph &graph, const Node &node) { return matMulMacsAt(graph, node, 1); }
std::int64_t qlinearMatMulMacs(const Graph &graph, const Node &node) { return matMulMacsAt(graph, node, 3); }

std::int64_t gemmMacs(const Graph &graph, const Node &node)
{
    const Shape *a = shapeOf(graph, node.inputs, 0);
    if (!a || node.outputs.empty() || !node.outputs[0].isValid())
        return 0;
    const std::size_t innerOfA = attributeInt(graph, node, "transA", 0) != 0 ? 0 : 1;
    const std::size_t innerOfB = attributeInt(graph, node, "transB", 0) != 0 ? 1 : 0;
    return saturatingMultiply(countWithFreeAsOne(graph.tensor(node.outputs[0]).shape),
                              innerDim(a, innerOfA, shapeOf(graph, node.inputs, 1), innerOfB));
}

Expected<void> inferDet(InferenceContext &context)
{
    std::optional<Shape> shape = context.inputShape(0);
    if (shape) {
        if (shape->size() < 2)
            return broken("the input has no matrix: its rank is " + std::to_string(shape->size()));
        const Dim rows = (*shape)[shape->size() - 2], columns = shape->back();
        if (rows.isKnown() && columns.isKnown() && rows.value != columns.value)
            return broken("the matrix of " + std::to_string(rows.value) + " rows and " + std::to_string(columns.value) + " columns is not square");
        shape->resize(shape->size() - 2);
    }
    context.setOutput(0, context.inputType(0), std::move(shape));
    return {};
}

OpSpec product(std::string_view name, int since, int minInputs, int maxInputs, OpSpec::InferFunction infer, OpSpec::MacsFunction macs)
{
    OpSpec spec = row(name, since, minInputs, maxInputs, infer);
    spec.macs = macs;
    spec.inputs = kWeightedInputs;
    return spec;
}

} // namespace

std::span<const OpSpec> matrixOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built;
        for (const int since : {1, 11}) {
            built.push_back(product("Gemm", since, since == 1 ? 3 : 2, 3, inferGemm, gemmMacs));
            built.back().channelAxis = 1;
        }
        static constexpr std::array kBothSides{QuantRole::Weight, QuantRole::Weight};
        built.push_back(product("MatMul", 1, 2, 2, inferMatMul, matMulMacs));
        built.back().channelAxis = 1;
        built.back().inputs = kBothSides;
        for (OpSpec spec : {product("MatMulInteger", 10, 2, 4, inferMatMulInteger, matMulMacs),
                            product("QLinearMatMul", 10, 8, 8, inferQLinearMatMul, qlinearMatMulMacs)}) {
            spec.inputs = kNoInputs;
            spec.output = QuantRole::None;
            built.push_back(spec);
        }
        built.push_back(row("Det", 11, 1, 1, inferDet));
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops

// SPDX-License-Identifier: Apache-2.0
#include "op_spec.h"

#include "ops/families.h"

#include <algorithm>
#include <unordered_map>

namespace nordlys::core {

namespace {

using OpTable = std::unordered_map<std::string_view, std::vector<const OpSpec *>>;

/// Rows by name, newest version first.
const OpTable &table()
{
    static const OpTable built = [] {
        OpTable rows;
        for (const std::span<const OpSpec> family :
             {ops::elementwiseOps(), ops::convolutionOps(), ops::poolingOps(), ops::matrixOps(), ops::normalizationOps(), ops::reductionOps(),
              ops::reshapingOps(), ops::selectionOps(), ops::resizingOps(), ops::shapeOps(), ops::quantizationOps(),
              ops::recurrentOps(), ops::controlFlowOps(), ops::regionOps(), ops::lossOps(), ops::sequenceOps(),
              ops::einsumOps(), ops::attentionOps(), ops::signalOps(), ops::microsoftOps()}) {
            for (const OpSpec &spec : family)
                rows[spec.name].push_back(&spec);
        }
        for (auto &[name, specs] : rows)
            std::ranges::sort(specs, [](const OpSpec *a, const OpSpec *b) { return a->sinceVersion > b->sinceVersion; });
        return rows;
    }();
    return built;
}

} // namespace

const OpSpec *findOpSpec(std::string_view domain, std::string_view name, int opset)
{
    if (domain == "ai.onnx")
        domain = {};
    const auto it = table().find(name);
    if (it == table().end())
        return nullptr;
    for (const OpSpec *spec : it->second) {
        if (spec->domain == domain && spec->sinceVersion <= opset)
            return spec;
    }
    return nullptr;
}

const OpSpec *findOpSpec(const Graph &graph, const Node &node)
{
    return findOpSpec(graph.names.text(node.domain), graph.names.text(node.opType), node.opset);
}

int weightChannelAxis(const Graph &graph, const Node &node, std::size_t inputIndex)
{
    const OpSpec *spec = findOpSpec(graph, node);
    if (!spec || spec->channelAxis < 0 || inputIndex >= node.inputs.size() || !node.inputs[inputIndex].isValid())
        return -1;
    const QuantRole role = spec->inputs.empty() ? QuantRole::None : spec->inputs[std::min(inputIndex, spec->inputs.size() - 1)];
    if (role == QuantRole::Bias)
        return 0;
    if (role != QuantRole::Weight)
        return -1;
    const std::string_view op = graph.names.text(node.opType);
    if (op == "Gemm")
        return attributeInt(graph, node, "transB", 0) != 0 ? 0 : 1;
    if (op == "MatMul") {
        const std::optional<Shape> &shape = graph.tensor(node.inputs[inputIndex]).shape;
        return inputIndex == 1 && shape && shape->size() >= 2 ? static_cast<int>(shape->size()) - 1 : -1;
    }
    return spec->channelAxis;
}

} // namespace nordlys::core

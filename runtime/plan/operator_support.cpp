// SPDX-License-Identifier: Apache-2.0
#include "operator_support.h"

#include <core/graph/op_spec.h>
#include <runtime/kernels/kernel.h>
#include <runtime/kernels/value_kernel.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

namespace nordlys::runtime {

namespace {

using Found = std::map<std::pair<std::string, std::string>, core::UnsupportedOp>;

void countIn(const core::Graph &graph, Found &found)
{
    for (const core::Node &node : graph.nodes) {
        for (const core::Attribute &attribute : node.attributes) {
            if (const auto *subgraph = std::get_if<std::shared_ptr<const core::Graph>>(&attribute.value); subgraph && *subgraph)
                countIn(**subgraph, found);
        }
        const std::string_view domain = graph.names.text(node.domain), op = graph.names.text(node.opType);
        const bool isKnown = core::findOpSpec(domain, op, node.opset) != nullptr;
        if (isKnown && isComputable(domain, op, node.opset))
            continue;
        core::UnsupportedOp &entry = found[{std::string(domain), std::string(op)}];
        if (entry.count++ > 0)
            continue;
        entry.op = op;
        entry.domain = domain;
        const std::string at = "at opset " + std::to_string(node.opset);
        entry.reason = isKnown          ? "there is no kernel for it " + at
                       : domain.empty() ? "no rule for this operator " + at
                                        : "no rule for this operator of domain " + std::string(domain);
    }
}

} // namespace

bool isComputable(std::string_view domain, std::string_view op, int opset)
{
    if (domain == "ai.onnx")
        domain = {};
    // Lowered by program_builder_control.cpp; strings in a Constant have no kernel, numbers become data when the model is opened.
    constexpr std::array<std::string_view, 4> controlFlow{"If", "Loop", "Scan", "SequenceMap"};
    if (domain.empty() && std::ranges::find(controlFlow, op) != controlFlow.end())
        return true;
    return findReferenceKernel(domain, op, opset) != nullptr || findValueKernel(domain, op, opset) != nullptr;
}

std::vector<core::UnsupportedOp> unsupportedOperators(const core::Model &model)
{
    Found found;
    countIn(model.graph, found);
    std::vector<core::UnsupportedOp> result;
    for (auto &[key, entry] : found)
        result.push_back(std::move(entry));
    return result;
}

} // namespace nordlys::runtime

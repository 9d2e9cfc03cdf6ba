// SPDX-License-Identifier: Apache-2.0
#include "unsupported_ops.h"

#include <runtime/kernels/kernel.h>

#include <algorithm>

namespace nordlys::cli {

std::vector<core::UnsupportedOp> unsupportedOps(const core::Model &model)
{
    std::vector<core::UnsupportedOp> result = model.unsupported;
    const core::Graph &graph = model.graph;
    for (const core::Node &node : graph.nodes) {
        const std::string_view domain = graph.names.text(node.domain), op = graph.names.text(node.opType);
        // Constants become data before anything runs.
        if ((domain.empty() && op == "Constant") || runtime::findReferenceKernel(domain, op, node.opset) != nullptr)
            continue;
        const auto known = std::find_if(result.begin(), result.end(), [&](const core::UnsupportedOp &entry) {
            return entry.op == op && entry.domain == domain;
        });
        if (known == result.end())
            result.push_back(
                {std::string(op), std::string(domain), 1, "there is no kernel for it at opset " + std::to_string(node.opset)});
        else if (std::none_of(model.unsupported.begin(), model.unsupported.end(),
                              [&](const core::UnsupportedOp &entry) { return entry.op == op && entry.domain == domain; }))
            ++known->count;
    }
    return result;
}

} // namespace nordlys::cli

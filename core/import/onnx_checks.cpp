// SPDX-License-Identifier: Apache-2.0
#include "onnx_checks.h"

#include "onnx_scan.h"

#include <onnx/checker.h>

#include <algorithm>
#include <exception>
#include <unordered_map>

namespace nordlys::core {

namespace {

constexpr std::size_t kMaxLines = 10;

/// The checker wants every tensor's bytes, and the scan left the large ones in the file. It reads the indices of sparse tensors without comparing their
/// number with their bytes (libonnx 1.12).
bool canBeChecked(const onnx::NodeProto &node)
{
    return std::ranges::none_of(node.attribute(), [](const onnx::AttributeProto &attribute) {
        return attribute.has_g() || attribute.graphs_size() > 0 || attribute.has_sparse_tensor() || attribute.sparse_tensors_size() > 0
               || (attribute.has_t() && weightMarker(attribute.t().doc_string()));
    });
}

/// First line without the checker's repetition of the node.
std::string firstLine(std::string text)
{
    text = text.substr(0, text.find('\n'));
    return text.size() > 300 ? text.substr(0, 300) + "..." : text;
}

} // namespace

std::vector<std::string> checkOnnx(const onnx::ModelProto &model)
{
    std::vector<std::string> lines;
    if (model.graph().node_size() > kMaxCheckedNodes)
        return lines;
    try {
        onnx::checker::CheckerContext context;
        context.set_ir_version(static_cast<int>(std::clamp<std::int64_t>(model.ir_version(), 0, 1000)));
        std::unordered_map<std::string, int> opsets;
        for (const onnx::OperatorSetIdProto &opset : model.opset_import())
            opsets[opset.domain()] = static_cast<int>(std::clamp<std::int64_t>(opset.version(), 0, 1000));
        if (opsets.empty())
            opsets[""] = 1;
        context.set_opset_imports(opsets);
        onnx::checker::LexicalScopeContext scope;
        std::size_t more = 0;
        for (const onnx::NodeProto &node : model.graph().node()) {
            if (!canBeChecked(node))
                continue;
            try {
                onnx::checker::check_node(node, context, scope);
            } catch (const std::exception &problem) {
                if (lines.size() < kMaxLines)
                    lines.push_back("checker: " + firstLine(problem.what()));
                else
                    ++more;
            }
        }
        if (more > 0)
            lines.push_back("checker: " + std::to_string(more) + " more remarks of this kind");
    } catch (const std::exception &problem) {
        lines.push_back("checker: " + firstLine(problem.what()));
    }
    return lines;
}

} // namespace nordlys::core

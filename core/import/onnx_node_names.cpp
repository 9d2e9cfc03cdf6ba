// SPDX-License-Identifier: Apache-2.0
#include "onnx_node_names.h"

#include <cstdint>
#include <string_view>
#include <unordered_set>

namespace nordlys::core {

std::vector<std::string> uniqueNodeNames(const onnx::GraphProto &graph, std::vector<std::string> &notes)
{
    std::unordered_set<std::string_view> used;
    used.reserve(static_cast<std::size_t>(graph.node_size()));
    std::unordered_set<std::string> taken; // filled when the first name has to be made up
    std::string repeated;
    std::int64_t repeatedCount = 0;
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(graph.node_size()));
    for (int i = 0; i < graph.node_size(); ++i) {
        const onnx::NodeProto &node = graph.node(i);
        if (!node.name().empty() && used.insert(node.name()).second) {
            names.push_back(node.name());
            continue;
        }
        if (taken.empty()) {
            for (const onnx::NodeProto &other : graph.node())
                taken.insert(other.name());
        }
        const bool isRepeated = !node.name().empty();
        const std::string base = (isRepeated ? node.name() : node.op_type()) + "_" + std::to_string(i);
        std::string name = base;
        for (int suffix = 2; !taken.insert(name).second; ++suffix)
            name = base + "_" + std::to_string(suffix);
        if (isRepeated && repeatedCount++ == 0)
            repeated = node.name();
        names.push_back(std::move(name));
    }
    if (repeatedCount > 0)
        notes.push_back(std::to_string(repeatedCount) + " node(s) share their name with an earlier one (first: \"" + repeated
                        + "\") and got a number");
    return names;
}

} // namespace nordlys::core

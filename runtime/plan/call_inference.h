// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/graph/graph.h>
#include <runtime/kernels/kernel.h>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace nordlys::runtime {

/// What is known of an input of a call.
struct Operand {
    bool present = false;
    core::DType dtype = core::DType::Undefined;
    std::optional<core::Shape> shape;        ///< nothing: rank unknown, or no tensor
    const std::byte *data = nullptr;         ///< its values, where they are known; the shape is then known too
    std::size_t bytes = 0;

    static Operand of(const TensorDesc &desc);
};

/// Types and shapes of the outputs of one operator call, by core's operator table. Keeps a graph of one node, so that asking again is cheap.
/// Not thread-safe.
class CallInference {
public:
    CallInference(std::string_view node, std::string_view op, std::string_view domain, int opset, const AttributeMap &attributes, std::size_t inputCount,
                  std::size_t outputCount);

    struct Result {
        core::DType dtype = core::DType::Undefined; ///< Undefined: the table does not say
        std::optional<core::Shape> shape;           ///< free dimensions have no names
    };
    /// One result per output; as many operands as inputCount. BadInput names the node and the rule that it breaks. Data is only borrowed during the call.
    core::Expected<std::vector<Result>> infer(std::span<const Operand> operands);

private:
    core::Graph m_graph;
    core::NodeId m_node;
    std::vector<core::TensorId> m_inputs, m_outputs;
};

} // namespace nordlys::runtime

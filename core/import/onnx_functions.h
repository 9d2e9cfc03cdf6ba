// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

namespace nordlys::core {

/// Opset versions by domain ("" for ai.onnx).
using OpsetMap = std::map<std::string, int>;

/// Nodes that came out of a function which imports other opsets than the model; every other node has the model's.
struct FunctionOpsets {
    std::unordered_map<const onnx::NodeProto *, const OpsetMap *> ofNode;
    std::vector<std::unique_ptr<const OpsetMap>> owned;
};

/// A file may grow by no more than this when its functions are inlined, whatever it says.
inline constexpr std::int64_t kMaxInlinedNodes = 500'000;
inline constexpr std::size_t kMaxInlinedBytes = std::size_t(256) << 20;
/// Functions call each other no deeper.
inline constexpr int kMaxFunctionDepth = 64;

/// Replaces every call of a function of this model by the function's nodes, in subgraphs too: inputs and outputs take the names of the call,
/// everything else inside is called "CALL/NAME" (with a number where that is taken), attributes that refer to attributes of the function get the
/// call's value, its default, or are left out. Nodes of a graph with calls keep the names that they have or would get without inlining.
/// The model must live on an arena; its weights must have been left out by the scan, whose markers travel with the nodes.
/// BadInput naming the function: it calls itself, is defined twice, gets too many inputs or outputs, reads a tensor that it does not have, or
/// the nodes grow beyond the limits above.
Expected<void> inlineFunctions(onnx::ModelProto &model, const OpsetMap &modelOpsets, FunctionOpsets &opsets, const std::stop_token &stop);

} // namespace nordlys::core

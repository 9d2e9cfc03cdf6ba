// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "onnx_functions.h"
#include "onnx_weights.h"

#include <core/base/error.h>
#include <core/graph/graph.h>

#include <onnx/onnx_pb.h>

#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace nordlys::core {

/// What building graphs needs and what it tells.
struct OnnxGraphContext {
    OnnxWeights &weights;
    const OpsetMap &opsets; ///< of the model
    const FunctionOpsets &functionOpsets;
    std::stop_token stop;
    std::vector<std::string> notes;
};

/// Builds the graph with its subgraphs. Constant nodes become constants, nodes are sorted, unnamed and equally named ones get names.
/// BadInput: two producers of a tensor, an input that nobody produces, a cycle, negative dims.
Expected<Graph> buildOnnxGraph(const onnx::GraphProto &proto, OnnxGraphContext &context);

/// "" for "ai.onnx".
std::string normalizedDomain(const std::string &domain);

} // namespace nordlys::core

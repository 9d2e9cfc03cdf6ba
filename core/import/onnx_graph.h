// SPDX-License-Identifier: Apache-2.0
#pragma once

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
    const std::map<std::string, int> &opsets; ///< domain ("" for ai.onnx) to version
    const std::map<std::string, std::string> &functions; ///< "domain:name" of the file's local functions to their names
    std::stop_token stop;
    std::vector<std::string> notes;
    std::map<std::string, std::int64_t> ops; ///< operators of the top graph as the file holds them
};

/// Builds the graph with its subgraphs. Constant nodes become constants, nodes are sorted, unnamed and equally named ones get names.
/// BadInput: two producers of a tensor, an input that nobody produces, a cycle, negative dims.
Expected<Graph> buildOnnxGraph(const onnx::GraphProto &proto, OnnxGraphContext &context);

/// "" for "ai.onnx".
std::string normalizedDomain(const std::string &domain);

} // namespace nordlys::core

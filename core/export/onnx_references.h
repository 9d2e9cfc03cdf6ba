// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <onnx/onnx_pb.h>

#include <set>
#include <string>
#include <vector>

namespace nordlys::core {

/// Every value that the node's subgraphs read, their own ones included: a name may come from outside.
std::vector<std::string> namesInSubgraphs(const onnx::NodeProto &node);

/// Files with weights that the model refers to, as written there.
std::set<std::string> externalLocations(const onnx::ModelProto &model);

} // namespace nordlys::core

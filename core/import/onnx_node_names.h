// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace nordlys::core {

/// One name a node, in the order of the file, whatever the file gives: unnamed nodes are called after their operator and place,
/// equally named ones get their place as a suffix and a line in `notes`.
std::vector<std::string> uniqueNodeNames(const onnx::GraphProto &graph, std::vector<std::string> &notes);

} // namespace nordlys::core

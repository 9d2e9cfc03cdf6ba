// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace nordlys::core {

/// What libonnx's checker says of each node (schemas, attributes), a few lines at most. Nothing for models with more nodes than
/// kMaxCheckedNodes: opening must stay fast. Never fails: the checker is older than many good files.
std::vector<std::string> checkOnnx(const onnx::ModelProto &model);

inline constexpr int kMaxCheckedNodes = 2000;

} // namespace nordlys::core

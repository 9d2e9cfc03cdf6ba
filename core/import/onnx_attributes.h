// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "onnx_weights.h"

#include <optional>

namespace nordlys::core {

/// Value of an attribute that is no graph; nothing for kinds that a node cannot hold here (lists of tensors or graphs, sparse tensors,
/// types). Old files leave the type out: then the field that is set decides.
Expected<std::optional<AttributeValue>> readAttribute(const onnx::AttributeProto &proto, OnnxWeights &weights, const std::string &what);

/// Value of a Constant node from its only attribute; nothing for strings and sparse values.
Expected<std::optional<AttributeTensor>> constantNodeValue(const onnx::AttributeProto &proto, OnnxWeights &weights, const std::string &what);

} // namespace nordlys::core

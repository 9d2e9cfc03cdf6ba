// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/graph/graph.h>
#include <core/graph/op_spec.h>

#include <unordered_map>
#include <vector>

namespace nordlys::core {

/// Role of input `index`; roles beyond the end of the row repeat its last one, a row without roles has None.
QuantRole roleOfInput(const OpSpec &spec, std::size_t index);

/// Per tensor: an initializer, or computed from initializers alone (constant folding will turn it into one).
std::vector<bool> constantTensors(const Graph &graph);

/// Values that never leave a fused operator, and so have no encoding of their own.
struct FusedGroups {
    std::vector<bool> inner;                     ///< per tensor
    std::unordered_map<TensorId, NodeId> biases; ///< constant that is added right after a MatMul, and that MatMul
};

/// A value is inside a group when its only use is the next member of: Conv, ConvTranspose, Gemm or MatMul; then (MatMul) Add of a
/// constant vector, or BatchNormalization with constant parameters; then a fusable activation. Add followed by a fusable
/// activation is a group too.
FusedGroups findFusedGroups(const Graph &graph, const std::vector<bool> &constants);

} // namespace nordlys::core

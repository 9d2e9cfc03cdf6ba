// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/graph/graph.h>

#include <span>
#include <vector>

namespace nordlys::core {

/// Brings the nodes into an order in which they can run; true when that changed it. `hiddenInputs` are, by node, the tensors
/// that its subgraphs read. BadInput naming a node that is part of a cycle.
Expected<bool> sortNodes(Graph &graph, std::span<const std::vector<TensorId>> hiddenInputs);

} // namespace nordlys::core

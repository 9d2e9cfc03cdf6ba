// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/graph/graph.h>

#include <set>
#include <string>
#include <vector>

namespace nordlys::core {

/// Quantizable tensors that one of the queries selects. A query without a known prefix is a name or shell pattern (*, ?, [...]) of tensors and of
/// nodes; with op:, name:, kind: (or ! before one) it is a query of placement/node_query.h, on nodes and, with kind:activation, kind:weight
/// or kind:bias, on tensors, whose operator is that of the node they belong to. A node selects its weights, biases and outputs. A bias is selected with the
/// tensors whose scales it is made of.
std::set<std::string, std::less<>> selectTensors(const Graph &graph, const std::vector<std::string> &queries);

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "op_spec.h"

namespace nordlys::core {

/// Bytes that the tensor's elements take (4-bit types packed); free dimensions count as 1, an unknown rank or type as 0. Saturates.
std::int64_t bytesOf(const Tensor &tensor);
/// Cost of a node; free dimensions count as 1. Saturates at INT64_MAX instead of overflowing.
NodeCost costOf(const Graph &graph, NodeId node);
/// Number of elements in all initializers of the graph (subgraphs included); of values that the file holds as Constant nodes those
/// in floating point with a dimension count too, since some exporters write weights there.
std::int64_t parameterCount(const Graph &graph);
/// Sum of the nodes' MACs, free dimensions counting as 1.
std::int64_t macCount(const Graph &graph);

} // namespace nordlys::core

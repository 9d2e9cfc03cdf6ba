// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run_profile.h"

#include <cstddef>
#include <span>
#include <vector>

namespace nordlys::core {

/// Layers of two runs that do the same work. One side is empty where the other run has nothing like it.
struct JoinedLayers {
    std::vector<std::size_t> a, b; ///< ascending
};

/// Joins layers of the same name made of the same source nodes; then what shares source nodes (fused here, apart there: all that
/// hang together become one row, whose times are summed); then by name alone. Every layer stands in exactly one row. Rows follow
/// a's order, rows of b alone come last.
std::vector<JoinedLayers> joinLayers(std::span<const LayerInfo> a, std::span<const LayerInfo> b);

} // namespace nordlys::core

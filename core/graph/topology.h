// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace nordlys::core {

/// An order in which every item comes after those it depends on; items keep their order where they may.
struct TopologicalOrder {
    std::vector<std::size_t> order;        ///< empty when there is a cycle
    std::optional<std::size_t> cycleMember; ///< an item of a cycle
};

/// `dependencies[i]` lists what item i depends on (indices; repeated ones allowed).
TopologicalOrder sortTopologically(const std::vector<std::vector<std::size_t>> &dependencies);

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nordlys::core {

/// Cuts a directed acyclic graph of coloured items into segments: one colour, connected, no cycle between segments, and no two segments
/// with an edge between them can be merged without a cycle. `successors[i]` lists the items that use item i (all with a higher index,
/// repeated ones allowed). Returns the segment of each item; segments are numbered in an order of execution.
/// Merging is given up after about `workLimit` visits (ragged graphs of many thousand segments); everything but maximality still holds.
std::vector<std::size_t> partitionByColor(const std::vector<std::vector<std::size_t>> &successors, const std::vector<std::uint8_t> &colors,
                                          std::size_t workLimit = 20'000'000);

} // namespace nordlys::core

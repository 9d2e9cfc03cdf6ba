// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace nordlys::runtime {

/// Memory that is needed from step `first` to step `last`, both included.
struct ArenaBlock {
    std::uint64_t size = 0; ///< a multiple of the alignment
    int first = 0, last = 0;
    std::uint64_t offset = 0; ///< the result
};

/// The largest sum of sizes that are needed at the same time; saturates.
std::uint64_t largestLiveSum(const std::vector<ArenaBlock> &blocks);

/// Sets the offsets so that blocks whose times overlap do not share memory, and returns the end of the last one; nothing when every way that
/// was tried leaves `limit`. Deterministic; the work is bounded by about n log n steps for many blocks that live at the same time.
std::optional<std::uint64_t> placeBlocks(std::vector<ArenaBlock> &blocks, std::uint64_t limit);

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace nordlys::runtime {

/// Work that one chunk of a parallel region should hold at least, in multiply-adds: about 2.5 us on one core, the time that opening a region
/// and waking a thread costs. Smaller layers run on the caller alone, where they are faster and do not wait for a busy second core.
inline constexpr std::int64_t minChunkMacs = 128 * 1024;
/// The same for kernels that move a value for every multiply-add (depthwise).
inline constexpr std::int64_t minChunkStreamingMacs = 16 * 1024;

/// Items per chunk so that a chunk holds `minimum` operations; at least 1.
inline std::size_t grainFor(std::int64_t operationsPerItem, std::int64_t minimum = minChunkMacs)
{
    return static_cast<std::size_t>(std::max<std::int64_t>(1, minimum / std::max<std::int64_t>(1, operationsPerItem)));
}

} // namespace nordlys::runtime

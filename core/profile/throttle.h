// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run_profile.h"

#include <cstdint>
#include <string>
#include <vector>

namespace nordlys::core {

/// A stretch of a run in which inferences were slow because the clock was low.
struct ThrottledStretch {
    std::int64_t fromNs = 0, toNs = 0; ///< start of its first inference, end of its last
    std::size_t first = 0, count = 0;  ///< its inferences
    std::string clock;                 ///< name of the clock counter that fell
    double clockBeforeHz = 0, clockHz = 0; ///< means outside throttled stretches and inside this one
    double slowdownPercent = 0;            ///< of the median latency against the rest of the run
    [[nodiscard]] std::string text() const; ///< one sentence with the numbers
};

/// Finds throttled stretches: the run is cut into windows of at least 8 inferences; a window counts when its median latency is more than 10 % above
/// the run's fast level (the 20th percentile of the windows' medians) and the fastest clock's mean in it is more than 8 % below that clock's mean in fast
/// windows; neighbours join, and a stretch has at least two windows. Slow without a lower clock is noise, a lower clock that slows nothing is
/// saving power: neither is found. Nothing for runs without a clock counter in Hz or with fewer than 40 inferences. Linear in samples.
std::vector<ThrottledStretch> findThrottled(const RunProfile &run);

} // namespace nordlys::core

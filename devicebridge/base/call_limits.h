// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <stop_token>
#include <utility>

namespace nordlys::devicebridge {

/// How long a blocking call may take and what ends it early. A stop request ends the call at once with Interrupted; a passed deadline with a Device error
/// that says what did not answer.
struct CallLimits {
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
    std::stop_token stop;

    static CallLimits within(std::chrono::milliseconds time, std::stop_token stop = {})
    {
        return {std::chrono::steady_clock::now() + time, std::move(stop)};
    }
    [[nodiscard]] bool isPast() const { return std::chrono::steady_clock::now() >= deadline; }
    /// What poll() takes: milliseconds until the deadline, rounded up, 0 when it has passed, -1 when there is none.
    [[nodiscard]] int pollTimeoutMs() const;
};

} // namespace nordlys::devicebridge

// SPDX-License-Identifier: Apache-2.0
#include "call_limits.h"

#include <algorithm>

namespace nordlys::devicebridge {

int CallLimits::pollTimeoutMs() const
{
    if (deadline == std::chrono::steady_clock::time_point::max())
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    // A day at a time: poll() counts in int.
    return static_cast<int>(std::clamp<long long>(left, 0, 86'400'000));
}

} // namespace nordlys::devicebridge

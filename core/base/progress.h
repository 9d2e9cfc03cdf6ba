// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string_view>

namespace nordlys::core {

/// Reports of long work. `total` 0 means unknown. Called on the thread that works, a few times per second at most where the work
/// itself is finer; must return quickly.
using ProgressFunction = std::function<void(std::uint64_t done, std::uint64_t total, std::string_view what)>;

/// What every long function takes: how to stop it and whom to tell. Both may be empty.
struct JobContext {
    std::stop_token stop;
    ProgressFunction progress;

    [[nodiscard]] bool stopRequested() const { return stop.stop_requested(); }
    void report(std::uint64_t done, std::uint64_t total, std::string_view what) const
    {
        if (progress)
            progress(done, total, what);
    }
};

} // namespace nordlys::core

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/profile/run_statistics.h>
#include <core/profile/stream.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace nordlys::studio {

/// Carries a run stream from the thread that receives it to the GUI: items are collected and delivered in batches, at most 30 a
/// second, so that a million events a second cost the window 30 calls. Statistics are computed on the receiving side.
class RunFeed : public std::enable_shared_from_this<RunFeed> {
public:
    struct Batch {
        std::vector<core::StreamItem> items;
        std::optional<core::RunSummary> summary; ///< when it was renewed
    };
    /// `deliver` is called on the GUI thread.
    static std::shared_ptr<RunFeed> create(std::function<void(Batch)> deliver);

    /// Any one thread, in stream order.
    void add(const core::StreamItem &item);
    /// GUI thread: delivers at once what is waiting.
    void flush();
    /// Drops what is waiting and whatever comes later.
    void close();

private:
    using Clock = std::chrono::steady_clock;
    explicit RunFeed(std::function<void(Batch)> deliver) : m_deliver(std::move(deliver)) {}

    std::function<void(Batch)> m_deliver;
    std::mutex m_mutex;
    Batch m_waiting;
    bool m_scheduled = false, m_closed = false;
    // Only the receiving thread uses these.
    core::RunProfile m_profile;
    Clock::time_point m_nextSummary{};
};

} // namespace nordlys::studio

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/profile/stream.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace nordlys::runtime {

/// Encodes and writes stream items in a thread of its own, so that the measuring thread never waits for the reader. The queue is bounded: times, samples
/// and log lines that find it full are left out, times are counted and reported as Dropped; the other items are few and always taken.
class StreamWriter {
public:
    /// Writes the magic first. `onBroken` is called once, on the writer's thread, when the output cannot be written any more.
    StreamWriter(int descriptor, std::size_t maxQueuedBytes, std::function<void()> onBroken);
    ~StreamWriter(); ///< finishes
    StreamWriter(const StreamWriter &) = delete;
    StreamWriter &operator=(const StreamWriter &) = delete;

    /// Thread-safe; does not wait for the output.
    void push(core::StreamItem item);
    /// Waits until everything is written, or the output is broken. Nothing may be pushed afterwards.
    void finish();

    /// Why the output broke: Interrupted when the reader is gone, CannotWrite otherwise. Valid after finish().
    [[nodiscard]] const std::optional<core::Error> &failure() const { return m_failure; }
    [[nodiscard]] std::uint64_t dropped() const; ///< layer events (inferences where there are no layer times) so far

private:
    void loop();
    bool writeAll(std::string_view bytes);

    int m_descriptor;
    std::size_t m_maxQueuedBytes;
    std::function<void()> m_onBroken;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<core::StreamItem> m_queue;
    std::size_t m_queuedBytes = 0;
    std::uint64_t m_droppedTotal = 0, m_droppedUnreported = 0;
    bool m_finishing = false, m_broken = false;
    std::optional<core::Error> m_failure;
    std::thread m_thread;
};

} // namespace nordlys::runtime

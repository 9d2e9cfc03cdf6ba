// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "function_ref.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <thread>
#include <vector>

namespace nordlys::runtime {

/// Number of physical cores that this process may run on (its CPU affinity mask; sibling hyper-threads count once). At least 1.
int physicalCoreCount();

/// A fixed team of threads for short data-parallel regions. The calling thread is worker 0 and takes part.
///
/// A region hands out its chunks through an atomic counter, so a worker that lost its core delays a region by the one
/// chunk it holds at most, and a worker that is still asleep by nothing. Idle workers spin for about 30 us and then sleep.
///
/// Threads: one outer thread at a time may call parallelFor on a pool. Different pools are independent of each other.
class ThreadPool
{
public:
    /// What a region runs: indices [begin, end) on `worker`, 0 <= worker < threads(). Must not throw.
    using Body = FunctionRef<void(std::size_t begin, std::size_t end, int worker)>;

    /// A team of `threads` (1 to 256, clamped) including the caller. Where the system refuses a thread the team is smaller.
    explicit ThreadPool(int threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool &) = delete;
    ThreadPool &operator=(const ThreadPool &) = delete;

    /// Size of the team, the caller included.
    [[nodiscard]] int threads() const { return m_threadCount; }

    /// Calls `body` so that every index of [0, count) is covered exactly once, in chunks of at least `grain` indices (the last
    /// may be smaller), and returns when all is done. With one thread, with a single chunk, or inside a body of this pool it
    /// runs inline as one call. All writes of the bodies are visible on return. Allocates nothing.
    /// After a stop request (setStop) what is left of the region is not run.
    void parallelFor(std::size_t count, std::size_t grain, Body body);

    /// Lets a stop request end regions early; `stop` stays valid until the next call (null: none). Not while a region runs. Whoever asked for the stop
    /// must not use what the region was to compute.
    void setStop(const std::stop_token *stop) { m_cancel = stop != nullptr && stop->stop_possible() ? stop : nullptr; }
    /// For long loops on one thread that want to end early too.
    [[nodiscard]] bool stopRequested() const { return m_cancel != nullptr && m_cancel->stop_requested(); }

private:
    struct Region {
        std::size_t count = 0;
        std::size_t chunk = 1;
        const Body *body = nullptr;
    };

    void workerLoop(int worker);
    void runChunks(int worker);
    void waitForWorkers();

    int m_threadCount = 1;
    const std::stop_token *m_cancel = nullptr;
    Region m_region; // written only while the region is closed and nobody is inside
    std::vector<std::thread> m_workers;
    alignas(64) std::atomic<std::size_t> m_next{0};
    // bits 0-15: workers inside the region; bit 16: open for joining; bits 17-31: number of the region
    alignas(64) std::atomic<std::uint32_t> m_state{0};
    alignas(64) std::atomic<std::uint32_t> m_wake{0}; // changes with every region; what idle workers sleep on
    std::atomic<std::uint32_t> m_sleepers{0};
    std::atomic<bool> m_stop{false};
};

} // namespace nordlys::runtime

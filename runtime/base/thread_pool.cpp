// SPDX-License-Identifier: Apache-2.0
#include "thread_pool.h"

#include <algorithm>
#include <chrono>
#include <system_error>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace nordlys::runtime {

namespace {

constexpr std::uint32_t activeMask = 0xffffU;
constexpr std::uint32_t openBit = 0x10000U;
constexpr std::uint32_t numberStep = 0x20000U;
constexpr std::uint32_t numberMask = ~(activeMask | openBit);
constexpr std::size_t chunksPerThread = 4;
constexpr auto spinTime = std::chrono::microseconds(30);

// The bodies this thread is inside of, innermost first; lets a nested call find its own worker number.
struct Frame {
    const ThreadPool *pool;
    int worker;
    const Frame *outer;
};
thread_local const Frame *t_frames = nullptr;

class FrameScope
{
public:
    FrameScope(const ThreadPool *pool, int worker) : m_frame{pool, worker, t_frames} { t_frames = &m_frame; }
    ~FrameScope() { t_frames = m_frame.outer; }
    FrameScope(const FrameScope &) = delete;
    FrameScope &operator=(const FrameScope &) = delete;

private:
    Frame m_frame;
};

void pauseCpu()
{
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

template <typename Condition>
bool spinUntil(Condition condition)
{
    const auto deadline = std::chrono::steady_clock::now() + spinTime;
    do {
        for (int i = 0; i < 32; ++i) {
            if (condition())
                return true;
            pauseCpu();
        }
    } while (std::chrono::steady_clock::now() < deadline);
    return condition();
}

} // namespace

ThreadPool::ThreadPool(int threads)
{
    const int wanted = std::clamp(threads, 1, 256);
    m_workers.reserve(static_cast<std::size_t>(wanted - 1));
    for (int worker = 1; worker < wanted; ++worker) {
        try {
            m_workers.emplace_back([this, worker] { workerLoop(worker); });
        } catch (const std::system_error &) {
            break; // the system has no more threads: a smaller team does the same work
        }
    }
    m_threadCount = static_cast<int>(m_workers.size()) + 1;
}

ThreadPool::~ThreadPool()
{
    m_stop.store(true);
    m_wake.fetch_add(1);
    m_wake.notify_all();
    for (std::thread &worker : m_workers)
        worker.join();
}

void ThreadPool::parallelFor(std::size_t count, std::size_t grain, Body body)
{
    if (count == 0)
        return;
    for (const Frame *frame = t_frames; frame != nullptr; frame = frame->outer) {
        if (frame->pool == this) {
            body(0, count, frame->worker);
            return;
        }
    }
    const std::size_t team = static_cast<std::size_t>(m_threadCount);
    const std::size_t chunk = std::max({grain, count / (team * chunksPerThread), std::size_t{1}});
    if (team == 1 || chunk >= count) {
        const FrameScope scope(this, 0);
        // In pieces only where somebody may want to stop in between.
        const std::size_t piece = m_cancel != nullptr && team == 1 ? std::min(chunk, count) : count;
        for (std::size_t begin = 0; begin < count && !stopRequested(); begin += piece)
            body(begin, std::min(count, begin + piece), 0);
        return;
    }
    m_region = Region{count, chunk, &body};
    m_next.store(0, std::memory_order_relaxed);
    const std::uint32_t number = m_state.load(std::memory_order_relaxed) & numberMask;
    m_state.store((number + numberStep) | openBit, std::memory_order_release);
    // Sleepers announce themselves before they test m_wake, we change m_wake before we look for sleepers: one sees the other.
    m_wake.fetch_add(1, std::memory_order_seq_cst);
    if (m_sleepers.load(std::memory_order_seq_cst) != 0)
        m_wake.notify_all();
    runChunks(0);
    waitForWorkers();
}

void ThreadPool::runChunks(int worker)
{
    const FrameScope scope(this, worker);
    const Region region = m_region;
    for (;;) {
        const std::size_t begin = m_next.fetch_add(region.chunk, std::memory_order_relaxed);
        if (begin >= region.count || stopRequested())
            return;
        (*region.body)(begin, region.count - begin < region.chunk ? region.count : begin + region.chunk, worker);
    }
}

void ThreadPool::waitForWorkers()
{
    m_state.fetch_and(~openBit, std::memory_order_acq_rel);
    const auto left = [this] { return (m_state.load(std::memory_order_acquire) & activeMask) == 0; };
    if (spinUntil(left))
        return;
    for (;;) {
        const std::uint32_t state = m_state.load(std::memory_order_acquire);
        if ((state & activeMask) == 0)
            return;
        m_state.wait(state, std::memory_order_acquire);
    }
}

void ThreadPool::workerLoop(int worker)
{
    std::uint32_t lastNumber = 0;
    const auto somethingToDo = [&] {
        const std::uint32_t state = m_state.load(std::memory_order_acquire);
        return ((state & openBit) != 0 && (state & numberMask) != lastNumber) || m_stop.load(std::memory_order_acquire);
    };
    for (;;) {
        const std::uint32_t seen = m_wake.load(std::memory_order_acquire);
        if (!spinUntil(somethingToDo)) {
            m_sleepers.fetch_add(1, std::memory_order_seq_cst);
            m_wake.wait(seen, std::memory_order_seq_cst);
            m_sleepers.fetch_sub(1, std::memory_order_seq_cst);
        }
        if (m_stop.load(std::memory_order_acquire))
            return;
        std::uint32_t state = m_state.load(std::memory_order_acquire);
        while ((state & openBit) != 0 && (state & numberMask) != lastNumber) {
            if (!m_state.compare_exchange_weak(state, state + 1, std::memory_order_acq_rel, std::memory_order_acquire))
                continue;
            lastNumber = state & numberMask;
            runChunks(worker);
            const std::uint32_t before = m_state.fetch_sub(1, std::memory_order_acq_rel);
            if ((before & activeMask) == 1 && (before & openBit) == 0)
                m_state.notify_one();
            break;
        }
    }
}

} // namespace nordlys::runtime

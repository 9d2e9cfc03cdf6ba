// SPDX-License-Identifier: Apache-2.0
#include <runtime/base/thread_pool.h>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace {

using nordlys::runtime::ThreadPool;

TEST(ThreadPool, visitsEveryIndexExactlyOnce)
{
    for (const int threads : {1, 2, 3, 7}) {
        ThreadPool pool(threads);
        EXPECT_EQ(pool.threads(), threads);
        for (const std::size_t count : {0U, 1U, 2U, 3U, 16U, 1000U, 4097U}) {
            for (const std::size_t grain : {0U, 1U, 5U, 5000U}) {
                std::vector<std::atomic<int>> visits(count);
                std::atomic<bool> workersValid{true};
                pool.parallelFor(count, grain, [&](std::size_t begin, std::size_t end, int worker) {
                    if (worker < 0 || worker >= threads || begin >= end || end > count)
                        workersValid = false;
                    for (std::size_t i = begin; i < end; ++i)
                        ++visits[i];
                });
                EXPECT_TRUE(workersValid);
                for (const std::atomic<int> &visit : visits)
                    ASSERT_EQ(visit.load(), 1);
            }
        }
    }
}

TEST(ThreadPool, oneWorkerNumberIsNeverUsedTwiceAtOnce)
{
    ThreadPool pool(4);
    std::vector<std::atomic<int>> inside(4);
    std::atomic<bool> clash{false};
    for (int round = 0; round < 200; ++round) {
        pool.parallelFor(64, 1, [&](std::size_t, std::size_t, int worker) {
            if (inside[static_cast<std::size_t>(worker)].fetch_add(1) != 0)
                clash = true;
            inside[static_cast<std::size_t>(worker)].fetch_sub(1);
        });
    }
    EXPECT_FALSE(clash);
}

TEST(ThreadPool, severalThreadsReallyWork)
{
    ThreadPool pool(2);
    std::atomic<int> arrived{0};
    std::atomic<bool> together{false};
    // Each of the two first chunks waits for the other: only two threads at once get through before the deadline.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    pool.parallelFor(2, 1, [&](std::size_t, std::size_t, int) {
        ++arrived;
        while (arrived < 2 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::yield();
        if (arrived == 2)
            together = true;
    });
    EXPECT_TRUE(together);
}

TEST(ThreadPool, nestedCallsRunInlineOnTheSameWorker)
{
    ThreadPool pool(3);
    std::atomic<int> total{0};
    std::atomic<bool> sameWorker{true};
    pool.parallelFor(50, 1, [&](std::size_t begin, std::size_t end, int worker) {
        for (std::size_t i = begin; i < end; ++i) {
            int calls = 0;
            pool.parallelFor(10, 1, [&](std::size_t from, std::size_t to, int inner) {
                ++calls;
                if (inner != worker)
                    sameWorker = false;
                total += static_cast<int>(to - from);
            });
            if (calls != 1)
                sameWorker = false;
        }
    });
    EXPECT_EQ(total, 500);
    EXPECT_TRUE(sameWorker);
}

TEST(ThreadPool, anotherPoolInsideABodyKeepsItsOwnTeam)
{
    ThreadPool outer(2);
    std::vector<std::unique_ptr<ThreadPool>> inner;
    for (int i = 0; i < 2; ++i)
        inner.push_back(std::make_unique<ThreadPool>(2));
    std::atomic<int> total{0};
    outer.parallelFor(40, 1, [&](std::size_t begin, std::size_t end, int worker) {
        for (std::size_t i = begin; i < end; ++i) {
            inner[static_cast<std::size_t>(worker)]->parallelFor(10, 1, [&](std::size_t from, std::size_t to, int) {
                total += static_cast<int>(to - from);
                outer.parallelFor(1, 1, [&](std::size_t, std::size_t, int) {});
            });
        }
    });
    EXPECT_EQ(total, 400);
}

TEST(ThreadPool, manyShortRegionsAndRegionsAfterSleep)
{
    ThreadPool pool(3);
    std::size_t sum = 0;
    std::vector<std::size_t> perWorker(3);
    for (int round = 0; round < 20000; ++round) {
        pool.parallelFor(6, 1, [&](std::size_t begin, std::size_t end, int worker) {
            perWorker[static_cast<std::size_t>(worker)] += end - begin;
        });
    }
    for (int round = 0; round < 20; ++round) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2)); // longer than the spin: the workers sleep
        pool.parallelFor(6, 1, [&](std::size_t begin, std::size_t end, int worker) {
            perWorker[static_cast<std::size_t>(worker)] += end - begin;
        });
    }
    for (const std::size_t part : perWorker)
        sum += part;
    EXPECT_EQ(sum, 20020U * 6);
}

TEST(ThreadPool, isDestroyedWhileIdleOrAsleep)
{
    for (int round = 0; round < 100; ++round) {
        ThreadPool pool(4);
        if (round % 2 == 0)
            pool.parallelFor(8, 1, [](std::size_t, std::size_t, int) {});
        if (round % 5 == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

TEST(ThreadPool, sizesAreClamped)
{
    EXPECT_EQ(ThreadPool(0).threads(), 1);
    EXPECT_EQ(ThreadPool(-5).threads(), 1);
    EXPECT_GE(nordlys::runtime::physicalCoreCount(), 1);
    EXPECT_LE(nordlys::runtime::physicalCoreCount(), static_cast<int>(std::thread::hardware_concurrency()));
}

} // namespace

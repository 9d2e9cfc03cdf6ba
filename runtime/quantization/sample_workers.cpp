// SPDX-License-Identifier: Apache-2.0
#include "sample_workers.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace nordlys::runtime {

int sampleWorkers(std::size_t samples, int threads)
{
    return static_cast<int>(std::clamp<std::size_t>(static_cast<std::size_t>(std::clamp(threads, 1, 256)), 1, std::max<std::size_t>(1, samples)));
}

core::Expected<void> forEachSample(std::size_t samples, int threads, const core::JobContext &job, std::string_view what,
                                   const std::function<core::Expected<void>(int worker, std::size_t sample)> &work)
{
    std::atomic<std::size_t> next{0}, done{0}, firstFailed{samples};
    std::mutex mutex;
    std::optional<core::Error> error;
    // What leaves a thread as an exception would end the program.
    const auto guarded = [&](int worker, std::size_t sample) -> core::Expected<void> {
        try {
            return work(worker, sample);
        } catch (const std::bad_alloc &) {
            return core::badInput("memory", "there is not enough for sample " + std::to_string(sample + 1), "Use fewer threads or a smaller model.");
        } catch (const std::exception &problem) {
            return core::internalError(std::string(what) + " sample " + std::to_string(sample + 1), problem.what());
        }
    };
    const auto loop = [&](int worker) {
        for (;;) {
            const std::size_t sample = next.fetch_add(1);
            // Samples below the failed one go on: one of them may fail too, and the lowest is reported.
            if (sample >= samples || sample > firstFailed.load() || job.stopRequested())
                return;
            if (auto result = guarded(worker, sample); !result) {
                const std::lock_guard lock(mutex);
                if (sample < firstFailed.load()) {
                    firstFailed = sample;
                    error = std::move(result.error());
                }
            }
            const std::size_t finished = done.fetch_add(1) + 1;
            if (worker == 0)
                job.report(finished, samples, what);
        }
    };
    std::vector<std::thread> team;
    for (int worker = 1; worker < sampleWorkers(samples, threads); ++worker) {
        try {
            team.emplace_back(loop, worker);
        } catch (const std::system_error &) {
            break; // fewer threads do the same work
        }
    }
    loop(0);
    for (std::thread &thread : team)
        thread.join();
    if (error)
        return std::move(*error);
    if (job.stopRequested())
        return core::interrupted(std::string(what));
    job.report(samples, samples, what);
    return {};
}

} // namespace nordlys::runtime

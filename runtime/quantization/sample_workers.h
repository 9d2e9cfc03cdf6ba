// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>

#include <cstddef>
#include <functional>
#include <string_view>

namespace nordlys::runtime {

/// Calls work(worker, sample) for every sample on up to `threads` threads (the calling one included), samples in ascending order. Ends with
/// the error of the lowest sample that failed, whatever the number of threads; a sample that throws has failed, BadInput where memory ran
/// out. Interrupted after a stop request. Progress is reported on the calling thread.
core::Expected<void> forEachSample(std::size_t samples, int threads, const core::JobContext &job, std::string_view what,
                                   const std::function<core::Expected<void>(int worker, std::size_t sample)> &work);

/// Threads that forEachSample will use at most.
int sampleWorkers(std::size_t samples, int threads);

} // namespace nordlys::runtime

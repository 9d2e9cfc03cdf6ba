// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include <core/base/progress.h>

#include <filesystem>

namespace nordlys::studio {

/// Writes the inferences that start inside the range (none: all) as CSV, one a line: number (from 1), start, latency and, where they
/// were recorded, the duration of every layer; all in nanoseconds. Whole or not at all. Any thread. Returns how many were
/// written; CannotWrite, or Interrupted when the job is stopped.
core::Expected<std::size_t> writeInferencesCsv(const core::RunProfile &run, const std::optional<TimeRange> &range,
                                               const std::filesystem::path &path, const core::JobContext &job);

} // namespace nordlys::studio

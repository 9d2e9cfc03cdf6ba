// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compare_runs.h"

namespace nordlys::core {

/// Conditions that differ: model, artifact, precision, threads, profiling, device, system, runner; mean clocks by more than 2 %;
/// temperatures of the first second by 5 degrees or more.
std::vector<RunDifference> differencesOf(const RunProfile &a, const RunProfile &b);

} // namespace nordlys::core

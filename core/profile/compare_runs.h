// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "median_change.h"
#include "run_profile.h"

#include <core/base/error.h>
#include <core/base/progress.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nordlys::core {

struct LayerChange {
    std::string name, op; ///< of the first of a's layers, of b's where a has none; several: "first and 2 more"
    std::vector<std::size_t> a,
        b; ///< layers in start.layers of each run; empty: only in the other run. Several: their times are summed per inference
    MedianChange change;
};

/// Something besides the measured object that differs between the runs.
struct RunDifference {
    std::string what; ///< "threads", "device", "temperature at start (cpu)"
    std::string a, b;
    bool weakens = false; ///< makes the comparison worth less: another device, clock, temperature, number of threads
};

struct RunComparison {
    MedianChange total;              ///< latency of an inference
    std::vector<LayerChange> layers; ///< a's order, then those only in b
    std::vector<RunDifference> differences;
    std::vector<std::string>
        cautions; ///< sentences on what the method cannot see: runs so short that a disturbance may fill one of them
    std::size_t significanceRows = 0; ///< rows that the correction for many comparisons was made over
    std::string refusal;              ///< why no verdict is given at all ("run A was interrupted"); empty: there are verdicts
};

struct CompareOptions {
    double leastFloorPercent = 1;      ///< changes of the total up to this are never called faster or slower
    double leastLayerFloorPercent = 3; ///< the same for a layer
    std::size_t draws = 2000;          ///< bootstrap draws; fewer are made for very many layers
    std::uint64_t seed = 1;
    /// The same artifact as a, measured again: where their medians stray further from a's than the floor, that is the floor.
    std::vector<const RunProfile *> repeatsOfA;
};

/// Compares run b with baseline a; see median_change.h for the method. The verdict is unknown for everything when a run is not
/// finished (interrupted, failed, still running); numbers and intervals are given all the same. Any thread; works on a copy of
/// the times, a million layer events take well under a second. Interrupted when the job is stopped.
Expected<RunComparison> compareRuns(const RunProfile &a, const RunProfile &b, const CompareOptions &options = {},
                                    const JobContext &job = {});

} // namespace nordlys::core

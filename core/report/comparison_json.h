// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/profile/compare_runs.h>

#include <nlohmann/json.hpp>

namespace nordlys::core {

/// {a, b, deltaPercent, interval[2], verdict, reason, noiseFloorPercent, aCount, bCount}; a and b are medians in milliseconds.
/// What is not known is null.
nlohmann::ordered_json changeJson(const MedianChange &change);
/// {unit, total{}, layers[{name, op, aLayers[], bLayers[], ...}], differences[{what,a,b,weakens}], cautions[], refusal, method}
nlohmann::ordered_json comparisonJson(const RunComparison &comparison, const RunProfile &a, const RunProfile &b);

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compare_runs.h"

#include <string>
#include <string_view>

namespace nordlys::core {

/// A condition on a comparison: "latency<+5%", "p95<=+10%", "latency<12ms", "layers<+20%", "layer:conv1<+10%".
struct CompareGate {
    enum class Metric { Latency, P95, P99, Layers, Layer };
    Metric metric = Metric::Latency;
    std::string layer; ///< of Metric::Layer
    bool allowsEqual = false;
    bool isRelative = true; ///< limit in percent of a's value; else in nanoseconds
    double limit = 0;
    std::string text; ///< as given
};

/// Usage error with the forms that are known. Metrics: latency (median), p95, p99, layers (each layer's median), layer:NAME.
/// Units: % with a sign, ns, us, ms, s.
Expected<CompareGate> parseGate(std::string_view text);

struct GateResult {
    bool passed = false;
    std::string reason; ///< a sentence with the numbers
};
/// A change with the verdict `same` counts as none. Without a verdict for lack of samples or of a finished run a gate fails:
/// nothing was shown. A layer gate looks at layers that both runs have.
GateResult checkGate(const CompareGate &gate, const RunComparison &comparison);

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rule_pack.h"

#include <core/graph/graph.h>
#include <core/project/change.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nordlys::core {

/// Smallest and largest value seen of a tensor, by its name.
using SeenRanges = std::map<std::string, std::pair<double, double>, std::less<>>;

/// An encoding that breaks a rule.
struct RuleFinding {
    std::string tensor, rule;
    RuleSeverity severity = RuleSeverity::Error;
    std::string message; ///< what is so, and why it matters
    std::string fix;     ///< what to do
    /// The fix as an edit: applied, this finding is gone. Tied tensors and biases whose scale follows are part of it. Nothing where no edit of encodings
    /// helps.
    std::optional<Change> change;
};

/// Findings in graph order, tensor by tensor in the order of the rules. `seen` (may be null): ranges of activations from a calibration; those of weights and
/// biases are taken from the graph's constants. Entries of tensors that the graph does not have are left out (checkCoverage names them).
std::vector<RuleFinding> checkRules(const RulePack &pack, const Graph &graph, const EncodingSet &set, const SeenRanges *seen = nullptr);

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "encoding_fixes.h"
#include "rule_check.h"

#include <core/quantization/fused_groups.h>

#include <utility>
#include <vector>

/// What the checks of one run share. One function for each group of checks; each looks at one tensor.
namespace nordlys::core::rules {

struct Context {
    const Graph &graph;
    const EncodingSet &set;
    const SeenRanges *seen;
    const std::vector<QuantizableTensor> &items;
    const FusedGroups &fused;
    const EncodingFixes &fixes;

    [[nodiscard]] std::string nameOf(TensorId tensor) const { return std::string(graph.nameOf(tensor)); }
    /// Smallest and largest value of each channel along `axis` (-1: of all). Nothing where the graph's constant is no float32, or is not what the
    /// network computes with because a BatchNormalization will be folded into it.
    [[nodiscard]] std::optional<std::vector<std::pair<double, double>>> constantRanges(TensorId tensor, int axis) const;
};

/// A tensor with an entry, and the rule that is asked.
struct Subject {
    const QuantizableTensor &item;
    const EncodingEntry &entry;
    const QuantizationRule &rule;
};

/// Fills what a finding says beyond tensor, rule and severity.
struct Complaint {
    std::string message, fix;
    std::optional<Change> change;
};
using Verdict = std::optional<Complaint>; ///< nothing: the rule holds

Verdict checkGrid(const Context &context, const Subject &subject);      ///< Bits, MinimumBits, Symmetric, NonNegative, FixedRange, Zero, WastedCodes
Verdict checkPartners(const Context &context, const Subject &subject);  ///< Tied, Pair
Verdict checkParameter(const Context &context, const Subject &subject); ///< Channels, BiasScale, BiasOverflow

/// A complaint whose fix gives the subject this encoding; without edit where there is none.
Complaint complaint(const Context &context, const Subject &subject, std::string message, std::string fix, std::optional<Encoding> encoding);

} // namespace nordlys::core::rules

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstddef>
#include <string_view>
#include <vector>

namespace nordlys::core::ops {

/// An Einsum equation, taken apart. Labels are numbers 0 .. labelCount - 1, in no particular order.
struct EinsumEquation {
    std::vector<std::vector<int>> inputs; ///< per input, the label of every dimension; a label may stand several times (diagonal)
    std::vector<int> output;              ///< labels of the output; the others are summed over
    int labelCount = 0;
    std::vector<bool> fromEllipsis;       ///< per label: a dimension behind "...", which is broadcast
};

/// Takes an equation apart for inputs of these ranks (ONNX Einsum-12, numpy.einsum): letters, "..." for leading dimensions that are broadcast (aligned at the
/// last one), spaces anywhere. Without "->" the output has the ellipsis, then the letters that stand once, in alphabetical order (capitals first).
/// The error names the rule.
Expected<EinsumEquation> parseEinsum(std::string_view equation, const std::vector<std::size_t> &ranks);

} // namespace nordlys::core::ops

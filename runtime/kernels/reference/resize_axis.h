// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reference.h"

#include <cstdint>
#include <string>
#include <vector>

/// Where the output positions of Resize and Upsample lie in their input. ONNX operators Resize (versions 10 to 19) and Upsample.
namespace nordlys::runtime::reference {

enum class ResizeMode { Nearest, Linear, Cubic };

/// Settings that all axes share.
struct ResizeRule {
    ResizeMode mode = ResizeMode::Nearest;
    std::string coordinates = "half_pixel"; ///< coordinate_transformation_mode
    std::string nearest = "round_prefer_floor"; ///< nearest_mode; "simple": before version 11, down where the axis grows, up where it shrinks
    double cubicCoefficient = -0.75;
    bool excludeOutside = false, antialias = false;
};

struct ResizeAxis {
    std::size_t axis = 0;
    std::int64_t input = 0, output = 0;
    bool bySize = false;  ///< the scale is output / input exactly
    double scale = 1;     ///< otherwise
    double roiStart = 0, roiEnd = 1;
};

/// For every output position the input positions that it takes, with their weights.
struct ResizeTable {
    std::size_t axis = 0;
    std::int64_t input = 0, output = 0;
    std::vector<std::size_t> first; ///< output + 1 entries: position o takes entries first[o]..first[o + 1]
    std::vector<std::int64_t> index;
    std::vector<double> weight;
    std::vector<char> outside;      ///< 1: gets the extrapolation value; empty when none does
    bool identity = false;          ///< every position takes its own alone
};

/// Checks the rule's names; BadInput naming the node.
core::Expected<void> checkResizeRule(const KernelCall &call, const ResizeRule &rule);

/// The caller saw to it that input and output are above 0. BadInput when the scale is absurd.
core::Expected<ResizeTable> resizeTable(const KernelCall &call, const ResizeRule &rule, const ResizeAxis &axis);

} // namespace nordlys::runtime::reference

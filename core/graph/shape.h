// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/ids.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nordlys::core {

class NameTable;

/// One dimension: a number, or free (with or without a name).
struct Dim {
    std::int64_t value = -1; ///< -1 when free
    NameId symbol;           ///< name of a free dimension; invalid when it has none

    [[nodiscard]] bool isKnown() const { return value >= 0; }
    friend bool operator==(const Dim &, const Dim &) = default;
};

using Shape = std::vector<Dim>;
/// A shape in which every dimension is known.
using Dims = std::vector<std::int64_t>;

/// Number of elements (1 for rank 0), or nothing when a dimension is free or the product leaves int64.
std::optional<std::int64_t> elementCount(const Shape &shape);
std::optional<std::int64_t> elementCount(const Dims &dims);
/// All dimensions known: their numbers.
std::optional<Dims> knownDims(const Shape &shape);
Shape toShape(const Dims &dims);
/// "1×3×224×224", free dimensions by name or "?"; "scalar" for rank 0.
std::string shapeText(const Shape &shape, const NameTable &names);
std::string shapeText(const Dims &dims);

} // namespace nordlys::core

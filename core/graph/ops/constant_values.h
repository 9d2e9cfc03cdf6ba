// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../graph.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace nordlys::core::ops {

/// Longest list that counts as shape arithmetic; longer constants are data.
inline constexpr std::size_t kMaxShapeValues = 4096;

/// Numbers of a constant of up to kMaxShapeValues elements (floats of 16 bits and more, integers of 8 bits and more, bool); nothing otherwise or
/// when its bytes do not fit its shape.
std::optional<std::vector<double>> readNumbers(const Tensor &tensor);
/// Does the type hold this whole number as it is? Integers beyond a type's range wrap around or are rounded when they are computed.
bool isHeldExactly(DType type, std::int64_t value);
/// The same as integers; nothing when a number is not whole or leaves +-2^53 in a floating type.
std::optional<std::vector<std::int64_t>> readIntegers(const Tensor &tensor);
std::optional<std::vector<std::int64_t>> readIntegers(const AttributeTensor &tensor);

} // namespace nordlys::core::ops

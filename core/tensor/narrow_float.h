// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/graph/dtype.h>

#include <cstdint>

/// The floats of 8 and 4 bits: float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz, float8e8m0, float4e2m1. Pure functions; other
/// types count as float8e4m3fn.
namespace nordlys::core {

/// True for the types above.
bool isNarrowFloat(DType type);

/// Exact. `bits` holds the value in its lowest 8 (float4: 4) bits.
float floatFromNarrow(DType type, std::uint8_t bits);

/// How float8e8m0, which has no mantissa, rounds (attribute round_mode of ONNX Cast).
enum class PowerRounding : std::uint8_t { Up, Down, Nearest };

/// Rounds to the nearest, ties to even (float8e8m0: as `rounding` says, of the magnitude). Values beyond the range, infinity included, become the
/// largest of their sign when `saturate` is set, otherwise infinity (float8e5m2) or NaN. float4e2m1 knows neither: it always saturates, NaN
/// becomes 6. Rule: ONNX Cast, opset 24.
std::uint8_t narrowFromDouble(DType type, double value, bool saturate = true, PowerRounding rounding = PowerRounding::Up);

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/graph/dtype.h>

#include <cstdint>

/// Floating-point formats of 8 and 4 bits by their bits (OCP 8-bit and 4-bit formats, ONNX float8 and float4). Pure functions.
namespace nordlys::core {

/// float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz, float4e2m1.
bool isSmallFloat(DType type);
/// Exact. Only the low bits of `bits` that the format has are read.
float floatFromSmall(DType type, std::uint8_t bits);
/// Nearest value, ties to even (ONNX Cast). What lies beyond the largest number, infinities included, becomes the largest number when `saturate`,
/// otherwise infinity where the format has one and NaN where not. NaN stays NaN; float4e2m1, which has neither, always saturates and stores NaN as 0.
std::uint8_t smallFromFloat(DType type, float value, bool saturate);

} // namespace nordlys::core

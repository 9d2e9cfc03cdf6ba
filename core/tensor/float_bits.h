// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

/// Conversions between float32 and narrow floating-point formats, by their bits. Pure functions.
namespace nordlys::core {

/// A narrow float: sign, exponent, mantissa bits from the top. `fn`: no infinities, only all ones is NaN (E4M3FN); `fnuz`: no
/// infinities, no negative zero, 0x80 is NaN (OCP and ONNX float8 formats). Exact.
inline float floatFromNarrow(std::uint32_t bits, int exponentBits, int mantissaBits, int bias, bool fn, bool fnuz)
{
    const std::uint32_t mantissaMask = (1U << mantissaBits) - 1, exponentMask = (1U << exponentBits) - 1;
    const std::uint32_t sign = (bits >> (exponentBits + mantissaBits)) & 1U;
    const std::uint32_t exponent = (bits >> mantissaBits) & exponentMask, mantissa = bits & mantissaMask;
    if (fnuz && sign == 1 && exponent == 0 && mantissa == 0)
        return std::numeric_limits<float>::quiet_NaN();
    if (!fnuz && exponent == exponentMask) {
        if (!fn && mantissa == 0)
            return sign ? -std::numeric_limits<float>::infinity() : std::numeric_limits<float>::infinity();
        if (!fn || mantissa == mantissaMask)
            return std::numeric_limits<float>::quiet_NaN();
    }
    const float magnitude = exponent == 0 ? std::ldexp(static_cast<float>(mantissa), 1 - bias - mantissaBits)
                                          : std::ldexp(static_cast<float>(mantissa | (1U << mantissaBits)),
                                                       static_cast<int>(exponent) - bias - mantissaBits);
    return sign ? -magnitude : magnitude;
}

/// Exact.
inline float floatFromHalf(std::uint16_t bits)
{
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000U) << 16, magnitude = static_cast<std::uint32_t>(bits & 0x7fffU) << 13;
    if (magnitude >= 0x0f800000U) // infinity, NaN
        return std::bit_cast<float>(sign | magnitude | 0x7f800000U);
    // The exponent's bias grows from 15 to 127; the product turns subnormal halves into ordinary floats.
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112F));
}
inline float floatFromBFloat16(std::uint16_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

/// Round to nearest even; too large becomes infinity, NaN stays NaN.
inline std::uint16_t halfFromFloat(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    if (magnitude > 0x7f800000U)
        return static_cast<std::uint16_t>(sign | 0x7e00U);
    if (magnitude >= 0x477ff000U) // from 65520 on the nearest half is infinity
        return static_cast<std::uint16_t>(sign | 0x7c00U);
    if (magnitude < 0x38800000U) { // subnormal: a multiple of 2^-24; the addition rounds in float32's own rounding mode
        const float scaled = std::bit_cast<float>(magnitude) * 16777216.0F;
        return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(std::nearbyint(scaled)));
    }
    const std::uint32_t rounded = magnitude + 0xfffU + ((magnitude >> 13) & 1U);
    return static_cast<std::uint16_t>(sign | ((rounded - 0x38000000U) >> 13));
}

inline std::uint16_t bfloat16FromFloat(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7fffffffU) > 0x7f800000U)
        return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
    return static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

} // namespace nordlys::core

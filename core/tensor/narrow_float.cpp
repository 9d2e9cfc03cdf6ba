// SPDX-License-Identifier: Apache-2.0
#include "narrow_float.h"

#include "float_bits.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace nordlys::core {

namespace {

struct Format {
    int exponentBits, mantissaBits, bias;
    bool fn, fnuz;
    double largest;
    std::uint8_t nan;      ///< without sign
    std::uint8_t overflow; ///< what too large values become without saturation, without sign
};

// OCP 8-bit floating point (E4M3, E5M2), the fnuz variants of arXiv 2206.02915, OCP microscaling formats (E2M1).
constexpr Format kE4M3FN{4, 3, 7, true, false, 448, 0x7f, 0x7f};
constexpr Format kE4M3FNUZ{4, 3, 8, false, true, 240, 0x80, 0x80};
constexpr Format kE5M2{5, 2, 15, false, false, 57344, 0x7e, 0x7c};
constexpr Format kE5M2FNUZ{5, 2, 16, false, true, 57344, 0x80, 0x80};
constexpr Format kE2M1{2, 1, 1, true, false, 6, 0x7, 0x7};

const Format &formatOf(DType type)
{
    switch (type) {
    case DType::Float8E4M3FNUZ: return kE4M3FNUZ;
    case DType::Float8E5M2: return kE5M2;
    case DType::Float8E5M2FNUZ: return kE5M2FNUZ;
    case DType::Float4E2M1: return kE2M1;
    default: return kE4M3FN;
    }
}

/// Bits of a finite magnitude that rounding may have made larger than the format's largest.
std::uint8_t encode(const Format &format, double magnitude)
{
    const int lowest = 1 - format.bias; // exponent of subnormal numbers
    const int exponent = magnitude > 0 ? std::max(std::ilogb(magnitude), lowest) : lowest;
    const auto steps = static_cast<int>(std::nearbyint(std::ldexp(magnitude, format.mantissaBits - exponent)));
    // A subnormal number has fewer steps than 2^mantissaBits; a carry of the rounding leads into the next exponent by itself.
    const int implied = 1 << format.mantissaBits;
    const int bits = exponent == lowest && steps < implied ? steps : ((exponent + format.bias) << format.mantissaBits) + steps - implied;
    return static_cast<std::uint8_t>(bits);
}

std::uint8_t powerOfTwo(double value, bool saturate, PowerRounding rounding)
{
    // The rule is stated on the bits of float32: its exponent field is the code.
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(std::abs(value)));
    const std::uint32_t exponent = bits >> 23, mantissa = bits & 0x7fffffU;
    if (exponent == 0xff)
        return 0xff;
    const bool up = rounding == PowerRounding::Up ? (exponent > 0 ? mantissa != 0 : mantissa > 0x400000U) // 2^-127 is no normal float32
                                                  : rounding == PowerRounding::Nearest && mantissa >= 0x400000U && (mantissa > 0x400000U || exponent > 0);
    if (up && saturate && exponent == 0xfe)
        return 0xfe;
    return static_cast<std::uint8_t>(exponent + (up ? 1U : 0U));
}

} // namespace

bool isNarrowFloat(DType type)
{
    return isFloat(type) && bitsOf(type) <= 8;
}

float floatFromNarrow(DType type, std::uint8_t bits)
{
    if (type == DType::Float8E8M0)
        return bits == 0xff ? std::numeric_limits<float>::quiet_NaN() : std::ldexp(1.0F, static_cast<int>(bits) - 127);
    if (type == DType::Float4E2M1) { // all codes are numbers
        const float magnitude = (bits & 0x6U) == 0 ? 0.5F * static_cast<float>(bits & 1U)
                                                   : std::ldexp(1.0F + 0.5F * static_cast<float>(bits & 1U), static_cast<int>((bits >> 1) & 3U) - 1);
        return (bits & 8U) != 0 ? -magnitude : magnitude;
    }
    const Format &f = formatOf(type);
    return floatFromNarrow(bits, f.exponentBits, f.mantissaBits, f.bias, f.fn, f.fnuz);
}

std::uint8_t narrowFromDouble(DType type, double value, bool saturate, PowerRounding rounding)
{
    if (type == DType::Float8E8M0)
        return powerOfTwo(value, saturate, rounding);
    const Format &format = formatOf(type);
    if (std::isnan(value))
        return format.nan;
    const std::uint8_t sign = std::signbit(value) ? static_cast<std::uint8_t>(1U << (format.exponentBits + format.mantissaBits)) : std::uint8_t(0);
    const std::uint8_t most = encode(format, format.largest);
    std::uint8_t bits = std::isinf(value) ? std::uint8_t(0xff) : std::abs(value) >= 2 * format.largest ? std::uint8_t(0xff) : encode(format, std::abs(value));
    if (bits > most)
        bits = saturate || type == DType::Float4E2M1 ? most : format.overflow;
    if (format.fnuz && (bits == 0 || bits == format.nan)) // no negative zero, one NaN
        return bits;
    return static_cast<std::uint8_t>(bits | sign);
}

} // namespace nordlys::core

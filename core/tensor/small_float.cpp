// SPDX-License-Identifier: Apache-2.0
#include "small_float.h"

#include "float_bits.h"

#include <algorithm>
#include <cmath>

namespace nordlys::core {

namespace {

struct Format {
    int exponentBits, mantissaBits, bias;
    bool finiteOnly, noNegativeZero; ///< "fn" and "fnuz" of the names
    float largest;
    std::uint8_t nan, infinity; ///< without sign; infinity is nan where the format has none
};

Format formatOf(DType type)
{
    switch (type) {
    case DType::Float8E4M3FN: return {4, 3, 7, true, false, 448.0F, 0x7f, 0x7f};
    case DType::Float8E4M3FNUZ: return {4, 3, 8, true, true, 240.0F, 0x80, 0x80};
    case DType::Float8E5M2: return {5, 2, 15, false, false, 57344.0F, 0x7f, 0x7c};
    case DType::Float8E5M2FNUZ: return {5, 2, 16, true, true, 57344.0F, 0x80, 0x80};
    default: return {2, 1, 1, true, false, 6.0F, 0x00, 0x07};
    }
}

} // namespace

bool isSmallFloat(DType type)
{
    return isFloat(type) && bitsOf(type) <= 8;
}

float floatFromSmall(DType type, std::uint8_t bits)
{
    const Format format = formatOf(type);
    if (type == DType::Float4E2M1) { // no NaN: all 16 codes are numbers
        const unsigned exponent = (bits >> 1U) & 3U, mantissa = bits & 1U;
        const float magnitude = exponent == 0 ? 0.5F * static_cast<float>(mantissa)
                                              : std::ldexp(1.0F + 0.5F * static_cast<float>(mantissa), static_cast<int>(exponent) - 1);
        return (bits & 8U) != 0 ? -magnitude : magnitude;
    }
    return floatFromNarrow(bits, format.exponentBits, format.mantissaBits, format.bias, format.finiteOnly, format.noNegativeZero);
}

std::uint8_t smallFromFloat(DType type, float value, bool saturate)
{
    const Format format = formatOf(type);
    const int signShift = format.exponentBits + format.mantissaBits;
    if (std::isnan(value))
        return format.nan;
    const auto sign = static_cast<std::uint8_t>(std::signbit(value) ? 1U << signShift : 0U);
    const float magnitude = std::abs(value);
    float rounded = magnitude;
    if (std::isfinite(magnitude) && magnitude > 0) {
        const int exponent = std::max(std::ilogb(magnitude), 1 - format.bias);
        const float quantum = std::ldexp(1.0F, exponent - format.mantissaBits);
        rounded = std::nearbyint(magnitude / quantum) * quantum;
    }
    if (rounded > format.largest) {
        if (!saturate && type != DType::Float4E2M1)
            return format.noNegativeZero ? format.nan : static_cast<std::uint8_t>(sign | format.infinity);
        rounded = format.largest;
    }
    if (rounded == 0)
        return format.noNegativeZero ? 0 : sign;
    const int exponent = std::max(std::ilogb(rounded), 1 - format.bias);
    const auto digits = static_cast<unsigned>(std::ldexp(rounded, format.mantissaBits - exponent)); // with the leading one, unless subnormal
    const unsigned leading = 1U << format.mantissaBits;
    const unsigned bits = digits < leading ? digits : (static_cast<unsigned>(exponent + format.bias) << format.mantissaBits) | (digits - leading);
    return static_cast<std::uint8_t>(sign | bits);
}

} // namespace nordlys::core

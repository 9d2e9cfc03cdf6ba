// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/tensor/float_bits.h>

#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

/// float16 and bfloat16 as C++ values. Kernels compute with them in float (ComputeOf) and round once, when the result is stored.
namespace nordlys::runtime::reference {

/// The float next to `value` with its last bit set where that is inexact: rounding it once more, to 11 bits or fewer, then gives what
/// rounding `value` at once would give (rounding to odd).
inline float roundedToOdd(double value)
{
    const auto nearest = static_cast<float>(value);
    const double back = static_cast<double>(nearest);
    if (!(back < value || back > value)) // exact, infinite or NaN
        return nearest;
    auto bits = std::bit_cast<std::uint32_t>(nearest);
    const bool above = value < 0 ? back < value : back > value; // in magnitude
    bits -= above ? 1U : 0U;
    return std::bit_cast<float>(bits | 1U);
}

/// IEEE 754 binary16. Becomes a float by itself; made from a number by rounding to the nearest, ties to even.
class Half {
public:
    Half() = default;
    explicit Half(float value) : m_bits(core::halfFromFloat(value)) {}
    template <typename Number>
        requires std::is_arithmetic_v<Number>
    explicit Half(Number value) : Half(roundedToOdd(static_cast<double>(value)))
    {
    }
    static Half fromBits(std::uint16_t bits)
    {
        Half result;
        result.m_bits = bits;
        return result;
    }
    [[nodiscard]] std::uint16_t bits() const { return m_bits; }
    operator float() const { return core::floatFromHalf(m_bits); } // NOLINT(google-explicit-constructor)

private:
    std::uint16_t m_bits = 0;
};

/// The upper half of a binary32.
class BFloat16 {
public:
    BFloat16() = default;
    explicit BFloat16(float value) : m_bits(core::bfloat16FromFloat(value)) {}
    template <typename Number>
        requires std::is_arithmetic_v<Number>
    explicit BFloat16(Number value) : BFloat16(roundedToOdd(static_cast<double>(value)))
    {
    }
    static BFloat16 fromBits(std::uint16_t bits)
    {
        BFloat16 result;
        result.m_bits = bits;
        return result;
    }
    [[nodiscard]] std::uint16_t bits() const { return m_bits; }
    operator float() const { return core::floatFromBFloat16(m_bits); } // NOLINT(google-explicit-constructor)

private:
    std::uint16_t m_bits = 0;
};

template <typename T>
inline constexpr bool isNarrowFloat = std::is_same_v<T, Half> || std::is_same_v<T, BFloat16>;
/// Floating-point type of a tensor: float, double, Half, BFloat16.
template <typename T>
inline constexpr bool isFloatType = std::is_floating_point_v<T> || isNarrowFloat<T>;
/// The type in which a kernel computes and sums up values of T: float for Half and BFloat16, T itself otherwise.
template <typename T>
using ComputeOf = std::conditional_t<isNarrowFloat<T>, float, T>;

/// A real number cut towards zero to what the integer type holds; NaN becomes 0.
template <typename T>
T cutToInteger(double value, double lowest = static_cast<double>(std::numeric_limits<T>::lowest()),
               double largest = static_cast<double>(std::numeric_limits<T>::max()))
{
    if (std::isnan(value))
        return T(0);
    if (value <= lowest)
        return static_cast<T>(lowest);
    if (value >= largest) // which may be one more than the type's largest integer
        return largest < static_cast<double>(std::numeric_limits<T>::max()) ? static_cast<T>(largest) : std::numeric_limits<T>::max();
    return static_cast<T>(value);
}

/// False for integers.
template <typename T>
bool notANumber(T value)
{
    if constexpr (isFloatType<T>)
        return std::isnan(static_cast<ComputeOf<T>>(value));
    else
        return false;
}

} // namespace nordlys::runtime::reference

template <>
struct std::numeric_limits<nordlys::runtime::reference::Half> {
    using Half = nordlys::runtime::reference::Half;
    static constexpr bool is_specialized = true, is_signed = true, is_integer = false, is_exact = false;
    static constexpr bool has_infinity = true, has_quiet_NaN = true;
    static constexpr int digits = 11;
    static Half max() { return Half::fromBits(0x7bff); }
    static Half lowest() { return Half::fromBits(0xfbff); }
    static Half min() { return Half::fromBits(0x0400); }
    static Half epsilon() { return Half::fromBits(0x1400); }
    static Half infinity() { return Half::fromBits(0x7c00); }
    static Half quiet_NaN() { return Half::fromBits(0x7e00); }
};

template <>
struct std::numeric_limits<nordlys::runtime::reference::BFloat16> {
    using BFloat16 = nordlys::runtime::reference::BFloat16;
    static constexpr bool is_specialized = true, is_signed = true, is_integer = false, is_exact = false;
    static constexpr bool has_infinity = true, has_quiet_NaN = true;
    static constexpr int digits = 8;
    static BFloat16 max() { return BFloat16::fromBits(0x7f7f); }
    static BFloat16 lowest() { return BFloat16::fromBits(0xff7f); }
    static BFloat16 min() { return BFloat16::fromBits(0x0080); }
    static BFloat16 epsilon() { return BFloat16::fromBits(0x3c00); }
    static BFloat16 infinity() { return BFloat16::fromBits(0x7f80); }
    static BFloat16 quiet_NaN() { return BFloat16::fromBits(0x7fc0); }
};

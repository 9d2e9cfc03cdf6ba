// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reference.h"

#include <core/graph/dtype.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

/// What integers mean here: the definition that every faster integer kernel equals bit for bit.
///
/// A code q of a tensor stands for the real number scale * (q - zeroPoint). Sums of products (QLinearConv, QLinearMatMul, QGemm, ConvInteger,
/// MatMulInteger) are computed in this order:
///   1. accumulator = sum of (x - zeroPointX) * (w - zeroPointW), in int32 when both operands have 8 bits, in int64 when one has 16. The order of
///      the terms does not matter: int32 sums wrap modulo 2^32. Padding adds nothing (it holds the zero point).
///   2. accumulator += bias. The bias is int32 with scale scaleX * scaleW and zero point 0.
///   3. multiplier = (scaleX * scaleW) / scaleY: two float32 operations in this order, per output channel where scaleW has one value each.
///   4. scaled = float32(accumulator) * multiplier: one conversion (nearest, ties to even) and one product in float32. No fused multiply-add.
///   5. rounded = scaled to the nearest integer, ties to even.
///   6. code = rounded + zeroPointY. Only now: adding an odd zero point before rounding would break ties the other way.
///   7. code is limited to the output type, or to the narrower range that a fused Relu or Clip leaves.
/// A mean (QLinearAveragePool, QLinearGlobalAveragePool) is the sum of (x - zeroPointX), step 3 with multiplier = scaleX / (scaleY * float32(count)).
/// A product (QLinearMul) is one term of step 1. A sum (QLinearAdd) is
///   rounded( float32(a - zeroPointA) * (scaleA / scaleC) + float32(b - zeroPointB) * (scaleB / scaleC) ), every operation rounded to float32,
/// then steps 6 and 7. QLinearConcat and other changes of the grid: steps 4 to 7 with multiplier = scaleX / scaleY; codes stay as they are where scale
/// and zero point agree. Functions (QLinearSigmoid, QLinearLeakyRelu): x = float32(q - zeroPointX) * scaleX, the function in float32, then
/// QuantizeLinear: round(f / scaleY) + zeroPointY, limited.
/// NaN (a scale that is none) ends at the lowest code.
namespace nordlys::runtime::reference {

/// First and last code.
struct CodeLimits {
    std::int32_t lowest = 0, highest = 0;
};
/// Of uint8, int8, uint16, int16 and the 4-bit integers; nothing for other types.
std::optional<CodeLimits> codeLimitsOf(core::DType type);

/// Element `i` of a tensor of codes (types of codeLimitsOf and int32); 0 when `data` is null: a zero point that is left out.
std::int32_t codeAt(core::DType type, const std::byte *data, std::int64_t i);
/// Stores a code that lies within the type's limits. Two 4-bit codes share a byte, low half first.
void storeCode(core::DType type, std::byte *data, std::int64_t i, std::int32_t code);
/// Element `i` of a tensor of scales: float32, float16 or bfloat16.
float scaleAt(core::DType type, const std::byte *data, std::int64_t i);
bool isScaleType(core::DType type);

/// Steps 5 to 7.
inline std::int32_t codeFromScaled(float scaled, std::int32_t zeroPoint, CodeLimits limits)
{
    constexpr float far = 1073741824.0F; // 2^30: beyond all codes, and the sum below stays in int64
    const float rounded = std::nearbyint(scaled);
    if (!(rounded > -far))
        return limits.lowest;
    const std::int64_t code = static_cast<std::int64_t>(rounded < far ? rounded : far) + zeroPoint;
    return static_cast<std::int32_t>(code < limits.lowest ? limits.lowest : code > limits.highest ? limits.highest : code);
}

/// Steps 4 to 7.
template <typename Accumulator>
std::int32_t requantized(Accumulator accumulator, float multiplier, std::int32_t zeroPoint, CodeLimits limits)
{
    const float real = static_cast<float>(accumulator);
    const float scaled = real * multiplier;
    return codeFromScaled(scaled, zeroPoint, limits);
}

/// Step 3.
inline float requantizationMultiplier(float scaleX, float scaleW, float scaleY)
{
    const float product = scaleX * scaleW;
    return product / scaleY;
}

/// QuantizeLinear of one float32 value.
inline std::int32_t quantizedCode(float value, float scale, std::int32_t zeroPoint, CodeLimits limits)
{
    return codeFromScaled(value / scale, zeroPoint, limits);
}

/// Step 1 for one term, wrapping in int32.
template <typename Accumulator>
void accumulate(Accumulator &sum, std::int32_t a, std::int32_t b)
{
    if constexpr (std::is_same_v<Accumulator, std::int32_t>)
        sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
    else
        sum += static_cast<std::int64_t>(a) * b;
}

/// Calls `function(TypeTag<T>{})` for the code types of 8 and 16 bits.
template <typename Function>
core::Expected<BoundKernel> dispatchCode(const KernelCall &call, core::DType type, Function &&function)
{
    switch (type) {
    case core::DType::UInt8: return function(TypeTag<std::uint8_t>{});
    case core::DType::Int8: return function(TypeTag<std::int8_t>{});
    case core::DType::UInt16: return function(TypeTag<std::uint16_t>{});
    case core::DType::Int16: return function(TypeTag<std::int16_t>{});
    default: return call.unsupported("codes of type " + std::string(core::nameOf(type)) + " have no kernel");
    }
}
/// int64 when one of the operands has 16 bits.
template <typename A, typename B>
using AccumulatorOf = std::conditional_t<sizeof(A) == 1 && sizeof(B) == 1, std::int32_t, std::int64_t>;

/// A scale or zero point that goes with a tensor: where its values are and how many.
struct QuantParameter {
    std::size_t input = 0;
    core::DType type = core::DType::Undefined;
    std::int64_t count = 1;
    bool present = false;

    [[nodiscard]] float scale(const KernelRun &run, std::int64_t i) const
    {
        return scaleAt(type, run.input<std::byte>(input), count == 1 ? 0 : i);
    }
    [[nodiscard]] std::int32_t zeroPoint(const KernelRun &run, std::int64_t i) const
    {
        return present ? codeAt(type, run.input<std::byte>(input), count == 1 ? 0 : i) : 0;
    }
};
/// Scale of one value, or of `channels` values (0: one value only).
core::Expected<QuantParameter> scaleParameter(const KernelCall &call, std::size_t input, std::int64_t channels = 0);
/// Zero point of the type `codes`, optional, of one value or `channels` values.
core::Expected<QuantParameter> zeroPointParameter(const KernelCall &call, std::size_t input, core::DType codes, std::int64_t channels = 0);

/// Limits of the output's type, narrowed by the plan's attributes "code_low" and "code_high" (a fused Relu or Clip; no attributes of the standard).
core::Expected<CodeLimits> outputLimits(const KernelCall &call);

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "integer.h"

#include <core/tensor/float_bits.h>
#include <core/tensor/small_float.h>
#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

/// QuantizeLinear and DequantizeLinear (ONNX 10, 13, 19, 21, 23, 24; com.microsoft 1) and DynamicQuantizeLinear (ONNX 11).
/// QuantizeLinear: x / scale in the precision that the operator states (that of the scale by default, float32 at least), rounded to even, plus
/// the zero point, limited. DequantizeLinear: (x - zero point) in exact arithmetic, rounded to float32, times scale in float32, rounded to the output's type.
namespace nordlys::runtime::reference {

namespace {

enum class Granularity { Tensor, Axis, Block };

/// Which value of scale and zero point belongs to element i: x is (outer, axis, inner).
struct ScaleMap {
    Granularity granularity = Granularity::Tensor;
    std::int64_t axis = 1, inner = 1, block = 1, blocks = 1;

    [[nodiscard]] std::int64_t at(std::int64_t i) const
    {
        if (granularity == Granularity::Tensor)
            return 0;
        const std::int64_t run = i / inner, position = run % axis;
        return granularity == Granularity::Axis ? position : ((run / axis) * blocks + position / block) * inner + i % inner;
    }
    /// Elements from i on that share their value.
    [[nodiscard]] std::int64_t runLength(std::int64_t i, std::int64_t end) const
    {
        if (granularity == Granularity::Tensor)
            return end - i;
        return granularity == Granularity::Axis ? std::min(end, (i / inner + 1) * inner) - i : 1;
    }
};

/// Formula: ONNX QuantizeLinear-21. One value; a vector along `axis`; or the shape of x with its axis divided into blocks of block_size.
core::Expected<ScaleMap> scaleMapOf(const KernelCall &call)
{
    const core::Dims &x = call.inputs[0].dims, &scale = call.inputs[1].dims;
    const std::int64_t block = call.intAttribute("block_size", 0);
    if (call.hasInput(2) && call.inputs[2].dims != scale
        && !(call.inputs[1].elementCount() == 1 && call.inputs[2].elementCount() == 1))
        return call.broken("scale and zero point differ in shape");
    ScaleMap map;
    if (scale.empty() || (block == 0 && scale.size() == 1 && scale[0] == 1))
        return map;
    const auto axis = normalizedAxis(call.intAttribute("axis", 1), x.size());
    if (!axis)
        return call.broken("axis lies outside the input");
    map.axis = x[*axis];
    for (std::size_t i = *axis + 1; i < x.size(); ++i)
        map.inner *= x[i];
    if (block == 0) {
        if (scale != core::Dims{map.axis})
            return call.broken("the scale has neither one value nor one per position of the axis");
        map.granularity = Granularity::Axis;
        return map;
    }
    core::Dims expected = x;
    if (block > 0)
        expected[*axis] = map.axis == 0 ? 0 : (map.axis - 1) / block + 1;
    if (block < 0 || scale != expected)
        return call.broken("block_size " + std::to_string(block) + " does not divide the input into the scale's shape");
    map.granularity = Granularity::Block;
    map.block = block;
    map.blocks = expected[*axis];
    return map;
}

bool hasHalfPrecision(core::DType type)
{
    return type == core::DType::Float16 || type == core::DType::BFloat16;
}

float roundedTo(core::DType precision, float value)
{
    switch (precision) {
    case core::DType::Float16: return core::floatFromHalf(core::halfFromFloat(value));
    case core::DType::BFloat16: return core::floatFromBFloat16(core::bfloat16FromFloat(value));
    default: return value;
    }
}

float realAt(core::DType type, const std::byte *data, std::int64_t i)
{
    if (type != core::DType::Int32)
        return scaleAt(type, data, i);
    return static_cast<float>(codeAt(type, data, i));
}

void storeReal(core::DType type, std::byte *data, std::int64_t i, float value)
{
    if (type == core::DType::Float32) {
        std::memcpy(data + 4 * i, &value, 4);
        return;
    }
    const std::uint16_t bits = type == core::DType::Float16 ? core::halfFromFloat(value) : core::bfloat16FromFloat(value);
    std::memcpy(data + 2 * i, &bits, 2);
}

/// Element of an 8- or 4-bit float tensor; two 4-bit ones share a byte, low half first.
float smallFloatAt(core::DType type, const std::byte *data, std::int64_t i)
{
    if (core::bitsOf(type) == 8)
        return core::floatFromSmall(type, std::to_integer<std::uint8_t>(data[i]));
    return core::floatFromSmall(type, static_cast<std::uint8_t>(codeAt(core::DType::UInt4, data, i)));
}

void storeSmallFloat(core::DType type, std::byte *data, std::int64_t i, float value, bool saturates)
{
    const std::uint8_t bits = core::smallFromFloat(type, value, saturates);
    if (core::bitsOf(type) == 8)
        data[i] = static_cast<std::byte>(bits);
    else
        storeCode(core::DType::UInt4, data, i, bits);
}

/// Runs function(begin, end) over all elements, in parallel unless two elements of `type` share a byte.
template <typename Function>
void forRanges(const KernelRun &run, std::int64_t count, core::DType type, Function &&function)
{
    if (core::bitsOf(type) < 8) {
        function(std::int64_t(0), count);
        return;
    }
    run.pool->parallelFor(static_cast<std::size_t>(count), 4096, [&](std::size_t begin, std::size_t end, int) {
        function(static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end));
    });
}

/// What kernels of this file can read and write.
core::Expected<void> checkPresent(const KernelCall &call)
{
    if (!call.hasInput(0) || !call.hasInput(1) || !call.hasOutput(0))
        return call.broken("data, scale or output is missing");
    for (std::size_t i = 0; i < 2; ++i) {
        if (call.inputs[i].rank() > maxRank)
            return call.unsupported("tensors of more than " + std::to_string(maxRank) + " dimensions have no kernel");
    }
    if (call.inputs[0].dims != call.outputs[0].dims || call.inputs[0].channelsLast || call.outputs[0].channelsLast)
        return call.broken("the output has not the shape of the input");
    if (!isScaleType(call.inputs[1].dtype))
        return call.unsupported("scales of type " + std::string(core::nameOf(call.inputs[1].dtype)) + " have no kernel");
    return {};
}

core::Expected<BoundKernel> bindQuantizeFloat8(const KernelCall &call, const ScaleMap &map, core::DType precision)
{
    const bool saturates = call.intAttribute("saturate", 1) != 0;
    const core::DType typeX = call.inputs[0].dtype, typeScale = call.inputs[1].dtype, typeY = call.outputs[0].dtype;
    const std::int64_t count = call.outputs[0].elementCount();
    return bound(call, [=](const KernelRun &run) -> KernelStatus {
        const auto *x = run.input<std::byte>(0), *scale = run.input<std::byte>(1), *zero = run.input<std::byte>(2);
        forRanges(run, count, typeY, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const std::int64_t s = map.at(i);
                const float quotient = roundedTo(precision, realAt(typeX, x, i) / scaleAt(typeScale, scale, s));
                const float shifted = zero != nullptr ? quotient + smallFloatAt(typeY, zero, s) : quotient;
                storeSmallFloat(typeY, run.output<std::byte>(0), i, shifted, saturates);
            }
        });
        return nullptr;
    });
}

core::Expected<BoundKernel> bindQuantizeLinear(const KernelCall &call)
{
    NORDLYS_TRY(checkPresent(call));
    const core::DType typeX = call.inputs[0].dtype, typeScale = call.inputs[1].dtype, typeY = call.outputs[0].dtype;
    if (!isScaleType(typeX) && typeX != core::DType::Int32)
        return call.unsupported("data of type " + std::string(core::nameOf(typeX)) + " has no kernel");
    if (call.hasInput(2) && call.inputs[2].dtype != typeY)
        return call.broken("the output has not the type of the zero point");
    auto map = scaleMapOf(call);
    NORDLYS_TRY(map);
    const std::int64_t stated = call.intAttribute("precision", 0);
    const core::DType precision = stated == 0 ? typeScale : static_cast<core::DType>(std::clamp<std::int64_t>(stated, 0, 23));
    if (!isScaleType(precision))
        return call.unsupported("this precision has no kernel");
    if (core::isSmallFloat(typeY))
        return bindQuantizeFloat8(call, *map, precision);
    if (!codeLimitsOf(typeY))
        return call.unsupported("codes of type " + std::string(core::nameOf(typeY)) + " have no kernel");
    auto limits = outputLimits(call);
    NORDLYS_TRY(limits);
    const std::int64_t count = call.outputs[0].elementCount();
    return bound(call, [=, map = *map, limits = *limits](const KernelRun &run) -> KernelStatus {
        const auto *x = run.input<std::byte>(0), *scales = run.input<std::byte>(1), *zeros = run.input<std::byte>(2);
        auto *y = run.output<std::byte>(0);
        forRanges(run, count, typeY, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end;) {
                const std::int64_t s = map.at(i), stop = i + map.runLength(i, end);
                const float scale = scaleAt(typeScale, scales, s);
                const std::int32_t zero = codeAt(typeY, zeros, s);
                if (typeX == core::DType::Float32 && !hasHalfPrecision(precision) && typeY == core::DType::UInt8) {
                    for (; i < stop; ++i)
                        run.output<std::uint8_t>(0)[i] = static_cast<std::uint8_t>(quantizedCode(run.input<float>(0)[i], scale, zero, limits));
                    continue;
                }
                for (; i < stop; ++i)
                    storeCode(typeY, y, i, codeFromScaled(roundedTo(precision, realAt(typeX, x, i) / scale), zero, limits));
            }
        });
        return nullptr;
    });
}

core::Expected<BoundKernel> bindDequantizeLinear(const KernelCall &call)
{
    NORDLYS_TRY(checkPresent(call));
    const core::DType typeX = call.inputs[0].dtype, typeScale = call.inputs[1].dtype, typeY = call.outputs[0].dtype;
    if (!isScaleType(typeY))
        return call.unsupported("results of type " + std::string(core::nameOf(typeY)) + " have no kernel");
    if (call.hasInput(2) && call.inputs[2].dtype != typeX)
        return call.broken("the zero point has not the type of the data");
    auto map = scaleMapOf(call);
    NORDLYS_TRY(map);
    const bool isSmall = core::isSmallFloat(typeX);
    if (!isSmall && !codeLimitsOf(typeX) && typeX != core::DType::Int32)
        return call.unsupported("codes of type " + std::string(core::nameOf(typeX)) + " have no kernel");
    const std::int64_t count = call.outputs[0].elementCount();
    return bound(call, [=, map = *map](const KernelRun &run) -> KernelStatus {
        const auto *x = run.input<std::byte>(0), *scales = run.input<std::byte>(1), *zeros = run.input<std::byte>(2);
        auto *y = run.output<std::byte>(0);
        forRanges(run, count, typeY, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end;) {
                const std::int64_t s = map.at(i), stop = i + map.runLength(i, end);
                const float scale = scaleAt(typeScale, scales, s);
                if (isSmall) {
                    const float zero = zeros != nullptr ? smallFloatAt(typeX, zeros, s) : 0.0F;
                    for (; i < stop; ++i)
                        storeReal(typeY, y, i, (smallFloatAt(typeX, x, i) - zero) * scale);
                    continue;
                }
                const std::int64_t zero = codeAt(typeX, zeros, s);
                for (; i < stop; ++i)
                    storeReal(typeY, y, i, static_cast<float>(codeAt(typeX, x, i) - zero) * scale);
            }
        });
        return nullptr;
    });
}

/// ONNX DynamicQuantizeLinear-11: the range of the data, widened to hold 0, becomes 0..255.
core::Expected<BoundKernel> bindDynamicQuantizeLinear(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1, 3));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.dtype != core::DType::Float32 || y.dtype != core::DType::UInt8 || y.dims != x.dims || call.outputs[1].dtype != core::DType::Float32
        || call.outputs[2].dtype != core::DType::UInt8 || call.outputs[1].elementCount() != 1 || call.outputs[2].elementCount() != 1)
        return call.broken("it takes float32 and gives uint8 codes, one float32 scale and one uint8 zero point");
    return bound(call, [count = x.elementCount()](const KernelRun &run) -> KernelStatus {
        const auto *in = run.input<float>(0);
        float low = 0, high = 0;
        for (std::int64_t i = 0; i < count; ++i) {
            low = std::min(low, in[i]);
            high = std::max(high, in[i]);
        }
        const CodeLimits limits{0, 255};
        const float scale = (high - low) / 255.0F;
        // All zero: any scale is right; that of the operator's text would be 0 / 0 below.
        const std::int32_t zero = scale > 0 ? quantizedCode(0.0F - low, scale, 0, limits) : 0;
        run.output<float>(1)[0] = scale;
        run.output<std::uint8_t>(2)[0] = static_cast<std::uint8_t>(zero);
        for (std::int64_t i = 0; i < count; ++i)
            run.output<std::uint8_t>(0)[i] = static_cast<std::uint8_t>(scale > 0 ? quantizedCode(in[i], scale, zero, limits) : 0);
        return nullptr;
    });
}

constexpr KernelEntry entries[] = {
    {"", "QuantizeLinear", 10, bindQuantizeLinear, false},
    {"", "DequantizeLinear", 10, bindDequantizeLinear, false},
    {"", "DynamicQuantizeLinear", 11, bindDynamicQuantizeLinear, false},
    {"com.microsoft", "QuantizeLinear", 1, bindQuantizeLinear, false},
    {"com.microsoft", "DequantizeLinear", 1, bindDequantizeLinear, false},
};

} // namespace

std::span<const KernelEntry> quantizeLinearKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

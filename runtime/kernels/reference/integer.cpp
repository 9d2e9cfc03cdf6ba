// SPDX-License-Identifier: Apache-2.0
#include "integer.h"

#include <core/tensor/float_bits.h>

#include <algorithm>
#include <cstring>

namespace nordlys::runtime::reference {

namespace {

template <typename T>
T read(const std::byte *data, std::int64_t i)
{
    T value;
    std::memcpy(&value, data + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
    return value;
}

template <typename T>
void write(std::byte *data, std::int64_t i, T value)
{
    std::memcpy(data + static_cast<std::size_t>(i) * sizeof(T), &value, sizeof(T));
}

unsigned nibbleAt(const std::byte *data, std::int64_t i)
{
    return (std::to_integer<unsigned>(data[i / 2]) >> (i % 2 != 0 ? 4U : 0U)) & 0xfU;
}

} // namespace

std::optional<CodeLimits> codeLimitsOf(core::DType type)
{
    switch (type) {
    case core::DType::UInt8: return CodeLimits{0, 255};
    case core::DType::Int8: return CodeLimits{-128, 127};
    case core::DType::UInt16: return CodeLimits{0, 65535};
    case core::DType::Int16: return CodeLimits{-32768, 32767};
    case core::DType::UInt4: return CodeLimits{0, 15};
    case core::DType::Int4: return CodeLimits{-8, 7};
    default: return std::nullopt;
    }
}

std::int32_t codeAt(core::DType type, const std::byte *data, std::int64_t i)
{
    if (data == nullptr)
        return 0;
    switch (type) {
    case core::DType::UInt8: return read<std::uint8_t>(data, i);
    case core::DType::Int8: return read<std::int8_t>(data, i);
    case core::DType::UInt16: return read<std::uint16_t>(data, i);
    case core::DType::Int16: return read<std::int16_t>(data, i);
    case core::DType::Int32: return read<std::int32_t>(data, i);
    case core::DType::UInt4: return static_cast<std::int32_t>(nibbleAt(data, i));
    case core::DType::Int4: return static_cast<std::int32_t>(nibbleAt(data, i) ^ 8U) - 8;
    default: return 0;
    }
}

void storeCode(core::DType type, std::byte *data, std::int64_t i, std::int32_t code)
{
    switch (type) {
    case core::DType::UInt8:
    case core::DType::Int8: write(data, i, static_cast<std::uint8_t>(code)); break;
    case core::DType::UInt16:
    case core::DType::Int16: write(data, i, static_cast<std::uint16_t>(code)); break;
    case core::DType::UInt4:
    case core::DType::Int4: {
        const unsigned old = std::to_integer<unsigned>(data[i / 2]), nibble = static_cast<unsigned>(code) & 0xfU;
        data[i / 2] = static_cast<std::byte>(i % 2 != 0 ? (old & 0x0fU) | (nibble << 4U) : (old & 0xf0U) | nibble);
        break;
    }
    default: break;
    }
}

float scaleAt(core::DType type, const std::byte *data, std::int64_t i)
{
    switch (type) {
    case core::DType::Float16: return core::floatFromHalf(read<std::uint16_t>(data, i));
    case core::DType::BFloat16: return core::floatFromBFloat16(read<std::uint16_t>(data, i));
    default: return read<float>(data, i);
    }
}

bool isScaleType(core::DType type)
{
    return type == core::DType::Float32 || type == core::DType::Float16 || type == core::DType::BFloat16;
}

core::Expected<QuantParameter> scaleParameter(const KernelCall &call, std::size_t input, std::int64_t channels)
{
    const std::string name = "the scale at input " + std::to_string(input);
    if (!call.hasInput(input))
        return call.broken(name + " is missing");
    const TensorDesc &desc = call.inputs[input];
    const std::int64_t count = desc.elementCount();
    if (!isScaleType(desc.dtype))
        return call.broken(name + " is no float32, float16 or bfloat16");
    if (desc.rank() > 1 || count < 1 || (count != 1 && count != channels))
        return call.broken(name + " has " + std::to_string(count) + " values instead of 1"
                           + (channels > 1 ? " or " + std::to_string(channels) : std::string()));
    return QuantParameter{input, desc.dtype, count, true};
}

core::Expected<QuantParameter> zeroPointParameter(const KernelCall &call, std::size_t input, core::DType codes, std::int64_t channels)
{
    if (!call.hasInput(input))
        return QuantParameter{input, codes, 1, false};
    const std::string name = "the zero point at input " + std::to_string(input);
    const TensorDesc &desc = call.inputs[input];
    const std::int64_t count = desc.elementCount();
    if (desc.dtype != codes)
        return call.broken(name + " has not the type of its tensor, " + std::string(core::nameOf(codes)));
    if (desc.rank() > 1 || count < 1 || (count != 1 && count != channels))
        return call.broken(name + " has " + std::to_string(count) + " values instead of 1"
                           + (channels > 1 ? " or " + std::to_string(channels) : std::string()));
    return QuantParameter{input, desc.dtype, count, true};
}

core::Expected<CodeLimits> outputLimits(const KernelCall &call)
{
    const auto limits = codeLimitsOf(call.outputs[0].dtype);
    if (!limits)
        return call.broken("the output is no 8- or 16-bit integer");
    const std::int64_t low = call.intAttribute("code_low", limits->lowest), high = call.intAttribute("code_high", limits->highest);
    if (low < limits->lowest || high > limits->highest || low > high)
        return call.broken("code_low and code_high leave the output's type");
    return CodeLimits{static_cast<std::int32_t>(low), static_cast<std::int32_t>(high)};
}

} // namespace nordlys::runtime::reference

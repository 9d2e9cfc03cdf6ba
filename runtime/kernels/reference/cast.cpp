// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <core/tensor/narrow_float.h>

#include <algorithm>

namespace nordlys::runtime::reference {

namespace {

using core::DType;

/// What the attributes saturate and round_mode say; they concern float8 only.
struct CastRule {
    bool saturate = true;
    core::PowerRounding rounding = core::PowerRounding::Up;
};

// Blocks of elements go through one wide type that holds them exactly: double for floats, int64 for integers and booleans, uint64 for
// uint64. So every type needs one way in and three ways out instead of one for every pair. `first` is even where types of 4 bits are read.
constexpr std::int64_t kBlock = 256;

template <typename Wide>
using Load = void (*)(const std::byte *data, std::int64_t first, std::int64_t count, Wide *wide);
template <typename Wide>
using Store = void (*)(const Wide *wide, std::int64_t count, std::byte *data, std::int64_t first, const CastRule &rule);

template <typename T, typename Wide>
void loadPlain(const std::byte *data, std::int64_t first, std::int64_t count, Wide *wide)
{
    const T *from = reinterpret_cast<const T *>(data) + first;
    for (std::int64_t i = 0; i < count; ++i)
        wide[i] = static_cast<Wide>(from[i]);
}

template <DType type>
void loadFloat8(const std::byte *data, std::int64_t first, std::int64_t count, double *wide)
{
    for (std::int64_t i = 0; i < count; ++i)
        wide[i] = static_cast<double>(core::floatFromNarrow(type, std::to_integer<std::uint8_t>(data[first + i])));
}

std::uint8_t nibbleAt(const std::byte *data, std::int64_t i)
{
    return static_cast<std::uint8_t>((std::to_integer<unsigned>(data[i / 2]) >> (i % 2 * 4)) & 0xfU);
}

void storeNibble(std::byte *data, std::int64_t i, unsigned value)
{
    // The low half comes first and clears the high one, so that a last half byte is always 0.
    const unsigned kept = i % 2 == 0 ? 0U : std::to_integer<unsigned>(data[i / 2]) & 0xfU;
    data[i / 2] = static_cast<std::byte>(kept | ((value & 0xfU) << (i % 2 * 4)));
}

void loadFloat4(const std::byte *data, std::int64_t first, std::int64_t count, double *wide)
{
    for (std::int64_t i = 0; i < count; ++i)
        wide[i] = static_cast<double>(core::floatFromNarrow(DType::Float4E2M1, nibbleAt(data, first + i)));
}

template <bool isSigned>
void loadInt4(const std::byte *data, std::int64_t first, std::int64_t count, std::int64_t *wide)
{
    for (std::int64_t i = 0; i < count; ++i) {
        const int value = nibbleAt(data, first + i);
        wide[i] = isSigned && value >= 8 ? value - 16 : value;
    }
}

/// Floats to integers are cut towards zero; what the target cannot hold becomes its nearest value, NaN becomes 0 (ONNX leaves both open).
/// Integers keep their low bits.
template <typename To, typename Wide>
void storePlain(const Wide *wide, std::int64_t count, std::byte *data, std::int64_t first, const CastRule &)
{
    To *to = reinterpret_cast<To *>(data) + first;
    for (std::int64_t i = 0; i < count; ++i) {
        if constexpr (std::is_integral_v<To> && std::is_floating_point_v<Wide>)
            to[i] = cutToInteger<To>(wide[i]);
        else
            to[i] = static_cast<To>(wide[i]);
    }
}

template <typename Wide>
void storeBool(const Wide *wide, std::int64_t count, std::byte *data, std::int64_t first, const CastRule &)
{
    for (std::int64_t i = 0; i < count; ++i)
        data[first + i] = static_cast<std::byte>(wide[i] != Wide(0) ? 1 : 0);
}

template <DType type, typename Wide>
void storeFloat8(const Wide *wide, std::int64_t count, std::byte *data, std::int64_t first, const CastRule &rule)
{
    for (std::int64_t i = 0; i < count; ++i)
        data[first + i] = static_cast<std::byte>(core::narrowFromDouble(type, static_cast<double>(wide[i]), rule.saturate, rule.rounding));
}

template <typename Wide>
void storeFloat4(const Wide *wide, std::int64_t count, std::byte *data, std::int64_t first, const CastRule &)
{
    for (std::int64_t i = 0; i < count; ++i)
        storeNibble(data, first + i, core::narrowFromDouble(DType::Float4E2M1, static_cast<double>(wide[i])));
}

template <bool isSigned, typename Wide>
void storeInt4(const Wide *wide, std::int64_t count, std::byte *data, std::int64_t first, const CastRule &)
{
    for (std::int64_t i = 0; i < count; ++i) {
        if constexpr (std::is_floating_point_v<Wide>)
            storeNibble(data, first + i, static_cast<unsigned>(cutToInteger<int>(wide[i], isSigned ? -8 : 0, isSigned ? 7 : 15)));
        else
            storeNibble(data, first + i, static_cast<unsigned>(wide[i] & Wide(0xf)));
    }
}

template <typename Wide>
Store<Wide> storeOf(DType type)
{
    switch (type) {
    case DType::Float32: return storePlain<float, Wide>;
    case DType::Float64: return storePlain<double, Wide>;
    case DType::Float16: return storePlain<Half, Wide>;
    case DType::BFloat16: return storePlain<BFloat16, Wide>;
    case DType::Int8: return storePlain<std::int8_t, Wide>;
    case DType::Int16: return storePlain<std::int16_t, Wide>;
    case DType::Int32: return storePlain<std::int32_t, Wide>;
    case DType::Int64: return storePlain<std::int64_t, Wide>;
    case DType::UInt8: return storePlain<std::uint8_t, Wide>;
    case DType::UInt16: return storePlain<std::uint16_t, Wide>;
    case DType::UInt32: return storePlain<std::uint32_t, Wide>;
    case DType::UInt64: return storePlain<std::uint64_t, Wide>;
    case DType::Bool: return storeBool<Wide>;
    case DType::Float8E4M3FN: return storeFloat8<DType::Float8E4M3FN, Wide>;
    case DType::Float8E4M3FNUZ: return storeFloat8<DType::Float8E4M3FNUZ, Wide>;
    case DType::Float8E5M2: return storeFloat8<DType::Float8E5M2, Wide>;
    case DType::Float8E5M2FNUZ: return storeFloat8<DType::Float8E5M2FNUZ, Wide>;
    case DType::Float8E8M0: return storeFloat8<DType::Float8E8M0, Wide>;
    case DType::Float4E2M1: return storeFloat4<Wide>;
    case DType::Int4: return storeInt4<true, Wide>;
    case DType::UInt4: return storeInt4<false, Wide>;
    default: return nullptr;
    }
}

template <typename Wide>
core::Expected<BoundKernel> bindThrough(const KernelCall &call, Load<Wide> load, const CastRule &rule)
{
    const Store<Wide> store = storeOf<Wide>(call.outputs[0].dtype);
    if (store == nullptr)
        return call.unsupported("casts to " + std::string(core::nameOf(call.outputs[0].dtype)) + " have no kernel");
    return bound(call, [load, store, rule, count = call.inputs[0].elementCount()](const KernelRun &run) -> KernelStatus {
        std::array<Wide, kBlock> block;
        for (std::int64_t first = 0; first < count; first += kBlock) {
            const std::int64_t size = std::min(kBlock, count - first);
            load(run.inputs[0], first, size, block.data());
            store(block.data(), size, run.outputs[0], first, rule);
        }
        return nullptr;
    });
}

core::Expected<CastRule> ruleOf(const KernelCall &call)
{
    CastRule rule;
    rule.saturate = call.intAttribute("saturate", 1) != 0;
    const std::string mode = call.stringAttribute("round_mode", "up");
    if (mode != "up" && mode != "down" && mode != "nearest")
        return call.broken("round_mode is \"" + mode + "\", it has to be up, down or nearest");
    rule.rounding = mode == "up" ? core::PowerRounding::Up : mode == "down" ? core::PowerRounding::Down : core::PowerRounding::Nearest;
    return rule;
}

core::Expected<BoundKernel> bindCast(const KernelCall &call)
{
    NORDLYS_TRY(call.requireOrPacked(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.dims != y.dims || x.channelsLast != y.channelsLast)
        return call.broken("the output has not the shape of the input");
    if (call.op == "CastLike" && (!call.hasInput(1) || call.inputs[1].dtype != y.dtype))
        return call.broken("the output has not the type of target_type");
    const auto rule = ruleOf(call);
    NORDLYS_TRY(rule);
    const auto real = [&](Load<double> load) { return bindThrough<double>(call, load, *rule); };
    const auto whole = [&](Load<std::int64_t> load) { return bindThrough<std::int64_t>(call, load, *rule); };
    switch (x.dtype) {
    case DType::Float32: return real(loadPlain<float>);
    case DType::Float64: return real(loadPlain<double>);
    case DType::Float16: return real(loadPlain<Half>);
    case DType::BFloat16: return real(loadPlain<BFloat16>);
    case DType::Float8E4M3FN: return real(loadFloat8<DType::Float8E4M3FN>);
    case DType::Float8E4M3FNUZ: return real(loadFloat8<DType::Float8E4M3FNUZ>);
    case DType::Float8E5M2: return real(loadFloat8<DType::Float8E5M2>);
    case DType::Float8E5M2FNUZ: return real(loadFloat8<DType::Float8E5M2FNUZ>);
    case DType::Float8E8M0: return real(loadFloat8<DType::Float8E8M0>);
    case DType::Float4E2M1: return real(loadFloat4);
    case DType::Int8: return whole(loadPlain<std::int8_t>);
    case DType::Int16: return whole(loadPlain<std::int16_t>);
    case DType::Int32: return whole(loadPlain<std::int32_t>);
    case DType::Int64: return whole(loadPlain<std::int64_t>);
    case DType::Bool:
    case DType::UInt8: return whole(loadPlain<std::uint8_t>);
    case DType::UInt16: return whole(loadPlain<std::uint16_t>);
    case DType::UInt32: return whole(loadPlain<std::uint32_t>);
    case DType::UInt64: return bindThrough<std::uint64_t>(call, loadPlain<std::uint64_t>, *rule);
    case DType::Int4: return whole(loadInt4<true>);
    case DType::UInt4: return whole(loadInt4<false>);
    default: return call.unsupported("casts from " + std::string(core::nameOf(x.dtype)) + " have no kernel");
    }
}

constexpr KernelEntry entries[] = {
    {"", "Cast", 1, bindCast, true},
    {"", "CastLike", 15, bindCast, false},
};

} // namespace

std::span<const KernelEntry> castKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#include "convert.h"

#include "float_bits.h"
#include "narrow_float.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace nordlys::core {

namespace {

std::uint8_t byteAt(const HostTensor &tensor, std::size_t i) { return std::to_integer<std::uint8_t>(tensor.bytes()[i]); }

/// Calls visit(i, value) for every element, value in a type that holds it exactly; false for types without a real value.
template <typename Visit>
bool visitElements(const HostTensor &tensor, Visit visit)
{
    const std::size_t count = tensor.elementCount();
    const auto run = [&](auto element) {
        for (std::size_t i = 0; i < count; ++i)
            visit(i, element(i));
        return true;
    };
    const auto runAs = [&]<typename T>(T) { return run([data = tensor.as<T>()](std::size_t i) { return data[i]; }); };
    switch (tensor.dtype()) {
    case DType::Float32: return runAs(float());
    case DType::Float64: return runAs(double());
    case DType::UInt8:
    case DType::Bool: return runAs(std::uint8_t());
    case DType::Int8: return runAs(std::int8_t());
    case DType::UInt16: return runAs(std::uint16_t());
    case DType::Int16: return runAs(std::int16_t());
    case DType::UInt32: return runAs(std::uint32_t());
    case DType::Int32: return runAs(std::int32_t());
    case DType::UInt64: return runAs(std::uint64_t());
    case DType::Int64: return runAs(std::int64_t());
    case DType::Float16: return run([data = tensor.as<std::uint16_t>()](std::size_t i) { return floatFromHalf(data[i]); });
    case DType::BFloat16: return run([data = tensor.as<std::uint16_t>()](std::size_t i) { return floatFromBFloat16(data[i]); });
    case DType::Float8E4M3FN:
    case DType::Float8E4M3FNUZ:
    case DType::Float8E5M2:
    case DType::Float8E5M2FNUZ:
    case DType::Float8E8M0: return run([&](std::size_t i) { return floatFromNarrow(tensor.dtype(), byteAt(tensor, i)); });
    case DType::UInt4:
    case DType::Int4:
    case DType::Float4E2M1:
        return run([&](std::size_t i) {
            const unsigned nibble = (static_cast<unsigned>(byteAt(tensor, i / 2)) >> (i % 2 * 4)) & 0xfU;
            if (tensor.dtype() == DType::UInt4)
                return static_cast<float>(nibble);
            if (tensor.dtype() == DType::Int4)
                return static_cast<float>(static_cast<int>(nibble) - (nibble >= 8 ? 16 : 0));
            return floatFromNarrow(tensor.dtype(), static_cast<std::uint8_t>(nibble));
        });
    default: return false;
    }
}

template <typename To, typename From>
bool fits(From value)
{
    if constexpr (std::is_floating_point_v<From>) {
        // 2^digits is exact in every floating-point type, the integer's own maximum may not be.
        const double limit = std::ldexp(1.0, std::numeric_limits<To>::digits);
        const double wide = static_cast<double>(value);
        return std::trunc(wide) == wide && wide < limit && wide >= (std::is_signed_v<To> ? -limit : 0.0);
    } else {
        return std::in_range<To>(value);
    }
}

template <typename To>
Expected<HostTensor> convertToInteger(const HostTensor &tensor, HostTensor result)
{
    auto target = result.as<To>();
    std::optional<double> misfit;
    const bool isBool = result.dtype() == DType::Bool;
    const bool known = visitElements(tensor, [&](std::size_t i, auto value) {
        if (misfit)
            return;
        if (!fits<To>(value) || (isBool && value != 0 && value != 1))
            misfit = static_cast<double>(value);
        else
            target[i] = static_cast<To>(value);
    });
    if (!known)
        return notSupported("tensor", std::string(nameOf(tensor.dtype())) + " has no real values");
    if (misfit)
        return badInput("tensor",
                        "the value " + std::to_string(*misfit) + " has no exact " + std::string(nameOf(result.dtype())));
    return result;
}

template <typename To, typename Encode>
Expected<HostTensor> convertToFloat(const HostTensor &tensor, HostTensor result, Encode encode)
{
    auto target = result.as<To>();
    if (!visitElements(tensor, [&](std::size_t i, auto value) { target[i] = encode(value); }))
        return notSupported("tensor", std::string(nameOf(tensor.dtype())) + " has no real values");
    return result;
}

} // namespace

Expected<HostTensor> convertTensor(const HostTensor &tensor, DType dtype)
{
    if (tensor.dtype() == dtype)
        return tensor;
    auto result = HostTensor::create(dtype, tensor.dims());
    NORDLYS_TRY(result);
    switch (dtype) {
    case DType::Float32: return convertToFloat<float>(tensor, *std::move(result), [](auto v) { return static_cast<float>(v); });
    case DType::Float64: return convertToFloat<double>(tensor, *std::move(result), [](auto v) { return static_cast<double>(v); });
    case DType::Float16:
        return convertToFloat<std::uint16_t>(tensor, *std::move(result),
                                             [](auto v) { return halfFromFloat(static_cast<float>(v)); });
    case DType::BFloat16:
        return convertToFloat<std::uint16_t>(tensor, *std::move(result),
                                             [](auto v) { return bfloat16FromFloat(static_cast<float>(v)); });
    case DType::Bool:
    case DType::UInt8: return convertToInteger<std::uint8_t>(tensor, *std::move(result));
    case DType::Int8: return convertToInteger<std::int8_t>(tensor, *std::move(result));
    case DType::UInt16: return convertToInteger<std::uint16_t>(tensor, *std::move(result));
    case DType::Int16: return convertToInteger<std::int16_t>(tensor, *std::move(result));
    case DType::UInt32: return convertToInteger<std::uint32_t>(tensor, *std::move(result));
    case DType::Int32: return convertToInteger<std::int32_t>(tensor, *std::move(result));
    case DType::UInt64: return convertToInteger<std::uint64_t>(tensor, *std::move(result));
    case DType::Int64: return convertToInteger<std::int64_t>(tensor, *std::move(result));
    default: return notSupported("tensor", "conversion to " + std::string(nameOf(dtype)) + " is not offered");
    }
}

Expected<HostTensor> toFloat32(const HostTensor &tensor) { return convertTensor(tensor, DType::Float32); }

bool containsNaN(const HostTensor &tensor)
{
    if (!isFloat(tensor.dtype()))
        return false;
    bool found = false;
    visitElements(tensor, [&](std::size_t, auto value) {
        if constexpr (std::is_floating_point_v<decltype(value)>)
            found = found || std::isnan(value);
    });
    return found;
}

} // namespace nordlys::core

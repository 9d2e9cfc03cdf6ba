// SPDX-License-Identifier: Apache-2.0
#include "binary.h"

#include <cmath>

namespace nordlys::runtime::reference {

namespace {

/// Integer bases and exponents: exact modulo 2^n, as repeated multiplication wraps around. Negative exponents leave 1, -1 or nothing.
template <typename T>
T wholePower(T base, std::int64_t exponent)
{
    if (exponent < 0) {
        if (base == T(1))
            return T(1);
        if constexpr (std::is_signed_v<T>) {
            if (base == T(-1))
                return exponent % 2 == 0 ? T(1) : T(-1);
        }
        return T(0);
    }
    auto factor = static_cast<std::uint64_t>(base);
    std::uint64_t result = 1;
    for (auto rest = static_cast<std::uint64_t>(exponent); rest > 0; rest >>= 1) {
        result *= (rest & 1U) != 0 ? factor : 1;
        factor *= factor;
    }
    return static_cast<T>(result);
}

template <typename T>
T cutToInteger(double value)
{
    if (std::isnan(value))
        return T(0);
    if (value <= static_cast<double>(std::numeric_limits<T>::lowest()))
        return std::numeric_limits<T>::lowest();
    if (value >= static_cast<double>(std::numeric_limits<T>::max()))
        return std::numeric_limits<T>::max();
    return static_cast<T>(value);
}

/// Float exponents and float bases are computed in double (in float where both are), the result is rounded or cut to the base's type.
template <typename T, typename E>
auto power(T base, E exponent)
{
    if constexpr (std::is_integral_v<T> && std::is_integral_v<E>) {
        return wholePower(base, static_cast<std::int64_t>(exponent));
    } else if constexpr (std::is_integral_v<T>) {
        return cutToInteger<T>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
    } else if constexpr (std::is_same_v<T, float> && std::is_same_v<E, float>) {
        return std::pow(base, exponent);
    } else {
        return static_cast<T>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
    }
}

/// ONNX Pow: from opset 12 on the exponent may have another type than the base; the output has the base's.
core::Expected<BoundKernel> bindPow(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    auto legacy = withLegacyBroadcast(call);
    NORDLYS_TRY(legacy);
    if (call.inputs[0].dtype != call.outputs[0].dtype)
        return call.broken("base and output differ in type");
    if (call.opset < 12 && call.inputs[0].dtype != call.inputs[1].dtype)
        return call.broken("base and exponent differ in type");
    return dispatchNumber(call, call.inputs[0].dtype, [&](auto baseTag) {
        return dispatchNumber(call, call.inputs[1].dtype, [&](auto exponentTag) {
            using T = typename decltype(baseTag)::Type;
            using E = typename decltype(exponentTag)::Type;
            return bindBroadcast<T, E, T>(*legacy, [](ComputeOf<T> a, ComputeOf<E> b) { return power(a, b); });
        });
    });
}

constexpr KernelEntry entries[] = {{"", "Pow", 1, bindPow, true}};

} // namespace

std::span<const KernelEntry> powerKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

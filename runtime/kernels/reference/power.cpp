// SPDX-License-Identifier: Apache-2.0
#include "binary.h"

#include <algorithm>
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

/// Whole exponents of whole bases are exact; everything else is computed in double and rounded or cut to the base's type.
template <typename T, typename Exponent>
T power(T base, Exponent exponent)
{
    if constexpr (std::is_integral_v<T> && std::is_integral_v<Exponent>)
        return wholePower(base, exponent);
    else if constexpr (std::is_integral_v<T>)
        return cutToInteger<T>(std::pow(static_cast<double>(base), exponent));
    else
        return static_cast<T>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
}

// The exponent's type is settled by a function that reads one element, so that not every pair of types needs a loop of its own.
template <typename Exponent>
using Read = Exponent (*)(const std::byte *, std::int64_t);

template <typename E, typename Exponent>
Exponent readAs(const std::byte *data, std::int64_t index)
{
    const E value = reinterpret_cast<const E *>(data)[index];
    if constexpr (std::is_same_v<E, std::uint64_t>)
        return static_cast<Exponent>(std::min<std::uint64_t>(value, std::numeric_limits<std::int64_t>::max()));
    else
        return static_cast<Exponent>(value);
}

template <typename T, typename Exponent>
core::Expected<BoundKernel> bindPower(const KernelCall &call, const StridedLoop<3> &loop, Read<Exponent> read)
{
    return bound(call, [loop, read](const KernelRun &run) -> KernelStatus {
        const T *base = run.input<T>(0);
        T *out = run.output<T>(0);
        loop.run([&](const auto &at) { out[at[2]] = power<T, Exponent>(base[at[0]], read(run.inputs[1], at[1])); });
        return nullptr;
    });
}

/// ONNX Pow: from opset 12 on the exponent may have another type than the base; the output has the base's.
core::Expected<BoundKernel> bindPow(const KernelCall &original)
{
    NORDLYS_TRY(original.require(2));
    auto legacy = withLegacyBroadcast(original);
    NORDLYS_TRY(legacy);
    const KernelCall &call = *legacy;
    const TensorDesc &base = call.inputs[0], &exponent = call.inputs[1], &out = call.outputs[0];
    if (base.dtype != out.dtype || (call.opset < 12 && base.dtype != exponent.dtype))
        return call.broken("base, output and, before opset 12, exponent differ in type");
    if (const auto dims = broadcastDims(base.dims, exponent.dims); !dims || *dims != out.dims)
        return call.broken("the shapes cannot be broadcast together to the output's");
    StridedLoop<3> loop(out.dims);
    loop.setBroadcastOperand(0, base);
    loop.setBroadcastOperand(1, exponent);
    loop.setOperand(2, out.strides());
    return dispatchNumber(call, base.dtype, [&](auto baseTag) {
        using T = typename decltype(baseTag)::Type;
        return dispatchNumber(call, exponent.dtype, [&](auto exponentTag) {
            using E = typename decltype(exponentTag)::Type;
            using Exponent = std::conditional_t<isFloatType<E>, double, std::int64_t>;
            return bindPower<T, Exponent>(call, loop, readAs<E, Exponent>);
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

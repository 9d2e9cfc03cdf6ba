// SPDX-License-Identifier: Apache-2.0
#include "binary.h"

#include <cmath>

namespace nordlys::runtime::reference {

core::Expected<KernelCall> withLegacyBroadcast(const KernelCall &call)
{
    KernelCall changed = call;
    if (call.opset >= 7 || call.intAttribute("broadcast", 0) == 0 || !call.hasInput(1))
        return changed;
    const std::size_t rank = call.inputs[0].rank(), other = call.inputs[1].rank();
    const std::int64_t axis = call.intAttribute("axis", static_cast<std::int64_t>(rank) - static_cast<std::int64_t>(other));
    if (axis < 0 || static_cast<std::size_t>(axis) + other > rank)
        return call.broken("axis " + std::to_string(axis) + " is outside the first input");
    changed.inputs[1].dims.insert(changed.inputs[1].dims.end(), rank - other - static_cast<std::size_t>(axis), 1);
    return changed;
}

namespace {

/// Integers wrap around as the two's complement does; computed unsigned because signed overflow is undefined in C++.
template <typename T, typename Function>
T wrap(T a, T b, Function function)
{
    if constexpr (std::is_integral_v<T>)
        return static_cast<T>(function(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
    else
        return function(a, b);
}

template <typename Make>
core::Expected<BoundKernel> bindSameType(const KernelCall &original, Make make)
{
    NORDLYS_TRY(original.require(2));
    auto legacy = withLegacyBroadcast(original);
    NORDLYS_TRY(legacy);
    const KernelCall &call = *legacy;
    if (call.inputs[0].dtype != call.inputs[1].dtype || call.inputs[0].dtype != call.outputs[0].dtype)
        return call.broken("inputs and output differ in type");
    return dispatchNumber(call, call.inputs[0].dtype, [&](auto tag) {
        using T = typename decltype(tag)::Type;
        return bindBroadcast<T, T, T>(call, make(TypeTag<ComputeOf<T>>{}));
    });
}

core::Expected<BoundKernel> bindAdd(const KernelCall &call)
{
    return bindSameType(call, [](auto tag) {
        using T = typename decltype(tag)::Type;
        return [](T a, T b) -> T { return wrap(a, b, [](auto x, auto y) { return x + y; }); };
    });
}

core::Expected<BoundKernel> bindSub(const KernelCall &call)
{
    return bindSameType(call, [](auto tag) {
        using T = typename decltype(tag)::Type;
        return [](T a, T b) -> T { return wrap(a, b, [](auto x, auto y) { return x - y; }); };
    });
}

core::Expected<BoundKernel> bindMul(const KernelCall &call)
{
    return bindSameType(call, [](auto tag) {
        using T = typename decltype(tag)::Type;
        return [](T a, T b) -> T { return wrap(a, b, [](auto x, auto y) { return x * y; }); };
    });
}

/// Integer division by zero gives 0 (ONNX leaves it open; C++ would trap).
core::Expected<BoundKernel> bindDiv(const KernelCall &call)
{
    return bindSameType(call, [](auto tag) {
        using T = typename decltype(tag)::Type;
        return [](T a, T b) -> T {
            if constexpr (std::is_integral_v<T>) {
                if (b == 0)
                    return 0;
                if constexpr (std::is_signed_v<T>) {
                    if (b == -1)
                        return static_cast<T>(std::make_unsigned_t<T>(0) - static_cast<std::make_unsigned_t<T>>(a));
                }
                return static_cast<T>(a / b);
            } else
                return a / b;
        };
    });
}

core::Expected<BoundKernel> bindMod(const KernelCall &call)
{
    const bool cStyle = call.intAttribute("fmod", 0) != 0;
    if (!cStyle && call.hasInput(0) && core::isFloat(call.inputs[0].dtype))
        return call.broken("floating-point numbers need the attribute fmod");
    return bindSameType(call, [cStyle](auto tag) {
        using T = typename decltype(tag)::Type;
        return [cStyle](T a, T b) -> T {
            if constexpr (std::is_integral_v<T>) {
                if (b == 0)
                    return 0;
                if constexpr (std::is_signed_v<T>) {
                    if (b == -1)
                        return 0;
                }
                const T rest = static_cast<T>(a % b);
                const bool adjust = !cStyle && rest != 0 && ((rest < T(0)) != (b < T(0)));
                return adjust ? static_cast<T>(rest + b) : rest;
            } else
                return std::fmod(a, b);
        };
    });
}

/// PRelu broadcasts the slope in one direction: to the input.
core::Expected<BoundKernel> bindPRelu(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    KernelCall changed = call;
    // Before opset 7 a slope of C values belongs to the channels.
    if (call.opset < 7 && call.inputs[1].rank() == 1 && call.inputs[0].rank() > 1 && call.inputs[1].dims[0] != 1)
        changed.inputs[1].dims.insert(changed.inputs[1].dims.end(), call.inputs[0].rank() - 2, 1);
    if (call.inputs[0].dtype != call.inputs[1].dtype || call.inputs[0].dtype != call.outputs[0].dtype)
        return call.broken("inputs and output differ in type");
    return dispatchNumber(call, call.inputs[0].dtype, [&](auto tag) {
        using T = typename decltype(tag)::Type;
        using C = ComputeOf<T>;
        return bindBroadcast<T, T, T>(changed, [](C x, C slope) -> C { return x < C(0) ? wrap(x, slope, [](auto a, auto b) { return a * b; }) : x; });
    });
}

constexpr KernelEntry entries[] = {
    {"", "Add", 1, bindAdd, true}, {"", "Sub", 1, bindSub, true}, {"", "Mul", 1, bindMul, true}, {"", "Div", 1, bindDiv, true},
    {"", "Mod", 10, bindMod, true}, {"", "PRelu", 1, bindPRelu, true},
};

} // namespace

std::span<const KernelEntry> binaryKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

// SPDX-License-Identifier: Apache-2.0
#include "binary.h"

namespace nordlys::runtime::reference {

namespace {

/// Calls `function` with the C++ type of an integer type.
template <typename Function>
core::Expected<BoundKernel> dispatchInteger(const KernelCall &call, core::DType type, Function &&function)
{
    if (!core::isInteger(type))
        return call.broken("it works on integers, not on " + std::string(core::nameOf(type)));
    return dispatchNumber(call, type, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        if constexpr (std::is_integral_v<T>)
            return function(tag);
        else
            return call.unsupported("the type has no kernel"); // never reached: the type is an integer's
    });
}

template <typename Function>
core::Expected<BoundKernel> bindBits(const KernelCall &call, Function function)
{
    NORDLYS_TRY(call.require(2));
    if (call.inputs[0].dtype != call.inputs[1].dtype || call.inputs[0].dtype != call.outputs[0].dtype)
        return call.broken("inputs and output differ in type");
    return dispatchInteger(call, call.inputs[0].dtype, [&](auto tag) {
        using T = typename decltype(tag)::Type;
        return bindBroadcast<T, T, T>(call, [function](T a, T b) { return function(a, b); });
    });
}

core::Expected<BoundKernel> bindBitwiseAnd(const KernelCall &call)
{
    return bindBits(call, [](auto a, auto b) { return a & b; });
}
core::Expected<BoundKernel> bindBitwiseOr(const KernelCall &call)
{
    return bindBits(call, [](auto a, auto b) { return a | b; });
}
core::Expected<BoundKernel> bindBitwiseXor(const KernelCall &call)
{
    return bindBits(call, [](auto a, auto b) { return a ^ b; });
}

core::Expected<BoundKernel> bindBitwiseNot(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.dtype != y.dtype || x.dims != y.dims || x.channelsLast != y.channelsLast)
        return call.broken("the output has not the shape and type of the input");
    return dispatchInteger(call, x.dtype, [&](auto tag) {
        using T = typename decltype(tag)::Type;
        return bound(
            call,
            [count = x.elementCount()](const KernelRun &run) -> KernelStatus {
                for (std::int64_t i = 0; i < count; ++i)
                    run.output<T>(0)[i] = static_cast<T>(~run.input<T>(0)[i]);
                return nullptr;
            },
            0);
    });
}

/// Shifts by the number of bits and more leave nothing (ONNX leaves it open; C++ does not define it).
core::Expected<BoundKernel> bindBitShift(const KernelCall &call)
{
    const std::string direction = call.stringAttribute("direction", "");
    if (direction != "LEFT" && direction != "RIGHT")
        return call.broken("direction is \"" + direction + "\", it has to be LEFT or RIGHT");
    if (call.hasInput(0) && (!core::isInteger(call.inputs[0].dtype) || core::nameOf(call.inputs[0].dtype).front() != 'u'))
        return call.broken("it works on unsigned integers, not on " + std::string(core::nameOf(call.inputs[0].dtype)));
    return bindBits(call, [left = direction == "LEFT"](auto a, auto b) {
        using T = decltype(a);
        const auto wide = static_cast<std::uint64_t>(a), shift = static_cast<std::uint64_t>(b);
        return shift >= 8 * sizeof(T) ? T(0) : static_cast<T>(left ? wide << shift : wide >> shift);
    });
}

constexpr KernelEntry entries[] = {
    {"", "BitwiseAnd", 18, bindBitwiseAnd, true}, {"", "BitwiseOr", 18, bindBitwiseOr, true}, {"", "BitwiseXor", 18, bindBitwiseXor, true},
    {"", "BitwiseNot", 18, bindBitwiseNot, true}, {"", "BitShift", 11, bindBitShift, true},
};

} // namespace

std::span<const KernelEntry> bitwiseKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

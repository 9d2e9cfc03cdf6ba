// SPDX-License-Identifier: Apache-2.0
#include "binary.h"

namespace nordlys::runtime::reference {

namespace {

template <typename Test>
core::Expected<BoundKernel> bindComparison(const KernelCall &call, Test test)
{
    NORDLYS_TRY(call.require(2));
    if (call.inputs[0].dtype != call.inputs[1].dtype || call.outputs[0].dtype != core::DType::Bool)
        return call.broken("the inputs have to agree in type, and the output has to be boolean");
    const core::DType type = call.inputs[0].dtype == core::DType::Bool ? core::DType::UInt8 : call.inputs[0].dtype;
    const auto legacy = withLegacyBroadcast(call);
    NORDLYS_TRY(legacy);
    return dispatchNumber(call, type, [&](auto tag) {
        using T = typename decltype(tag)::Type;
        using C = ComputeOf<T>;
        return bindBroadcast<T, T, std::uint8_t>(*legacy, [test](C a, C b) -> std::uint8_t { return test(a, b) ? 1 : 0; });
    });
}

core::Expected<BoundKernel> bindEqual(const KernelCall &call)
{
    return bindComparison(call, [](auto a, auto b) { return a == b; });
}
core::Expected<BoundKernel> bindGreater(const KernelCall &call)
{
    return bindComparison(call, [](auto a, auto b) { return a > b; });
}
core::Expected<BoundKernel> bindLess(const KernelCall &call)
{
    return bindComparison(call, [](auto a, auto b) { return a < b; });
}
core::Expected<BoundKernel> bindGreaterOrEqual(const KernelCall &call)
{
    return bindComparison(call, [](auto a, auto b) { return a >= b; });
}
core::Expected<BoundKernel> bindLessOrEqual(const KernelCall &call)
{
    return bindComparison(call, [](auto a, auto b) { return a <= b; });
}

template <typename Function>
core::Expected<BoundKernel> bindLogic(const KernelCall &call, Function function)
{
    NORDLYS_TRY(call.require(2));
    for (const TensorDesc *desc : {&call.inputs[0], &call.inputs[1], &call.outputs[0]}) {
        if (desc->dtype != core::DType::Bool)
            return call.broken("it works on booleans");
    }
    const auto legacy = withLegacyBroadcast(call);
    NORDLYS_TRY(legacy);
    return bindBroadcast<std::uint8_t, std::uint8_t, std::uint8_t>(
        *legacy, [function](std::uint8_t a, std::uint8_t b) -> std::uint8_t { return function(a != 0, b != 0) ? 1 : 0; });
}

core::Expected<BoundKernel> bindAnd(const KernelCall &call)
{
    return bindLogic(call, [](bool a, bool b) { return a && b; });
}
core::Expected<BoundKernel> bindOr(const KernelCall &call)
{
    return bindLogic(call, [](bool a, bool b) { return a || b; });
}
core::Expected<BoundKernel> bindXor(const KernelCall &call)
{
    return bindLogic(call, [](bool a, bool b) { return a != b; });
}

core::Expected<BoundKernel> bindWhere(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    const TensorDesc &condition = call.inputs[0], &a = call.inputs[1], &b = call.inputs[2], &out = call.outputs[0];
    if (condition.dtype != core::DType::Bool || a.dtype != b.dtype || a.dtype != out.dtype)
        return call.broken("the condition has to be boolean, and the other types have to agree");
    auto dims = broadcastDims(a.dims, b.dims);
    if (dims)
        dims = broadcastDims(*dims, condition.dims);
    if (!dims || *dims != out.dims)
        return call.broken("the shapes cannot be broadcast to the output");
    StridedLoop<4> loop(out.dims);
    loop.setBroadcastOperand(0, condition);
    loop.setBroadcastOperand(1, a);
    loop.setBroadcastOperand(2, b);
    loop.setOperand(3, out.strides());
    return dispatchSize(call, out.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [loop](const KernelRun &run) -> KernelStatus {
            const auto *test = run.input<std::uint8_t>(0);
            const T *x = run.input<T>(1), *y = run.input<T>(2);
            T *result = run.output<T>(0);
            loop.run([&](const auto &at) { result[at[3]] = test[at[0]] != 0 ? x[at[1]] : y[at[2]]; });
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "Equal", 1, bindEqual, true}, {"", "Greater", 1, bindGreater, true}, {"", "Less", 1, bindLess, true},
    {"", "GreaterOrEqual", 12, bindGreaterOrEqual, true}, {"", "LessOrEqual", 12, bindLessOrEqual, true},
    {"", "And", 1, bindAnd, true}, {"", "Or", 1, bindOr, true}, {"", "Xor", 1, bindXor, true}, {"", "Where", 9, bindWhere, true},
};

} // namespace

std::span<const KernelEntry> comparisonKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

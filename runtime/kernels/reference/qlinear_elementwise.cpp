// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "integer.h"

#include <algorithm>
#include <cmath>

/// Operators on codes of the domain com.microsoft that work element by element, also for codes of 16 bits. Arithmetic: integer.h.
namespace nordlys::runtime::reference {

namespace {

/// One quantized operand: codes, scale and zero point of one value each.
struct CodedInput {
    std::size_t input = 0;
    core::DType type = core::DType::Undefined;
    QuantParameter scale, zero;

    [[nodiscard]] std::int32_t centred(const KernelRun &run, std::int64_t i) const
    {
        return codeAt(type, run.input<std::byte>(input), i) - zero.zeroPoint(run, 0);
    }
};

core::Expected<CodedInput> codedInput(const KernelCall &call, std::size_t input)
{
    if (!call.hasInput(input))
        return call.broken("input " + std::to_string(input) + " is missing");
    CodedInput result;
    result.input = input;
    result.type = call.inputs[input].dtype;
    if (!codeLimitsOf(result.type))
        return call.unsupported("codes of type " + std::string(core::nameOf(result.type)) + " have no kernel");
    auto scale = scaleParameter(call, input + 1);
    NORDLYS_TRY(scale);
    auto zero = zeroPointParameter(call, input + 2, result.type);
    NORDLYS_TRY(zero);
    result.scale = *scale;
    result.zero = *zero;
    return result;
}

struct CodedOutput {
    core::DType type = core::DType::Undefined;
    QuantParameter scale, zero;
    CodeLimits limits;
};

core::Expected<CodedOutput> codedOutput(const KernelCall &call, std::size_t scaleInput)
{
    CodedOutput result;
    result.type = call.outputs[0].dtype;
    auto scale = scaleParameter(call, scaleInput);
    NORDLYS_TRY(scale);
    auto zero = zeroPointParameter(call, scaleInput + 1, result.type);
    NORDLYS_TRY(zero);
    auto limits = outputLimits(call);
    NORDLYS_TRY(limits);
    result.scale = *scale;
    result.zero = *zero;
    result.limits = *limits;
    return result;
}

/// A, A_scale, A_zero_point, B, B_scale, B_zero_point, C_scale, C_zero_point.
core::Expected<BoundKernel> bindQLinearBinary(const KernelCall &call, bool multiply)
{
    NORDLYS_TRY(call.require(2));
    auto a = codedInput(call, 0), b = codedInput(call, 3);
    NORDLYS_TRY(a);
    NORDLYS_TRY(b);
    auto c = codedOutput(call, 6);
    NORDLYS_TRY(c);
    const auto dims = broadcastDims(call.inputs[0].dims, call.inputs[3].dims);
    if (!dims || *dims != call.outputs[0].dims)
        return call.broken("the inputs cannot be broadcast to the output's shape");
    StridedLoop<3> loop(*dims);
    loop.setBroadcastOperand(0, call.inputs[0]);
    loop.setBroadcastOperand(1, call.inputs[3]);
    loop.setOperand(2, call.outputs[0].strides());
    return bound(call, [=, a = *a, b = *b, c = *c](const KernelRun &run) -> KernelStatus {
        const float scaleA = a.scale.scale(run, 0), scaleB = b.scale.scale(run, 0), scaleC = c.scale.scale(run, 0);
        const float multiplier = requantizationMultiplier(scaleA, scaleB, scaleC), ratioA = scaleA / scaleC, ratioB = scaleB / scaleC;
        const std::int32_t zero = c.zero.zeroPoint(run, 0);
        auto *out = run.output<std::byte>(0);
        loop.run([&](const auto &at) {
            const std::int32_t x = a.centred(run, at[0]), y = b.centred(run, at[1]);
            if (multiply) {
                storeCode(c.type, out, at[2], requantized(static_cast<std::int64_t>(x) * y, multiplier, zero, c.limits));
                return;
            }
            const float left = static_cast<float>(x) * ratioA, right = static_cast<float>(y) * ratioB;
            storeCode(c.type, out, at[2], codeFromScaled(left + right, zero, c.limits));
        });
        return nullptr;
    });
}

core::Expected<BoundKernel> bindQLinearAdd(const KernelCall &call)
{
    return bindQLinearBinary(call, false);
}
core::Expected<BoundKernel> bindQLinearMul(const KernelCall &call)
{
    return bindQLinearBinary(call, true);
}

/// X, X_scale, X_zero_point, Y_scale, Y_zero_point.
template <typename Function>
core::Expected<BoundKernel> bindQLinearFunction(const KernelCall &call, Function function)
{
    NORDLYS_TRY(call.require(2));
    auto x = codedInput(call, 0);
    NORDLYS_TRY(x);
    auto y = codedOutput(call, 3);
    NORDLYS_TRY(y);
    if (call.inputs[0].dims != call.outputs[0].dims)
        return call.broken("the output has not the shape of the input");
    return bound(call, [=, x = *x, y = *y, count = call.outputs[0].elementCount()](const KernelRun &run) -> KernelStatus {
        const float scaleX = x.scale.scale(run, 0), scaleY = y.scale.scale(run, 0);
        const std::int32_t zero = y.zero.zeroPoint(run, 0);
        for (std::int64_t i = 0; i < count; ++i) {
            const float real = function(static_cast<float>(x.centred(run, i)) * scaleX);
            storeCode(y.type, run.output<std::byte>(0), i, quantizedCode(real, scaleY, zero, y.limits));
        }
        return nullptr;
    });
}

core::Expected<BoundKernel> bindQLinearSigmoid(const KernelCall &call)
{
    return bindQLinearFunction(call, [](float x) { return 1.0F / (1.0F + std::exp(-x)); });
}
core::Expected<BoundKernel> bindQLinearLeakyRelu(const KernelCall &call)
{
    return bindQLinearFunction(call, [alpha = call.floatAttribute("alpha", 0.01F)](float x) { return x < 0 ? alpha * x : x; });
}

/// Y_scale, Y_zero_point, then X, X_scale, X_zero_point of every input.
core::Expected<BoundKernel> bindQLinearConcat(const KernelCall &call)
{
    NORDLYS_TRY(call.require(5));
    if ((call.inputs.size() - 2) % 3 != 0)
        return call.broken("every input needs a scale and a zero point behind it");
    auto y = codedOutput(call, 0);
    NORDLYS_TRY(y);
    const TensorDesc &out = call.outputs[0];
    const auto axis = normalizedAxis(call.intAttribute("axis", 0), out.rank());
    if (!axis)
        return call.broken("axis lies outside the inputs");
    std::vector<CodedInput> parts;
    std::vector<StridedLoop<2>> loops;
    std::int64_t position = 0;
    for (std::size_t i = 2; i < call.inputs.size(); i += 3) {
        if (!call.hasInput(i + 2))
            return call.broken("the zero point at input " + std::to_string(i + 2) + " is missing");
        auto part = codedInput(call, i);
        NORDLYS_TRY(part);
        core::Dims expected = call.inputs[i].dims;
        if (expected.size() != out.rank())
            return call.broken("input " + std::to_string(i) + " has another number of dimensions than the output");
        StridedLoop<2> loop(expected);
        loop.setOperand(0, call.inputs[i].strides());
        loop.setOperand(1, out.strides());
        loop.start[1] = position * out.strides()[*axis];
        position += expected[*axis];
        expected[*axis] = out.dims[*axis];
        if (expected != out.dims)
            return call.broken("input " + std::to_string(i) + " does not fit the output's shape");
        parts.push_back(*part);
        loops.push_back(loop);
    }
    if (position != out.dims[*axis])
        return call.broken("the sizes along the axis do not add up to the output's");
    return bound(call, [=, y = *y](const KernelRun &run) -> KernelStatus {
        const float scaleY = y.scale.scale(run, 0);
        const std::int32_t zeroY = y.zero.zeroPoint(run, 0);
        auto *data = run.output<std::byte>(0);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const float scaleX = parts[i].scale.scale(run, 0);
            const float multiplier = scaleX / scaleY;
            const bool sameGrid = scaleX == scaleY && parts[i].zero.zeroPoint(run, 0) == zeroY && parts[i].type == y.type;
            loops[i].run([&](const auto &at) {
                const std::int32_t centred = parts[i].centred(run, at[0]);
                const std::int32_t code = sameGrid ? std::clamp(centred + zeroY, y.limits.lowest, y.limits.highest)
                                                   : requantized(centred, multiplier, zeroY, y.limits);
                storeCode(y.type, data, at[1], code);
            });
        }
        return nullptr;
    });
}

constexpr KernelEntry entries[] = {
    {"com.microsoft", "QLinearAdd", 1, bindQLinearAdd, false},         {"com.microsoft", "QLinearMul", 1, bindQLinearMul, false},
    {"com.microsoft", "QLinearSigmoid", 1, bindQLinearSigmoid, false}, {"com.microsoft", "QLinearLeakyRelu", 1, bindQLinearLeakyRelu, false},
    {"com.microsoft", "QLinearConcat", 1, bindQLinearConcat, false},
};

} // namespace

std::span<const KernelEntry> quantizedElementwiseKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

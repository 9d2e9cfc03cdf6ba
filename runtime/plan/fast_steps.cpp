// SPDX-License-Identifier: Apache-2.0
#include "fast_steps.h"

#include <runtime/kernels/fast/checked_size.h>
#include <runtime/kernels/fast/conv.h>

#include <algorithm>
#include <array>

namespace nordlys::runtime {

namespace {

template <std::size_t N>
bool isOneOf(std::string_view op, const std::array<std::string_view, N> &list)
{
    return std::find(list.begin(), list.end(), op) != list.end();
}

constexpr std::array<std::string_view, 4> binaryOps{"Add", "Sub", "Mul", "Div"};
constexpr std::array<std::string_view, 8> unaryOps{"Relu", "Clip", "LeakyRelu", "Sigmoid", "Swish", "Tanh", "HardSigmoid", "HardSwish"};

bool isFloat(const Program &program, int tensor)
{
    return tensor >= 0 && program.tensor(tensor).dtype == core::DType::Float32;
}

bool isImage(const Program &program, int tensor)
{
    return isFloat(program, tensor) && program.tensor(tensor).dims.size() == 4 && program.tensor(tensor).bytes > 0;
}

bool isAbsentOrConstant(const Program &program, const ProgramStep &step, std::size_t input)
{
    return input >= step.inputs.size() || step.inputs[input] < 0 || (program.isConstant(step.inputs[input]) && isFloat(program, step.inputs[input]));
}

bool isMatrixStep(const Program &program, const ProgramStep &step)
{
    if (step.inputs.size() < 2 || !isFloat(program, step.inputs[0]) || !isFloat(program, step.inputs[1]) || !program.isConstant(step.inputs[1]))
        return false;
    const core::Dims &a = program.tensor(step.inputs[0]).dims, &b = program.tensor(step.inputs[1]).dims;
    if (b.size() != 2 || a.size() < 2 || b[0] < 1 || b[1] < 1 || a.back() < 1)
        return false;
    if (step.op == "MatMul") {
        const bool fits = step.inputs.size() == 2 || (step.inputs.size() == 3 && isAbsentOrConstant(program, step, 2));
        return fits && (step.inputs.size() < 3 || step.inputs[2] < 0 || program.tensor(step.inputs[2]).dims == core::Dims{b[1]});
    }
    const KernelCall call = callOf(program, step);
    if (a.size() != 2 || call.intAttribute("transA", 0) != 0 || !isAbsentOrConstant(program, step, 2))
        return false;
    if (!call.hasInput(2))
        return true;
    // Only a C that is the same for every row can be packed as the bias.
    const core::Dims &c = call.inputs[2].dims;
    const std::int64_t n = call.intAttribute("transB", 0) != 0 ? b[0] : b[1];
    return c.empty() || ((c.back() == n || c.back() == 1) && (c.size() == 1 || (c.size() == 2 && c[0] == 1)));
}

} // namespace

FastKind fastKindOf(const Program &program, const ProgramStep &step)
{
    if (!program.isFixed(step) || !step.domain.empty() || step.inputs.empty() || step.outputs.empty() || !isFloat(program, step.inputs[0]) || !isFloat(program, step.outputs[0]))
        return FastKind::None;
    FastKind kind = FastKind::None;
    if (step.op == "Conv") {
        const bool fits = step.inputs.size() >= 2 && isImage(program, step.inputs[0]) && isImage(program, step.inputs[1])
                          && isImage(program, step.outputs[0]) && program.isConstant(step.inputs[1]) && isAbsentOrConstant(program, step, 2);
        kind = fits ? FastKind::ChannelsLast : FastKind::None;
    } else if (step.op == "MaxPool" || step.op == "AveragePool" || step.op == "GlobalAveragePool") {
        const bool fits = isImage(program, step.inputs[0]) && isImage(program, step.outputs[0]) && (step.outputs.size() < 2 || step.outputs[1] < 0);
        kind = fits ? FastKind::ChannelsLast : FastKind::None;
    } else if (step.op == "Gemm" || step.op == "MatMul") {
        kind = isMatrixStep(program, step) ? FastKind::Plain : FastKind::None;
    } else if (isOneOf(step.op, binaryOps) || isOneOf(step.op, unaryOps)) {
        kind = FastKind::Elementwise;
    }
    return kind;
}

bool usesPackedWeights(const ProgramStep &step)
{
    return step.fast && (step.op == "Conv" || step.op == "Gemm" || step.op == "MatMul");
}

core::Expected<BoundKernel> bindFast(const Program &program, const ProgramStep &step)
{
    if (step.domain == planDomain && step.op == "Layout")
        return detail::bindLayout(program, step);
    if (step.domain.empty()) {
        NORDLYS_TRY(callOf(program, step).require(usesPackedWeights(step) ? 2 : 1));
        if (step.op == "Conv")
            return detail::bindFastConv(program, step);
        if (step.op == "Gemm" || step.op == "MatMul")
            return detail::bindFastMatrix(program, step);
        if (step.op == "MaxPool" || step.op == "AveragePool" || step.op == "GlobalAveragePool")
            return detail::bindFastPool(program, step);
        if (isOneOf(step.op, binaryOps))
            return detail::bindFastBinary(program, step);
        if (isOneOf(step.op, unaryOps))
            return detail::bindFastUnary(program, step);
    }
    return core::notSupported("step " + step.name, "there is no fast kernel for " + step.op);
}

namespace {

core::Expected<ConstantBytes> packConv(const Program &program, const ProgramStep &step)
{
    const KernelCall call = callOf(program, step);
    const TensorDesc &w = call.inputs[1];
    const std::int64_t groups = call.intAttribute("group", 1);
    if (groups < 1 || w.dims[1] > maxElements / groups)
        return call.broken("group is out of range");
    if (call.hasInput(2) && call.inputs[2].dims != core::Dims{w.dims[0]})
        return call.broken("the bias does not fit the weight's output channels");
    const ConvParams params{w.dims[1] * groups, w.dims[0], w.dims[2], w.dims[3], groups};
    const auto *bias = call.hasInput(2) ? reinterpret_cast<const float *>(call.inputs[2].constant) : nullptr;
    auto packed = PackedConv::pack(params, reinterpret_cast<const float *>(w.constant), bias);
    NORDLYS_TRY(packed);
    auto shared = std::make_shared<PackedConv>(std::move(*packed));
    const std::span<const std::byte> bytes = shared->packedBytes();
    return ConstantBytes{std::move(shared), bytes};
}

core::Expected<ConstantBytes> packMatrix(const Program &program, const ProgramStep &step)
{
    const KernelCall call = callOf(program, step);
    const TensorDesc &b = call.inputs[1];
    const bool gemm = step.op == "Gemm", transB = gemm && call.intAttribute("transB", 0) != 0;
    const float alpha = gemm ? call.floatAttribute("alpha", 1.0F) : 1.0F, beta = gemm ? call.floatAttribute("beta", 1.0F) : 1.0F;
    const MatrixParams params{transB ? b.dims[1] : b.dims[0], transB ? b.dims[0] : b.dims[1]};
    const auto *values = reinterpret_cast<const float *>(b.constant);
    std::vector<float> scaled, bias;
    if (alpha != 1.0F) {
        scaled.assign(values, values + b.elementCount());
        for (float &value : scaled)
            value *= alpha;
        values = scaled.data();
    }
    if (call.hasInput(2)) {
        const auto *c = reinterpret_cast<const float *>(call.inputs[2].constant);
        const bool single = call.inputs[2].elementCount() == 1;
        for (std::int64_t i = 0; i < params.n; ++i)
            bias.push_back(c[single ? 0 : i] * beta);
    }
    auto packed = PackedMatrix::pack(params, values, transB ? PackedMatrix::Order::RowsAreN : PackedMatrix::Order::RowsAreK,
                                     bias.empty() ? nullptr : bias.data());
    NORDLYS_TRY(packed);
    auto shared = std::make_shared<PackedMatrix>(std::move(*packed));
    const std::span<const std::byte> bytes = shared->packedBytes();
    return ConstantBytes{std::move(shared), bytes};
}

} // namespace

core::Expected<void> packWeights(Program &program, const KnownPacked &known)
{
    std::vector<bool> read(program.tensors.size(), false);
    const auto mark = [&read](int tensor) {
        if (tensor >= 0)
            read[static_cast<std::size_t>(tensor)] = true;
    };
    for (ProgramStep &step : program.steps) {
        const bool packs = usesPackedWeights(step);
        if (packs)
            step.packed = known ? known(program, step) : ConstantBytes();
        if (packs && step.packed.bytes.empty()) {
            auto packed = step.op == "Conv" ? packConv(program, step) : packMatrix(program, step);
            NORDLYS_TRY(packed);
            step.packed = std::move(*packed);
        }
        for (std::size_t i = 0; i < step.inputs.size(); ++i) {
            if (!packs || (i != 1 && i != 2))
                mark(step.inputs[i]);
        }
    }
    for (const int out : program.outputs)
        mark(out);
    for (std::size_t t = 0; t < program.tensors.size(); ++t) {
        if (!read[t])
            program.tensors[t].constant = {};
    }
    return {};
}

} // namespace nordlys::runtime

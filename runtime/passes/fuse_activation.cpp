// SPDX-License-Identifier: Apache-2.0
#include "passes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace nordlys::runtime::passes {

namespace {

struct Activation {
    FusedActivation kind = FusedActivation::None;
    float low = 0, high = 0;
};

/// The data and the bound of a Max or Min of a tensor and one constant number.
std::optional<std::pair<int, float>> dataAndBound(const Program &program, const ProgramStep &step)
{
    if (step.inputs.size() != 2 || step.opset < 8)
        return std::nullopt;
    for (const std::size_t i : {std::size_t(0), std::size_t(1)}) {
        const int data = step.inputs[i], bound = step.inputs[1 - i];
        if (data < 0 || !program.isConstant(bound) || program.isConstant(data) || program.tensor(bound).bytes != sizeof(float)
            || program.tensor(bound).dtype != core::DType::Float32 || program.tensor(data).dims != program.tensor(step.outputs[0]).dims)
            continue;
        const float value = *reinterpret_cast<const float *>(program.tensor(bound).constant.bytes.data());
        if (!std::isnan(value))
            return std::pair(data, value);
    }
    return std::nullopt;
}

/// The tensor to which the step applies an activation.
int dataOf(const Program &program, const ProgramStep &step)
{
    if (step.op == "Max" || step.op == "Min") {
        const auto found = dataAndBound(program, step);
        return found ? found->first : -1;
    }
    return step.inputs.empty() ? -1 : step.inputs[0];
}

/// Relu, Clip whose bounds are known and in order, Max or Min with one number.
std::optional<Activation> activationOf(const Program &program, const ProgramStep &step)
{
    if (!step.domain.empty() || step.inputs.empty() || step.inputs[0] < 0 || program.tensor(step.inputs[0]).dtype != core::DType::Float32
        || step.activation != FusedActivation::None)
        return std::nullopt;
    if (step.op == "Relu")
        return Activation{FusedActivation::Relu, 0, std::numeric_limits<float>::infinity()};
    if (step.op == "Max" || step.op == "Min") {
        const auto found = dataAndBound(program, step);
        const float infinity = std::numeric_limits<float>::infinity();
        if (!found)
            return std::nullopt;
        return step.op == "Max" ? Activation{FusedActivation::Clip, found->second, infinity} : Activation{FusedActivation::Clip, -infinity, found->second};
    }
    if (step.op != "Clip")
        return std::nullopt;
    Activation result{FusedActivation::Clip, -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity()};
    if (step.opset < 11) {
        const KernelCall call = callOf(program, step);
        result.low = call.floatAttribute("min", std::numeric_limits<float>::lowest());
        result.high = call.floatAttribute("max", std::numeric_limits<float>::max());
    } else {
        for (std::size_t i = 1; i < 3 && i < step.inputs.size(); ++i) {
            if (step.inputs[i] < 0)
                continue;
            const ProgramTensor &bound = program.tensor(step.inputs[i]);
            if (bound.storage != Storage::Constant || bound.dtype != core::DType::Float32 || bound.bytes != sizeof(float))
                return std::nullopt;
            (i == 1 ? result.low : result.high) = *reinterpret_cast<const float *>(bound.constant.bytes.data());
        }
    }
    if (!(result.low <= result.high))
        return std::nullopt;
    return result;
}

/// Steps whose kernels apply an activation while they store.
bool takesActivation(const ProgramStep &step)
{
    constexpr std::array<std::string_view, 8> ops{"Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "Sub", "Mul", "Div"};
    return step.domain.empty() && step.activation == FusedActivation::None && step.outputs.size() == 1
           && std::find(ops.begin(), ops.end(), step.op) != ops.end();
}

} // namespace

void fuseActivations(Program &program, const NameSet &keep)
{
    Links links(program);
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        const ProgramStep &step = program.steps[s];
        const auto activation = program.isFixed(step) ? activationOf(program, step) : std::nullopt;
        const int in = dataOf(program, step);
        const int producer = activation ? links.producer[static_cast<std::size_t>(in)] : -1;
        if (producer < 0 || !program.isFixed(program.steps[static_cast<std::size_t>(producer)]) || !takesActivation(program.steps[static_cast<std::size_t>(producer)]) || !mayVanish(program, in, keep)
            || links.uses[static_cast<std::size_t>(in)] != 1)
            continue;
        ProgramStep &target = program.steps[static_cast<std::size_t>(producer)];
        target.activation = activation->kind;
        target.low = activation->low;
        target.high = activation->high;
        target.outputs[0] = step.outputs[0];
        target.label += "+" + step.label;
        target.sourceNodes.insert(target.sourceNodes.end(), step.sourceNodes.begin(), step.sourceNodes.end());
        links.producer[static_cast<std::size_t>(step.outputs[0])] = producer;
        links.dropped[s] = true;
    }
    links.compact(program);
}

} // namespace nordlys::runtime::passes

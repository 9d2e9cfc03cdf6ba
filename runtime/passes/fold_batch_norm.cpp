// SPDX-License-Identifier: Apache-2.0
#include "passes.h"

#include <cmath>
#include <cstring>

namespace nordlys::runtime::passes {

namespace {

struct Target {
    std::int64_t channels = 0;
    std::int64_t outer = 1, inner = 1, groups = 1; ///< weight seen as (groups, outer, channels / groups, inner)
    float biasFactor = 1;
};

bool isFloatConstant(const Program &program, int tensor)
{
    return program.isConstant(tensor) && program.tensor(tensor).dtype == core::DType::Float32;
}

/// How the weight of a step lies around its output channels; nothing when the step is no target.
std::optional<Target> targetOf(const Program &program, const ProgramStep &step)
{
    if (!program.isFixed(step) || !step.domain.empty() || step.inputs.size() < 2 || !isFloatConstant(program, step.inputs[1]) || step.activation != FusedActivation::None)
        return std::nullopt;
    const core::Dims &w = program.tensor(step.inputs[1]).dims;
    Target target;
    std::int64_t plane = 1;
    for (std::size_t i = 2; i < w.size(); ++i)
        plane *= w[i];
    if (step.op == "Conv" && w.size() >= 3) {
        target.channels = w[0];
        target.inner = w[1] * plane;
    } else if (step.op == "ConvTranspose" && w.size() >= 3) {
        const auto it = step.attributes.find("group");
        target.groups = it != step.attributes.end() && std::holds_alternative<std::int64_t>(it->second) ? std::get<std::int64_t>(it->second) : 1;
        if (target.groups < 1 || w[0] % target.groups != 0)
            return std::nullopt;
        target.channels = w[1] * target.groups;
        target.outer = w[0] / target.groups;
        target.inner = plane;
    } else if (step.op == "Gemm" && w.size() == 2) {
        const auto it = step.attributes.find("transB");
        const bool transB = it != step.attributes.end() && std::holds_alternative<std::int64_t>(it->second) && std::get<std::int64_t>(it->second) != 0;
        target.channels = transB ? w[0] : w[1];
        (transB ? target.inner : target.outer) = transB ? w[1] : w[0];
        if (const auto beta = step.attributes.find("beta"); beta != step.attributes.end() && std::holds_alternative<double>(beta->second))
            target.biasFactor = static_cast<float>(std::get<double>(beta->second));
        if (target.biasFactor == 0.0F)
            return std::nullopt;
    } else
        return std::nullopt;
    if (step.inputs.size() > 2 && step.inputs[2] >= 0
        && (!isFloatConstant(program, step.inputs[2]) || program.tensor(step.inputs[2]).dims != core::Dims{target.channels}))
        return std::nullopt;
    return target;
}

core::Expected<void> foldInto(Program &program, ProgramStep &step, const Target &target, const ProgramStep &norm)
{
    const auto values = [&](int tensor) { return reinterpret_cast<const float *>(program.tensor(tensor).constant.bytes.data()); };
    const float *scale = values(norm.inputs[1]), *shift = values(norm.inputs[2]), *mean = values(norm.inputs[3]), *variance = values(norm.inputs[4]);
    const auto it = norm.attributes.find("epsilon");
    const double epsilon = it != norm.attributes.end() && std::holds_alternative<double>(it->second) ? std::get<double>(it->second) : 1e-5;

    const ProgramTensor weight = program.tensor(step.inputs[1]);
    auto weightBuffer = makeConstantBuffer(weight.bytes);
    NORDLYS_TRY(weightBuffer);
    auto biasBuffer = makeConstantBuffer(static_cast<std::size_t>(target.channels) * sizeof(float));
    NORDLYS_TRY(biasBuffer);
    const float *oldBias = step.inputs.size() > 2 && step.inputs[2] >= 0 ? values(step.inputs[2]) : nullptr;
    const float *oldWeight = values(step.inputs[1]);
    auto *newWeight = reinterpret_cast<float *>((*weightBuffer)->data());
    auto *newBias = reinterpret_cast<float *>((*biasBuffer)->data());
    const std::int64_t perGroup = target.channels / target.groups;
    for (std::int64_t c = 0; c < target.channels; ++c) {
        const double factor = static_cast<double>(scale[c]) / std::sqrt(static_cast<double>(variance[c]) + epsilon);
        const double bias = (oldBias != nullptr ? static_cast<double>(oldBias[c]) * static_cast<double>(target.biasFactor) : 0.0)
                            - static_cast<double>(mean[c]);
        newBias[c] = static_cast<float>((bias * factor + static_cast<double>(shift[c])) / static_cast<double>(target.biasFactor));
        for (std::int64_t o = 0; o < target.outer; ++o) {
            const std::int64_t first = (((c / perGroup) * target.outer + o) * perGroup + c % perGroup) * target.inner;
            for (std::int64_t i = first; i < first + target.inner; ++i)
                newWeight[i] = static_cast<float>(static_cast<double>(oldWeight[i]) * factor);
        }
    }
    ProgramTensor folded = weight;
    folded.constant = constantFrom(std::move(*weightBuffer));
    ProgramTensor bias;
    bias.dtype = core::DType::Float32;
    bias.dims = {target.channels};
    bias.bytes = static_cast<std::size_t>(target.channels) * sizeof(float);
    bias.storage = Storage::Constant;
    bias.constant = constantFrom(std::move(*biasBuffer));
    bias.fromSource = oldBias != nullptr;
    bias.name = oldBias != nullptr ? program.tensor(step.inputs[2]).name : step.name + "/folded_bias";
    step.inputs[1] = program.addTensor(std::move(folded));
    step.inputs.resize(3, -1);
    step.inputs[2] = program.addTensor(std::move(bias));
    return {};
}

bool isInferenceNorm(const Program &program, const ProgramStep &norm)
{
    if (!norm.domain.empty() || norm.op != "BatchNormalization" || norm.inputs.size() != 5)
        return false;
    if (norm.opset >= 14 && callOf(program, norm).intAttribute("training_mode", 0) != 0)
        return false; // uses the statistics of the batch, not the stored ones
    for (std::size_t i = 1; i < norm.outputs.size(); ++i) {
        if (norm.outputs[i] >= 0)
            return false;
    }
    for (std::size_t i = 1; i < 5; ++i) {
        if (norm.inputs[i] < 0 || !isFloatConstant(program, norm.inputs[i]))
            return false;
    }
    return true;
}

} // namespace

core::Expected<void> foldBatchNorms(Program &program, const NameSet &keep)
{
    Links links(program);
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        if (!isInferenceNorm(program, program.steps[s]))
            continue;
        const ProgramStep norm = program.steps[s];
        const auto in = static_cast<std::size_t>(norm.inputs[0]);
        const int producer = norm.inputs[0] >= 0 ? links.producer[in] : -1;
        if (producer < 0 || !mayVanish(program, norm.inputs[0], keep) || links.uses[in] != 1)
            continue;
        ProgramStep &step = program.steps[static_cast<std::size_t>(producer)];
        const auto target = targetOf(program, step);
        bool fits = target.has_value();
        for (std::size_t i = 1; i < 5 && fits; ++i)
            fits = program.tensor(norm.inputs[i]).dims == core::Dims{target->channels};
        if (!fits)
            continue;
        NORDLYS_TRY(foldInto(program, step, *target, norm));
        step.outputs[0] = norm.outputs[0];
        step.label += "+BatchNormalization";
        step.sourceNodes.insert(step.sourceNodes.end(), norm.sourceNodes.begin(), norm.sourceNodes.end());
        links.producer[static_cast<std::size_t>(norm.outputs[0])] = producer;
        links.dropped[s] = true;
    }
    links.compact(program);
    return {};
}

} // namespace nordlys::runtime::passes

// SPDX-License-Identifier: Apache-2.0
#include "passes.h"

#include <algorithm>

namespace nordlys::runtime::passes {

namespace {

/// Whether a Dropout drops anything: only where its third input may say so.
bool mayTrain(const Program &program, const ProgramStep &step)
{
    if (step.inputs.size() <= 2 || step.inputs[2] < 0)
        return false;
    const ProgramTensor &mode = program.tensor(step.inputs[2]);
    const bool isKnown = mode.storage == Storage::Constant && mode.dtype == core::DType::Bool && mode.constant.bytes.size() == 1;
    return !isKnown || mode.constant.bytes[0] != std::byte(0);
}

bool isIdentity(const Program &program, const ProgramStep &step)
{
    if (!step.domain.empty() || step.inputs.empty() || step.inputs[0] < 0 || step.outputs.empty() || step.outputs[0] < 0)
        return false;
    if (step.op == "Identity")
        return true;
    const bool hasMask = step.outputs.size() > 1 && step.outputs[1] >= 0;
    return step.op == "Dropout" && !hasMask && !mayTrain(program, step);
}

} // namespace

void removeIdentities(Program &program, const NameSet &keep)
{
    Links links(program);
    std::vector<int> replacement(program.tensors.size(), -1);
    const auto resolved = [&replacement](int tensor) {
        while (tensor >= 0 && replacement[static_cast<std::size_t>(tensor)] >= 0)
            tensor = replacement[static_cast<std::size_t>(tensor)];
        return tensor;
    };
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        const ProgramStep &step = program.steps[s];
        if (!isIdentity(program, step))
            continue;
        const int in = resolved(step.inputs[0]), out = step.outputs[0];
        const int producer = links.producer[static_cast<std::size_t>(in)];
        if (mayVanish(program, out, keep)) {
            replacement[static_cast<std::size_t>(out)] = in;
        } else if (producer >= 0 && mayVanish(program, in, keep)) {
            // The output's name has to stay: the producer writes it directly.
            auto &outputs = program.steps[static_cast<std::size_t>(producer)].outputs;
            std::replace(outputs.begin(), outputs.end(), in, out);
            replacement[static_cast<std::size_t>(in)] = out;
            links.producer[static_cast<std::size_t>(out)] = producer;
        } else
            continue;
        auto &target = producer >= 0 ? program.steps[static_cast<std::size_t>(producer)].sourceNodes : program.removedNodes;
        target.insert(target.end(), step.sourceNodes.begin(), step.sourceNodes.end());
        links.dropped[s] = true;
    }
    links.compact(program);
    for (ProgramStep &step : program.steps) {
        for (int &in : step.inputs)
            in = resolved(in);
    }
}

} // namespace nordlys::runtime::passes

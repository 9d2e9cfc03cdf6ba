// SPDX-License-Identifier: Apache-2.0
#include "passes.h"

#include <algorithm>

namespace nordlys::runtime::passes {

namespace {

bool isIdentity(const ProgramStep &step)
{
    if (!step.domain.empty() || step.inputs.empty() || step.inputs[0] < 0 || step.outputs.empty() || step.outputs[0] < 0)
        return false;
    if (step.op == "Identity")
        return true;
    const bool hasMask = step.outputs.size() > 1 && step.outputs[1] >= 0, mayTrain = step.inputs.size() > 2 && step.inputs[2] >= 0;
    return step.op == "Dropout" && !hasMask && !mayTrain;
}

} // namespace

void removeIdentities(Program &program, const NameSet &keep)
{
    for (std::size_t s = 0; s < program.steps.size();) {
        const ProgramStep &step = program.steps[s];
        if (!isIdentity(step)) {
            ++s;
            continue;
        }
        const int in = step.inputs[0], out = step.outputs[0];
        const int producer = program.producers()[static_cast<std::size_t>(in)];
        std::vector<std::string> names = step.sourceNodes;
        if (mayVanish(program, out, keep)) {
            program.replaceUses(out, in);
        } else if (producer >= 0 && mayVanish(program, in, keep)) {
            // The output's name has to stay: the producer writes it directly.
            auto &outputs = program.steps[static_cast<std::size_t>(producer)].outputs;
            std::replace(outputs.begin(), outputs.end(), in, out);
            program.replaceUses(in, out);
        } else {
            ++s;
            continue;
        }
        auto &target = producer >= 0 ? program.steps[static_cast<std::size_t>(producer)].sourceNodes : program.removedNodes;
        target.insert(target.end(), names.begin(), names.end());
        program.steps.erase(program.steps.begin() + static_cast<std::ptrdiff_t>(s));
    }
}

} // namespace nordlys::runtime::passes

// SPDX-License-Identifier: Apache-2.0
#include "passes.h"

namespace nordlys::runtime::passes {

void removeDeadSteps(Program &program, const NameSet &keep)
{
    std::vector<bool> needed(program.tensors.size(), false);
    for (const int out : program.outputs)
        needed[static_cast<std::size_t>(out)] = true;
    std::vector<bool> live(program.steps.size(), false);
    for (std::size_t s = program.steps.size(); s-- > 0;) {
        const ProgramStep &step = program.steps[s];
        for (const int out : step.outputs)
            live[s] = live[s] || (out >= 0 && (needed[static_cast<std::size_t>(out)] || keep.contains(program.tensor(out).name)));
        for (const int in : step.inputs) {
            if (live[s] && in >= 0)
                needed[static_cast<std::size_t>(in)] = true;
        }
    }
    std::vector<ProgramStep> left;
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        ProgramStep &step = program.steps[s];
        if (live[s])
            left.push_back(std::move(step));
        else
            program.removedNodes.insert(program.removedNodes.end(), step.sourceNodes.begin(), step.sourceNodes.end());
    }
    program.steps = std::move(left);
}

} // namespace nordlys::runtime::passes

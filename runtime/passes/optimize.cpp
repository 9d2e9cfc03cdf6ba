// SPDX-License-Identifier: Apache-2.0
#include "passes.h"

namespace nordlys::runtime::passes {

bool mayVanish(const Program &program, int tensor, const NameSet &keep)
{
    return !program.isOutput(tensor) && !program.isInput(tensor) && !keep.contains(program.tensor(tensor).name);
}

Links::Links(const Program &program) : producer(program.producers()), uses(program.tensors.size(), 0), dropped(program.steps.size(), false)
{
    for (const ProgramStep &step : program.steps) {
        for (const int in : step.inputs) {
            if (in >= 0)
                ++uses[static_cast<std::size_t>(in)];
        }
    }
}

void Links::compact(Program &program) const
{
    std::vector<ProgramStep> left;
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        if (!dropped[s])
            left.push_back(std::move(program.steps[s]));
    }
    program.steps = std::move(left);
}

core::Expected<void> optimize(Program &program, const NameSet &keep)
{
    NORDLYS_TRY(foldConstants(program, keep));
    removeIdentities(program, keep);
    removeDeadSteps(program, keep);
    mergeCommonSteps(program, keep);
    collapseRequantize(program, keep);
    mergeViews(program, keep);
    mergeTransposes(program, keep);
    // Views and Transposes that became nothing at all, and steps that became the same by that.
    removeIdentities(program, keep);
    mergeCommonSteps(program, keep);
    NORDLYS_TRY(foldBatchNorms(program, keep));
    // Formulas before factors are taken out of them.
    fuseSwishes(program, keep);
    fuseGelus(program, keep);
    fuseLayerNorms(program, keep);
    fuseAttention(program, keep);
    NORDLYS_TRY(foldAffine(program, keep));
    fuseActivations(program, keep);
    fuseResiduals(program, keep);
    // A residual may bring an activation directly behind the convolution.
    fuseActivations(program, keep);
    removeDeadSteps(program, keep);
    return {};
}

} // namespace nordlys::runtime::passes

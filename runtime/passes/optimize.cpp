// SPDX-License-Identifier: Apache-2.0
#include "passes.h"

namespace nordlys::runtime::passes {

bool mayVanish(const Program &program, int tensor, const NameSet &keep)
{
    return !program.isOutput(tensor) && !program.isInput(tensor) && !keep.contains(program.tensor(tensor).name);
}

core::Expected<void> optimize(Program &program, const NameSet &keep)
{
    NORDLYS_TRY(foldConstants(program, keep));
    removeIdentities(program, keep);
    removeDeadSteps(program, keep);
    NORDLYS_TRY(foldBatchNorms(program, keep));
    fuseActivations(program, keep);
    fuseResiduals(program, keep);
    // A residual may bring an activation directly behind the convolution.
    fuseActivations(program, keep);
    removeDeadSteps(program, keep);
    return {};
}

} // namespace nordlys::runtime::passes

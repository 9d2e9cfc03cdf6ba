// SPDX-License-Identifier: Apache-2.0
#include "passes.h"

#include <algorithm>

namespace nordlys::runtime::passes {

namespace {

/// The convolution that computes this value, if the Add may move into it: nobody else reads the value, and nothing is applied to it yet.
int fusableProducer(const Program &program, int tensor, const NameSet &keep, const Links &links)
{
    const int producer = links.producer[static_cast<std::size_t>(tensor)];
    if (producer < 0 || !mayVanish(program, tensor, keep) || links.uses[static_cast<std::size_t>(tensor)] != 1)
        return -1;
    const ProgramStep &step = program.steps[static_cast<std::size_t>(producer)];
    const bool fits = step.op == "Conv" && program.isFixed(step) && step.domain.empty() && step.activation == FusedActivation::None && step.residual < 0
                      && step.outputs.size() == 1 && program.isConstant(step.inputs[1]);
    return fits ? producer : -1;
}

} // namespace

void fuseResiduals(Program &program, const NameSet &keep)
{
    Links links(program);
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        if (links.dropped[s] || program.steps[s].op != "Add" || !program.isFixed(program.steps[s]))
            continue;
        const ProgramStep add = program.steps[s];
        if (!add.domain.empty() || add.inputs.size() != 2 || add.inputs[0] < 0 || add.inputs[1] < 0)
            continue;
        const ProgramTensor &a = program.tensor(add.inputs[0]), &b = program.tensor(add.inputs[1]);
        if (a.dims != b.dims || a.dtype != core::DType::Float32 || b.dtype != core::DType::Float32 || a.dims.size() != 4 || add.inputs[0] == add.inputs[1])
            continue;
        const int first = fusableProducer(program, add.inputs[0], keep, links);
        const int second = fusableProducer(program, add.inputs[1], keep, links);
        const int chosen = std::max(first, second); // the later one: the other operand is then mostly computed already
        if (chosen < 0)
            continue;
        ProgramStep fused = program.steps[static_cast<std::size_t>(chosen)];
        const int other = chosen == first && chosen != second ? add.inputs[1] : (chosen == second ? add.inputs[0] : add.inputs[1]);
        fused.inputs.resize(3, -1);
        fused.residual = static_cast<int>(fused.inputs.size());
        fused.inputs.push_back(other);
        fused.outputs[0] = add.outputs[0];
        fused.activation = add.activation;
        fused.low = add.low;
        fused.high = add.high;
        fused.label += "+" + add.label;
        fused.sourceNodes.insert(fused.sourceNodes.end(), add.sourceNodes.begin(), add.sourceNodes.end());
        // At the place of the Add both operands exist; the convolution's value has no other reader.
        links.producer[static_cast<std::size_t>(fused.outputs[0])] = static_cast<int>(s);
        program.steps[s] = std::move(fused);
        links.dropped[static_cast<std::size_t>(chosen)] = true;
    }
    links.compact(program);
}

} // namespace nordlys::runtime::passes

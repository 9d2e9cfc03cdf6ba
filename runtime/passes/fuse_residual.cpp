// SPDX-License-Identifier: Apache-2.0
#include "passes.h"

#include <algorithm>

namespace nordlys::runtime::passes {

namespace {

/// The convolution that computes this value, if the Add may move into it: nobody else reads the value, and nothing is applied to it yet.
int fusableProducer(const Program &program, int tensor, const NameSet &keep, const std::vector<int> &producers,
                    const std::vector<std::vector<int>> &consumers)
{
    const int producer = producers[static_cast<std::size_t>(tensor)];
    if (producer < 0 || !mayVanish(program, tensor, keep) || consumers[static_cast<std::size_t>(tensor)].size() != 1)
        return -1;
    const ProgramStep &step = program.steps[static_cast<std::size_t>(producer)];
    const bool fits = step.op == "Conv" && step.domain.empty() && step.activation == FusedActivation::None && step.residual < 0
                      && step.outputs.size() == 1 && program.isConstant(step.inputs[1]);
    return fits ? producer : -1;
}

} // namespace

void fuseResiduals(Program &program, const NameSet &keep)
{
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        const ProgramStep add = program.steps[s];
        if (add.op != "Add" || !add.domain.empty() || add.inputs.size() != 2 || add.inputs[0] < 0 || add.inputs[1] < 0)
            continue;
        const ProgramTensor &a = program.tensor(add.inputs[0]), &b = program.tensor(add.inputs[1]);
        if (a.dims != b.dims || a.dtype != core::DType::Float32 || b.dtype != core::DType::Float32 || a.dims.size() != 4 || add.inputs[0] == add.inputs[1])
            continue;
        const auto producers = program.producers();
        const auto consumers = program.consumers();
        const int first = fusableProducer(program, add.inputs[0], keep, producers, consumers);
        const int second = fusableProducer(program, add.inputs[1], keep, producers, consumers);
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
        program.steps[s] = std::move(fused);
        program.steps.erase(program.steps.begin() + chosen);
        --s;
    }
}

} // namespace nordlys::runtime::passes

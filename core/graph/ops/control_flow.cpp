// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

/// Operators with subgraphs. What they give is only known where the subgraphs are planned (runtime), so there are no shape rules here.
namespace nordlys::core::ops {

std::span<const OpSpec> controlFlowOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built{row("If", 1, 1, 1, nullptr), row("Loop", 1, 0, -1, nullptr), row("Scan", 8, 1, -1, nullptr), row("SequenceMap", 17, 1, -1, nullptr)};
        for (OpSpec &spec : built) {
            spec.inputs = kNoInputs;
            spec.output = QuantRole::None;
            spec.minOutputs = 0;
            spec.maxOutputs = -1;
        }
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops

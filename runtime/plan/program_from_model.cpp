// SPDX-License-Identifier: Apache-2.0
#include "program_from_model.h"

#include "program_builder.h"

namespace nordlys::runtime {

core::Expected<Program> programFromModel(const core::Model &model, bool fold)
{
    ProgramBuilder::Shared shared{model, fold, ThreadPool(1), {}, {}, 0};
    ProgramBuilder builder(shared, nullptr, 0);
    const core::Expected<void> built = builder.buildModel(model.graph);
    if (!shared.missing.empty()) {
        std::string list;
        for (const auto &[op, count] : shared.missing)
            list += (list.empty() ? "" : ", ") + op + " (" + std::to_string(count) + ")";
        return core::notSupported("model", "no kernel for " + list, "Remove these operators or export the model with others");
    }
    if (!built)
        return built.error();
    return builder.takeProgram();
}

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#include "placement_options.h"

#include <core/placement/placement_file.h>
#include <core/quantization/encoding_file.h>

#include <algorithm>

namespace nordlys::cli {

void addPlacementArguments(CLI::App &command, PlacementArguments &arguments)
{
    command.add_option("--backend", arguments.backend, "cpu, htp (emulated) or gpu: where everything runs that may; the rest stays on the CPU")
        ->type_name("B");
    command.add_option("--placement", arguments.file, "Backend of every node, a file of 'nordlys place -o'")->type_name("FILE");
}

core::Expected<core::Backend> parseBackend(const std::string &option, const std::string &name)
{
    const auto backend = core::backendFromName(name);
    if (!backend)
        return core::usageError(option + " " + name, "no such backend", "Backends are cpu, gpu and htp.");
    return *backend;
}

core::Expected<runtime::BuildOptions> chooseBuild(const PrecisionArguments &precision, const PlacementArguments &placement, const ModelSource &source)
{
    runtime::BuildOptions build;
    if (precision.precision == "integer")
        return core::notSupported("--precision integer", "what is built and run on devices has no integer form yet",
                                  "Use float32 or quantsim; infer, bench and evaluate take integer.");
    if (!placement.backend.empty()) {
        auto backend = parseBackend("--backend", placement.backend);
        if (!backend)
            return std::move(backend.error());
        build.backend = *backend;
    }
    if (!placement.file.empty()) {
        auto assignments = core::readPlacement(placement.file);
        if (!assignments)
            return std::move(assignments.error());
        build.placement = std::move(*assignments);
    } else if (placement.backend.empty() && source.project) {
        build.placement = source.project->edits.placement;
    }
    const bool leavesCpu = build.backend.value_or(core::Backend::Cpu) != core::Backend::Cpu ||
                           std::ranges::any_of(build.placement, [](const auto &entry) { return entry.second != core::Backend::Cpu; });
    if (!leavesCpu) {
        auto chosen = choosePrecision(precision, source);
        if (!chosen)
            return std::move(chosen.error());
        build.precision = chosen->precision;
        build.encodings = std::move(chosen->encodings);
        return build;
    }
    if (!precision.precision.empty()) {
        const auto known = runtime::precisionFromName(precision.precision);
        if (!known)
            return choosePrecision({precision.precision, {}}, source).error();
        build.precision = *known;
    }
    if (!precision.encodings.empty()) {
        auto set = openEncodings(precision.encodings, source.model->graph);
        NORDLYS_TRY(set);
        build.encodings = *std::move(set);
    } else if (source.project) {
        build.encodings = source.project->edits.encodings;
    }
    return build;
}

} // namespace nordlys::cli

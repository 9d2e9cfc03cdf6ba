// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model_source.h"

#include <runtime/artifact/artifact.h>

#include <string>

namespace nordlys::cli {

/// --backend and --placement of commands that build.
struct PlacementArguments {
    std::string backend, file;
    [[nodiscard]] bool empty() const { return backend.empty() && file.empty(); }
};
void addPlacementArguments(CLI::App &command, PlacementArguments &arguments);

/// "cpu", "gpu", "htp"; usage error names `option`.
core::Expected<core::Backend> parseBackend(const std::string &option, const std::string &name);

/// Precision, encodings and placement of a build. Placement: --placement, else --backend, else the project's. Where a node is on htp, the encodings
/// are for what runs there and the CPU computes in float32, unless --precision says otherwise.
core::Expected<runtime::BuildOptions> chooseBuild(const PrecisionArguments &precision, const PlacementArguments &placement, const ModelSource &source);

} // namespace nordlys::cli

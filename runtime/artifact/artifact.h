// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "build_observer.h"

#include <core/base/error.h>
#include <core/base/progress.h>
#include <runtime/plan/plan.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace nordlys::runtime {

/// The context container (`cpu_context.bin`): a built plan with packed weights, name map and encodings. Layout (little endian):
///   0   8 bytes  magic "NRDLYCTX"
///   8   u32      format version (kContextVersion)
///   12  u32      CRC-32 of everything after the header
///   16  u64      total size of the file
///   24  u64      size of the JSON description that follows; then, aligned to 64, the weight blob
/// Same plan, same bytes. A reader refuses another magic, version, checksum or size by name.
inline constexpr std::uint32_t kContextVersion = 1;

/// Serialises the plan; written atomically. Progress counts bytes; a stop request ends it with Interrupted and no file.
core::Expected<void> writeContext(const std::filesystem::path &path, const Plan &plan, const std::string &modelName, const core::JobContext &job = {});

struct LoadedContext {
    std::shared_ptr<const Plan> plan; ///< its weights point into the mapped file
    std::string modelName;
    std::string sha256; ///< of the file
};
/// Hostile input: every offset, size, step and dimension is checked. BadInput names what is wrong; NotSupported names another version.
core::Expected<LoadedContext> readContext(const std::filesystem::path &path, const PlanOptions &options = {});

struct BuiltFile {
    std::string path; ///< relative to the output folder
    std::string kind; ///< "context", "quantization", "backend", "inputs", "manifest"
    std::uint64_t bytes = 0;
    std::string sha256;
};
struct BuildOptions {
    Precision precision = Precision::Float32; ///< QuantSim when encodings are given
    core::EncodingSet encodings;
    int threads = 1;
    BuildObserver observer;
};
struct BuildResult {
    std::vector<BuiltFile> files;
    std::size_t segments = 1;
    std::vector<std::string> warnings;
    std::int64_t elapsedNs = 0;
};
/// `nordlys build`: context_binaries/cpu_context.bin, quantization_config.json, input_specs.json, manifest.json in `folder`. All or nothing; same input,
/// same bytes (no times, no absolute paths inside). Until the last moment a stop request ends it with Interrupted, and a folder that was there is as it was.
core::Expected<BuildResult> buildArtifacts(std::shared_ptr<const core::Model> model, const BuildOptions &options, const std::filesystem::path &folder,
                                           const core::JobContext &job = {});

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "build_observer.h"

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/project/change.h>
#include <runtime/plan/plan.h>
#include <runtime/segments/segmented_plan.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nordlys::runtime {

/// The context container (`cpu_context.bin`, `htp_context.bin`): the segments of one backend as built plans with packed weights, name map and
/// encodings. Layout (little endian):
///   0   8 bytes  magic "NRDLYCTX"
///   8   u32      format version (kContextVersion)
///   12  u32      CRC-32 of everything after the header
///   16  u64      total size of the file
///   24  u64      size of the JSON description that follows; then, aligned to 64, the weight blob
/// The description holds `network` (the table of all segments, equal in every container of an artifact), `backend`, and `segments`: those of this
/// backend. Same plan, same bytes. A reader refuses another magic, version, checksum or size by name.
inline constexpr std::uint32_t kContextVersion = 3;

/// File name of a backend's container: "htp_context.bin".
std::string contextFileName(core::Backend backend);

/// Writes one container per backend in use into `folder`; returns their names, in the order of backends. Progress counts bytes; a stop request ends
/// it with Interrupted.
core::Expected<std::vector<std::string>> writeContexts(const std::filesystem::path &folder, const SegmentedPlan &plan, const std::string &modelName,
                                                       const core::JobContext &job = {});
/// A whole network as one CPU segment, in one file; written atomically.
core::Expected<void> writeContext(const std::filesystem::path &path, const Plan &plan, const std::string &modelName, const core::JobContext &job = {});

struct LoadedContext {
    std::shared_ptr<const Plan> plan; ///< its weights point into the mapped file
    std::string modelName;
    std::string sha256; ///< of the file
};
/// Reads a container that holds a whole network in one segment; NotSupported where there are several (readArtifact reads them). Hostile input: every
/// offset, size, step and dimension is checked. BadInput names what is wrong; NotSupported names another version.
core::Expected<LoadedContext> readContext(const std::filesystem::path &path, const PlanOptions &options = {});

struct LoadedArtifact {
    std::shared_ptr<const SegmentedPlan> plan;
    std::string modelName;
    std::string file;   ///< name of its first container
    std::string sha256; ///< of the container; of several: SHA-256 of their hashes in hex, one after the other
};
/// `path`: the folder of a build, its context_binaries, or one container, beside which the others are found. Checked as readContext does; also
/// refused: a container that is missing, one of another build, a segment that is missing or stands twice, segments that do not fit together.
core::Expected<LoadedArtifact> readArtifact(const std::filesystem::path &path, const PlanOptions &options = {});

struct BuiltFile {
    std::string path; ///< relative to the output folder
    std::string kind; ///< "context", "quantization", "backend", "inputs", "manifest"
    std::uint64_t bytes = 0;
    std::string sha256;
};
struct BuildOptions {
    Precision precision = Precision::Float32; ///< of what runs on the CPU
    core::EncodingSet encodings;              ///< of QuantSim, and of everything on htp
    core::BackendAssignments placement;       ///< by node name; nodes without one are on `backend`, else on the CPU
    std::optional<core::Backend> backend;
    int threads = 1;
    BuildObserver observer;
};
struct BuildResult {
    std::vector<BuiltFile> files;
    std::size_t segments = 1;
    std::string precision; ///< "float32", "quantsim", or "mixed" where segments differ
    std::vector<std::string> warnings;
    std::int64_t elapsedNs = 0;
};
/// `nordlys build`: context_binaries/BACKEND_context.bin, quantization_config.json, backend_config.json, input_specs.json, manifest.json in `folder`.
/// Where the placement needs more than the CPU, the capability tables are read from the program's data folder. NotSupported: a node on a backend that
/// does not take it; BadInput: a node on htp whose tensors lack encodings. All or nothing; same input,
/// same bytes (no times, no absolute paths inside). Until the last moment a stop request ends it with Interrupted, and a folder that was there is as it was.
core::Expected<BuildResult> buildArtifacts(std::shared_ptr<const core::Model> model, const BuildOptions &options, const std::filesystem::path &folder,
                                           const core::JobContext &job = {});

} // namespace nordlys::runtime

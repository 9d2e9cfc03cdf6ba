// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "change.h"

#include <core/base/error.h>
#include <core/base/progress.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace nordlys::core {

/// A file that the project refers to: path relative to the project file (absolute in memory) and SHA-256 at the time of saving.
struct FileReference {
    std::filesystem::path path;
    std::string sha256;
    friend bool operator==(const FileReference &, const FileReference &) = default;
};

/// A project (`*.nordlys`): one JSON document, keys in a stable order, two spaces, so that diffs are readable. Schema
/// "nordlys.project/1".
struct Project {
    FileReference model;
    std::map<std::string, std::int64_t> dims; ///< --dim bindings
    std::string inputsSpec;                   ///< calibration and evaluation inputs (path relative to the project on disk)
    std::string preprocess;                   ///< recipe text; empty: automatic
    std::filesystem::path labels;             ///< labels CSV; empty: none
    EditState edits;
    std::vector<FileReference> runs;         ///< recordings, newest last
    std::map<std::string, std::string> view; ///< what the window restores: current view, selection, ...
    friend bool operator==(const Project &, const Project &) = default;
};

enum class ModelState {
    Same,    ///< its hash is the project's, or the project holds none
    Changed, ///< the file holds something else now
    Missing, ///< no file there
};

struct OpenedProject {
    Project project;
    std::vector<std::string> warnings; ///< model changed since (hash differs), a run is gone
    ModelState model = ModelState::Same;
    std::string fileSha256; ///< of the project file as read
};

struct OpenProjectOptions {
    bool allowMissingModel = false; ///< a missing model is then no error but ModelState::Missing
};

/// BadInput: no JSON, wrong shape, NaN; NotSupported: schema newer than ours (named). A missing model is BadInput that names its
/// path, and where a file with the same content lies if there is one near (see findModel).
Expected<OpenedProject> openProject(const std::filesystem::path &path, const OpenProjectOptions &options = {},
                                    const JobContext &job = {});
/// Atomic; hashes of `model` and `runs` must be filled by the caller (see sha256OfFile). Returns the SHA-256 of what was written.
Expected<std::string> saveProject(const Project &project, const std::filesystem::path &path);

/// SHA-256 of a model file with its external data (see modelSha256), or of the file alone when it is no model.
Expected<std::string> modelFileSha256(const std::filesystem::path &model, const JobContext &job = {});
/// Files in the project's folder and below (three levels, 2,000 entries at most) whose content is the project's model. The file
/// that the project names is left out.
std::vector<std::filesystem::path> findModel(const Project &project, const std::filesystem::path &projectPath,
                                             const JobContext &job = {});

} // namespace nordlys::core

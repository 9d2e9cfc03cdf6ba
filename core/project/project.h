// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "change.h"

#include <core/base/error.h>

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

struct OpenedProject {
    Project project;
    std::vector<std::string> warnings; ///< model changed since (hash differs), a run is gone
};

/// BadInput: no JSON, wrong shape, NaN; NotSupported: schema newer than ours (named). A missing model is BadInput that names its
/// path.
Expected<OpenedProject> openProject(const std::filesystem::path &path);
/// Atomic; hashes of `model` and `runs` must be filled by the caller (see sha256OfFile).
Expected<void> saveProject(const Project &project, const std::filesystem::path &path);

} // namespace nordlys::core

// SPDX-License-Identifier: GPL-3.0-or-later
// What opening and saving share; no part of the keeper's interface.
#pragma once

#include "project_keeper.h"

#include <filesystem>
#include <map>

namespace nordlys::studio {

/// What to open, and how.
struct ProjectKeeper::Request {
    std::filesystem::path path;
    std::filesystem::path model;    ///< in place of the project's; empty: that
    std::filesystem::path recovery; ///< recovery file whose steps come on top; empty: none
    bool acceptsChanged = false;    ///< another content of the model is no question
    std::vector<std::shared_ptr<const core::RecoveryStep>> steps; ///< come on top
    std::optional<core::Project> carried;                         ///< results that are not in the file (reload)
    bool isModified = false;
};

/// What an open job brings back.
struct ProjectKeeper::Loaded {
    Request request;
    std::filesystem::path path;                ///< what is open then: project, model or recording
    std::shared_ptr<const Document> document;  ///< null: a recording alone, or the model is missing
    std::optional<core::Project> project;
    core::ModelState model = core::ModelState::Same;
    std::vector<std::filesystem::path> candidates; ///< where the missing model may be
    std::vector<std::string> lost;                 ///< edits that the changed model cannot take
    std::string projectSha256, modelSha256;
    FileStamp modelStamp;
    std::vector<std::string> warnings;
    std::vector<std::unique_ptr<RunRecord>> runs;
    std::vector<std::shared_ptr<const core::RecoveryStep>> steps;
    std::shared_ptr<core::RecoverySlot> slot;
    bool isModified = false;
};

/// What a save job brings back: the project as written.
struct ProjectKeeper::Saved {
    core::Project project;
    std::string sha256;
    std::map<std::filesystem::path, std::filesystem::path> moved; ///< recordings that were copied beside the project: from, to
};

inline std::string runKey(const std::string &run, const char *what = "edits") { return "run." + run + '.' + what; }

inline std::string valueOf(const std::map<std::string, std::string> &map, const std::string &key)
{
    const auto found = map.find(key);
    return found == map.end() ? std::string() : found->second;
}

} // namespace nordlys::studio

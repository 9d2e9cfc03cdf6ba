// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/project/change.h>
#include <runtime/artifact/artifact.h>

#include <QString>
#include <QStringList>

#include <array>
#include <map>
#include <optional>
#include <vector>

namespace nordlys::studio {

/// What is built, and where to: all that repeating it needs.
struct BuildRecipe {
    std::filesystem::path model;
    std::map<std::string, std::int64_t> dims;
    core::EditState edits;
    runtime::Precision precision = runtime::Precision::Float32;
    int threads = 1;
    QString folder; ///< absolute
};

/// The build that the window shows: under way or over. Owned and changed by the GUI thread.
struct BuildRecord {
    enum class State { Running, Done, Failed, Cancelled };
    struct Step {
        bool began = false;
        runtime::BuildProgress progress;
    };

    State state = State::Running;
    BuildRecipe recipe;
    int undoIndex = 0; ///< of the recipe's edits
    std::array<Step, runtime::kBuildSteps.size()> steps;
    std::vector<runtime::BuildMessage> log;
    std::optional<runtime::BuildResult> result;
    std::optional<core::Error> error;
    std::int64_t elapsedNs = 0;

    [[nodiscard]] int count(runtime::BuildSeverity severity) const;
};

/// "nordlys build ..." that repeats the build and gives the same bytes.
struct BuildCommand {
    QStringList arguments; ///< of `source`; the program first
    /// A project file that must be written first, because what was built lies in no saved file. Empty: nothing to write.
    std::filesystem::path snapshot;
};
/// `savedProject`: a project file that holds exactly the recipe's edits; empty: there is none. `snapshotFolder`: where a copy
/// of the edits may be kept.
BuildCommand buildCommand(const BuildRecipe &recipe, const QString &savedProject, const QString &snapshotFolder);
/// Writes what the command refers to.
core::Expected<void> writeSnapshot(const BuildRecipe &recipe, const BuildCommand &command);

} // namespace nordlys::studio

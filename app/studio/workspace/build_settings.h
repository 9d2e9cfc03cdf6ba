// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include <runtime/plan/plan.h>

#include <optional>

namespace nordlys::studio {

/// How artifacts are built, as the edits' build options say. Values that make no sense (a project may hold anything) count as
/// not given.
struct BuildSettings {
    std::optional<runtime::Precision> precision; ///< not given: quantsim where there are encodings and all is on the CPU, else float32
    int threads = 0;                             ///< 0: physical cores
    QString folder;                              ///< as stored: absolute, or below the project's folder; empty: outputFolder() chooses

    static BuildSettings of(const core::EditState &edits);
    [[nodiscard]] runtime::Precision precisionFor(const core::EditState &edits) const;
    [[nodiscard]] int threadCount() const; ///< never 0
};

/// Whether an operator is put on another backend than the CPU.
bool leavesCpu(const core::EditState &edits);

inline constexpr const char *kPrecisionOption = "precision";
inline constexpr const char *kThreadsOption = "threads";
inline constexpr const char *kFolderOption = "output";

/// Sets a build option as one undo step; an empty value removes it. Nothing happens where it is so already.
void setBuildOption(Workspace &workspace, const char *key, const QString &value, const QString &title);

/// Folder that a build writes to, absolute. Not given: beside the project or model, named after it; in the documents folder
/// where nothing can be written there. Empty without a model.
QString outputFolder(const Workspace &workspace);
/// The form in which a folder is stored.
QString storedFolder(const Workspace &workspace, const QString &folder);

/// Why a text is no count of threads; empty: it is one.
QString whyNoThreadCount(const QString &text);
inline constexpr int kMaxThreads = 256;

} // namespace nordlys::studio

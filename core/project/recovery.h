// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "project.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nordlys::core {

/// One unsaved step of editing. Immutable and shared: an editor keeps a list of them and hands copies of the list to a writer.
struct RecoveryStep {
    std::string title; ///< as the undo history shows it
    Change change;
};

/// What a crash would lose: everything since the project was opened or saved. The edits are steps on top of the project file (or,
/// without one, of the bare model), so that they come back as undo steps.
struct Recovery {
    std::filesystem::path projectPath; ///< empty: a model without a project
    std::string projectSha256;         ///< of the project file that the steps build upon; empty without one
    std::int64_t editedAtMs = 0;       ///< time of the newest edit, milliseconds since 1970 UTC
    Project project;                   ///< the project as it would be saved, without `edits`
    std::vector<std::shared_ptr<const RecoveryStep>> steps;
};

/// JSON of schema "nordlys.recovery/1"; all paths absolute. BadInput: a path or name that is no UTF-8.
Expected<std::string> recoveryToText(const Recovery &recovery);
/// Hostile until checked, as project files are.
Expected<Recovery> readRecovery(const std::filesystem::path &path);

/// One recovery file and the right to it. The owner holds an flock on a lock file beside it, which ends with its process however
/// that dies; so a file whose lock is free is left over. Move-only; not thread-safe.
class RecoverySlot {
public:
    /// A new, still absent recovery file in `folder`, which is made when needed (mode 0700: edits are nobody else's business).
    static Expected<RecoverySlot> create(const std::filesystem::path &folder);
    /// Takes over a left-over file; nothing when its owner lives, another process was faster, or it is gone.
    static std::optional<RecoverySlot> claim(const std::filesystem::path &file);
    /// Recovery files in `folder` that no living process holds, newest first.
    static std::vector<std::filesystem::path> leftOver(const std::filesystem::path &folder);

    RecoverySlot(RecoverySlot &&other) noexcept;
    RecoverySlot &operator=(RecoverySlot &&other) noexcept;
    /// Gives the lock back; the file stays.
    ~RecoverySlot();

    [[nodiscard]] const std::filesystem::path &file() const { return m_file; }
    /// Atomic and synced: after success a crash or power cut keeps it.
    Expected<void> write(const Recovery &recovery);
    /// Removes the file and keeps the lock; the slot can be written again.
    void discard();

private:
    RecoverySlot(std::filesystem::path file, int lock) : m_file(std::move(file)), m_lock(lock) {}
    std::filesystem::path m_file;
    int m_lock = -1;
};

} // namespace nordlys::core

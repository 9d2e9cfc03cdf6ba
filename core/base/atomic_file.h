// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "error.h"

#include <cstddef>
#include <filesystem>
#include <vector>
#include <span>
#include <string_view>

namespace nordlys::core {

/// Writes a whole file or nothing: temporary file beside the target, fsync, rename. On any failure (disk full, no permission)
/// the old file stays as it was, the temporary one is removed, and the error is CannotWrite. A link stays and what it leads to is
/// replaced. A pipe or device (/dev/stdout) is written as it is, piece by piece: there is nothing to go back to.
Expected<void> writeFileAtomically(const std::filesystem::path &path, std::span<const std::byte> bytes);
Expected<void> writeFileAtomically(const std::filesystem::path &path, std::string_view text);

/// Writes piece by piece with the same promise: nothing is visible under `path` before commit(). A writer that is destroyed
/// without commit removes what it wrote.
class AtomicFileWriter {
public:
    static Expected<AtomicFileWriter> create(const std::filesystem::path &path);
    AtomicFileWriter(AtomicFileWriter &&) noexcept;
    AtomicFileWriter &operator=(AtomicFileWriter &&) noexcept;
    ~AtomicFileWriter();
    Expected<void> write(std::span<const std::byte> bytes);
    Expected<void> write(std::string_view text);
    Expected<void> commit();

private:
    AtomicFileWriter() = default;
    std::filesystem::path m_target, m_temporary;
    int m_descriptor = -1;
};

/// Whole file as text; refuses more than `maxBytes` (hostile input). BadInput when it cannot be read.
Expected<std::string> readTextFile(const std::filesystem::path &path, std::size_t maxBytes = std::size_t(256) << 20);

/// Fills a folder completely or not at all: files are written into a temporary sibling, commit() moves them into place, one rename
/// per entry, after everything was written. Destroyed without commit: the temporary folder is removed.
class AtomicFolder {
public:
    static Expected<AtomicFolder> create(const std::filesystem::path &target);
    AtomicFolder(AtomicFolder &&) noexcept;
    AtomicFolder &operator=(AtomicFolder &&) noexcept;
    ~AtomicFolder();
    /// Where to write before commit.
    [[nodiscard]] const std::filesystem::path &stagingPath() const { return m_staging; }
    /// An error about something below stagingPath(), said of the same place below the target: the temporary name tells nobody anything.
    [[nodiscard]] Error named(Error error) const;
    /// What else happens to entries of a target that exists already.
    struct Commit {
        std::vector<std::filesystem::path> obsolete; ///< goes, unless it was written anew: a former content must not pass for the new
        std::filesystem::path last;                  ///< is replaced after everything else: who reads it finds the rest
    };
    /// Moves the staging folder into its place, or its files into a target that is there; other entries of that stay. Refused
    /// before anything changes where a folder lies in the place of a file.
    Expected<void> commit(const Commit &commit);
    Expected<void> commit() { return commit(Commit()); }

private:
    AtomicFolder() = default;
    std::filesystem::path m_target, m_staging;
};

} // namespace nordlys::core

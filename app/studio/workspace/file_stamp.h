// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

#include <sys/stat.h>

namespace nordlys::studio {

/// What tells cheaply that a file is untouched: when two stamps differ, its content may differ.
struct FileStamp {
    bool exists = false;
    std::int64_t bytes = 0, modifiedNs = 0;
    std::uint64_t inode = 0;
    friend bool operator==(const FileStamp &, const FileStamp &) = default;

    static FileStamp of(const std::filesystem::path &path)
    {
        struct stat status{};
        if (path.empty() || ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
            return {};
        return {true, status.st_size, status.st_mtim.tv_sec * std::int64_t(1000000000) + status.st_mtim.tv_nsec, status.st_ino};
    }
};

} // namespace nordlys::studio

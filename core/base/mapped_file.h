// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace nordlys::core {

/// A file mapped read-only for its object's life. Pages are read when touched, so mapping a 2 GB file costs nothing.
/// A file that another program shortens while it is mapped raises SIGBUS on access (a limit of memory mapping).
class MappedFile {
public:
    /// BadInput when the path is missing, a folder, a device, or unreadable. An empty file maps to an empty span.
    static Expected<std::shared_ptr<const MappedFile>> open(const std::filesystem::path &path);
    ~MappedFile();
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;

    [[nodiscard]] std::span<const std::byte> bytes() const { return m_bytes; }
    [[nodiscard]] const std::filesystem::path &path() const { return m_path; }

private:
    MappedFile() = default;
    std::filesystem::path m_path;
    std::span<const std::byte> m_bytes;
};

} // namespace nordlys::core

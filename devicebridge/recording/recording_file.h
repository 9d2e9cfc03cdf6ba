// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <devicebridge/base/descriptor.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace nordlys::devicebridge {

/// The raw stream on disk, written as it arrives. Writable is checked at once; an older file is only replaced when the first bytes are there, and
/// a new one without any byte is removed again.
class RecordingFile {
public:
    /// An empty path keeps nothing. CannotWrite when the file cannot be opened.
    static core::Expected<RecordingFile> open(const std::filesystem::path &path);
    RecordingFile(RecordingFile &&) noexcept = default;
    RecordingFile &operator=(RecordingFile &&) = delete;
    ~RecordingFile();

    /// CannotWrite (disk full) says how many bytes are kept.
    core::Expected<void> write(std::span<const std::byte> bytes);

private:
    RecordingFile() = default;
    std::filesystem::path m_path;
    Descriptor m_file;
    bool m_created = false;
    std::uint64_t m_written = 0;
};

} // namespace nordlys::devicebridge

// SPDX-License-Identifier: Apache-2.0
#include "recording_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>

namespace nordlys::devicebridge {

core::Expected<RecordingFile> RecordingFile::open(const std::filesystem::path &path)
{
    RecordingFile file;
    if (path.empty())
        return file;
    file.m_path = path;
    file.m_file = Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    file.m_created = file.m_file.isOpen();
    if (!file.m_created && errno == EEXIST)
        // A pipe that nobody reads must not wait.
        file.m_file = Descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!file.m_file.isOpen())
        return core::cannotWrite(path.string(), std::strerror(errno), "Choose another place for the recording.");
    ::fcntl(file.m_file.get(), F_SETFL, ::fcntl(file.m_file.get(), F_GETFL) & ~O_NONBLOCK);
    return file;
}

RecordingFile::~RecordingFile()
{
    if (m_file.isOpen() && m_created && m_written == 0)
        ::unlink(m_path.c_str());
}

core::Expected<void> RecordingFile::write(std::span<const std::byte> bytes)
{
    if (!m_file.isOpen())
        return {};
    // Devices such as /dev/null cannot be truncated, and need not be.
    if (m_written == 0 && !m_created && ::ftruncate(m_file.get(), 0) != 0 && errno != EINVAL)
        return core::cannotWrite(m_path.string(), std::strerror(errno));
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_file.get(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return core::cannotWrite(m_path.string(), std::strerror(count < 0 ? errno : ENOSPC),
                                     "The run was stopped; " + (m_written == 0 ? "nothing is kept." : std::to_string(m_written) + " bytes are kept."));
        m_written += static_cast<std::uint64_t>(count);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

} // namespace nordlys::devicebridge

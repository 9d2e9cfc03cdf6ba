// SPDX-License-Identifier: Apache-2.0
#include "mapped_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nordlys::core {

Expected<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path &path)
{
    const std::string shown = path.string();
    // O_NONBLOCK: opening a named pipe must not wait for a writer.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return badInput(shown, std::string("cannot be opened: ") + std::strerror(errno), "Check the path and its permissions.");
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) {
        const int error = errno;
        ::close(descriptor);
        return badInput(shown, std::string("cannot be read: ") + std::strerror(error));
    }
    if (!S_ISREG(status.st_mode)) {
        ::close(descriptor);
        return badInput(shown, S_ISDIR(status.st_mode) ? "is a folder, not a file" : "is not a regular file", "Name a file.");
    }
    std::shared_ptr<MappedFile> file(new MappedFile);
    file->m_path = path;
    if (status.st_size > 0) {
        const auto size = static_cast<std::size_t>(status.st_size);
        void *address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (address == MAP_FAILED) {
            const int error = errno;
            ::close(descriptor);
            return badInput(shown, std::string("cannot be mapped: ") + std::strerror(error));
        }
        file->m_bytes = {static_cast<const std::byte *>(address), size};
    }
    ::close(descriptor);
    return std::shared_ptr<const MappedFile>(std::move(file));
}

MappedFile::~MappedFile()
{
    if (!m_bytes.empty())
        ::munmap(const_cast<std::byte *>(m_bytes.data()), m_bytes.size());
}

} // namespace nordlys::core

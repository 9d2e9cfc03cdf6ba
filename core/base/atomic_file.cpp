// SPDX-License-Identifier: Apache-2.0
#include "atomic_file.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <random>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nordlys::core {

namespace fs = std::filesystem;

namespace {

constexpr int kNameAttempts = 64;

Error writeError(const fs::path &path, int error)
{
    std::string fix;
    switch (error) {
    case ENOSPC:
    case EDQUOT: fix = "Free some space or choose another folder."; break;
    case EACCES:
    case EPERM:
    case EROFS: fix = "Choose a folder that you may write to."; break;
    case ENOENT: fix = "Create the folder first."; break;
    default: break;
    }
    return cannotWrite(path.string(), std::strerror(error), std::move(fix));
}

/// A hidden sibling of the target that no other writer uses at the same time.
fs::path temporaryName(const fs::path &target)
{
    static std::atomic<unsigned> counter{std::random_device{}()};
    std::string name = target.filename().string();
    name.resize(std::min<std::size_t>(name.size(), 100)); // NAME_MAX must hold the additions too
    return target.parent_path() / ("." + name + "." + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".tmp");
}

fs::path withoutTrailingSlash(fs::path path)
{
    while (!path.empty() && path.filename().empty() && path != path.root_path())
        path = path.parent_path();
    return path;
}

/// Makes a rename durable. Some file systems cannot sync a folder; the rename has happened all the same.
void syncFolder(const fs::path &folder)
{
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    ::fsync(descriptor);
    ::close(descriptor);
}

int syncFile(const fs::path &path)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor < 0)
        return errno;
    const int error = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    return error;
}

/// Opens a pipe or a device for writing, or -1 with errno. A pipe that nobody reads is an error instead of a wait.
int openUnreplaceable(const fs::path &path)
{
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor >= 0)
        ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
    return descriptor;
}

} // namespace

Expected<AtomicFileWriter> AtomicFileWriter::create(const fs::path &path)
{
    std::error_code ignored;
    const fs::file_status status = fs::status(path, ignored);
    if (path.filename().empty() || fs::is_directory(status))
        return writeError(path, EISDIR);
    AtomicFileWriter writer;
    writer.m_target = path;
    if (fs::exists(status) && !fs::is_regular_file(status)) {
        writer.m_descriptor = openUnreplaceable(path);
        if (writer.m_descriptor < 0)
            return writeError(path, errno);
        return writer;
    }
    // A link stays a link: what it leads to is replaced.
    if (fs::is_symlink(path, ignored) && fs::exists(status)) {
        if (const fs::path file = fs::canonical(path, ignored); !ignored)
            writer.m_target = file;
    }
    for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
        fs::path temporary = temporaryName(writer.m_target);
        writer.m_descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (writer.m_descriptor >= 0) {
            writer.m_temporary = std::move(temporary);
            return writer;
        }
        if (errno != EEXIST)
            break;
    }
    return writeError(path, errno);
}

AtomicFileWriter::AtomicFileWriter(AtomicFileWriter &&other) noexcept
    : m_target(std::move(other.m_target)), m_temporary(std::move(other.m_temporary)), m_descriptor(std::exchange(other.m_descriptor, -1))
{
    other.m_temporary.clear();
}

AtomicFileWriter &AtomicFileWriter::operator=(AtomicFileWriter &&other) noexcept
{
    if (this != &other) {
        std::swap(m_target, other.m_target);
        std::swap(m_temporary, other.m_temporary);
        std::swap(m_descriptor, other.m_descriptor);
    }
    return *this;
}

AtomicFileWriter::~AtomicFileWriter()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    if (!m_temporary.empty())
        ::unlink(m_temporary.c_str());
}

Expected<void> AtomicFileWriter::write(std::span<const std::byte> bytes)
{
    if (m_descriptor < 0)
        return internalError(m_target.string(), "written after its end");
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_descriptor, bytes.data(), std::min<std::size_t>(bytes.size(), std::size_t(1) << 30));
        if (count < 0) {
            if (errno == EINTR)
                continue;
            return writeError(m_target, errno);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Expected<void> AtomicFileWriter::write(std::string_view text)
{
    return write(std::as_bytes(std::span(text.data(), text.size())));
}

Expected<void> AtomicFileWriter::commit()
{
    if (m_descriptor < 0)
        return internalError(m_target.string(), "committed twice");
    const bool replaces = !m_temporary.empty(); // pipes and devices cannot be synced
    if (replaces && ::fsync(m_descriptor) != 0)
        return writeError(m_target, errno);
    // Network file systems report a full disk no earlier than here.
    if (::close(std::exchange(m_descriptor, -1)) != 0)
        return writeError(m_target, errno);
    if (!replaces)
        return {};
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0)
        return writeError(m_target, errno);
    m_temporary.clear();
    syncFolder(m_target.parent_path());
    return {};
}

Expected<void> writeFileAtomically(const fs::path &path, std::span<const std::byte> bytes)
{
    auto writer = AtomicFileWriter::create(path);
    if (!writer)
        return std::move(writer.error());
    NORDLYS_TRY(writer->write(bytes));
    return writer->commit();
}

Expected<void> writeFileAtomically(const fs::path &path, std::string_view text)
{
    return writeFileAtomically(path, std::as_bytes(std::span(text.data(), text.size())));
}

Expected<std::string> readTextFile(const fs::path &path, std::size_t maxBytes)
{
    const std::string shown = path.string();
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return badInput(shown, std::string("cannot be opened: ") + std::strerror(errno), "Check the path and its permissions.");
    std::string text;
    int error = 0;
    bool tooLong = false;
    std::array<char, 65536> block;
    // Pipes and /proc files have no size to ask for, so the limit is watched while reading.
    while (true) {
        const ssize_t count = ::read(descriptor, block.data(), block.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            error = errno;
        if (count <= 0)
            break;
        if (static_cast<std::size_t>(count) > maxBytes - text.size()) {
            tooLong = true;
            break;
        }
        text.append(block.data(), static_cast<std::size_t>(count));
    }
    ::close(descriptor);
    if (error != 0)
        return badInput(shown, std::string("cannot be read: ") + std::strerror(error));
    if (tooLong)
        return badInput(shown, "is longer than " + std::to_string(maxBytes) + " bytes");
    return text;
}

Expected<AtomicFolder> AtomicFolder::create(const fs::path &path)
{
    const fs::path target = withoutTrailingSlash(path);
    std::error_code ignored;
    if (target.empty())
        return writeError(path, ENOENT);
    if (fs::exists(target, ignored) && !fs::is_directory(target, ignored))
        return writeError(target, ENOTDIR);
    AtomicFolder folder;
    folder.m_target = target;
    for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
        fs::path staging = temporaryName(target);
        if (::mkdir(staging.c_str(), 0777) == 0) {
            folder.m_staging = std::move(staging);
            return folder;
        }
        if (errno != EEXIST)
            break;
    }
    return writeError(target, errno);
}

AtomicFolder::AtomicFolder(AtomicFolder &&other) noexcept : m_target(std::move(other.m_target)), m_staging(std::move(other.m_staging))
{
    other.m_staging.clear();
}

AtomicFolder &AtomicFolder::operator=(AtomicFolder &&other) noexcept
{
    if (this != &other) {
        std::swap(m_target, other.m_target);
        std::swap(m_staging, other.m_staging);
    }
    return *this;
}

AtomicFolder::~AtomicFolder()
{
    std::error_code ignored;
    if (!m_staging.empty())
        fs::remove_all(m_staging, ignored);
}

Error AtomicFolder::named(Error error) const
{
    const std::string staging = m_staging.string(), target = m_target.string();
    const auto rename = [&](std::string &text) {
        if (staging.empty())
            return;
        for (std::size_t at = text.find(staging); at != std::string::npos; at = text.find(staging, at + target.size()))
            text.replace(at, staging.size(), target);
    };
    rename(error.what);
    rename(error.why);
    rename(error.fix);
    for (std::string &detail : error.details)
        rename(detail);
    return error;
}

Expected<void> AtomicFolder::commit(const Commit &commit)
{
    if (m_staging.empty())
        return internalError(m_target.string(), "committed twice");
    std::error_code error;
    std::vector<fs::path> files;
    std::vector<fs::path> folders;
    for (fs::recursive_directory_iterator it(m_staging, error), end; !error && it != end; it.increment(error)) {
        if (it->is_symlink(error) || !it->is_directory(error))
            files.push_back(it->path().lexically_relative(m_staging));
        else
            folders.push_back(it->path().lexically_relative(m_staging));
    }
    if (error)
        return writeError(m_target, error.value());
    // Everything is on the disk before the first entry of the target changes.
    for (const fs::path &file : files) {
        if (const int code = syncFile(m_staging / file); code != 0 && code != ELOOP)
            return writeError(m_target / file, code);
    }
    if (!fs::exists(m_target, error)) {
        if (::rename(m_staging.c_str(), m_target.c_str()) == 0) {
            m_staging.clear();
            syncFolder(m_target.parent_path());
            return {};
        }
        if (errno != EEXIST && errno != ENOTEMPTY)
            return writeError(m_target, errno);
    }
    for (const fs::path &file : files) {
        if (fs::is_directory(fs::symlink_status(m_target / file, error)))
            return writeError(m_target / file, EISDIR);
    }
    std::stable_partition(files.begin(), files.end(), [&](const fs::path &file) { return file != commit.last; });
    const auto removeObsolete = [&] {
        for (const fs::path &old : commit.obsolete) {
            std::error_code ignored;
            if (std::ranges::find(files, old) == files.end() && fs::is_regular_file(fs::symlink_status(m_target / old, ignored)))
                fs::remove(m_target / old, ignored);
        }
    };
    for (const fs::path &folder : folders) {
        if (::mkdir((m_target / folder).c_str(), 0777) != 0 && (errno != EEXIST || !fs::is_directory(m_target / folder, error)))
            return writeError(m_target / folder, errno);
    }
    for (const fs::path &file : files) {
        if (file == files.back())
            removeObsolete();
        if (::rename((m_staging / file).c_str(), (m_target / file).c_str()) != 0)
            return writeError(m_target / file, errno);
    }
    for (const fs::path &folder : folders)
        syncFolder(m_target / folder);
    syncFolder(m_target);
    fs::remove_all(m_staging, error);
    m_staging.clear();
    return {};
}

} // namespace nordlys::core

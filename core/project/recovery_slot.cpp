// SPDX-License-Identifier: Apache-2.0
#include "recovery.h"

#include <core/base/atomic_file.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <random>
#include <set>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nordlys::core {

namespace fs = std::filesystem;

namespace {

constexpr const char *kExtension = ".recovery";
constexpr int kAttempts = 64;

fs::path lockOf(const fs::path &file) { return fs::path(file).replace_extension(".lock"); }

// Descriptor of the locked lock file, or -1 with errno. A lock on a file that was removed meanwhile is worth nothing.
int lock(const fs::path &path)
{
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor < 0)
            return -1;
        struct stat held{}, named{};
        if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            const int error = errno;
            ::close(descriptor);
            errno = error;
            return -1;
        }
        if (::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
            held.st_dev == named.st_dev)
            return descriptor;
        ::close(descriptor);
    }
    errno = EBUSY;
    return -1;
}

void unlock(const fs::path &path, int descriptor)
{
    // Removed while it is held: nobody else can hold a lock on this very file at the same time.
    ::unlink(path.c_str());
    ::close(descriptor);
}

} // namespace

Expected<RecoverySlot> RecoverySlot::create(const fs::path &folder)
{
    std::error_code error;
    fs::create_directories(folder.parent_path(), error);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return cannotWrite(folder.string(), std::strerror(errno));
    std::random_device random;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1);
        const fs::path file =
            folder / (std::to_string(now) + "-" + std::to_string(::getpid()) + "-" + std::to_string(random() % 100000) + kExtension);
        const int descriptor = lock(lockOf(file));
        if (descriptor < 0) {
            if (errno != EWOULDBLOCK && errno != EBUSY)
                return cannotWrite(lockOf(file).string(), std::strerror(errno));
            continue;
        }
        if (!fs::exists(file, error))
            return RecoverySlot(file, descriptor);
        ::close(descriptor);
    }
    return cannotWrite(folder.string(), "no free name for a recovery file");
}

std::optional<RecoverySlot> RecoverySlot::claim(const fs::path &file)
{
    std::error_code ignored;
    if (file.extension() != kExtension || !fs::is_regular_file(file, ignored))
        return std::nullopt;
    const int descriptor = lock(lockOf(file));
    if (descriptor < 0)
        return std::nullopt;
    RecoverySlot slot(file, descriptor);
    // Its last owner may have discarded it between the look and the lock.
    if (!fs::is_regular_file(file, ignored)) {
        slot.discard();
        return std::nullopt;
    }
    return slot;
}

std::vector<fs::path> RecoverySlot::leftOver(const fs::path &folder)
{
    std::set<fs::path> candidates;
    std::vector<fs::path> temporary;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const fs::path extension = it->path().extension();
        if (extension == kExtension || extension == ".lock")
            candidates.insert(fs::path(it->path()).replace_extension(kExtension));
        else if (extension == ".tmp")
            temporary.push_back(it->path());
    }
    std::vector<fs::path> files;
    for (const fs::path &file : candidates) {
        const int descriptor = lock(lockOf(file));
        if (descriptor < 0)
            continue;
        std::error_code ignored;
        // What a dead writer had not finished.
        for (const fs::path &part : temporary) {
            if (part.filename().string().starts_with("." + file.filename().string() + "."))
                fs::remove(part, ignored);
        }
        if (fs::is_regular_file(file, ignored))
            files.push_back(file);
        unlock(lockOf(file), descriptor);
    }
    std::sort(files.begin(), files.end(), [](const fs::path &a, const fs::path &b) {
        std::error_code ignored;
        return std::pair(fs::last_write_time(a, ignored), a) > std::pair(fs::last_write_time(b, ignored), b);
    });
    return files;
}

RecoverySlot::RecoverySlot(RecoverySlot &&other) noexcept
    : m_file(std::move(other.m_file)), m_lock(std::exchange(other.m_lock, -1))
{}

RecoverySlot &RecoverySlot::operator=(RecoverySlot &&other) noexcept
{
    std::swap(m_file, other.m_file);
    std::swap(m_lock, other.m_lock);
    return *this;
}

RecoverySlot::~RecoverySlot()
{
    if (m_lock >= 0)
        unlock(lockOf(m_file), m_lock);
}

Expected<void> RecoverySlot::write(const Recovery &recovery)
{
    auto text = recoveryToText(recovery);
    NORDLYS_TRY(text);
    return writeFileAtomically(m_file, std::string_view(*text));
}

void RecoverySlot::discard()
{
    ::unlink(m_file.c_str());
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/mount.h>
#include <unistd.h>

namespace nordlys::test {

/// A real file system of a few hundred kilobytes in memory, which can be filled and made read-only. Needs the right to mount.
class SmallDisk {
public:
    explicit SmallDisk(int kibibytes)
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "nordlys-disk-XXXXXX").string();
        if (!::mkdtemp(pattern.data()))
            return;
        m_path = pattern;
        m_mounted = ::mount("none", m_path.c_str(), "tmpfs", 0, ("size=" + std::to_string(kibibytes) + "k").c_str()) == 0;
    }
    ~SmallDisk()
    {
        if (m_mounted)
            ::umount2(m_path.c_str(), MNT_DETACH);
        std::error_code ignored;
        if (!m_path.empty())
            std::filesystem::remove(m_path, ignored);
    }
    SmallDisk(const SmallDisk &) = delete;
    SmallDisk &operator=(const SmallDisk &) = delete;

    [[nodiscard]] bool isThere() const { return m_mounted; }
    [[nodiscard]] const std::filesystem::path &path() const { return m_path; }
    /// Takes all the space there is.
    void fill() const
    {
        std::ofstream file(m_path / "filler", std::ios::binary | std::ios::app);
        const std::string block(1024, 'x');
        while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
        }
    }
    void empty() const
    {
        std::error_code ignored;
        std::filesystem::remove(m_path / "filler", ignored);
    }
    void setReadOnly(bool readOnly) const
    {
        ::mount("none", m_path.c_str(), nullptr, MS_REMOUNT | (readOnly ? MS_RDONLY : 0), nullptr);
    }

private:
    std::filesystem::path m_path;
    bool m_mounted = false;
};

} // namespace nordlys::test

/// Skips the test where no disk can be mounted.
#define NORDLYS_REQUIRE_DISK(disk)                                                                                                  \
    do {                                                                                                                          \
        if (!(disk).isThere())                                                                                                    \
            GTEST_SKIP() << "needs the right to mount a small disk: run it as root";                                               \
    } while (false)

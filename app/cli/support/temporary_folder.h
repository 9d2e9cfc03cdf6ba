// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <filesystem>

namespace nordlys::cli {

/// A folder of our own below the system's temporary folder; removed with its content at the end.
class TemporaryFolder {
public:
    TemporaryFolder() = default;
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder &) = delete;
    TemporaryFolder &operator=(const TemporaryFolder &) = delete;
    core::Expected<void> create();
    [[nodiscard]] const std::filesystem::path &path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

} // namespace nordlys::cli

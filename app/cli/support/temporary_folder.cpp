// SPDX-License-Identifier: Apache-2.0
#include "temporary_folder.h"

#include <cerrno>
#include <cstring>

#include <stdlib.h>

namespace nordlys::cli {

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    if (!m_path.empty())
        std::filesystem::remove_all(m_path, ignored);
}

core::Expected<void> TemporaryFolder::create()
{
    std::error_code error;
    const std::filesystem::path base = std::filesystem::temp_directory_path(error);
    if (error)
        return core::cannotWrite("temporary folder", error.message(), "Set TMPDIR to a folder that exists.");
    std::string name = (base / "nordlys-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        return core::cannotWrite(base.string(), std::strerror(errno), "Set TMPDIR to a folder that can be written.");
    m_path = name;
    return {};
}

} // namespace nordlys::cli

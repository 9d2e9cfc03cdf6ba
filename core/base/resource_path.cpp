// SPDX-License-Identifier: Apache-2.0
#include "resource_path.h"

#include <algorithm>
#include <cstdlib>

namespace nordlys::core {

std::vector<std::filesystem::path> resourceFolders()
{
    if (const char *chosen = std::getenv("NORDLYS_RESOURCES"); chosen && *chosen)
        return {std::filesystem::path(chosen)};
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error)
        return {};
    const auto program = self.parent_path();
    return {(program / "../resources").lexically_normal(), (program / "../share/nordlys").lexically_normal(),
            (program / "../../../resources").lexically_normal()};
}

Expected<std::filesystem::path> findResource(std::string_view relative)
{
    const std::filesystem::path wanted(relative);
    if (relative.empty() || wanted.is_absolute() || std::ranges::find(wanted, "..") != wanted.end())
        return badInput("data file '" + std::string(relative.substr(0, 128)) + "'", "it names no place inside the program's data folder");
    std::string looked;
    for (const auto &folder : resourceFolders()) {
        std::error_code error;
        if (std::filesystem::exists(folder / wanted, error))
            return std::filesystem::absolute(folder / wanted, error).lexically_normal();
        looked += (looked.empty() ? "" : ", ") + folder.string();
    }
    return badInput("data file '" + std::string(relative) + "'", "not found in " + (looked.empty() ? "any folder" : looked),
                    "Install Nordlys completely or set NORDLYS_RESOURCES to its data folder.");
}

} // namespace nordlys::core

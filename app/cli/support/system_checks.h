// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace nordlys::cli {

struct SystemCheck {
    std::string name;
    std::string status; ///< "ok", "warn", "missing"
    std::string found;
    std::string fix;       ///< what to do; empty when there is nothing to do
    bool isNeeded = false; ///< Nordlys cannot do its main job without it
};

/// Looks at this machine; changes nothing.
std::vector<SystemCheck> checkSystem(const std::filesystem::path &sysfsRoot);

} // namespace nordlys::cli

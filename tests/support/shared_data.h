// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace nordlys::test {

/// Folder of shared test data; may not exist.
inline std::filesystem::path sharedPath()
{
    if (const char *folder = std::getenv("NORDLYS_SHARED"))
        return folder;
    return NORDLYS_SHARED;
}
inline std::filesystem::path sharedModel(const std::string &name) { return sharedPath() / "models" / name; }
inline std::filesystem::path digitsPath() { return std::filesystem::path(NORDLYS_SOURCE_DIR) / "resources/samples/digits"; }

} // namespace nordlys::test

/// Skips the test, saying what is missing and how to get it, when the shared data is not there.
#define NORDLYS_REQUIRE_SHARED(needed)                                                                                              \
    do {                                                                                                                          \
        if (!std::filesystem::exists(needed))                                                                                       \
            GTEST_SKIP() << "needs " << std::filesystem::path(needed).string()                                                       \
                         << ": set NORDLYS_SHARED to the folder of shared test data";                                             \
    } while (false)

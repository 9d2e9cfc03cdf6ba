// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nordlys::runtime {

/// Entries of `folder` whose name is `prefix` and a number, by number; with an empty prefix all entries by name. At most 1024. Empty when it cannot be listed.
std::vector<std::filesystem::path> numberedEntries(const std::filesystem::path &folder, std::string_view prefix);
/// First line of a small text file, without control characters; empty when it cannot be read.
std::string readLabel(const std::filesystem::path &path);

} // namespace nordlys::runtime

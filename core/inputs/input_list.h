// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <filesystem>
#include <string>
#include <vector>

namespace nordlys::core {

/// Reads a vendor input list: one sample a line, fields separated by blanks, each `path` (by input order) or `name:=path` (split
/// at the first
/// `:=`). Leading lines that begin with # or % (outputs to keep) and blank lines are skipped. Relative paths are looked up beside
/// the list first, then in the working directory. Returns per sample one path per name of `inputNames`. BadInput names the line:
/// an unknown or repeated name, another number of files than inputs, both forms mixed, a file that does not exist, a directive
/// after the first sample.
Expected<std::vector<std::vector<std::filesystem::path>>> readInputList(const std::filesystem::path &path,
                                                                        const std::vector<std::string> &inputNames);

} // namespace nordlys::core

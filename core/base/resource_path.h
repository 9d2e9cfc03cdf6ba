// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "error.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace nordlys::core {

/// Folders that may hold the program's data files (samples, backends), best first: $NORDLYS_RESOURCES alone where it is set; else, seen
/// from the running program's folder, ../resources (build tree), ../share/nordlys (installed) and ../../../resources (a source tree whose
/// build folder is build/NAME). Existing or not. Thread-safe as long as nobody changes the environment.
std::vector<std::filesystem::path> resourceFolders();

/// First existing file or folder `relative` ("backends", "samples/digits/digits.onnx") in those folders, cleaned of "..". BadInput names
/// where it was looked for. `relative` must stay inside the folder: absolute paths and ".." are refused.
Expected<std::filesystem::path> findResource(std::string_view relative);

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <nlohmann/json.hpp>

#include <string_view>

namespace nordlys::cli {

/// Keys stay in the order in which they are written.
using Json = nlohmann::ordered_json;

/// New document with its schema name, "nordlys.NAME/1".
Json document(std::string_view name);

/// Writes to standard output and flushes. CannotWrite when that fails (disk full).
core::Expected<void> writeOut(std::string_view text);
/// The one document of a command. Text that is no UTF-8 is repaired; numbers that are not finite become null.
core::Expected<void> writeJson(const Json &json);

/// The error line on standard error; with its details only on a terminal.
void printError(const core::Error &error);

} // namespace nordlys::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "error.h"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace nordlys::core {

/// Parses JSON that nobody vouches for. BadInput (naming `what` and the line): syntax errors, NaN and Infinity, numbers that no
/// double holds (1e400), nesting deeper than 100, a key that stands twice in one object, invalid UTF-8.
Expected<nlohmann::json> parseJsonText(std::string_view text, const std::string &what);

/// Escaped and quoted; bytes that are no UTF-8 become U+FFFD.
std::string jsonQuoted(std::string_view text);
/// Shortest text that reads back as the same double, always with a point or an exponent. `value` must be finite.
std::string jsonNumber(double value);

} // namespace nordlys::core

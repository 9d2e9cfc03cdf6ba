// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <string>
#include <string_view>
#include <vector>

namespace nordlys::core {

/// Rows of comma-separated fields as RFC 4180 has them: quoted fields with doubled quotes and line breaks, LF or CRLF, a UTF-8
/// byte order mark skipped, empty lines left out. BadInput for a quote that is not closed; `what` names the file.
Expected<std::vector<std::vector<std::string>>> parseCsv(std::string_view text, const std::string &what);

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "report_input.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace nordlys::core {

enum class ReportFormat { Html, Json, Csv };
/// From the extension (.html, .htm, .json, .csv; case does not count). Usage error that names the known ones for others.
Expected<ReportFormat> reportFormatOf(const std::filesystem::path &path);

/// The input's title, else one made from model and device.
std::string reportTitle(const ReportInput &input);

/// One HTML file without any outside reference: styles, script and pictures are inside, a content security policy forbids
/// everything else. Follows prefers-color-scheme and prints. Every name is escaped and isolated from the direction of the text
/// around it; control characters are shown as "[U+0007]". The URL fragment "#sort=p95" ("#sort=-p95" descending) sorts the layer
/// table as a click on that heading does; keys: data-key of the headings.
std::string reportHtml(const ReportInput &input);
/// One document, "schema": "nordlys.report/1".
std::string reportJson(const ReportInput &input);
/// The layers of the run (without one: the model's nodes), RFC 4180 with CRLF. A text that a spreadsheet would take for a formula
/// gets a leading apostrophe.
std::string reportCsv(const ReportInput &input);

/// The report in the format of the path's extension, written whole or not at all. CannotWrite on a full disk or a read-only
/// folder.
Expected<void> writeReport(const ReportInput &input, const std::filesystem::path &path);

} // namespace nordlys::core

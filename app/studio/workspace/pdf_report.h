// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/report/report_input.h>

#include <filesystem>

namespace nordlys::studio {

/// The report for paper: what was measured under what, the verdict, the comparison, and the slowest layers. A4, written whole or
/// not at all. Any thread.
core::Expected<void> writePdfReport(const core::ReportInput &input, const std::filesystem::path &path);

} // namespace nordlys::studio

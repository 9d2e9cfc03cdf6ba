// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "report_input.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Parts of the HTML report. Every function returns markup in which all foreign text is escaped.
namespace nordlys::core::report {

std::string styleSheet();
std::string_view scriptText();
/// <symbol> elements of the icons: check, warn, error, info, thermometer, equal, down, up, search, save, estimate.
std::string_view iconSymbols();

std::string icon(std::string_view name, std::string_view tone = {});
/// Icon and word on a coloured ground; tone: ok, warn, error, n (neutral).
std::string chip(std::string_view tone, std::string_view iconName, std::string_view word);
std::string verdictChip(VerdictLevel level);
std::string changeChip(const MedianChange &change);
std::string intervalText(const MedianChange &change); ///< "[−3.1, +0.4]", in percent; empty: there is none
/// Colour class of a backend's name: its lower-case form for the known ones, "other" else.
std::string_view backendClass(std::string_view backend);
/// "CPU" for "cpu"; other names as they are.
std::string backendWord(std::string_view backend);
std::string backendHtml(std::string_view backend, bool isEmulated = false);

/// The measured clock and temperature that a reader looks for first: of those with samples the first of that unit.
const CounterSummary *firstCounter(const RunSummary &summary, std::string_view unit);

std::string keyNumbers(const ReportInput &input);
std::string findings(const ReportInput &input);
std::string oneInference(const ReportRun &run);
std::string wholeRun(const ReportRun &run);
std::string comparisonSection(const ReportBaseline &baseline, const ReportRun &run);
std::string layerTable(const ReportRun &run);
std::string nodeTable(const ReportModel &model); ///< where there is no run
std::string graphSection(const ReportModel &model, const ReportRun *run);
std::string encodingsSection(const ReportInput &input);
std::string counterTable(const ReportRun &run);
std::string provenance(const ReportInput &input);


} // namespace nordlys::core::report

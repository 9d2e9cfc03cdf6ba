// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/markup_text.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nordlys::core {

inline constexpr std::string_view kNoBreakSpace = "\u00a0";

/// One unit for a column of durations, chosen from its median: ns, µs, ms or s.
struct DurationUnit {
    std::string_view name = "ms";
    double ns = 1e6;
    int decimals = 3;
    [[nodiscard]] std::string text(double durationNs) const; ///< without the unit
};
DurationUnit durationUnitFor(std::span<const double> durationsNs);

/// Four significant digits and a unit: "1.462 ms".
std::string durationText(double ns);
/// Half of an interval with the unit and the decimals of `ofNs`, without the unit: "0.008".
std::string halfIntervalText(double halfNs, double ofNs);
/// The same without zeros at the end, for ticks: "10 ms".
std::string tickText(double ns);
/// "−12.3 %"; the sign + only where asked for.
std::string percentText(double value, int decimals, bool withPlus = false);
/// Fixed decimals, minus as U+2212.
std::string decimalText(double value, int decimals);
std::string byteText(std::uint64_t bytes);    ///< "13.6 MiB"
std::string amountText(double amount);        ///< "300.8 M", "14.2 k", "96"
std::string macText(double macs);             ///< "300.8 MMAC", "0 MAC"
std::string groupedText(std::uint64_t count); ///< "10 402" from ten thousand on
/// "1 layer", "12 layers".
std::string countText(std::uint64_t count, std::string_view one, std::string_view many);
/// A counter's value in a unit for people: Hz as MHz or GHz, bytes as MiB, degC as °C; others as they are.
std::string counterText(double value, const std::string &unit);
/// "2026-11-23 09:41 UTC"; empty for 0 and times outside 1970..9999.
std::string timeText(std::int64_t unixNs);
/// First and last digits of a long hash: "5b1e09c4…d27a".
std::string shortHash(const std::string &hash);

/// Escaped and isolated: "<bdi>...</bdi>".
std::string isolated(std::string_view text);
/// A name in a table cell: isolated, cut in the middle by the style sheet where it does not fit; its text content is the whole
/// name.
std::string nameHtml(std::string_view name);

} // namespace nordlys::core

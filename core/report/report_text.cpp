// SPDX-License-Identifier: Apache-2.0
#include "report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace nordlys::core {

namespace {

struct Scale {
    std::string_view name;
    double size;
};
constexpr std::array<Scale, 4> kTimes{{{"s", 1e9}, {"ms", 1e6}, {"µs", 1e3}, {"ns", 1}}};

const Scale &timeScaleOf(double ns)
{
    for (const Scale &scale : kTimes) {
        if (std::abs(ns) >= scale.size)
            return scale;
    }
    return kTimes.back();
}

int decimalsFor(double value, int digits)
{
    const double size = std::abs(value);
    const int before = size >= 1 ? static_cast<int>(std::floor(std::log10(size))) + 1 : 1;
    return std::clamp(digits - before, 0, digits - 1);
}

} // namespace

std::string decimalText(double value, int decimals)
{
    if (!std::isfinite(value))
        return std::isnan(value) ? "–" : value > 0 ? "∞" : "−∞";
    std::string text = fmt::format("{:.{}f}", std::abs(value), decimals);
    const bool isZero = text.find_first_not_of("0.") == std::string::npos;
    return (value < 0 && !isZero ? "−" : "") + text;
}

std::string DurationUnit::text(double durationNs) const { return decimalText(durationNs / ns, decimals); }

DurationUnit durationUnitFor(std::span<const double> durationsNs)
{
    std::vector<double> sorted(durationsNs.begin(), durationsNs.end());
    std::sort(sorted.begin(), sorted.end());
    const double median = sorted.empty() ? 0 : sorted[sorted.size() / 2];
    const Scale &scale = timeScaleOf(median);
    return {scale.name, scale.size, scale.size <= 1 ? 0 : median / scale.size < 10 ? 2 : 1};
}

std::string durationText(double ns)
{
    const Scale &scale = timeScaleOf(ns);
    const double value = ns / scale.size;
    return fmt::format("{}{}{}", decimalText(value, scale.size <= 1 ? 0 : decimalsFor(value, 4)), kNoBreakSpace, scale.name);
}

std::string halfIntervalText(double halfNs, double ofNs)
{
    const Scale &scale = timeScaleOf(ofNs);
    return decimalText(halfNs / scale.size, scale.size <= 1 ? 0 : decimalsFor(ofNs / scale.size, 4));
}

std::string tickText(double ns)
{
    const Scale &scale = timeScaleOf(ns);
    return fmt::format("{:.4g}{}{}", ns / scale.size, kNoBreakSpace, scale.name);
}

std::string percentText(double value, int decimals, bool withPlus)
{
    const std::string number = decimalText(value, decimals);
    const bool plus = withPlus && value > 0 && number.find_first_not_of("0.") != std::string::npos;
    return fmt::format("{}{}{}%", plus ? "+" : "", number, kNoBreakSpace);
}

std::string byteText(std::uint64_t bytes)
{
    constexpr std::array<std::string_view, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit)
        value /= 1024;
    return fmt::format("{}{}{}", decimalText(value, unit == 0 ? 0 : decimalsFor(value, 3)), kNoBreakSpace, kUnits[unit]);
}

std::string amountText(double amount)
{
    for (const Scale &scale : std::array<Scale, 4>{{{"T", 1e12}, {"G", 1e9}, {"M", 1e6}, {"k", 1e4}}}) {
        if (std::abs(amount) >= scale.size) {
            const double size = scale.name == "k" ? 1e3 : scale.size;
            return fmt::format("{}{}{}", decimalText(amount / size, decimalsFor(amount / size, 4)), kNoBreakSpace, scale.name);
        }
    }
    return decimalText(amount, 0);
}

std::string macText(double macs)
{
    const std::string text = amountText(macs);
    return text + (text.find(kNoBreakSpace) == std::string::npos ? std::string(kNoBreakSpace) : std::string()) + "MAC";
}

std::string groupedText(std::uint64_t count)
{
    std::string digits = std::to_string(count), text;
    if (count < 10'000)
        return digits;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0)
            text += kNoBreakSpace;
        text += digits[i];
    }
    return text;
}

std::string countText(std::uint64_t count, std::string_view one, std::string_view many)
{
    return fmt::format("{} {}", groupedText(count), count == 1 ? one : many);
}

std::string counterText(double value, const std::string &unit)
{
    if (unit == "Hz" && std::abs(value) < 1e15)
        return std::abs(value) >= 1e9 ? fmt::format("{}{}GHz", decimalText(value / 1e9, 3), kNoBreakSpace)
                                      : fmt::format("{}{}MHz", decimalText(value / 1e6, 0), kNoBreakSpace);
    if (unit == "bytes" && value >= 0 && value < 1e18)
        return byteText(static_cast<std::uint64_t>(value));
    const bool isDegrees = unit == "degC", isPercent = unit == "%";
    std::string text = std::abs(value) < 1e15 ? decimalText(value, isDegrees || isPercent ? 1 : decimalsFor(value, 4))
                                              : fmt::format("{:.4g}", value);
    if (!unit.empty())
        text += fmt::format("{}{}", kNoBreakSpace, isDegrees ? "°C" : unit);
    return text;
}

std::string timeText(std::int64_t unixNs)
{
    const std::int64_t seconds = unixNs / 1'000'000'000, days = seconds / 86'400, rest = seconds % 86'400;
    if (unixNs <= 0 || days > 2'932'896)
        return {};
    // Days to a date in the proleptic Gregorian calendar, counting years from March (Hinnant, chrono-compatible date algorithms).
    const std::int64_t shifted = days + 719'468, era = shifted / 146'097, day = shifted % 146'097;
    const std::int64_t yearOfEra = (day - day / 1460 + day / 36'524 - day / 146'096) / 365;
    const std::int64_t dayOfYear = day - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100), march = (5 * dayOfYear + 2) / 153;
    const std::int64_t month = march < 10 ? march + 3 : march - 9, year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", year, month, dayOfYear - (153 * march + 2) / 5 + 1, rest / 3600,
                       rest / 60 % 60);
}

std::string shortHash(const std::string &hash)
{
    return hash.size() <= 16 ? hash : hash.substr(0, 8) + "…" + hash.substr(hash.size() - 4);
}

std::string isolated(std::string_view text) { return "<bdi>" + escapedMarkup(text) + "</bdi>"; }

std::string nameHtml(std::string_view name)
{
    constexpr std::size_t kTail = 12, kFits = 24;
    const bool isPlain = std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (name.size() <= kFits || !isPlain)
        return "<span class=\"nm\"><bdi>" + (name.empty() ? "(no name)" : escapedMarkup(name)) + "</bdi></span>";
    return "<span class=\"nm\"><bdi>" + escapedMarkup(name.substr(0, name.size() - kTail)) + "</bdi><bdi class=\"tl\">" +
           escapedMarkup(name.substr(name.size() - kTail)) + "</bdi></span>";
}

} // namespace nordlys::core

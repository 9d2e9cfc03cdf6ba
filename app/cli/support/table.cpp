// SPDX-License-Identifier: Apache-2.0
#include "table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace nordlys::cli {

namespace {

constexpr std::size_t kMaxCell = 64;

bool startsCharacter(char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }

std::size_t width(std::string_view text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), startsCharacter));
}

/// The end of a long name tells more than its front.
std::string cell(std::string_view text, bool isWhole)
{
    std::string out;
    std::size_t skip = !isWhole && width(text) > kMaxCell ? width(text) - kMaxCell + 1 : 0;
    if (skip > 0)
        out = "\xe2\x80\xa6";
    bool isCut = skip > 0;
    for (const char c : text) {
        if (startsCharacter(c)) {
            isCut = skip > 0;
            skip -= skip > 0 ? 1 : 0;
        }
        if (!isCut)
            out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    }
    return out;
}

} // namespace

std::string Table::text() const
{
    std::vector<std::vector<std::string>> rows;
    rows.emplace_back();
    for (const Column &column : m_columns)
        rows.front().push_back(column.title);
    for (const auto &row : m_rows) {
        rows.emplace_back();
        for (std::size_t i = 0; i < m_columns.size(); ++i)
            rows.back().push_back(i < row.size() ? cell(row[i], i + 1 == m_columns.size()) : std::string());
    }
    std::vector<std::size_t> widths(m_columns.size(), 0);
    for (const auto &row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    std::string out;
    for (const auto &row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string space(widths[i] - width(row[i]), ' ');
            line += m_columns[i].align == Align::Right ? space + row[i] : row[i] + space;
            line += "  ";
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + '\n';
    }
    return out;
}

std::string Facts::text() const
{
    std::size_t longest = 0;
    for (const auto &[name, value] : m_rows)
        longest = std::max(longest, width(name));
    std::string out;
    for (const auto &[name, value] : m_rows) {
        out += name + std::string(longest - width(name) + 2, ' ');
        for (const char c : value)
            out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
        out += '\n';
    }
    return out;
}

std::string countText(std::int64_t value)
{
    static constexpr std::array<const char *, 7> kPrefixes{"", " k", " M", " G", " T", " P", " E"};
    auto scaled = static_cast<double>(value);
    std::size_t prefix = 0;
    for (; std::abs(scaled) >= 999.95 && prefix + 1 < kPrefixes.size(); ++prefix)
        scaled /= 1000;
    return prefix == 0 ? std::to_string(value) : fmt::format("{:.1f}{}", scaled, kPrefixes[prefix]);
}

std::string bytesText(std::uint64_t bytes)
{
    static constexpr std::array<const char *, 7> kPrefixes{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    auto scaled = static_cast<double>(bytes);
    std::size_t prefix = 0;
    for (; scaled >= 1023.95 && prefix + 1 < kPrefixes.size(); ++prefix)
        scaled /= 1024;
    return prefix == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", scaled, kPrefixes[prefix]);
}

std::string numberText(double value, int decimals)
{
    return std::isfinite(value) ? fmt::format("{:.{}f}", value, decimals) : std::isinf(value) && value > 0 ? "inf" : "-";
}

} // namespace nordlys::cli

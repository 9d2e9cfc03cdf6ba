// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nordlys::cli {

/// Text in aligned columns for people.
class Table {
public:
    enum class Align { Left, Right };
    struct Column {
        std::string title;
        Align align = Align::Left;
    };
    explicit Table(std::vector<Column> columns) : m_columns(std::move(columns)) {}
    void add(std::vector<std::string> cells) { m_rows.push_back(std::move(cells)); }
    [[nodiscard]] bool empty() const { return m_rows.empty(); }
    /// Lines ending in '\n'; control characters of the cells replaced, cells over 64 characters cut in front except in the last
    /// column.
    [[nodiscard]] std::string text() const;

private:
    std::vector<Column> m_columns;
    std::vector<std::vector<std::string>> m_rows;
};

/// "name      value" lines.
class Facts {
public:
    void add(std::string name, std::string value) { m_rows.emplace_back(std::move(name), std::move(value)); }
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::pair<std::string, std::string>> m_rows;
};

/// "300.8 M", "14.2 k", "96"; decimal prefixes.
std::string countText(std::int64_t value);
/// "13.6 MiB", "512 B"; binary prefixes.
std::string bytesText(std::uint64_t bytes);
/// Fixed number of decimals; "-" when not finite.
std::string numberText(double value, int decimals);

} // namespace nordlys::cli

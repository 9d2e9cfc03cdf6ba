// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/profile/median_change.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nordlys::core::report {

/// A table whose headings sort. Cells are markup; a number behind a cell (`value`) is what sorting and "as CSV" use.
class HtmlTable {
public:
    struct Column {
        std::string title; ///< plain text
        std::string key;   ///< of "#sort=KEY"
        int width = 0;     ///< px; 0: shares what is left
        bool isNumber = false;
        std::string hint;
        bool isPicture = false; ///< heading in the middle
    };
    HtmlTable(std::string id, std::vector<Column> columns) : m_id(std::move(id)), m_columns(std::move(columns)) {}

    void sortedBy(std::string_view key, bool descending);
    /// Name of a column in CSV, where its unit differs from the shown one.
    void csvNote(std::size_t column, std::string name);
    /// A first row that is never sorted away: it stands in the head.
    void head(std::string_view rowClass, std::string_view title, const MedianChange &change,
              const std::function<void(HtmlTable &, const MedianChange &)> &cells);
    void row(std::size_t place);
    void cell(std::string_view cellClass, std::string_view markup);
    void cell(std::string_view cellClass, std::string_view markup, std::optional<double> value); ///< no value sorts last
    void number(std::string_view markup, std::optional<double> value) { cell("num", markup, value); }
    [[nodiscard]] std::string html() const;

private:
    std::string m_id;
    std::vector<Column> m_columns;
    std::vector<std::string> m_csvNames;
    std::string m_head, m_rows;
    std::string m_sortKey;
    bool m_sortDescending = false, m_inRow = false;
};

} // namespace nordlys::core::report

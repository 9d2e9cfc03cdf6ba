// SPDX-License-Identifier: Apache-2.0
#include "report_table.h"

#include <core/base/markup_text.h>

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace nordlys::core::report {

void HtmlTable::sortedBy(std::string_view key, bool descending)
{
    m_sortKey = key;
    m_sortDescending = descending;
}

void HtmlTable::csvNote(std::size_t column, std::string name)
{
    m_csvNames.resize(m_columns.size());
    m_csvNames[column] = std::move(name);
}

void HtmlTable::head(std::string_view rowClass, std::string_view title, const MedianChange &change,
                     const std::function<void(HtmlTable &, const MedianChange &)> &cells)
{
    const std::string rows = std::move(m_rows);
    m_rows = fmt::format("<tr class=\"{}\">", rowClass);
    cell("", title);
    cell("", "");
    cells(*this, change);
    m_head = std::move(m_rows) + "</tr>\n";
    m_rows = rows;
}

void HtmlTable::row(std::size_t place)
{
    fmt::format_to(std::back_inserter(m_rows), "{}<tr data-i=\"{}\">", m_inRow ? "</tr>\n" : "", place);
    m_inRow = true;
}

void HtmlTable::cell(std::string_view cellClass, std::string_view markup)
{
    if (cellClass.empty())
        fmt::format_to(std::back_inserter(m_rows), "<td>{}</td>", markup);
    else
        fmt::format_to(std::back_inserter(m_rows), "<td class=\"{}\">{}</td>", cellClass, markup);
}

void HtmlTable::cell(std::string_view cellClass, std::string_view markup, std::optional<double> value)
{
    const std::string number = value && std::isfinite(*value) ? fmt::format("{:.9g}", *value) : std::string();
    fmt::format_to(std::back_inserter(m_rows), "<td{} data-v=\"{}\">{}</td>",
                   cellClass.empty() ? std::string() : fmt::format(" class=\"{}\"", cellClass), number, markup);
}

std::string HtmlTable::html() const
{
    constexpr int kNarrow = 600; // px; more fixed columns than that leave no room for names on a small screen
    int fixed = 0;
    for (const Column &column : m_columns)
        fixed += column.width;
    std::string text = fmt::format("<div class=\"card scroll tall\" tabindex=\"0\" role=\"region\" aria-label=\"Table\"><table "
                                   "id=\"{}\" class=\"{}\"><colgroup>",
                                   m_id, fixed > kNarrow ? "wide" : "slim");
    auto out = std::back_inserter(text);
    for (const Column &column : m_columns) {
        if (column.width > 0)
            fmt::format_to(out, "<col width=\"{}\">", column.width);
        else
            text += "<col>";
    }
    text += "</colgroup><thead><tr>";
    for (std::size_t i = 0; i < m_columns.size(); ++i) {
        const Column &column = m_columns[i];
        const std::string_view order = column.key != m_sortKey ? "none" : m_sortDescending ? "descending" : "ascending";
        const std::string csv =
            i < m_csvNames.size() && !m_csvNames[i].empty() ? fmt::format(" data-csv=\"{}\"", m_csvNames[i]) : std::string();
        fmt::format_to(
            out, "<th scope=\"col\" data-key=\"{}\" aria-sort=\"{}\"{}{}><button type=\"button\" title=\"{}\">{}</button></th>",
            escapedMarkup(column.key), order,
            column.isPicture  ? " class=\"c\" data-number"
            : column.isNumber ? " class=\"r\""
                              : "",
            csv, escapedMarkup(column.hint), escapedMarkup(column.title));
    }
    text += "</tr>" + m_head + "</thead><tbody>\n" + m_rows + (m_inRow ? "</tr>\n" : "") + "</tbody></table></div>\n";
    return text;
}

} // namespace nordlys::core::report

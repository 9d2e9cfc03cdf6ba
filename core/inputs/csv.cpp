// SPDX-License-Identifier: Apache-2.0
#include "csv.h"

namespace nordlys::core {

Expected<std::vector<std::vector<std::string>>> parseCsv(std::string_view text, const std::string &what)
{
    if (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3);
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> row;
    std::string field;
    bool quoted = false, fieldWasQuoted = false;
    std::size_t line = 1, quoteLine = 0;
    const auto endRow = [&] {
        if (row.empty() && field.empty() && !fieldWasQuoted)
            return;
        row.push_back(std::move(field));
        rows.push_back(std::move(row));
        field.clear();
        row.clear();
        fieldWasQuoted = false;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n')
            ++line;
        if (quoted) {
            if (c != '"')
                field += c;
            else if (i + 1 < text.size() && text[i + 1] == '"')
                field += text[++i];
            else
                quoted = false;
        } else if (c == '"' && field.empty() && !fieldWasQuoted) {
            quoted = fieldWasQuoted = true;
            quoteLine = line;
        } else if (c == ',') {
            row.push_back(std::move(field));
            field.clear();
            fieldWasQuoted = false;
        } else if (c == '\n') {
            endRow();
        } else if (c != '\r' || i + 1 >= text.size() || text[i + 1] != '\n') {
            field += c;
        }
    }
    if (quoted)
        return badInput(what, "the quote that opens in line " + std::to_string(quoteLine) + " is not closed");
    endRow();
    return rows;
}

} // namespace nordlys::core

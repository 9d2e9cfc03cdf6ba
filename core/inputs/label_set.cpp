// SPDX-License-Identifier: Apache-2.0
#include "csv.h"
#include "sample_set.h"

#include <core/base/atomic_file.h>

#include <algorithm>
#include <charconv>

namespace nordlys::core {

namespace {

std::filesystem::path resolved(const std::filesystem::path &path)
{
    std::error_code failed;
    auto canonical = std::filesystem::weakly_canonical(path, failed);
    return failed ? path.lexically_normal() : canonical;
}

std::optional<std::size_t> columnOf(const std::vector<std::string> &header, std::string_view name)
{
    const auto it = std::find(header.begin(), header.end(), name);
    return it == header.end() ? std::nullopt : std::optional(static_cast<std::size_t>(it - header.begin()));
}

} // namespace

Expected<LabelSet> LabelSet::read(const std::filesystem::path &csv)
{
    auto text = readTextFile(csv, std::size_t(64) << 20);
    NORDLYS_TRY(text);
    const std::string what = csv.string();
    auto rows = parseCsv(*text, what);
    NORDLYS_TRY(rows);
    if (rows->empty())
        return badInput(what, "the labels file is empty");
    const auto fileColumn = columnOf(rows->front(), "file"), classColumn = columnOf(rows->front(), "class_index");
    if (!fileColumn || !classColumn)
        return badInput(what, "the first line does not name the columns 'file' and 'class_index'");
    LabelSet labels;
    const std::filesystem::path folder = resolved(csv).parent_path();
    for (std::size_t i = 1; i < rows->size(); ++i) {
        const auto &row = (*rows)[i];
        const std::string where = what + " row " + std::to_string(i + 1);
        if (row.size() <= std::max(*fileColumn, *classColumn))
            return badInput(where, "it has " + std::to_string(row.size()) + " fields, the first line has " +
                                       std::to_string(rows->front().size()));
        const std::string &number = row[*classColumn];
        std::int64_t value = 0;
        const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), value);
        if (code != std::errc() || end != number.data() + number.size() || value < 0)
            return badInput(where, "class_index '" + number.substr(0, 32) + "' is no non-negative integer");
        if (row[*fileColumn].empty())
            return badInput(where, "the file name is empty");
        std::filesystem::path file = resolved(folder / row[*fileColumn]);
        const auto [known, isNew] = labels.m_rows.try_emplace(file.native(), labels.files.size());
        if (!isNew && labels.classes[known->second] != value)
            return badInput(where, "'" + row[*fileColumn] + "' has another class in an earlier row");
        labels.files.push_back(std::move(file));
        labels.classes.push_back(value);
    }
    if (labels.files.empty())
        return badInput(what, "the labels file has no rows");
    return labels;
}

std::optional<std::int64_t> LabelSet::classOf(const std::filesystem::path &file) const
{
    const auto it = m_rows.find(resolved(file).native());
    return it == m_rows.end() ? std::nullopt : std::optional(classes[it->second]);
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "input_list.h"

#include <core/base/atomic_file.h>

#include <algorithm>
#include <optional>

namespace nordlys::core {

namespace {

struct Field {
    std::optional<std::string> name;
    std::string path;
};

std::vector<Field> splitLine(std::string_view line)
{
    std::vector<Field> fields;
    while (true) {
        const std::size_t start = line.find_first_not_of(" \t\r");
        if (start == std::string_view::npos)
            return fields;
        line.remove_prefix(start);
        const std::size_t end = std::min(line.find_first_of(" \t\r"), line.size());
        const std::string_view part = line.substr(0, end);
        const std::size_t assign = part.find(":=");
        if (assign == std::string_view::npos)
            fields.push_back({std::nullopt, std::string(part)});
        else
            fields.push_back({std::string(part.substr(0, assign)), std::string(part.substr(assign + 2))});
        line.remove_prefix(end);
    }
}

std::filesystem::path locate(const std::filesystem::path &folder, const std::string &name)
{
    const std::filesystem::path path(name);
    std::error_code ignored;
    if (path.is_absolute() || std::filesystem::exists(folder / path, ignored) || !std::filesystem::exists(path, ignored))
        return path.is_absolute() ? path : folder / path;
    return path;
}

Expected<std::vector<std::filesystem::path>> sampleOf(const std::vector<Field> &fields,
                                                      const std::vector<std::string> &inputNames,
                                                      const std::filesystem::path &folder, const std::string &where)
{
    const bool named = fields.front().name.has_value();
    if (std::any_of(fields.begin(), fields.end(), [&](const Field &field) { return field.name.has_value() != named; }))
        return badInput(where, "it mixes 'name:=path' and plain paths");
    if (fields.size() != inputNames.size()) {
        return badInput(where, "it names " + std::to_string(fields.size()) + (fields.size() == 1 ? " file" : " files") +
                                   ", the model has " + std::to_string(inputNames.size()) +
                                   (inputNames.size() == 1 ? " input" : " inputs"));
    }
    std::vector<std::filesystem::path> files(inputNames.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        std::size_t index = i;
        if (named) {
            const auto it = std::find(inputNames.begin(), inputNames.end(), *fields[i].name);
            if (it == inputNames.end())
                return badInput(where, "the model has no input '" + fields[i].name->substr(0, 200) + "'");
            index = static_cast<std::size_t>(it - inputNames.begin());
        }
        if (!files[index].empty())
            return badInput(where, "input '" + inputNames[index] + "' is given twice");
        if (fields[i].path.empty())
            return badInput(where, "a path is empty");
        files[index] = locate(folder, fields[i].path);
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(files[index], ignored))
            return badInput(where, "there is no file '" + fields[i].path.substr(0, 1000) + "'");
    }
    return files;
}

} // namespace

Expected<std::vector<std::vector<std::filesystem::path>>> readInputList(const std::filesystem::path &path,
                                                                        const std::vector<std::string> &inputNames)
{
    auto text = readTextFile(path, std::size_t(64) << 20);
    NORDLYS_TRY(text);
    std::vector<std::vector<std::filesystem::path>> samples;
    std::string_view rest = *text;
    if (rest.starts_with("\xef\xbb\xbf"))
        rest.remove_prefix(3);
    for (std::size_t line = 1; !rest.empty(); ++line) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::vector<Field> fields = splitLine(rest.substr(0, end));
        const bool directive = end > 0 && (rest.front() == '#' || rest.front() == '%');
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::string where = path.string() + " line " + std::to_string(line);
        if (directive && samples.empty())
            continue;
        if (directive)
            return badInput(where, "lines with # or % stand before the first sample only");
        if (fields.empty())
            continue;
        auto sample = sampleOf(fields, inputNames, path.parent_path(), where);
        NORDLYS_TRY(sample);
        samples.push_back(*std::move(sample));
    }
    if (samples.empty())
        return badInput(path.string(), "the input list names no sample");
    return samples;
}

} // namespace nordlys::core

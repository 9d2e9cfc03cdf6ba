// SPDX-License-Identifier: Apache-2.0
#include "folders.h"

#include "source_file.h"

#include <algorithm>
#include <system_error>

namespace nordlys::runtime {

std::vector<std::filesystem::path> numberedEntries(const std::filesystem::path &folder, std::string_view prefix)
{
    constexpr std::size_t kMaxEntries = 1024;
    std::vector<std::pair<double, std::filesystem::path>> found;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end && found.size() < kMaxEntries; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (prefix.empty()) {
            found.emplace_back(0, entry->path());
        } else if (name.starts_with(prefix)) {
            if (const auto number = parseInteger(std::string_view(name).substr(prefix.size())))
                found.emplace_back(*number, entry->path());
        }
    }
    std::sort(found.begin(), found.end());
    std::vector<std::filesystem::path> result;
    for (auto &[number, path] : found)
        result.push_back(std::move(path));
    return result;
}

std::string readLabel(const std::filesystem::path &path)
{
    SourceFile file(path, 128);
    const auto text = file.read();
    if (!text)
        return {};
    std::string label;
    for (const char c : trimmed(text->substr(0, text->find('\n')))) {
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
            label.push_back(c);
    }
    return label;
}

} // namespace nordlys::runtime

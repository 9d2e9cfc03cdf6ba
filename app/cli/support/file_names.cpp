// SPDX-License-Identifier: Apache-2.0
#include "file_names.h"

namespace nordlys::cli {

std::string FileNames::unique(std::string_view name)
{
    std::string base;
    for (const char c : name.substr(0, 120)) {
        const bool isPlain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
        base += isPlain ? c : '_';
    }
    if (base.empty() || base.front() == '.')
        base.insert(0, "_");
    const auto lower = [](std::string text) {
        for (char &c : text)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        return text;
    };
    std::string candidate = base;
    for (int number = 2; !m_taken.insert(lower(candidate)).second; ++number)
        candidate = base + '_' + std::to_string(number);
    return candidate;
}

} // namespace nordlys::cli

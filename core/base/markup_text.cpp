// SPDX-License-Identifier: Apache-2.0
#include "markup_text.h"

#include "utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace nordlys::core {

namespace {

/// Length of the UTF-8 sequence at `i`, 0 when it is broken or one of the non-characters U+FFFE and U+FFFF, which XML forbids.
std::size_t sequenceLength(std::string_view text, std::size_t i)
{
    const std::size_t length = utf8SequenceLength(text, i);
    const std::string_view sequence = text.substr(i, length);
    return sequence == "\xef\xbf\xbe" || sequence == "\xef\xbf\xbf" ? 0 : length;
}

char32_t decoded(std::string_view sequence)
{
    const auto first = static_cast<unsigned char>(sequence[0]);
    char32_t point = sequence.size() == 1 ? first : first & (0x7fU >> sequence.size());
    for (const char c : sequence.substr(1))
        point = (point << 6U) | (static_cast<unsigned char>(c) & 0x3fU);
    return point;
}

bool isNamed(char32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x61c || (point >= 0x200b && point <= 0x200f) ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

/// As it is shown, before escaping.
std::string named(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequenceLength(text, i);
        const std::string_view sequence = text.substr(i, length);
        i += length == 0 ? 1 : length;
        if (length == 0)
            out += "\xef\xbf\xbd";
        else if (const char32_t point = decoded(sequence); isNamed(point))
            fmt::format_to(std::back_inserter(out), "[U+{:04X}]", static_cast<std::uint32_t>(point));
        else
            out += sequence;
    }
    return out;
}

} // namespace

std::string escapedMarkup(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : named(text)) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
        }
    }
    return out;
}

std::string shortenedInFront(std::string_view text, std::size_t limit)
{
    std::string shown = named(text);
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
    const auto points = static_cast<std::size_t>(std::count_if(shown.begin(), shown.end(), starts));
    if (points <= limit)
        return shown;
    std::size_t skip = points - limit + 1, i = 0;
    for (; i < shown.size(); ++i) {
        if (starts(shown[i]) && skip-- == 0)
            break;
    }
    return "\xe2\x80\xa6" + shown.substr(i);
}

} // namespace nordlys::core

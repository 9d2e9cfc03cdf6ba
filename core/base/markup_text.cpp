// SPDX-License-Identifier: Apache-2.0
#include "markup_text.h"

#include "utf8.h"

#include <fmt/format.h>

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

} // namespace

std::string escapedMarkup(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequenceLength(text, i);
        if (length == 0) {
            out += "\xef\xbf\xbd";
            ++i;
            continue;
        }
        const std::string_view sequence = text.substr(i, length);
        i += length;
        if (sequence == "&")
            out += "&amp;";
        else if (sequence == "<")
            out += "&lt;";
        else if (sequence == ">")
            out += "&gt;";
        else if (sequence == "\"")
            out += "&quot;";
        else if (sequence == "'")
            out += "&#39;";
        else if (const char32_t point = decoded(sequence); isNamed(point))
            fmt::format_to(std::back_inserter(out), "[U+{:04X}]", static_cast<std::uint32_t>(point));
        else
            out += sequence;
    }
    return out;
}

std::string shortenedInFront(std::string_view text, std::size_t limit)
{
    std::size_t points = 0;
    for (const char c : text)
        points += (static_cast<unsigned char>(c) & 0xc0U) != 0x80U ? 1 : 0;
    if (points <= limit)
        return std::string(text);
    std::size_t skip = points - limit + 1, i = 0;
    for (; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) {
            if (skip == 0)
                break;
            --skip;
        }
    }
    return "\xe2\x80\xa6" + std::string(text.substr(i));
}

} // namespace nordlys::core

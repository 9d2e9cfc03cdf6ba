// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nordlys::core {

/// Text for HTML and SVG, in element content and in quoted attributes: & < > " ' escaped, broken UTF-8 (overlong forms,
/// surrogates, U+FFFE and U+FFFF, which XML forbids, too) becomes U+FFFD. Control characters, also those of C1, line separators
/// and those that steer the direction of text or are invisible (U+200B..F, U+202A..E, U+2060..F, U+061C, U+FEFF) are named:
/// "[U+202E]"; so nothing can reverse, hide or break the text beside it.
std::string escapedMarkup(std::string_view text);

/// At most `limit` characters (code points, those that are named counted as their names): the first ones give way to "…", since
/// the last ones carry the meaning of a long name. For escapedMarkup().
std::string shortenedInFront(std::string_view text, std::size_t limit);

} // namespace nordlys::core

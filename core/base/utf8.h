// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace nordlys::core {

/// Bytes of the UTF-8 sequence that begins at `at`, 1 to 4; 0 where there is none: a stray or missing continuation, an overlong
/// form, a surrogate, or a code point above U+10FFFF (RFC 3629).
std::size_t utf8SequenceLength(std::string_view text, std::size_t at);

} // namespace nordlys::core

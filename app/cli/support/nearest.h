// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nordlys::cli {

/// The candidate with the smallest edit distance (Levenshtein 1966) to `word`, when it is near enough to be a typing error; else
/// empty.
std::string nearest(std::string_view word, const std::vector<std::string> &candidates);

} // namespace nordlys::cli

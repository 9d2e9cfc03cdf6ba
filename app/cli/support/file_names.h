// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace nordlys::cli {

/// File names for tensor names: [A-Za-z0-9_.-] stays, everything else becomes '_'; no hidden files, at most 120 characters; names
/// that would fall together (also where case does not count) get a number.
class FileNames {
public:
    explicit FileNames(std::set<std::string> taken = {}) : m_taken(std::move(taken)) {}
    std::string unique(std::string_view name);

private:
    std::set<std::string> m_taken; ///< lower case
};

} // namespace nordlys::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ids.h"

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace nordlys::core {

/// Interned names: each distinct text is stored once and addressed by NameId. Texts keep their address for the table's life.
/// Not thread-safe while interning; reading is.
class NameTable {
public:
    NameTable() = default;
    NameTable(const NameTable &other);
    NameTable &operator=(const NameTable &other);
    NameTable(NameTable &&) = default;
    NameTable &operator=(NameTable &&) = default;

    NameId intern(std::string_view text);
    /// Invalid id when the text was never interned.
    [[nodiscard]] NameId find(std::string_view text) const;
    /// Empty for an invalid id.
    [[nodiscard]] std::string_view text(NameId id) const;
    [[nodiscard]] std::size_t size() const { return m_texts.size(); }

private:
    std::deque<std::string> m_texts; // a deque keeps addresses, the map's keys point into it
    std::unordered_map<std::string_view, NameId> m_ids;
};

} // namespace nordlys::core

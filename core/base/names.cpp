// SPDX-License-Identifier: Apache-2.0
#include "names.h"

namespace nordlys::core {

NameTable::NameTable(const NameTable &other)
{
    for (const std::string &text : other.m_texts)
        intern(text);
}

NameTable &NameTable::operator=(const NameTable &other)
{
    if (this != &other) {
        NameTable copy(other);
        *this = std::move(copy);
    }
    return *this;
}

NameId NameTable::intern(std::string_view text)
{
    if (const auto it = m_ids.find(text); it != m_ids.end())
        return it->second;
    const NameId id(m_texts.size());
    m_texts.emplace_back(text);
    m_ids.emplace(m_texts.back(), id);
    return id;
}

NameId NameTable::find(std::string_view text) const
{
    const auto it = m_ids.find(text);
    return it == m_ids.end() ? NameId() : it->second;
}

std::string_view NameTable::text(NameId id) const
{
    return id.isValid() && id.index < m_texts.size() ? std::string_view(m_texts[id.index]) : std::string_view();
}

} // namespace nordlys::core

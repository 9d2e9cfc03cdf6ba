// SPDX-License-Identifier: Apache-2.0
#include "json_spans.h"

#include <core/base/json_text.h>

#include <algorithm>

namespace nordlys::core {

namespace {

constexpr std::size_t kMaxDepth = 100;

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Scanner {
public:
    Scanner(std::string_view text, std::size_t position, const std::string &what) : m_text(text), m_at(position), m_what(what) {}

    Expected<JsonContainer> container()
    {
        skipSpace();
        JsonContainer result;
        if (peek() != '{' && peek() != '[')
            return wrong("an object or a list is expected");
        result.isObject = peek() == '{';
        const char close = result.isObject ? '}' : ']';
        result.whole.begin = m_at++;
        for (bool first = true;; first = false) {
            skipSpace();
            if (first && peek() == close)
                break;
            JsonMember member;
            member.whole.begin = m_at;
            if (result.isObject) {
                auto name = key();
                NORDLYS_TRY(name);
                member.key = *std::move(name);
            }
            member.value.begin = m_at;
            NORDLYS_TRY(skipValue());
            member.value.end = member.whole.end = m_at;
            result.members.push_back(std::move(member));
            skipSpace();
            if (peek() == close)
                break;
            if (peek() != ',')
                return wrong(m_at < m_text.size() ? "a comma or bracket is missing" : "the text ends before its last bracket");
            ++m_at;
        }
        result.whole.end = ++m_at;
        return result;
    }

private:
    [[nodiscard]] char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    void skipSpace()
    {
        while (m_at < m_text.size() && isSpace(m_text[m_at]))
            ++m_at;
    }

    [[nodiscard]] Error wrong(const std::string &why) const
    {
        const auto end = m_text.begin() + static_cast<std::ptrdiff_t>(std::min(m_at, m_text.size()));
        return badInput(m_what + " line " + std::to_string(std::count(m_text.begin(), end, '\n') + 1), "this is no JSON (" + why + ")");
    }

    Expected<std::string> key()
    {
        if (peek() != '"')
            return wrong("a key is expected");
        const std::size_t begin = m_at;
        NORDLYS_TRY(skipString());
        const std::string_view quoted = m_text.substr(begin, m_at - begin);
        std::string name(quoted.substr(1, quoted.size() - 2));
        if (std::ranges::any_of(name, [](char c) { return c == '\\' || static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x80; })) {
            auto parsed = parseJsonText(quoted, m_what);
            NORDLYS_TRY(parsed);
            name = parsed->get<std::string>();
        }
        skipSpace();
        if (peek() != ':')
            return wrong("a colon is missing");
        ++m_at;
        skipSpace();
        return name;
    }

    Expected<void> skipString()
    {
        for (++m_at; m_at < m_text.size() && m_text[m_at] != '"'; ++m_at) {
            if (m_text[m_at] == '\\')
                ++m_at;
        }
        if (m_at >= m_text.size()) {
            m_at = m_text.size();
            return wrong("the text ends inside a string");
        }
        ++m_at;
        return {};
    }

    Expected<void> skipValue()
    {
        std::string open; // brackets that wait for their ends
        do {
            skipSpace();
            const char c = peek();
            if (m_at >= m_text.size())
                return wrong("the text ends inside a value");
            if (c == '"') {
                NORDLYS_TRY(skipString());
            } else if (c == '{' || c == '[') {
                open += c == '{' ? '}' : ']';
                if (open.size() > kMaxDepth)
                    return badInput(m_what, "the JSON text is nested deeper than 100 levels");
                ++m_at;
            } else if (c == '}' || c == ']') {
                if (open.empty() || open.back() != c)
                    return wrong("a value is missing, or brackets do not fit");
                open.pop_back();
                ++m_at;
            } else if ((c == ',' || c == ':') && !open.empty()) {
                ++m_at;
            } else {
                const std::size_t begin = m_at;
                while (m_at < m_text.size() && !isSpace(m_text[m_at]) && std::string_view(",:[]{}\"").find(m_text[m_at]) == std::string_view::npos)
                    ++m_at;
                if (m_at == begin)
                    return wrong("a value is missing");
            }
        } while (!open.empty());
        return {};
    }

    std::string_view m_text;
    std::size_t m_at;
    const std::string &m_what;
};

bool isRemoved(const ContainerEdit &edit, std::size_t i) { return i < edit.removed.size() && edit.removed[i]; }

} // namespace

const JsonMember *JsonContainer::find(std::string_view key) const
{
    const auto it = std::ranges::find(members, key, &JsonMember::key);
    return it == members.end() ? nullptr : &*it;
}

Expected<JsonContainer> scanContainer(std::string_view text, std::size_t begin, const std::string &what)
{
    return Scanner(text, begin, what).container();
}

std::string editedContainer(std::string_view text, const JsonContainer &container, const ContainerEdit &edit)
{
    const auto &members = container.members;
    std::vector<std::string> kept;
    std::vector<std::size_t> origin; // member that each of them was
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (isRemoved(edit, i))
            continue;
        kept.push_back(i < edit.replaced.size() && edit.replaced[i] ? *edit.replaced[i] : std::string(members[i].whole.of(text)));
        origin.push_back(i);
    }
    const char open = container.isObject ? '{' : '[', close = container.isObject ? '}' : ']';
    if (kept.empty() && edit.added.empty())
        return members.empty() ? std::string(container.whole.of(text)) : std::string{open, close};
    // The space before the first member, between members, and behind the last one, as it stands in the text.
    const auto between = [&](std::size_t i) { return std::string(text.substr(members[i].whole.end, members[i + 1].whole.begin - members[i].whole.end)); };
    std::string lead = "\n    ", tail = "\n  ";
    if (!members.empty()) {
        lead = text.substr(container.whole.begin + 1, members.front().whole.begin - container.whole.begin - 1);
        tail = text.substr(members.back().whole.end, container.whole.end - 1 - members.back().whole.end);
    }
    const std::string usual = members.size() > 1 ? between(members.size() - 2) : "," + lead;
    std::string result = open + lead;
    for (std::size_t k = 0; k < kept.size(); ++k) {
        if (k > 0)
            result += between(origin[k] - 1);
        result += kept[k];
    }
    for (std::size_t k = 0; k < edit.added.size(); ++k)
        result += (kept.empty() && k == 0 ? "" : usual) + edit.added[k];
    return result + tail + close;
}

Expected<std::string> patchedObject(std::string_view object, const std::vector<JsonField> &fields, const std::string &what)
{
    auto container = scanContainer(object, 0, what);
    NORDLYS_TRY(container);
    ContainerEdit edit;
    edit.replaced.resize(container->members.size());
    edit.removed.resize(container->members.size());
    for (const JsonField &field : fields) {
        const JsonMember *member = container->find(field.key);
        if (member == nullptr) {
            if (field.value)
                edit.added.push_back(jsonQuoted(field.key) + ": " + *field.value);
            continue;
        }
        const auto i = static_cast<std::size_t>(member - container->members.data());
        if (!field.value) {
            edit.removed[i] = true;
            continue;
        }
        const auto before = parseJsonText(member->value.of(object), what), after = parseJsonText(*field.value, what);
        if (before && after && *before == *after)
            continue;
        edit.replaced[i] = std::string(object.substr(member->whole.begin, member->value.begin - member->whole.begin)) + *field.value;
    }
    return editedContainer(object, *container, edit);
}

} // namespace nordlys::core

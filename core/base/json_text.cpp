// SPDX-License-Identifier: Apache-2.0
#include "json_text.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <vector>

namespace nordlys::core {

namespace {

constexpr std::size_t kMaxDepth = 100;

std::size_t lineOf(std::string_view text, std::size_t position)
{
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(position, text.size()));
    return static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1;
}

// The parser's destructor recurses, so depth is checked before it sees the text.
bool isTooDeep(std::string_view text)
{
    std::size_t depth = 0;
    bool inString = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '[' || c == '{') {
            if (++depth > kMaxDepth)
                return true;
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return false;
}

// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ..." without the library's own prefix.
std::string reason(std::string_view message)
{
    const std::size_t end = message.find("] ");
    return std::string(end == std::string_view::npos ? message : message.substr(end + 2)).substr(0, 300);
}

/// Hears a text that is known to be JSON and remembers the first key that stands twice in one object. The library's own callback would do, but it looks
/// through everything parsed so far after every object of a list.
class KeyWatch : public nlohmann::json_sax<nlohmann::json> {
public:
    [[nodiscard]] const std::string &repeated() const { return m_repeated; }
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t &) override { return true; }
    bool string(string_t &) override { return true; }
    bool binary(binary_t &) override { return true; }
    bool start_object(std::size_t) override
    {
        m_keys.emplace_back();
        return true;
    }
    bool key(string_t &name) override
    {
        if (!m_keys.back().insert(name).second && m_repeated.empty())
            m_repeated = name.substr(0, 200);
        return m_repeated.empty();
    }
    bool end_object() override
    {
        m_keys.pop_back();
        return true;
    }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t, const std::string &, const nlohmann::detail::exception &) override { return false; }

private:
    std::vector<std::unordered_set<std::string>> m_keys;
    std::string m_repeated;
};

} // namespace

Expected<nlohmann::json> parseJsonText(std::string_view text, const std::string &what)
{
    if (isTooDeep(text))
        return badInput(what, "the JSON text is nested deeper than 100 levels");
    try {
        nlohmann::json document = nlohmann::json::parse(text);
        KeyWatch watch;
        nlohmann::json::sax_parse(text, &watch);
        if (!watch.repeated().empty())
            return badInput(what, "the key '" + watch.repeated() + "' stands twice in one object");
        return document;
    } catch (const nlohmann::json::parse_error &error) {
        return badInput(what + " line " + std::to_string(lineOf(text, error.byte)),
                        "this is no JSON (" + reason(error.what()) + ")");
    } catch (const nlohmann::json::exception &error) {
        return badInput(what, reason(error.what()));
    }
}

std::string jsonQuoted(std::string_view text)
{
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string jsonNumber(double value)
{
    char buffer[32];
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value);
    std::string text(buffer, end);
    if (text.find_first_of(".e") == std::string::npos)
        text += ".0";
    return text;
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "node_query.h"

#include <algorithm>
#include <charconv>

namespace nordlys::core {

namespace {

char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::string lowered(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(), lower);
    return result;
}

bool hasWildcard(std::string_view pattern) { return pattern.find_first_of("*?") != std::string_view::npos; }

/// `pattern` (lower case) against the whole text; the last star is tried again, so the time is bounded by pattern x text.
bool matchesWhole(std::string_view pattern, std::string_view text)
{
    std::size_t p = 0, t = 0, star = std::string_view::npos, starText = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            starText = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == lower(text[t]))) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++starText;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

bool matchesPart(std::string_view pattern, std::string_view text)
{
    return !std::ranges::search(text, pattern, {}, lower).empty() || pattern.empty();
}

/// The whole operator name, or one of those fused into "Conv+Relu".
bool matchesOperator(std::string_view pattern, std::string_view op)
{
    if (matchesWhole(pattern, op))
        return true;
    for (std::size_t start = 0; start < op.size();) {
        const std::size_t plus = std::min(op.find('+', start), op.size());
        if (matchesWhole(pattern, op.substr(start, plus - start)))
            return true;
        start = plus + 1;
    }
    return false;
}

/// Words at spaces outside of quotes; the quotes are dropped.
std::vector<std::string> wordsOf(std::string_view text)
{
    std::vector<std::string> words;
    std::string word;
    bool isQuoted = false, any = false;
    for (const char letter : text) {
        if (letter == '"') {
            isQuoted = !isQuoted;
        } else if (!isQuoted && (letter == ' ' || letter == '\t' || letter == '\n')) {
            if (any)
                words.push_back(std::move(word));
            word.clear();
            any = false;
        } else {
            word += letter;
            any = true;
        }
    }
    if (any)
        words.push_back(std::move(word));
    return words;
}

std::optional<double> percentOf(std::string text)
{
    if (text.ends_with('%'))
        text.pop_back();
    std::ranges::replace(text, ',', '.');
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::vector<std::string> splitAtCommas(const std::string &text)
{
    std::vector<std::string> parts;
    std::size_t start = 0;
    while (start <= text.size()) {
        const std::size_t comma = std::min(text.find(',', start), text.size());
        if (comma > start)
            parts.push_back(text.substr(start, comma - start));
        start = comma + 1;
    }
    return parts;
}

} // namespace

NodeQuery::NodeQuery(std::string_view text)
{
    for (const std::string &original : wordsOf(text)) {
        std::string word = lowered(original);
        Term term;
        if (word.size() > 1 && word.front() == '!') {
            term.isNegated = true;
            word.erase(0, 1);
        }
        const auto isKey = [&word](std::string_view key) { return word.starts_with(key) && word.size() > key.size(); };
        if (isKey("op:")) {
            term.field = Field::Op;
            term.patterns = splitAtCommas(word.substr(3));
        } else if (isKey("backend:")) {
            term.field = Field::Backend;
            term.patterns = splitAtCommas(word.substr(8));
        } else if (isKey("kind:")) {
            term.field = Field::Kind;
            term.patterns = splitAtCommas(word.substr(5));
        } else if (isKey("name:")) {
            term.patterns = {word.substr(5)};
        } else if (const auto above = isKey("share>") ? percentOf(word.substr(6)) : std::nullopt) {
            term.field = Field::ShareAbove;
            term.percent = *above;
        } else if (const auto below = isKey("share<") ? percentOf(word.substr(6)) : std::nullopt) {
            term.field = Field::ShareBelow;
            term.percent = *below;
        } else {
            term.patterns = {word};
        }
        m_terms.push_back(std::move(term));
    }
}

bool NodeQuery::matches(const Term &term, const Row &row)
{
    const auto any = [&term](auto &&matchesOne) { return std::ranges::any_of(term.patterns, matchesOne); };
    switch (term.field) {
    case Field::Name:
        return any([&](const std::string &part) { return hasWildcard(part) ? matchesWhole(part, row.name) : matchesPart(part, row.name); });
    case Field::Op:
        return any([&](const std::string &part) { return matchesOperator(part, row.op); });
    case Field::Backend:
        return any([&](const std::string &part) { return matchesWhole(part, row.backend); });
    case Field::Kind:
        return any([&](const std::string &part) { return matchesPart(part, row.kind); });
    case Field::ShareAbove:
        return row.sharePercent && *row.sharePercent > term.percent;
    case Field::ShareBelow:
        return row.sharePercent && *row.sharePercent < term.percent;
    }
    return false;
}

bool NodeQuery::matches(const Row &row) const
{
    return std::ranges::all_of(m_terms, [&](const Term &term) { return matches(term, row) != term.isNegated; });
}

std::vector<NodeId> selectNodes(const Graph &graph, std::string_view query, const std::vector<Backend> &backends)
{
    if (const NodeId exact = graph.findNode(query); exact.isValid())
        return {exact};
    std::vector<NodeId> selected;
    const NodeQuery parsed(query);
    if (parsed.isEmpty())
        return selected;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const NodeId node(i);
        if (parsed.matches({graph.nameOf(node), graph.opOf(node), {}, i < backends.size() ? nameOf(backends[i]) : std::string_view(), {}}))
            selected.push_back(node);
    }
    return selected;
}

Expected<QueryAssignment> parseQueryAssignment(std::string_view text)
{
    const std::string what = "'" + std::string(text.substr(0, 200)) + "'";
    const std::string form = "Write QUERY=BACKEND, for example op:Conv=htp.";
    const std::size_t sign = text.rfind('=');
    if (sign == std::string_view::npos)
        return usageError(what, "it has no '='", form);
    const auto backend = backendFromName(text.substr(sign + 1));
    if (!backend)
        return usageError(what, "the backend '" + std::string(text.substr(sign + 1, 64)) + "' is not known", "Backends are cpu, gpu and htp.");
    const std::string_view query = text.substr(0, sign);
    if (query.find_first_not_of(" \t") == std::string_view::npos)
        return usageError(what, "it selects nothing", form);
    return QueryAssignment{std::string(query), *backend};
}

} // namespace nordlys::core

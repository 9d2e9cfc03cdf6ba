// SPDX-License-Identifier: Apache-2.0
#include "change.h"

#include <fmt/format.h>

#include <algorithm>

namespace nordlys::core {

namespace {

constexpr int kMaxNesting = 32;

std::string printable(std::string text)
{
    for (char &c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = '?';
    }
    return text;
}

std::string encodingText(const EncodingEntry &entry)
{
    const Encoding &encoding = entry.encoding;
    std::string text = encoding.isFloat ? fmt::format("float{}", encoding.bitwidth) : fmt::format("{} bit", encoding.bitwidth);
    if (!encoding.isFloat && encoding.symmetric)
        text += ", symmetric";
    if (encoding.isBlockwise())
        text += fmt::format(", {} blocks of {}", encoding.grids.size(), encoding.blockSize);
    else if (encoding.isPerChannel())
        text += fmt::format(", {} channels", encoding.grids.size());
    else if (!encoding.grids.empty())
        text += fmt::format(", {:.6g}..{:.6g}", encoding.grids[0].min, encoding.grids[0].max);
    return text + (entry.locked ? ", locked" : "");
}

// What the map holds under the key, set to `value` (or removed); returns what was there.
template <typename Map>
std::optional<typename Map::mapped_type> exchange(Map &map, const std::string &key,
                                                  const std::optional<typename Map::mapped_type> &value)
{
    std::optional<typename Map::mapped_type> before;
    if (const auto it = map.find(key); it != map.end()) {
        before = std::move(it->second);
        if (value)
            it->second = *value;
        else
            map.erase(it);
    } else if (value) {
        map.emplace(key, *value);
    }
    return before;
}

struct Applier {
    EditState &state;
    int depth;

    Expected<Change> operator()(const SetEncoding &change) const
    {
        if (change.tensor.empty())
            return badInput("change of an encoding", "it names no tensor");
        if (change.entry)
            NORDLYS_TRY(checkEncoding(change.entry->encoding, change.tensor));
        return Change{SetEncoding{change.tensor, exchange(state.encodings.entries, change.tensor, change.entry)}};
    }
    Expected<Change> operator()(const SetBackend &change) const
    {
        if (change.node.empty())
            return badInput("change of a backend", "it names no node");
        return Change{SetBackend{change.node, exchange(state.placement, change.node, change.backend)}};
    }
    Expected<Change> operator()(const SetBuildOption &change) const
    {
        if (change.key.empty())
            return badInput("change of a build option", "it names no option");
        return Change{SetBuildOption{change.key, exchange(state.buildOptions, change.key, change.value)}};
    }
    Expected<Change> operator()(const std::shared_ptr<const ChangeBatch> &batch) const
    {
        if (!batch)
            return badInput("batch of changes", "it is empty");
        if (depth >= kMaxNesting)
            return badInput("batch of changes", "batches are nested too deeply");
        auto inverse = std::make_shared<ChangeBatch>();
        inverse->title = batch->title;
        for (const Change &change : batch->changes) {
            auto undo = std::visit(Applier{state, depth + 1}, change.value);
            if (!undo) {
                for (auto it = inverse->changes.rbegin(); it != inverse->changes.rend(); ++it)
                    (void)std::visit(Applier{state, 0}, it->value); // what was there before passed its checks then
                return std::move(undo.error());
            }
            inverse->changes.push_back(*std::move(undo));
        }
        std::reverse(inverse->changes.begin(), inverse->changes.end());
        return Change{std::shared_ptr<const ChangeBatch>(std::move(inverse))};
    }
};

struct Printer {
    std::string operator()(const SetEncoding &change) const
    {
        return change.tensor + ": " + (change.entry ? encodingText(*change.entry) : "no encoding");
    }
    std::string operator()(const SetBackend &change) const
    {
        return change.node + ": " + (change.backend ? std::string(nameOf(*change.backend)) : "automatic");
    }
    std::string operator()(const SetBuildOption &change) const
    {
        return change.key + (change.value ? " = " + *change.value : ": default");
    }
    std::string operator()(const std::shared_ptr<const ChangeBatch> &batch) const
    {
        if (!batch)
            return "nothing";
        const std::string count = fmt::format("{} {}", batch->changes.size(), batch->changes.size() == 1 ? "change" : "changes");
        return batch->title.empty() ? count : batch->title + " (" + count + ")";
    }
};

// Both maps are sorted: one walk over the two finds what was removed, added and changed.
template <typename Map, typename Emit>
void compare(const Map &from, const Map &to, Emit emit)
{
    auto a = from.begin();
    auto b = to.begin();
    while (a != from.end() || b != to.end()) {
        if (b == to.end() || (a != from.end() && a->first < b->first)) {
            emit(a->first, std::nullopt);
            ++a;
        } else if (a == from.end() || b->first < a->first) {
            emit(b->first, std::optional(b->second));
            ++b;
        } else {
            if (!(a->second == b->second))
                emit(b->first, std::optional(b->second));
            ++a;
            ++b;
        }
    }
}

} // namespace

std::string_view nameOf(Backend backend)
{
    switch (backend) {
    case Backend::Cpu: return "cpu";
    case Backend::Gpu: return "gpu";
    case Backend::Htp: return "htp";
    }
    return "cpu";
}

std::optional<Backend> backendFromName(std::string_view name)
{
    for (const Backend backend : {Backend::Cpu, Backend::Gpu, Backend::Htp}) {
        if (nameOf(backend) == name)
            return backend;
    }
    return std::nullopt;
}

std::string Change::text() const { return printable(std::visit(Printer(), value)); }

Expected<Change> applyChange(EditState &state, const Change &change) { return std::visit(Applier{state, 0}, change.value); }

Change difference(const EditState &from, const EditState &to, std::string title)
{
    auto batch = std::make_shared<ChangeBatch>();
    batch->title = std::move(title);
    compare(from.encodings.entries, to.encodings.entries, [&](const std::string &key, const std::optional<EncodingEntry> &value) {
        batch->changes.push_back({SetEncoding{key, value}});
    });
    compare(from.placement, to.placement, [&](const std::string &key, const std::optional<Backend> &value) {
        batch->changes.push_back({SetBackend{key, value}});
    });
    compare(from.buildOptions, to.buildOptions, [&](const std::string &key, const std::optional<std::string> &value) {
        batch->changes.push_back({SetBuildOption{key, value}});
    });
    return Change{std::shared_ptr<const ChangeBatch>(std::move(batch))};
}

} // namespace nordlys::core

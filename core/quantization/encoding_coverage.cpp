// SPDX-License-Identifier: Apache-2.0
#include "encoding_file.h"
#include "encoding_usage.h"

#include "quantizable.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>

namespace nordlys::core {

namespace {

/// Is one name the end of the other, behind a separator?
bool isTail(std::string_view whole, std::string_view tail)
{
    return whole.size() > tail.size() + 1 && tail.size() >= 2 && whole.ends_with(tail) && whole[whole.size() - tail.size() - 1] == '_';
}

class Coverage {
public:
    Coverage(const Graph &graph, const EncodingSet &set) : m_graph(graph), m_set(set), m_items(quantizableTensors(graph))
    {
        for (const QuantizableTensor &item : m_items)
            m_byName.emplace(graph.nameOf(item.tensor), &item);
        for (const Tensor &tensor : graph.tensors)
            m_names.insert(graph.names.text(tensor.name));
    }

    EncodingCoverage check()
    {
        for (const auto &[name, entry] : m_set.entries)
            checkEntry(name, entry);
        findMissing();
        findRenamed();
        checkGroups();
        return std::move(m_result);
    }

private:
    void violation(std::string_view tensor, std::string rule, std::string message, std::string fix)
    {
        m_result.violations.push_back({std::string(tensor), std::move(rule), std::move(message), std::move(fix)});
    }

    void checkEntry(const std::string &name, const EncodingEntry &entry)
    {
        const auto known = m_byName.find(name);
        if (known == m_byName.end()) {
            if (m_names.contains(name))
                violation(name, "not-encodable",
                          "this tensor has no encoding of its own (it is inside a fused operator, or no stored real value)",
                          "Remove the entry.");
            else
                m_result.extra.push_back(name);
            return;
        }
        ++m_result.matched;
        if (auto fits = checkEncoding(entry.encoding, name); !fits)
            violation(name, "grid", fits.error().why, fits.error().fix);
        const QuantizableTensor &item = *known->second;
        const bool isActivation = item.kind == QuantizableKind::Activation;
        if (isActivation != (entry.kind == EncodingKind::Activation)) {
            violation(name, "kind",
                      isActivation ? "it is an activation, the entry stands among the parameters"
                                   : "it is a parameter, the entry stands among the activations",
                      "Move the entry to the other section.");
        }
        if (entry.encoding.axis >= 0 || entry.encoding.isBlockwise())
            checkChannels(name, entry.encoding, item);
    }

    void checkChannels(const std::string &name, const Encoding &encoding, const QuantizableTensor &item)
    {
        const int axis = item.channelAxis;
        if (axis < 0 || (encoding.isBlockwise() && item.kind != QuantizableKind::Weight)) {
            violation(name, "channel-axis", "this tensor takes one encoding for all its values", "Use a single encoding.");
            return;
        }
        if (encoding.axis >= 0 && encoding.axis != axis) {
            violation(name, "channel-axis",
                      fmt::format("its channels are counted along axis {}, the operator's output channels lie along axis {}",
                                  encoding.axis, axis),
                      fmt::format("Use axis {}.", axis));
        }
        const auto &shape = m_graph.tensor(item.tensor).shape;
        if (encoding.isBlockwise()) {
            checkBlockCount(name, encoding, shape);
            return;
        }
        if (!shape || static_cast<std::size_t>(axis) >= shape->size() || !(*shape)[static_cast<std::size_t>(axis)].isKnown())
            return;
        const std::int64_t channels = (*shape)[static_cast<std::size_t>(axis)].value;
        if (static_cast<std::int64_t>(encoding.grids.size()) != channels) {
            violation(name, "channel-count",
                      fmt::format("it has {} channel encodings, the tensor has {} channels", encoding.grids.size(), channels),
                      fmt::format("Give 1 or {} encodings.", channels));
        }
    }

    void checkBlockCount(const std::string &name, const Encoding &encoding, const std::optional<Shape> &shape)
    {
        const auto dims = shape ? knownDims(*shape) : std::nullopt;
        if (!dims)
            return;
        const auto needed = gridCountFor(encoding, *dims);
        if (!needed || *needed != encoding.grids.size())
            violation(name, "channel-count",
                      needed ? fmt::format("it has {} block encodings, the tensor has {} blocks", encoding.grids.size(), *needed) : needed.error().why,
                      "Export the encodings of this tensor again.");
    }

    void findMissing()
    {
        std::set<TensorId> covered;
        for (const QuantizableTensor &item : m_items) {
            if (m_set.find(m_graph.nameOf(item.tensor)))
                covered.insert(item.group);
        }
        for (const QuantizableTensor &item : m_items) {
            if (item.kind != QuantizableKind::Bias && !covered.contains(item.group))
                m_result.missing.emplace_back(m_graph.nameOf(item.tensor));
        }
    }

    void findRenamed()
    {
        std::map<std::string, std::vector<std::string>> missing, extra;
        for (const std::string &name : m_result.missing)
            missing[sanitisedName(name)].push_back(name);
        for (const std::string &name : m_result.extra)
            extra[sanitisedName(name)].push_back(name);
        for (const auto &[key, from] : extra) {
            const auto to = missing.find(key);
            if (to == missing.end() || from.size() != 1 || to->second.size() != 1) // several candidates: no guess
                continue;
            takeRenamed(from.front(), to->second.front(), "the names are equal but for characters that converters replace");
        }
        findRenamedTails();
    }

    void takeRenamed(std::string from, std::string to, std::string evidence)
    {
        std::erase(m_result.extra, from);
        std::erase(m_result.missing, to);
        m_result.renamed.push_back({std::move(from), std::move(to), std::move(evidence)});
    }

    void findRenamedTails()
    {
        if (m_result.extra.size() > 2000 || m_result.missing.size() > 2000) // another model altogether
            return;
        std::map<std::string, std::vector<std::string>> forward, backward;
        for (const std::string &from : m_result.extra) {
            for (const std::string &to : m_result.missing) {
                const std::string a = sanitisedName(from), b = sanitisedName(to);
                if ((isTail(a, b) || isTail(b, a)) && couldBe(m_set.entries.at(from), *m_byName.at(to))) {
                    forward[from].push_back(to);
                    backward[to].push_back(from);
                }
            }
        }
        for (const auto &[from, to] : forward) {
            if (to.size() == 1 && backward.at(to.front()).size() == 1)
                takeRenamed(from, to.front(), "one name is the end of the other, and section and channels fit");
        }
    }

    [[nodiscard]] bool couldBe(const EncodingEntry &entry, const QuantizableTensor &item) const
    {
        if ((item.kind == QuantizableKind::Activation) != (entry.kind == EncodingKind::Activation))
            return false;
        if (entry.encoding.axis < 0 && !entry.encoding.isBlockwise())
            return true;
        const auto &shape = m_graph.tensor(item.tensor).shape;
        const auto dims = shape ? knownDims(*shape) : std::nullopt;
        if (!dims)
            return true;
        const auto needed = gridCountFor(entry.encoding, *dims);
        return needed && *needed == entry.encoding.grids.size();
    }

    void checkGroups()
    {
        std::unordered_map<TensorId, std::pair<std::string_view, const Encoding *>> first;
        for (const QuantizableTensor &item : m_items) {
            const std::string_view name = m_graph.nameOf(item.tensor);
            const EncodingEntry *entry = item.kind == QuantizableKind::Activation ? m_set.find(name) : nullptr;
            if (!entry)
                continue;
            const auto [it, isNew] = first.try_emplace(item.group, name, &entry->encoding);
            if (isNew || sameGrid(*it->second.second, entry->encoding))
                continue;
            violation(name, "tied",
                      fmt::format("its encoding differs from that of '{}', though the operators between them only move data",
                                  it->second.first),
                      fmt::format("Use the encoding of '{}' for both.", it->second.first));
        }
    }

    static bool sameGrid(const Encoding &a, const Encoding &b)
    {
        return a.bitwidth == b.bitwidth && a.isFloat == b.isFloat &&
               std::equal(a.grids.begin(), a.grids.end(), b.grids.begin(), b.grids.end(),
                          [](const Grid &x, const Grid &y) { return x.scale == y.scale && x.zeroPoint == y.zeroPoint; });
    }

    const Graph &m_graph;
    const EncodingSet &m_set;
    std::vector<QuantizableTensor> m_items;
    std::map<std::string_view, const QuantizableTensor *> m_byName;
    std::set<std::string_view> m_names;
    EncodingCoverage m_result;
};

} // namespace

EncodingCoverage checkCoverage(const Graph &graph, const EncodingSet &set) { return Coverage(graph, set).check(); }

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "matching.h"

#include <unordered_map>
#include <unordered_set>

namespace nordlys::core {

namespace {

constexpr std::size_t kShownName = 300;

class Matcher {
public:
    explicit Matcher(const Graph &graph) : m_graph(graph)
    {
        for (std::size_t i = 0; i < graph.tensors.size(); ++i)
            m_tensors.emplace(graph.nameOf(TensorId(i)), TensorId(i));
        for (std::size_t i = 0; i < graph.nodes.size(); ++i)
            m_nodes.emplace(graph.nameOf(NodeId(i)));
    }

    /// Empty: it fits.
    [[nodiscard]] std::string whyNot(const std::string &tensor, const EncodingEntry &entry) const
    {
        const auto found = m_tensors.find(tensor);
        const std::string shown = "tensor '" + tensor.substr(0, kShownName) + "'";
        if (found == m_tensors.end())
            return shown + " is not in the model";
        const Tensor &target = m_graph.tensor(found->second);
        if (!target.shape)
            return {};
        if (entry.encoding.isBlockwise())
            return whyBlocksDoNotFit(shown, entry.encoding, *target.shape);
        if (!entry.encoding.isPerChannel())
            return {};
        const auto axis = static_cast<std::size_t>(entry.encoding.axis);
        if (axis >= target.shape->size())
            return shown + " has no axis " + std::to_string(axis);
        const Dim &dim = (*target.shape)[axis];
        if (dim.isKnown() && static_cast<std::size_t>(dim.value) != entry.encoding.grids.size())
            return shown + " has " + std::to_string(dim.value) + " channels, its encoding " +
                   std::to_string(entry.encoding.grids.size());
        return {};
    }
    [[nodiscard]] std::string whyNot(const std::string &node) const
    {
        return m_nodes.contains(node) ? std::string() : "operator '" + node.substr(0, kShownName) + "' is not in the model";
    }

private:
    static std::string whyBlocksDoNotFit(const std::string &shown, const Encoding &encoding, const Shape &shape)
    {
        const auto dims = knownDims(shape);
        if (!dims)
            return {};
        const auto needed = gridCountFor(encoding, *dims);
        if (!needed)
            return shown + ": " + needed.error().why;
        if (*needed == encoding.grids.size())
            return {};
        return shown + " has " + std::to_string(*needed) + " blocks, its encoding " + std::to_string(encoding.grids.size());
    }

    const Graph &m_graph;
    std::unordered_map<std::string_view, TensorId> m_tensors;
    std::unordered_set<std::string_view> m_nodes;
};

std::optional<Change> match(const Change &change, const Matcher &matcher, std::vector<std::string> &lost)
{
    if (const auto *encoding = std::get_if<SetEncoding>(&change.value)) {
        if (encoding->entry) {
            if (std::string why = matcher.whyNot(encoding->tensor, *encoding->entry); !why.empty()) {
                lost.push_back(std::move(why));
                return std::nullopt;
            }
        }
        return change;
    }
    if (const auto *backend = std::get_if<SetBackend>(&change.value)) {
        if (backend->backend) {
            if (std::string why = matcher.whyNot(backend->node); !why.empty()) {
                lost.push_back(std::move(why));
                return std::nullopt;
            }
        }
        return change;
    }
    const auto *batch = std::get_if<std::shared_ptr<const ChangeBatch>>(&change.value);
    if (!batch || !*batch)
        return change;
    auto kept = std::make_shared<ChangeBatch>();
    kept->title = (*batch)->title;
    for (const Change &part : (*batch)->changes) {
        if (auto fitting = match(part, matcher, lost))
            kept->changes.push_back(*std::move(fitting));
    }
    if (kept->changes.empty() && !(*batch)->changes.empty())
        return std::nullopt;
    return Change{std::shared_ptr<const ChangeBatch>(std::move(kept))};
}

} // namespace

MatchedEdits matchEdits(const EditState &edits, const Graph &graph)
{
    const Matcher matcher(graph);
    MatchedEdits matched;
    matched.edits.buildOptions = edits.buildOptions;
    for (const auto &[tensor, entry] : edits.encodings.entries) {
        if (std::string why = matcher.whyNot(tensor, entry); why.empty())
            matched.edits.encodings.entries.emplace_hint(matched.edits.encodings.entries.end(), tensor, entry);
        else
            matched.lost.push_back(std::move(why));
    }
    for (const auto &[node, backend] : edits.placement) {
        if (std::string why = matcher.whyNot(node); why.empty())
            matched.edits.placement.emplace_hint(matched.edits.placement.end(), node, backend);
        else
            matched.lost.push_back(std::move(why));
    }
    return matched;
}

std::optional<Change> matchChange(const Change &change, const Graph &graph, std::vector<std::string> &lost)
{
    return match(change, Matcher(graph), lost);
}

std::size_t editCount(const EditState &edits)
{
    return edits.encodings.entries.size() + edits.placement.size() + edits.buildOptions.size();
}

} // namespace nordlys::core

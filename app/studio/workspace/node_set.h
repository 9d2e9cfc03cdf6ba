// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <core/base/ids.h>

#include <algorithm>
#include <vector>

namespace nordlys::studio {

/// Operators of one graph: ascending ids, and a test that costs the same for one as for ten thousand.
class NodeSet {
public:
    NodeSet() = default;
    /// Invalid and repeated ids are dropped.
    explicit NodeSet(std::vector<core::NodeId> nodes) : m_nodes(std::move(nodes))
    {
        std::erase_if(m_nodes, [](core::NodeId node) { return !node.isValid(); });
        std::ranges::sort(m_nodes);
        m_nodes.erase(std::unique(m_nodes.begin(), m_nodes.end()), m_nodes.end());
        m_held.resize(m_nodes.empty() ? 0 : m_nodes.back().index + 1);
        for (const core::NodeId node : m_nodes)
            m_held[node.index] = true;
    }

    [[nodiscard]] bool contains(core::NodeId node) const { return node.index < m_held.size() && m_held[node.index]; }
    [[nodiscard]] const std::vector<core::NodeId> &nodes() const { return m_nodes; }
    [[nodiscard]] std::size_t size() const { return m_nodes.size(); }
    [[nodiscard]] bool empty() const { return m_nodes.empty(); }
    friend bool operator==(const NodeSet &a, const NodeSet &b) { return a.m_nodes == b.m_nodes; }

private:
    std::vector<core::NodeId> m_nodes;
    std::vector<bool> m_held;
};

} // namespace nordlys::studio

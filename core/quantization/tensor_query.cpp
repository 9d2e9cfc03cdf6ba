// SPDX-License-Identifier: Apache-2.0
#include "tensor_query.h"

#include "quantizable.h"

#include <core/placement/node_query.h>

#include <algorithm>

#include <fnmatch.h>

namespace nordlys::core {

namespace {

bool isTermQuery(std::string_view query)
{
    if (query.starts_with('!'))
        query.remove_prefix(1);
    return query.starts_with("op:") || query.starts_with("name:") || query.starts_with("kind:");
}

std::string_view kindOf(QuantizableKind kind)
{
    switch (kind) {
    case QuantizableKind::Weight: return "weight";
    case QuantizableKind::Bias: return "bias";
    case QuantizableKind::Activation: break;
    }
    return "activation";
}

/// One query over all nodes and tensors.
class Selection {
public:
    Selection(const Graph &graph, const std::string &query) : m_graph(graph), m_pattern(query), m_terms(isTermQuery(query)), m_query(query)
    {
        m_ofKind = m_terms && query.find("kind:") != std::string::npos;
        m_nodes.assign(graph.nodes.size(), false);
        if (m_ofKind)
            return;
        for (std::size_t i = 0; i < graph.nodes.size() && !m_terms; ++i)
            m_nodes[i] = matchesPattern(std::string(graph.nameOf(NodeId(i))));
        if (m_terms) {
            for (const NodeId node : selectNodes(graph, query))
                m_nodes[node.index] = true;
        }
    }

    [[nodiscard]] bool selects(const QuantizableTensor &tensor) const
    {
        const Tensor &value = m_graph.tensor(tensor.tensor);
        const std::string name(m_graph.nameOf(tensor.tensor));
        const bool isActivation = tensor.kind == QuantizableKind::Activation;
        if (m_ofKind) {
            const NodeId node = isActivation ? value.producer : value.consumers.empty() ? NodeId() : value.consumers.front();
            NodeQuery::Row row;
            row.name = name;
            row.kind = kindOf(tensor.kind);
            if (node.isValid())
                row.op = m_graph.opOf(node);
            return m_query.matches(row);
        }
        if (!m_terms && matchesPattern(name))
            return true;
        if (value.producer.isValid() && m_nodes[value.producer.index])
            return true;
        return !isActivation && std::any_of(value.consumers.begin(), value.consumers.end(), [&](NodeId node) { return m_nodes[node.index]; });
    }

private:
    [[nodiscard]] bool matchesPattern(const std::string &name) const { return ::fnmatch(m_pattern.c_str(), name.c_str(), 0) == 0; }

    const Graph &m_graph;
    std::string m_pattern;
    bool m_terms = false, m_ofKind = false;
    NodeQuery m_query;
    std::vector<bool> m_nodes;
};

} // namespace

std::set<std::string, std::less<>> selectTensors(const Graph &graph, const std::vector<std::string> &queries)
{
    std::vector<Selection> selections;
    for (const std::string &query : queries)
        selections.emplace_back(graph, query);
    const auto tensors = quantizableTensors(graph);
    std::set<std::string, std::less<>> names;
    for (const QuantizableTensor &tensor : tensors) {
        if (std::any_of(selections.begin(), selections.end(), [&](const Selection &selection) { return selection.selects(tensor); }))
            names.emplace(graph.nameOf(tensor.tensor));
    }
    for (const QuantizableTensor &tensor : tensors) {
        for (const TensorId factor : {tensor.biasActivation, tensor.biasWeight}) {
            if (factor.isValid() && names.contains(graph.nameOf(factor)))
                names.emplace(graph.nameOf(tensor.tensor));
        }
    }
    return names;
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/graph/graph.h>
#include <core/project/change.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nordlys::core {

/// The one query language of window and command line. Terms are separated by spaces and must all match:
///
///     stem            part of the name          *stem*/conv?    with * or ?: the whole name
///     name:stem       the same, spelled out     name:"a b"      quotes keep spaces
///     op:Conv         the whole operator name (also one of those fused into Conv+Relu), * and ? are wildcards; op:Conv,Gemm: one of them
///     backend:htp     where it is placed        kind:act        part of the kind (activation, weight, bias)
///     share>2%        share of the total, also <
///     !TERM           the term must not match
///
/// Upper and lower case of ASCII letters are the same. Any text is a query: what is no known term is a plain word.
class NodeQuery {
public:
    explicit NodeQuery(std::string_view text = {});

    /// What one row has to offer; parts that a row lacks do not match terms that ask for them.
    struct Row {
        std::string_view name, op, kind, backend;
        std::optional<double> sharePercent;
    };
    [[nodiscard]] bool matches(const Row &row) const;
    [[nodiscard]] bool isEmpty() const { return m_terms.empty(); }

private:
    enum class Field { Name, Op, Kind, Backend, ShareAbove, ShareBelow };
    struct Term {
        Field field = Field::Name;
        bool isNegated = false;
        std::vector<std::string> patterns; ///< lower case; one must match
        double percent = 0;
    };
    static bool matches(const Term &term, const Row &row);

    std::vector<Term> m_terms;
};

/// Nodes that the query selects, in graph order. A text that is exactly a node's name selects that node alone. `backends` (indexed by
/// NodeId, may be empty) feeds `backend:`. An empty query selects nothing.
std::vector<NodeId> selectNodes(const Graph &graph, std::string_view query, const std::vector<Backend> &backends = {});

/// "QUERY=BACKEND", split at the last '='. Usage names the text when the backend is not known or the query is empty.
struct QueryAssignment {
    std::string query;
    Backend backend = Backend::Cpu;
};
Expected<QueryAssignment> parseQueryAssignment(std::string_view text);

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "placement.h"

#include <core/quantization/quantizable.h>

namespace nordlys::core {

/// Shape or Size of a tensor whose dimensions are all known: its value is, too.
bool isShapeQuery(const Graph &graph, const Node &node);

/// Facts about a graph that the reasons of all its nodes share.
struct LegalityFacts {
    LegalityFacts(const Graph &graph, const EncodingSet &encodings);
    LegalityFacts(const LegalityFacts &) = delete; // holds pointers into itself
    LegalityFacts &operator=(const LegalityFacts &) = delete;

    const Graph &graph;
    const EncodingSet &encodings;
    std::vector<bool> constants;             ///< per tensor: constant, or computed from constants and known shapes alone
    std::vector<const QuantizableTensor *> quantizable; ///< per tensor; null: gets no encoding
    std::vector<QuantizableTensor> list;

    /// Every output is computed from constants: the node does not run.
    [[nodiscard]] bool isFolded(NodeId node) const;
};

/// May the node run on the table's backend?
BackendReason reasonFor(const LegalityFacts &facts, NodeId node, const BackendTable &table);

} // namespace nordlys::core

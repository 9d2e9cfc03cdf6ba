// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "graph.h"

#include <core/base/error.h>

#include <map>
#include <string>
#include <vector>

namespace nordlys::core {

/// What free dimensions become. A name in `named` gets its number; every other free dimension of a graph input becomes `fallback`
/// (1, as the command line promises; -1 keeps it free).
struct DimBindings {
    std::map<std::string, std::int64_t> named;
    std::int64_t fallback = -1;
    /// Whole shapes of inputs by name; wins over both.
    std::map<std::string, Dims> inputShapes;
};

/// An operator that Nordlys does not know, or a node whose shapes contradict its rule; the graph stays usable for viewing.
struct InferenceFinding {
    NodeId node;
    std::string rule; ///< what is not met, in a sentence
};

/// Fills dtype and shape of every tensor it can, in node order, propagating the values of shape arithmetic. Shapes that the file states
/// are kept where inference knows nothing; a contradiction between both is a finding, inference wins.
/// BadInput only for bindings that contradict the model (unknown name, negative size).
Expected<std::vector<InferenceFinding>> inferShapes(Graph &graph, const DimBindings &bindings = {});

/// Type and shape of the outputs of one node from what the graph says of its inputs (constants included), by the operator table alone: what stood at
/// the outputs before is dropped, and what the rule leaves open stays open. BadInput names the rule that is not met; NotSupported: no such operator.
Expected<void> inferNodeShapes(Graph &graph, NodeId node);

} // namespace nordlys::core

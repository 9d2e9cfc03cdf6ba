// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/graph/graph.h>
#include <runtime/values/value.h>

#include <span>
#include <string>
#include <vector>

namespace nordlys::runtime {

/// An output that is fed back to an input between two runs.
struct StateLink {
    std::size_t output = 0, input = 0; ///< indices into Graph::outputs and Graph::inputs
    /// The output is scores, the input a list of integers: the position of the largest score of the last row is appended to the list (greedy decoding),
    /// per row of the leading dimensions. Otherwise the output itself becomes the input.
    bool appends = false;
};

/// Links of the form OUT=IN by the names of the graph; an integer input behind a floating output appends. Usage error for unknown names, an input that is
/// fed twice, and types that do not go together.
core::Expected<std::vector<StateLink>> parseStateLinks(std::span<const std::string> links, const core::Graph &graph);

/// What the input becomes for the next run. BadInput when the shapes do not fit.
core::Expected<Value> nextState(const StateLink &link, const Value &input, const Value &output);

} // namespace nordlys::runtime

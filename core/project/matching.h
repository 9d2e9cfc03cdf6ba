// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "change.h"

#include <core/graph/graph.h>

#include <string>
#include <vector>

namespace nordlys::core {

/// Edits are addressed by name, so they can be carried to another version of a model. What a model cannot take is left out and
/// named, one English line each: a tensor or node that it does not have, a per-channel encoding whose channels it does not have.

struct MatchedEdits {
    EditState edits;
    std::vector<std::string> lost; ///< "tensor 'conv1_out' is not in the model"
};
MatchedEdits matchEdits(const EditState &edits, const Graph &graph);

/// One change without the parts that the graph cannot take; nothing when no part is left. Adds to `lost` what it drops. Changes
/// that remove something always stay.
std::optional<Change> matchChange(const Change &change, const Graph &graph, std::vector<std::string> &lost);

/// Number of single edits in a state or change: encodings, backends and build options.
std::size_t editCount(const EditState &edits);

} // namespace nordlys::core

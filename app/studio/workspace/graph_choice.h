// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "filter_query.h"
#include "workspace.h"

#include <vector>

namespace nordlys::studio {

/// Operators that match, in model order. An empty query matches none. A share is that of the shown run.
std::vector<core::NodeId> nodesMatching(const Workspace &workspace, const FilterQuery &query);
/// The nodes and everything that their values depend on.
std::vector<core::NodeId> withUpstream(const core::Graph &graph, const std::vector<core::NodeId> &nodes);
/// The nodes and everything that depends on their values.
std::vector<core::NodeId> withDownstream(const core::Graph &graph, const std::vector<core::NodeId> &nodes);
/// What lies on the ways from one node to the other, both included, whichever comes first; only the two when none leads there.
std::vector<core::NodeId> nodesBetween(const core::Graph &graph, core::NodeId a, core::NodeId b);

} // namespace nordlys::studio

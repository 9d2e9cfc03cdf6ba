// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "placement.h"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace nordlys::core {

/// The document of `nordlys place`, schema "nordlys.place/1": nodes[{name,op,backend,assigned,segment,reasons[{backend,allowed,why,fix}]}],
/// segments[{id,backend,emulated,nodes[]}], crossings[{tensor,from,to,bytes,estimateUs}].
nlohmann::ordered_json placementToJson(const Graph &graph, const PlacementPlan &plan, const BackendCapabilities &capabilities);

/// Backends by node name out of such a document; the rest is not looked at. BadInput names what is wrong: no JSON, another schema, a node without
/// name or with an unknown backend, a node that stands twice with different backends. NotSupported: a newer version.
Expected<BackendAssignments> readPlacement(const std::filesystem::path &path);

} // namespace nordlys::core

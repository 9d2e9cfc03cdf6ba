// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend_table.h"

#include <core/graph/graph.h>
#include <core/quantization/encoding_set.h>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nordlys::core {

/// What a reason is about.
enum class ReasonKind {
    Supported,       ///< nothing stands in the way
    MissingEncoding, ///< allowed, but a build needs encodings for its tensors first
    Encoding,        ///< an encoding has a form that the backend does not take
    Unavailable,     ///< the whole backend cannot be used
    Operator,        ///< the backend has no such operator
    DataType,
    Rank,
};

/// May a node run on a backend, and why (not).
struct BackendReason {
    Backend backend = Backend::Cpu;
    bool allowed = false;
    std::string why; ///< one sentence without full stop, in English
    std::string fix; ///< the smallest change that would remove it; empty where nothing is in the way or nothing helps
    ReasonKind kind = ReasonKind::Supported;
    /// Tensors without an encoding that this backend needs (MissingEncoding), in the order of the node's inputs and outputs.
    std::vector<TensorId> missing;
};

struct NodePlacement {
    NodeId node;
    Backend backend = Backend::Cpu;
    bool assigned = false; ///< the user chose it; else automatic
    NodeId follows;        ///< valid: automatic, and taken from this assigned node of the same fused group
    bool isFolded = false; ///< computed from constants and known shapes alone while building: costs nothing at run time
    std::vector<BackendReason> reasons; ///< one per backend, in the order of kAllBackends

    [[nodiscard]] const BackendReason &reasonOf(Backend where) const { return reasons[static_cast<std::size_t>(where)]; }
};

/// Nodes that run together on one backend.
struct Segment {
    std::size_t id = 0; ///< its place in the order of execution: 0, 1, ...
    Backend backend = Backend::Cpu;
    std::vector<NodeId> nodes; ///< in order of execution
};

/// A tensor that one segment hands to another. One entry per tensor and receiving segment.
struct Crossing {
    TensorId tensor;
    std::size_t from = 0, to = 0; ///< segment ids, from < to
    std::int64_t bytes = 0;       ///< elements x size of the model's type; free dimensions count as 1
    double estimateUs = 0;        ///< *estimate*, see estimateCrossingUs
};

/// Which backend runs what.
struct PlacementPlan {
    static constexpr std::size_t kNoSegment = std::numeric_limits<std::size_t>::max();

    std::vector<NodePlacement> nodes; ///< indexed by NodeId
    std::vector<Segment> segments;    ///< in order of execution
    std::vector<Crossing> crossings;  ///< by receiving segment, then by tensor
    std::vector<std::size_t> segmentOfNode; ///< indexed by NodeId
    std::vector<std::string> unknownNodes;  ///< assignments whose node the graph does not have

    [[nodiscard]] std::size_t segmentOf(NodeId node) const
    {
        return node.index < segmentOfNode.size() ? segmentOfNode[node.index] : kNoSegment;
    }
    [[nodiscard]] const NodePlacement &of(NodeId node) const { return nodes[node.index]; }
};

using BackendAssignments = std::map<std::string, Backend, std::less<>>; ///< by node name, as EditState::placement

struct PlacementOptions {
    std::optional<Backend> allOn; ///< every node without an assignment goes there if it may, else to the CPU
};

/// Chooses a backend for every node and cuts the graph into segments.
///
/// Backends: an assignment holds even where it is not allowed (reasons say why; checkPlacement refuses it). Nodes without one take that
/// of the first assigned node of their fused group (core/quantization/fused_groups.h) if they may run there, else `allOn`, else the CPU.
///
/// Segments: same backend, connected by tensors, no cycle between segments, and maximal: no two segments that hand each other a tensor
/// directly could be merged without a cycle (above some 10,000 segments merging stops early; the rest stays true). Every node is in one;
/// folded nodes are in the segment of their first user and cause no crossing.
///
/// NotSupported: `allOn` names a backend that is not available. Any thread; linear in the graph but for very ragged placements.
Expected<PlacementPlan> planPlacement(const Graph &graph, const EncodingSet &encodings, const BackendAssignments &assignments,
                                      const BackendCapabilities &capabilities, const PlacementOptions &options = {});

/// Does every node's backend take it? NotSupported with reason and fix of the first that it does not (BadInput where an encoding's form is why);
/// missing encodings are no matter here.
Expected<void> checkAllowed(const Graph &graph, const PlacementPlan &plan);

/// May this plan be built? The first node that its backend does not take, as an Error with reason and fix: NotSupported, or BadInput where
/// encodings are missing or of a form that the backend does not take.
Expected<void> checkPlacement(const Graph &graph, const PlacementPlan &plan);

} // namespace nordlys::core

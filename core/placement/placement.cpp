// SPDX-License-Identifier: Apache-2.0
#include "placement.h"

#include "legality.h"
#include "segment_partition.h"

#include <core/graph/cost.h>
#include <core/quantization/fused_groups.h>

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace nordlys::core {

namespace {

class Planner {
public:
    Planner(const Graph &graph, const EncodingSet &encodings, const BackendCapabilities &capabilities)
        : m_graph(graph), m_capabilities(capabilities), m_facts(graph, encodings), m_inner(findFusedGroups(graph, m_facts.constants).inner)
    {
        m_plan.nodes.resize(graph.nodes.size());
        m_plan.segmentOfNode.assign(graph.nodes.size(), PlacementPlan::kNoSegment);
    }

    PlacementPlan run(const BackendAssignments &assignments, std::optional<Backend> allOn)
    {
        giveReasons();
        assign(assignments);
        followGroups();
        for (NodePlacement &place : m_plan.nodes) {
            if (!place.assigned && !place.follows.isValid())
                place.backend = allOn && place.reasonOf(*allOn).allowed ? *allOn : Backend::Cpu;
        }
        cutSegments();
        placeFoldedNodes();
        listSegments();
        listCrossings();
        return std::move(m_plan);
    }

private:
    void giveReasons()
    {
        for (std::size_t i = 0; i < m_plan.nodes.size(); ++i) {
            NodePlacement &place = m_plan.nodes[i];
            place.node = NodeId(i);
            place.isFolded = m_facts.isFolded(place.node);
            place.reasons.reserve(kAllBackends.size());
            for (const Backend backend : kAllBackends)
                place.reasons.push_back(reasonFor(m_facts, place.node, m_capabilities.of(backend)));
        }
    }

    void assign(const BackendAssignments &assignments)
    {
        if (assignments.empty())
            return;
        std::unordered_map<std::string_view, NodeId> byName;
        for (std::size_t i = 0; i < m_graph.nodes.size(); ++i)
            byName.emplace(m_graph.nameOf(NodeId(i)), NodeId(i));
        for (const auto &[name, backend] : assignments) {
            const auto it = byName.find(name);
            if (it == byName.end()) {
                m_plan.unknownNodes.push_back(name);
                continue;
            }
            m_plan.nodes[it->second.index].assigned = true;
            m_plan.nodes[it->second.index].backend = backend;
        }
    }

    /// What will be one operator keeps one backend, unless the user says otherwise for each part.
    void followGroups()
    {
        std::vector<NodeId> group(m_graph.nodes.size()); // first node of the group
        std::unordered_map<NodeId, NodeId> decided;      // first node of a group: its first assigned node
        for (std::size_t i = 0; i < group.size(); ++i) {
            group[i] = NodeId(i);
            for (const TensorId input : m_graph.nodes[i].inputs) {
                if (input.isValid() && m_inner[input.index] && m_graph.tensor(input).producer.isValid())
                    group[i] = group[m_graph.tensor(input).producer.index];
            }
            if (m_plan.nodes[i].assigned)
                decided.emplace(group[i], NodeId(i));
        }
        for (std::size_t i = 0; i < group.size(); ++i) {
            NodePlacement &place = m_plan.nodes[i];
            const auto it = decided.find(group[i]);
            if (place.assigned || it == decided.end())
                continue;
            const Backend backend = m_plan.of(it->second).backend;
            if (!place.reasonOf(backend).allowed)
                continue;
            place.backend = backend;
            place.follows = it->second;
        }
    }

    void cutSegments()
    {
        std::vector<std::size_t> item(m_graph.nodes.size(), PlacementPlan::kNoSegment); // folded nodes are left out
        std::vector<std::uint8_t> colors;
        for (std::size_t i = 0; i < item.size(); ++i) {
            if (m_plan.nodes[i].isFolded)
                continue;
            item[i] = colors.size();
            colors.push_back(static_cast<std::uint8_t>(m_plan.nodes[i].backend));
        }
        std::vector<std::vector<std::size_t>> successors(colors.size());
        for (std::size_t i = 0; i < item.size(); ++i) {
            if (item[i] == PlacementPlan::kNoSegment)
                continue;
            for (const TensorId input : m_graph.nodes[i].inputs) {
                if (!input.isValid() || !m_graph.tensor(input).producer.isValid())
                    continue;
                const std::size_t producer = item[m_graph.tensor(input).producer.index];
                if (producer != PlacementPlan::kNoSegment)
                    successors[producer].push_back(item[i]);
            }
        }
        const auto segments = partitionByColor(successors, colors);
        for (std::size_t i = 0; i < item.size(); ++i) {
            if (item[i] != PlacementPlan::kNoSegment)
                m_plan.segmentOfNode[i] = segments[item[i]];
        }
    }

    /// They depend on nothing, so their first user's segment may have them.
    void placeFoldedNodes()
    {
        for (std::size_t i = m_graph.nodes.size(); i-- > 0;) {
            if (!m_plan.nodes[i].isFolded)
                continue;
            std::size_t first = PlacementPlan::kNoSegment;
            for (const TensorId output : m_graph.nodes[i].outputs) {
                if (!output.isValid())
                    continue;
                for (const NodeId consumer : m_graph.tensor(output).consumers)
                    first = std::min(first, m_plan.segmentOf(consumer));
            }
            m_plan.segmentOfNode[i] = first == PlacementPlan::kNoSegment ? 0 : first;
        }
    }

    void listSegments()
    {
        for (std::size_t i = 0; i < m_graph.nodes.size(); ++i) {
            const std::size_t id = m_plan.segmentOfNode[i];
            if (id >= m_plan.segments.size())
                m_plan.segments.resize(id + 1);
            m_plan.segments[id].nodes.push_back(NodeId(i));
        }
        for (std::size_t id = 0; id < m_plan.segments.size(); ++id) {
            Segment &segment = m_plan.segments[id];
            segment.id = id;
            const auto runs = std::ranges::find_if(segment.nodes, [this](NodeId node) { return !m_plan.of(node).isFolded; });
            segment.backend = runs == segment.nodes.end() ? Backend::Cpu : m_plan.of(*runs).backend;
            for (const NodeId node : segment.nodes)
                m_plan.nodes[node.index].backend = segment.backend;
        }
    }

    void listCrossings()
    {
        for (const Segment &segment : m_plan.segments) {
            std::vector<TensorId> received;
            for (const NodeId node : segment.nodes) {
                if (m_plan.of(node).isFolded)
                    continue;
                for (const TensorId input : m_graph.node(node).inputs) {
                    if (!input.isValid() || m_facts.constants[input.index] || !m_graph.tensor(input).producer.isValid())
                        continue;
                    if (m_plan.segmentOf(m_graph.tensor(input).producer) != segment.id)
                        received.push_back(input);
                }
            }
            std::ranges::sort(received);
            received.erase(std::unique(received.begin(), received.end()), received.end());
            for (const TensorId tensor : received)
                addCrossing(tensor, m_plan.segmentOf(m_graph.tensor(tensor).producer), segment.id);
        }
    }

    void addCrossing(TensorId tensor, std::size_t from, std::size_t to)
    {
        const std::int64_t bytes = bytesOf(m_graph.tensor(tensor));
        const Backend giver = m_plan.segments[from].backend, taker = m_plan.segments[to].backend;
        m_plan.crossings.push_back(
            {tensor, from, to, bytes, estimateCrossingUs(m_capabilities.of(giver), m_capabilities.of(taker), bytes)});
        // Inside a fused group nothing is encoded; a value that leaves the group in the middle has to be.
        if (!m_inner[tensor.index] || m_facts.encodings.find(m_graph.nameOf(tensor)))
            return;
        std::vector<NodeId> users{m_graph.tensor(tensor).producer};
        for (const NodeId consumer : m_graph.tensor(tensor).consumers)
            users.push_back(consumer);
        for (const NodeId user : users) {
            NodePlacement &place = m_plan.nodes[user.index];
            BackendReason &reason = place.reasons[static_cast<std::size_t>(place.backend)];
            if (!m_capabilities.of(place.backend).needsEncodings || !reason.allowed)
                continue;
            reason.kind = ReasonKind::MissingEncoding;
            reason.missing.push_back(tensor);
            reason.why = fmt::format("'{}' lies inside what is fused into one operator, and so has no encoding; here it goes to another backend",
                                     m_graph.nameOf(tensor));
            reason.fix = "Put both nodes on one backend, or give an encoding for it.";
        }
    }

    const Graph &m_graph;
    const BackendCapabilities &m_capabilities;
    LegalityFacts m_facts;
    std::vector<bool> m_inner;
    PlacementPlan m_plan;
};

std::string subjectOf(const Graph &graph, const NodePlacement &place)
{
    return fmt::format("node '{}' on {}", graph.nameOf(place.node), nameOf(place.backend));
}

} // namespace

Expected<PlacementPlan> planPlacement(const Graph &graph, const EncodingSet &encodings, const BackendAssignments &assignments,
                                      const BackendCapabilities &capabilities, const PlacementOptions &options)
{
    if (options.allOn) {
        if (const auto &unavailable = capabilities.of(*options.allOn).unavailable)
            return notSupported("backend " + std::string(nameOf(*options.allOn)), unavailable->why, unavailable->fix);
    }
    return Planner(graph, encodings, capabilities).run(assignments, options.allOn);
}

Expected<void> checkAllowed(const Graph &graph, const PlacementPlan &plan)
{
    for (const NodePlacement &place : plan.nodes) {
        const BackendReason &reason = place.reasonOf(place.backend);
        if (place.isFolded || reason.allowed)
            continue;
        const std::string what = subjectOf(graph, place);
        return reason.kind == ReasonKind::Encoding ? badInput(what, reason.why, reason.fix) : notSupported(what, reason.why, reason.fix);
    }
    return {};
}

Expected<void> checkPlacement(const Graph &graph, const PlacementPlan &plan)
{
    NORDLYS_TRY(checkAllowed(graph, plan));
    for (const NodePlacement &place : plan.nodes) {
        const BackendReason &reason = place.reasonOf(place.backend);
        if (!place.isFolded && reason.kind == ReasonKind::MissingEncoding)
            return badInput(subjectOf(graph, place), reason.why, reason.fix);
    }
    return {};
}

} // namespace nordlys::core

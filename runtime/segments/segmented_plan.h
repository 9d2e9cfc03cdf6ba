// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/placement/placement.h>
#include <runtime/plan/plan.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nordlys::runtime {

/// One segment, planned. Its ports carry the source model's tensor names.
struct PlanSegment {
    core::Backend backend = core::Backend::Cpu;
    bool isEmulated = false;
    std::shared_ptr<const Plan> plan;
};

/// Where a segment's input comes from.
struct PortSource {
    std::optional<std::size_t> segment; ///< nothing: an input of the network
    std::size_t port = 0;               ///< index among the outputs of that segment, or among the network's inputs
};

/// A network as plans that run one after the other, with the tensors that they hand on. Immutable, thread-safe to read.
class SegmentedPlan {
public:
    /// Connects segments (in order of execution) by the names of their ports. BadInput where an input has no source before it, two segments write
    /// one tensor, an output is never written, or type or shape of both ends differ.
    static core::Expected<std::shared_ptr<const SegmentedPlan>> link(std::vector<PlanSegment> segments, std::vector<PortInfo> inputs,
                                                                     std::vector<std::string> outputs);

    [[nodiscard]] const std::vector<PlanSegment> &segments() const { return m_segments; }
    [[nodiscard]] const std::vector<PortInfo> &inputs() const { return m_inputs; }
    [[nodiscard]] const std::vector<PortInfo> &outputs() const { return m_outputs; }
    /// Source of every input of a segment, in the order of its plan's inputs.
    [[nodiscard]] const std::vector<PortSource> &sourcesOf(std::size_t segment) const { return m_sources[segment]; }
    /// Segment and port that hold an output of the network.
    [[nodiscard]] const PortSource &outputSource(std::size_t output) const { return m_outputSources[output]; }
    /// What a session measures, in order of execution: per segment first the boundary tensors that it receives, then its layers.
    [[nodiscard]] const std::vector<core::LayerInfo> &layers() const { return m_layers; }
    /// "float32" or "quantsim" where all segments agree, else "mixed".
    [[nodiscard]] std::string precisionName() const;
    [[nodiscard]] std::size_t arenaBytes() const; ///< of all segments
    [[nodiscard]] std::size_t weightBytes() const;

private:
    SegmentedPlan() = default;
    core::Expected<void> connect(const std::vector<std::string> &outputs);
    void listLayers();

    std::vector<PlanSegment> m_segments;
    std::vector<PortInfo> m_inputs, m_outputs;
    std::vector<std::vector<PortSource>> m_sources;
    std::vector<PortSource> m_outputSources;
    std::vector<core::LayerInfo> m_layers;
};

/// Plans every segment of a placement: those on `htp` as QuantSim, those on `cpu` with the precision of `options`. Segments on `htp`
/// are emulated and marked so. NotSupported for segments on `gpu`. A stop request ends it between segments with Interrupted. The memory budget
/// of `options` holds for all segments together.
core::Expected<std::shared_ptr<const SegmentedPlan>> buildSegmentedPlan(std::shared_ptr<const core::Model> model, const core::PlacementPlan &placement,
                                                                        const PlanOptions &options, const core::JobContext &job = {});

} // namespace nordlys::runtime

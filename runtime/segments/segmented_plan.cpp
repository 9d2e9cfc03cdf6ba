// SPDX-License-Identifier: Apache-2.0
#include "segmented_plan.h"

#include "segment_model.h"

#include <runtime/kernels/kernel.h>

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace nordlys::runtime {

namespace {

core::Error wrong(std::string why)
{
    return core::badInput("segments", std::move(why), "Build the artifact again");
}

bool sameForm(const PortInfo &a, const PortInfo &b)
{
    return a.dtype == b.dtype && a.dims == b.dims;
}

std::int64_t bytesOf(const PortInfo &port)
{
    std::int64_t count = 1;
    for (const std::int64_t dim : port.dims)
        count *= dim; // its plan has checked the product
    return static_cast<std::int64_t>(storageBytes(port.dtype, count));
}

} // namespace

core::Expected<std::shared_ptr<const SegmentedPlan>> SegmentedPlan::link(std::vector<PlanSegment> segments, std::vector<PortInfo> inputs,
                                                                         std::vector<std::string> outputs)
{
    auto plan = std::shared_ptr<SegmentedPlan>(new SegmentedPlan);
    plan->m_segments = std::move(segments);
    plan->m_inputs = std::move(inputs);
    NORDLYS_TRY(plan->connect(outputs));
    plan->listLayers();
    return std::shared_ptr<const SegmentedPlan>(std::move(plan));
}

core::Expected<void> SegmentedPlan::connect(const std::vector<std::string> &outputs)
{
    struct Place {
        PortSource source;
        const PortInfo *port = nullptr;
    };
    std::unordered_map<std::string, Place> known;  // what is there before the segment at hand runs
    std::unordered_map<std::string, Place> passed; // network inputs that a segment hands out unchanged
    for (std::size_t i = 0; i < m_inputs.size(); ++i) {
        if (!known.emplace(m_inputs[i].name, Place{{std::nullopt, i}, &m_inputs[i]}).second)
            return wrong(fmt::format("the input '{}' stands twice", m_inputs[i].name));
    }
    for (std::size_t s = 0; s < m_segments.size(); ++s) {
        const Plan &plan = *m_segments[s].plan;
        std::vector<PortSource> &sources = m_sources.emplace_back();
        for (const PortInfo &port : plan.inputs()) {
            const auto found = known.find(port.name);
            if (found == known.end())
                return wrong(fmt::format("segment {} reads '{}', which nothing before it computes", s, port.name));
            if (found->second.source.segment && (!port.isFixed || !found->second.port->isFixed))
                return core::notSupported(fmt::format("tensor '{}'", port.name), "only a run knows its size, so it cannot pass from one segment to another",
                                          "Put the operators around it on one backend.");
            if (!sameForm(port, *found->second.port))
                return wrong(fmt::format("segment {} reads '{}' in another type or shape than it is given", s, port.name));
            sources.push_back(found->second.source);
        }
        for (std::size_t p = 0; p < plan.outputs().size(); ++p) {
            const PortInfo &port = plan.outputs()[p];
            const Place place{{s, p}, &port};
            if (known.emplace(port.name, place).second)
                continue;
            const auto own = std::ranges::find(plan.inputs(), port.name, &PortInfo::name);
            if (own == plan.inputs().end())
                return wrong(fmt::format("segment {} computes '{}', which is there already", s, port.name));
            passed.emplace(port.name, place);
        }
    }
    for (const std::string &name : outputs) {
        auto found = known.find(name);
        if (found == known.end() || !found->second.source.segment) {
            found = passed.find(name);
            if (found == passed.end())
                return wrong(fmt::format("no segment computes the output '{}'", name));
        }
        m_outputSources.push_back(found->second.source);
        m_outputs.push_back(*found->second.port);
    }
    return {};
}

void SegmentedPlan::listLayers()
{
    for (std::size_t s = 0; s < m_segments.size(); ++s) {
        const PlanSegment &segment = m_segments[s];
        const auto place = [&](core::LayerInfo &layer) {
            layer.backend = core::nameOf(segment.backend);
            layer.segment = static_cast<std::uint32_t>(s);
            layer.isEmulated = segment.isEmulated;
        };
        for (std::size_t i = 0; i < m_sources[s].size(); ++i) {
            if (!m_sources[s][i].segment)
                continue;
            const PortInfo &port = segment.plan->inputs()[i];
            core::LayerInfo layer;
            layer.name = fmt::format("boundary {}-{}: {}", *m_sources[s][i].segment, s, port.name);
            layer.op = "Boundary";
            layer.kernel = "copy";
            layer.boundaryTensor = port.name;
            layer.boundaryBytes = bytesOf(port);
            place(layer);
            m_layers.push_back(std::move(layer));
        }
        for (core::LayerInfo layer : segment.plan->layers()) {
            place(layer);
            m_layers.push_back(std::move(layer));
        }
    }
}

std::string SegmentedPlan::precisionName() const
{
    for (const PlanSegment &segment : m_segments) {
        if (segment.plan->precision() != m_segments.front().plan->precision())
            return "mixed";
    }
    return std::string(nameOf(m_segments.empty() ? Precision::Float32 : m_segments.front().plan->precision()));
}

std::size_t SegmentedPlan::arenaBytes() const
{
    std::size_t total = 0;
    for (const PlanSegment &segment : m_segments)
        total += segment.plan->arenaBytes();
    return total;
}

std::size_t SegmentedPlan::weightBytes() const
{
    std::size_t total = 0;
    for (const PlanSegment &segment : m_segments)
        total += segment.plan->weightBytes();
    return total;
}

core::Expected<std::shared_ptr<const SegmentedPlan>> buildSegmentedPlan(std::shared_ptr<const core::Model> model, const core::PlacementPlan &placement,
                                                                        const PlanOptions &options, const core::JobContext &job)
{
    const core::Graph &graph = model->graph;
    std::vector<PlanSegment> segments;
    PlanOptions left = options;
    const std::size_t count = std::max<std::size_t>(1, placement.segments.size());
    for (std::size_t s = 0; s < count; ++s) {
        if (job.stopRequested())
            return core::interrupted("building the plan");
        PlanSegment segment;
        segment.backend = placement.segments.empty() ? core::Backend::Cpu : placement.segments[s].backend;
        if (segment.backend == core::Backend::Gpu)
            return core::notSupported("backend gpu", "the GPU backend does not exist in this version", "Use cpu or htp.");
        segment.isEmulated = segment.backend == core::Backend::Htp;
        // One segment is the model as it is.
        const auto part = count == 1 ? model : segmentModel(*model, placement, s);
        left.precision = segment.backend == core::Backend::Htp ? Precision::QuantSim : options.precision;
        left.encodings = left.precision == Precision::Float32 ? core::EncodingSet() : count == 1 ? options.encodings : encodingsOf(*part, options.encodings);
        core::JobContext own = job;
        if (job.progress)
            own.progress = [&job, s, count](std::uint64_t done, std::uint64_t total, std::string_view text) {
                job.progress(s * total + done, count * total, text);
            };
        auto plan = Plan::build(part, left, own);
        NORDLYS_TRY(plan);
        const std::uint64_t taken = (*plan)->arenaBytes() + (*plan)->weightBytes();
        left.memoryBudgetBytes -= std::min<std::uint64_t>(left.memoryBudgetBytes, taken);
        segment.plan = std::move(*plan);
        segments.push_back(std::move(segment));
    }
    std::vector<PortInfo> inputs;
    for (const core::TensorId id : graph.inputs) {
        const core::Tensor &tensor = graph.tensor(id);
        const auto dims = tensor.shape ? core::knownDims(*tensor.shape) : std::nullopt;
        if (tensor.kind != core::ValueKind::Tensor)
            return core::notSupported("input " + std::string(graph.nameOf(id)), "it is no tensor; artifacts take tensors", "Use infer.");
        if (!dims)
            return core::badInput("input " + std::string(graph.nameOf(id)), "its shape is not known", "Bind its free dimensions with --dim.");
        inputs.push_back({std::string(graph.nameOf(id)), tensor.dtype, *dims});
    }
    std::vector<std::string> outputs;
    for (const core::TensorId id : graph.outputs)
        outputs.emplace_back(graph.nameOf(id));
    return SegmentedPlan::link(std::move(segments), std::move(inputs), std::move(outputs));
}

} // namespace nordlys::runtime

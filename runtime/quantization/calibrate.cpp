// SPDX-License-Identifier: Apache-2.0
#include "calibrate.h"

#include "sample_workers.h"

#include <core/quantization/quantizable.h>
#include <runtime/plan/plan_data.h>
#include <runtime/session/session.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace nordlys::runtime {

namespace {

struct Extent {
    double min = std::numeric_limits<double>::infinity(), max = -min;
    std::uint64_t values = 0;

    void merge(const Extent &other)
    {
        min = std::min(min, other.min);
        max = std::max(max, other.max);
        values += other.values;
    }
};

/// Extent of float values; false when one is NaN or infinite.
bool extentOf(const float *data, std::size_t count, Extent &extent)
{
    float low = std::numeric_limits<float>::infinity(), high = -low;
    bool finite = true;
    for (std::size_t i = 0; i < count; ++i) {
        low = std::min(low, data[i]);
        high = std::max(high, data[i]);
        finite &= std::isfinite(data[i]);
    }
    if (count > 0)
        extent.merge({static_cast<double>(low), static_cast<double>(high), count});
    return finite;
}

using Extents = std::vector<Extent>;
using NameIndex = std::unordered_map<std::string_view, std::size_t>;

core::Expected<Extents> observeActivations(const std::shared_ptr<const Plan> &plan, const core::SampleSet &samples, const NameIndex &index,
                                           std::size_t tensors, int threads, const core::JobContext &job)
{
    const int workers = sampleWorkers(samples.size(), threads);
    std::vector<std::unique_ptr<Session>> sessions;
    for (int i = 0; i < workers; ++i) {
        auto session = Session::create(plan, 1);
        NORDLYS_TRY(session);
        (*session)->setTimersEnabled(false);
        sessions.push_back(std::move(*session));
    }
    std::vector<Extents> seen(static_cast<std::size_t>(workers), Extents(tensors));
    const auto observe = [&](int worker, std::size_t sample) -> core::Expected<void> {
        auto inputs = samples.load(sample);
        NORDLYS_TRY(inputs);
        std::string broken;
        NORDLYS_TRY(sessions[static_cast<std::size_t>(worker)]->run(
            *inputs,
            [&](const TensorView &view) {
                const auto it = index.find(view.name);
                if (it == index.end() || view.dtype != core::DType::Float32)
                    return;
                Extent &extent = seen[static_cast<std::size_t>(worker)][it->second];
                if (!extentOf(reinterpret_cast<const float *>(view.data), view.elementCount, extent) && broken.empty())
                    broken = view.name;
            },
            job.stop));
        if (!broken.empty())
            return core::badInput("tensor " + broken, "it becomes NaN or infinite for sample " + samples.name(sample),
                                  "Check the preprocessing and the model's weights");
        return {};
    };
    NORDLYS_TRY(forEachSample(samples.size(), threads, job, "calibrating", observe));
    Extents merged(tensors);
    for (const Extents &one : seen) {
        for (std::size_t i = 0; i < tensors; ++i)
            merged[i].merge(one[i]);
    }
    return merged;
}

/// Weight values as the plan computes with them.
core::Expected<ObservedRange> observeWeight(const ProgramTensor &tensor, int channelAxis)
{
    ObservedRange range;
    const auto *data = reinterpret_cast<const float *>(tensor.constant.bytes.data());
    const std::size_t count = tensor.bytes / sizeof(float);
    Extent whole;
    bool finite = extentOf(data, count, whole);
    if (!finite || count == 0)
        return core::badInput("weight " + tensor.name, finite ? "it is empty" : "it holds NaN or infinity");
    range.min = whole.min;
    range.max = whole.max;
    range.values = count;
    if (channelAxis < 0 || static_cast<std::size_t>(channelAxis) >= tensor.dims.size())
        return range;
    std::size_t inner = 1;
    for (std::size_t i = static_cast<std::size_t>(channelAxis) + 1; i < tensor.dims.size(); ++i)
        inner *= static_cast<std::size_t>(tensor.dims[i]);
    const auto channels = static_cast<std::size_t>(tensor.dims[static_cast<std::size_t>(channelAxis)]);
    std::vector<Extent> perChannel(channels);
    for (std::size_t first = 0; first < count; first += inner)
        finite = extentOf(data + first, inner, perChannel[first / inner % channels]) && finite;
    for (const Extent &extent : perChannel) {
        range.channelMin.push_back(extent.min);
        range.channelMax.push_back(extent.max);
    }
    return range;
}

core::Expected<core::Encoding> encodingFor(const std::string &name, const ObservedRange &range, const core::RangeRule &rule, int axis)
{
    core::Encoding encoding;
    encoding.bitwidth = rule.bitwidth;
    encoding.symmetric = rule.symmetric;
    const bool perChannel = axis >= 0 && !range.channelMin.empty();
    encoding.axis = perChannel ? axis : -1;
    for (std::size_t c = 0; c < (perChannel ? range.channelMin.size() : 1); ++c) {
        auto grid = core::gridFromRange(perChannel ? range.channelMin[c] : range.min, perChannel ? range.channelMax[c] : range.max, rule);
        if (!grid) {
            grid.error().what += " (tensor " + name + ")";
            return std::move(grid.error());
        }
        encoding.grids.push_back(*grid);
    }
    return encoding;
}

/// int32 grid with the product of the scales; nothing where one of both has no grid.
core::Expected<std::optional<core::Encoding>> biasEncoding(const core::EncodingEntry *activation, const core::EncodingEntry *weight)
{
    if (activation == nullptr || weight == nullptr || activation->encoding.grids.size() != 1 || weight->encoding.grids.empty()
        || weight->encoding.isBlockwise())
        return std::optional<core::Encoding>();
    core::Encoding encoding;
    encoding.bitwidth = 32;
    encoding.symmetric = true;
    encoding.axis = weight->encoding.isPerChannel() ? 0 : -1;
    for (const core::Grid &grid : weight->encoding.grids) {
        auto made = core::gridFromScale(activation->encoding.grids[0].scale * grid.scale, std::int64_t(1) << 31, 32);
        NORDLYS_TRY(made);
        encoding.grids.push_back(*made);
    }
    return std::optional(encoding);
}

class Calibrator {
public:
    Calibrator(const core::Model &model, const CalibrationOptions &options)
        : m_graph(model.graph), m_options(options), m_tensors(core::quantizableTensors(model.graph))
    {
    }

    [[nodiscard]] const std::vector<core::QuantizableTensor> &tensors() const { return m_tensors; }
    [[nodiscard]] std::string nameOf(core::TensorId id) const { return std::string(m_graph.nameOf(id)); }

    core::Expected<void> addActivations(const Extents &extents, CalibrationResult &result)
    {
        std::unordered_map<std::uint32_t, Extent> groups;
        std::unordered_map<std::uint32_t, const core::EncodingEntry *> keptGroups;
        for (std::size_t i = 0; i < m_tensors.size(); ++i) {
            if (m_tensors[i].kind != core::QuantizableKind::Activation)
                continue;
            groups[m_tensors[i].group.index].merge(extents[i]);
            if (const auto *kept = m_options.keep.find(nameOf(m_tensors[i].tensor)))
                keptGroups.try_emplace(m_tensors[i].group.index, kept);
        }
        const core::RangeRule rule{m_options.actBits, m_options.actSymmetric};
        for (std::size_t i = 0; i < m_tensors.size(); ++i) {
            const core::QuantizableTensor &tensor = m_tensors[i];
            if (tensor.kind != core::QuantizableKind::Activation || extents[i].values == 0)
                continue;
            const std::string name = nameOf(tensor.tensor);
            result.ranges[name] = {extents[i].min, extents[i].max, extents[i].values, {}, {}};
            if (const auto kept = keptGroups.find(tensor.group.index); kept != keptGroups.end()) {
                core::EncodingEntry entry = *kept->second; // tied tensors share one encoding
                entry.locked = false;
                result.encodings.entries[name] = entry;
                continue;
            }
            const Extent &group = groups[tensor.group.index];
            const ObservedRange range{tensor.fixedRange ? tensor.fixedRange->first : group.min, tensor.fixedRange ? tensor.fixedRange->second : group.max,
                                      group.values, {}, {}};
            auto encoding = encodingFor(name, range, rule, -1);
            NORDLYS_TRY(encoding);
            result.encodings.entries[name] = {core::EncodingKind::Activation, std::move(*encoding), false};
        }
        return {};
    }

    core::Expected<void> addWeights(const Program &program, CalibrationResult &result)
    {
        std::unordered_map<std::string_view, const ProgramTensor *> constants;
        for (const ProgramTensor &tensor : program.tensors) {
            // The last one counts: a folded weight comes after the one that it replaces.
            if (tensor.storage == Storage::Constant && tensor.fromSource && tensor.dtype == core::DType::Float32)
                constants[tensor.name] = &tensor;
        }
        const core::RangeRule rule{m_options.weightBits, m_options.weightSymmetric};
        for (const core::QuantizableTensor &tensor : m_tensors) {
            const std::string name = nameOf(tensor.tensor);
            const auto constant = constants.find(name);
            if (tensor.kind != core::QuantizableKind::Weight || constant == constants.end())
                continue;
            auto range = observeWeight(*constant->second, tensor.channelAxis);
            NORDLYS_TRY(range);
            auto encoding = encodingFor(name, *range, rule, m_options.perChannel ? tensor.channelAxis : -1);
            NORDLYS_TRY(encoding);
            result.ranges[name] = std::move(*range);
            result.encodings.entries[name] = {core::EncodingKind::Parameter, std::move(*encoding), false};
        }
        return {};
    }

    core::Expected<void> addBiases(CalibrationResult &result)
    {
        for (const core::QuantizableTensor &tensor : m_tensors) {
            if (tensor.kind != core::QuantizableKind::Bias || !tensor.biasActivation.isValid() || !tensor.biasWeight.isValid())
                continue;
            auto encoding = biasEncoding(result.encodings.find(nameOf(tensor.biasActivation)), result.encodings.find(nameOf(tensor.biasWeight)));
            NORDLYS_TRY(encoding);
            if (*encoding && m_options.keep.find(nameOf(tensor.tensor)) == nullptr)
                result.encodings.entries[nameOf(tensor.tensor)] = {core::EncodingKind::Parameter, std::move(**encoding), false};
        }
        return {};
    }

private:
    const core::Graph &m_graph;
    const CalibrationOptions &m_options;
    std::vector<core::QuantizableTensor> m_tensors;
};

} // namespace

core::Expected<CalibrationResult> calibrateMinMax(std::shared_ptr<const core::Model> model, const core::SampleSet &samples,
                                                  const CalibrationOptions &options, const core::JobContext &job)
{
    const auto start = std::chrono::steady_clock::now();
    for (const int bits : {options.actBits, options.weightBits}) {
        if (bits != 4 && bits != 8 && bits != 16)
            return core::usageError("bitwidth", std::to_string(bits) + " is none of 4, 8, 16");
    }
    if (samples.size() == 0)
        return core::badInput("samples", "there are none", "Give at least one input to calibrate with");
    Calibrator calibrator(*model, options);
    PlanOptions planOptions;
    NameIndex index;
    for (std::size_t i = 0; i < calibrator.tensors().size(); ++i) {
        const core::QuantizableTensor &tensor = calibrator.tensors()[i];
        if (tensor.kind != core::QuantizableKind::Activation)
            continue;
        planOptions.keepTensors.push_back(calibrator.nameOf(tensor.tensor));
        index.emplace(model->graph.nameOf(tensor.tensor), i);
    }
    auto plan = Plan::build(model, planOptions);
    NORDLYS_TRY(plan);
    auto program = optimizedProgram(*model, planOptions);
    NORDLYS_TRY(program);
    auto extents = observeActivations(*plan, samples, index, calibrator.tensors().size(), options.threads, job);
    NORDLYS_TRY(extents);

    CalibrationResult result;
    NORDLYS_TRY(calibrator.addActivations(*extents, result));
    NORDLYS_TRY(calibrator.addWeights(*program, result));
    for (const auto &[name, entry] : options.keep.entries)
        result.encodings.entries[name] = entry;
    NORDLYS_TRY(calibrator.addBiases(result));
    result.samples = samples.size();
    result.elapsedNs = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
    return result;
}

} // namespace nordlys::runtime

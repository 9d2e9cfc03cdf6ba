// SPDX-License-Identifier: Apache-2.0
#include "channel_ranges.h"

#include "bin_values.h"
#include "sample_workers.h"

#include <core/quantization/quantizable.h>
#include <runtime/plan/plan_data.h>
#include <runtime/session/session.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>

namespace nordlys::runtime {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void start(ChannelRanges &ranges, std::size_t channels)
{
    ranges.min.resize(channels, kInfinity);
    ranges.max.resize(channels, -kInfinity);
}

/// Runs of values of one channel: `inner` values, the channels in turn.
bool addRuns(const float *data, std::size_t count, std::size_t channels, std::size_t inner, ChannelRanges &ranges)
{
    for (std::size_t at = 0, channel = 0; at < count; at += inner, channel = channel + 1 == channels ? 0 : channel + 1) {
        const FloatRange run = rangeOf(data + at, std::min(inner, count - at));
        if (!run.isFinite)
            return false;
        ranges.min[channel] = std::min(ranges.min[channel], static_cast<double>(run.min));
        ranges.max[channel] = std::max(ranges.max[channel], static_cast<double>(run.max));
    }
    return true;
}

/// Values of which neighbours belong to neighbouring channels.
bool addInterleaved(const float *data, std::size_t count, std::size_t channels, ChannelRanges &ranges)
{
    bool isFinite = true;
    for (std::size_t row = 0; row < count; row += channels) {
        for (std::size_t channel = 0; channel < channels; ++channel) {
            const auto value = static_cast<double>(data[row + channel]);
            isFinite = isFinite && std::isfinite(value);
            ranges.min[channel] = std::min(ranges.min[channel], value);
            ranges.max[channel] = std::max(ranges.max[channel], value);
        }
    }
    return isFinite;
}

bool addView(const TensorView &view, ChannelRanges &ranges)
{
    const core::Dims &dims = *view.dims;
    const auto channels = static_cast<std::size_t>(dims[1]);
    std::size_t inner = 1;
    for (std::size_t i = 2; i < dims.size(); ++i)
        inner *= static_cast<std::size_t>(dims[i]);
    start(ranges, channels);
    const auto *data = reinterpret_cast<const float *>(view.data);
    return view.channelsLast || inner == 1 ? addInterleaved(data, view.elementCount, channels, ranges) : addRuns(data, view.elementCount, channels, inner, ranges);
}

void merge(ChannelRanges &total, const ChannelRanges &one)
{
    start(total, std::max(total.min.size(), one.min.size()));
    for (std::size_t i = 0; i < one.min.size(); ++i) {
        total.min[i] = std::min(total.min[i], one.min[i]);
        total.max[i] = std::max(total.max[i], one.max[i]);
    }
}

/// What one thread has seen; minima and maxima are the same in any order.
struct Worker {
    std::unique_ptr<Session> session;
    std::vector<ChannelRanges> total;
    std::size_t used = 0;
};

} // namespace

core::Expected<MeasuredRanges> measureChannelRanges(const std::shared_ptr<const core::Model> &model, const core::SampleSet &samples,
                                                    const std::vector<std::string> &tensors, int threads, const core::JobContext &job)
{
    if (samples.size() == 0)
        return core::badInput("samples", "there are none", "Give at least one input.");
    PlanOptions options;
    options.keepTensors = tensors;
    auto plan = Plan::build(model, options);
    NORDLYS_TRY(plan);
    std::map<std::string, std::size_t, std::less<>> index;
    for (const std::string &name : tensors)
        index.emplace(name, index.size());
    std::vector<Worker> workers(static_cast<std::size_t>(sampleWorkers(samples.size(), threads)));
    for (Worker &worker : workers) {
        auto session = Session::create(*plan, 1);
        NORDLYS_TRY(session);
        (*session)->setTimersEnabled(false);
        worker.session = std::move(*session);
        worker.total.resize(index.size());
    }
    const auto measure = [&](int number, std::size_t sample) -> core::Expected<void> {
        auto inputs = samples.load(sample);
        if (!inputs)
            return inputs.error().code == core::ErrorCode::BadInput ? core::Expected<void>() : std::move(inputs.error());
        Worker &worker = workers[static_cast<std::size_t>(number)];
        std::vector<ChannelRanges> seen(index.size());
        bool isFinite = true;
        auto ran = worker.session->run(
            *inputs,
            [&](const TensorView &view) {
                const auto found = index.find(view.name);
                if (found != index.end() && view.dtype == core::DType::Float32 && view.dims->size() >= 2 && view.elementCount > 0)
                    isFinite = addView(view, seen[found->second]) && isFinite;
            },
            job.stop);
        if (!ran && ran.error().code != core::ErrorCode::BadInput)
            return std::move(ran.error());
        if (!ran || !isFinite)
            return {};
        ++worker.used;
        for (std::size_t i = 0; i < seen.size(); ++i)
            merge(worker.total[i], seen[i]);
        return {};
    };
    NORDLYS_TRY(forEachSample(samples.size(), threads, job, "measuring channels", measure));
    MeasuredRanges result;
    std::vector<ChannelRanges> totals(index.size());
    for (const Worker &worker : workers) {
        result.samples += worker.used;
        for (std::size_t i = 0; i < totals.size(); ++i)
            merge(totals[i], worker.total[i]);
    }
    result.skipped = samples.size() - result.samples;
    if (result.samples == 0)
        return core::badInput("samples", "not one of " + std::to_string(samples.size()) + " can be used", "Check the inputs and their preprocessing.");
    for (const auto &[name, i] : index) {
        if (!totals[i].min.empty())
            result.tensors.emplace(name, std::move(totals[i]));
    }
    return result;
}

core::Expected<WeightValues> weightValues(const core::Model &model, const std::string &tensor, int channelAxis)
{
    PlanOptions options;
    for (const core::QuantizableTensor &quantizable : core::quantizableTensors(model.graph)) {
        if (quantizable.kind == core::QuantizableKind::Activation)
            options.keepTensors.emplace_back(model.graph.nameOf(quantizable.tensor));
    }
    auto program = optimizedProgram(model, options);
    NORDLYS_TRY(program);
    const ProgramTensor *constant = nullptr;
    for (const ProgramTensor &candidate : program->tensors) {
        // The last one counts: a folded weight comes after the one that it replaces.
        if (candidate.storage == Storage::Constant && candidate.fromSource && candidate.dtype == core::DType::Float32 && candidate.name == tensor)
            constant = &candidate;
    }
    if (constant == nullptr)
        return core::badInput("tensor " + tensor, "the model computes with no float32 constant of this name");
    // Constants that were mapped from a file need not be aligned.
    const std::span<const std::byte> bytes(constant->constant.bytes.data(), constant->bytes);
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    WeightValues result;
    result.values = values.size();
    const FloatRange whole = rangeOf(values.data(), values.size());
    if (values.empty() || !whole.isFinite)
        return core::badInput("tensor " + tensor, values.empty() ? "it is empty" : "it holds NaN or infinity");
    result.min = static_cast<double>(whole.min);
    result.max = static_cast<double>(whole.max);
    core::GrowingHistogram histogram;
    histogram.cover(whole.min, whole.max);
    BinCounter counter;
    addValues(histogram, values.data(), values.size(), counter);
    result.histogram = histogram.histogram();
    if (channelAxis >= 0 && static_cast<std::size_t>(channelAxis) < constant->dims.size()) {
        result.channelAxis = channelAxis;
        std::size_t inner = 1;
        for (std::size_t i = static_cast<std::size_t>(channelAxis) + 1; i < constant->dims.size(); ++i)
            inner *= static_cast<std::size_t>(constant->dims[i]);
        const auto channels = static_cast<std::size_t>(constant->dims[static_cast<std::size_t>(channelAxis)]);
        start(result.channels, channels);
        addRuns(values.data(), values.size(), channels, inner, result.channels);
    }
    for (std::uint32_t i = 0; i < model.graph.tensors.size(); ++i) {
        const core::Tensor &source = model.graph.tensors[i];
        if (!source.constant || model.graph.nameOf(core::TensorId(i)) != tensor)
            continue;
        const auto stored = source.constant->bytes();
        result.isFolded = stored.size() != bytes.size() || !std::equal(stored.begin(), stored.end(), bytes.begin());
    }
    return result;
}

} // namespace nordlys::runtime

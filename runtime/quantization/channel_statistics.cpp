// SPDX-License-Identifier: Apache-2.0
#include "channel_statistics.h"

#include "sample_workers.h"

#include <runtime/session/session.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace nordlys::runtime {

namespace {

constexpr std::size_t samplesAtATime = 64; // sums of so many samples are kept apart, then added in order

struct Sums {
    std::vector<double> sum, squares;
    double count = 0; ///< per channel
};

void addView(const TensorView &view, Sums &sums)
{
    const core::Dims &dims = *view.dims;
    const auto channels = static_cast<std::size_t>(dims[1]);
    std::size_t inner = 1;
    for (std::size_t i = 2; i < dims.size(); ++i)
        inner *= static_cast<std::size_t>(dims[i]);
    sums.sum.resize(channels, 0);
    sums.squares.resize(channels, 0);
    const auto *data = reinterpret_cast<const float *>(view.data);
    for (std::size_t i = 0; i < view.elementCount; ++i) {
        const std::size_t channel = view.channelsLast ? i % channels : i / inner % channels;
        const auto value = static_cast<double>(data[i]);
        sums.sum[channel] += value;
        sums.squares[channel] += value * value;
    }
    sums.count += static_cast<double>(view.elementCount) / static_cast<double>(channels);
}

void addInOrder(Sums &total, const Sums &one)
{
    total.sum.resize(std::max(total.sum.size(), one.sum.size()), 0);
    total.squares.resize(total.sum.size(), 0);
    for (std::size_t c = 0; c < one.sum.size(); ++c) {
        total.sum[c] += one.sum[c];
        total.squares[c] += one.squares[c];
    }
    total.count += one.count;
}

} // namespace

core::Expected<std::map<std::string, core::ChannelStatistics>> measureChannels(std::shared_ptr<const core::Model> model, const core::SampleSet &samples,
                                                                         const std::vector<std::string> &tensors, int threads,
                                                                         const core::JobContext &job)
{
    if (samples.size() == 0)
        return core::badInput("samples", "there are none", "Give at least one input.");
    PlanOptions options;
    options.keepTensors = tensors;
    auto plan = Plan::build(std::move(model), options);
    NORDLYS_TRY(plan);
    std::map<std::string, std::size_t, std::less<>> index;
    for (const std::string &name : tensors)
        index.emplace(name, index.size());
    std::vector<std::unique_ptr<Session>> sessions;
    for (int i = 0; i < sampleWorkers(samples.size(), threads); ++i) {
        auto session = Session::create(*plan, 1);
        NORDLYS_TRY(session);
        (*session)->setTimersEnabled(false);
        sessions.push_back(std::move(*session));
    }
    std::vector<Sums> totals(index.size());
    for (std::size_t first = 0; first < samples.size(); first += samplesAtATime) {
        const std::size_t count = std::min(samplesAtATime, samples.size() - first);
        std::vector<std::vector<Sums>> seen(count, std::vector<Sums>(index.size()));
        core::JobContext part{job.stop, [&](std::uint64_t done, std::uint64_t, std::string_view what) { job.report(first + done, samples.size(), what); }};
        const auto measure = [&](int worker, std::size_t sample) -> core::Expected<void> {
            auto inputs = samples.load(first + sample);
            NORDLYS_TRY(inputs);
            return sessions[static_cast<std::size_t>(worker)]->run(
                *inputs,
                [&](const TensorView &view) {
                    const auto found = index.find(view.name);
                    if (found != index.end() && view.dtype == core::DType::Float32 && view.dims->size() >= 2 && view.elementCount > 0)
                        addView(view, seen[sample][found->second]);
                },
                job.stop);
        };
        NORDLYS_TRY(forEachSample(count, threads, part, "measuring channels", measure));
        for (const auto &sample : seen) {
            for (std::size_t t = 0; t < totals.size(); ++t)
                addInOrder(totals[t], sample[t]);
        }
    }
    std::map<std::string, core::ChannelStatistics> result;
    for (const auto &[name, t] : index) {
        const Sums &sums = totals[t];
        if (sums.count == 0)
            continue;
        core::ChannelStatistics statistics;
        for (std::size_t c = 0; c < sums.sum.size(); ++c) {
            const double mean = sums.sum[c] / sums.count;
            const double deviation = std::sqrt(std::max(0.0, sums.squares[c] / sums.count - mean * mean));
            if (!std::isfinite(mean) || !std::isfinite(deviation))
                return core::badInput("tensor " + name, "it becomes NaN or infinite over the samples", "Check the preprocessing and the model's weights.");
            statistics.mean.push_back(mean);
            statistics.deviation.push_back(deviation);
        }
        result.emplace(name, std::move(statistics));
    }
    return result;
}

} // namespace nordlys::runtime

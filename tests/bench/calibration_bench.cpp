// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <runtime/quantization/calibration_statistics.h>
#include <runtime/quantization/sample_workers.h>
#include <runtime/session/session.h>
#include <support/shared_data.h>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>

/// What gathering statistics costs beside plain float inference over the same samples, each sample on one thread, files read and pictures prepared in both
/// (random samples: nothing but numbers to make). The forms take turns within one iteration, so that they meet the same machine; counters hold
/// medians in milliseconds, and their ratios to plain inference. Choosing ranges is not part of it.
namespace nordlys::runtime {
namespace {

using Clock = std::chrono::steady_clock;

double median(std::vector<double> values)
{
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

core::Expected<void> infer(const std::shared_ptr<const core::Model> &model, const core::SampleSet &samples, int threads)
{
    auto plan = Plan::build(model);
    NORDLYS_TRY(plan);
    std::vector<std::unique_ptr<Session>> sessions;
    for (int i = 0; i < sampleWorkers(samples.size(), threads); ++i) {
        auto session = Session::create(*plan, 1);
        NORDLYS_TRY(session);
        (*session)->setTimersEnabled(false);
        sessions.push_back(std::move(*session));
    }
    return forEachSample(samples.size(), threads, {}, "inferring", [&](int worker, std::size_t sample) -> core::Expected<void> {
        auto inputs = samples.load(sample);
        NORDLYS_TRY(inputs);
        return sessions[static_cast<std::size_t>(worker)]->run(*inputs);
    });
}

void gather(benchmark::State &state, const std::string &spec, int threads)
{
    auto model = core::openModel(test::sharedModel("mobilenet_v2_imagenet_float") / "model.onnx");
    if (!model)
        return state.SkipWithError("the model is not there");
    core::SampleOptions options;
    options.limit = 30;
    if (!spec.starts_with("random"))
        options.recipe = *core::PreprocessRecipe::parse("crop:0.875,resize:224x224,color:rgb,mean:127.5,std:127.5,layout:nchw");
    const std::string path = spec.starts_with("random") ? spec : (test::sharedPath() / spec).string();
    auto samples = core::SampleSet::open(path, (*model)->graph, options);
    if (!samples)
        return state.SkipWithError(samples.error().text().c_str());
    std::map<std::string, std::vector<double>> times;
    const auto timed = [&](const std::string &name, auto &&work) {
        const auto start = Clock::now();
        if (const auto result = work(); !result)
            state.SkipWithError(result.error().text().c_str());
        times[name].push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    };
    for (auto _ : state) {
        timed("float", [&] { return infer(*model, *samples, threads); });
        const auto form = [&](const char *name, std::optional<core::HistogramMode> mode) {
            timed(name, [&] {
                CalibrationStatistics statistics;
                return gatherStatistics(*model, *samples, {mode, threads, true}, statistics);
            });
        };
        form("minmax", std::nullopt);
        form("growing", core::HistogramMode::Growing);
        form("firstbatch", core::HistogramMode::FirstBatch);
    }
    for (const auto &[name, values] : times) {
        state.counters[name + "_ms"] = median(values);
        state.counters[name + "_ratio"] = median(values) / median(times["float"]);
    }
}

BENCHMARK_CAPTURE(gather, photographs_1_thread, "images/imagenet_sample", 1)->Unit(benchmark::kMillisecond)->Iterations(5);
BENCHMARK_CAPTURE(gather, photographs_2_threads, "images/imagenet_sample", 2)->Unit(benchmark::kMillisecond)->Iterations(5);
BENCHMARK_CAPTURE(gather, random_1_thread, "random:1:30", 1)->Unit(benchmark::kMillisecond)->Iterations(5);
BENCHMARK_CAPTURE(gather, random_2_threads, "random:1:30", 2)->Unit(benchmark::kMillisecond)->Iterations(5);

} // namespace
} // namespace nordlys::runtime

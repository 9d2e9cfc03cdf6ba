// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <runtime/plan/plan.h>
#include <runtime/session/session.h>
#include <support/shared_data.h>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

/// Whole models: how long building a plan takes, and how long a run goes on after it was asked to stop.
namespace nordlys::runtime {
namespace {

using Clock = std::chrono::steady_clock;

std::shared_ptr<const core::Model> openShared(const char *name)
{
    auto model = core::openModel(test::sharedModel(name) / "model.onnx");
    return model ? *model : nullptr;
}

void buildPlan(benchmark::State &state, const char *name)
{
    const auto model = openShared(name);
    if (model == nullptr)
        return state.SkipWithError("the model is not there");
    std::size_t steps = 0;
    for (auto _ : state) {
        const auto plan = Plan::build(model);
        if (!plan)
            return state.SkipWithError(plan.error().text().c_str());
        steps = (*plan)->layers().size();
    }
    state.counters["nodes"] = static_cast<double>(model->graph.nodes.size());
    state.counters["steps"] = static_cast<double>(steps);
}

/// Time from the request to the return, at moments spread over the run; "worst" is the longest one in milliseconds.
void stopRun(benchmark::State &state, const char *name, bool fast)
{
    const auto model = openShared(name);
    if (model == nullptr)
        return state.SkipWithError("the model is not there");
    PlanOptions options;
    options.fastKernels = fast;
    const auto plan = Plan::build(model, options);
    auto session = plan ? Session::create(*plan, 2) : core::Expected<std::unique_ptr<Session>>(plan.error());
    const auto samples = core::SampleSet::open("random:1:1", model->graph);
    const auto inputs = samples ? samples->load(0) : core::Expected<core::Sample>(samples.error());
    if (!session || !inputs || !(*session)->run(*inputs))
        return state.SkipWithError("the model does not run");
    const auto whole = std::chrono::nanoseconds((*session)->lastRunNs());
    double worst = 0;
    int round = 0;
    for (auto _ : state) {
        std::stop_source stop;
        std::atomic<std::int64_t> askedAt{0};
        const auto wait = whole * (1 + round++ % 16) / 18;
        std::thread asker([&] {
            std::this_thread::sleep_for(wait);
            askedAt = Clock::now().time_since_epoch().count();
            stop.request_stop();
        });
        const auto ran = (*session)->run(*inputs, {}, stop.get_token());
        const auto end = Clock::now().time_since_epoch().count();
        asker.join();
        const double seconds = ran || askedAt == 0 || askedAt > end ? 0.0 : static_cast<double>(end - askedAt) * 1e-9;
        worst = std::max(worst, seconds * 1e3);
        state.SetIterationTime(std::max(seconds, 1e-9));
    }
    state.counters["worst_ms"] = worst;
    state.counters["run_ms"] = static_cast<double>(whole.count()) * 1e-6;
}

#define NORDLYS_PLAN(model) BENCHMARK_CAPTURE(buildPlan, model, #model)->Unit(benchmark::kMillisecond)
NORDLYS_PLAN(deep_residual_random);
NORDLYS_PLAN(gpt2_past);
NORDLYS_PLAN(silero_vad);
NORDLYS_PLAN(stories260k);
NORDLYS_PLAN(ssdlite320_random);
NORDLYS_PLAN(tf_bert_qa);
BENCHMARK_CAPTURE(stopRun, yolox_nano_fast, "yolox_nano", true)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(48);
BENCHMARK_CAPTURE(stopRun, yolox_nano_reference, "yolox_nano", false)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(16);
BENCHMARK_CAPTURE(stopRun, mobilenet_v2_fast, "mobilenet_v2_imagenet_float", true)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(48);
BENCHMARK_CAPTURE(stopRun, mobilenet_v2_reference, "mobilenet_v2_imagenet_float", false)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(16);
#undef NORDLYS_PLAN

} // namespace
} // namespace nordlys::runtime

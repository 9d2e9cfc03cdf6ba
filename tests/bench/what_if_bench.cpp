// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/quantization/quantizable.h>
#include <runtime/quantization/calibrate.h>
#include <runtime/whatif/what_if.h>
#include <support/shared_data.h>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

/// What-if after one encoding edit in MobileNetV2 on photographs: edits go through the encoded tensors one after the other; "median_ms" is their median, "worst_ms"
/// the longest, "steps" the share of the steps that ran.
namespace nordlys::runtime {
namespace {

using Clock = std::chrono::steady_clock;

void edits(benchmark::State &state, core::QuantizableKind kind)
{
    const auto model = core::openModel(test::sharedModel("mobilenet_v2_imagenet_float") / "model.onnx");
    if (!model)
        return state.SkipWithError("the model is not there");
    core::SampleOptions options;
    options.limit = static_cast<std::size_t>(state.range(0));
    options.recipe = *core::PreprocessRecipe::parse("crop:0.875,resize:224x224,color:rgb,mean:127.5,std:127.5,layout:nchw");
    auto samples = core::SampleSet::open((test::sharedPath() / "images/imagenet_sample").string(), (*model)->graph, options);
    if (!samples)
        return state.SkipWithError("the photographs are not there");
    const auto calibrated = calibrateMinMax(*model, *samples);
    auto engine = WhatIf::create(*model, *samples, {.threads = static_cast<int>(state.range(1)), .labels = {}});
    if (!calibrated || !engine || !(*engine)->evaluate(calibrated->encodings))
        return state.SkipWithError("the model does not run");
    std::vector<std::string> names;
    for (const core::QuantizableTensor &tensor : core::quantizableTensors((*model)->graph)) {
        std::string name((*model)->graph.nameOf(tensor.tensor));
        if (tensor.kind == kind && calibrated->encodings.find(name) != nullptr)
            names.push_back(std::move(name));
    }
    std::vector<double> times;
    std::size_t round = 0, stepsRun = 0, stepsTotal = 0;
    core::EncodingSet encodings = calibrated->encodings;
    for (auto _ : state) {
        // A step of 37 visits all of them; the range moves a little each time, as when a handle is dragged.
        core::EncodingEntry &entry = encodings.entries[names[round * 37 % names.size()]];
        const core::Grid grid = entry.encoding.grids[0];
        const double part = round % 2 == 0 ? 0.97 : 1.02;
        entry.encoding.grids = {*core::gridFromRange(grid.min * part, grid.max * part, {entry.encoding.bitwidth, entry.encoding.symmetric})};
        ++round;
        const auto start = Clock::now();
        const auto result = (*engine)->evaluate(encodings);
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        if (!result)
            return state.SkipWithError(result.error().text().c_str());
        times.push_back(seconds * 1e3);
        stepsRun += result->stepsRun;
        stepsTotal += result->stepsTotal;
        state.SetIterationTime(seconds);
    }
    std::sort(times.begin(), times.end());
    state.counters["median_ms"] = times[times.size() / 2];
    state.counters["worst_ms"] = times.back();
    state.counters["steps"] = static_cast<double>(stepsRun) / static_cast<double>(std::max<std::size_t>(1, stepsTotal));
}

BENCHMARK_CAPTURE(edits, activation, core::QuantizableKind::Activation)->Args({1, 2})->Args({8, 2})->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(40);
BENCHMARK_CAPTURE(edits, weight, core::QuantizableKind::Weight)->Args({1, 2})->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(40);

} // namespace
} // namespace nordlys::runtime

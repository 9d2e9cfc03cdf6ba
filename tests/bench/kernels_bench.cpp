// SPDX-License-Identifier: Apache-2.0
// Speed of the float kernels on the layers of MobileNetV2 (224x224, batch 1) and a few of ResNet-50.
#include <runtime/base/thread_pool.h>
#include <runtime/kernels/fast/conv.h>
#include <runtime/kernels/fast/gemm.h>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace nordlys::runtime;

struct Layer {
    const char *name;
    std::int64_t cin;
    std::int64_t cout;
    std::int64_t kernel;
    std::int64_t stride;
    std::int64_t size; // input height and width
    std::int64_t groups;
    int count; // how often MobileNetV2 has it
};

constexpr Layer layers[] = {
    {"first 3x32 k3 s2 224", 3, 32, 3, 2, 224, 1, 1},
    {"pw 32x16 112", 32, 16, 1, 1, 112, 1, 1},
    {"pw 16x96 112", 16, 96, 1, 1, 112, 1, 1},
    {"pw 96x24 56", 96, 24, 1, 1, 56, 1, 1},
    {"pw 24x144 56", 24, 144, 1, 1, 56, 1, 2},
    {"pw 144x24 56", 144, 24, 1, 1, 56, 1, 1},
    {"pw 144x32 28", 144, 32, 1, 1, 28, 1, 1},
    {"pw 32x192 28", 32, 192, 1, 1, 28, 1, 3},
    {"pw 192x32 28", 192, 32, 1, 1, 28, 1, 2},
    {"pw 192x64 14", 192, 64, 1, 1, 14, 1, 1},
    {"pw 64x384 14", 64, 384, 1, 1, 14, 1, 4},
    {"pw 384x64 14", 384, 64, 1, 1, 14, 1, 3},
    {"pw 384x96 14", 384, 96, 1, 1, 14, 1, 1},
    {"pw 96x576 14", 96, 576, 1, 1, 14, 1, 3},
    {"pw 576x96 14", 576, 96, 1, 1, 14, 1, 2},
    {"pw 576x160 7", 576, 160, 1, 1, 7, 1, 1},
    {"pw 160x960 7", 160, 960, 1, 1, 7, 1, 3},
    {"pw 960x160 7", 960, 160, 1, 1, 7, 1, 2},
    {"pw 960x320 7", 960, 320, 1, 1, 7, 1, 1},
    {"pw 320x1280 7", 320, 1280, 1, 1, 7, 1, 1},
    {"fc 1280x1000", 1280, 1000, 1, 1, 1, 1, 1},
    {"dw 32 s1 112", 32, 32, 3, 1, 112, 32, 1},
    {"dw 96 s2 112", 96, 96, 3, 2, 112, 96, 1},
    {"dw 144 s1 56", 144, 144, 3, 1, 56, 144, 1},
    {"dw 144 s2 56", 144, 144, 3, 2, 56, 144, 1},
    {"dw 192 s1 28", 192, 192, 3, 1, 28, 192, 2},
    {"dw 192 s2 28", 192, 192, 3, 2, 28, 192, 1},
    {"dw 384 s1 14", 384, 384, 3, 1, 14, 384, 4},
    {"dw 576 s1 14", 576, 576, 3, 1, 14, 576, 2},
    {"dw 576 s2 14", 576, 576, 3, 2, 14, 576, 1},
    {"dw 960 s1 7", 960, 960, 3, 1, 7, 960, 3},
    {"rn50 3x64 k7 s2 224", 3, 64, 7, 2, 224, 1, 0},
    {"rn50 64x64 k3 56", 64, 64, 3, 1, 56, 1, 0},
    {"rn50 512x512 k3 7", 512, 512, 3, 1, 7, 1, 0},
    {"rn50 1024x2048 k1 s2 14", 1024, 2048, 1, 2, 14, 1, 0},
};

std::vector<float> noise(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
    std::vector<float> values(count);
    for (float &value : values)
        value = uniform(random);
    return values;
}

struct Prepared {
    ConvGeometry geometry;
    PackedConv conv;
    std::vector<float> in;
    std::vector<float> out;
    AlignedBuffer scratch;
    double flop = 0;
};

Prepared prepare(const Layer &layer, int threads)
{
    ConvGeometry g;
    g.h = g.w = layer.size;
    g.cin = layer.cin;
    g.cout = layer.cout;
    g.kh = g.kw = layer.kernel;
    g.strideH = g.strideW = layer.stride;
    g.padTop = g.padLeft = g.padBottom = g.padRight = layer.kernel / 2;
    g.groups = layer.groups;
    const bool valid = g.computeOutput().hasValue();
    const std::size_t weights = static_cast<std::size_t>(g.cout * g.cin / g.groups * g.kh * g.kw);
    auto conv = PackedConv::pack({g.cin, g.cout, g.kh, g.kw, g.groups}, noise(weights, 1).data(),
                                 noise(static_cast<std::size_t>(g.cout), 2).data());
    auto scratch = AlignedBuffer::create(conv->scratchBytes(g, threads));
    const double flop = 2.0 * static_cast<double>(g.outputPixels() * g.cout * g.cin / g.groups * g.kh * g.kw);
    return {g,
            std::move(*conv),
            noise(static_cast<std::size_t>(g.h * g.w * g.cin), 3),
            std::vector<float>(valid ? static_cast<std::size_t>(g.outputPixels() * g.cout) : 0),
            std::move(*scratch),
            flop};
}

void runLayer(benchmark::State &state, const Layer &layer, int threads, KernelPath path)
{
    ThreadPool pool(threads);
    Prepared p = prepare(layer, threads);
    p.conv.usePath(path);
    state.SetLabel(std::string(p.conv.kernelName()));
    Epilogue epilogue;
    epilogue.activation = FusedActivation::Clip;
    epilogue.clipLow = 0;
    epilogue.clipHigh = 6;
    for (auto _ : state) {
        p.conv.run(p.geometry, p.in.data(), p.out.data(), epilogue, pool, p.scratch.bytes());
        benchmark::ClobberMemory();
    }
    state.counters["GFLOPs"] =
        benchmark::Counter(p.flop * static_cast<double>(state.iterations()) / 1e9, benchmark::Counter::kIsRate);
}

// All layers of MobileNetV2 in one go, every occurrence with its own weights and buffers: the caches as cold as in the net.
void runNet(benchmark::State &state, int threads)
{
    ThreadPool pool(threads);
    std::vector<Prepared> net;
    double flop = 0;
    for (const Layer &layer : layers) {
        for (int i = 0; i < layer.count; ++i) {
            net.push_back(prepare(layer, threads));
            flop += net.back().flop;
        }
    }
    // One arena for activations, as the planner has it: outputs and inputs of neighbours share memory.
    std::vector<float> a = noise(112 * 112 * 96, 5);
    std::vector<float> b(112 * 112 * 96);
    Epilogue epilogue;
    epilogue.activation = FusedActivation::Clip;
    epilogue.clipLow = 0;
    epilogue.clipHigh = 6;
    for (auto _ : state) {
        for (Prepared &p : net) {
            p.conv.run(p.geometry, a.data(), b.data(), epilogue, pool, p.scratch.bytes());
            a.swap(b);
        }
        benchmark::ClobberMemory();
    }
    state.counters["GFLOPs"] =
        benchmark::Counter(flop * static_cast<double>(state.iterations()) / 1e9, benchmark::Counter::kIsRate);
}

const bool registered = [] {
    for (const KernelPath path : {KernelPath::Auto, KernelPath::Generic}) {
        for (const int threads : {1, 2}) {
            const std::string team = "/T" + std::to_string(threads);
            for (const Layer &layer : layers) {
                const std::string name = std::string(path == KernelPath::Auto ? "conv/" : "generic/") + layer.name + team;
                benchmark::RegisterBenchmark(name.c_str(), runLayer, layer, threads, path)
                    ->Unit(benchmark::kMicrosecond)
                    ->UseRealTime();
            }
            if (path == KernelPath::Auto)
                benchmark::RegisterBenchmark(("mobilenet_v2_layers" + team).c_str(), runNet, threads)
                    ->Unit(benchmark::kMicrosecond)
                    ->UseRealTime();
        }
    }
    return true;
}();

} // namespace

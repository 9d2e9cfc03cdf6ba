// SPDX-License-Identifier: Apache-2.0
#include "random.h"

#include "reference.h"

#include <bit>
#include <cmath>
#include <limits>
#include <numbers>

namespace nordlys::runtime::reference {

double RandomSource::normal()
{
    const double u = uniform(), v = uniform();
    return std::sqrt(-2 * std::log(1 - u)) * std::cos(2 * std::numbers::pi * v);
}

std::uint64_t seedOf(const KernelCall &call)
{
    if (call.attribute("seed") != nullptr)
        return std::bit_cast<std::uint32_t>(call.floatAttribute("seed", 0));
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const char letter : call.node)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
    return hash;
}

namespace {

/// Fills output 0 with `draw(source)`; floating-point types only.
template <typename Draw>
core::Expected<BoundKernel> bindDrawn(const KernelCall &call, Draw draw)
{
    const TensorDesc &y = call.outputs[0];
    return dispatchFloat(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [draw, seed = seedOf(call), count = y.elementCount()](const KernelRun &run) -> KernelStatus {
            RandomSource source(seed);
            for (std::int64_t i = 0; i < count; ++i)
                run.output<T>(0)[i] = static_cast<T>(draw(source));
            return nullptr;
        });
    });
}

core::Expected<void> requireRandom(const KernelCall &call, bool like)
{
    NORDLYS_TRY(call.require(like ? 1 : 0));
    if (like ? call.inputs[0].dims != call.outputs[0].dims : call.intsAttribute("shape") != call.outputs[0].dims)
        return call.broken("the output's shape is not the one that is asked for");
    return {};
}

core::Expected<BoundKernel> bindUniformNumbers(const KernelCall &call, bool like)
{
    NORDLYS_TRY(requireRandom(call, like));
    const double low = static_cast<double>(call.floatAttribute("low", 0)), high = static_cast<double>(call.floatAttribute("high", 1));
    return bindDrawn(call, [low, high](RandomSource &source) { return low + (high - low) * source.uniform(); });
}

core::Expected<BoundKernel> bindNormalNumbers(const KernelCall &call, bool like)
{
    NORDLYS_TRY(requireRandom(call, like));
    const double mean = static_cast<double>(call.floatAttribute("mean", 0)), scale = static_cast<double>(call.floatAttribute("scale", 1));
    return bindDrawn(call, [mean, scale](RandomSource &source) { return mean + scale * source.normal(); });
}

core::Expected<BoundKernel> bindRandomUniform(const KernelCall &call)
{
    return bindUniformNumbers(call, false);
}
core::Expected<BoundKernel> bindRandomUniformLike(const KernelCall &call)
{
    return bindUniformNumbers(call, true);
}
core::Expected<BoundKernel> bindRandomNormal(const KernelCall &call)
{
    return bindNormalNumbers(call, false);
}
core::Expected<BoundKernel> bindRandomNormalLike(const KernelCall &call)
{
    return bindNormalNumbers(call, true);
}

template <typename P, typename T>
KernelStatus drawBernoulli(const KernelRun &run, std::uint64_t seed, std::int64_t count)
{
    RandomSource source(seed);
    for (std::int64_t i = 0; i < count; ++i) {
        const auto probability = static_cast<double>(static_cast<ComputeOf<P>>(run.input<P>(0)[i]));
        if (!(probability >= 0 && probability <= 1))
            return "a probability is outside 0 to 1";
        run.output<T>(0)[i] = static_cast<T>(source.uniform() < probability ? 1 : 0);
    }
    return nullptr;
}

/// One with the probability that the input states, else zero (ONNX Bernoulli 15).
core::Expected<BoundKernel> bindBernoulli(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.dims != y.dims)
        return call.broken("the output has not the input's shape");
    return dispatchFloat(call, x.dtype, [&](auto from) -> core::Expected<BoundKernel> {
        using P = typename decltype(from)::Type;
        const auto make = [&](auto to) -> core::Expected<BoundKernel> {
            using T = typename decltype(to)::Type;
            return bound(call, [seed = seedOf(call), count = x.elementCount()](const KernelRun &run) { return drawBernoulli<P, T>(run, seed, count); });
        };
        return y.dtype == core::DType::Bool ? make(TypeTag<std::uint8_t>{}) : dispatchNumber(call, y.dtype, make);
    });
}

/// One row: classes drawn with the probabilities exp(x) / sum(exp(x)).
template <typename P, typename T>
KernelStatus drawClasses(const P *logits, std::int64_t classes, RandomSource &source, T *out, std::int64_t samples)
{
    const auto at = [logits](std::int64_t i) { return static_cast<double>(static_cast<ComputeOf<P>>(logits[i])); };
    double highest = -std::numeric_limits<double>::infinity();
    for (std::int64_t c = 0; c < classes; ++c)
        highest = std::max(highest, at(c));
    double total = 0;
    for (std::int64_t c = 0; c < classes; ++c)
        total += std::exp(at(c) - highest);
    if (!std::isfinite(total) || total <= 0)
        return "the log-probabilities of a row give no distribution";
    for (std::int64_t s = 0; s < samples; ++s) {
        double rest = source.uniform() * total;
        std::int64_t chosen = 0, last = 0;
        for (; chosen < classes; ++chosen) {
            const double part = std::exp(at(chosen) - highest);
            if (part > 0)
                last = chosen;
            if (rest < part)
                break;
            rest -= part;
        }
        out[s] = static_cast<T>(chosen < classes ? chosen : last); // rounding may leave a rest behind the last class
    }
    return nullptr;
}

/// Formula: ONNX Multinomial 7; the input holds unnormalized log-probabilities.
core::Expected<BoundKernel> bindMultinomial(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const std::int64_t samples = call.intAttribute("sample_size", 1);
    if (x.rank() != 2 || y.dims != core::Dims{x.dims[0], samples} || (x.dims[1] == 0 && y.elementCount() > 0))
        return call.broken("it needs an input of samples and classes and an output of " + std::to_string(samples) + " columns");
    if (y.dtype != core::DType::Int32 && y.dtype != core::DType::Int64)
        return call.broken("the output has to be int32 or int64");
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using P = typename decltype(tag)::Type;
        return bound(call, [=, wide = y.dtype == core::DType::Int64, seed = seedOf(call), rows = samples > 0 ? x.dims[0] : 0,
                            classes = x.dims[1]](const KernelRun &run) -> KernelStatus {
            RandomSource source(seed);
            KernelStatus status = nullptr;
            for (std::int64_t r = 0; r < rows && status == nullptr; ++r) {
                const P *row = run.input<P>(0) + r * classes;
                status = wide ? drawClasses(row, classes, source, run.output<std::int64_t>(0) + r * samples, samples)
                              : drawClasses(row, classes, source, run.output<std::int32_t>(0) + r * samples, samples);
            }
            return status;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "RandomUniform", 1, bindRandomUniform, false}, {"", "RandomUniformLike", 1, bindRandomUniformLike, false},
    {"", "RandomNormal", 1, bindRandomNormal, false}, {"", "RandomNormalLike", 1, bindRandomNormalLike, false},
    {"", "Bernoulli", 15, bindBernoulli, false}, {"", "Multinomial", 7, bindMultinomial, false},
};

} // namespace

std::span<const KernelEntry> randomKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

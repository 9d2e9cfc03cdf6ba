// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "reference.h"

#include <algorithm>
#include <cmath>
#include <numbers>

/// Floating-point operators of the domain com.microsoft: what optimizers make of patterns of standard ones.
namespace nordlys::runtime::reference {

namespace {

double erfGelu(double x)
{
    return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2));
}

/// The approximation with tanh; 0.797885 is sqrt(2 / pi).
double tanhGelu(double x)
{
    constexpr double factor = 0.7978845608028654, cube = 0.044715;
    return 0.5 * x * (1 + std::tanh(factor * (x + cube * x * x * x)));
}

/// Gelu(x + bias), the bias a vector along the last dimension that may be left out.
core::Expected<BoundKernel> bindGelu(const KernelCall &call, double (*function)(double))
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("the output has not the shape and type of the input");
    const bool hasBias = call.hasInput(1);
    if (hasBias && (x.rank() == 0 || call.inputs[1].dims != core::Dims{x.dims.back()} || call.inputs[1].dtype != x.dtype))
        return call.broken("the bias is no vector along the last dimension, of the input's type");
    const std::int64_t count = x.elementCount(), width = x.rank() > 0 ? x.dims.back() : 1;
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(
            call,
            [=](const KernelRun &run) -> KernelStatus {
                using C = ComputeOf<T>;
                for (std::int64_t i = 0; i < count; ++i) {
                    auto value = static_cast<C>(run.input<T>(0)[i]);
                    if (hasBias)
                        value += static_cast<C>(run.input<T>(1)[i % width]);
                    run.output<T>(0)[i] = static_cast<T>(function(static_cast<double>(value)));
                }
                return nullptr;
            },
            0);
    });
}

core::Expected<BoundKernel> bindErfGelu(const KernelCall &call)
{
    return bindGelu(call, erfGelu);
}
core::Expected<BoundKernel> bindTanhGelu(const KernelCall &call)
{
    return bindGelu(call, tanhGelu);
}

/// Input, skip, gamma, beta, bias: the sum of input, skip and bias is normalized along the last dimension.
core::Expected<BoundKernel> bindSkipLayerNormalization(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    const TensorDesc &x = call.inputs[0], &skip = call.inputs[1], &y = call.outputs[0];
    if (x.rank() < 1 || x.dims != y.dims || x.dtype != y.dtype || skip.dtype != x.dtype)
        return call.broken("the output or skip has not the shape or type of the input");
    const std::int64_t width = x.dims.back(), rows = width > 0 ? x.elementCount() / width : 0;
    // The skip may leave the batch out.
    const auto joined = broadcastDims(skip.dims, x.dims);
    bool isSuffix = joined && *joined == x.dims && !skip.dims.empty() && skip.dims.back() == width;
    bool leading = true; // only ones in front repeat whole blocks of rows
    for (std::size_t i = 0; isSuffix && i < skip.rank(); ++i) {
        leading = leading && skip.dims[i] == 1;
        isSuffix = leading || skip.dims[i] == x.dims[x.rank() - skip.rank() + i];
    }
    if (!isSuffix)
        return call.broken("skip cannot be added to the input: it has to be the input's shape, or lack or repeat its first dimensions");
    for (std::size_t i = 2; i < 5; ++i) {
        if (call.hasInput(i) && (call.inputs[i].dims != core::Dims{width} || call.inputs[i].dtype != x.dtype))
            return call.broken("gamma, beta and bias are vectors along the last dimension, of the input's type");
    }
    for (std::size_t i = 1; i < 3; ++i) {
        if (call.hasOutput(i) && (call.outputs[i].elementCount() != rows || call.outputs[i].dtype != core::DType::Float32))
            return call.broken("mean and inverse deviation need one float32 per row");
    }
    if (call.hasOutput(3) && (call.outputs[3].dims != x.dims || call.outputs[3].dtype != x.dtype))
        return call.broken("the sum has not the shape and type of the input");
    const double epsilon = static_cast<double>(call.floatAttribute("epsilon", 1e-12F));
    const std::int64_t skipRows = width > 0 ? skip.elementCount() / width : 1;
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            using C = ComputeOf<T>;
            const auto real = [](const T *data, std::int64_t i) { return data != nullptr ? static_cast<double>(static_cast<C>(data[i])) : 0.0; };
            for (std::int64_t r = 0; r < rows; ++r) {
                const T *in = run.input<T>(0) + r * width, *added = run.input<T>(1) + r % skipRows * width, *bias = run.input<T>(4);
                T *out = run.output<T>(0) + r * width, *sums = run.outputs[3] != nullptr ? run.output<T>(3) + r * width : nullptr;
                const auto sum = [&](std::int64_t i) { return real(in, i) + real(added, i) + real(bias, i); };
                double mean = 0, variance = 0;
                for (std::int64_t i = 0; i < width; ++i)
                    mean += sum(i);
                mean /= static_cast<double>(width);
                for (std::int64_t i = 0; i < width; ++i)
                    variance += (sum(i) - mean) * (sum(i) - mean);
                const double inverse = 1 / std::sqrt(variance / static_cast<double>(width) + epsilon);
                for (std::int64_t i = 0; i < width; ++i) {
                    const double value = sum(i);
                    if (sums != nullptr)
                        sums[i] = static_cast<T>(value);
                    out[i] = static_cast<T>((value - mean) * inverse * real(run.input<T>(2), i) + real(run.input<T>(3), i));
                }
                if (run.outputs[1] != nullptr)
                    run.output<float>(1)[r] = static_cast<float>(mean);
                if (run.outputs[2] != nullptr)
                    run.output<float>(2)[r] = static_cast<float>(inverse);
            }
            return nullptr;
        });
    });
}

enum class Activation { None, Relu, Tanh, Sigmoid, LeakyRelu, Clip, HardSigmoid };

float activated(Activation activation, float x, float first, float second)
{
    switch (activation) {
    case Activation::Relu: return x < 0 ? 0 : x;
    case Activation::Tanh: return std::tanh(x);
    case Activation::Sigmoid: return 1 / (1 + std::exp(-x));
    case Activation::LeakyRelu: return x < 0 ? first * x : x;
    case Activation::Clip: return std::min(std::max(x, first), second);
    case Activation::HardSigmoid: return std::min(std::max(first * x + second, 0.0F), 1.0F); // NaN stays
    case Activation::None: break;
    }
    return x;
}

/// Conv of X, W, B; then Z is added, then the activation.
core::Expected<BoundKernel> bindFusedConv(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const std::string name = call.stringAttribute("activation", "");
    constexpr std::pair<std::string_view, Activation> known[] = {
        {"", Activation::None},       {"Relu", Activation::Relu}, {"Tanh", Activation::Tanh},
        {"Sigmoid", Activation::Sigmoid}, {"LeakyRelu", Activation::LeakyRelu}, {"Clip", Activation::Clip},
        {"HardSigmoid", Activation::HardSigmoid},
    };
    const auto found = std::ranges::find(known, name, &std::pair<std::string_view, Activation>::first);
    if (found == std::end(known))
        return call.unsupported("the activation \"" + name + "\" has no kernel");
    const Activation activation = found->second;
    float first = activation == Activation::LeakyRelu ? 0.01F : 0.2F, second = 0.5F;
    if (const core::AttributeValue *value = call.attribute("activation_params")) {
        const auto *list = std::get_if<std::vector<double>>(value);
        if (list == nullptr)
            return call.broken("activation_params holds no numbers");
        if (activation == Activation::Clip && list->size() != 2)
            return call.broken("Clip needs its two bounds in activation_params");
        first = !list->empty() ? static_cast<float>((*list)[0]) : first;
        second = list->size() > 1 ? static_cast<float>((*list)[1]) : second;
    } else if (activation == Activation::Clip)
        return call.broken("Clip needs its bounds in activation_params");
    const KernelEntry *conv = findReferenceKernel("", "Conv", 11);
    if (conv == nullptr || call.outputs[0].dtype != core::DType::Float32)
        return call.unsupported("types other than float32 have no kernel");
    const bool hasSum = call.hasInput(3);
    if (hasSum && (call.inputs[3].dims != call.outputs[0].dims || call.inputs[3].dtype != core::DType::Float32))
        return call.broken("Z has not the shape and type of the output");
    KernelCall plain = call;
    plain.op = "Conv";
    plain.domain = "";
    plain.opset = 11;
    plain.inputs.resize(std::min<std::size_t>(3, call.inputs.size()));
    auto kernel = conv->bind(plain);
    NORDLYS_TRY(kernel);
    kernel->name = "reference/FusedConv";
    kernel->inPlaceInput = -1;
    kernel->run = [convolve = std::move(kernel->run), activation, first, second, hasSum, count = call.outputs[0].elementCount()](
                      const KernelRun &run) -> KernelStatus {
        if (const KernelStatus status = convolve(run))
            return status;
        auto *out = run.output<float>(0);
        for (std::int64_t i = 0; i < count; ++i)
            out[i] = activated(activation, hasSum ? out[i] + run.input<float>(3)[i] : out[i], first, second);
        return nullptr;
    };
    return kernel;
}

constexpr KernelEntry entries[] = {
    {"com.microsoft", "Gelu", 1, bindErfGelu, false},
    {"com.microsoft", "BiasGelu", 1, bindErfGelu, false},
    {"com.microsoft", "FastGelu", 1, bindTanhGelu, false},
    {"com.microsoft", "SkipLayerNormalization", 1, bindSkipLayerNormalization, false},
    {"com.microsoft", "FusedConv", 1, bindFusedConv, false},
};

} // namespace

std::span<const KernelEntry> microsoftKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

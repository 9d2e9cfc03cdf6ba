// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <algorithm>
#include <cmath>

namespace nordlys::runtime::reference {

namespace {

core::Expected<BoundKernel> bindBatchNormalization(const KernelCall &call)
{
    NORDLYS_TRY(call.require(5));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const bool trains = (call.opset >= 14 && call.intAttribute("training_mode", 0) != 0)
                        || (call.opset < 7 && call.intAttribute("is_test", 0) == 0 && call.hasOutput(1)) || call.hasOutput(1);
    if (trains)
        return call.unsupported("batch statistics (training) have no kernel");
    if (x.rank() < 2 || x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("the output has not the shape and type of the input");
    for (std::size_t i = 1; i < 5; ++i) {
        if (call.inputs[i].dims != core::Dims{x.dims[1]} || call.inputs[i].dtype != x.dtype)
            return call.broken("scale, B, mean and var need one value per channel, of the input's type");
    }
    const float epsilon = call.floatAttribute("epsilon", 1e-5F);
    const std::int64_t batch = x.dims[0], channels = x.dims[1], plane = batch * channels > 0 ? x.elementCount() / (batch * channels) : 0;
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        using C = ComputeOf<T>;
        return bound(
            call,
            [=](const KernelRun &run) -> KernelStatus {
                const T *in = run.input<T>(0), *scale = run.input<T>(1), *bias = run.input<T>(2), *mean = run.input<T>(3), *var = run.input<T>(4);
                T *out = run.output<T>(0);
                for (std::int64_t i = 0; i < batch * channels; ++i) {
                    const std::int64_t c = i % channels;
                    const C factor = scale[c] / std::sqrt(static_cast<C>(var[c]) + static_cast<C>(epsilon));
                    for (std::int64_t p = i * plane; p < (i + 1) * plane; ++p)
                        out[p] = static_cast<T>((in[p] - mean[c]) * factor + bias[c]);
                }
                return nullptr;
            },
            0);
    });
}

core::Expected<BoundKernel> bindInstanceNormalization(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() < 3 || x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("the output has not the shape and type of the input");
    for (std::size_t i = 1; i < 3; ++i) {
        if (call.inputs[i].dims != core::Dims{x.dims[1]} || call.inputs[i].dtype != x.dtype)
            return call.broken("scale and B need one value per channel, of the input's type");
    }
    const float epsilon = call.floatAttribute("epsilon", 1e-5F);
    const std::int64_t planes = x.dims[0] * x.dims[1], channels = x.dims[1], plane = planes > 0 ? x.elementCount() / planes : 0;
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            for (std::int64_t i = 0; i < planes; ++i) {
                const T *in = run.input<T>(0) + i * plane;
                T *out = run.output<T>(0) + i * plane;
                double mean = 0, variance = 0;
                for (std::int64_t p = 0; p < plane; ++p)
                    mean += static_cast<double>(in[p]);
                mean /= static_cast<double>(plane);
                for (std::int64_t p = 0; p < plane; ++p)
                    variance += (static_cast<double>(in[p]) - mean) * (static_cast<double>(in[p]) - mean);
                variance /= static_cast<double>(plane);
                const double factor = static_cast<double>(run.input<T>(1)[i % channels]) / std::sqrt(variance + static_cast<double>(epsilon));
                const auto shift = static_cast<double>(run.input<T>(2)[i % channels]);
                for (std::int64_t p = 0; p < plane; ++p)
                    out[p] = static_cast<T>((static_cast<double>(in[p]) - mean) * factor + shift);
            }
            return nullptr;
        });
    });
}

core::Expected<BoundKernel> bindLayerNormalization(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto axis = normalizedAxis(call.intAttribute("axis", -1), x.rank());
    if (!axis || x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("the axis is outside the input, or the output has another shape or type");
    TensorDesc inner = x;
    inner.dims.erase(inner.dims.begin(), inner.dims.begin() + static_cast<std::ptrdiff_t>(*axis));
    const std::int64_t size = inner.elementCount(), rows = size > 0 ? x.elementCount() / size : 0;
    for (std::size_t i = 1; i < 3; ++i) {
        if (call.hasInput(i) && (call.inputs[i].elementCount() != size || call.inputs[i].dtype != x.dtype))
            return call.unsupported("scale and B that are broadcast have no kernel");
    }
    for (std::size_t i = 1; i < 3; ++i) {
        if (call.hasOutput(i) && (call.outputs[i].elementCount() != rows || call.outputs[i].dtype != core::DType::Float32))
            return call.broken("Mean and InvStdDev need one float32 value per normalised row");
    }
    const float epsilon = call.floatAttribute("epsilon", 1e-5F);
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            const T *scale = run.input<T>(1), *bias = run.inputs[2] != nullptr ? run.input<T>(2) : nullptr;
            for (std::int64_t r = 0; r < rows; ++r) {
                const T *in = run.input<T>(0) + r * size;
                T *out = run.output<T>(0) + r * size;
                double mean = 0, variance = 0;
                for (std::int64_t i = 0; i < size; ++i)
                    mean += static_cast<double>(in[i]);
                mean /= static_cast<double>(size);
                for (std::int64_t i = 0; i < size; ++i)
                    variance += (static_cast<double>(in[i]) - mean) * (static_cast<double>(in[i]) - mean);
                const double inverse = 1.0 / std::sqrt(variance / static_cast<double>(size) + static_cast<double>(epsilon));
                for (std::int64_t i = 0; i < size; ++i) {
                    const double value = (static_cast<double>(in[i]) - mean) * inverse * static_cast<double>(scale[i]);
                    out[i] = static_cast<T>(value + (bias != nullptr ? static_cast<double>(bias[i]) : 0.0));
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

core::Expected<BoundKernel> bindLrn(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const std::int64_t size = call.intAttribute("size", 0);
    if (x.rank() < 2 || x.dims != y.dims || x.dtype != y.dtype || size < 1)
        return call.broken("the output has another shape or type than the input, or size is below 1");
    const auto alpha = static_cast<double>(call.floatAttribute("alpha", 0.0001F)), beta = static_cast<double>(call.floatAttribute("beta", 0.75F)),
               bias = static_cast<double>(call.floatAttribute("bias", 1.0F));
    const std::int64_t batch = x.dims[0], channels = x.dims[1], plane = batch * channels > 0 ? x.elementCount() / (batch * channels) : 0;
    const std::int64_t before = (size - 1) / 2, after = size - 1 - before;
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            for (std::int64_t n = 0; n < batch; ++n) {
                const T *in = run.input<T>(0) + n * channels * plane;
                T *out = run.output<T>(0) + n * channels * plane;
                for (std::int64_t c = 0; c < channels; ++c) {
                    for (std::int64_t p = 0; p < plane; ++p) {
                        double squares = 0;
                        for (std::int64_t i = std::max<std::int64_t>(0, c - before); i <= std::min(channels - 1, c + after); ++i)
                            squares += static_cast<double>(in[i * plane + p]) * static_cast<double>(in[i * plane + p]);
                        out[c * plane + p] = static_cast<T>(static_cast<double>(in[c * plane + p])
                                                            / std::pow(bias + alpha / static_cast<double>(size) * squares, beta));
                    }
                }
            }
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "BatchNormalization", 1, bindBatchNormalization, false}, {"", "InstanceNormalization", 1, bindInstanceNormalization, false},
    {"", "LayerNormalization", 17, bindLayerNormalization, false}, {"", "LRN", 1, bindLrn, false},
};

} // namespace

std::span<const KernelEntry> normalizationKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

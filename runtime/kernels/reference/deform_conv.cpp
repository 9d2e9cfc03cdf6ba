// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"
#include "convolution.h"

#include <runtime/base/thread_pool.h>

namespace nordlys::runtime::reference {

namespace {

/// Most spatial dimensions: a sample is interpolated from 2^rank neighbours.
constexpr std::size_t maxDeformRank = 4;

/// Value between the positions of one input plane, linear along every dimension; what lies outside counts as 0.
template <typename T>
double sampleZeroPadded(const T *plane, const ConvShape &s, const std::array<double, maxDeformRank> &at)
{
    std::array<std::int64_t, maxDeformRank> low{};
    std::array<double, maxDeformRank> part{};
    for (std::size_t d = 0; d < s.rank; ++d) {
        if (!(at[d] > -1.0 && at[d] < static_cast<double>(s.window[d].input))) // also NaN
            return 0;
        low[d] = static_cast<std::int64_t>(std::floor(at[d]));
        part[d] = at[d] - static_cast<double>(low[d]);
    }
    double sum = 0;
    for (std::size_t corner = 0; corner < (std::size_t(1) << s.rank); ++corner) {
        std::int64_t index = 0;
        double weight = 1;
        bool inside = true;
        for (std::size_t d = 0; d < s.rank; ++d) {
            const bool upper = (corner >> d & 1U) != 0;
            const std::int64_t position = low[d] + (upper ? 1 : 0);
            inside = inside && position >= 0 && position < s.window[d].input;
            weight *= upper ? part[d] : 1 - part[d];
            index = index * s.window[d].input + position;
        }
        if (inside)
            sum += weight * static_cast<double>(widen(plane[index]));
    }
    return sum;
}

struct DeformShape {
    ConvShape conv;
    std::int64_t offsetGroups = 1;
};

/// All output channels of one sample and position: each input value of the window is sampled once and meets its weights.
template <typename T>
void deformPosition(const DeformShape &shape, const KernelRun &run, std::int64_t n, std::int64_t o,
                    const std::array<std::int64_t, maxRank> &out, double *sums)
{
    const ConvShape &s = shape.conv;
    const T *offsets = run.input<T>(2), *mask = run.input<T>(4), *bias = run.input<T>(3), *weight = run.input<T>(1);
    const std::int64_t inputs = s.group * s.inPerGroup, outputs = s.group * s.outPerGroup, rank = static_cast<std::int64_t>(s.rank);
    for (std::int64_t m = 0; m < outputs; ++m)
        sums[m] = bias != nullptr ? static_cast<double>(widen(bias[m])) : 0.0;
    for (std::int64_t c = 0; c < inputs; ++c) {
        const std::int64_t offsetGroup = c / (inputs / shape.offsetGroups), g = c / s.inPerGroup;
        std::array<std::int64_t, maxRank> tap{};
        for (std::int64_t k = 0; k < s.kernelSize; ++k) {
            // offset: [batch, offset group, kernel position, spatial dimension, output position]; mask the same without the dimension.
            const std::int64_t row = (n * shape.offsetGroups + offsetGroup) * s.kernelSize + k;
            std::array<double, maxDeformRank> at{};
            for (std::size_t d = 0; d < s.rank; ++d)
                at[d] = static_cast<double>(s.window[d].position(out[d], tap[d]))
                        + static_cast<double>(widen(offsets[(row * rank + static_cast<std::int64_t>(d)) * s.outputPlane + o]));
            double value = sampleZeroPadded(run.input<T>(0) + (n * inputs + c) * s.inputPlane, s, at);
            if (mask != nullptr)
                value *= static_cast<double>(widen(mask[row * s.outputPlane + o]));
            for (std::int64_t m = 0; m < s.outPerGroup; ++m) {
                const std::int64_t channel = g * s.outPerGroup + m;
                sums[channel] += value * static_cast<double>(widen(weight[(channel * s.inPerGroup + c % s.inPerGroup) * s.kernelSize + k]));
            }
            nextIndex(tap, s.kernelDims, s.rank);
        }
    }
    for (std::int64_t m = 0; m < outputs; ++m)
        run.output<T>(0)[(n * outputs + m) * s.outputPlane + o] = narrow<T>(sums[m]);
}

core::Expected<void> checkDeformInputs(const KernelCall &call, const DeformShape &shape)
{
    const ConvShape &s = shape.conv;
    const TensorDesc &y = call.outputs[0];
    core::Dims wanted{s.batch, 0};
    wanted.insert(wanted.end(), y.dims.begin() + 2, y.dims.end());
    std::int64_t maskChannels = 0, offsetChannels = 0;
    if (__builtin_mul_overflow(shape.offsetGroups, s.kernelSize, &maskChannels)
        || __builtin_mul_overflow(maskChannels, static_cast<std::int64_t>(s.rank), &offsetChannels))
        return call.broken("offset_group is out of range");
    wanted[1] = offsetChannels;
    if (call.inputs[2].dims != wanted || call.inputs[2].dtype != y.dtype)
        return call.broken("offset (input 2) needs the shape " + core::shapeText(wanted) + " and the input's type");
    wanted[1] = maskChannels;
    if (call.hasInput(4) && (call.inputs[4].dims != wanted || call.inputs[4].dtype != y.dtype))
        return call.broken("mask (input 4) needs the shape " + core::shapeText(wanted) + " and the input's type");
    if (call.hasInput(3) && (call.inputs[3].dims != core::Dims{y.dims[1]} || call.inputs[3].dtype != y.dtype))
        return call.broken("B (input 3) needs one value per output channel, of the input's type");
    return {};
}

/// ONNX operator DeformConv, version 19.
core::Expected<BoundKernel> bindDeformConv(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    const TensorDesc &x = call.inputs[0], &w = call.inputs[1], &y = call.outputs[0];
    if (x.rank() < 3 || w.rank() != x.rank() || y.rank() != x.rank() || w.dtype != x.dtype || y.dtype != x.dtype)
        return call.broken("input, weight and output need one type and the same number of dimensions, at least 3");
    if (x.rank() - 2 > maxDeformRank)
        return call.unsupported("more than " + std::to_string(maxDeformRank) + " spatial dimensions have no kernel");
    DeformShape shape;
    ConvShape &s = shape.conv;
    s.group = call.intAttribute("group", 1);
    shape.offsetGroups = call.intAttribute("offset_group", 1);
    if (s.group < 1 || w.dims[0] % s.group != 0 || x.dims[1] % s.group != 0 || x.dims[1] / s.group != w.dims[1] || y.dims[0] != x.dims[0]
        || y.dims[1] != w.dims[0])
        return call.broken("the channels of input, weight, group and output do not fit");
    if (shape.offsetGroups < 1 || x.dims[1] % shape.offsetGroups != 0)
        return call.broken("offset_group does not divide the input's channels");
    auto window = windowOf(call, spatialDims(x.dims), spatialDims(y.dims), spatialDims(w.dims));
    NORDLYS_TRY(window);
    s.window = std::move(*window);
    s.batch = x.dims[0];
    s.inPerGroup = w.dims[1];
    s.outPerGroup = w.dims[0] / s.group;
    s.fillPlanes();
    NORDLYS_TRY(checkDeformInputs(call, shape));
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        BoundKernel kernel = bound(call, [shape](const KernelRun &run) -> KernelStatus {
            const ConvShape &conv = shape.conv;
            const std::int64_t outputs = conv.group * conv.outPerGroup;
            run.pool->parallelFor(static_cast<std::size_t>(conv.batch * conv.outputPlane), 1, [&](std::size_t begin, std::size_t end, int thread) {
                double *sums = reinterpret_cast<double *>(run.scratch) + thread * outputs;
                for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end); ++i) {
                    const std::int64_t o = i % conv.outputPlane;
                    std::array<std::int64_t, maxRank> out{};
                    std::int64_t rest = o;
                    for (std::size_t d = conv.rank; d-- > 0;) {
                        out[d] = rest % conv.outputDims[d];
                        rest /= conv.outputDims[d];
                    }
                    deformPosition<T>(shape, run, i / conv.outputPlane, o, out, sums);
                }
            });
            return nullptr;
        });
        kernel.scratchBytes = [outputs = static_cast<std::size_t>(w.dims[0])](int threads) {
            return static_cast<std::size_t>(threads) * outputs * sizeof(double);
        };
        return kernel;
    });
}

constexpr KernelEntry entries[] = {{"", "DeformConv", 19, bindDeformConv, false}};

} // namespace

std::span<const KernelEntry> deformConvKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

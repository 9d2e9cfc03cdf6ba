// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"
#include "convolution.h"
#include "float_sum.h"

#include <runtime/base/thread_pool.h>

namespace nordlys::runtime::reference {

void ConvShape::fillPlanes()
{
    rank = window.size();
    for (std::size_t i = 0; i < rank; ++i) {
        kernelDims[i] = window[i].kernel;
        outputDims[i] = window[i].output;
        kernelSize *= window[i].kernel;
        inputPlane *= window[i].input;
        outputPlane *= window[i].output;
    }
}

core::Expected<void> checkConvTypes(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &w = call.inputs[1], &y = call.outputs[0];
    if (x.rank() < 3 || w.rank() != x.rank() || y.rank() != x.rank())
        return call.broken("input, weight and output need the same number of dimensions, at least 3");
    if (x.dtype != w.dtype || x.dtype != y.dtype || (call.hasInput(2) && call.inputs[2].dtype != x.dtype))
        return call.broken("input, weight, bias and output differ in type");
    if (const auto kernel = call.intsAttribute("kernel_shape"); kernel && !kernel->empty() && *kernel != spatialDims(w.dims))
        return call.broken("kernel_shape is not the weight's shape");
    return {};
}

core::Expected<ConvShape> convShapeOf(const KernelCall &call, const TensorDesc &x, const TensorDesc &w)
{
    const TensorDesc &y = call.outputs[0];
    if (x.rank() < 3 || w.rank() != x.rank() || y.rank() != x.rank())
        return call.broken("input, weight and output need the same number of dimensions, at least 3");
    if (const auto stated = call.intsAttribute("kernel_shape"); stated && !stated->empty() && *stated != spatialDims(w.dims))
        return call.broken("kernel_shape is not the weight's shape");
    ConvShape s;
    s.group = call.intAttribute("group", 1);
    if (s.group < 1 || w.dims[0] % s.group != 0 || x.dims[1] % s.group != 0 || x.dims[1] / s.group != w.dims[1])
        return call.broken("the weight's channels times group are not the input's channels");
    if (y.dims[0] != x.dims[0] || y.dims[1] != w.dims[0])
        return call.broken("the output does not fit batch and weight");
    auto window = windowOf(call, spatialDims(x.dims), spatialDims(y.dims), spatialDims(w.dims));
    NORDLYS_TRY(window);
    s.window = std::move(*window);
    s.batch = x.dims[0];
    s.inPerGroup = w.dims[1];
    s.outPerGroup = w.dims[0] / s.group;
    s.fillPlanes();
    return s;
}

namespace {

/// y = sum over input channels and kernel positions, in the order that float_sum.h states, + bias. `partial` holds one more plane.
template <typename T>
void convolveChannel(const ConvShape &s, const T *x, const T *w, const T *bias, Wide<T> *y, Wide<T> *partial)
{
    std::fill_n(y, s.outputPlane, Wide<T>(0));
    if (s.outputPlane == 0)
        return;
    std::fill_n(partial, s.outputPlane, Wide<T>(0));
    const std::int64_t products = s.inPerGroup * s.kernelSize;
    SumBlocks blocks(s.outPerGroup, products, s.outputPlane);
    const std::int64_t stride = s.window[s.rank - 1].stride;
    for (std::int64_t c = 0; c < s.inPerGroup; ++c) {
        std::array<std::int64_t, maxRank> tap{};
        for (std::int64_t k = 0; k < s.kernelSize; ++k) {
            const Wide<T> weight = widen(w[c * s.kernelSize + k]);
            const T *plane = x + c * s.inputPlane;
            visitTap(s, tap, [&](std::int64_t from, std::int64_t to, std::int64_t count) {
                addProducts(blocks.fused(), plane + from, stride, weight, partial + to, count);
            });
            if (blocks.ends()) {
                for (std::int64_t o = 0; o < s.outputPlane; ++o) {
                    y[o] += partial[o];
                    partial[o] = 0;
                }
            }
            nextIndex(tap, s.kernelDims, s.rank);
        }
    }
    if (bias != nullptr) {
        for (std::int64_t o = 0; o < s.outputPlane; ++o)
            y[o] += widen(*bias);
    }
}

core::Expected<BoundKernel> bindConv(const KernelCall &call)
{
    NORDLYS_TRY(checkConvTypes(call));
    const TensorDesc &x = call.inputs[0], &w = call.inputs[1];
    auto shape = convShapeOf(call, x, w);
    NORDLYS_TRY(shape);
    if (call.hasInput(2) && call.inputs[2].dims != core::Dims{w.dims[0]})
        return call.broken("the bias needs one value per output channel");
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        constexpr bool direct = std::is_same_v<T, Wide<T>>; // 16-bit sums are kept in float32 until the channel is complete
        // Planes of sums for each thread: of one block, and where the output cannot hold them, of the whole.
        constexpr std::int64_t planes = direct ? 1 : 2;
        BoundKernel kernel = bound(call, [s = *shape](const KernelRun &run) -> KernelStatus {
            const T *in = run.input<T>(0), *weight = run.input<T>(1), *bias = run.input<T>(2);
            T *out = run.output<T>(0);
            const std::int64_t channels = s.group * s.outPerGroup;
            run.pool->parallelFor(static_cast<std::size_t>(s.batch * channels), 1, [&](std::size_t begin, std::size_t end, int thread) {
                auto *partial = reinterpret_cast<Wide<T> *>(run.scratch) + thread * planes * s.outputPlane;
                for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end); ++i) {
                    const std::int64_t n = i / channels, m = i % channels, g = m / s.outPerGroup;
                    const T *first = in + (n * s.group + g) * s.inPerGroup * s.inputPlane, *taps = weight + m * s.inPerGroup * s.kernelSize;
                    const T *added = bias != nullptr ? bias + m : nullptr;
                    if constexpr (direct) {
                        convolveChannel(s, first, taps, added, out + i * s.outputPlane, partial);
                    } else {
                        Wide<T> *sums = partial + s.outputPlane;
                        convolveChannel(s, first, taps, added, sums, partial);
                        for (std::int64_t o = 0; o < s.outputPlane; ++o)
                            out[i * s.outputPlane + o] = narrow<T>(sums[o]);
                    }
                }
            });
            return nullptr;
        });
        kernel.scratchBytes = [plane = shape->outputPlane](int threads) {
            return static_cast<std::size_t>(threads) * static_cast<std::size_t>(planes * plane) * sizeof(Wide<T>);
        };
        return kernel;
    });
}

constexpr KernelEntry entries[] = {{"", "Conv", 1, bindConv, false}};

} // namespace

std::span<const KernelEntry> convolutionKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

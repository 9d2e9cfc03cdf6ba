// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"

namespace nordlys::runtime::reference {

namespace {

/// ONNX operator LRN: x / (bias + alpha / size * sum of squares of the neighbouring channels)^beta.
core::Expected<BoundKernel> bindLrn(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const std::int64_t size = call.intAttribute("size", 0);
    if (x.rank() < 2 || x.dims != y.dims || x.dtype != y.dtype || size < 1)
        return call.broken("the output has another shape or type than the input, or size is below 1");
    const auto alpha = static_cast<double>(call.floatAttribute("alpha", 0.0001F)), beta = static_cast<double>(call.floatAttribute("beta", 0.75F)),
               bias = static_cast<double>(call.floatAttribute("bias", 1.0F));
    const std::int64_t batch = x.dims[0], channels = x.dims[1], plane = productOf(x.dims, 2, x.rank());
    const std::int64_t before = std::min((size - 1) / 2, channels), after = std::min(size - 1 - (size - 1) / 2, channels);
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            for (std::int64_t n = 0; n < batch; ++n) {
                const T *in = run.input<T>(0) + n * channels * plane;
                T *out = run.output<T>(0) + n * channels * plane;
                for (std::int64_t c = 0; c < channels; ++c) {
                    for (std::int64_t p = 0; p < plane; ++p) {
                        double squares = 0;
                        for (std::int64_t i = std::max<std::int64_t>(0, c - before); i <= std::min(channels - 1, c + after); ++i) {
                            const auto value = static_cast<double>(widen(in[i * plane + p]));
                            squares += value * value;
                        }
                        out[c * plane + p] = narrow<T>(static_cast<double>(widen(in[c * plane + p]))
                                                       / std::pow(bias + alpha / static_cast<double>(size) * squares, beta));
                    }
                }
            }
            return nullptr;
        });
    });
}

/// x / |x|_p along one axis; a row of zeros stays zero. ONNX operator LpNormalization.
core::Expected<BoundKernel> bindLpNormalization(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto axis = normalizedAxis(call.intAttribute("axis", -1), x.rank());
    const std::int64_t p = call.intAttribute("p", 2);
    if (!axis || x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("the axis is outside the input, or the output has another shape or type");
    if (p != 1 && p != 2)
        return call.broken("p is " + std::to_string(p) + ", the operator knows 1 and 2");
    const std::int64_t outer = productOf(x.dims, 0, *axis), size = x.dims[*axis], inner = productOf(x.dims, *axis + 1, x.rank());
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            for (std::int64_t row = 0; row < outer * inner; ++row) {
                const std::int64_t start = row / inner * size * inner + row % inner;
                double norm = 0;
                for (std::int64_t i = 0; i < size; ++i) {
                    const auto value = static_cast<double>(widen(run.input<T>(0)[start + i * inner]));
                    norm += p == 1 ? std::abs(value) : value * value;
                }
                if (p == 2)
                    norm = std::sqrt(norm);
                for (std::int64_t i = 0; i < size; ++i) {
                    const auto value = static_cast<double>(widen(run.input<T>(0)[start + i * inner]));
                    run.output<T>(0)[start + i * inner] = narrow<T>(norm == 0 ? 0.0 : value / norm);
                }
            }
            return nullptr;
        });
    });
}

/// (x - mean) / (deviation + 1e-9) over some axes. ONNX operator MeanVarianceNormalization.
core::Expected<BoundKernel> bindMeanVariance(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    std::vector<std::int64_t> listed{0, 2, 3};
    if (const auto given = call.intsAttribute("axes"))
        listed = *given;
    const auto axes = normalizedAxes(listed, x.rank());
    if (!axes || x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("an axis is outside the input or stands twice, or the output has another shape or type");
    // The kept axes are walked outside, the others inside.
    const Strides strides = x.strides();
    core::Dims keptDims, reducedDims;
    Strides keptStrides{}, reducedStrides{};
    for (std::size_t i = 0; i < x.rank(); ++i) {
        const bool reduced = std::ranges::find(*axes, i) != axes->end();
        (reduced ? reducedStrides[reducedDims.size()] : keptStrides[keptDims.size()]) = strides[i];
        (reduced ? reducedDims : keptDims).push_back(x.dims[i]);
    }
    StridedLoop<1> kept(keptDims), reduced(reducedDims);
    kept.setOperand(0, keptStrides);
    reduced.setOperand(0, reducedStrides);
    return dispatchFloat(call, x.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            kept.run([&](const std::array<std::int64_t, 1> &start) {
                const T *in = run.input<T>(0) + start[0];
                T *out = run.output<T>(0) + start[0];
                const auto count = static_cast<double>(reduced.total);
                double mean = 0, variance = 0;
                reduced.run([&](const std::array<std::int64_t, 1> &at) { mean += static_cast<double>(widen(in[at[0]])); });
                mean /= count;
                reduced.run([&](const std::array<std::int64_t, 1> &at) {
                    const double distance = static_cast<double>(widen(in[at[0]])) - mean;
                    variance += distance * distance;
                });
                const double deviation = std::sqrt(variance / count) + 1e-9;
                reduced.run([&](const std::array<std::int64_t, 1> &at) {
                    out[at[0]] = narrow<T>((static_cast<double>(widen(in[at[0]])) - mean) / deviation);
                });
            });
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "LRN", 1, bindLrn, false},
    {"", "LpNormalization", 1, bindLpNormalization, false},
    {"", "MeanVarianceNormalization", 9, bindMeanVariance, false},
};

} // namespace

std::span<const KernelEntry> normKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

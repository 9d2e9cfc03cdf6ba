// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"

#include <runtime/base/thread_pool.h>

namespace nordlys::runtime::reference {

namespace {

/// Sizes and settings of BatchNormalization, versions 1 to 15.
struct BatchShape {
    std::int64_t batch = 0, features = 1; ///< features: channels, or all values of a sample with spatial = 0
    std::int64_t plane = 1;               ///< values per sample and feature
    double epsilon = 1e-5, momentum = 0.9;
    bool trains = false;
    std::array<core::DType, 5> types{}; ///< of scale, B, mean, var: the statistics may be wider than the data
    std::array<core::DType, 5> results{}; ///< of the outputs after the first, where present
};

/// Feature `f` of sample `n` begins at (n * features + f) * plane.
template <typename T>
void normalizeFeature(const BatchShape &s, std::int64_t f, double scale, double shift, double mean, double variance, const T *in, T *out)
{
    const auto factor = static_cast<Wide<T>>(scale / std::sqrt(variance + s.epsilon));
    const auto center = static_cast<Wide<T>>(mean), base = static_cast<Wide<T>>(shift);
    for (std::int64_t n = 0; n < s.batch; ++n) {
        const std::int64_t start = (n * s.features + f) * s.plane;
        for (std::int64_t p = start; p < start + s.plane; ++p)
            out[p] = narrow<T>((widen(in[p]) - center) * factor + base);
    }
}

/// Mean and variance (of the population) of a feature over the batch.
template <typename T>
std::pair<double, double> statisticsOf(const BatchShape &s, std::int64_t f, const T *in)
{
    const auto count = static_cast<double>(s.batch * s.plane);
    double mean = 0, variance = 0;
    const auto visit = [&](auto &&body) {
        for (std::int64_t n = 0; n < s.batch; ++n) {
            for (std::int64_t p = 0; p < s.plane; ++p)
                body(static_cast<double>(widen(in[(n * s.features + f) * s.plane + p])));
        }
    };
    visit([&](double value) { mean += value; });
    mean /= count;
    visit([&](double value) { variance += (value - mean) * (value - mean); });
    return {mean, variance / count};
}

/// Training: outputs 1 and 2 are the running statistics; 3 and 4 (before version 14) those of the batch.
void storeStatistics(const BatchShape &s, const KernelRun &run, std::int64_t f, std::pair<double, double> batch, std::pair<double, double> running)
{
    const double values[5] = {0, running.first * s.momentum + batch.first * (1 - s.momentum), running.second * s.momentum + batch.second * (1 - s.momentum),
                              batch.first, batch.second};
    for (std::size_t i = 1; i < 5; ++i) {
        if (run.outputs[i] != nullptr)
            storeFloat(run.outputs[i], s.results[i], f, values[i]);
    }
}

core::Expected<BatchShape> batchShapeOf(const KernelCall &call)
{
    NORDLYS_TRY(call.require(5));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() < 1 || x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("the output has not the shape and type of the input");
    BatchShape s;
    const bool wantsStatistics = call.hasOutput(1) || call.hasOutput(2) || call.hasOutput(3) || call.hasOutput(4);
    // Before version 14 the number of outputs tells training from inference.
    s.trains = call.opset >= 14 ? call.intAttribute("training_mode", 0) != 0 : wantsStatistics && call.intAttribute("is_test", 0) == 0;
    if (wantsStatistics && !s.trains)
        return call.broken("statistics are outputs of training only");
    s.epsilon = static_cast<double>(call.floatAttribute("epsilon", 1e-5F));
    s.momentum = static_cast<double>(call.floatAttribute("momentum", 0.9F));
    s.batch = x.dims[0];
    // Version 9 dropped `spatial`; with 0 every value of a sample has statistics of its own.
    const bool spatial = call.opset >= 9 || call.intAttribute("spatial", 1) != 0;
    s.features = spatial ? (x.rank() > 1 ? x.dims[1] : 1) : productOf(x.dims, 1, x.rank());
    s.plane = spatial ? productOf(x.dims, std::min<std::size_t>(2, x.rank()), x.rank()) : 1;
    const auto fits = [&](const TensorDesc &desc) {
        return isComputedFloat(desc.dtype) && desc.elementCount() == s.features && (!spatial || desc.rank() == 1);
    };
    static constexpr std::string_view names[5] = {"X", "scale", "B", "mean", "var"};
    for (std::size_t i = 1; i < 5; ++i) {
        if (!fits(call.inputs[i]))
            return call.broken(std::string(names[i]) + " (input " + std::to_string(i) + ") needs one floating point value per "
                               + (spatial ? "channel: " : "value of a sample: ") + std::to_string(s.features));
        s.types[i] = call.inputs[i].dtype;
        if (call.hasOutput(i)) {
            if (!fits(call.outputs[i]))
                return call.broken("output " + std::to_string(i) + " needs as many floating point values as the scale");
            s.results[i] = call.outputs[i].dtype;
        }
    }
    return s;
}

core::Expected<BoundKernel> bindBatchNormalization(const KernelCall &call)
{
    auto shape = batchShapeOf(call);
    NORDLYS_TRY(shape);
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        const int inPlace = shape->trains ? -1 : 0;
        return bound(
            call,
            [s = *shape](const KernelRun &run) -> KernelStatus {
                run.pool->parallelFor(static_cast<std::size_t>(s.features), 1, [&](std::size_t begin, std::size_t end, int) {
                    for (auto f = static_cast<std::int64_t>(begin); f < static_cast<std::int64_t>(end); ++f) {
                        const auto parameter = [&](std::size_t input) { return floatAt(run.inputs[input], s.types[input], f); };
                        std::pair<double, double> used{parameter(3), parameter(4)};
                        if (s.trains) {
                            const auto running = used;
                            used = statisticsOf(s, f, run.input<T>(0));
                            storeStatistics(s, run, f, used, running);
                        }
                        normalizeFeature(s, f, parameter(1), parameter(2), used.first, used.second, run.input<T>(0), run.output<T>(0));
                    }
                });
                return nullptr;
            },
            inPlace);
    });
}

constexpr KernelEntry entries[] = {{"", "BatchNormalization", 1, bindBatchNormalization, false}};

} // namespace

std::span<const KernelEntry> batchNormalizationKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

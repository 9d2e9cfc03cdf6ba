// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"

namespace nordlys::runtime::reference {

namespace {

enum class Reduction { None, Sum, Mean };

/// Sizes of NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss: scores [N, C, d1..dk], target [N, d1..dk].
struct LossShape {
    std::int64_t batch = 0, classes = 0, plane = 1;
    Reduction reduction = Reduction::Mean;
    std::optional<std::int64_t> ignored;
    core::DType targetType = core::DType::Int64;
};

core::Expected<LossShape> lossShapeOf(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &target = call.inputs[1], &y = call.outputs[0];
    if (x.rank() < 2)
        return call.broken("the scores (input 0) need at least 2 dimensions");
    core::Dims without = x.dims;
    without.erase(without.begin() + 1);
    if (target.dims != without)
        return call.broken("the target (input 1) needs the shape " + core::shapeText(without));
    if (target.dtype != core::DType::Int32 && target.dtype != core::DType::Int64)
        return call.broken("the target (input 1) has to be int32 or int64");
    if (call.hasInput(2) && (call.inputs[2].dims != core::Dims{x.dims[1]} || call.inputs[2].dtype != x.dtype))
        return call.broken("weight (input 2) needs one value per class, of the scores' type");
    LossShape s;
    s.batch = x.dims[0];
    s.classes = x.dims[1];
    s.plane = productOf(x.dims, 2, x.rank());
    s.targetType = target.dtype;
    const std::string reduction = call.stringAttribute("reduction", "mean");
    if (reduction != "none" && reduction != "sum" && reduction != "mean")
        return call.broken("reduction \"" + reduction + "\" is unknown");
    s.reduction = reduction == "none" ? Reduction::None : reduction == "sum" ? Reduction::Sum : Reduction::Mean;
    if (call.attribute("ignore_index") != nullptr)
        s.ignored = call.intAttribute("ignore_index", 0);
    if (y.dtype != x.dtype || y.dims != (s.reduction == Reduction::None ? without : core::Dims{}))
        return call.broken("the loss needs the scores' type and " + std::string(s.reduction == Reduction::None ? "the target's shape" : "no dimensions"));
    return s;
}

constexpr KernelStatus badTarget = "a target lies outside the classes";

/// Writes the loss, `logProbability(n, class, position)` being that of a class. Mean: divided by the sum of the used weights.
template <typename T, typename LogProbability>
KernelStatus reduceLoss(const LossShape &s, const KernelRun &run, LogProbability &&logProbability)
{
    double total = 0, weights = 0;
    for (std::int64_t i = 0; i < s.batch * s.plane; ++i) {
        const std::int64_t label = indexAt(run.inputs[1], s.targetType, i);
        double loss = 0;
        if (!s.ignored || label != *s.ignored) {
            if (label < 0 || label >= s.classes)
                return badTarget;
            const double weight = run.inputs[2] != nullptr ? static_cast<double>(widen(run.input<T>(2)[label])) : 1;
            loss = -logProbability(i / s.plane, label, i % s.plane) * weight;
            weights += weight;
        }
        total += loss;
        if (s.reduction == Reduction::None)
            run.output<T>(0)[i] = narrow<T>(loss);
    }
    if (s.reduction != Reduction::None)
        run.output<T>(0)[0] = narrow<T>(s.reduction == Reduction::Mean ? total / weights : total);
    return nullptr;
}

core::Expected<BoundKernel> bindNegativeLogLikelihood(const KernelCall &call)
{
    auto shape = lossShapeOf(call);
    NORDLYS_TRY(shape);
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [s = *shape](const KernelRun &run) -> KernelStatus {
            return reduceLoss<T>(s, run, [&](std::int64_t n, std::int64_t label, std::int64_t p) {
                return static_cast<double>(widen(run.input<T>(0)[(n * s.classes + label) * s.plane + p]));
            });
        });
    });
}

core::Expected<BoundKernel> bindSoftmaxCrossEntropy(const KernelCall &call)
{
    auto shape = lossShapeOf(call);
    NORDLYS_TRY(shape);
    if (call.hasOutput(1) && (call.outputs[1].dims != call.inputs[0].dims || call.outputs[1].dtype != call.inputs[0].dtype))
        return call.broken("log_prob (output 1) needs the shape and type of the scores");
    return dispatchFloat(call, call.inputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [s = *shape](const KernelRun &run) -> KernelStatus {
            const T *scores = run.input<T>(0);
            const auto score = [&](std::int64_t n, std::int64_t c, std::int64_t p) {
                return static_cast<double>(widen(scores[(n * s.classes + c) * s.plane + p]));
            };
            // log(sum(exp)) of the classes at one position, with the largest taken out so that nothing overflows
            const auto logSum = [&](std::int64_t n, std::int64_t p) {
                double largest = -std::numeric_limits<double>::infinity(), sum = 0;
                for (std::int64_t c = 0; c < s.classes; ++c)
                    largest = std::max(largest, score(n, c, p));
                for (std::int64_t c = 0; c < s.classes; ++c)
                    sum += std::exp(score(n, c, p) - largest);
                return largest + std::log(sum);
            };
            if (run.outputs[1] != nullptr) {
                for (std::int64_t i = 0; i < s.batch * s.plane; ++i) {
                    const std::int64_t n = i / s.plane, p = i % s.plane;
                    const double sum = logSum(n, p);
                    for (std::int64_t c = 0; c < s.classes; ++c)
                        run.output<T>(1)[(n * s.classes + c) * s.plane + p] = narrow<T>(score(n, c, p) - sum);
                }
            }
            return reduceLoss<T>(s, run, [&](std::int64_t n, std::int64_t label, std::int64_t p) { return score(n, label, p) - logSum(n, p); });
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "NegativeLogLikelihoodLoss", 12, bindNegativeLogLikelihood, false},
    {"", "SoftmaxCrossEntropyLoss", 12, bindSoftmaxCrossEntropy, false},
};

} // namespace

std::span<const KernelEntry> lossKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

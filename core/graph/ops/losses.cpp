// SPDX-License-Identifier: Apache-2.0
#include "families.h"
#include "infer_util.h"

namespace nordlys::core::ops {

namespace {

/// scores [N, C, d1..dk], target [N, d1..dk]: a loss per target, or one number; SoftmaxCrossEntropyLoss also gives the log probabilities.
Expected<void> inferLoss(InferenceContext &context)
{
    const std::string reduction = attributeString(context.graph(), context.node(), "reduction", "mean");
    if (reduction != "none" && reduction != "sum" && reduction != "mean")
        return broken("reduction \"" + reduction + "\" is unknown");
    const std::optional<Shape> &scores = context.inputShape(0);
    const std::optional<Shape> &target = context.inputShape(1);
    if (scores && scores->size() < 2)
        return broken("the scores have rank " + std::to_string(scores->size()) + ", a loss needs 2 or more");
    if (scores && target && target->size() + 1 != scores->size())
        return broken("scores of rank " + std::to_string(scores->size()) + " and a target of rank " + std::to_string(target->size()) + " do not fit");
    std::optional<Shape> loss;
    if (reduction != "none") {
        loss = Shape{};
    } else if (scores) {
        loss = scores;
        loss->erase(loss->begin() + 1);
    } else {
        loss = target;
    }
    context.setOutput(0, context.inputType(0), std::move(loss));
    if (context.outputCount() > 1)
        context.setOutput(1, context.inputType(0), scores);
    return {};
}

} // namespace

std::span<const OpSpec> lossOps()
{
    static const std::vector<OpSpec> rows = [] {
        std::vector<OpSpec> built{row("NegativeLogLikelihoodLoss", 12, 2, 3, inferLoss), row("SoftmaxCrossEntropyLoss", 12, 2, 3, inferLoss)};
        built[1].maxOutputs = 2;
        for (OpSpec &spec : built) {
            spec.output = QuantRole::None; // a figure of merit, no activation
            spec.inputs = kNoInputs;
        }
        return built;
    }();
    return rows;
}

} // namespace nordlys::core::ops

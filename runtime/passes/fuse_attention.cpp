// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

#include <runtime/kernels/reference/fused_attention.h>

#include <algorithm>

namespace nordlys::runtime::passes {

namespace {

/// What lies between the product of queries and keys and the softmax.
struct Scores {
    int product = -1; ///< MatMul of queries and keys
    std::vector<int> steps;             ///< from the MatMul down
    std::vector<std::int64_t> program;  ///< ScoreOp of every step after the MatMul
    std::vector<int> operands;          ///< of these steps, in their order
};

constexpr std::size_t maxScoreSteps = 6;

/// The step as an operation on scores that come in by input `data`; its other inputs are appended.
std::optional<ScoreOp> scoreOp(const ProgramStep &step, std::size_t data, std::vector<int> &operands)
{
    if (step.op == "Where" && step.inputs.size() == 3 && data > 0) {
        operands.push_back(step.inputs[0]);
        operands.push_back(step.inputs[3 - data]);
        return data == 1 ? ScoreOp::WhereThen : ScoreOp::WhereElse;
    }
    if (step.inputs.size() != 2 || step.opset < 7)
        return std::nullopt;
    operands.push_back(step.inputs[1 - data]);
    if (step.op == "Mul")
        return ScoreOp::Mul;
    if (step.op == "Add")
        return ScoreOp::Add;
    if (step.op == "Div" && data == 0)
        return ScoreOp::Div;
    if (step.op == "Sub" && data == 0)
        return ScoreOp::Sub;
    return std::nullopt;
}

/// Follows the scores up to the MatMul that makes them.
std::optional<Scores> scoresOf(const Matcher &match, int tensor, const core::Dims &dims, std::size_t depth)
{
    const int s = match.producer(tensor);
    if (depth > maxScoreSteps || !match.isOp(s) || !match.isInner(tensor) || match.tensor(tensor).dims != dims
        || match.tensor(tensor).dtype != core::DType::Float32)
        return std::nullopt;
    const ProgramStep &step = match.step(s);
    if (match.isFloatOp(s, "MatMul")) {
        Scores result;
        result.product = s;
        result.steps.push_back(s);
        return result;
    }
    for (std::size_t data = 0; data < step.inputs.size(); ++data) {
        std::vector<int> operands;
        const auto op = scoreOp(step, data, operands);
        auto result = op && step.inputs[data] >= 0 ? scoresOf(match, step.inputs[data], dims, depth + 1) : std::nullopt;
        if (!result || std::any_of(operands.begin(), operands.end(), [](int operand) { return operand < 0; }))
            continue;
        result->steps.push_back(s);
        result->program.push_back(static_cast<std::int64_t>(*op));
        result->operands.insert(result->operands.end(), operands.begin(), operands.end());
        return result;
    }
    return std::nullopt;
}

bool isOverLastAxis(const Matcher &match, int softmax)
{
    const KernelCall call = callOf(match.program(), match.step(softmax));
    const auto rank = static_cast<std::int64_t>(call.inputs[0].rank());
    const std::int64_t axis = call.intAttribute("axis", call.opset < 13 ? 1 : -1);
    return axis == -1 || axis == rank - 1;
}

void fuseAt(Matcher &match, int s)
{
    const int weights = match.step(s).inputs[0], softmax = match.producerOf(weights, "Softmax");
    if (softmax < 0 || match.step(s).inputs.size() != 2 || match.step(s).inputs[1] < 0 || !isOverLastAxis(match, softmax))
        return;
    const core::Dims &dims = match.tensor(weights).dims;
    auto scores = dims.size() >= 2 ? scoresOf(match, match.step(softmax).inputs[0], dims, 0) : std::nullopt;
    if (!scores)
        return;
    scores->steps.push_back(softmax);
    scores->steps.push_back(s);
    const ProgramStep &product = match.step(scores->product);
    if (product.inputs.size() != 2 || product.inputs[1] < 0 || !match.isClosed(scores->steps))
        return;
    ProgramStep made = makeStep("Attention", 1, {product.inputs[0], product.inputs[1], match.step(s).inputs[1]});
    made.domain = planDomain;
    made.inputs.insert(made.inputs.end(), scores->operands.begin(), scores->operands.end());
    made.attributes["scores"] = scores->program;
    made.name = match.step(s).name;
    made.outputs = match.step(s).outputs;
    if (!bindFusedAttention(callOf(match.program(), made)))
        return; // a form of broadcasting that the kernel does not take
    match.fuse(scores->steps, std::move(made));
}

} // namespace

void fuseAttention(Program &program, const NameSet &keep)
{
    Matcher match(program, keep);
    for (int s = 0; s < match.stepCount(); ++s) {
        if (match.isFloatOp(s, "MatMul"))
            fuseAt(match, s);
    }
    match.finish();
}

} // namespace nordlys::runtime::passes

// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

namespace nordlys::runtime::passes {

namespace {

constexpr double tolerance = 1e-5;

/// Clip of 0..6 with constant bounds.
bool isRelu6(const Matcher &match, int s)
{
    const ProgramStep &step = match.step(s);
    if (step.opset < 11) {
        const KernelCall call = callOf(match.program(), step);
        return call.floatAttribute("min", -1.0F) == 0.0F && call.floatAttribute("max", -1.0F) == 6.0F;
    }
    return step.inputs.size() == 3 && match.scalar(step.inputs[1]) == 0.0 && match.scalar(step.inputs[2]) == 6.0;
}

/// The x of Clip(x + 3, 0, 6), and its steps.
std::optional<std::pair<int, std::vector<int>>> relu6OfShifted(const Matcher &match, int tensor)
{
    const int clip = match.producerOf(tensor, "Clip");
    if (clip < 0 || !isRelu6(match, clip))
        return std::nullopt;
    const int add = match.producerOf(match.step(clip).inputs[0], "Add");
    const auto shifted = match.withScalar(add);
    if (add < 0 || !shifted || shifted->second != 3.0)
        return std::nullopt;
    return std::pair(shifted->first, std::vector<int>{add, clip});
}

/// x / 6 or x * (1 / 6): the operand.
int sixthOf(const Matcher &match, int s)
{
    const auto scaled = match.withScalar(s);
    if (!scaled)
        return -1;
    const std::string &op = match.step(s).op;
    const bool isSixth = (op == "Div" && scaled->second == 6.0) || (op == "Mul" && isNear(scaled->second, 1.0 / 6.0, tolerance));
    return isSixth ? scaled->first : -1;
}

bool fuse(Matcher &match, std::vector<int> steps, std::string_view op, int opset, int x)
{
    if (!match.isClosed(steps) || findReferenceKernel("", op, opset) == nullptr)
        return false;
    match.fuse(steps, makeStep(op, opset, {x}));
    return true;
}

/// x * gate, the gate being Sigmoid(x), HardSigmoid(x) of 1/6 and 1/2, or Clip(x + 3, 0, 6) / 6.
bool fuseGate(Matcher &match, int product, int x, int gate)
{
    if (const int s = match.producerOf(gate, "Sigmoid"); s >= 0 && match.step(s).inputs[0] == x)
        return fuse(match, {s, product}, "Swish", 24, x);
    if (const int s = match.producerOf(gate, "HardSigmoid"); s >= 0 && match.step(s).inputs[0] == x) {
        const KernelCall call = callOf(match.program(), match.step(s));
        if (isNear(static_cast<double>(call.floatAttribute("alpha", 0.2F)), 1.0 / 6.0, tolerance) && call.floatAttribute("beta", 0.5F) == 0.5F)
            return fuse(match, {s, product}, "HardSwish", 14, x);
    }
    const int divide = match.producer(gate);
    if (!match.isFloatOp(divide, {}))
        return false;
    const int clipped = sixthOf(match, divide);
    const auto inner = clipped >= 0 ? relu6OfShifted(match, clipped) : std::nullopt;
    return inner && inner->first == x && fuse(match, {inner->second[0], inner->second[1], divide, product}, "HardSwish", 14, x);
}

/// (x * Clip(x + 3, 0, 6)) / 6
void fuseDivided(Matcher &match, int divide)
{
    const int value = sixthOf(match, divide), product = value >= 0 ? match.producerOf(value, "Mul") : -1;
    if (product < 0 || match.step(product).inputs.size() != 2)
        return;
    for (const std::size_t i : {std::size_t(0), std::size_t(1)}) {
        const int x = match.step(product).inputs[i];
        const auto inner = relu6OfShifted(match, match.step(product).inputs[1 - i]);
        if (inner && inner->first == x && fuse(match, {inner->second[0], inner->second[1], product, divide}, "HardSwish", 14, x))
            return;
    }
}

} // namespace

void fuseSwishes(Program &program, const NameSet &keep)
{
    Matcher match(program, keep);
    for (int s = 0; s < match.stepCount(); ++s) {
        if (!match.isFloatOp(s, {}) || match.step(s).opset < 7 || match.step(s).inputs.size() != 2 || match.step(s).inputs[1] < 0)
            continue;
        const bool isProduct = match.step(s).op == "Mul";
        const int a = match.step(s).inputs[0], b = match.step(s).inputs[1];
        if (isProduct && (fuseGate(match, s, a, b) || fuseGate(match, s, b, a)))
            continue;
        if (isProduct || match.step(s).op == "Div")
            fuseDivided(match, s);
    }
    match.finish();
}

} // namespace nordlys::runtime::passes

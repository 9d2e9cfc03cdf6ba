// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace nordlys::runtime::passes {

namespace {

using Permutation = std::vector<std::int64_t>;

/// The permutation of a Transpose with sound attributes.
std::optional<Permutation> permutationOf(const Matcher &match, int s)
{
    if (!match.isOp(s, "Transpose"))
        return std::nullopt;
    const std::size_t rank = match.tensor(match.step(s).inputs[0]).dims.size();
    auto perm = callOf(match.program(), match.step(s)).intsAttribute("perm");
    if (!perm) {
        perm = Permutation(rank);
        std::iota(perm->rbegin(), perm->rend(), std::int64_t(0)); // default: all dimensions in reverse
    }
    Permutation sorted = *perm;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        if (sorted[i] != static_cast<std::int64_t>(i))
            return std::nullopt;
    }
    return perm->size() == rank ? perm : std::nullopt;
}

/// The input through which this step works element by element, so that the order of the dimensions is nothing to it; -1 otherwise.
int elementwiseInput(const Matcher &match, int s)
{
    constexpr std::array<std::string_view, 26> unary{"Relu", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish", "Elu", "Selu", "Celu", "Softplus",
                                                     "Softsign", "Mish", "Gelu", "Swish", "Erf", "Exp", "Log", "Sqrt", "Reciprocal", "Neg", "Abs", "Floor",
                                                     "Ceil", "Round", "Cast", "Clip"};
    if (!match.isOp(s))
        return -1;
    const ProgramStep &step = match.step(s);
    if (std::find(unary.begin(), unary.end(), step.op) != unary.end()) {
        const bool plain = std::all_of(step.inputs.begin() + 1, step.inputs.end(), [&](int in) { return in < 0 || match.program().isConstant(in); });
        return plain ? 0 : -1;
    }
    constexpr std::array<std::string_view, 5> binary{"Add", "Sub", "Mul", "Div", "Pow"};
    if (std::find(binary.begin(), binary.end(), step.op) == binary.end() || step.inputs.size() != 2 || step.opset < 7)
        return -1;
    for (const std::size_t i : {std::size_t(0), std::size_t(1)}) {
        const int in = step.inputs[i], other = step.inputs[1 - i];
        if (in >= 0 && match.program().isConstant(other) && match.tensor(other).bytes == elementSize(match.tensor(other).dtype)
            && match.tensor(other).dims.size() <= match.tensor(in).dims.size())
            return static_cast<int>(i);
    }
    return -1;
}

core::Dims permuted(const core::Dims &dims, const Permutation &perm)
{
    core::Dims result;
    for (const std::int64_t axis : perm)
        result.push_back(dims[static_cast<std::size_t>(axis)]);
    return result;
}

/// Transpose, any elementwise steps, Transpose: the values between get the order of the source, and one Transpose does the work of both.
void mergeWithEarlier(Matcher &match, int s)
{
    const auto second = permutationOf(match, s);
    if (!second)
        return;
    std::vector<int> chain; // from the last one up
    int value = match.step(s).inputs[0];
    int above = match.producer(value);
    while (match.isInner(value) && above >= 0 && match.step(above).outputs[0] == value) {
        const int input = elementwiseInput(match, above);
        if (input < 0)
            break;
        chain.push_back(above);
        value = match.step(above).inputs[static_cast<std::size_t>(input)];
        above = match.producer(value);
    }
    const auto first = permutationOf(match, above);
    if (!first || !match.mayVanish(value) || (!chain.empty() && !match.isInner(value)))
        return;
    const int source = match.step(above).inputs[0];
    const core::Dims dims = match.tensor(source).dims;
    Permutation merged;
    for (const std::int64_t axis : *second)
        merged.push_back((*first)[static_cast<std::size_t>(axis)]);
    if (permuted(dims, merged) != match.tensor(match.step(s).outputs[0]).dims)
        return;
    int from = source;
    for (auto it = chain.rbegin(); it != chain.rend(); ++it) {
        const auto input = static_cast<std::size_t>(elementwiseInput(match, *it));
        match.setInput(*it, input, from);
        const ProgramTensor &old = match.tensor(match.step(*it).outputs[0]);
        from = match.addInner(old.name + "/untransposed", old.dtype, dims);
        match.setOutput(*it, 0, from);
    }
    match.setInput(s, 0, from);
    match.step(s).attributes["perm"] = merged; // the identity vanishes in the next pass
    if (match.readers(value).empty())
        match.drop(above, chain.empty() ? s : chain.back());
}

} // namespace

void mergeTransposes(Program &program, const NameSet &keep)
{
    Matcher match(program, keep);
    for (int s = 0; s < match.stepCount(); ++s)
        mergeWithEarlier(match, s);
    match.finish();
}

} // namespace nordlys::runtime::passes

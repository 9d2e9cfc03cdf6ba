// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

#include <algorithm>

namespace nordlys::runtime::passes {

namespace {

/// A value that a pattern found, and the steps that compute it from x.
struct Found {
    int tensor = -1;
    std::vector<int> steps;
};

void append(std::vector<int> &to, const std::vector<int> &from)
{
    to.insert(to.end(), from.begin(), from.end());
}

/// First of the trailing axes over which this ReduceMean goes, keeping the dims; nothing for other reductions.
std::optional<std::size_t> trailingAxis(const Matcher &match, int s)
{
    if (!match.isFloatOp(s, "ReduceMean"))
        return std::nullopt;
    const KernelCall call = callOf(match.program(), match.step(s));
    const auto rank = static_cast<std::int64_t>(call.inputs[0].rank());
    auto axes = call.opset >= 18 ? call.constantInts(1) : call.intsAttribute("axes");
    if (!axes || axes->empty() || call.intAttribute("keepdims", 1) == 0)
        return std::nullopt;
    for (std::int64_t &axis : *axes)
        axis += axis < 0 ? rank : 0;
    std::sort(axes->begin(), axes->end());
    for (std::size_t i = 0; i < axes->size(); ++i) {
        if ((*axes)[i] != rank - static_cast<std::int64_t>(axes->size() - i) || (*axes)[i] < 0)
            return std::nullopt;
    }
    return static_cast<std::size_t>(axes->front());
}

/// v of Pow(v, 2) or Mul(v, v).
std::optional<Found> squared(const Matcher &match, int tensor)
{
    if (const int s = match.producerOf(tensor, "Pow"); s >= 0) {
        const auto power = match.withScalar(s);
        if (power && power->second == 2)
            return Found{power->first, {s}};
    }
    const int s = match.producerOf(tensor, "Mul");
    if (s >= 0 && match.step(s).inputs.size() == 2 && match.step(s).inputs[0] == match.step(s).inputs[1])
        return Found{match.step(s).inputs[0], {s}};
    return std::nullopt;
}

/// sqrt(mean(v^2) + epsilon)
struct Deviation {
    int value = -1;
    std::size_t axis = 0;
    double epsilon = 0;
    std::vector<int> steps;
};

std::optional<Deviation> deviationOf(const Matcher &match, int tensor)
{
    const int root = match.producerOf(tensor, "Sqrt");
    const int add = root >= 0 ? match.producerOf(match.step(root).inputs[0], "Add") : -1;
    const auto sum = match.withScalar(add);
    if (add < 0 || !sum || !(sum->second >= 0))
        return std::nullopt;
    const int mean = match.producer(sum->first);
    const auto axis = trailingAxis(match, mean);
    const auto square = axis ? squared(match, match.step(mean).inputs[0]) : std::nullopt;
    if (!square)
        return std::nullopt;
    return Deviation{square->tensor, *axis, sum->second, {square->steps[0], mean, add, root}};
}

/// The same from 1 / sqrt(...): Reciprocal or Div of 1.
std::optional<Deviation> inverseDeviationOf(const Matcher &match, int tensor)
{
    const int s = match.producer(tensor);
    int root = -1;
    if (match.isFloatOp(s, "Reciprocal"))
        root = match.step(s).inputs[0];
    else if (match.isFloatOp(s, "Div") && match.step(s).inputs.size() == 2 && match.scalar(match.step(s).inputs[0]) == 1.0
             && match.tensor(match.step(s).inputs[1]).dims == match.tensor(tensor).dims)
        root = match.step(s).inputs[1];
    auto found = root >= 0 ? deviationOf(match, root) : std::nullopt;
    if (found)
        found->steps.push_back(s);
    return found;
}

/// v / sqrt(mean(v^2) + epsilon), as a quotient or a product with the inverse.
std::optional<Deviation> normalized(const Matcher &match, int tensor)
{
    const int s = match.producer(tensor);
    if (!match.isFloatOp(s, {}) || match.step(s).inputs.size() != 2 || match.step(s).opset < 7)
        return std::nullopt;
    const int a = match.step(s).inputs[0], b = match.step(s).inputs[1];
    std::optional<Deviation> found;
    if (match.step(s).op == "Div") {
        found = deviationOf(match, b);
        if (found && found->value != a)
            return std::nullopt;
    } else if (match.step(s).op == "Mul") {
        found = inverseDeviationOf(match, b);
        if (!found || found->value != a) {
            found = inverseDeviationOf(match, a);
            if (found && found->value != b)
                return std::nullopt;
        }
    }
    if (found)
        found->steps.push_back(s);
    return found;
}

/// x of x - mean(x) over these axes.
std::optional<Found> centred(const Matcher &match, int tensor, std::size_t axis)
{
    const int sub = match.producerOf(tensor, "Sub");
    if (sub < 0 || match.step(sub).inputs.size() != 2 || match.step(sub).opset < 7)
        return std::nullopt;
    const int x = match.step(sub).inputs[0], mean = match.producer(match.step(sub).inputs[1]);
    if (trailingAxis(match, mean) != axis || match.step(mean).inputs[0] != x)
        return std::nullopt;
    return Found{x, {mean, sub}};
}

/// One value per normalised position, the same for all rows.
bool isRowVector(const Matcher &match, int tensor, const core::Dims &dims, std::size_t axis)
{
    if (tensor < 0 || match.tensor(tensor).dtype != core::DType::Float32)
        return false;
    const core::Dims &own = match.tensor(tensor).dims;
    const std::size_t size = dims.size() - axis;
    if (own.size() < size || own.size() > dims.size())
        return false;
    const auto tail = static_cast<std::ptrdiff_t>(size);
    return std::equal(own.end() - tail, own.end(), dims.end() - tail) && std::all_of(own.begin(), own.end() - tail, [](std::int64_t d) { return d == 1; });
}

/// The other operand of a two-operand step.
int otherInput(const ProgramStep &step, int tensor)
{
    return step.inputs[0] == tensor ? step.inputs[1] : step.inputs[0];
}

/// The step of this operator that alone reads `tensor` and combines it with a row vector; -1: none.
int rowVectorReader(const Matcher &match, int tensor, std::string_view op, std::size_t axis)
{
    const int s = match.isInner(tensor) ? match.readers(tensor).front() : -1;
    if (!match.isFloatOp(s, op) || match.step(s).inputs.size() != 2 || match.step(s).opset < 7)
        return -1;
    const core::Dims &dims = match.tensor(tensor).dims;
    return match.tensor(match.step(s).outputs[0]).dims == dims && isRowVector(match, otherInput(match.step(s), tensor), dims, axis) ? s : -1;
}

ProgramStep normStep(std::string_view op, int opset, const Deviation &found, std::size_t rank, std::vector<int> inputs)
{
    ProgramStep made = makeStep(op, opset, std::move(inputs));
    made.attributes["axis"] = static_cast<std::int64_t>(found.axis) - static_cast<std::int64_t>(rank);
    made.attributes["epsilon"] = found.epsilon;
    return made;
}

/// Ones where the model has no scale.
int onesFor(Matcher &match, int x, std::size_t axis, const std::string &name)
{
    const core::Dims &dims = match.tensor(x).dims;
    const core::Dims own(dims.begin() + static_cast<std::ptrdiff_t>(axis), dims.end());
    const auto count = core::elementCount(own);
    return count ? match.addFloats(name + "/ones", own, std::vector<float>(static_cast<std::size_t>(*count), 1.0F)) : -1;
}

bool fuseNormalized(Matcher &match, int s)
{
    auto found = normalized(match, match.step(s).outputs[0]);
    if (!found)
        return false;
    const auto centre = centred(match, found->value, found->axis);
    const int x = centre ? centre->tensor : found->value;
    const std::size_t rank = match.tensor(x).dims.size();
    std::vector<int> steps = found->steps;
    if (centre)
        append(steps, centre->steps);
    int last = match.step(s).outputs[0], scale = -1, bias = -1;
    if (const int mul = rowVectorReader(match, last, "Mul", found->axis); mul >= 0) {
        scale = otherInput(match.step(mul), last);
        steps.push_back(mul);
        last = match.step(mul).outputs[0];
    }
    if (const int add = centre ? rowVectorReader(match, last, "Add", found->axis) : -1; add >= 0) {
        bias = otherInput(match.step(add), last);
        steps.push_back(add);
    }
    const std::string_view op = centre ? "LayerNormalization" : "RMSNormalization";
    const int opset = centre ? 17 : 23;
    if (!match.isClosed(steps) || findReferenceKernel("", op, opset) == nullptr)
        return false;
    // Scale and bias have to exist where the last step runs; they do, for it or a step before it reads them.
    if (scale < 0)
        scale = onesFor(match, x, found->axis, match.step(s).name);
    if (scale < 0)
        return false;
    std::vector<int> inputs{x, scale};
    if (bias >= 0)
        inputs.push_back(bias);
    match.fuse(steps, normStep(op, opset, *found, rank, std::move(inputs)));
    return true;
}

/// x * k + (bias - mean * k) with k = scale / sqrt(variance + epsilon), as batch normalization functions write it.
bool fuseScaledFirst(Matcher &match, int add)
{
    if (!match.isFloatOp(add, "Add") || match.step(add).inputs.size() != 2 || match.step(add).opset < 7)
        return false;
    for (const std::size_t i : {std::size_t(0), std::size_t(1)}) {
        const int product = match.producerOf(match.step(add).inputs[i], "Mul"), sub = match.producerOf(match.step(add).inputs[1 - i], "Sub");
        if (product < 0 || sub < 0 || match.step(product).inputs.size() != 2 || match.step(sub).inputs.size() != 2)
            continue;
        const int meanProduct = match.producerOf(match.step(sub).inputs[1], "Mul");
        if (meanProduct < 0 || match.step(meanProduct).inputs.size() != 2)
            continue;
        for (const std::size_t j : {std::size_t(0), std::size_t(1)}) {
            const int x = match.step(product).inputs[j], factor = match.step(product).inputs[1 - j];
            const int scaling = match.producerOf(factor, "Mul"), mean = match.producer(otherInput(match.step(meanProduct), factor));
            if (scaling < 0 || match.step(scaling).inputs.size() != 2 || (match.step(meanProduct).inputs[0] != factor && match.step(meanProduct).inputs[1] != factor))
                continue;
            for (const std::size_t k : {std::size_t(0), std::size_t(1)}) {
                const auto found = inverseDeviationOf(match, match.step(scaling).inputs[k]);
                const int scale = match.step(scaling).inputs[1 - k], bias = match.step(sub).inputs[0];
                const auto centre = found ? centred(match, found->value, found->axis) : std::nullopt;
                if (!centre || centre->tensor != x || trailingAxis(match, mean) != found->axis || match.step(mean).inputs[0] != x
                    || !isRowVector(match, scale, match.tensor(x).dims, found->axis) || !isRowVector(match, bias, match.tensor(x).dims, found->axis))
                    continue;
                std::vector<int> steps{scaling, product, mean, meanProduct, sub, add};
                append(steps, found->steps);
                append(steps, centre->steps);
                if (!match.isClosed(steps))
                    continue;
                match.fuse(steps, normStep("LayerNormalization", 17, *found, match.tensor(x).dims.size(), {x, scale, bias}));
                return true;
            }
        }
    }
    return false;
}

} // namespace

void fuseLayerNorms(Program &program, const NameSet &keep)
{
    Matcher match(program, keep);
    for (int s = 0; s < match.stepCount(); ++s) {
        if (match.isFloatOp(s, {}) && !fuseScaledFirst(match, s))
            fuseNormalized(match, s);
    }
    match.finish();
}

} // namespace nordlys::runtime::passes

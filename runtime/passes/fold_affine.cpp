// SPDX-License-Identifier: Apache-2.0
#include "weight_folding.h"

#include <cmath>

namespace nordlys::runtime::passes {

namespace {

/// A Mul, Div, Add or Sub with one value per channel (or one for all): which input is the data, and what happens to it.
struct Affine {
    int data = -1;
    ChannelMap map;
};

/// One value per channel of a constant that is broadcast to `dims` and differs along `axis` at most.
std::optional<std::vector<double>> perChannel(const Program &program, int tensor, const core::Dims &dims, std::size_t axis)
{
    if (!program.isConstant(tensor))
        return std::nullopt;
    const ProgramTensor &constant = program.tensor(tensor);
    if (constant.dtype != core::DType::Float32 || constant.bytes == 0 || constant.constant.bytes.size() != constant.bytes
        || constant.dims.size() > dims.size())
        return std::nullopt;
    const std::size_t lead = dims.size() - constant.dims.size();
    for (std::size_t i = 0; i < constant.dims.size(); ++i) {
        if (constant.dims[i] != 1 && (i + lead != axis || constant.dims[i] != dims[axis]))
            return std::nullopt;
    }
    const auto *values = reinterpret_cast<const float *>(constant.constant.bytes.data());
    const std::size_t count = constant.bytes / sizeof(float);
    std::vector<double> result;
    for (std::size_t c = 0; c < static_cast<std::size_t>(dims[axis]); ++c)
        result.push_back(static_cast<double>(values[count == 1 ? 0 : c]));
    return result;
}

std::size_t channelAxis(const ProgramStep &product, const core::Dims &dims)
{
    return product.op == "Gemm" || product.op == "MatMul" ? dims.size() - 1 : 1;
}

std::optional<Affine> affineOf(const Matcher &match, int s, std::size_t dataInput, std::size_t axis)
{
    const ProgramStep &step = match.step(s);
    const int data = step.inputs[dataInput], other = step.inputs[1 - dataInput];
    const core::Dims &dims = match.tensor(step.outputs[0]).dims;
    if (match.tensor(data).dims != dims || axis >= dims.size())
        return std::nullopt;
    auto values = perChannel(match.program(), other, dims, axis);
    if (!values)
        return std::nullopt;
    Affine result{data, {}};
    if (step.op == "Mul") {
        result.map.factor = std::move(*values);
    } else if (step.op == "Add") {
        result.map.shift = std::move(*values);
    } else if (step.op == "Div" && dataInput == 0) {
        for (const double value : *values)
            result.map.factor.push_back(1 / value);
    } else if (step.op == "Sub") {
        if (dataInput == 1)
            result.map.factor.assign(values->size(), -1.0);
        for (const double value : *values)
            result.map.shift.push_back(dataInput == 1 ? value : -value);
    } else
        return std::nullopt;
    for (const auto *list : {&result.map.factor, &result.map.shift}) {
        for (const double value : *list) {
            if (!std::isfinite(value))
                return std::nullopt;
        }
    }
    return result;
}

bool fits(const ChannelMap &map, std::int64_t channels)
{
    const auto count = static_cast<std::size_t>(channels);
    return (map.factor.empty() || map.factor.size() == count) && (map.shift.empty() || map.shift.size() == count);
}

bool isArithmetic(const Matcher &match, int s)
{
    if (!match.isFloatOp(s, {}) || match.step(s).opset < 7 || match.step(s).inputs.size() != 2 || match.step(s).inputs[1] < 0)
        return false;
    const std::string &op = match.step(s).op;
    return op == "Mul" || op == "Div" || op == "Add" || op == "Sub";
}

/// The Reshape that lies between a matrix product and this value and leaves the columns together; -1: none.
int viewOfColumns(const Matcher &match, int data)
{
    const int s = match.producer(data);
    if (!match.isInner(data) || !match.isFloatOp(s, "Reshape"))
        return -1;
    const core::Dims &from = match.tensor(match.step(s).inputs[0]).dims, &to = match.tensor(data).dims;
    const int product = match.producer(match.step(s).inputs[0]);
    const bool isMatrix = match.isFloatOp(product, "MatMul") || match.isFloatOp(product, "Gemm");
    return isMatrix && !from.empty() && !to.empty() && from.back() == to.back() ? s : -1;
}

core::Expected<bool> foldBehind(Matcher &match, int s, std::size_t dataInput)
{
    const int data = match.step(s).inputs[dataInput], between = viewOfColumns(match, data);
    const int value = between >= 0 ? match.step(between).inputs[0] : data, before = match.producer(value);
    const auto view = match.isInner(data) && match.isInner(value) ? weightViewOf(match, before) : std::nullopt;
    if (!view)
        return false;
    const auto affine = affineOf(match, s, dataInput, channelAxis(match.step(before), match.tensor(data).dims));
    if (!affine || !fits(affine->map, view->outputs) || changesEncodedWeights(match, before, {}, affine->map))
        return false;
    NORDLYS_TRY(foldIntoWeights(match, before, *view, {}, affine->map));
    match.step(before).label += "+" + match.step(s).label;
    const int out = match.step(s).outputs[0];
    match.drop(s, before);
    match.setOutput(between >= 0 ? between : before, 0, out);
    return true;
}

core::Expected<bool> foldAhead(Matcher &match, int s, std::size_t dataInput)
{
    const int out = match.step(s).outputs[0], data = match.step(s).inputs[dataInput];
    const int after = match.isInner(out) ? match.readers(out).front() : -1;
    const auto view = weightViewOf(match, after);
    if (!view || match.step(after).inputs[0] != out)
        return false;
    const KernelCall call = callOf(match.program(), match.step(after));
    if (call.intAttribute("transA", 0) != 0)
        return false;
    const auto affine = affineOf(match, s, dataInput, channelAxis(match.step(after), match.tensor(out).dims));
    if (!affine || !fits(affine->map, view->inputs) || (!affine->map.shift.empty() && !view->takesInputShift) || changesEncodedWeights(match, after, affine->map, {}))
        return false;
    NORDLYS_TRY(foldIntoWeights(match, after, *view, affine->map, {}));
    match.step(after).label = match.step(s).label + "+" + match.step(after).label;
    match.setInput(after, 0, data);
    match.drop(s, after);
    return true;
}

} // namespace

core::Expected<void> foldAffine(Program &program, const NameSet &keep)
{
    Matcher match(program, keep);
    // Behind first, so that a Mul and an Add between two products both go into the first; what is left in front goes in from its end.
    const int count = match.stepCount();
    for (int i = 0; i < 2 * count; ++i) {
        const bool behind = i < count;
        const int s = behind ? i : 2 * count - 1 - i;
        for (std::size_t dataInput = 0; dataInput < 2 && isArithmetic(match, s); ++dataInput) {
            auto folded = behind ? foldBehind(match, s, dataInput) : foldAhead(match, s, dataInput);
            NORDLYS_TRY(folded);
        }
    }
    match.finish();
    return {};
}

} // namespace nordlys::runtime::passes

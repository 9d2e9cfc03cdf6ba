// SPDX-License-Identifier: Apache-2.0
#include "weight_folding.h"

#include <algorithm>

namespace nordlys::runtime::passes {

namespace {

bool isFloatConstant(const Program &program, int tensor)
{
    return program.isConstant(tensor) && program.tensor(tensor).dtype == core::DType::Float32
           && program.tensor(tensor).constant.bytes.size() == program.tensor(tensor).bytes;
}

const float *valuesOf(const Program &program, int tensor)
{
    return reinterpret_cast<const float *>(program.tensor(tensor).constant.bytes.data());
}

bool isUnpadded(const KernelCall &call)
{
    const std::string mode = call.stringAttribute("auto_pad", "NOTSET");
    const auto pads = call.intsAttribute("pads");
    return mode == "VALID" || (mode == "NOTSET" && (!pads || std::all_of(pads->begin(), pads->end(), [](std::int64_t pad) { return pad == 0; })));
}

std::optional<WeightView> viewOf(const KernelCall &call, const core::Dims &w)
{
    WeightView view;
    if (call.op == "Conv" || call.op == "ConvTranspose") {
        if (w.size() < 3)
            return std::nullopt;
        view.rows = w[0];
        view.columns = w[1];
        for (std::size_t i = 2; i < w.size(); ++i)
            view.plane *= w[i];
        view.groups = call.intAttribute("group", 1);
        view.rowsAreOutputs = call.op == "Conv";
        view.takesInputShift = view.rowsAreOutputs && isUnpadded(call);
    } else {
        if (w.size() != 2 || call.inputs[0].rank() < 2)
            return std::nullopt;
        const bool gemm = call.op == "Gemm";
        view.rows = w[0];
        view.columns = w[1];
        view.rowsAreOutputs = gemm && call.intAttribute("transB", 0) != 0;
        view.takesInputShift = true;
        if (gemm) {
            view.productFactor = static_cast<double>(call.floatAttribute("alpha", 1.0F));
            view.biasFactor = static_cast<double>(call.floatAttribute("beta", 1.0F));
        }
    }
    if (view.groups < 1 || view.rows < view.groups || view.rows % view.groups != 0 || view.columns < 1 || view.biasFactor == 0)
        return std::nullopt;
    const std::int64_t other = view.columns * view.groups;
    view.outputs = view.rowsAreOutputs ? view.rows : other;
    view.inputs = view.rowsAreOutputs ? other : view.rows;
    return view;
}

} // namespace

std::optional<WeightView> weightViewOf(const Matcher &match, int step)
{
    const Program &program = match.program();
    if (!match.isFloatOp(step, {}))
        return std::nullopt;
    const ProgramStep &s = match.step(step);
    if (s.op != "Conv" && s.op != "ConvTranspose" && s.op != "Gemm" && s.op != "MatMul")
        return std::nullopt;
    if (s.inputs.size() < 2 || !isFloatConstant(program, s.inputs[1]) || s.outputs.size() != 1 || (s.op == "MatMul" && s.inputs.size() > 3))
        return std::nullopt;
    auto view = viewOf(callOf(program, s), program.tensor(s.inputs[1]).dims);
    if (!view)
        return std::nullopt;
    const int bias = s.inputs.size() > 2 ? s.inputs[2] : -1;
    if (bias >= 0 && (!isFloatConstant(program, bias) || program.tensor(bias).dims != core::Dims{view->outputs}))
        return std::nullopt;
    return view;
}

bool changesEncodedWeights(const Matcher &match, int stepIndex, const ChannelMap &input, const ChannelMap &output)
{
    const auto &inputs = match.step(stepIndex).inputs;
    const bool scales = !input.factor.empty() || !output.factor.empty(), hasBias = inputs.size() > 2 && inputs[2] >= 0;
    return (scales && match.isKept(inputs[1])) || (hasBias && match.isKept(inputs[2]));
}

core::Expected<void> foldIntoWeights(Matcher &match, int stepIndex, const WeightView &view, const ChannelMap &input, const ChannelMap &output)
{
    Program &program = match.program();
    const auto at = [](const std::vector<double> &list, std::int64_t channel, double fallback) {
        return list.empty() ? fallback : list[static_cast<std::size_t>(channel)];
    };
    const int weightIndex = match.step(stepIndex).inputs[1];
    const int biasIndex = match.step(stepIndex).inputs.size() > 2 ? match.step(stepIndex).inputs[2] : -1;
    ProgramTensor weight = program.tensor(weightIndex);
    auto weightBuffer = makeConstantBuffer(weight.bytes);
    NORDLYS_TRY(weightBuffer);
    const float *oldWeight = valuesOf(program, weightIndex);
    auto *newWeight = reinterpret_cast<float *>((*weightBuffer)->data());
    std::vector<double> bias(static_cast<std::size_t>(view.outputs), 0.0);
    for (std::int64_t c = 0; biasIndex >= 0 && c < view.outputs; ++c)
        bias[static_cast<std::size_t>(c)] = static_cast<double>(valuesOf(program, biasIndex)[c]) * view.biasFactor;
    for (std::int64_t r = 0; r < view.rows; ++r) {
        for (std::int64_t c = 0; c < view.columns; ++c) {
            const std::int64_t in = view.input(r, c), out = view.output(r, c);
            const double factor = at(input.factor, in, 1) * at(output.factor, out, 1), shift = at(input.shift, in, 0);
            for (std::int64_t i = (r * view.columns + c) * view.plane; i < (r * view.columns + c + 1) * view.plane; ++i) {
                const auto value = static_cast<double>(oldWeight[i]);
                newWeight[i] = static_cast<float>(value * factor);
                bias[static_cast<std::size_t>(out)] += value * shift * view.productFactor;
            }
        }
    }
    weight.constant = constantFrom(std::move(*weightBuffer));
    weight.constant.bytes = weight.constant.bytes.first(weight.bytes);
    match.setInput(stepIndex, 1, match.addTensor(std::move(weight)));
    if (biasIndex < 0 && input.shift.empty() && output.shift.empty())
        return {};

    ProgramTensor made;
    made.dtype = core::DType::Float32;
    made.dims = {view.outputs};
    made.bytes = bias.size() * sizeof(float);
    made.storage = Storage::Constant;
    made.fromSource = biasIndex >= 0;
    made.name = biasIndex >= 0 ? program.tensor(biasIndex).name : match.step(stepIndex).name + "/folded_bias";
    auto biasBuffer = makeConstantBuffer(made.bytes);
    NORDLYS_TRY(biasBuffer);
    for (std::int64_t c = 0; c < view.outputs; ++c) {
        const double value = bias[static_cast<std::size_t>(c)] * at(output.factor, c, 1) + at(output.shift, c, 0);
        reinterpret_cast<float *>((*biasBuffer)->data())[c] = static_cast<float>(value);
    }
    made.constant = constantFrom(std::move(*biasBuffer));
    made.constant.bytes = made.constant.bytes.first(made.bytes);
    ProgramStep &step = match.step(stepIndex);
    if (step.op == "Gemm")
        step.attributes.insert_or_assign("beta", core::AttributeValue(1.0)); // it is part of the bias now
    step.inputs.resize(3, -1);
    match.setInput(stepIndex, 2, match.addTensor(std::move(made)));
    return {};
}

} // namespace nordlys::runtime::passes

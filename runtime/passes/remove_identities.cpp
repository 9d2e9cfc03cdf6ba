// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace nordlys::runtime::passes {

namespace {

/// Whether a Dropout drops anything: only where its third input may say so.
bool mayTrain(const Program &program, const ProgramStep &step)
{
    if (step.inputs.size() <= 2 || step.inputs[2] < 0)
        return false;
    const ProgramTensor &mode = program.tensor(step.inputs[2]);
    const bool isKnown = mode.storage == Storage::Constant && mode.dtype == core::DType::Bool && mode.constant.bytes.size() == 1;
    return !isKnown || mode.constant.bytes[0] != std::byte(0);
}

/// Every element of a constant integer list fits; false where the list is not known.
template <typename Predicate>
bool allOf(const std::optional<std::vector<std::int64_t>> &values, Predicate predicate)
{
    return values && std::all_of(values->begin(), values->end(), predicate);
}

bool isForwardSlice(const KernelCall &call)
{
    // All elements in the model's order: the whole range, and no negative step.
    return call.opset < 10 || !call.hasInput(4) || allOf(call.constantInts(4), [](std::int64_t step) { return step > 0; });
}

bool padsNothing(const KernelCall &call)
{
    const auto isZero = [](std::int64_t pad) { return pad == 0; };
    if (call.opset >= 11)
        return call.hasInput(1) && allOf(call.constantInts(1), isZero);
    return allOf(call.intsAttribute("pads"), isZero) || allOf(call.intsAttribute("paddings"), isZero);
}

bool keepsOrder(const KernelCall &call)
{
    const auto perm = call.intsAttribute("perm");
    return perm ? std::is_sorted(perm->begin(), perm->end()) : call.inputs[0].rank() < 2;
}

/// x * 1, x / 1, x - 0 of floats, with a constant of any shape that does not widen x. x + 0 is none: it turns -0 into 0.
bool isNeutral(const Program &program, const ProgramStep &step)
{
    if (step.inputs.size() != 2 || step.opset < 7 || !program.isConstant(step.inputs[1]))
        return false;
    const ProgramTensor &constant = program.tensor(step.inputs[1]);
    if (constant.dtype != core::DType::Float32 || constant.constant.bytes.empty() || constant.constant.bytes.size() > 4096)
        return false;
    const float neutral = step.op == "Sub" ? 0.0F : 1.0F;
    for (std::size_t at = 0; at < constant.constant.bytes.size(); at += sizeof(float)) {
        float value = 0;
        std::memcpy(&value, constant.constant.bytes.data() + at, sizeof(value));
        if (value != neutral || std::signbit(value))
            return false;
    }
    return true;
}

/// The first output is the first input, element by element.
bool isIdentity(const Program &program, const ProgramStep &step)
{
    for (std::size_t i = 1; i < step.outputs.size(); ++i) {
        if (step.outputs[i] >= 0)
            return false; // the mask of Dropout
    }
    const ProgramTensor &in = program.tensor(step.inputs[0]), &out = program.tensor(step.outputs[0]);
    if (in.dims != out.dims || in.dtype != out.dtype)
        return false;
    constexpr std::array<std::string_view, 8> always{"Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand", "CastLike"};
    constexpr std::array<std::string_view, 5> joins{"Concat", "Sum", "Max", "Min", "Mean"};
    const auto isOneOf = [&step](const auto &list) { return std::find(list.begin(), list.end(), step.op) != list.end(); };
    if (isOneOf(always))
        return true;
    if (isOneOf(joins))
        return step.inputs.size() == 1;
    if (step.op == "Dropout")
        return !mayTrain(program, step);
    const KernelCall call = callOf(program, step);
    if (step.op == "Slice")
        return isForwardSlice(call);
    if (step.op == "Pad")
        return padsNothing(call);
    if (step.op == "Transpose")
        return keepsOrder(call);
    if (step.op == "Tile")
        return call.opset >= 6 && out.bytes > 0;
    constexpr std::array<std::string_view, 3> arithmetic{"Mul", "Div", "Sub"};
    return isOneOf(arithmetic) && isNeutral(program, step);
}

} // namespace

void removeIdentities(Program &program, const NameSet &keep)
{
    Matcher match(program, keep);
    for (int s = 0; s < match.stepCount(); ++s) {
        if (!match.isOp(s) || !isIdentity(program, match.step(s)))
            continue;
        const int in = match.step(s).inputs[0], out = match.step(s).outputs[0];
        const int producer = match.producer(in);
        if (match.mayVanish(out)) {
            match.drop(s, producer);
            match.replaceReaders(out, in);
        } else if (producer >= 0 && match.mayVanish(in)) {
            // The output's name has to stay: the producer writes it directly.
            match.drop(s, producer);
            auto &outputs = match.step(producer).outputs;
            match.setOutput(producer, static_cast<std::size_t>(std::find(outputs.begin(), outputs.end(), in) - outputs.begin()), out);
            match.replaceReaders(in, out);
        }
    }
    match.finish();
}

} // namespace nordlys::runtime::passes

// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

#include <algorithm>
#include <cstring>

namespace nordlys::runtime::passes {

namespace {

/// Same tensor, or constants with the same bytes.
bool isSame(const Program &program, int a, int b)
{
    if (a == b)
        return true;
    if (!program.isConstant(a) || !program.isConstant(b))
        return false;
    const ProgramTensor &x = program.tensor(a), &y = program.tensor(b);
    return x.dtype == y.dtype && x.dims == y.dims && x.constant.bytes.size() == y.constant.bytes.size()
           && (x.constant.bytes.empty() || std::memcmp(x.constant.bytes.data(), y.constant.bytes.data(), x.constant.bytes.size()) == 0);
}

int inputOf(const ProgramStep &step, std::size_t index)
{
    return index < step.inputs.size() ? step.inputs[index] : -1;
}

/// Scales for which (q - z) * s / s rounds to q - z again.
bool hasPlainScale(const Program &program, int scale)
{
    if (!program.isConstant(scale) || program.tensor(scale).dtype != core::DType::Float32)
        return false;
    const std::span<const std::byte> bytes = program.tensor(scale).constant.bytes;
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(float)) {
        float value = 0;
        std::memcpy(&value, bytes.data() + at, sizeof(value));
        if (!(value > 1e-30F && value < 1e30F))
            return false;
    }
    return !bytes.empty();
}

bool isSmallInteger(core::DType type)
{
    return type == core::DType::Int8 || type == core::DType::UInt8 || type == core::DType::Int16 || type == core::DType::UInt16;
}

/// QuantizeLinear of a value that was dequantized with the same parameters gives the integers from which it came.
bool undoes(const Program &program, const ProgramStep &quantize, const ProgramStep &dequantize)
{
    const ProgramTensor &integers = program.tensor(dequantize.inputs[0]), &back = program.tensor(quantize.outputs[0]);
    const KernelCall q = callOf(program, quantize), d = callOf(program, dequantize);
    return integers.dtype == back.dtype && isSmallInteger(back.dtype) && integers.dims == back.dims
           && program.tensor(dequantize.outputs[0]).dtype == core::DType::Float32 && hasPlainScale(program, inputOf(dequantize, 1))
           && isSame(program, inputOf(quantize, 1), inputOf(dequantize, 1)) && isSame(program, inputOf(quantize, 2), inputOf(dequantize, 2))
           && q.intAttribute("axis", 1) == d.intAttribute("axis", 1) && q.intAttribute("block_size", 0) == d.intAttribute("block_size", 0)
           // version 23: the type in which is divided; float32 or left to the scale's
           && (q.intAttribute("precision", 0) == 0 || q.intAttribute("precision", 0) == static_cast<std::int64_t>(core::DType::Float32));
}

} // namespace

void collapseRequantize(Program &program, const NameSet &keep)
{
    Matcher match(program, keep);
    for (int s = 0; s < match.stepCount(); ++s) {
        if (!match.isOp(s, "QuantizeLinear"))
            continue;
        const int value = match.step(s).inputs[0], dequantize = match.producer(value), out = match.step(s).outputs[0];
        if (!match.isOp(dequantize, "DequantizeLinear") || !match.mayVanish(out) || !undoes(program, match.step(s), match.step(dequantize)))
            continue;
        const int integers = match.step(dequantize).inputs[0];
        match.drop(s, dequantize);
        match.replaceReaders(out, integers);
    }
    match.finish();
}

} // namespace nordlys::runtime::passes

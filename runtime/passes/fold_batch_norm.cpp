// SPDX-License-Identifier: Apache-2.0
#include "weight_folding.h"

#include <cmath>

namespace nordlys::runtime::passes {

namespace {

/// scale * (x - mean) / sqrt(variance + epsilon) + B as a map of channels, where all of them are constant and the normalization does not train.
std::optional<ChannelMap> mapOf(const Matcher &match, int s)
{
    if (!match.isFloatOp(s, "BatchNormalization") || match.step(s).inputs.size() != 5)
        return std::nullopt;
    const ProgramStep &norm = match.step(s);
    const KernelCall call = callOf(match.program(), norm);
    if (norm.opset >= 14 && call.intAttribute("training_mode", 0) != 0)
        return std::nullopt; // uses the statistics of the batch, not the stored ones
    for (std::size_t i = 1; i < norm.outputs.size(); ++i) {
        if (norm.outputs[i] >= 0)
            return std::nullopt;
    }
    const core::Dims &x = call.inputs[0].dims;
    for (std::size_t i = 1; i < 5; ++i) {
        const bool fits = call.hasInput(i) && call.inputs[i].constant != nullptr && call.inputs[i].dtype == core::DType::Float32 && x.size() >= 2
                          && call.inputs[i].dims == core::Dims{x[1]} && call.inputs[i].dims[0] > 0;
        if (!fits)
            return std::nullopt;
    }
    const auto value = [&call](std::size_t input, std::size_t c) {
        return static_cast<double>(reinterpret_cast<const float *>(call.inputs[input].constant)[c]);
    };
    const auto epsilon = static_cast<double>(call.floatAttribute("epsilon", 1e-5F));
    ChannelMap map;
    for (std::size_t c = 0; c < static_cast<std::size_t>(x[1]); ++c) {
        map.factor.push_back(value(1, c) / std::sqrt(value(4, c) + epsilon));
        map.shift.push_back(value(2, c) - value(3, c) * map.factor.back());
        if (!std::isfinite(map.factor.back()) || !std::isfinite(map.shift.back()))
            return std::nullopt;
    }
    return map;
}

} // namespace

core::Expected<void> foldBatchNorms(Program &program, const NameSet &keep)
{
    Matcher match(program, keep);
    for (int s = 0; s < match.stepCount(); ++s) {
        const auto map = mapOf(match, s);
        if (!map)
            continue;
        const int in = match.step(s).inputs[0], out = match.step(s).outputs[0];
        const int before = match.producer(in);
        const auto behind = weightViewOf(match, before);
        if (behind && match.isInner(in) && behind->outputs == static_cast<std::int64_t>(map->factor.size())
            && (match.step(before).op != "MatMul" || match.tensor(in).dims.size() == 2)) {
            NORDLYS_TRY(foldIntoWeights(match, before, *behind, {}, *map));
            match.step(before).label += "+BatchNormalization";
            match.drop(s, before);
            match.setOutput(before, 0, out);
            continue;
        }
        const int after = match.isInner(out) ? match.readers(out).front() : -1;
        const auto ahead = weightViewOf(match, after);
        if (!ahead || match.step(after).inputs[0] != out || !ahead->takesInputShift || match.tensor(out).dims.size() < 2
            || changesEncodedWeights(match, after, *map, {}) || ahead->inputs != static_cast<std::int64_t>(map->factor.size()) || match.step(after).op == "ConvTranspose")
            continue;
        const bool matrix = match.step(after).op == "Gemm" || match.step(after).op == "MatMul";
        if (matrix && (match.tensor(out).dims.size() != 2 || callOf(program, match.step(after)).intAttribute("transA", 0) != 0))
            continue;
        NORDLYS_TRY(foldIntoWeights(match, after, *ahead, *map, {}));
        match.step(after).label = "BatchNormalization+" + match.step(after).label;
        match.setInput(after, 0, in);
        match.drop(s, after);
    }
    match.finish();
    return {};
}

} // namespace nordlys::runtime::passes

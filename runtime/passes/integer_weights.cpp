// SPDX-License-Identifier: Apache-2.0
#include "integer_weights.h"

#include <runtime/kernels/reference/integer.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

namespace nordlys::runtime::passes {

namespace {

constexpr double sameScale = 1e-6; // what two float32 products of the same scales may differ by

std::int64_t countOf(const ProgramTensor &tensor)
{
    return tensor.desc().elementCount();
}

} // namespace

std::optional<std::pair<float, float>> clampOf(const Program &program, const ProgramStep &step)
{
    constexpr float infinity = std::numeric_limits<float>::infinity();
    if (!step.domain.empty() || step.inputs.empty() || step.inputs[0] < 0 || step.outputs.size() != 1 || step.activation != FusedActivation::None
        || program.tensor(step.inputs[0]).dtype != core::DType::Float32)
        return std::nullopt;
    if (step.op == "Relu")
        return std::pair(0.0F, infinity);
    if (step.op != "Clip")
        return std::nullopt;
    std::pair<float, float> bounds(-infinity, infinity);
    if (step.opset < 11) { // whose defaults are the largest numbers, not infinity
        const KernelCall call = callOf(program, step);
        bounds = {call.floatAttribute("min", std::numeric_limits<float>::lowest()), call.floatAttribute("max", std::numeric_limits<float>::max())};
    } else {
        for (std::size_t i = 1; i < 3 && i < step.inputs.size(); ++i) {
            if (step.inputs[i] < 0)
                continue;
            const ProgramTensor &bound = program.tensor(step.inputs[i]);
            if (bound.storage != Storage::Constant || bound.dtype != core::DType::Float32 || bound.bytes != sizeof(float))
                return std::nullopt;
            std::memcpy(i == 1 ? &bounds.first : &bounds.second, bound.constant.bytes.data(), sizeof(float));
        }
    }
    return bounds.first <= bounds.second ? std::optional(bounds) : std::nullopt;
}

bool IntegerConstants::isGrid(const ProgramStep &step) const
{
    const ProgramTensor &scale = m_program.tensor(step.inputs[1]);
    const KernelCall call = callOf(m_program, step);
    if (scale.storage != Storage::Constant || scale.dtype != core::DType::Float32 || scale.dims.size() > 1 || countOf(scale) < 1
        || call.intAttribute("block_size", 0) != 0)
        return false;
    const int zero = step.inputs.size() > 2 ? step.inputs[2] : -1;
    if (zero < 0)
        return true;
    const ProgramTensor &codes = m_program.tensor(step.op == "QuantizeLinear" ? step.outputs[0] : step.inputs[0]), &zeros = m_program.tensor(zero);
    return m_program.isConstant(zero) && zeros.dtype == codes.dtype && countOf(zeros) == countOf(scale);
}

Coded IntegerConstants::codedBy(const ProgramStep &step, int index) const
{
    Coded coded;
    coded.codes = step.inputs[0];
    coded.scale = step.inputs[1];
    coded.zero = step.inputs.size() > 2 ? step.inputs[2] : -1;
    coded.step = index;
    coded.perTensor = countOf(m_program.tensor(coded.scale)) == 1;
    const auto rank = static_cast<std::int64_t>(m_program.tensor(step.inputs[0]).dims.size());
    const std::int64_t axis = callOf(m_program, step).intAttribute("axis", 1);
    coded.axis = static_cast<int>(std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, static_cast<std::int64_t>(maxRank)));
    return coded;
}

bool IntegerConstants::isCode(int tensor) const
{
    const core::DType type = m_program.tensor(tensor).dtype;
    return reference::codeLimitsOf(type).has_value() && core::bitsOf(type) >= 8;
}

float IntegerConstants::scaleOf(const Coded &coded, std::int64_t channel) const
{
    const ProgramTensor &scale = m_program.tensor(coded.scale);
    return reference::scaleAt(scale.dtype, scale.constant.bytes.data(), coded.perTensor ? 0 : channel);
}

std::int32_t IntegerConstants::zeroOf(const Coded &coded, core::DType type, std::int64_t channel) const
{
    return coded.zero < 0 ? 0 : reference::codeAt(type, m_program.tensor(coded.zero).constant.bytes.data(), coded.perTensor ? 0 : channel);
}

bool IntegerConstants::sameGrid(const Coded &from, const Coded &grid, int codes) const
{
    const core::DType type = m_program.tensor(from.codes).dtype;
    return from.perTensor && grid.perTensor && type == m_program.tensor(codes).dtype && scaleOf(from, 0) == scaleOf(grid, 0)
           && zeroOf(from, type, 0) == zeroOf(grid, type, 0);
}

core::Expected<int> IntegerConstants::zeroPointOf(const Coded &coded)
{
    return zeroPointFor(coded.zero, m_program.tensor(coded.codes).dtype);
}

core::Expected<int> IntegerConstants::zeroPointFor(int zero, core::DType codes)
{
    if (zero >= 0)
        return zero;
    if (const auto it = m_zeros.find(codes); it != m_zeros.end())
        return it->second;
    ProgramTensor tensor;
    tensor.name = "zero_point/" + std::string(core::nameOf(codes));
    tensor.fromSource = false;
    tensor.dtype = codes;
    tensor.storage = Storage::Constant;
    tensor.bytes = elementSize(codes);
    auto buffer = makeConstantBuffer(tensor.bytes);
    NORDLYS_TRY(buffer);
    tensor.constant = constantFrom(std::move(*buffer));
    return m_zeros[codes] = m_program.addTensor(std::move(tensor));
}

core::Expected<int> IntegerConstants::integerBias(int bias, const Coded *biasCodes, const Coded &x, const Coded &w, std::int64_t channels)
{
    const int source = biasCodes != nullptr ? biasCodes->codes : bias;
    const ProgramTensor from = m_program.tensor(source);
    const core::DType wanted = biasCodes != nullptr ? core::DType::Int32 : core::DType::Float32;
    if (from.storage != Storage::Constant || from.dtype != wanted || countOf(from) != channels || (!from.dims.empty() && from.dims.back() != channels))
        return -1;
    const std::int64_t grids = biasCodes != nullptr ? countOf(m_program.tensor(biasCodes->scale)) : 1;
    const std::int64_t weightGrids = countOf(m_program.tensor(w.scale));
    if ((grids != 1 && grids != channels) || (weightGrids != 1 && weightGrids != channels))
        return -1;
    auto buffer = makeConstantBuffer(static_cast<std::size_t>(channels) * sizeof(std::int32_t));
    NORDLYS_TRY(buffer);
    auto *codes = reinterpret_cast<std::int32_t *>((*buffer)->data());
    for (std::int64_t c = 0; c < channels; ++c) {
        const double product = static_cast<double>(scaleOf(x, 0)) * static_cast<double>(scaleOf(w, c));
        double code = 0;
        if (biasCodes != nullptr) {
            const double own = static_cast<double>(scaleOf(*biasCodes, c));
            code = static_cast<double>(reference::codeAt(core::DType::Int32, from.constant.bytes.data(), c))
                   - static_cast<double>(zeroOf(*biasCodes, core::DType::Int32, c));
            if (!(std::abs(own - product) <= sameScale * product))
                code = std::nearbyint(code * own / product);
        } else {
            code = std::nearbyint(static_cast<double>(reference::scaleAt(core::DType::Float32, from.constant.bytes.data(), c)) / product);
        }
        if (!(code >= -2147483648.0 && code <= 2147483647.0))
            return -1;
        codes[c] = static_cast<std::int32_t>(code);
    }
    ProgramTensor tensor;
    tensor.name = m_program.tensor(bias).name + "/int32";
    tensor.fromSource = false;
    tensor.dtype = core::DType::Int32;
    tensor.dims = {channels};
    tensor.storage = Storage::Constant;
    tensor.bytes = static_cast<std::size_t>(channels) * sizeof(std::int32_t);
    tensor.constant = constantFrom(std::move(*buffer));
    tensor.constant.bytes = tensor.constant.bytes.first(tensor.bytes);
    return m_program.addTensor(std::move(tensor));
}

void IntegerConstants::limit(ProgramStep &step, const ProgramStep &quantize, const Coded &grid, float low, float high) const
{
    const core::DType type = m_program.tensor(quantize.outputs[0]).dtype;
    const reference::CodeLimits whole = *reference::codeLimitsOf(type);
    const KernelCall call = callOf(m_program, quantize);
    reference::CodeLimits limits{static_cast<std::int32_t>(std::clamp<std::int64_t>(call.intAttribute("code_low", whole.lowest), whole.lowest, whole.highest)),
                                 static_cast<std::int32_t>(std::clamp<std::int64_t>(call.intAttribute("code_high", whole.highest), whole.lowest, whole.highest))};
    const float scale = scaleOf(grid, 0);
    const std::int32_t zero = zeroOf(grid, type, 0);
    const reference::CodeLimits own = limits;
    if (std::isfinite(low))
        limits.lowest = reference::quantizedCode(low, scale, zero, own);
    if (std::isfinite(high))
        limits.highest = reference::quantizedCode(high, scale, zero, own);
    step.attributes.erase("code_low");
    step.attributes.erase("code_high");
    if (limits.lowest != whole.lowest)
        step.attributes["code_low"] = static_cast<std::int64_t>(limits.lowest);
    if (limits.highest != whole.highest)
        step.attributes["code_high"] = static_cast<std::int64_t>(limits.highest);
}

} // namespace nordlys::runtime::passes

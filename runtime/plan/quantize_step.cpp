// SPDX-License-Identifier: Apache-2.0
#include "quantize_step.h"

#include <core/tensor/float_bits.h>
#include <runtime/base/thread_pool.h>
#include <runtime/kernels/fast/quantize.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nordlys::runtime {

namespace {

constexpr int maxFloatCodeBits = 16;

core::Expected<void> checkFits(const ProgramTensor &tensor, const core::Encoding &encoding)
{
    NORDLYS_TRY(core::checkEncoding(encoding, tensor.name));
    if (encoding.isFloat) {
        if (encoding.bitwidth != 16 && encoding.bitwidth != 32)
            return core::badInput("encoding of " + tensor.name, "float encodings have 16 or 32 bits");
        return {};
    }
    if (encoding.bitwidth < 2 || encoding.bitwidth > 32 || encoding.grids.empty())
        return core::badInput("encoding of " + tensor.name, "it has no grid, or a bitwidth outside 2..32");
    const auto needed = core::gridCountFor(encoding, tensor.dims);
    if (encoding.isBlockwise() && (!needed || *needed != encoding.grids.size()))
        return core::badInput("encoding of " + tensor.name,
                              "it has " + std::to_string(encoding.grids.size()) + " grids for blocks of " + std::to_string(encoding.blockSize)
                                  + " along axis " + std::to_string(encoding.blockAxis) + ", the tensor is " + core::shapeText(tensor.dims),
                              "Calibrate this tensor again");
    if (!needed || *needed != encoding.grids.size())
        return core::badInput("encoding of " + tensor.name,
                              "it has " + std::to_string(encoding.grids.size()) + " grids along axis " + std::to_string(encoding.axis)
                                  + ", the tensor is " + core::shapeText(tensor.dims),
                              "Calibrate this tensor again");
    return {};
}

/// Calls function(first, count, grid) for runs of values with one grid.
template <typename Function>
void forEachRun(const ProgramTensor &tensor, const core::Encoding &encoding, Function &&function)
{
    std::int64_t total = 1;
    for (const std::int64_t size : tensor.dims)
        total *= size;
    if (total == 0)
        return;
    if (encoding.grids.size() == 1) {
        function(std::int64_t(0), total, encoding.grids[0]);
        return;
    }
    const core::GridIndex index(encoding, tensor.dims);
    const auto run = static_cast<std::int64_t>(index.run());
    for (std::int64_t first = 0; first < total; first += run)
        function(first, run, encoding.grids[index.of(static_cast<std::size_t>(first))]);
}

} // namespace

core::Expected<ConstantBytes> quantizedConstant(const ProgramTensor &tensor, const core::Encoding &encoding)
{
    NORDLYS_TRY(checkFits(tensor, encoding));
    auto buffer = makeConstantBuffer(tensor.bytes);
    NORDLYS_TRY(buffer);
    const auto *in = reinterpret_cast<const float *>(tensor.constant.bytes.data());
    auto *out = reinterpret_cast<float *>((*buffer)->data());
    const std::size_t count = tensor.bytes / sizeof(float);
    if (encoding.isFloat) {
        for (std::size_t i = 0; i < count; ++i)
            out[i] = encoding.bitwidth == 16 ? core::floatFromHalf(core::halfFromFloat(in[i])) : in[i];
    } else {
        forEachRun(tensor, encoding, [&](std::int64_t first, std::int64_t length, const core::Grid &grid) {
            // core::quantizeDequantize with the range of codes taken once.
            const core::CodeRange codes = core::codeRangeOf(grid, encoding.bitwidth);
            const auto low = static_cast<double>(codes.first), high = static_cast<double>(codes.last), zero = static_cast<double>(grid.zeroPoint);
            for (std::int64_t i = first; i < first + length; ++i) {
                const double code = std::nearbyint(static_cast<double>(in[i]) / grid.scale) + zero;
                out[i] = std::isnan(in[i]) ? in[i] : static_cast<float>((std::clamp(code, low, high) - zero) * grid.scale);
            }
        });
    }
    return constantFrom(std::move(*buffer));
}

core::Expected<BoundQuantizer> bindQuantizer(const ProgramTensor &tensor, const core::Encoding &encoding)
{
    NORDLYS_TRY(checkFits(tensor, encoding));
    if (tensor.dtype != core::DType::Float32)
        return core::badInput("encoding of " + tensor.name, "the tensor is no float32");
    const auto count = static_cast<std::int64_t>(tensor.bytes / sizeof(float));
    if (encoding.isFloat) {
        if (encoding.bitwidth == 32)
            return BoundQuantizer();
        return BoundQuantizer([count](float *data, ThreadPool &pool) {
            pool.parallelFor(static_cast<std::size_t>(count), 4096, [data](std::size_t begin, std::size_t end, int) {
                for (std::size_t i = begin; i < end; ++i)
                    data[i] = core::floatFromHalf(core::halfFromFloat(data[i]));
            });
        });
    }
    if (encoding.isPerChannel() || encoding.isBlockwise())
        return core::notSupported("encoding of " + tensor.name, "activations have one grid per tensor", "Calibrate it per tensor");
    const core::Grid grid = encoding.grids[0];
    if (encoding.bitwidth > maxFloatCodeBits) {
        return BoundQuantizer([count, grid, bits = encoding.bitwidth](float *data, ThreadPool &) {
            for (std::int64_t i = 0; i < count; ++i)
                data[i] = core::quantizeDequantize(data[i], grid, bits);
        });
    }
    const core::CodeRange codes = core::codeRangeOf(grid, encoding.bitwidth);
    const QuantGrid kernelGrid{static_cast<float>(grid.scale), static_cast<std::int32_t>(grid.zeroPoint),
                               static_cast<std::int32_t>(codes.first), static_cast<std::int32_t>(codes.last)};
    if (!(kernelGrid.scale > 0) || !std::isfinite(kernelGrid.scale))
        return core::badInput("encoding of " + tensor.name, "float32 cannot hold its scale");
    return BoundQuantizer([count, kernelGrid](float *data, ThreadPool &pool) {
        quantizeDequantize(kernelGrid, data, data, count, resolvePath(KernelPath::Auto), pool);
    });
}

core::Expected<void> applyEncodings(Program &program, const core::EncodingSet &encodings)
{
    for (ProgramTensor &tensor : program.tensors) {
        const core::EncodingEntry *entry = constantEncoding(tensor, encodings);
        if (entry == nullptr)
            continue;
        auto quantized = quantizedConstant(tensor, entry->encoding);
        NORDLYS_TRY(quantized);
        tensor.constant = std::move(*quantized);
    }
    applyActivationEncodings(program, encodings);
    return {};
}

const core::EncodingEntry *constantEncoding(const ProgramTensor &tensor, const core::EncodingSet &encodings)
{
    if (tensor.storage != Storage::Constant || !tensor.fromSource || tensor.dtype != core::DType::Float32 || tensor.constant.bytes.empty())
        return nullptr;
    return encodings.find(tensor.name);
}

void applyActivationEncodings(Program &program, const core::EncodingSet &encodings)
{
    std::vector<ProgramStep> inputSteps;
    for (const int in : program.inputs) {
        const ProgramTensor &tensor = program.tensor(in);
        const core::EncodingEntry *entry = encodings.find(tensor.name);
        if (entry == nullptr || tensor.dtype != core::DType::Float32)
            continue;
        ProgramStep step;
        step.name = tensor.name + "/quantize";
        step.op = step.label = "QuantizeDequantize";
        step.domain = planDomain;
        step.opset = 1;
        step.inputs = step.outputs = {in};
        step.quantizers = {entry->encoding};
        inputSteps.push_back(std::move(step));
    }
    for (ProgramStep &step : program.steps) {
        step.quantizers.resize(step.outputs.size());
        for (std::size_t i = 0; i < step.outputs.size(); ++i) {
            if (step.outputs[i] < 0 || program.tensor(step.outputs[i]).dtype != core::DType::Float32)
                continue;
            if (const core::EncodingEntry *entry = encodings.find(program.tensor(step.outputs[i]).name))
                step.quantizers[i] = entry->encoding;
        }
    }
    program.steps.insert(program.steps.begin(), std::make_move_iterator(inputSteps.begin()), std::make_move_iterator(inputSteps.end()));
}

} // namespace nordlys::runtime

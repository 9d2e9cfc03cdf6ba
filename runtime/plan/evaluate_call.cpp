// SPDX-License-Identifier: Apache-2.0
#include "evaluate_call.h"

#include "evaluation_work.h"
#include "program.h"

#include <runtime/base/thread_pool.h>

#include <algorithm>
#include <cstring>

namespace nordlys::runtime {

namespace {

core::Error wrongDims(const KernelCall &call, std::size_t output, const core::Dims &found, const core::Dims &planned)
{
    return call.broken("output " + std::to_string(output) + " is " + core::shapeText(found) + ", planned was " + core::shapeText(planned));
}

core::Expected<std::vector<Value>> evaluateValueKernel(const ValueKernelEntry &entry, const KernelCall &call, std::span<const Value> values,
                                                       std::span<const CallOutput> outputs, const EvaluationContext &context)
{
    auto results = entry.run({call, values, context.byteLimit, context.pool, context.stop});
    NORDLYS_TRY(results);
    results->resize(outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (outputs[i].place == nullptr)
            continue;
        const Value &result = (*results)[i];
        if (!result.isTensor() || result.tensor().dims() != outputs[i].dims)
            return wrongDims(call, i, result.isTensor() ? result.tensor().dims() : core::Dims(), outputs[i].dims);
        if (result.tensor().dtype() != outputs[i].dtype)
            return call.broken("output " + std::to_string(i) + " is " + std::string(core::nameOf(result.tensor().dtype())) + ", planned was "
                               + std::string(core::nameOf(outputs[i].dtype)));
        std::copy(result.tensor().bytes().begin(), result.tensor().bytes().end(), outputs[i].place);
        (*results)[i] = Value();
    }
    return results;
}

/// Dims of the outputs into the call; memory for those without a place.
core::Expected<void> describeOutputs(KernelCall &call, std::span<const CallOutput> outputs, std::vector<CallInference::Result> &found, std::uint64_t byteLimit,
                                     std::vector<core::HostTensor> &made, std::vector<std::byte *> &pointers)
{
    std::uint64_t left = byteLimit;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        TensorDesc &desc = call.outputs[i];
        desc = {};
        desc.present = outputs[i].wanted;
        if (!outputs[i].wanted)
            continue;
        const auto dims = found[i].shape ? core::knownDims(*found[i].shape) : std::nullopt;
        if (!dims)
            return call.unsupported("the size of output " + std::to_string(i) + " cannot be found");
        desc.dtype = found[i].dtype != core::DType::Undefined ? found[i].dtype : outputs[i].dtype;
        desc.dims = *dims;
        const auto bytes = checkedTensorBytes(desc.dtype, desc.dims);
        if (!bytes && core::bitsOf(desc.dtype) == 0)
            return call.unsupported("kernels do not compute with " + std::string(core::nameOf(desc.dtype)));
        if (!bytes)
            return call.broken("its output " + core::shapeText(desc.dims) + " is too large to compute with");
        if (outputs[i].place != nullptr) {
            if (desc.dims != outputs[i].dims || desc.dtype != outputs[i].dtype)
                return wrongDims(call, i, desc.dims, outputs[i].dims);
            desc.channelsLast = outputs[i].channelsLast;
            pointers[i] = outputs[i].place;
            continue;
        }
        if (*bytes > left)
            return call.broken("its output " + core::shapeText(desc.dims) + " needs more memory than is left of the budget");
        left -= *bytes;
        auto tensor = core::HostTensor::create(desc.dtype, desc.dims);
        NORDLYS_TRY(tensor);
        made[i] = std::move(*tensor);
        pointers[i] = made[i].bytes().data();
    }
    return {};
}

} // namespace

TensorDesc descOf(const Value &value)
{
    TensorDesc desc;
    desc.present = !value.isNothing();
    if (value.isTensor()) {
        desc.dtype = value.tensor().dtype();
        desc.dims = value.tensor().dims();
        static constexpr std::byte nothing{}; // tensors without elements have no memory, but their values are known
        desc.constant = value.tensor().bytes().empty() ? &nothing : value.tensor().bytes().data();
    }
    return desc;
}

core::Expected<std::vector<Value>> evaluateCall(KernelCall &call, std::span<const Value> values, std::span<const CallOutput> outputs, CallInference &inference,
                                                const EvaluationContext &context)
{
    call.outputs.resize(outputs.size());
    if (const ValueKernelEntry *entry = findValueKernel(call.domain, call.op, call.opset)) {
        for (std::size_t i = 0; i < outputs.size(); ++i)
            call.outputs[i].present = outputs[i].wanted;
        return evaluateValueKernel(*entry, call, values, outputs, context);
    }
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
        if (call.inputs[i].present && call.inputs[i].dtype == core::DType::Undefined)
            return call.broken("input " + std::to_string(i) + " is no tensor");
    }
    const KernelEntry *entry = findReferenceKernel(call.domain, call.op, call.opset);
    if (entry == nullptr)
        return call.unsupported("there is no kernel for opset " + std::to_string(call.opset));
    std::vector<Operand> operands;
    operands.reserve(call.inputs.size());
    for (const TensorDesc &input : call.inputs)
        operands.push_back(Operand::of(input));
    auto found = inference.infer(operands);
    NORDLYS_TRY(found);
    std::vector<core::HostTensor> made(outputs.size());
    std::vector<std::byte *> outPointers(std::max(outputs.size(), KernelRun::minPointers), nullptr);
    NORDLYS_TRY(describeOutputs(call, outputs, *found, context.byteLimit, made, outPointers));
    if (context.productsLeft != nullptr) {
        const double products = productsOf(call);
        if (products > *context.productsLeft)
            return call.unsupported("computing it while planning would take too long");
        *context.productsLeft -= products;
    }
    auto kernel = entry->bind(call);
    NORDLYS_TRY(kernel);
    skipWithoutOutput(call.outputs, *kernel);
    std::vector<const std::byte *> inPointers(std::max(call.inputs.size(), KernelRun::minPointers), nullptr);
    for (std::size_t i = 0; i < call.inputs.size(); ++i)
        inPointers[i] = call.inputs[i].constant;
    std::byte *scratch = nullptr;
    if (kernel->scratchBytes) {
        const std::size_t bytes = kernel->scratchBytes(context.pool.threads());
        if (bytes > context.byteLimit)
            return call.broken("it needs more working memory than is left of the budget");
        context.scratch.resize(std::max(context.scratch.size(), bytes + AlignedBuffer::alignment));
        const auto address = reinterpret_cast<std::uintptr_t>(context.scratch.data());
        scratch = context.scratch.data() + (AlignedBuffer::alignment - address % AlignedBuffer::alignment) % AlignedBuffer::alignment;
    }
    if (const KernelStatus status = kernel->run({inPointers.data(), outPointers.data(), scratch, &context.pool}))
        return call.broken(status);
    std::vector<Value> results(outputs.size());
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (outputs[i].wanted && outputs[i].place == nullptr)
            results[i] = Value::ofTensor(std::move(made[i]));
    }
    return results;
}

} // namespace nordlys::runtime

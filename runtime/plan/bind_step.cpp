// SPDX-License-Identifier: Apache-2.0
#include "bind_step.h"

#include "fast_steps.h"

#include <runtime/kernels/reference/fused_attention.h>
#include <runtime/kernels/value_kernel.h>

#include <algorithm>

namespace nordlys::runtime {

namespace {

/// The fused tail for reference kernels: one plain pass over the output.
core::Expected<BoundKernel> withEpilogue(const Program &program, const ProgramStep &step, BoundKernel kernel)
{
    if (step.activation == FusedActivation::None && step.residual < 0)
        return kernel;
    const ProgramTensor &out = program.tensor(step.outputs[0]);
    if (out.dtype != core::DType::Float32)
        return core::badInput("step " + step.name, "an activation is fused into a step whose output is no float32");
    if (step.residual >= 0) {
        const ProgramTensor &added = program.tensor(step.inputs[static_cast<std::size_t>(step.residual)]);
        if (added.dims != out.dims || added.dtype != out.dtype || added.channelsLast != out.channelsLast)
            return core::badInput("step " + step.name, "the residual has not the output's shape and layout");
    }
    const auto count = static_cast<std::int64_t>(out.bytes / sizeof(float));
    const Epilogue epilogue = step.epilogue(nullptr);
    BoundKernel result = std::move(kernel);
    if (step.residual >= 0)
        result.inPlaceInput = -1; // the kernel would overwrite what is still to be added
    result.run = [inner = std::move(result.run), count, low = epilogue.low(), high = epilogue.high(), residual = step.residual](const KernelRun &run) -> KernelStatus {
        if (const KernelStatus status = inner(run))
            return status;
        float *values = run.output<float>(0);
        const float *added = residual >= 0 ? run.input<float>(static_cast<std::size_t>(residual)) : nullptr;
        for (std::int64_t i = 0; i < count; ++i)
            values[i] = clampKeepNan(added != nullptr ? values[i] + added[i] : values[i], low, high);
        return nullptr;
    };
    return result;
}

/// The bias of a product, which only plans give to a MatMul: one value per column of the output.
core::Expected<BoundKernel> withColumnBias(const Program &program, const ProgramStep &step, BoundKernel kernel)
{
    if (step.op != "MatMul" || !step.domain.empty() || step.inputs.size() < 3)
        return kernel;
    const ProgramTensor &out = program.tensor(step.outputs[0]);
    const bool fits = step.inputs.size() == 3 && step.inputs[2] >= 0 && out.dtype == core::DType::Float32 && !out.dims.empty() && !out.channelsLast
                      && program.tensor(step.inputs[2]).dtype == core::DType::Float32 && program.tensor(step.inputs[2]).dims == core::Dims{out.dims.back()};
    if (!fits)
        return core::badInput("step " + step.name, "its bias is no float32 vector with one value per column");
    const std::int64_t columns = out.dims.back(), count = static_cast<std::int64_t>(out.bytes / sizeof(float));
    BoundKernel result = std::move(kernel);
    result.run = [inner = std::move(result.run), columns, count](const KernelRun &run) -> KernelStatus {
        if (const KernelStatus status = inner(run))
            return status;
        const float *bias = run.input<float>(2);
        float *values = run.output<float>(0);
        for (std::int64_t i = 0; i < count; ++i)
            values[i] += bias[i % columns];
        return nullptr;
    };
    return result;
}

core::Expected<BoundKernel> bindKernel(const Program &program, const ProgramStep &step)
{
    if (step.domain == planDomain && step.op == "QuantizeDequantize") {
        if (step.inputs.size() != 1 || step.inputs != step.outputs || step.inputs[0] < 0 || step.quantizers.size() != 1 || !step.quantizers[0])
            return core::badInput("step " + step.name, "a quantize step works in place on one tensor with an encoding");
        BoundKernel kernel;
        kernel.name = "quantize_dequantize_f32";
        kernel.run = [](const KernelRun &) -> KernelStatus { return nullptr; };
        return kernel;
    }
    if (step.domain == planDomain && step.op == "Attention")
        return bindFusedAttention(callOf(program, step));
    if (step.residual >= 0 && (static_cast<std::size_t>(step.residual) >= step.inputs.size() || step.residual < 3
                               || static_cast<std::size_t>(step.residual) + 1 != step.inputs.size() || step.inputs.back() < 0 || step.op != "Conv"))
        return core::badInput("step " + step.name, "its residual is not the last input of a convolution");
    if (step.fast)
        return bindFast(program, step);
    const KernelEntry *entry = findReferenceKernel(step.domain, step.op, step.opset);
    if (entry == nullptr)
        return core::notSupported("step " + step.name, "no kernel for " + step.op + " of opset " + std::to_string(step.opset));
    if (!entry->anyLayout) {
        for (const auto *list : {&step.inputs, &step.outputs}) {
            for (const int tensor : *list) {
                if (tensor >= 0 && program.tensor(tensor).channelsLast)
                    return core::badInput("step " + step.name, "its kernel needs the model's order of dimensions");
            }
        }
    }
    KernelCall call = callOf(program, step);
    if (step.op == "MatMul" && step.domain.empty() && call.inputs.size() > 2)
        call.inputs.resize(2);
    auto kernel = entry->bind(call);
    NORDLYS_TRY(kernel);
    kernel = withColumnBias(program, step, std::move(*kernel));
    NORDLYS_TRY(kernel);
    return withEpilogue(program, step, std::move(*kernel));
}

} // namespace

namespace {

bool needsRunningValues(const Program &program, const ProgramStep &step, const core::Error &error)
{
    return mayBindLate(step) && error.code == core::ErrorCode::NotSupported && error.why.find(KernelCall::valuesAreNeeded) != std::string::npos
           && std::ranges::any_of(step.inputs, [&](int in) { return in >= 0 && !program.isConstant(in); });
}

} // namespace

namespace {

core::Error brokenControl(const ProgramStep &step, const std::string &why)
{
    return core::badInput("node " + step.name + " (" + step.op + ")", why);
}

/// What running control flow relies on, whoever made the step.
core::Expected<void> checkControl(const Program &program, const ProgramStep &step)
{
    const bool isIf = step.op == "If", isLoop = step.op == "Loop", isScan = step.op == "Scan", isMap = step.op == "SequenceMap";
    if (!step.domain.empty() || !(isIf || isLoop || isScan || isMap))
        return brokenControl(step, "an operator of this kind has no subgraph");
    if (step.bodies.size() != (isIf ? 2U : 1U) || step.activation != FusedActivation::None || step.residual >= 0)
        return brokenControl(step, "it has " + std::to_string(step.bodies.size()) + " subgraphs");
    const std::size_t first = isScan && step.opset < 9 ? 1 : 0; // sequence lengths
    for (const ProgramBody &body : step.bodies) {
        const Program &inner = *body.program;
        if (inner.inputs.size() != body.formalInputs + body.captures.size() || step.inputs.size() < first + body.formalInputs)
            return brokenControl(step, "the inputs of its subgraph do not fit");
        for (std::size_t i = 0; i < body.captures.size(); ++i) {
            const int outside = step.inputs[static_cast<std::size_t>(body.captures[i])];
            const ProgramTensor &target = inner.tensor(inner.inputs[body.formalInputs + i]);
            if (outside < 0)
                return brokenControl(step, "it captures an input that is left out");
            const ProgramTensor &source = program.tensor(outside);
            if (source.channelsLast || (target.storage == Storage::External && (!source.isFixed() || source.dims != target.dims || source.dtype != target.dtype)))
                return brokenControl(step, "it captures " + source.name + " in another form");
        }
        for (const int out : inner.outputs) {
            if (out < 0)
                return brokenControl(step, "an output of its subgraph is left out");
        }
    }
    const ProgramBody &body = step.bodies[0];
    const Program &inner = *body.program;
    std::size_t results = inner.outputs.size();
    if (isIf) {
        results = std::min(results, step.bodies[1].program->outputs.size());
        if (step.inputs.empty() || step.inputs[0] < 0 || body.formalInputs != 0 || step.bodies[1].formalInputs != 0)
            return brokenControl(step, "it needs a condition, and its branches take no inputs");
    } else if (isLoop) {
        const auto single = [&](std::size_t i, core::DType type) {
            const ProgramTensor &tensor = inner.tensor(inner.inputs[i]);
            return tensor.storage == Storage::External && tensor.dtype == type && tensor.dims.size() <= 1 && (tensor.dims.empty() || tensor.dims[0] == 1);
        };
        if (body.formalInputs < 2 || inner.outputs.size() + 1 < body.formalInputs || !single(0, core::DType::Int64) || !single(1, core::DType::Bool))
            return brokenControl(step, "its body needs a counter, a condition and what it carries");
        --results;
    } else if (isScan) {
        const auto it = step.attributes.find("num_scan_inputs");
        const auto *scans = it != step.attributes.end() ? std::get_if<std::int64_t>(&it->second) : nullptr;
        if (scans == nullptr || *scans < 1 || static_cast<std::uint64_t>(*scans) > body.formalInputs
            || inner.outputs.size() < body.formalInputs - static_cast<std::size_t>(*scans))
            return brokenControl(step, "num_scan_inputs does not fit its body");
        for (std::size_t i = 0; i < body.formalInputs; ++i) {
            if (step.inputs[first + i] < 0)
                return brokenControl(step, "one of its inputs is left out");
        }
    } else if (body.formalInputs < 1 || step.inputs[0] < 0)
        return brokenControl(step, "it needs a sequence");
    if (step.outputs.size() > results)
        return brokenControl(step, "it has " + std::to_string(step.outputs.size()) + " outputs, its subgraph gives " + std::to_string(results));
    return {};
}

} // namespace

core::Expected<BoundStep> bindStep(const Program &program, const ProgramStep &step)
{
    BoundStep result;
    for (const int out : step.outputs) {
        if (out >= 0 && program.tensor(out).storage != Storage::Arena && program.tensor(out).storage != Storage::Dynamic)
            return core::badInput("step " + step.name, "it writes a tensor that is not its own");
    }
    if (!step.bodies.empty()) {
        NORDLYS_TRY(checkControl(program, step));
        result.kernel.name = "control/" + step.op;
        return result;
    }
    result.late = step.late;
    if (!result.late && !program.isFixed(step))
        return core::badInput("step " + step.name, "the size of its tensors is only known while running");
    if (result.late && (step.fast || step.domain == planDomain || step.activation != FusedActivation::None || step.residual >= 0))
        return core::badInput("step " + step.name, "what is bound while running has nothing fused into it");
    if (!result.late) {
        auto kernel = bindKernel(program, step);
        if (!kernel && !needsRunningValues(program, step, kernel.error()))
            return std::move(kernel.error());
        result.late = !kernel;
        if (kernel && step.domain != planDomain)
            skipWithoutOutput(callOf(program, step).outputs, *kernel);
        if (kernel)
            result.kernel = std::move(*kernel);
    }
    if (result.late) {
        result.kernel.name = (findValueKernel(step.domain, step.op, step.opset) != nullptr ? "values/" : "reference/") + step.op;
        return result; // what is found later quantizes later
    }
    for (std::size_t i = 0; i < step.quantizers.size() && i < step.outputs.size(); ++i) {
        if (!step.quantizers[i] || step.outputs[i] < 0)
            continue;
        auto quantizer = bindQuantizer(program.tensor(step.outputs[i]), *step.quantizers[i]);
        NORDLYS_TRY(quantizer);
        if (*quantizer)
            result.quantizers.push_back({i, std::move(*quantizer)});
    }
    return result;
}

bool mayBindLate(const ProgramStep &step)
{
    return step.bodies.empty() && !step.fast && step.activation == FusedActivation::None && step.residual < 0 && step.domain != planDomain;
}

std::size_t scratchBytesOf(const std::vector<BoundStep> &steps, int threads)
{
    std::size_t scratch = 0;
    for (const BoundStep &step : steps) {
        if (step.kernel.scratchBytes)
            scratch = std::max(scratch, step.kernel.scratchBytes(threads));
        for (const auto &body : step.bodies)
            scratch = std::max(scratch, scratchBytesOf(body->steps, threads));
    }
    return scratch;
}

} // namespace nordlys::runtime

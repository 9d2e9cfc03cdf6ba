// SPDX-License-Identifier: Apache-2.0
#include "accumulate.h"

namespace nordlys::runtime::reference {

namespace {

/// Whether a run in training mode would drop anything: the ratio is not 0.
bool drops(const std::byte *ratio, core::DType type)
{
    return ratio == nullptr || floatAt(ratio, type, 0) != 0;
}

/// ONNX operator Dropout in inference: a copy, and a mask of ones. From version 12 on an input may ask for training; then only a ratio
/// of 0 can be computed, as what is dropped otherwise is random.
core::Expected<BoundKernel> bindDropout(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.dims != y.dims || x.dtype != y.dtype || x.channelsLast != y.channelsLast)
        return call.broken("the output has not the shape and type of the input");
    if (!isComputedFloat(x.dtype))
        return call.broken("the input has to be floating point");
    core::DType ratioType = core::DType::Float32;
    if (call.hasInput(1)) {
        ratioType = call.inputs[1].dtype;
        if (!isComputedFloat(ratioType) || call.inputs[1].elementCount() != 1)
            return call.broken("ratio (input 1) has to be one floating point number");
    }
    if (call.hasInput(2)) {
        const TensorDesc &mode = call.inputs[2];
        if (mode.dtype != core::DType::Bool || mode.elementCount() != 1)
            return call.broken("training_mode (input 2) has to be one boolean");
        const bool ratioKnown = !call.hasInput(1) || call.inputs[1].constant != nullptr;
        if (mode.constant != nullptr && mode.constant[0] != std::byte(0) && ratioKnown
            && drops(call.hasInput(1) ? call.inputs[1].constant : nullptr, ratioType))
            return call.unsupported("dropping at random in training mode has no kernel");
    }
    if (call.opset < 7 && call.intAttribute("is_test", 0) == 0 && call.hasOutput(1))
        return call.unsupported("dropping at random in training mode has no kernel");
    const core::DType maskType = call.hasOutput(1) ? call.outputs[1].dtype : core::DType::Bool;
    if (call.hasOutput(1) && (call.outputs[1].dims != x.dims || maskType != (call.opset >= 10 ? core::DType::Bool : x.dtype)))
        return call.broken(call.opset >= 10 ? "the mask has to be boolean of the input's shape" : "the mask has to be of the input's type and shape");
    return bound(
        call,
        [maskType, ratioType, count = x.elementCount(), bytes = static_cast<std::size_t>(x.elementCount()) * elementSize(x.dtype)](
            const KernelRun &run) -> KernelStatus {
            if (run.inputs[2] != nullptr && *run.inputs[2] != std::byte(0) && drops(run.inputs[1], ratioType))
                return "dropping at random in training mode cannot be computed";
            if (bytes > 0 && run.outputs[0] != run.inputs[0])
                std::memcpy(run.outputs[0], run.inputs[0], bytes);
            for (std::int64_t i = 0; run.outputs[1] != nullptr && i < count; ++i) {
                if (maskType == core::DType::Bool)
                    run.outputs[1][i] = std::byte(1);
                else
                    storeFloat(run.outputs[1], maskType, i, 1);
            }
            return nullptr;
        },
        0);
}

constexpr KernelEntry entries[] = {{"", "Dropout", 1, bindDropout, true}};

} // namespace

std::span<const KernelEntry> dropoutKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

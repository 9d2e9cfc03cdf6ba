// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <cstring>

namespace nordlys::runtime::reference {

namespace {

/// Same elements in the same order under other dims: a copy, or nothing at all where the output lies on the input.
core::Expected<BoundKernel> bindCopy(const KernelCall &call)
{
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.dtype != y.dtype || x.elementCount() != y.elementCount())
        return call.broken("the output has another type or number of elements (" + core::shapeText(y.dims) + ") than the input");
    const std::size_t bytes = storageBytes(x.dtype, x.elementCount());
    return bound(
        call,
        [bytes](const KernelRun &run) -> KernelStatus {
            if (run.outputs[0] != run.inputs[0] && bytes > 0)
                std::memcpy(run.outputs[0], run.inputs[0], bytes);
            return nullptr;
        },
        0);
}

/// Where the target comes as an input it may be computed: the values of this run then have to give the shape that was planned.
core::Expected<BoundKernel> bindReshape(const KernelCall &call)
{
    NORDLYS_TRY(call.requireOrPacked(call.opset >= 5 ? 2 : 1));
    auto copy = bindCopy(call);
    NORDLYS_TRY(copy);
    if (call.opset < 5)
        return copy;
    const TensorDesc &x = call.inputs[0], &shape = call.inputs[1], &y = call.outputs[0];
    if (shape.dtype != core::DType::Int64 || shape.elementCount() != static_cast<std::int64_t>(y.rank()))
        return call.broken("the shape input does not have one int64 per dimension of the output");
    const bool allowZero = call.intAttribute("allowzero", 0) != 0;
    return bound(
        call,
        [inDims = x.dims, outDims = y.dims, allowZero, inner = std::move(copy->run)](const KernelRun &run) -> KernelStatus {
            const auto *target = run.input<std::int64_t>(1);
            for (std::size_t i = 0; i < outDims.size(); ++i) {
                const bool fits = target[i] == outDims[i] || target[i] == -1
                                  || (target[i] == 0 && !allowZero && i < inDims.size() && inDims[i] == outDims[i]);
                if (!fits)
                    return "the shape computed in this run is not the planned one";
            }
            return inner(run);
        },
        0);
}

core::Expected<BoundKernel> bindFlatten(const KernelCall &call)
{
    NORDLYS_TRY(call.requireOrPacked(1));
    const TensorDesc &x = call.inputs[0];
    std::int64_t axis = call.intAttribute("axis", 1);
    const auto rank = static_cast<std::int64_t>(x.rank());
    if (axis < 0)
        axis += rank;
    if (axis < 0 || axis > rank)
        return call.broken("the axis is outside the input");
    core::Dims expected{1, 1};
    for (std::int64_t i = 0; i < rank; ++i)
        expected[i < axis ? 0 : 1] *= x.dims[static_cast<std::size_t>(i)];
    if (call.outputs[0].dims != expected)
        return call.broken("the output's shape is not " + core::shapeText(expected));
    return bindCopy(call);
}

core::Dims withoutOnes(const core::Dims &dims)
{
    core::Dims result;
    for (const std::int64_t dim : dims) {
        if (dim != 1)
            result.push_back(dim);
    }
    return result;
}

/// Which of the ones vanish or appear does not change the data; that nothing else changes is checked.
core::Expected<BoundKernel> bindOnes(const KernelCall &call)
{
    NORDLYS_TRY(call.requireOrPacked(1));
    if (call.hasInput(1) && call.inputs[1].constant == nullptr && call.inputs[1].elementCount() > 0)
        return call.needsValues("axes");
    if (withoutOnes(call.inputs[0].dims) != withoutOnes(call.outputs[0].dims))
        return call.broken("the output's shape differs from the input's in more than dimensions of size 1");
    return bindCopy(call);
}

core::Expected<BoundKernel> bindIdentity(const KernelCall &call)
{
    NORDLYS_TRY(call.requireOrPacked(1));
    if (call.inputs[0].dims != call.outputs[0].dims || call.inputs[0].channelsLast != call.outputs[0].channelsLast)
        return call.broken("the output has not the shape of the input");
    return bindCopy(call);
}

constexpr KernelEntry entries[] = {
    {"", "Reshape", 1, bindReshape, false}, {"", "Flatten", 1, bindFlatten, false}, {"", "Squeeze", 1, bindOnes, false},
    {"", "Unsqueeze", 1, bindOnes, false}, {"", "Identity", 1, bindIdentity, true},
};

} // namespace

std::span<const KernelEntry> viewKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

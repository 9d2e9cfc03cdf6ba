// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <numeric>

namespace nordlys::runtime::reference {

namespace {

/// Binds "copy along this walk": operand 0 is the input's offset, operand 1 the output's.
core::Expected<BoundKernel> bindWalk(const KernelCall &call, const StridedLoop<2> &loop)
{
    return dispatchSize(call, call.outputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [loop](const KernelRun &run) -> KernelStatus {
            const T *in = run.input<T>(0);
            T *out = run.output<T>(0);
            loop.run([&](const auto &at) { out[at[1]] = in[at[0]]; });
            return nullptr;
        });
    });
}

core::Expected<BoundKernel> bindTranspose(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    std::vector<std::int64_t> perm(x.rank());
    std::iota(perm.rbegin(), perm.rend(), 0);
    if (const auto stated = call.intsAttribute("perm"))
        perm = *stated;
    const auto axes = normalizedAxes(perm, x.rank());
    if (!axes || perm.size() != x.rank() || y.rank() != x.rank() || x.dtype != y.dtype)
        return call.broken("perm is no permutation of the input's axes");
    StridedLoop<2> loop(y.dims);
    const Strides in = x.strides();
    Strides permuted{};
    for (std::size_t i = 0; i < perm.size(); ++i) {
        const std::size_t from = *normalizedAxis(perm[i], x.rank());
        permuted[i] = in[from];
        if (y.dims[i] != x.dims[from])
            return call.broken("the output's shape is not the permuted input's");
    }
    loop.setOperand(0, permuted);
    loop.setOperand(1, y.strides());
    return bindWalk(call, loop);
}

/// Copies between whole tensors and parts of another one along an axis: Concat (parts are inputs) and Split (parts are outputs).
core::Expected<BoundKernel> bindParts(const KernelCall &call, std::size_t axis, bool joins)
{
    const std::vector<TensorDesc> &parts = joins ? call.inputs : call.outputs;
    const TensorDesc &whole = joins ? call.outputs[0] : call.inputs[0];
    const Strides wholeStrides = whole.strides();
    std::vector<StridedLoop<2>> loops;
    std::int64_t at = 0;
    for (const TensorDesc &part : parts) {
        core::Dims expected = whole.dims;
        if (part.rank() != whole.rank() || part.dtype != whole.dtype)
            return call.broken("the parts differ in type or number of dimensions");
        expected[axis] = part.dims[axis];
        if (part.dims != expected)
            return call.broken("the part " + core::shapeText(part.dims) + " does not fit " + core::shapeText(whole.dims));
        StridedLoop<2> loop(part.dims);
        loop.setOperand(joins ? 0 : 1, part.strides());
        loop.setOperand(joins ? 1 : 0, wholeStrides);
        loop.start[joins ? 1 : 0] = at * wholeStrides[axis];
        at += part.dims[axis];
        loops.push_back(loop);
    }
    if (at != whole.dims[axis])
        return call.broken("the sizes of the parts sum up to " + std::to_string(at) + " instead of " + std::to_string(whole.dims[axis]));
    return dispatchSize(call, whole.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [loops, joins](const KernelRun &run) -> KernelStatus {
            for (std::size_t i = 0; i < loops.size(); ++i) {
                const T *in = run.input<T>(joins ? i : 0);
                T *out = run.output<T>(joins ? 0 : i);
                loops[i].run([&](const auto &offset) { out[offset[1]] = in[offset[0]]; });
            }
            return nullptr;
        });
    });
}

core::Expected<BoundKernel> bindConcat(const KernelCall &call)
{
    NORDLYS_TRY(call.require(call.inputs.empty() ? 1 : call.inputs.size()));
    // Opset 1 has the default 1, later ones demand the attribute.
    const auto axis = normalizedAxis(call.intAttribute("axis", 1), call.outputs[0].rank());
    if (!axis)
        return call.broken("the axis is outside the inputs");
    return bindParts(call, *axis, true);
}

/// The sizes are those of the outputs: inference took them from the attribute or input.
core::Expected<BoundKernel> bindSplit(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1, call.outputs.empty() ? 1 : call.outputs.size()));
    const auto axis = normalizedAxis(call.intAttribute("axis", 0), call.inputs[0].rank());
    if (!axis)
        return call.broken("the axis is outside the input");
    if (const auto stated = call.hasInput(1) ? call.constantInts(1) : call.intsAttribute("split")) {
        for (std::size_t i = 0; i < call.outputs.size(); ++i) {
            if (stated->size() != call.outputs.size() || call.outputs[i].rank() <= *axis || (*stated)[i] != call.outputs[i].dims[*axis])
                return call.broken("split does not give the outputs' sizes");
        }
    } else if (call.hasInput(1))
        return call.needsValues("sizes");
    return bindParts(call, *axis, false);
}

core::Expected<BoundKernel> bindExpand(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto dims = broadcastDims(x.dims, y.dims);
    if (!dims || *dims != y.dims || x.dtype != y.dtype)
        return call.broken("the input cannot be broadcast to the output");
    if (const auto target = call.constantInts(1); target && broadcastDims(x.dims, *target) != y.dims)
        return call.broken("the shape input does not give the output's shape");
    StridedLoop<2> loop(y.dims);
    loop.setBroadcastOperand(0, x);
    loop.setOperand(1, y.strides());
    return bindWalk(call, loop);
}

core::Expected<BoundKernel> bindTile(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() != y.rank() || x.dtype != y.dtype || 2 * x.rank() > maxRank)
        return call.broken("input and output differ in type or number of dimensions");
    core::Dims box;
    Strides in{}, out{};
    const Strides xs = x.strides(), ys = y.strides();
    for (std::size_t i = 0; i < x.rank(); ++i) {
        if (x.dims[i] == 0 || y.dims[i] % x.dims[i] != 0)
            return call.broken("the output is no multiple of the input");
        box.push_back(y.dims[i] / x.dims[i]);
        out[box.size() - 1] = ys[i] * x.dims[i];
        box.push_back(x.dims[i]);
        in[box.size() - 1] = xs[i];
        out[box.size() - 1] = ys[i];
    }
    StridedLoop<2> loop(box);
    loop.setOperand(0, in);
    loop.setOperand(1, out);
    return bindWalk(call, loop);
}

/// Both directions see the blocked side as six dimensions.
core::Expected<BoundKernel> bindBlocks(const KernelCall &call, bool toSpace)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &deep = toSpace ? call.inputs[0] : call.outputs[0], &wide = toSpace ? call.outputs[0] : call.inputs[0];
    const std::int64_t block = call.intAttribute("blocksize", 0);
    constexpr std::int64_t kMaxBlock = 1024; // with at most 2^40 elements no product below can overflow
    if (deep.rank() != 4 || wide.rank() != 4 || deep.dtype != wide.dtype || block < 1 || block > kMaxBlock)
        return call.broken("it needs 4 dimensions and a blocksize of at least 1");
    if (deep.dims[0] != wide.dims[0] || deep.dims[1] != wide.dims[1] * block * block || deep.dims[2] * block != wide.dims[2]
        || deep.dims[3] * block != wide.dims[3])
        return call.broken("the output's shape does not fit the blocksize");
    const bool columnRow = call.stringAttribute("mode", "DCR") == "CRD";
    const Strides d = deep.strides(), w = wide.strides();
    const std::int64_t channels = wide.dims[1];
    // walk: n, channel, block row, block column, row, column
    StridedLoop<2> loop(core::Dims{deep.dims[0], channels, block, block, deep.dims[2], deep.dims[3]});
    const std::int64_t channelStep = columnRow ? block * block : 1, blockStep = columnRow ? 1 : channels;
    Strides deepWalk{d[0], d[1] * channelStep, d[1] * blockStep * block, d[1] * blockStep, d[2], d[3]};
    Strides wideWalk{w[0], w[1], w[2], w[3], w[2] * block, w[3] * block};
    loop.setOperand(0, toSpace ? deepWalk : wideWalk);
    loop.setOperand(1, toSpace ? wideWalk : deepWalk);
    return bindWalk(call, loop);
}

core::Expected<BoundKernel> bindDepthToSpace(const KernelCall &call)
{
    return bindBlocks(call, true);
}
core::Expected<BoundKernel> bindSpaceToDepth(const KernelCall &call)
{
    return bindBlocks(call, false);
}

constexpr KernelEntry entries[] = {
    {"", "Transpose", 1, bindTranspose, true}, {"", "Concat", 1, bindConcat, true}, {"", "Split", 1, bindSplit, true},
    {"", "Expand", 8, bindExpand, false}, {"", "Tile", 6, bindTile, false}, {"", "DepthToSpace", 1, bindDepthToSpace, true},
    {"", "SpaceToDepth", 1, bindSpaceToDepth, true},
};

} // namespace

std::span<const KernelEntry> movementKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

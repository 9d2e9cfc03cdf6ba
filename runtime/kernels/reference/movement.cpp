// SPDX-License-Identifier: Apache-2.0
#include "element_mover.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nordlys::runtime::reference {

namespace {

/// Binds "copy along this walk": operand 0 is the input's offset, operand 1 the output's.
core::Expected<BoundKernel> bindWalk(const KernelCall &call, const StridedLoop<2> &loop)
{
    return dispatchElement(call, call.outputs[0].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
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
        if (part.dims[axis] < 0 || part.dims[axis] > whole.dims[axis] - at)
            return call.broken("the parts are longer than the whole along axis " + std::to_string(axis));
        at += part.dims[axis];
        if (!part.present)
            loop.total = 0;
        loops.push_back(loop);
    }
    if (at != whole.dims[axis])
        return call.broken("the sizes of the parts sum up to " + std::to_string(at) + " instead of " + std::to_string(whole.dims[axis]));
    return dispatchElement(call, whole.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
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

/// The sizes that attribute or input state, else equal parts of which the last may be smaller (ONNX Split 18).
core::Expected<std::vector<std::int64_t>> splitSizes(const KernelCall &call, std::int64_t length)
{
    const auto count = static_cast<std::int64_t>(call.outputs.size());
    std::optional<std::vector<std::int64_t>> stated = call.intsAttribute("split");
    if (!stated && call.hasInput(1)) {
        stated = call.constantInts(1);
        if (!stated)
            return call.needsValues("sizes");
    }
    if (!stated) {
        const std::int64_t chunk = (length + count - 1) / count;
        stated.emplace();
        for (std::int64_t i = 0; i < count; ++i)
            stated->push_back(std::clamp<std::int64_t>(length - i * chunk, 0, chunk));
    }
    if (stated->size() != call.outputs.size())
        return call.broken("split names " + std::to_string(stated->size()) + " sizes for " + std::to_string(count) + " outputs");
    return *stated;
}

/// Outputs that nobody reads may be missing.
core::Expected<BoundKernel> bindSplit(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1, 0));
    const TensorDesc &x = call.inputs[0];
    const auto axis = normalizedAxis(call.intAttribute("axis", 0), x.rank());
    if (!axis)
        return call.broken("the axis is outside the input");
    const auto count = static_cast<std::int64_t>(call.outputs.size());
    if (count == 0 || call.intAttribute("num_outputs", count) != count)
        return call.broken("num_outputs is not the number of outputs");
    const auto sizes = splitSizes(call, x.dims[*axis]);
    NORDLYS_TRY(sizes);
    KernelCall full = call;
    for (std::size_t i = 0; i < full.outputs.size(); ++i) {
        TensorDesc &y = full.outputs[i];
        if (!y.present) {
            y = x;
            y.present = false;
            y.dims[*axis] = (*sizes)[i];
        } else if (y.rank() <= *axis || y.dims[*axis] != (*sizes)[i])
            return call.broken("split does not give the outputs' sizes");
    }
    return bindParts(full, *axis, false);
}

core::Expected<BoundKernel> bindExpand(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto dims = broadcastDims(x.dims, y.dims);
    if (!dims || *dims != y.dims || x.dtype != y.dtype)
        return call.broken("the input cannot be broadcast to the output");
    const auto target = call.constantInts(1);
    if (!target && call.inputs[1].constant == nullptr)
        return call.needsValues("sizes");
    if (!target || broadcastDims(x.dims, *target) != y.dims)
        return call.broken("the shape input does not give the output's shape");
    StridedLoop<2> loop(y.dims);
    loop.setBroadcastOperand(0, x);
    loop.setOperand(1, y.strides());
    return bindWalk(call, loop);
}

/// How often each axis is repeated, or nothing when that is only known while running. Opset 1 repeats one axis.
core::Expected<std::optional<std::vector<std::int64_t>>> repeatsOf(const KernelCall &call)
{
    const TensorDesc &x = call.inputs[0];
    if (call.opset >= 6)
        return call.constantInts(1);
    NORDLYS_TRY(call.require(3));
    for (const std::size_t i : {std::size_t(1), std::size_t(2)}) {
        if (call.inputs[i].elementCount() != 1 || (call.inputs[i].dtype != x.dtype && call.inputs[i].dtype != core::DType::Int64))
            return call.broken("tiles (input 1) and axis (input 2) have to be one number of the input's type");
    }
    std::array<std::int64_t, 2> values{};
    if (call.inputs[1].constant == nullptr || call.inputs[2].constant == nullptr)
        return call.needsValues("repeats");
    for (const std::size_t i : {std::size_t(0), std::size_t(1)}) {
        auto read = dispatchNumber(call, call.inputs[i + 1].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
            using T = typename decltype(tag)::Type;
            const auto value = static_cast<double>(static_cast<ComputeOf<T>>(*reinterpret_cast<const T *>(call.inputs[i + 1].constant)));
            values[i] = std::abs(value) <= 0x1p53 ? static_cast<std::int64_t>(value) : -1;
            return BoundKernel();
        });
        NORDLYS_TRY(read);
    }
    const auto axis = normalizedAxis(values[1], x.rank());
    if (!axis)
        return call.broken("the axis (input 2) is outside the input");
    std::vector<std::int64_t> repeats(x.rank(), 1);
    repeats[*axis] = values[0];
    return std::optional(std::move(repeats));
}

core::Expected<BoundKernel> bindTile(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() != y.rank() || x.dtype != y.dtype)
        return call.broken("input and output differ in type or number of dimensions");
    const auto repeats = repeatsOf(call);
    NORDLYS_TRY(repeats);
    if (!*repeats)
        return call.needsValues("repeats");
    if ((*repeats)->size() != x.rank())
        return call.broken("repeats (input 1) has " + std::to_string((*repeats)->size()) + " entries for rank " + std::to_string(x.rank()));
    core::Dims box;
    Strides in{}, out{};
    const Strides xs = x.strides(), ys = y.strides();
    for (std::size_t i = 0; i < x.rank(); ++i) {
        const std::int64_t length = x.dims[i], times = (**repeats)[i];
        if (times < 0 || (length > 0 && times > y.dims[i] / length) || length * times != y.dims[i])
            return call.broken("the output is not the input repeated in dimension " + std::to_string(i));
        if (box.size() + (times != 1 ? 2 : 1) > maxRank)
            return call.unsupported("so many repeated dimensions have no kernel");
        if (times != 1) {
            box.push_back(times);
            out[box.size() - 1] = ys[i] * length;
        }
        box.push_back(length);
        in[box.size() - 1] = xs[i];
        out[box.size() - 1] = ys[i];
    }
    if (y.elementCount() == 0)
        box.assign(1, 0);
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
    const std::string mode = call.stringAttribute("mode", "DCR");
    if (mode != "DCR" && mode != "CRD")
        return call.broken("mode \"" + mode.substr(0, 64) + "\" is unknown");
    const bool columnRow = mode == "CRD";
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
    {"", "Expand", 8, bindExpand, false}, {"", "Tile", 1, bindTile, false}, {"", "DepthToSpace", 1, bindDepthToSpace, true},
    {"", "SpaceToDepth", 1, bindSpaceToDepth, true},
};

} // namespace

std::span<const KernelEntry> movementKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

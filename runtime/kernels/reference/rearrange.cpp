// SPDX-License-Identifier: Apache-2.0
#include "element_mover.h"
#include "indices.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace nordlys::runtime::reference {

namespace {

/// Formula: ONNX Trilu 14. k is read in every run.
core::Expected<BoundKernel> bindTrilu(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() < 2 || x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("it needs at least 2 dimensions and an output of the input's type and shape");
    if (call.hasInput(1) && (call.inputs[1].dtype != core::DType::Int64 || call.inputs[1].elementCount() != 1))
        return call.broken("k (input 1) has to be one int64");
    const std::int64_t rows = x.dims[x.rank() - 2], columns = x.dims[x.rank() - 1];
    const std::int64_t matrices = x.elementCount() == 0 ? 0 : x.elementCount() / (rows * columns);
    const bool upper = call.intAttribute("upper", 1) != 0;
    return dispatchElement(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(
            call,
            [=](const KernelRun &run) -> KernelStatus {
                const std::int64_t k = run.inputs[1] != nullptr ? *run.input<std::int64_t>(1) : 0;
                const T *in = run.input<T>(0);
                T *out = run.output<T>(0);
                for (std::int64_t m = 0; m < matrices; ++m) {
                    for (std::int64_t r = 0; r < rows; ++r) {
                        for (std::int64_t c = 0; c < columns; ++c) {
                            const bool keeps = upper ? c - r >= k : c - r <= k;
                            *out++ = keeps ? *in : T(0);
                            ++in;
                        }
                    }
                }
                return nullptr;
            },
            0);
    });
}

/// Formula: ONNX ReverseSequence 10. The first sequence_lens[b] steps of sample b are turned around, the others stay.
core::Expected<BoundKernel> bindReverseSequence(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &lengths = call.inputs[1], &y = call.outputs[0];
    const std::int64_t batchAxis = call.intAttribute("batch_axis", 1), timeAxis = call.intAttribute("time_axis", 0);
    if (x.rank() < 2 || x.dims != y.dims || x.dtype != y.dtype)
        return call.broken("it needs at least 2 dimensions and an output of the input's type and shape");
    if (std::min(batchAxis, timeAxis) != 0 || std::max(batchAxis, timeAxis) != 1)
        return call.broken("batch_axis and time_axis have to be 0 and 1 or 1 and 0");
    const auto batch = static_cast<std::size_t>(batchAxis), time = static_cast<std::size_t>(timeAxis);
    if (lengths.dtype != core::DType::Int64 || lengths.dims != core::Dims{x.dims[batch]})
        return call.broken("sequence_lens (input 1) has to be one int64 per sample of the batch");
    const Strides strides = x.strides();
    const std::int64_t batches = x.dims[batch], steps = x.dims[time], batchStep = strides[batch], timeStep = strides[time];
    const std::size_t width = elementSize(x.dtype), block = static_cast<std::size_t>(std::min(batchStep, timeStep)) * width;
    return bound(call, [=, isEmpty = x.elementCount() == 0](const KernelRun &run) -> KernelStatus {
        for (std::int64_t b = 0; b < batches && !isEmpty; ++b) {
            const std::int64_t length = run.input<std::int64_t>(1)[b];
            if (length < 0 || length > steps)
                return "a sequence length is outside the time axis";
            for (std::int64_t t = 0; t < steps; ++t) {
                const std::int64_t source = t < length ? length - 1 - t : t;
                std::memcpy(run.outputs[0] + static_cast<std::size_t>(b * batchStep + t * timeStep) * width,
                            run.inputs[0] + static_cast<std::size_t>(b * batchStep + source * timeStep) * width, block);
            }
        }
        return nullptr;
    });
}

/// Formula: ONNX CenterCropPad 18. What is cut or added is split evenly; the odd one lies at the end.
core::Expected<BoundKernel> bindCenterCropPad(const KernelCall &call)
{
    NORDLYS_TRY(call.require(2));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    if (x.rank() != y.rank() || x.dtype != y.dtype || integerReader(call.inputs[1].dtype) == nullptr)
        return call.broken("input and output differ in type or number of dimensions, or the shape (input 1) is not int32 or int64");
    if (call.inputs[1].constant == nullptr && call.inputs[1].elementCount() > 0)
        return call.needsValues("sizes");
    if (const auto target = call.constantInts(1)) {
        const auto axes = call.intsAttribute("axes");
        if (target->size() != (axes ? axes->size() : x.rank()))
            return call.broken("the shape (input 1) has " + std::to_string(target->size()) + " entries for " +
                               std::to_string(axes ? axes->size() : x.rank()) + " axes");
        core::Dims expected = x.dims;
        for (std::size_t i = 0; i < target->size(); ++i) {
            const auto axis = normalizedAxis(axes ? (*axes)[i] : static_cast<std::int64_t>(i), x.rank());
            if (!axis)
                return call.broken("an axis is outside the input");
            expected[*axis] = (*target)[i];
        }
        if (expected != y.dims)
            return call.broken("the output's shape is not " + core::shapeText(expected));
    }
    core::Dims box;
    const Strides in = x.strides(), out = y.strides();
    std::array<std::int64_t, 2> start{};
    for (std::size_t i = 0; i < x.rank(); ++i) {
        const std::int64_t from = x.dims[i], to = y.dims[i];
        box.push_back(std::min(from, to));
        start[0] += from > to ? (from - to) / 2 * in[i] : 0;
        start[1] += from < to ? (to - from) / 2 * out[i] : 0;
    }
    StridedLoop<2> loop(box);
    loop.setOperand(0, in);
    loop.setOperand(1, out);
    loop.start = start;
    const std::size_t bytes = static_cast<std::size_t>(y.elementCount()) * elementSize(y.dtype);
    return dispatchElement(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [loop, bytes](const KernelRun &run) -> KernelStatus {
            if (bytes > 0)
                std::memset(run.outputs[0], 0, bytes);
            loop.run([&](const auto &at) { run.output<T>(0)[at[1]] = run.input<T>(0)[at[0]]; });
            return nullptr;
        });
    });
}

/// Reads an index of any number type; what no class can be (NaN, beyond int64) becomes the lowest number.
template <typename T>
std::int64_t classAt(const std::byte *data, std::int64_t i)
{
    constexpr std::int64_t none = std::numeric_limits<std::int64_t>::min();
    const T value = reinterpret_cast<const T *>(data)[i];
    if constexpr (isFloatType<T>) {
        const auto number = static_cast<double>(static_cast<ComputeOf<T>>(value));
        return std::abs(number) < 9.2e18 ? static_cast<std::int64_t>(number) : none;
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
        return value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ? static_cast<std::int64_t>(value) : none;
    } else {
        return static_cast<std::int64_t>(value);
    }
}

/// Null for types that have no kernel.
IntegerReader classReader(const KernelCall &call, std::size_t input)
{
    IntegerReader reader = nullptr;
    const auto kernel = dispatchNumber(call, call.inputs[input].dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        reader = classAt<typename decltype(tag)::Type>;
        return BoundKernel();
    });
    return kernel ? reader : nullptr;
}

/// Formula: ONNX OneHot 11. A negative index counts from the depth; one outside gives no class.
core::Expected<BoundKernel> bindOneHot(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    const TensorDesc &indices = call.inputs[0], &depth = call.inputs[1], &values = call.inputs[2], &y = call.outputs[0];
    const auto axis = normalizedAxis(call.intAttribute("axis", -1), indices.rank() + 1);
    if (!axis)
        return call.broken("the axis is outside the output");
    if (depth.elementCount() != 1 || values.dims != core::Dims{2} || values.dtype != y.dtype)
        return call.broken("depth (input 1) has to be one number, values (input 2) two of the output's type");
    core::Dims expected = indices.dims;
    if (y.rank() != indices.rank() + 1)
        return call.broken("the output does not have one dimension more than the indices");
    const std::int64_t classes = y.dims[*axis];
    expected.insert(expected.begin() + static_cast<std::ptrdiff_t>(*axis), classes);
    if (expected != y.dims)
        return call.broken("the output's shape is not " + core::shapeText(expected));
    const IntegerReader index = classReader(call, 0), readDepth = classReader(call, 1);
    if (index == nullptr || readDepth == nullptr)
        return call.unsupported("indices (input 0) or a depth (input 1) of this type have no kernel");
    if (depth.constant != nullptr && readDepth(depth.constant, 0) != classes)
        return call.broken("the depth (input 1) is " + std::to_string(readDepth(depth.constant, 0)) + ", the output has " + std::to_string(classes));
    std::int64_t outer = 1, inner = 1;
    for (std::size_t i = 0; i < indices.rank(); ++i)
        (i < *axis ? outer : inner) *= indices.dims[i];
    if (y.elementCount() == 0)
        outer = 0;
    return dispatchElement(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            if (readDepth(run.inputs[1], 0) != classes)
                return "the depth of this run is not the planned one";
            const T off = run.input<T>(2)[0], on = run.input<T>(2)[1];
            T *out = run.output<T>(0);
            std::fill(out, out + outer * classes * inner, off);
            for (std::int64_t o = 0; o < outer; ++o) {
                for (std::int64_t i = 0; i < inner; ++i) {
                    std::int64_t at = 0;
                    if (normalizeIndex(index(run.inputs[0], o * inner + i), classes, at))
                        out[(o * classes + at) * inner + i] = on;
                }
            }
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "Trilu", 14, bindTrilu, false}, {"", "ReverseSequence", 10, bindReverseSequence, false},
    {"", "CenterCropPad", 18, bindCenterCropPad, false}, {"", "OneHot", 9, bindOneHot, false},
};

} // namespace

std::span<const KernelEntry> rearrangeKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

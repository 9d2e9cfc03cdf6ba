// SPDX-License-Identifier: Apache-2.0
#include "reference.h"

#include <algorithm>
#include <cstring>

namespace nordlys::runtime::reference {

namespace {

core::Expected<BoundKernel> bindShape(const KernelCall &call)
{
    NORDLYS_TRY(call.requireOrPacked(1));
    const TensorDesc &x = call.inputs[0], &y = call.outputs[0];
    const auto rank = static_cast<std::int64_t>(x.rank());
    const auto bounded = [rank](std::int64_t value) { return std::clamp<std::int64_t>(value < 0 ? value + rank : value, 0, rank); };
    const std::int64_t start = bounded(call.intAttribute("start", 0)), end = std::max(start, bounded(call.intAttribute("end", rank)));
    if (y.dtype != core::DType::Int64 || y.dims != core::Dims{end - start})
        return call.broken("the output is not one int64 per dimension");
    core::Dims values(x.dims.begin() + start, x.dims.begin() + end);
    return bound(call, [values](const KernelRun &run) -> KernelStatus {
        std::copy(values.begin(), values.end(), run.output<std::int64_t>(0));
        return nullptr;
    });
}

core::Expected<BoundKernel> bindSize(const KernelCall &call)
{
    NORDLYS_TRY(call.requireOrPacked(1));
    if (call.outputs[0].dtype != core::DType::Int64 || call.outputs[0].elementCount() != 1)
        return call.broken("the output is not one int64");
    return bound(call, [count = call.inputs[0].elementCount()](const KernelRun &run) -> KernelStatus {
        *run.output<std::int64_t>(0) = count;
        return nullptr;
    });
}

core::Expected<BoundKernel> bindFill(const KernelCall &call, std::vector<std::byte> value)
{
    const TensorDesc &y = call.outputs[0];
    if (isPacked(y.dtype)) {
        const unsigned half = std::to_integer<unsigned>(value[0]) & 0xfU;
        return bound(call, [both = static_cast<int>(half | (half << 4)), last = static_cast<std::byte>(half), count = y.elementCount()](const KernelRun &run) -> KernelStatus {
            if (count > 1)
                std::memset(run.outputs[0], both, static_cast<std::size_t>(count / 2));
            if (count % 2 != 0)
                run.outputs[0][count / 2] = last;
            return nullptr;
        });
    }
    return bound(call, [value = std::move(value), count = y.elementCount()](const KernelRun &run) -> KernelStatus {
        for (std::int64_t i = 0; i < count; ++i)
            std::memcpy(run.outputs[0] + static_cast<std::size_t>(i) * value.size(), value.data(), value.size());
        return nullptr;
    });
}

core::Expected<BoundKernel> bindConstantOfShape(const KernelCall &call)
{
    NORDLYS_TRY(call.requireOrPacked(1));
    const TensorDesc &y = call.outputs[0];
    std::vector<std::byte> value(storageBytes(y.dtype, 1), std::byte{0});
    if (const auto *attribute = call.attribute("value")) {
        const auto *tensor = std::get_if<core::AttributeTensor>(attribute);
        if (tensor == nullptr || tensor->dtype != y.dtype || tensor->data.bytes().size() != value.size())
            return call.broken("value is no single element of the output's type");
        std::copy_n(tensor->data.bytes().begin(), value.size(), value.begin());
    } else if (y.dtype != core::DType::Float32)
        return call.broken("without value the output is float32");
    const auto dims = call.constantInts(0);
    if (call.inputs[0].constant == nullptr && call.inputs[0].elementCount() > 0)
        return call.needsValues("sizes");
    if (dims && *dims != y.dims)
        return call.broken("the shape input does not give the output's shape");
    return bindFill(call, std::move(value));
}

template <typename T>
std::vector<std::byte> bytesOf(const std::vector<T> &values)
{
    std::vector<std::byte> bytes(values.size() * sizeof(T));
    if (!bytes.empty())
        std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

core::Expected<BoundKernel> bindConstant(const KernelCall &call)
{
    NORDLYS_TRY(call.requireOrPacked(0));
    std::vector<std::byte> bytes;
    core::DType type = core::DType::Undefined;
    if (const auto *value = call.attribute("value"); value != nullptr && std::holds_alternative<core::AttributeTensor>(*value)) {
        const auto &tensor = std::get<core::AttributeTensor>(*value);
        type = tensor.dtype;
        bytes.assign(tensor.data.bytes().begin(), tensor.data.bytes().end());
    } else if (const auto ints = call.intsAttribute("value_ints")) {
        type = core::DType::Int64;
        bytes = bytesOf(*ints);
    } else if (const auto *one = call.attribute("value_int"); one != nullptr) {
        type = core::DType::Int64;
        bytes = bytesOf(std::vector<std::int64_t>{call.intAttribute("value_int", 0)});
    } else if (call.attribute("value_float") != nullptr) {
        type = core::DType::Float32;
        bytes = bytesOf(std::vector<float>{call.floatAttribute("value_float", 0)});
    } else if (const auto *list = call.attribute("value_floats"); list != nullptr && std::holds_alternative<std::vector<double>>(*list)) {
        type = core::DType::Float32;
        std::vector<float> narrow;
        for (const double value64 : std::get<std::vector<double>>(*list))
            narrow.push_back(static_cast<float>(value64));
        bytes = bytesOf(narrow);
    } else
        return call.unsupported("only dense numbers have a kernel");
    const TensorDesc &y = call.outputs[0];
    if (y.dtype != type || bytes.size() != storageBytes(type, y.elementCount()))
        return call.broken("the output does not fit the value");
    return bound(call, [bytes](const KernelRun &run) -> KernelStatus {
        if (!bytes.empty())
            std::memcpy(run.outputs[0], bytes.data(), bytes.size());
        return nullptr;
    });
}

core::Expected<BoundKernel> bindRange(const KernelCall &call)
{
    NORDLYS_TRY(call.require(3));
    const TensorDesc &y = call.outputs[0];
    for (std::size_t i = 0; i < 3; ++i) {
        if (call.inputs[i].elementCount() != 1 || call.inputs[i].dtype != y.dtype)
            return call.broken("start, limit and delta have to be scalars of the output's type");
    }
    if (y.rank() != 1)
        return call.broken("the output has one dimension");
    for (std::size_t i = 0; i < 3; ++i) {
        if (call.inputs[i].constant == nullptr)
            return call.needsValues("start, limit and delta");
    }
    return dispatchNumber(call, y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [count = y.dims[0]](const KernelRun &run) -> KernelStatus {
            // Integers are computed unsigned: their overflow is undefined in C++.
            using Wide = std::conditional_t<isFloatType<T>, double, std::uint64_t>;
            const auto first = static_cast<Wide>(*run.input<T>(0)), step = static_cast<Wide>(*run.input<T>(2));
            for (std::int64_t i = 0; i < count; ++i)
                run.output<T>(0)[i] = static_cast<T>(first + static_cast<Wide>(i) * step);
            return nullptr;
        });
    });
}

/// 1 on the diagonal that lies k above the main one, 0 elsewhere.
core::Expected<BoundKernel> bindEyeLike(const KernelCall &call)
{
    NORDLYS_TRY(call.require(1));
    const TensorDesc &y = call.outputs[0];
    if (call.inputs[0].rank() != 2 || call.inputs[0].dims != y.dims)
        return call.broken("input and output have to be matrices of the same shape");
    const std::int64_t rows = y.dims[0], columns = y.dims[1], k = call.intAttribute("k", 0);
    return dispatchNumber(call, y.dtype == core::DType::Bool ? core::DType::UInt8 : y.dtype, [&](auto tag) -> core::Expected<BoundKernel> {
        using T = typename decltype(tag)::Type;
        return bound(call, [=](const KernelRun &run) -> KernelStatus {
            std::fill_n(run.output<T>(0), rows * columns, T(0));
            if (k >= columns || k <= -rows)
                return nullptr;
            for (std::int64_t row = std::max<std::int64_t>(0, -k); row < rows && row + k < columns; ++row)
                run.output<T>(0)[row * columns + row + k] = T(1);
            return nullptr;
        });
    });
}

constexpr KernelEntry entries[] = {
    {"", "EyeLike", 9, bindEyeLike, false},
    {"", "Shape", 1, bindShape, true}, {"", "Size", 1, bindSize, true}, {"", "ConstantOfShape", 9, bindConstantOfShape, false},
    {"", "Constant", 1, bindConstant, false}, {"", "Range", 11, bindRange, false},
};

} // namespace

std::span<const KernelEntry> shapeKernels()
{
    return entries;
}

} // namespace nordlys::runtime::reference

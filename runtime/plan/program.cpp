// SPDX-License-Identifier: Apache-2.0
#include "program.h"

#include <runtime/kernels/fast/checked_size.h>

#include <algorithm>
#include <cstring>

namespace nordlys::runtime {

core::Expected<std::shared_ptr<AlignedBuffer>> makeConstantBuffer(std::size_t bytes)
{
    auto buffer = AlignedBuffer::create(bytes);
    NORDLYS_TRY(buffer);
    auto shared = std::make_shared<AlignedBuffer>(std::move(*buffer));
    if (bytes > 0)
        std::memset(shared->data(), 0, bytes);
    return shared;
}

ConstantBytes constantFrom(std::shared_ptr<AlignedBuffer> buffer)
{
    const std::span<const std::byte> bytes = std::as_const(*buffer).bytes();
    return {std::move(buffer), bytes};
}

core::Expected<ConstantBytes> copiedConstant(std::span<const std::byte> bytes)
{
    auto buffer = makeConstantBuffer(std::max<std::size_t>(1, bytes.size()));
    NORDLYS_TRY(buffer);
    if (!bytes.empty())
        std::memcpy((*buffer)->data(), bytes.data(), bytes.size());
    ConstantBytes constant = constantFrom(std::move(*buffer));
    constant.bytes = constant.bytes.first(bytes.size());
    return constant;
}

TensorDesc ProgramTensor::desc() const
{
    return {true, dtype, dims, channelsLast, storage == Storage::Constant ? constant.bytes.data() : nullptr};
}

bool Program::isOutput(int tensorIndex) const
{
    return std::find(outputs.begin(), outputs.end(), tensorIndex) != outputs.end();
}

bool Program::isInput(int tensorIndex) const
{
    return std::find(inputs.begin(), inputs.end(), tensorIndex) != inputs.end();
}

bool Program::isFixed(const ProgramStep &step) const
{
    const auto fixed = [this](int index) { return index < 0 || tensor(index).isFixed(); };
    return !step.late && step.bodies.empty() && std::ranges::all_of(step.inputs, fixed) && std::ranges::all_of(step.outputs, fixed);
}

int Program::addTensor(ProgramTensor added)
{
    tensors.push_back(std::move(added));
    return static_cast<int>(tensors.size()) - 1;
}

std::vector<int> Program::producers() const
{
    std::vector<int> result(tensors.size(), -1);
    for (std::size_t s = 0; s < steps.size(); ++s) {
        for (const int out : steps[s].outputs) {
            if (out >= 0)
                result[static_cast<std::size_t>(out)] = static_cast<int>(s);
        }
    }
    return result;
}

std::optional<std::size_t> checkedTensorBytes(core::DType type, const core::Dims &dims)
{
    if (core::bitsOf(type) == 0 || dims.size() > maxRank)
        return std::nullopt;
    std::int64_t count = 1;
    bool empty = false;
    for (const std::int64_t dim : dims) {
        if (dim < 0)
            return std::nullopt;
        // Sizes beside a zero count too: walks multiply them before they notice that nothing is there.
        empty = empty || dim == 0;
        if (dim > 0 && (__builtin_mul_overflow(count, dim, &count) || count > maxElements))
            return std::nullopt;
    }
    return empty ? 0 : storageBytes(type, count);
}

KernelCall callOf(const Program &program, const ProgramStep &step)
{
    KernelCall call;
    call.node = step.name;
    call.op = step.op;
    call.domain = step.domain;
    call.opset = step.opset;
    call.attributes = &step.attributes;
    const auto add = [&program](std::vector<TensorDesc> &list, int index) {
        list.push_back(index >= 0 ? program.tensor(index).desc() : TensorDesc{});
    };
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
        if (static_cast<int>(i) != step.residual)
            add(call.inputs, step.inputs[i]);
    }
    for (const int out : step.outputs)
        add(call.outputs, out);
    return call;
}

} // namespace nordlys::runtime

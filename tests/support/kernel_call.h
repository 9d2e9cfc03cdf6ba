// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <runtime/base/thread_pool.h>
#include <runtime/kernels/kernel.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

/// One operator call with values written into the test, bound to its reference kernel and run.
namespace nordlys::test {

using core::DType;
using namespace runtime;

struct Operand {
    DType type = DType::Undefined;
    core::Dims dims;
    std::vector<std::byte> data; ///< with room behind it, aligned by the vector's allocator
    bool present = false;
};

template <typename T>
Operand tensor(DType type, core::Dims dims, const std::vector<T> &values)
{
    Operand operand{type, std::move(dims), std::vector<std::byte>(values.size() * sizeof(T) + 8), true};
    std::memcpy(operand.data.data(), values.data(), values.size() * sizeof(T));
    return operand;
}
inline Operand bytes(core::Dims dims, const std::vector<int> &values, DType type = DType::UInt8)
{
    return tensor<std::uint8_t>(type, std::move(dims), {values.begin(), values.end()});
}
inline Operand signedBytes(core::Dims dims, const std::vector<int> &values)
{
    return tensor<std::int8_t>(DType::Int8, std::move(dims), {values.begin(), values.end()});
}
inline Operand floats(core::Dims dims, const std::vector<float> &values)
{
    return tensor<float>(DType::Float32, std::move(dims), values);
}
inline Operand scalar(float value) { return floats({}, {value}); }
inline Operand zero(int value) { return bytes({}, {value}); }

/// One operator, one output.
struct Call {
    std::string op, domain;
    int opset = 21;
    AttributeMap attributes;
    std::vector<Operand> inputs;

    core::Expected<BoundKernel> bind(const Operand &output) const
    {
        KernelCall call;
        call.node = "node";
        call.op = op;
        call.domain = domain;
        call.opset = opset;
        call.attributes = &attributes;
        for (const Operand &input : inputs)
            call.inputs.push_back({input.present, input.type, input.dims, false, nullptr});
        call.outputs.push_back({true, output.type, output.dims, false, nullptr});
        const KernelEntry *entry = findReferenceKernel(domain, op, opset);
        if (entry == nullptr)
            return core::notSupported(op, "there is no kernel");
        return entry->bind(call);
    }

    /// Runs the bound kernel into `output`; what the kernel says.
    KernelStatus statusOfRun(Operand output) const
    {
        auto kernel = bind(output);
        EXPECT_TRUE(kernel) << kernel.error().text();
        return kernel ? execute(*kernel, output) : "not bound";
    }

    /// `storedValues`: how many T the output takes (4-bit types: bytes).
    template <typename T>
    std::vector<T> run(DType type, core::Dims dims, std::size_t storedValues) const
    {
        Operand output = tensor<T>(type, std::move(dims), std::vector<T>(storedValues));
        auto kernel = bind(output);
        EXPECT_TRUE(kernel) << kernel.error().text();
        if (!kernel)
            return {};
        const KernelStatus status = execute(*kernel, output);
        EXPECT_EQ(status, nullptr) << status;
        std::vector<T> result(storedValues);
        std::memcpy(result.data(), output.data.data(), storedValues * sizeof(T));
        return result;
    }

private:
    KernelStatus execute(const BoundKernel &kernel, Operand &output) const
    {
        ThreadPool pool(2);
        std::vector<std::byte> scratch(kernel.scratchBytes ? kernel.scratchBytes(pool.threads()) + 64 : 64);
        auto *aligned = scratch.data() + (64 - reinterpret_cast<std::uintptr_t>(scratch.data()) % 64) % 64;
        std::vector<const std::byte *> in(std::max(inputs.size(), KernelRun::minPointers), nullptr);
        std::vector<std::byte *> out(KernelRun::minPointers, nullptr);
        for (std::size_t i = 0; i < inputs.size(); ++i)
            in[i] = inputs[i].present ? inputs[i].data.data() : nullptr;
        out[0] = output.data.data();
        return kernel.run({in.data(), out.data(), aligned, &pool});
    }
};

} // namespace nordlys::test

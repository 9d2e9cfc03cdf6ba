// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/tensor/host_tensor.h>
#include <runtime/base/thread_pool.h>
#include <runtime/kernels/kernel.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

/// Binds and runs one reference kernel on small tensors.
namespace nordlys::runtime::test {

struct Form {
    core::DType dtype = core::DType::Undefined; ///< Undefined: left out
    core::Dims dims;
};

struct Call {
    Call(std::string_view name, int version = 24, AttributeMap values = {}, std::string_view from = {}) // NOLINT(google-explicit-constructor)
        : op(name), opset(version), attributes(std::move(values)), domain(from)
    {
    }
    std::string_view op;
    int opset;
    AttributeMap attributes;
    std::string_view domain;
};

template <typename T>
core::HostTensor tensorOf(core::DType dtype, core::Dims dims, const std::vector<T> &values)
{
    auto tensor = core::HostTensor::create(dtype, std::move(dims));
    EXPECT_TRUE(tensor && tensor->bytes().size() == values.size() * sizeof(T)) << "values and shape differ";
    if (!values.empty())
        std::memcpy(tensor->bytes().data(), values.data(), values.size() * sizeof(T));
    return std::move(*tensor);
}

inline core::HostTensor floats(core::Dims dims, const std::vector<float> &values)
{
    return tensorOf<float>(core::DType::Float32, std::move(dims), values);
}

inline TensorDesc descOf(const Form &form, const std::byte *constant = nullptr)
{
    return {form.dtype != core::DType::Undefined, form.dtype, form.dims, false, constant};
}

inline core::Expected<BoundKernel> bindCall(const Call &call, std::vector<TensorDesc> inputs, std::vector<TensorDesc> outputs)
{
    const KernelEntry *entry = findReferenceKernel(call.domain, call.op, call.opset);
    if (entry == nullptr)
        return core::notSupported("kernel", std::string(call.op) + " is not registered");
    KernelCall kernelCall;
    kernelCall.node = "node-under-test";
    kernelCall.op = call.op;
    kernelCall.domain = call.domain;
    kernelCall.opset = call.opset;
    kernelCall.attributes = &call.attributes;
    kernelCall.inputs = std::move(inputs);
    kernelCall.outputs = std::move(outputs);
    return entry->bind(kernelCall);
}

/// Inputs that are left out are tensors of type Undefined. With `constant` the kernel sees the inputs' data when it is bound.
inline core::Expected<std::vector<core::HostTensor>> runCall(const Call &call, const std::vector<core::HostTensor> &inputs, const std::vector<Form> &outputs,
                                                             bool constant = false)
{
    std::vector<TensorDesc> inputDescs, outputDescs;
    std::vector<const std::byte *> inputPointers(std::max(inputs.size(), KernelRun::minPointers), nullptr);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        inputDescs.push_back(descOf({inputs[i].dtype(), inputs[i].dims()}, constant ? inputs[i].bytes().data() : nullptr));
        inputPointers[i] = inputs[i].bytes().data();
    }
    std::vector<core::HostTensor> results;
    std::vector<std::byte *> outputPointers(std::max(outputs.size(), KernelRun::minPointers), nullptr);
    for (const Form &form : outputs) {
        outputDescs.push_back(descOf(form));
        auto tensor = form.dtype == core::DType::Undefined ? core::HostTensor() : core::HostTensor::create(form.dtype, form.dims);
        NORDLYS_TRY(tensor);
        results.push_back(std::move(*tensor));
    }
    for (std::size_t i = 0; i < results.size(); ++i)
        outputPointers[i] = results[i].bytes().data();
    auto kernel = bindCall(call, std::move(inputDescs), std::move(outputDescs));
    NORDLYS_TRY(kernel);
    ThreadPool pool(2);
    std::vector<double> scratch((kernel->scratchBytes ? kernel->scratchBytes(pool.threads()) : 0) / sizeof(double) + 9);
    auto *aligned = reinterpret_cast<std::byte *>(scratch.data());
    aligned += (64 - reinterpret_cast<std::uintptr_t>(aligned) % 64) % 64;
    if (const KernelStatus status = kernel->run({inputPointers.data(), outputPointers.data(), aligned, &pool}); status != nullptr)
        return core::badInput("run", status);
    return results;
}

} // namespace nordlys::runtime::test

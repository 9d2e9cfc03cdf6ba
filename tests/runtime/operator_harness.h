// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/graph/shape_inference.h>
#include <core/tensor/host_tensor.h>
#include <runtime/base/thread_pool.h>
#include <runtime/kernels/value_kernel.h>
#include <runtime/plan/program.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

/// Computes one operator from given values: its shape rule finds the dims of the outputs (as while a model runs), then its kernel computes them.
namespace nordlys::runtime::operator_test {

struct Operator {
    std::string name;
    int opset = 24;
    AttributeMap attributes;
    std::size_t outputs = 1;
};

template <typename T>
Value tensorValue(core::DType type, core::Dims dims, const std::vector<T> &values)
{
    auto tensor = core::HostTensor::create(type, std::move(dims));
    EXPECT_TRUE(tensor && tensor->bytes().size() == values.size() * sizeof(T)) << "values and shape differ";
    if (!values.empty())
        std::memcpy(tensor->bytes().data(), values.data(), values.size() * sizeof(T));
    return Value::ofTensor(std::move(*tensor));
}
inline Value floats(core::Dims dims, const std::vector<float> &values) { return tensorValue(core::DType::Float32, std::move(dims), values); }
inline Value int64s(core::Dims dims, const std::vector<std::int64_t> &values) { return tensorValue(core::DType::Int64, std::move(dims), values); }
inline Value int32s(core::Dims dims, const std::vector<std::int32_t> &values) { return tensorValue(core::DType::Int32, std::move(dims), values); }
inline Value bools(core::Dims dims, const std::vector<std::uint8_t> &values) { return tensorValue(core::DType::Bool, std::move(dims), values); }

template <typename T>
std::vector<T> valuesOf(const Value &value)
{
    EXPECT_TRUE(value.isTensor());
    if (!value.isTensor())
        return {};
    const auto data = value.tensor().as<T>();
    return {data.begin(), data.end()};
}

namespace detail {

/// A graph of one node whose inputs are constants.
inline core::Graph graphOf(const Operator &op, const std::vector<Value> &inputs)
{
    core::Graph graph;
    core::Node node;
    node.name = graph.names.intern("tested");
    node.opType = graph.names.intern(op.name);
    node.domain = graph.names.intern("");
    node.opset = op.opset;
    for (const auto &[name, value] : op.attributes)
        node.attributes.push_back({graph.names.intern(name), value});
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        core::TensorId id;
        if (!inputs[i].isNothing())
            id = graph.addTensor("in" + std::to_string(i), inputs[i].elementType());
        if (inputs[i].isTensor()) {
            const auto bytes = inputs[i].tensor().bytes();
            graph.tensor(id).shape = core::toShape(inputs[i].tensor().dims());
            graph.tensor(id).constant = core::ConstantData::owned({bytes.begin(), bytes.end()});
        }
        node.inputs.push_back(id);
    }
    for (std::size_t i = 0; i < op.outputs; ++i)
        node.outputs.push_back(graph.addTensor("out" + std::to_string(i)));
    graph.addNode(std::move(node));
    return graph;
}

inline core::Expected<std::vector<Value>> runBound(const KernelCall &call, const std::vector<Value> &inputs)
{
    const KernelEntry *entry = findReferenceKernel(call.domain, call.op, call.opset);
    if (entry == nullptr)
        return core::notSupported(std::string(call.op), "no kernel");
    auto kernel = entry->bind(call);
    NORDLYS_TRY(kernel);
    std::vector<const std::byte *> in(std::max(inputs.size(), KernelRun::minPointers), nullptr);
    std::vector<std::byte *> out(std::max(call.outputs.size(), KernelRun::minPointers), nullptr);
    for (std::size_t i = 0; i < inputs.size(); ++i)
        in[i] = inputs[i].isTensor() ? inputs[i].tensor().bytes().data() : nullptr;
    std::vector<core::HostTensor> results;
    for (const TensorDesc &desc : call.outputs) {
        auto tensor = core::HostTensor::create(desc.dtype, desc.dims);
        NORDLYS_TRY(tensor);
        std::ranges::fill(tensor->bytes(), std::byte(0xa5)); // what a kernel does not write shows
        results.push_back(std::move(*tensor));
    }
    for (std::size_t i = 0; i < results.size(); ++i)
        out[i] = results[i].bytes().data();
    ThreadPool pool(1);
    auto scratch = core::HostTensor::create(core::DType::UInt8, {static_cast<std::int64_t>(kernel->scratchBytes ? kernel->scratchBytes(1) : 1)});
    NORDLYS_TRY(scratch);
    if (const KernelStatus status = kernel->run({in.data(), out.data(), scratch->bytes().data(), &pool}); status != nullptr)
        return core::badInput("run", status);
    std::vector<Value> values;
    for (core::HostTensor &result : results)
        values.push_back(Value::ofTensor(std::move(result)));
    return values;
}

} // namespace detail

/// Inputs that are left out are Nothing. Errors of the shape rule, of binding and of running alike.
inline core::Expected<std::vector<Value>> compute(const Operator &op, const std::vector<Value> &inputs, std::uint64_t byteLimit = std::uint64_t(1) << 30)
{
    core::Graph graph = detail::graphOf(op, inputs);
    const auto findings = core::inferShapes(graph);
    NORDLYS_TRY(findings);
    if (!findings->empty())
        return core::badInput("shape of tested (" + op.name + ")", findings->front().rule);
    KernelCall call;
    call.node = "tested";
    call.op = op.name;
    call.opset = op.opset;
    call.attributes = &op.attributes;
    for (const Value &input : inputs) {
        TensorDesc desc;
        desc.present = !input.isNothing();
        if (input.isTensor()) {
            desc.dtype = input.elementType();
            desc.dims = input.tensor().dims();
            desc.constant = input.tensor().bytes().data();
        }
        call.inputs.push_back(desc);
    }
    const ValueKernelEntry *entry = findValueKernel("", op.name, op.opset);
    for (const core::TensorId id : graph.nodes[0].outputs) {
        TensorDesc desc;
        desc.present = true;
        desc.dtype = graph.tensor(id).dtype;
        const auto dims = graph.tensor(id).shape ? core::knownDims(*graph.tensor(id).shape) : std::nullopt;
        if (entry == nullptr && (!dims || !checkedTensorBytes(desc.dtype, *dims)))
            return core::badInput("output of tested (" + op.name + ")", dims ? "its shape is too large to compute with" : "its shape is not known");
        desc.dims = dims.value_or(core::Dims{});
        call.outputs.push_back(desc);
    }
    if (entry == nullptr)
        return detail::runBound(call, inputs);
    ThreadPool pool(1);
    return entry->run({call, inputs, byteLimit, pool, std::stop_token()});
}

} // namespace nordlys::runtime::operator_test

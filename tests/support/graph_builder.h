// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/graph/graph.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace nordlys::test {

/// Graphs in a line of code per node; tensors are float32 unless a type is given. Nodes are named "node_" + their output.
class GraphBuilder {
public:
    core::TensorId input(const std::string &name, core::Dims dims, core::DType type = core::DType::Float32)
    {
        const core::TensorId id = graph.addTensor(name, type, core::toShape(dims));
        graph.tensor(id).isGraphInput = true;
        graph.inputs.push_back(id);
        return id;
    }
    core::TensorId constant(const std::string &name, core::Dims dims, core::DType type = core::DType::Float32)
    {
        const core::TensorId id = graph.addTensor(name, type, core::toShape(dims));
        const std::int64_t bits = *core::elementCount(dims) * core::bitsOf(type);
        graph.tensor(id).constant = core::ConstantData::owned(std::vector<std::byte>(static_cast<std::size_t>((bits + 7) / 8)));
        return id;
    }
    core::TensorId floats(const std::string &name, core::Dims dims, const std::vector<float> &values)
    {
        const core::TensorId id = graph.addTensor(name, core::DType::Float32, core::toShape(dims));
        std::vector<std::byte> bytes(values.size() * sizeof(float));
        std::memcpy(bytes.data(), values.data(), bytes.size());
        graph.tensor(id).constant = core::ConstantData::owned(std::move(bytes));
        return id;
    }
    core::TensorId node(const std::string &op, std::vector<core::TensorId> inputs, const std::string &output, core::Dims dims,
                        core::DType type = core::DType::Float32)
    {
        const core::TensorId id = graph.addTensor(output, type, core::toShape(dims));
        core::Node made;
        made.name = graph.names.intern("node_" + output);
        made.opType = graph.names.intern(op);
        made.domain = graph.names.intern("");
        made.opset = 17;
        made.inputs = std::move(inputs);
        made.outputs = {id};
        graph.addNode(std::move(made));
        return id;
    }
    void output(core::TensorId id)
    {
        graph.tensor(id).isGraphOutput = true;
        graph.outputs.push_back(id);
    }

    core::Graph graph;
};

} // namespace nordlys::test

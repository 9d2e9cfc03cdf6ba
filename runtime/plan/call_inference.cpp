// SPDX-License-Identifier: Apache-2.0
#include "call_inference.h"

#include <core/graph/shape_inference.h>

#include <string>

namespace nordlys::runtime {

Operand Operand::of(const TensorDesc &desc)
{
    Operand operand;
    operand.present = desc.present;
    if (!desc.present)
        return operand;
    operand.dtype = desc.dtype;
    if (desc.dtype == core::DType::Undefined)
        return operand;
    operand.shape = core::toShape(desc.dims);
    operand.data = desc.constant;
    operand.bytes = static_cast<std::size_t>((desc.elementCount() * core::bitsOf(desc.dtype) + 7) / 8);
    return operand;
}

CallInference::CallInference(std::string_view node, std::string_view op, std::string_view domain, int opset, const AttributeMap &attributes,
                             std::size_t inputCount, std::size_t outputCount)
{
    core::Node made;
    made.name = m_graph.names.intern(node);
    made.opType = m_graph.names.intern(op);
    made.domain = m_graph.names.intern(domain);
    made.opset = opset;
    for (std::size_t i = 0; i < inputCount; ++i)
        m_inputs.push_back(m_graph.addTensor("input " + std::to_string(i)));
    for (std::size_t i = 0; i < outputCount; ++i)
        m_outputs.push_back(m_graph.addTensor("output " + std::to_string(i)));
    made.inputs = m_inputs;
    made.outputs = m_outputs;
    for (const auto &[name, value] : attributes)
        made.attributes.push_back({m_graph.names.intern(name), value});
    m_node = m_graph.addNode(std::move(made));
}

core::Expected<std::vector<CallInference::Result>> CallInference::infer(std::span<const Operand> operands)
{
    core::Node &node = m_graph.node(m_node);
    for (std::size_t i = 0; i < m_inputs.size() && i < operands.size(); ++i) {
        const Operand &operand = operands[i];
        node.inputs[i] = operand.present ? m_inputs[i] : core::TensorId();
        core::Tensor &tensor = m_graph.tensor(m_inputs[i]);
        tensor.dtype = operand.dtype;
        tensor.shape = operand.shape;
        tensor.constant.reset();
        if (operand.data != nullptr)
            tensor.constant = core::ConstantData::borrowed({operand.data, operand.bytes});
    }
    const core::Expected<void> done = core::inferNodeShapes(m_graph, m_node);
    for (const core::TensorId input : m_inputs)
        m_graph.tensor(input).constant.reset();
    if (!done)
        return done.error();
    std::vector<Result> results;
    for (const core::TensorId output : m_outputs) {
        core::Tensor &tensor = m_graph.tensor(output);
        results.push_back({tensor.dtype, tensor.shape});
        if (tensor.shape) {
            for (core::Dim &dim : *results.back().shape)
                dim.symbol = {};
        }
    }
    return results;
}

} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#include "program_from_model.h"

#include <core/graph/cost.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

namespace nordlys::runtime {

namespace {

/// Kernels read constants in place, so data that the file stores unaligned is copied.
core::Expected<ConstantBytes> alignedConstant(const core::ConstantData &data, std::size_t bytes)
{
    const std::span<const std::byte> source = data.bytes();
    if (reinterpret_cast<std::uintptr_t>(source.data()) % 8 == 0)
        return ConstantBytes{std::make_shared<core::ConstantData>(data), source.first(bytes)};
    auto buffer = makeConstantBuffer(bytes);
    NORDLYS_TRY(buffer);
    if (bytes > 0)
        std::memcpy((*buffer)->data(), source.data(), bytes);
    return constantFrom(std::move(*buffer));
}

core::Expected<ProgramTensor> convertTensor(const core::Graph &graph, core::TensorId id)
{
    const core::Tensor &source = graph.tensor(id);
    ProgramTensor result;
    result.name = graph.nameOf(id);
    result.dtype = source.dtype;
    const auto dims = source.shape ? core::knownDims(*source.shape) : std::nullopt;
    if (!dims)
        return core::notSupported("tensor " + result.name, "its shape depends on the data of a run",
                                  "Bind free dimensions to numbers; operators whose output size depends on values cannot run yet");
    result.dims = *dims;
    const auto bytes = checkedTensorBytes(result.dtype, result.dims);
    if (!bytes) {
        if (elementSize(result.dtype) == 0)
            return core::notSupported("tensor " + result.name, "kernels do not compute with " + std::string(core::nameOf(result.dtype)));
        return core::badInput("tensor " + result.name, "its shape " + core::shapeText(result.dims) + " is too large to compute with");
    }
    result.bytes = *bytes;
    if (source.isConstant()) {
        if (source.constant->bytes().size() < *bytes)
            return core::badInput("weight " + result.name, "its data is shorter than its shape " + core::shapeText(result.dims));
        auto constant = alignedConstant(*source.constant, *bytes);
        NORDLYS_TRY(constant);
        result.storage = Storage::Constant;
        result.constant = std::move(*constant);
    }
    return result;
}

core::Expected<void> checkOperators(const core::Graph &graph)
{
    std::map<std::string, int> missing;
    for (const core::Node &node : graph.nodes) {
        const std::string_view op = graph.names.text(node.opType), domain = graph.names.text(node.domain);
        if (findReferenceKernel(domain, op, node.opset) == nullptr)
            ++missing[(domain.empty() ? std::string() : std::string(domain) + ".") + std::string(op)];
    }
    if (missing.empty())
        return {};
    std::string list;
    for (const auto &[op, count] : missing)
        list += (list.empty() ? "" : ", ") + op + " (" + std::to_string(count) + ")";
    return core::notSupported("model", "no kernel for " + list, "Remove these operators or export the model with others");
}

/// What shape inference holds against the node, as an error; nothing where it found the node in order.
std::optional<core::Error> findingAgainst(const core::Model &model, core::NodeId node)
{
    const auto found = std::ranges::find(model.findings, node, &core::InferenceFinding::node);
    if (found == model.findings.end())
        return std::nullopt;
    const core::Graph &graph = model.graph;
    return core::badInput("node " + std::string(graph.nameOf(node)) + " (" + std::string(graph.opOf(node)) + ")", found->rule);
}

} // namespace

core::Expected<Program> programFromModel(const core::Model &model)
{
    const core::Graph &graph = model.graph;
    NORDLYS_TRY(checkOperators(graph));
    Program program;
    std::vector<int> indexOf(graph.tensors.size(), -1);
    const auto use = [&](core::TensorId id) -> core::Expected<int> {
        if (!id.isValid())
            return -1;
        int &index = indexOf[id.index];
        if (index < 0) {
            auto tensor = convertTensor(graph, id);
            NORDLYS_TRY(tensor);
            index = program.addTensor(std::move(*tensor));
        }
        return index;
    };
    for (const core::TensorId id : graph.inputs) {
        auto index = use(id);
        NORDLYS_TRY(index);
        program.inputs.push_back(*index);
        program.inputNames.emplace_back(graph.nameOf(id));
    }
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        const core::Node &node = graph.nodes[n];
        ProgramStep step;
        step.name = graph.names.text(node.name);
        step.op = graph.names.text(node.opType);
        step.label = step.op;
        step.domain = graph.names.text(node.domain);
        step.opset = node.opset;
        step.sourceNodes = {step.name};
        step.macs = core::costOf(graph, core::NodeId(n)).macs;
        for (const core::Attribute &attribute : node.attributes)
            step.attributes.insert_or_assign(std::string(graph.names.text(attribute.name)), attribute.value);
        for (const core::TensorId id : node.inputs) {
            auto index = use(id);
            NORDLYS_TRY(index);
            step.inputs.push_back(*index);
        }
        for (const core::TensorId id : node.outputs) {
            // An output that nobody reads may stay without a shape.
            const bool unread = id.isValid() && graph.tensor(id).consumers.empty() && !graph.tensor(id).isGraphOutput && !step.outputs.empty();
            auto index = unread ? core::Expected<int>(-1) : use(id);
            if (const auto &shape = graph.tensor(id).shape; !index && (!shape || !core::knownDims(*shape))) {
                if (auto broken = findingAgainst(model, core::NodeId(n)))
                    return *std::move(broken);
            }
            NORDLYS_TRY(index);
            step.outputs.push_back(*index);
        }
        program.steps.push_back(std::move(step));
    }
    for (const core::TensorId id : graph.outputs) {
        auto index = use(id);
        NORDLYS_TRY(index);
        program.outputs.push_back(*index);
        program.outputNames.emplace_back(graph.nameOf(id));
    }
    return program;
}

} // namespace nordlys::runtime

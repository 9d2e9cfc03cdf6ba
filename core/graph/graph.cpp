// SPDX-License-Identifier: Apache-2.0
#include "graph.h"

#include <core/base/mapped_file.h>

namespace nordlys::core {

ConstantData ConstantData::mapped(std::shared_ptr<const MappedFile> file, std::uint64_t offset, std::uint64_t size)
{
    ConstantData data;
    const std::span<const std::byte> all = file->bytes();
    // Callers check the range for a good message; a wrong one still must not reach outside.
    if (offset <= all.size() && size <= all.size() - offset)
        data.m_bytes = all.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
    data.m_file = std::move(file);
    return data;
}

ConstantData ConstantData::owned(std::vector<std::byte> bytes)
{
    ConstantData data;
    data.m_owned = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
    data.m_bytes = *data.m_owned;
    return data;
}

ConstantData ConstantData::borrowed(std::span<const std::byte> bytes)
{
    ConstantData data;
    data.m_bytes = bytes;
    return data;
}

TensorId Graph::findTensor(std::string_view text) const
{
    const NameId id = names.find(text);
    if (!id.isValid())
        return {};
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (tensors[i].name == id)
            return TensorId(i);
    }
    return {};
}

NodeId Graph::findNode(std::string_view text) const
{
    const NameId id = names.find(text);
    if (!id.isValid())
        return {};
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i].name == id)
            return NodeId(i);
    }
    return {};
}

TensorId Graph::addTensor(std::string_view text, DType dtype, std::optional<Shape> shape)
{
    const TensorId id(tensors.size());
    Tensor tensor;
    tensor.name = names.intern(text);
    tensor.dtype = dtype;
    tensor.shape = std::move(shape);
    tensors.push_back(std::move(tensor));
    return id;
}

NodeId Graph::addNode(Node node)
{
    const NodeId id(nodes.size());
    for (const TensorId input : node.inputs) {
        if (input.isValid())
            tensors[input.index].consumers.push_back(id);
    }
    for (const TensorId output : node.outputs) {
        if (output.isValid())
            tensors[output.index].producer = id;
    }
    nodes.push_back(std::move(node));
    return id;
}

void Graph::relink()
{
    for (Tensor &tensor : tensors) {
        tensor.producer = {};
        tensor.consumers.clear();
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        for (const TensorId input : nodes[i].inputs) {
            if (input.isValid())
                tensors[input.index].consumers.push_back(NodeId(i));
        }
        for (const TensorId output : nodes[i].outputs) {
            if (output.isValid())
                tensors[output.index].producer = NodeId(i);
        }
    }
}

const Attribute *findAttribute(const Graph &graph, const Node &node, std::string_view name)
{
    for (const Attribute &attribute : node.attributes) {
        if (graph.names.text(attribute.name) == name)
            return &attribute;
    }
    return nullptr;
}

template <typename T>
static const T *attributeValue(const Graph &graph, const Node &node, std::string_view name)
{
    const Attribute *attribute = findAttribute(graph, node, name);
    return attribute ? std::get_if<T>(&attribute->value) : nullptr;
}

std::int64_t attributeInt(const Graph &graph, const Node &node, std::string_view name, std::int64_t fallback)
{
    const auto *value = attributeValue<std::int64_t>(graph, node, name);
    return value ? *value : fallback;
}

double attributeFloat(const Graph &graph, const Node &node, std::string_view name, double fallback)
{
    const auto *value = attributeValue<double>(graph, node, name);
    return value ? *value : fallback;
}

std::string attributeString(const Graph &graph, const Node &node, std::string_view name, std::string_view fallback)
{
    const auto *value = attributeValue<std::string>(graph, node, name);
    return value ? *value : std::string(fallback);
}

std::vector<std::int64_t> attributeInts(const Graph &graph, const Node &node, std::string_view name)
{
    const auto *value = attributeValue<std::vector<std::int64_t>>(graph, node, name);
    return value ? *value : std::vector<std::int64_t>();
}

} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include "onnx_references.h"

namespace nordlys::core {

namespace {

// Subgraphs nest no deeper than the import allows (kMaxGraphDepth): plain recursion is safe for what it has opened.

void addNames(const onnx::NodeProto &node, std::vector<std::string> &names);

void addNames(const onnx::GraphProto &graph, std::vector<std::string> &names)
{
    for (const onnx::NodeProto &node : graph.node()) {
        names.insert(names.end(), node.input().begin(), node.input().end());
        addNames(node, names);
    }
    for (const onnx::ValueInfoProto &output : graph.output())
        names.push_back(output.name());
}

void addNames(const onnx::NodeProto &node, std::vector<std::string> &names)
{
    for (const onnx::AttributeProto &attribute : node.attribute()) {
        if (attribute.has_g())
            addNames(attribute.g(), names);
        for (const onnx::GraphProto &graph : attribute.graphs())
            addNames(graph, names);
    }
}

void addLocation(const onnx::TensorProto &tensor, std::set<std::string> &locations)
{
    if (tensor.data_location() != onnx::TensorProto::EXTERNAL)
        return;
    for (const onnx::StringStringEntryProto &entry : tensor.external_data()) {
        if (entry.key() == "location")
            locations.insert(entry.value());
    }
}

void addLocations(const onnx::GraphProto &graph, std::set<std::string> &locations)
{
    for (const onnx::TensorProto &tensor : graph.initializer())
        addLocation(tensor, locations);
    for (const onnx::NodeProto &node : graph.node()) {
        for (const onnx::AttributeProto &attribute : node.attribute()) {
            if (attribute.has_t())
                addLocation(attribute.t(), locations);
            for (const onnx::TensorProto &tensor : attribute.tensors())
                addLocation(tensor, locations);
            if (attribute.has_g())
                addLocations(attribute.g(), locations);
            for (const onnx::GraphProto &subgraph : attribute.graphs())
                addLocations(subgraph, locations);
        }
    }
}

} // namespace

std::vector<std::string> namesInSubgraphs(const onnx::NodeProto &node)
{
    std::vector<std::string> names;
    addNames(node, names);
    return names;
}

std::set<std::string> externalLocations(const onnx::ModelProto &model)
{
    std::set<std::string> locations;
    addLocations(model.graph(), locations);
    return locations;
}

} // namespace nordlys::core

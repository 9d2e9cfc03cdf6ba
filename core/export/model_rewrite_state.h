// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model_rewrite.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

namespace nordlys::core {

template <typename List, typename Predicate>
void eraseIf(List &list, Predicate &&predicate)
{
    for (int i = list.size(); i-- > 0;) {
        if (predicate(list.Get(i)))
            list.DeleteSubrange(i, 1);
    }
}

/// A constant that lies outside the model file.
struct StoredConstant {
    ConstantData data;
    Dims dims;
};

/// What ModelRewrite's files share.
struct ModelRewrite::State {
    std::filesystem::path source;
    std::vector<std::filesystem::path> externalFiles;
    onnx::ModelProto model;
    std::unordered_map<std::string, int> place; ///< node by name: index at opening
    std::vector<int> removed;                   ///< ascending order does not matter: taken out when writing
    std::map<std::string, int> readers;         ///< uses of a value by nodes, subgraphs and graph outputs
    std::set<std::string> names;                ///< all values of the top graph, and what bodies read
    std::set<std::string> captured;             ///< what bodies read, their own values included
    std::map<std::string, StoredConstant> stored; ///< float32 constants of models with external data, where their bytes lie
    std::map<std::string, std::int64_t> ranks;  ///< of the values, as opened
    std::map<int, std::vector<onnx::NodeProto>> inserted; ///< new nodes, by the index of the node that they stand in front of

    onnx::GraphProto &graph() { return *model.mutable_graph(); }

    Expected<onnx::NodeProto *> node(const std::string &name)
    {
        const auto found = place.find(name);
        if (found == place.end() || std::ranges::find(removed, found->second) != removed.end())
            return badInput("node " + name, "the file has no such node");
        return graph().mutable_node(found->second);
    }

    onnx::TensorProto *initializer(const std::string &name)
    {
        for (onnx::TensorProto &tensor : *graph().mutable_initializer()) {
            if (tensor.name() == name)
                return &tensor;
        }
        return nullptr;
    }

    int producerOf(const std::string &value)
    {
        for (int i = 0; i < graph().node_size(); ++i) {
            if (std::ranges::find(removed, i) == removed.end() && std::ranges::find(graph().node(i).output(), value) != graph().node(i).output().end())
                return i;
        }
        return -1;
    }

    /// Where the values of the top graph come from.
    struct Origin {
        Place place = Place::Output;
        int node = -1; ///< index of what produces it
    };
    std::map<std::string, Origin> origins() const
    {
        const std::set<int> gone(removed.begin(), removed.end());
        std::map<std::string, Origin> result;
        for (const onnx::ValueInfoProto &input : model.graph().input())
            result[input.name()] = {Place::GraphInput, -1};
        for (const onnx::TensorProto &tensor : model.graph().initializer())
            result[tensor.name()] = {Place::Constant, -1};
        for (int i = 0; i < model.graph().node_size(); ++i) {
            for (const std::string &output : model.graph().node(i).output()) {
                if (!gone.contains(i) && !output.empty())
                    result[output] = {model.graph().node(i).op_type() == "Constant" ? Place::Constant : Place::Output, i};
            }
        }
        return result;
    }

    /// One reader less; a constant that nobody reads any more goes.
    void release(const std::string &value)
    {
        if (value.empty() || --readers[value] > 0)
            return;
        dropConstant(value);
    }

    bool isConstantNode(int index) { return index >= 0 && graph().node(index).op_type() == "Constant"; }

    onnx::TensorProto *addInitializer(const std::string &name, DType dtype, const Dims &dims, std::span<const std::byte> bytes)
    {
        onnx::TensorProto *tensor = graph().add_initializer();
        tensor->set_name(name);
        tensor->set_data_type(static_cast<int>(dtype));
        for (const std::int64_t dim : dims)
            tensor->add_dims(dim);
        tensor->set_raw_data(bytes.data(), bytes.size());
        if (model.ir_version() < 4) { // older readers want initializers among the inputs
            onnx::ValueInfoProto *input = graph().add_input();
            input->set_name(name);
            onnx::TypeProto::Tensor *type = input->mutable_type()->mutable_tensor_type();
            type->set_elem_type(static_cast<int>(dtype));
            type->mutable_shape();
            for (const std::int64_t dim : dims)
                type->mutable_shape()->add_dim()->set_dim_value(dim);
        }
        return tensor;
    }

    /// The constant goes; its name is free for another value.
    void dropConstant(const std::string &name)
    {
        const auto isIt = [&name](const auto &entry) { return entry.name() == name; };
        if (initializer(name) != nullptr) {
            eraseIf(*graph().mutable_initializer(), isIt);
            eraseIf(*graph().mutable_input(), isIt); // before IR 4 initializers are listed as inputs too
        } else if (const int producer = producerOf(name); isConstantNode(producer)) {
            removed.push_back(producer);
        }
    }

    std::string freeName(const std::string &wanted)
    {
        std::string name = wanted;
        for (int suffix = 2; !names.insert(name).second; ++suffix)
            name = wanted + "_" + std::to_string(suffix);
        return name;
    }
};

} // namespace nordlys::core

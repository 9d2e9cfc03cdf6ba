// SPDX-License-Identifier: Apache-2.0
#include "model_mutator.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace nordlys::fuzz {

namespace {

using Random = std::minstd_rand;

/// Borders of integer types and of what code likes to assume.
constexpr std::array<std::int64_t, 22> integers{0,   1,    -1,   2,          3,          -2,         4,          7,           8,         16,        64,
                                                127, -128, 1000, 2147483647, 2147483648, -2147483648, 1LL << 40, -(1LL << 40), 1LL << 62,
                                                std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
constexpr std::array<float, 9> floats{0, 1, -1, 0.5F, 1e-30F, 1e30F, -1e30F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()};

std::size_t below(Random &random, std::size_t count)
{
    return count == 0 ? 0 : random() % count;
}

template <typename List>
auto &oneOf(Random &random, List &list)
{
    return list[below(random, list.size())];
}

template <typename Repeated>
auto *anyIn(Random &random, Repeated *list)
{
    return list->empty() ? nullptr : list->Mutable(static_cast<int>(below(random, static_cast<std::size_t>(list->size()))));
}

std::int64_t integer(Random &random)
{
    return random() % 3 == 0 ? static_cast<std::int64_t>(random() % 12) - 3 : oneOf(random, integers);
}

/// Names of operators that any input had: what one model has, another may get.
std::vector<std::string> &operators()
{
    static std::vector<std::string> names;
    return names;
}

void collect(onnx::GraphProto &graph, std::vector<onnx::GraphProto *> &graphs)
{
    graphs.push_back(&graph);
    for (onnx::NodeProto &node : *graph.mutable_node()) {
        if (operators().size() < 1000 && std::find(operators().begin(), operators().end(), node.op_type()) == operators().end())
            operators().push_back(node.op_type());
        for (onnx::AttributeProto &attribute : *node.mutable_attribute()) {
            if (attribute.has_g())
                collect(*attribute.mutable_g(), graphs);
        }
    }
}

/// A tensor that the graph knows, now and then none or one that it does not know.
std::string anyTensor(const onnx::GraphProto &graph, Random &random)
{
    std::vector<std::string> names{"", "nowhere"};
    for (const onnx::ValueInfoProto &input : graph.input())
        names.insert(names.end(), 3, input.name());
    for (const onnx::TensorProto &tensor : graph.initializer())
        names.insert(names.end(), 2, tensor.name());
    for (const onnx::NodeProto &node : graph.node())
        names.insert(names.end(), node.output().begin(), node.output().end());
    return oneOf(random, names);
}

void changeConstant(onnx::TensorProto &tensor, Random &random)
{
    switch (random() % 5) {
    case 0: // another shape for the same bytes
        if (tensor.dims_size() > 0 && random() % 2 == 0)
            tensor.set_dims(static_cast<int>(below(random, static_cast<std::size_t>(tensor.dims_size()))), integer(random));
        else if (random() % 2 == 0)
            tensor.add_dims(1);
        else
            tensor.clear_dims();
        break;
    case 1: tensor.set_data_type(static_cast<int>(random() % 25)); break;
    case 2: // an integer list in the shape that the list has
        tensor.Clear();
        tensor.set_data_type(random() % 4 == 0 ? onnx::TensorProto::INT32 : onnx::TensorProto::INT64);
        tensor.add_dims(static_cast<std::int64_t>(random() % 5));
        for (std::int64_t i = 0; i < tensor.dims(0); ++i) {
            if (tensor.data_type() == onnx::TensorProto::INT64)
                tensor.add_int64_data(integer(random));
            else
                tensor.add_int32_data(static_cast<std::int32_t>(integer(random)));
        }
        break;
    default: {
        if (tensor.int64_data_size() > 0) {
            tensor.set_int64_data(static_cast<int>(below(random, static_cast<std::size_t>(tensor.int64_data_size()))), integer(random));
        } else if (tensor.float_data_size() > 0) {
            tensor.set_float_data(static_cast<int>(below(random, static_cast<std::size_t>(tensor.float_data_size()))), oneOf(random, floats));
        } else if (!tensor.raw_data().empty()) {
            std::string &bytes = *tensor.mutable_raw_data();
            const std::int64_t value = integer(random);
            const float number = oneOf(random, floats);
            const bool isFloat = tensor.data_type() == onnx::TensorProto::FLOAT;
            const std::size_t size = isFloat ? sizeof number : tensor.data_type() == onnx::TensorProto::INT64 ? sizeof value : 1;
            if (bytes.size() >= size)
                std::memcpy(bytes.data() + below(random, bytes.size() / size) * size, isFloat ? static_cast<const void *>(&number) : &value, size);
        }
    }
    }
}

void changeAttribute(onnx::NodeProto &node, Random &random)
{
    onnx::AttributeProto *attribute = anyIn(random, node.mutable_attribute());
    if (attribute == nullptr)
        return;
    const auto element = [&](int size) { return static_cast<int>(below(random, static_cast<std::size_t>(size))); };
    switch (random() % 4) {
    case 0:
        if (random() % 4 == 0) {
            node.mutable_attribute()->DeleteSubrange(element(node.attribute_size()), 1);
            return;
        }
        [[fallthrough]];
    case 1:
        if (attribute->ints_size() > 0) {
            if (random() % 3 == 0)
                attribute->add_ints(integer(random));
            else if (random() % 3 == 0)
                attribute->mutable_ints()->RemoveLast();
            else
                attribute->set_ints(element(attribute->ints_size()), integer(random));
            return;
        }
        [[fallthrough]];
    default:
        if (attribute->has_i())
            attribute->set_i(integer(random));
        else if (attribute->has_f())
            attribute->set_f(oneOf(random, floats));
        else if (attribute->has_t())
            changeConstant(*attribute->mutable_t(), random);
        else if (attribute->has_s() && random() % 2 == 0)
            attribute->mutable_s()->append("x");
        else if (attribute->has_s())
            attribute->mutable_s()->clear();
        else if (attribute->floats_size() > 0)
            attribute->set_floats(element(attribute->floats_size()), oneOf(random, floats));
        else if (attribute->ints_size() > 0)
            attribute->set_ints(element(attribute->ints_size()), integer(random));
    }
}

void changeNode(onnx::GraphProto &graph, onnx::NodeProto &node, Random &random)
{
    switch (random() % 8) {
    case 0: node.add_input(anyTensor(graph, random)); break;
    case 1:
        if (node.input_size() > 0)
            node.mutable_input()->RemoveLast();
        break;
    case 2:
    case 3:
        if (std::string *input = anyIn(random, node.mutable_input()))
            *input = anyTensor(graph, random);
        break;
    case 4:
        if (random() % 3 == 0 && node.output_size() > 1)
            node.mutable_output()->RemoveLast();
        else
            node.add_output("made" + std::to_string(random() % 1000));
        break;
    case 5:
        if (!operators().empty())
            node.set_op_type(oneOf(random, operators()));
        break;
    default: changeAttribute(node, random); break;
    }
}

void changeType(onnx::ValueInfoProto &info, Random &random)
{
    if (!info.type().has_tensor_type())
        return;
    onnx::TypeProto_Tensor &type = *info.mutable_type()->mutable_tensor_type();
    onnx::TensorShapeProto_Dimension *dim = anyIn(random, type.mutable_shape()->mutable_dim());
    switch (random() % 5) {
    case 0: type.set_elem_type(static_cast<int>(random() % 25)); break;
    case 1: type.mutable_shape()->add_dim()->set_dim_value(integer(random)); break;
    case 2:
        if (type.shape().dim_size() > 0)
            type.mutable_shape()->mutable_dim()->RemoveLast();
        break;
    default:
        if (dim != nullptr)
            dim->set_dim_value(integer(random));
    }
}

} // namespace

void changeModel(onnx::ModelProto &model, Random &random)
{
    std::vector<onnx::GraphProto *> graphs;
    collect(*model.mutable_graph(), graphs);
    onnx::GraphProto &graph = *oneOf(random, graphs);
    onnx::NodeProto *node = anyIn(random, graph.mutable_node());
    switch (random() % 16) {
    case 0:
        if (onnx::OperatorSetIdProto *opset = anyIn(random, model.mutable_opset_import()))
            opset->set_version(static_cast<std::int64_t>(random() % 27));
        break;
    case 1:
        if (node != nullptr && graph.node_size() < 200) {
            onnx::NodeProto copy = *node;
            for (std::string &output : *copy.mutable_output())
                output += "_" + std::to_string(random() % 1000);
            *graph.add_node() = copy;
        }
        break;
    case 2:
        if (node != nullptr)
            graph.mutable_node()->DeleteSubrange(static_cast<int>(below(random, static_cast<std::size_t>(graph.node_size()))), 1);
        break;
    case 3:
    case 4:
        if (onnx::ValueInfoProto *info = anyIn(random, random() % 3 == 0 ? graph.mutable_output() : graph.mutable_input()))
            changeType(*info, random);
        break;
    case 5:
        if (graph.output_size() > 0)
            graph.mutable_output(0)->set_name(anyTensor(graph, random));
        break;
    case 6: { // an input becomes a constant: operators that read shapes and axes get to see them
        onnx::ValueInfoProto *info = anyIn(random, graph.mutable_input());
        if (info == nullptr)
            break;
        onnx::TensorProto &tensor = *graph.add_initializer();
        changeConstant(tensor, random);
        if (tensor.data_type() == 0) {
            tensor.set_data_type(onnx::TensorProto::FLOAT);
            tensor.add_dims(2);
            tensor.add_float_data(oneOf(random, floats));
            tensor.add_float_data(1);
        }
        tensor.set_name(info->name());
        break;
    }
    case 7:
    case 8:
        if (onnx::TensorProto *tensor = anyIn(random, graph.mutable_initializer())) {
            const std::string name = tensor->name();
            changeConstant(*tensor, random);
            tensor->set_name(name);
        }
        break;
    default:
        if (node != nullptr)
            changeNode(graph, *node, random);
    }
}

void joinModels(onnx::ModelProto &model, const onnx::ModelProto &other, Random &random)
{
    onnx::GraphProto &graph = *model.mutable_graph();
    const std::string suffix = "_" + std::to_string(random() % 1000);
    for (const onnx::TensorProto &tensor : other.graph().initializer()) {
        *graph.add_initializer() = tensor;
        graph.mutable_initializer(graph.initializer_size() - 1)->set_name(tensor.name() + suffix);
    }
    std::vector<std::string> own;
    for (const onnx::TensorProto &tensor : other.graph().initializer())
        own.push_back(tensor.name());
    for (const onnx::NodeProto &node : other.graph().node())
        own.insert(own.end(), node.output().begin(), node.output().end());
    for (const onnx::NodeProto &node : other.graph().node()) {
        if (graph.node_size() > 200)
            break;
        onnx::NodeProto copy = node;
        for (std::string &input : *copy.mutable_input()) {
            const bool isOwn = std::find(own.begin(), own.end(), input) != own.end();
            input = isOwn && random() % 4 != 0 ? input + suffix : anyTensor(graph, random);
        }
        for (std::string &output : *copy.mutable_output())
            output += suffix;
        *graph.add_node() = copy;
    }
    if (graph.node_size() > 0 && graph.output_size() > 0 && graph.node(graph.node_size() - 1).output_size() > 0)
        graph.mutable_output(0)->set_name(graph.node(graph.node_size() - 1).output(0));
}

} // namespace nordlys::fuzz

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/import/model.h>
#include <support/temporary_folder.h>

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace nordlys::test {

/// Builds small ONNX models, also wrong ones.
class OnnxBuilder {
public:
    explicit OnnxBuilder(int opset = 13)
    {
        model.set_ir_version(8);
        model.add_opset_import()->set_version(opset);
        model.mutable_graph()->set_name("test");
    }

    onnx::NodeProto &node(const std::string &op, const std::vector<std::string> &inputs, const std::vector<std::string> &outputs,
                          const std::string &name = {})
    {
        onnx::NodeProto &node = *model.mutable_graph()->add_node();
        node.set_op_type(op);
        node.set_name(name);
        for (const std::string &input : inputs)
            node.add_input(input);
        for (const std::string &output : outputs)
            node.add_output(output);
        return node;
    }

    static void ints(onnx::NodeProto &node, const std::string &name, const std::vector<std::int64_t> &values)
    {
        onnx::AttributeProto &attribute = *node.add_attribute();
        attribute.set_name(name);
        attribute.set_type(onnx::AttributeProto::INTS);
        for (const std::int64_t value : values)
            attribute.add_ints(value);
    }

    static void integer(onnx::NodeProto &node, const std::string &name, std::int64_t value)
    {
        onnx::AttributeProto &attribute = *node.add_attribute();
        attribute.set_name(name);
        attribute.set_type(onnx::AttributeProto::INT);
        attribute.set_i(value);
    }

    /// Negative dims: as written.
    onnx::ValueInfoProto &input(const std::string &name, const std::vector<std::int64_t> &dims, int type = onnx::TensorProto::FLOAT)
    {
        return value(*model.mutable_graph()->add_input(), name, dims, type);
    }

    onnx::ValueInfoProto &output(const std::string &name)
    {
        onnx::ValueInfoProto &info = *model.mutable_graph()->add_output();
        info.set_name(name);
        info.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
        return info;
    }

    onnx::TensorProto &weight(const std::string &name, const std::vector<std::int64_t> &dims, std::size_t bytes)
    {
        onnx::TensorProto &tensor = *model.mutable_graph()->add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(onnx::TensorProto::FLOAT);
        for (const std::int64_t dim : dims)
            tensor.add_dims(dim);
        tensor.set_raw_data(std::string(bytes, '\1'));
        return tensor;
    }

    onnx::TensorProto &shapeValues(const std::string &name, const std::vector<std::int64_t> &values)
    {
        onnx::TensorProto &tensor = *model.mutable_graph()->add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(onnx::TensorProto::INT64);
        tensor.add_dims(static_cast<std::int64_t>(values.size()));
        for (const std::int64_t value : values)
            tensor.add_int64_data(value);
        return tensor;
    }

    static void external(onnx::TensorProto &tensor, const std::string &location, const std::string &offset, const std::string &length)
    {
        tensor.clear_raw_data();
        tensor.set_data_location(onnx::TensorProto::EXTERNAL);
        for (const auto &[key, text] : {std::pair{"location", location}, std::pair{"offset", offset}, std::pair{"length", length}}) {
            if (text.empty() && std::string(key) != "location")
                continue;
            onnx::StringStringEntryProto &entry = *tensor.add_external_data();
            entry.set_key(key);
            entry.set_value(text);
        }
    }

    [[nodiscard]] std::string bytes() const { return model.SerializePartialAsString(); }

    core::Expected<std::shared_ptr<const core::Model>> open(const core::OpenOptions &options = {}) const
    {
        return core::openModel(m_folder.write("model.onnx", bytes()), options);
    }
    [[nodiscard]] const TemporaryFolder &folder() const { return m_folder; }

    onnx::ModelProto model;

private:
    static onnx::ValueInfoProto &value(onnx::ValueInfoProto &info, const std::string &name, const std::vector<std::int64_t> &dims, int type)
    {
        info.set_name(name);
        info.mutable_type()->mutable_tensor_type()->set_elem_type(type);
        onnx::TensorShapeProto &shape = *info.mutable_type()->mutable_tensor_type()->mutable_shape();
        for (const std::int64_t dim : dims)
            shape.add_dim()->set_dim_value(dim);
        return info;
    }

    TemporaryFolder m_folder;
};

/// Input, convolution with 8 filters of 3x3 (its weights are large enough to stay in the file), Relu.
inline void fillConvNet(OnnxBuilder &builder)
{
    builder.input("x", {1, 4, 8, 8});
    builder.weight("w", {8, 4, 3, 3}, 8 * 4 * 9 * 4);
    builder.node("Conv", {"x", "w"}, {"y"}, "conv");
    builder.node("Relu", {"y"}, {"z"}, "relu");
    builder.output("z");
}

} // namespace nordlys::test

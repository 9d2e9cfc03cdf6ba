// SPDX-License-Identifier: Apache-2.0
// Runs tests/cases/operators/*.json: models with one wrong node each, given to `nordlys build`. A case has
//   name       of the case; the node under test is called "culprit"
//   op         operator of the node; domain and opset (17) where they differ
//   inputs     of the node, by name; "" is left out. outputs: default ["y"]
//   attributes {"axis": 1, "alpha": 0.5, "mode": "linear", "perm": [0, 1]}
//   feeds      graph inputs {"x": ["float32", [1, 3]]}; constants {"w": ["int64", [2], [3, 4]]} with their values (numbers repeat to fill the shape)
//   exit       expected exit code (3), error   regular expression in the error line; the node's name must stand there too
#include "program.h"

#include <core/graph/dtype.h>

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <regex>

namespace nordlys::test {
namespace {

using Json = nlohmann::json;

struct OperatorCase {
    Json value;

    [[nodiscard]] std::string name() const
    {
        std::string name = value.at("name");
        std::replace_if(
            name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
        return name;
    }
    friend std::ostream &operator<<(std::ostream &out, const OperatorCase &entry) { return out << entry.name(); }
};

std::vector<OperatorCase> readCases()
{
    std::vector<OperatorCase> cases;
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::directory_iterator(std::filesystem::path(NORDLYS_SOURCE_DIR) / "tests/cases/operators"))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto &path : files)
        for (auto &value : Json::parse(readFile(path)))
            cases.push_back({std::move(value)});
    return cases;
}

int typeNumber(const std::string &name)
{
    const auto type = core::dtypeFromName(name);
    EXPECT_TRUE(type) << name;
    return static_cast<int>(type.value_or(core::DType::Float32));
}

void setAttribute(onnx::AttributeProto &attribute, const std::string &name, const Json &value)
{
    attribute.set_name(name);
    if (value.is_number_integer()) {
        attribute.set_type(onnx::AttributeProto::INT);
        attribute.set_i(value);
    } else if (value.is_number()) {
        attribute.set_type(onnx::AttributeProto::FLOAT);
        attribute.set_f(value);
    } else if (value.is_string()) {
        attribute.set_type(onnx::AttributeProto::STRING);
        attribute.set_s(value.get<std::string>());
    } else if (!value.empty() && value[0].is_number_float()) {
        attribute.set_type(onnx::AttributeProto::FLOATS);
        for (const Json &number : value)
            attribute.add_floats(number);
    } else {
        attribute.set_type(onnx::AttributeProto::INTS);
        for (const Json &number : value)
            attribute.add_ints(number);
    }
}

void setConstant(onnx::TensorProto &tensor, const std::string &name, const Json &value)
{
    tensor.set_name(name);
    tensor.set_data_type(typeNumber(value[0]));
    std::int64_t count = 1;
    for (const Json &dim : value[1]) {
        tensor.add_dims(dim);
        count *= dim.get<std::int64_t>();
    }
    const Json &numbers = value[2];
    for (std::int64_t i = 0; i < count; ++i) {
        const Json &number = numbers.is_array() ? numbers[static_cast<std::size_t>(i) % numbers.size()] : numbers;
        switch (tensor.data_type()) {
        case onnx::TensorProto::INT64: tensor.add_int64_data(number); break;
        case onnx::TensorProto::FLOAT: tensor.add_float_data(number); break;
        case onnx::TensorProto::DOUBLE: tensor.add_double_data(number); break;
        default: tensor.add_int32_data(number);
        }
    }
}

std::string modelOf(const Json &value)
{
    onnx::ModelProto model;
    model.set_ir_version(9);
    model.add_opset_import()->set_version(value.value("opset", 17));
    const std::string domain = value.value("domain", std::string());
    if (!domain.empty()) {
        onnx::OperatorSetIdProto &opset = *model.add_opset_import();
        opset.set_domain(domain);
        opset.set_version(1);
    }
    onnx::GraphProto &graph = *model.mutable_graph();
    graph.set_name("case");
    const Json feeds = value.value("feeds", Json::object());
    for (const auto &[name, port] : feeds.items()) {
        onnx::ValueInfoProto &info = *graph.add_input();
        info.set_name(name);
        info.mutable_type()->mutable_tensor_type()->set_elem_type(typeNumber(port[0]));
        for (const Json &dim : port[1])
            info.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(dim);
        info.mutable_type()->mutable_tensor_type()->mutable_shape();
    }
    const Json constants = value.value("constants", Json::object());
    for (const auto &[name, constant] : constants.items())
        setConstant(*graph.add_initializer(), name, constant);
    onnx::NodeProto &node = *graph.add_node();
    node.set_name("culprit");
    node.set_op_type(value.at("op"));
    node.set_domain(domain);
    for (const auto &input : value.at("inputs"))
        node.add_input(input);
    for (const auto &output : value.value("outputs", std::vector<std::string>{"y"})) {
        node.add_output(output);
        if (!output.empty())
            graph.add_output()->set_name(output);
    }
    const Json attributes = value.value("attributes", Json::object());
    for (const auto &[name, attribute] : attributes.items())
        setAttribute(*node.add_attribute(), name, attribute);
    return model.SerializeAsString();
}

class WrongOperator : public testing::TestWithParam<OperatorCase> {};

TEST_P(WrongOperator, IsRefusedByNameAndRule)
{
    const Json &value = GetParam().value;
    const Scratch scratch;
    writeFile(scratch.path() / "m.onnx", modelOf(value));
    const Finished result = nordlys({"build", scratch / "m.onnx", "-o", scratch / "out"});
    EXPECT_EQ(result.exitCode, value.value("exit", 3)) << result.err << result.out;
    EXPECT_EQ(result.errorLines(), 1U) << result.err;
    EXPECT_NE(result.err.find(value.value("exit", 3) == 5 ? value.at("op").get<std::string>() : "culprit"), std::string::npos) << result.err;
    EXPECT_TRUE(std::regex_search(result.err, std::regex(value.at("error").get<std::string>()))) << result.err;
    EXPECT_EQ(scratch.files(), std::vector<std::string>{"m.onnx"});
}

INSTANTIATE_TEST_SUITE_P(Cases, WrongOperator, testing::ValuesIn(readCases()),
                         [](const testing::TestParamInfo<OperatorCase> &parameter) { return parameter.param.name(); });

} // namespace
} // namespace nordlys::test

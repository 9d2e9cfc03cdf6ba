// SPDX-License-Identifier: Apache-2.0
// Functions that a model defines itself: their nodes stand in place of every call.
#include "import_support.h"

#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

namespace nordlys::core {
namespace {

using test::OnnxBuilder;
using Texts = std::vector<std::string>;

/// One function of a model under construction, in the domain "mine".
class FunctionBuilder {
public:
    FunctionBuilder(OnnxBuilder &builder, const std::string &name, const Texts &inputs, const Texts &outputs, const Texts &attributes = {})
        : m_proto(*builder.model.add_functions())
    {
        m_proto.set_name(name);
        m_proto.set_domain("mine");
        for (const std::string &input : inputs)
            m_proto.add_input(input);
        for (const std::string &output : outputs)
            m_proto.add_output(output);
        for (const std::string &attribute : attributes)
            m_proto.add_attribute(attribute);
        m_proto.add_opset_import()->set_version(builder.model.opset_import(0).version());
        m_proto.add_opset_import()->set_domain("mine");
        m_proto.mutable_opset_import(1)->set_version(1);
        if (builder.model.opset_import_size() == 1)
            *builder.model.add_opset_import() = m_proto.opset_import(1);
    }

    onnx::NodeProto &node(const std::string &op, const Texts &inputs, const Texts &outputs, const std::string &name = {}, const std::string &domain = {})
    {
        onnx::NodeProto &node = *m_proto.add_node();
        fill(node, op, inputs, outputs, name, domain);
        return node;
    }
    onnx::NodeProto &call(const std::string &function, const Texts &inputs, const Texts &outputs, const std::string &name = {})
    {
        return node(function, inputs, outputs, name, "mine");
    }

    /// Default of an attribute: field 11, which came with IR version 9.
    void defaultOf(const onnx::AttributeProto &attribute)
    {
        m_proto.mutable_unknown_fields()->AddLengthDelimited(11, attribute.SerializeAsString());
    }

    static void fill(onnx::NodeProto &node, const std::string &op, const Texts &inputs, const Texts &outputs, const std::string &name,
                     const std::string &domain)
    {
        node.set_op_type(op);
        node.set_name(name);
        node.set_domain(domain);
        for (const std::string &input : inputs)
            node.add_input(input);
        for (const std::string &output : outputs)
            node.add_output(output);
    }

    onnx::FunctionProto &proto() { return m_proto; }

private:
    onnx::FunctionProto &m_proto;
};

onnx::NodeProto &call(OnnxBuilder &builder, const std::string &function, const Texts &inputs, const Texts &outputs, const std::string &name = {})
{
    onnx::NodeProto &node = builder.node(function, inputs, outputs, name);
    node.set_domain("mine");
    return node;
}

onnx::AttributeProto number(const std::string &name, float value)
{
    onnx::AttributeProto attribute;
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::FLOAT);
    attribute.set_f(value);
    return attribute;
}

void refer(onnx::NodeProto &node, const std::string &attribute, const std::string &ofFunction)
{
    onnx::AttributeProto &proto = *node.add_attribute();
    proto.set_name(attribute);
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_ref_attr_name(ofFunction);
}

/// "name: op(inputs) -> outputs" of every node.
Texts described(const Graph &graph)
{
    Texts lines;
    for (const Node &node : graph.nodes) {
        const auto list = [&](const std::vector<TensorId> &ids) {
            std::string text;
            for (const TensorId id : ids)
                text += (text.empty() ? "" : ",") + (id.isValid() ? std::string(graph.nameOf(id)) : std::string("-"));
            return text;
        };
        lines.push_back(std::string(graph.names.text(node.name)) + ": " + std::string(graph.names.text(node.opType)) + "(" + list(node.inputs) + ") -> "
                        + list(node.outputs));
    }
    return lines;
}

const Node &nodeNamed(const Graph &graph, std::string_view name)
{
    const NodeId id = graph.findNode(name);
    EXPECT_TRUE(id.isValid()) << name;
    return graph.node(id.isValid() ? id : NodeId(0));
}

TEST(ImportFunctions, NodesStandInPlaceOfEveryCall)
{
    OnnxBuilder builder;
    builder.input("x", {2, 3});
    FunctionBuilder function(builder, "Twice", {"a"}, {"c"});
    function.node("Relu", {"a"}, {"b"}, "clip");
    function.node("Add", {"b", "b"}, {"c"});
    call(builder, "Twice", {"x"}, {"y"}, "first");
    call(builder, "Twice", {"y"}, {"z"});
    builder.output("z");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    EXPECT_EQ(described((*model)->graph), (Texts{"first/clip: Relu(x) -> first/b", "first/Add_1: Add(first/b,first/b) -> y",
                                                  "Twice_1/clip: Relu(y) -> Twice_1/b", "Twice_1/Add_1: Add(Twice_1/b,Twice_1/b) -> z"}));
    EXPECT_EQ((*model)->fileNodeCount, 2);
    EXPECT_EQ((*model)->fileOps, (std::map<std::string, std::int64_t>{{"mine.Twice", 2}}));
    EXPECT_TRUE((*model)->unsupported.empty());
    const Graph &graph = (*model)->graph;
    EXPECT_EQ(shapeText(*graph.tensor(graph.outputs[0]).shape, graph.names), "2×3");
}

TEST(ImportFunctions, AttributesComeFromTheCallOrTheDefaultOrAreLeftOut)
{
    OnnxBuilder builder;
    builder.input("x", {2});
    FunctionBuilder function(builder, "Leaky", {"a"}, {"c"}, {"slope"});
    refer(function.node("LeakyRelu", {"a"}, {"b"}, "given"), "alpha", "slope");
    refer(function.node("LeakyRelu", {"b"}, {"d"}, "defaulted"), "alpha", "other");
    refer(function.node("LeakyRelu", {"d"}, {"c"}, "absent"), "alpha", "nowhere");
    function.defaultOf(number("other", 0.25F));
    function.defaultOf(number("slope", 0.75F));
    *call(builder, "Leaky", {"x"}, {"y"}, "f").add_attribute() = number("slope", 0.5F);
    call(builder, "Leaky", {"y"}, {"z"}, "g");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    const Graph &graph = (*model)->graph;
    EXPECT_EQ(attributeFloat(graph, nodeNamed(graph, "f/given"), "alpha", -1), 0.5);
    EXPECT_EQ(attributeFloat(graph, nodeNamed(graph, "f/defaulted"), "alpha", -1), 0.25);
    EXPECT_EQ(attributeFloat(graph, nodeNamed(graph, "f/absent"), "alpha", -1), -1);
    EXPECT_EQ(attributeFloat(graph, nodeNamed(graph, "g/given"), "alpha", -1), 0.75);
}

TEST(ImportFunctions, InputsMayBeLeftOut)
{
    OnnxBuilder builder;
    builder.input("x", {2});
    builder.input("high", {});
    FunctionBuilder function(builder, "Limit", {"a", "low", "top"}, {"c", "spare"});
    function.node("Clip", {"a", "low", "top"}, {"c"}, "clip");
    function.node("Neg", {"a"}, {"spare"}, "neg");
    call(builder, "Limit", {"x", "", "high"}, {"y"}, "f");
    call(builder, "Limit", {"y"}, {"", "z"}, "g");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    EXPECT_EQ(described((*model)->graph), (Texts{"f/clip: Clip(x,-,high) -> y", "f/neg: Neg(x) -> f/spare", "g/clip: Clip(y,-,-) -> g/c", "g/neg: Neg(y) -> z"}));
}

TEST(ImportFunctions, MayCallEachOtherAndStandInSubgraphs)
{
    OnnxBuilder builder;
    builder.input("x", {2});
    builder.input("yes", {}, onnx::TensorProto::BOOL);
    FunctionBuilder inner(builder, "Inner", {"a"}, {"b"});
    inner.node("Neg", {"a"}, {"b"}, "neg");
    FunctionBuilder outer(builder, "Outer", {"a"}, {"b"});
    outer.call("Inner", {"a"}, {"t"}, "in");
    onnx::NodeProto &choice = outer.node("If", {"yes2"}, {"b"}, "if");
    outer.proto().add_input("yes2");
    for (const std::string branch : {"then_branch", "else_branch"}) {
        onnx::AttributeProto &attribute = *choice.add_attribute();
        attribute.set_name(branch);
        attribute.set_type(onnx::AttributeProto::GRAPH);
        onnx::GraphProto &graph = *attribute.mutable_g();
        graph.set_name(branch);
        // Reads "t" of the function, defines a "u" of its own.
        FunctionBuilder::fill(*graph.add_node(), "Inner", {"t"}, {"u"}, "call", "mine");
        graph.add_output()->set_name("u");
    }
    call(builder, "Outer", {"x", "yes"}, {"y"}, "f");
    call(builder, "Outer", {"y", "yes"}, {"z"}, "g");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    const Graph &graph = (*model)->graph;
    EXPECT_EQ(described(graph),
              (Texts{"f/in/neg: Neg(x) -> f/t", "f/if: If(yes) -> y", "g/in/neg: Neg(y) -> g/t", "g/if: If(yes) -> z"}));
    const Node &second = nodeNamed(graph, "g/if");
    Texts outputs;
    for (const Attribute &attribute : second.attributes) {
        const Graph &branch = **std::get_if<std::shared_ptr<const Graph>>(&attribute.value);
        ASSERT_EQ(branch.nodes.size(), 1U);
        EXPECT_EQ(branch.nameOf(branch.nodes[0].inputs[0]), "g/t");
        outputs.emplace_back(branch.nameOf(branch.outputs[0]));
    }
    EXPECT_EQ(outputs, (Texts{"g/u", "g/u_2"}));
}

TEST(ImportFunctions, KeepTheOpsetsTheyImport)
{
    OnnxBuilder builder(13);
    builder.input("x", {2, 3});
    FunctionBuilder old(builder, "Old", {"a"}, {"b"});
    old.proto().mutable_opset_import(0)->set_version(11);
    old.node("Softmax", {"a"}, {"b"}, "softmax");
    FunctionBuilder same(builder, "Same", {"a"}, {"b"});
    same.call("Old", {"a"}, {"t"}, "old");
    same.node("Softmax", {"t"}, {"b"}, "softmax");
    call(builder, "Same", {"x"}, {"y"}, "f");
    builder.node("Softmax", {"y"}, {"z"}, "own");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    const Graph &graph = (*model)->graph;
    EXPECT_EQ(nodeNamed(graph, "f/old/softmax").opset, 11);
    EXPECT_EQ(nodeNamed(graph, "f/softmax").opset, 13);
    EXPECT_EQ(nodeNamed(graph, "own").opset, 13);
}

TEST(ImportFunctions, HandInputsOnAsOutputs)
{
    OnnxBuilder builder;
    builder.input("x", {2});
    FunctionBuilder function(builder, "Both", {"a"}, {"a", "n", "n"});
    function.node("Neg", {"a"}, {"n"}, "neg");
    call(builder, "Both", {"x"}, {"same", "y", "z"}, "f");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    EXPECT_EQ(described((*model)->graph),
              (Texts{"f/neg: Neg(x) -> y", "f/output_same: Identity(x) -> same", "f/output_z: Identity(y) -> z"}));
}

TEST(ImportFunctions, NamesInsideNeverMeetOthers)
{
    OnnxBuilder builder;
    builder.input("x", {2});
    FunctionBuilder function(builder, "F", {"a"}, {"b"});
    function.node("Neg", {"a"}, {"t"});
    function.node("Abs", {"t"}, {"b"});
    builder.node("Relu", {"x"}, {"f/t"}, "f/Neg_0");
    call(builder, "F", {"f/t"}, {"y"}, "f");
    call(builder, "F", {"y"}, {"z"}, "f");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    const Graph &graph = (*model)->graph;
    ASSERT_EQ(graph.nodes.size(), 5U);
    std::set<std::string_view> nodes, tensors;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i)
        nodes.insert(graph.nameOf(NodeId(i)));
    for (std::size_t i = 0; i < graph.tensors.size(); ++i)
        tensors.insert(graph.nameOf(TensorId(i)));
    EXPECT_EQ(nodes.size(), 5U);
    EXPECT_EQ(tensors.size(), graph.tensors.size());
    EXPECT_TRUE(tensors.contains("f/t_2"));
}

TEST(ImportFunctions, ListWhatIsUnsupportedInside)
{
    OnnxBuilder builder;
    builder.input("x", {2});
    FunctionBuilder function(builder, "F", {"a"}, {"b"});
    function.node("NoSuchOperator", {"a"}, {"b"});
    call(builder, "F", {"x"}, {"y"});
    call(builder, "F", {"y"}, {"z"});
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    ASSERT_EQ((*model)->unsupported.size(), 1U);
    EXPECT_EQ((*model)->unsupported[0].op, "NoSuchOperator");
    EXPECT_EQ((*model)->unsupported[0].count, 2);
}

struct BrokenFunction {
    std::string name;
    std::function<void(OnnxBuilder &)> build;
    std::string says;

    friend std::ostream &operator<<(std::ostream &out, const BrokenFunction &broken) { return out << broken.name; }
};

const std::vector<BrokenFunction> kBroken{
    {"recursive",
     [](OnnxBuilder &b) {
         FunctionBuilder f(b, "Loop", {"a"}, {"b"});
         f.call("Loop", {"a"}, {"b"});
         call(b, "Loop", {"x"}, {"y"});
     },
     "function \"Loop\" calls itself"},
    {"recursive_through_another",
     [](OnnxBuilder &b) {
         FunctionBuilder(b, "Ping", {"a"}, {"b"}).call("Pong", {"a"}, {"b"});
         FunctionBuilder(b, "Pong", {"a"}, {"b"}).call("Ping", {"a"}, {"b"});
         call(b, "Pong", {"x"}, {"y"});
     },
     "function \"Pong\" calls itself"},
    {"recursive_in_a_subgraph",
     [](OnnxBuilder &b) {
         FunctionBuilder f(b, "Deep", {"a"}, {"b"});
         onnx::AttributeProto &branch = *f.node("If", {"a"}, {"b"}).add_attribute();
         branch.set_name("then_branch");
         branch.set_type(onnx::AttributeProto::GRAPH);
         FunctionBuilder::fill(*branch.mutable_g()->add_node(), "Deep", {"a"}, {"c"}, "again", "mine");
         branch.mutable_g()->add_output()->set_name("c");
         call(b, "Deep", {"x"}, {"y"});
     },
     "function \"Deep\" calls itself"},
    {"exponential",
     [](OnnxBuilder &b) {
         for (int level = 0; level < 60; ++level) {
             FunctionBuilder f(b, "F" + std::to_string(level), {"a"}, {"b"});
             const std::string next = "F" + std::to_string(level + 1);
             f.call(next, {"a"}, {"t"});
             f.call(next, {"t"}, {"b"});
         }
         FunctionBuilder(b, "F60", {"a"}, {"b"}).node("Relu", {"a"}, {"b"});
         call(b, "F0", {"x"}, {"y"});
     },
     "grow to more than"},
    {"exponential_without_nodes",
     [](OnnxBuilder &b) {
         for (int level = 0; level < 60; ++level) {
             FunctionBuilder f(b, "F" + std::to_string(level), {}, {});
             f.call("F" + std::to_string(level + 1), {}, {});
             f.call("F" + std::to_string(level + 1), {}, {});
         }
         FunctionBuilder(b, "F60", {}, {});
         call(b, "F0", {}, {});
     },
     "grow to more than"},
    {"names_of_a_megabyte",
     [](OnnxBuilder &b) {
         FunctionBuilder f(b, "F", {"a"}, {"b"});
         for (int i = 0; i < 2000; ++i)
             f.node("Relu", {"a"}, {"t" + std::to_string(i)});
         f.node("Relu", {"a"}, {"b"});
         call(b, "F", {"x"}, {"y"}, std::string(1 << 20, 'n'));
     },
     "grow to more than"},
    {"too_deep",
     [](OnnxBuilder &b) {
         for (int level = 0; level < 100; ++level)
             FunctionBuilder(b, "F" + std::to_string(level), {"a"}, {"b"}).call("F" + std::to_string(level + 1), {"a"}, {"b"});
         FunctionBuilder(b, "F100", {"a"}, {"b"}).node("Relu", {"a"}, {"b"});
         call(b, "F0", {"x"}, {"y"});
     },
     "levels deep"},
    {"subgraphs_of_functions_too_deep",
     [](OnnxBuilder &b) {
         for (int level = 0; level < 60; ++level) {
             FunctionBuilder f(b, "F" + std::to_string(level), {"a"}, {"b"});
             onnx::AttributeProto &branch = *f.node("If", {"a"}, {"b"}).add_attribute();
             branch.set_name("then_branch");
             branch.set_type(onnx::AttributeProto::GRAPH);
             FunctionBuilder::fill(*branch.mutable_g()->add_node(), "F" + std::to_string(level + 1), {"a"}, {"c"}, "again", "mine");
             branch.mutable_g()->add_output()->set_name("c");
         }
         FunctionBuilder(b, "F60", {"a"}, {"b"}).node("Relu", {"a"}, {"b"});
         call(b, "F0", {"x"}, {"y"});
     },
     "nest deeper than"},
    {"twice",
     [](OnnxBuilder &b) {
         FunctionBuilder(b, "F", {}, {});
         FunctionBuilder(b, "F", {}, {});
     },
     "function \"F\" is defined twice"},
    {"too_many_inputs",
     [](OnnxBuilder &b) {
         FunctionBuilder(b, "F", {"a"}, {"b"}).node("Relu", {"a"}, {"b"});
         call(b, "F", {"x", "x"}, {"y"}, "f");
     },
     "node \"f\" (F) passes 2 inputs"},
    {"reads_what_it_does_not_have",
     [](OnnxBuilder &b) {
         FunctionBuilder(b, "F", {"a"}, {"b"}).node("Add", {"a", "x"}, {"b"}, "add");
         call(b, "F", {"x"}, {"y"}, "f");
     },
     "node \"f/add\" (Add) reads tensor \"x\""},
    {"output_that_nobody_makes",
     [](OnnxBuilder &b) {
         FunctionBuilder(b, "F", {"a"}, {"b"});
         call(b, "F", {"x"}, {"y"}, "f");
         b.output("y");
     },
     "\"y\""},
    {"left_out_input_as_output",
     [](OnnxBuilder &b) {
         FunctionBuilder(b, "F", {"a"}, {"a"});
         call(b, "F", {}, {"y"}, "f");
     },
     "leaves out"},
};

class BrokenFunctions : public testing::TestWithParam<BrokenFunction> {};

TEST_P(BrokenFunctions, GiveOneClearError)
{
    OnnxBuilder builder;
    builder.input("x", {1});
    GetParam().build(builder);
    const auto model = builder.open();
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::BadInput);
    EXPECT_NE(model.error().text().find(GetParam().says), std::string::npos) << model.error().text().substr(0, 500);
    EXPECT_NE(model.error().text().find("model.onnx"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Import, BrokenFunctions, testing::ValuesIn(kBroken), [](const auto &broken) { return broken.param.name; });

} // namespace
} // namespace nordlys::core

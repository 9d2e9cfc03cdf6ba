// SPDX-License-Identifier: Apache-2.0
// Rules on small graphs; expected shapes follow from the operators' definitions in the ONNX specification.
#include "import_support.h"

#include <core/graph/cost.h>
#include <core/graph/op_spec.h>
#include <core/graph/shape_inference.h>
#include <core/graph/topology.h>

#include <gtest/gtest.h>

#include <functional>

namespace nordlys::core {
namespace {

using test::OnnxBuilder;

struct ShapeCase {
    std::string name;
    std::function<void(OnnxBuilder &)> build; ///< makes "z"
    std::string expected;
};

/// x is 2x3x4x5 throughout.
const std::vector<ShapeCase> kCases{
    {"slice_negative_step",
     [](OnnxBuilder &b) {
         b.shapeValues("s", {-1, 3});
         b.shapeValues("e", {-100, 0});
         b.shapeValues("a", {3, 2});
         b.shapeValues("t", {-2, -1});
         b.node("Slice", {"x", "s", "e", "a", "t"}, {"z"});
     },
     "2×3×3×3"},
    {"slice_clamps",
     [](OnnxBuilder &b) {
         b.shapeValues("s", {-100});
         b.shapeValues("e", {INT64_MAX});
         b.shapeValues("a", {-1});
         b.shapeValues("t", {3});
         b.node("Slice", {"x", "s", "e", "a", "t"}, {"z"});
     },
     "2×3×4×2"},
    {"slice_extreme_numbers",
     [](OnnxBuilder &b) {
         b.shapeValues("s", {INT64_MAX});
         b.shapeValues("e", {-INT64_MAX});
         b.shapeValues("a", {1});
         b.shapeValues("t", {-INT64_MAX});
         b.node("Slice", {"x", "s", "e", "a", "t"}, {"z"});
     },
     "2×1×4×5"},
    // The exporter's way to turn pads around: [0 0 0 1 0 0] becomes a table, is reversed, transposed and flattened.
    {"pad_amounts_from_arithmetic",
     [](OnnxBuilder &b) {
         b.shapeValues("pads", {1, 2, 3, 4}); // last axis: 1 before, 2 behind; third: 3 and 4
         b.shapeValues("four", {4});
         b.node("ConstantOfShape", {"four"}, {"zeros"});
         onnx::AttributeProto &value = *b.model.mutable_graph()->mutable_node(0)->add_attribute();
         value.set_name("value");
         value.set_type(onnx::AttributeProto::TENSOR);
         value.mutable_t()->set_data_type(onnx::TensorProto::INT64);
         value.mutable_t()->add_dims(1);
         value.mutable_t()->add_int64_data(0);
         OnnxBuilder::integer(b.node("Concat", {"pads", "zeros"}, {"all"}), "axis", 0);
         b.shapeValues("table", {-1, 2});
         b.node("Reshape", {"all", "table"}, {"pairs"});
         b.shapeValues("s", {-1});
         b.shapeValues("e", {-INT64_MAX});
         b.shapeValues("a", {0});
         b.node("Slice", {"pairs", "s", "e", "a", "s"}, {"reversed"});
         OnnxBuilder::ints(b.node("Transpose", {"reversed"}, {"turned"}), "perm", {1, 0});
         b.shapeValues("flat", {-1});
         b.node("Reshape", {"turned", "flat"}, {"amounts"});
         b.node("Pad", {"x", "amounts"}, {"z"});
     },
     "2×3×11×8"},
    {"reshape_from_shape",
     [](OnnxBuilder &b) {
         b.node("Shape", {"x"}, {"dims"});
         b.shapeValues("first", {0});
         b.node("Gather", {"dims", "first"}, {"batch"});
         b.shapeValues("rest", {-1});
         OnnxBuilder::integer(b.node("Concat", {"batch", "rest"}, {"target"}), "axis", 0);
         b.node("Reshape", {"x", "target"}, {"z"});
     },
     "2×60"},
    {"expand_through_where",
     [](OnnxBuilder &b) {
         b.shapeValues("wanted", {-1, 3, 4, 5});
         b.shapeValues("ones", {1, 1, 1, 1});
         b.shapeValues("minus", {-1});
         b.node("Equal", {"wanted", "minus"}, {"open"});
         b.node("Where", {"open", "ones", "wanted"}, {"target"});
         b.node("Expand", {"x", "target"}, {"z"});
     },
     "2×3×4×5"},
    {"arithmetic",
     [](OnnxBuilder &b) {
         b.node("Shape", {"x"}, {"dims"}); // 2 3 4 5
         b.shapeValues("k", {2, 1, 2, 1});
         b.node("Div", {"dims", "k"}, {"a"}); // 1 3 2 5
         b.node("Mul", {"a", "k"}, {"b"});    // 2 3 4 5
         b.node("Add", {"b", "k"}, {"c"});    // 4 4 6 6
         b.node("Sub", {"c", "a"}, {"d"});    // 3 1 4 1
         b.node("ConstantOfShape", {"d"}, {"z"});
     },
     "3×1×4×1"},
    {"range_and_split",
     [](OnnxBuilder &b) {
         b.shapeValues("start", {1}).clear_dims();
         b.shapeValues("end", {9}).clear_dims();
         b.shapeValues("step", {2}).clear_dims();
         b.node("Range", {"start", "end", "step"}, {"r"}); // 1 3 5 7
         b.shapeValues("sizes", {1, 3});
         OnnxBuilder::integer(b.node("Split", {"r", "sizes"}, {"one", "three"}), "axis", 0);
         b.node("ConstantOfShape", {"three"}, {"z"});
     },
     "3×5×7"},
    {"conv_same_upper",
     [](OnnxBuilder &b) {
         b.weight("w", {6, 3, 3, 3}, 6 * 27 * 4);
         onnx::NodeProto &conv = b.node("Conv", {"x", "w"}, {"z"});
         OnnxBuilder::ints(conv, "strides", {2, 2});
         onnx::AttributeProto &pad = *conv.add_attribute();
         pad.set_name("auto_pad");
         pad.set_type(onnx::AttributeProto::STRING);
         pad.set_s("SAME_UPPER");
     },
     "2×6×2×3"},
    {"matmul_broadcasts",
     [](OnnxBuilder &b) {
         b.weight("w", {3, 5, 7}, 3 * 35 * 4);
         b.node("MatMul", {"x", "w"}, {"z"});
     },
     "2×3×4×7"},
    {"max_pool_ceil",
     [](OnnxBuilder &b) {
         onnx::NodeProto &pool = b.node("MaxPool", {"x"}, {"z"});
         OnnxBuilder::ints(pool, "kernel_shape", {2, 2});
         OnnxBuilder::ints(pool, "strides", {2, 2});
         OnnxBuilder::integer(pool, "ceil_mode", 1);
     },
     "2×3×2×3"},
};

class ShapeRule : public testing::TestWithParam<ShapeCase> {};

TEST_P(ShapeRule, GivesTheShape)
{
    OnnxBuilder builder;
    builder.input("x", {2, 3, 4, 5});
    GetParam().build(builder);
    builder.output("z");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    for (const InferenceFinding &finding : (*model)->findings) {
        if (finding.rule.find("the file states") == std::string::npos)
            ADD_FAILURE() << finding.rule;
    }
    const Graph &graph = (*model)->graph;
    const std::optional<Shape> &shape = graph.tensor(graph.outputs[0]).shape;
    ASSERT_TRUE(shape);
    EXPECT_EQ(shapeText(*shape, graph.names), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(All, ShapeRule, testing::ValuesIn(kCases), [](const auto &parameter) { return parameter.param.name; });

TEST(ShapeInference, BrokenRulesAreFindingsAndNoCrash)
{
    const std::vector<std::function<void(OnnxBuilder &)>> wrong{
        [](OnnxBuilder &b) { b.weight("w", {6, 4, 3, 3}, 6 * 36 * 4); b.node("Conv", {"x", "w"}, {"z"}); },
        [](OnnxBuilder &b) { b.weight("w", {6, 3, 9, 9}, 6 * 243 * 4); b.node("Conv", {"x", "w"}, {"z"}); },
        [](OnnxBuilder &b) { OnnxBuilder::ints(b.node("Transpose", {"x"}, {"z"}), "perm", {0, 1, 1, 2}); },
        [](OnnxBuilder &b) { b.shapeValues("t", {-1, -1}); b.node("Reshape", {"x", "t"}, {"z"}); },
        [](OnnxBuilder &b) { b.shapeValues("t", {7, 7}); b.node("Reshape", {"x", "t"}, {"z"}); },
        [](OnnxBuilder &b) { b.weight("w", {7}, 28); b.node("Add", {"x", "w"}, {"z"}); },
        [](OnnxBuilder &b) { OnnxBuilder::integer(b.node("Concat", {"x", "x"}, {"z"}), "axis", 4); },
        [](OnnxBuilder &b) { b.node("Relu", {"x", "x", "x"}, {"z"}); },
        [](OnnxBuilder &b) { b.node("NoSuchOperator", {"x"}, {"z"}); },
        [](OnnxBuilder &b) { OnnxBuilder::ints(b.node("MaxPool", {"x"}, {"z"}), "kernel_shape", {INT64_MAX, INT64_MAX}); },
        [](OnnxBuilder &b) { b.shapeValues("r", {INT64_MAX, 1, 1, -1}); b.node("Tile", {"x", "r"}, {"z"}); },
        [](OnnxBuilder &b) { b.shapeValues("p", {INT64_MAX, 0, 0, 0, INT64_MAX, 0, 0, 0}); b.node("Pad", {"x", "p"}, {"z"}); },
        // A step of 0.5 among integers.
        [](OnnxBuilder &b) {
            for (const char *name : {"start", "limit"}) {
                onnx::TensorProto &number = b.weight(name, {}, 8);
                number.set_data_type(onnx::TensorProto::INT64);
                number.set_raw_data(std::string(name == std::string("start") ? "\5\0\0\0\0\0\0\0" : "\0\0\0\0\0\0\0\0", 8));
            }
            b.weight("delta", {}, 4).set_raw_data(std::string("\0\0\0\x3F", 4));
            b.node("Range", {"start", "limit", "delta"}, {"z"});
        },
    };
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        OnnxBuilder builder;
        builder.input("x", {2, 3, 4, 5});
        wrong[i](builder);
        builder.output("z");
        const auto model = builder.open();
        ASSERT_TRUE(model) << i << ": " << model.error().text();
        EXPECT_EQ((*model)->findings.size(), 1u) << i;
    }
}

// A is ? x ?, so only the weights (4 x 7) tell the inner dimension: one row of 7 outputs of 4 products each.
TEST(ModelCost, WeightsTellTheInnerDimensionOfAProduct)
{
    struct Case {
        const char *op;
        std::vector<std::int64_t> weight;
        bool transB;
    };
    for (const Case &product : {Case{"Gemm", {4, 7}, false}, Case{"Gemm", {7, 4}, true}, Case{"MatMul", {4, 7}, false}}) {
        OnnxBuilder builder;
        builder.input("x", {-1, -1});
        builder.weight("w", product.weight, 4 * 7 * 4);
        onnx::NodeProto &node = builder.node(product.op, {"x", "w"}, {"z"});
        if (product.transB)
            OnnxBuilder::integer(node, "transB", 1);
        builder.output("z");
        OpenOptions unbound;
        unbound.bindings.fallback = -1;
        const auto model = builder.open(unbound);
        ASSERT_TRUE(model) << model.error().text();
        EXPECT_EQ(macCount((*model)->graph), 28) << product.op;
    }
}

TEST(OpSpecTable, FindsTheVersionThatHolds)
{
    ASSERT_TRUE(findOpSpec("", "Clip", 13));
    EXPECT_EQ(findOpSpec("", "Clip", 13)->sinceVersion, 11);
    EXPECT_EQ(findOpSpec("ai.onnx", "Clip", 10)->sinceVersion, 1);
    EXPECT_EQ(findOpSpec("", "Where", 8), nullptr);
    EXPECT_EQ(findOpSpec("com.microsoft", "Conv", 13), nullptr);
    EXPECT_EQ(findOpSpec("", "Softmax", 13)->output, QuantRole::FixedUnit);
    EXPECT_EQ(findOpSpec("", "Reshape", 13)->output, QuantRole::Tied);
    EXPECT_TRUE(findOpSpec("", "Relu", 13)->isFusableActivation);
}

TEST(OpSpecTable, WeightChannelAxes)
{
    OnnxBuilder builder;
    builder.input("x", {2, 3});
    builder.weight("w", {4, 3}, 48);
    builder.weight("m", {4, 5}, 80);
    OnnxBuilder::integer(builder.node("Gemm", {"x", "w"}, {"y"}), "transB", 1);
    builder.node("MatMul", {"y", "m"}, {"z"});
    builder.output("z");
    const auto model = builder.open();
    ASSERT_TRUE(model) << model.error().text();
    const Graph &graph = (*model)->graph;
    EXPECT_EQ(weightChannelAxis(graph, graph.nodes[0], 1), 0);
    EXPECT_EQ(weightChannelAxis(graph, graph.nodes[0], 0), -1);
    EXPECT_EQ(weightChannelAxis(graph, graph.nodes[1], 1), 1);
    EXPECT_EQ(macCount(graph), 2 * 4 * 3 + 2 * 5 * 4);
    EXPECT_EQ(parameterCount(graph), 12 + 20);
}

TEST(Topology, SortsStablyAndFindsCycles)
{
    const TopologicalOrder sorted = sortTopologically({{2}, {}, {1}, {}});
    EXPECT_EQ(sorted.order, (std::vector<std::size_t>{1, 2, 0, 3}));
    const TopologicalOrder cyclic = sortTopologically({{}, {3}, {1}, {2}, {3}});
    ASSERT_TRUE(cyclic.cycleMember);
    EXPECT_TRUE(*cyclic.cycleMember >= 1 && *cyclic.cycleMember <= 3);
}

TEST(Shapes, CountsWithoutOverflow)
{
    EXPECT_EQ(elementCount(Dims{}), 1);
    EXPECT_EQ(elementCount(Dims{INT64_MAX, 2}), std::nullopt);
    EXPECT_EQ(elementCount(Dims{INT64_MAX, 2, 0}), 0);
    EXPECT_EQ(elementCount(Shape{Dim{}}), std::nullopt);
    EXPECT_EQ(shapeText(Dims{1, 3, 224}), "1×3×224");
    EXPECT_EQ(shapeText(Dims{}), "scalar");
}

} // namespace
} // namespace nordlys::core

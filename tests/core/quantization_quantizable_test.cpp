// SPDX-License-Identifier: Apache-2.0
#include <core/quantization/bias_encoding.h>
#include <core/quantization/encoding_file.h>
#include <core/quantization/quantizable.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nordlys::core {
namespace {

using testing::ElementsAre;

/// Graphs in a line of code per node; every tensor is float32 of the shape given with it.
class Builder {
public:
    TensorId input(const char *name, Dims dims)
    {
        const TensorId id = graph.addTensor(name, DType::Float32, toShape(dims));
        graph.tensor(id).isGraphInput = true;
        graph.inputs.push_back(id);
        return id;
    }
    TensorId constant(const char *name, Dims dims, DType type = DType::Float32)
    {
        const TensorId id = graph.addTensor(name, type, toShape(dims));
        graph.tensor(id).constant =
            ConstantData::owned(std::vector<std::byte>(static_cast<std::size_t>(*elementCount(dims) * bitsOf(type) / 8)));
        return id;
    }
    TensorId node(const char *op, std::vector<TensorId> inputs, const char *output, Dims dims,
                  std::vector<Attribute> attributes = {})
    {
        const TensorId id = graph.addTensor(output, DType::Float32, toShape(dims));
        graph.addNode({graph.names.intern(std::string("node_") + output),
                       graph.names.intern(op),
                       graph.names.intern(""),
                       17,
                       std::move(inputs),
                       {id},
                       std::move(attributes)});
        return id;
    }
    void output(TensorId id)
    {
        graph.tensor(id).isGraphOutput = true;
        graph.outputs.push_back(id);
    }
    std::vector<std::string> listed() const
    {
        std::vector<std::string> names;
        for (const QuantizableTensor &item : quantizableTensors(graph)) {
            std::string text(graph.nameOf(item.tensor));
            text += item.kind == QuantizableKind::Weight ? " w" + std::to_string(item.channelAxis)
                    : item.kind == QuantizableKind::Bias ? " b"
                                                         : "";
            if (item.group != item.tensor)
                text += " = " + std::string(graph.nameOf(item.group));
            if (item.fixedRange)
                text += " fixed";
            names.push_back(text);
        }
        return names;
    }
    Graph graph;
};

TEST(QuantizationTensors, FusedConvolutionHasNoInnerEncodings)
{
    Builder b;
    const TensorId x = b.input("x", {1, 3, 8, 8});
    const TensorId conv = b.node("Conv", {x, b.constant("w", {4, 3, 3, 3}), b.constant("bias", {4})}, "conv", {1, 4, 6, 6});
    const TensorId norm = b.node("BatchNormalization",
                                 {conv, b.constant("g", {4}), b.constant("b", {4}), b.constant("m", {4}), b.constant("v", {4})},
                                 "bn", {1, 4, 6, 6});
    const TensorId relu = b.node("Relu", {norm}, "relu", {1, 4, 6, 6});
    const TensorId conv2 = b.node("Conv", {relu, b.constant("w2", {4, 4, 1, 1})}, "conv2", {1, 4, 6, 6});
    const TensorId sum = b.node("Add", {conv2, relu}, "sum", {1, 4, 6, 6});
    b.output(b.node("Relu", {sum}, "y", {1, 4, 6, 6}));
    EXPECT_THAT(b.listed(), ElementsAre("x", "w w0", "bias b", "relu", "w2 w0", "conv2", "y"));
    const auto items = quantizableTensors(b.graph);
    EXPECT_EQ(b.graph.nameOf(items[2].biasActivation), "x");
    EXPECT_EQ(b.graph.nameOf(items[2].biasWeight), "w");
}

TEST(QuantizationTensors, SecondUseKeepsTheValueBeforeTheActivation)
{
    Builder b;
    const TensorId x = b.input("x", {1, 3, 8, 8});
    const TensorId conv = b.node("Conv", {x, b.constant("w", {3, 3, 1, 1})}, "conv", {1, 3, 8, 8});
    const TensorId relu = b.node("Relu", {conv}, "relu", {1, 3, 8, 8});
    b.output(b.node("Mul", {relu, conv}, "y", {1, 3, 8, 8}));
    EXPECT_THAT(b.listed(), ElementsAre("x", "w w0", "conv", "relu", "y"));
    Builder c;
    const TensorId z = c.input("x", {1, 4});
    const TensorId gemm = c.node("Gemm", {z, c.constant("w", {4, 2}), c.constant("c", {2})}, "gemm", {1, 2});
    c.output(gemm); // a graph output is stored whoever reads it
    c.output(c.node("Relu", {gemm}, "y", {1, 2}));
    EXPECT_THAT(c.listed(), ElementsAre("x", "w w1", "c b", "gemm", "y"));
}

TEST(QuantizationTensors, MatMulWithAddedVectorIsOneOperator)
{
    Builder b;
    const TensorId x = b.input("x", {1, 4});
    const TensorId product = b.node("MatMul", {x, b.constant("w", {4, 2})}, "product", {1, 2});
    const TensorId sum = b.node("Add", {b.constant("vector", {2}), product}, "sum", {1, 2});
    b.output(b.node("Relu", {sum}, "y", {1, 2}));
    EXPECT_THAT(b.listed(), ElementsAre("x", "w w1", "vector b", "y"));
}

// C of Gemm may be a row or one number: its channels lie along the last axis, or there are none.
TEST(QuantizationTensors, ChannelsOfBiases)
{
    for (const auto &[dims, axis] : {std::pair(Dims{3}, 0), {Dims{1, 3}, 1}, {Dims{1}, -1}, {Dims{1, 1}, -1}}) {
        Builder b;
        b.output(b.node("Gemm", {b.input("x", {1, 4}), b.constant("w", {4, 3}), b.constant("c", dims)}, "y", {1, 3}));
        const auto items = quantizableTensors(b.graph);
        const auto bias = std::ranges::find(items, QuantizableKind::Bias, &QuantizableTensor::kind);
        ASSERT_NE(bias, items.end());
        EXPECT_EQ(bias->channelAxis, axis);
        Encoding activation, weight;
        activation.grids = {*gridFromScale(0.5, 0, 8)};
        weight.symmetric = true;
        weight.axis = 1;
        for (const double scale : {0.25, 2.0, 1.0})
            weight.grids.push_back(*gridFromScale(scale, 128, 8));
        const auto derived = biasEncoding(activation, weight, bias->channelAxis);
        ASSERT_TRUE(derived);
        EXPECT_EQ(derived->axis, axis);
        EXPECT_EQ(derived->grids.size(), axis < 0 ? 1U : 3U);
        EXPECT_EQ(derived->grids[0].scale, axis < 0 ? 1.0 : 0.125); // the coarsest product, or the channel's own
        EXPECT_TRUE(checkEncoding(*derived, "c"));
    }
}

TEST(QuantizationTensors, MoversAreTied)
{
    Builder b;
    const TensorId x = b.input("x", {1, 4, 4, 4}), y = b.input("y", {1, 4, 4, 4});
    const TensorId pool = b.node("MaxPool", {x}, "pool", {1, 4, 4, 4});
    const TensorId both = b.node("Concat", {pool, y}, "both", {1, 8, 4, 4});
    const TensorId average = b.node("AveragePool", {both}, "average", {1, 8, 1, 1});
    const TensorId flat = b.node("Reshape", {average, b.constant("shape", {2}, DType::Int64)}, "flat", {1, 8});
    b.output(flat);
    EXPECT_THAT(b.listed(), ElementsAre("x", "y = x", "pool = x", "both = x", "average", "flat = average"));
}

TEST(QuantizationTensors, FixedRanges)
{
    Builder b;
    const TensorId x = b.input("x", {1, 8});
    const TensorId sigmoid = b.node("Sigmoid", {x}, "sigmoid", {1, 8}), tanh = b.node("Tanh", {x}, "tanh", {1, 8});
    const TensorId reshaped = b.node("Flatten", {sigmoid}, "flat", {1, 8});
    const TensorId mixed = b.node("Concat", {reshaped, tanh}, "mixed", {1, 16});
    b.output(mixed);
    EXPECT_THAT(b.listed(), ElementsAre("x", "sigmoid", "tanh = sigmoid", "flat = sigmoid",
                                        "mixed = sigmoid")); // two ranges in one group: none is fixed
    Builder c;
    const TensorId z = c.input("x", {1, 8});
    c.output(c.node("Flatten", {c.node("Softmax", {z}, "softmax", {1, 8})}, "flat", {1, 8}));
    EXPECT_THAT(c.listed(), ElementsAre("x", "softmax fixed", "flat = softmax fixed"));
}

TEST(QuantizationTensors, ConstantsAndResize)
{
    Builder b;
    const TensorId x = b.input("x", {1, 4, 4, 4});
    const TensorId scaled = b.node("Mul", {x, b.constant("factors", {4, 1, 1})}, "scaled", {1, 4, 4, 4});
    const TensorId halved = b.node("Mul", {scaled, b.constant("half", {})}, "halved", {1, 4, 4, 4});
    const TensorId folded = b.node("Transpose", {b.constant("raw", {1, 1, 4, 4})}, "folded", {4, 4, 1, 1});
    const TensorId conv = b.node("Conv", {halved, folded}, "conv", {1, 4, 4, 4});
    const auto mode = [&](const char *value) {
        return std::vector<Attribute>{{b.graph.names.intern("mode"), std::string(value)}};
    };
    const TensorId nearest = b.node("Resize", {conv, TensorId(), b.constant("s", {4})}, "nearest", {1, 4, 8, 8}, mode("nearest"));
    b.output(b.node("Resize", {nearest, TensorId(), b.constant("s2", {4})}, "cubic", {1, 4, 9, 9}, mode("cubic")));
    EXPECT_THAT(b.listed(), ElementsAre("x", "factors w-1", "scaled", "halved", "folded w0", "conv", "nearest = conv", "cubic"));
}

TEST(QuantizationCoverage, NamesWhatDoesNotFit)
{
    Builder b;
    const TensorId x = b.input("in/x:0", {1, 3, 8, 8});
    const TensorId conv = b.node("Conv", {x, b.constant("w", {4, 3, 3, 3}), b.constant("bias", {4})}, "conv", {1, 4, 6, 6});
    const TensorId relu = b.node("Relu", {conv}, "relu", {1, 4, 6, 6});
    b.output(b.node("MaxPool", {relu}, "pool", {1, 4, 6, 6}));
    const Grid grid = *gridFromRange(0, 1, {});
    const auto entry = [&](EncodingKind kind, int axis, std::size_t count, Grid g) {
        return EncodingEntry{kind, Encoding{8, false, false, axis, std::vector<Grid>(count, g)}, false};
    };
    EncodingSet set;
    set.entries["in_x_0"] = entry(EncodingKind::Activation, -1, 1, grid);
    set.entries["w"] = entry(EncodingKind::Parameter, 0, 3, grid);
    set.entries["relu"] = entry(EncodingKind::Activation, -1, 1, grid);
    set.entries["pool"] = entry(EncodingKind::Activation, -1, 1, *gridFromRange(0, 2, {}));
    set.entries["conv"] = entry(EncodingKind::Activation, -1, 1, grid);
    set.entries["unknown"] = entry(EncodingKind::Activation, -1, 1, grid);
    const EncodingCoverage coverage = checkCoverage(b.graph, set);
    EXPECT_EQ(coverage.matched, 3U);
    EXPECT_TRUE(coverage.missing.empty());
    EXPECT_THAT(coverage.extra, ElementsAre("unknown"));
    ASSERT_EQ(coverage.renamed.size(), 1U);
    EXPECT_EQ(coverage.renamed[0].from, "in_x_0");
    EXPECT_EQ(coverage.renamed[0].to, "in/x:0");
    std::vector<std::string> violations;
    for (const auto &violation : coverage.violations)
        violations.push_back(violation.tensor + " " + violation.rule);
    EXPECT_THAT(violations, ElementsAre("conv not-encodable", "w channel-count", "pool tied"));
    set.entries.erase("pool");
    set.entries.erase("w");
    EXPECT_THAT(checkCoverage(b.graph, set).missing, ElementsAre("w")); // pool's group is covered by relu
}

} // namespace
} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
#include <core/graph/shape_inference.h>
#include <core/import/model.h>
#include <runtime/plan/plan_data.h>
#include <runtime/session/session.h>

#include <gtest/gtest.h>

#include <cstring>

namespace nordlys::runtime {
namespace {

/// Builds tiny models by hand.
class TinyModel {
public:
    TinyModel() : m_model(std::make_shared<core::Model>()) { m_model->opsets = {{"", 13}}; }

    core::TensorId input(const char *name, const core::Dims &dims)
    {
        const core::TensorId id = m_model->graph.addTensor(name, core::DType::Float32, core::toShape(dims));
        m_model->graph.tensor(id).isGraphInput = true;
        m_model->graph.inputs.push_back(id);
        return id;
    }
    template <typename T>
    core::TensorId constant(const char *name, core::DType type, const core::Dims &dims, const std::vector<T> &values)
    {
        const core::TensorId id = m_model->graph.addTensor(name, type, core::toShape(dims));
        std::vector<std::byte> bytes(values.size() * sizeof(T));
        std::memcpy(bytes.data(), values.data(), bytes.size());
        m_model->graph.tensor(id).constant = core::ConstantData::owned(std::move(bytes));
        return id;
    }
    core::TensorId floats(const char *name, const core::Dims &dims, const std::vector<float> &values)
    {
        return constant(name, core::DType::Float32, dims, values);
    }
    /// One output, named after the node with "_y".
    core::TensorId node(const char *op, const std::string &name, std::vector<core::TensorId> inputs)
    {
        core::Graph &graph = m_model->graph;
        core::Node node;
        node.name = graph.names.intern(name);
        node.opType = graph.names.intern(op);
        node.domain = graph.names.intern("");
        node.opset = 13;
        node.inputs = std::move(inputs);
        const core::TensorId out = graph.addTensor(name + "_y");
        node.outputs = {out};
        graph.addNode(std::move(node));
        return out;
    }
    std::shared_ptr<const core::Model> finish(core::TensorId output)
    {
        m_model->graph.tensor(output).isGraphOutput = true;
        m_model->graph.outputs.push_back(output);
        auto findings = core::inferShapes(m_model->graph);
        EXPECT_TRUE(findings);
        m_model->findings = std::move(*findings);
        return m_model;
    }

private:
    std::shared_ptr<core::Model> m_model;
};

std::vector<std::string> labels(const Plan &plan)
{
    std::vector<std::string> result;
    for (const core::LayerInfo &layer : plan.layers())
        result.push_back(layer.op);
    return result;
}

std::vector<float> run(const std::shared_ptr<const Plan> &plan, const std::vector<float> &values)
{
    auto session = Session::create(plan, 1);
    EXPECT_TRUE(session);
    auto input = core::HostTensor::create(core::DType::Float32, plan->inputs()[0].dims);
    std::copy(values.begin(), values.end(), input->as<float>().begin());
    EXPECT_TRUE((*session)->run({&*input, 1}));
    auto output = (*session)->output(0);
    EXPECT_TRUE(output);
    return {output->as<float>().begin(), output->as<float>().end()};
}

class PlanPasses : public testing::TestWithParam<bool> {
protected:
    [[nodiscard]] static std::shared_ptr<const Plan> build(const std::shared_ptr<const core::Model> &model, PlanOptions options = {})
    {
        options.fastKernels = GetParam();
        auto plan = Plan::build(model, options);
        EXPECT_TRUE(plan) << plan.error().text();
        return plan ? *plan : nullptr;
    }
};

// conv: y = 2x + 1; norm with scale 3, shift 5, mean 1, variance 4 (epsilon 1e-5): (y - 1) / 2 * 3 + 5 = 3x + 5; relu.
TEST_P(PlanPasses, ConvBatchNormReluBecomeOneStep)
{
    TinyModel tiny;
    auto y = tiny.node("Conv", "conv", {tiny.input("x", {1, 1, 1, 2}), tiny.floats("w", {1, 1, 1, 1}, {2}), tiny.floats("b", {1}, {1})});
    y = tiny.node("BatchNormalization", "norm",
                  {y, tiny.floats("scale", {1}, {3}), tiny.floats("shift", {1}, {5}), tiny.floats("mean", {1}, {1}), tiny.floats("var", {1}, {4})});
    const auto plan = build(tiny.finish(tiny.node("Relu", "relu", {y})));
    EXPECT_EQ(labels(*plan), std::vector<std::string>{"Conv+BatchNormalization+Relu"});
    EXPECT_EQ(plan->layers()[0].sourceNodes, (std::vector<std::string>{"conv", "norm", "relu"}));
    EXPECT_EQ(plan->layers()[0].outputs, std::vector<std::string>{"relu_y"});
    const auto out = run(plan, {1, -10});
    EXPECT_NEAR(out[0], 8, 1e-4);
    EXPECT_EQ(out[1], 0);
}

// With training_mode the statistics are those of the batch: folding the stored ones would give other numbers without a word.
TEST_P(PlanPasses, NormalizationByTheBatchIsNotFolded)
{
    TinyModel tiny;
    const auto conv = tiny.node("Conv", "conv", {tiny.input("x", {1, 1, 1, 2}), tiny.floats("w", {1, 1, 1, 1}, {2})});
    const auto model = tiny.finish(tiny.node("BatchNormalization", "norm",
                                             {conv, tiny.floats("scale", {1}, {3}), tiny.floats("shift", {1}, {5}),
                                              tiny.floats("mean", {1}, {1}), tiny.floats("var", {1}, {4})}));
    auto training = std::make_shared<core::Model>(*model);
    core::Graph &graph = training->graph;
    graph.node(graph.findNode("norm")).opset = 14;
    EXPECT_EQ(labels(*build(training)).size(), 1U);
    graph.node(graph.findNode("norm")).attributes.push_back({graph.names.intern("training_mode"), std::int64_t(1)});
    const auto plan = build(training);
    EXPECT_EQ(labels(*plan).size(), 2U);
    // The convolution gives 2 and 6: mean 4, variance 4.
    const std::vector<float> values = run(plan, {1, 3});
    ASSERT_EQ(values.size(), 2U);
    EXPECT_NEAR(values[0], 2.0F, 1e-4F);
    EXPECT_NEAR(values[1], 8.0F, 1e-4F);
}

// Exporters write the third input out even where nothing trains.
TEST_P(PlanPasses, DropoutThatDoesNotTrainIsNothingAtAll)
{
    for (const bool isTraining : {false, true}) {
        for (const bool isKept : {false, true}) {
            TinyModel tiny;
            const auto x = tiny.node("Neg", "neg", {tiny.input("x", {1, 2})});
            const auto mode = tiny.constant<std::uint8_t>("mode", core::DType::Bool, {}, {isTraining ? std::uint8_t(1) : std::uint8_t(0)});
            const auto model = tiny.finish(tiny.node("Dropout", "drop", {x, tiny.floats("ratio", {}, {0.5F}), mode}));
            PlanOptions options;
            options.fastKernels = GetParam();
            options.optimize = !isKept; // without passes the kernel itself is asked
            const auto plan = Plan::build(model, options);
            ASSERT_EQ(plan.hasValue(), !isTraining);
            if (isTraining) {
                EXPECT_EQ(plan.error().code, core::ErrorCode::NotSupported) << plan.error().text();
                continue;
            }
            EXPECT_EQ(labels(**plan).size(), isKept ? 2U : 1U);
            EXPECT_EQ(run(*plan, {3, -4}), (std::vector<float>{-3, 4}));
        }
    }
}

TEST_P(PlanPasses, KeptAndSharedValuesAreNotFusedAway)
{
    TinyModel tiny;
    const auto conv = tiny.node("Conv", "conv", {tiny.input("x", {1, 1, 1, 2}), tiny.floats("w", {1, 1, 1, 1}, {2})});
    const auto model = tiny.finish(tiny.node("Relu", "relu", {conv}));
    PlanOptions options;
    options.keepTensors = {"conv_y"};
    EXPECT_EQ(labels(*build(model, options)).size(), 2U);
    PlanOptions quantsim;
    quantsim.precision = Precision::QuantSim;
    core::EncodingEntry entry;
    entry.encoding.grids = {*core::gridFromScale(0.5, 128, 8)};
    quantsim.encodings.entries["conv_y"] = entry;
    const auto plan = build(model, quantsim);
    EXPECT_EQ(labels(*plan).size(), 2U);
    // 2 * 1.1 = 2.2 -> 2.0 on the grid of 0.5
    EXPECT_EQ(run(plan, {1.1F, -1}), (std::vector<float>{2.0F, 0}));
}

// The strict symmetric grid over -2..2 has codes for -127 to 127 steps: neither end passes 2 (one more code would be 2/127 off).
TEST_P(PlanPasses, QuantsimStaysInsideAStrictGrid)
{
    for (const int bits : {8, 16}) {
        TinyModel tiny;
        const auto x = tiny.input("x", {1, 4}), w = tiny.floats("w", {1, 4}, {0.5F, 0.5F, 9, -9});
        const auto model = tiny.finish(tiny.node("Mul", "scaled", {x, w}));
        PlanOptions options;
        options.precision = Precision::QuantSim;
        core::EncodingEntry entry;
        entry.encoding.bitwidth = bits;
        entry.encoding.symmetric = true;
        entry.encoding.grids = {*core::gridFromRange(-2, 2, {bits, true, true, false})};
        options.encodings.entries["x"] = options.encodings.entries["w"] = entry;
        const auto out = run(build(model, options), {9, -9, 0.5F, 0.5F});
        const float half = core::quantizeDequantize(0.5F, entry.encoding.grids[0], bits);
        for (std::size_t i = 0; i < 4; ++i)
            EXPECT_NEAR(out[i], i % 2 == 0 ? 2 * half : -2 * half, 1e-5) << bits << " bits, value " << i;
    }
}

// relu(conv(x) + x) with conv = 3x.
TEST_P(PlanPasses, AddBecomesTheResidualOfTheConvolution)
{
    TinyModel tiny;
    const auto x = tiny.input("x", {1, 2, 1, 2});
    const auto conv = tiny.node("Conv", "conv", {x, tiny.floats("w", {2, 2, 1, 1}, {3, 0, 0, 3})});
    const auto plan = build(tiny.finish(tiny.node("Relu", "relu", {tiny.node("Add", "add", {x, conv})})));
    const auto names = labels(*plan);
    EXPECT_EQ(std::count(names.begin(), names.end(), "Conv+Add+Relu"), 1);
    EXPECT_EQ(run(plan, {1, -1, 2, 0.5F}), (std::vector<float>{4, 0, 8, 2}));
}

TEST_P(PlanPasses, TwoConvolutionsAddedRunInAnOrderThatHasBothOperands)
{
    TinyModel tiny;
    const auto x = tiny.input("x", {1, 1, 1, 3});
    const auto a = tiny.node("Conv", "a", {x, tiny.floats("wa", {1, 1, 1, 1}, {2})});
    const auto b = tiny.node("Conv", "b", {x, tiny.floats("wb", {1, 1, 1, 1}, {5})});
    const auto plan = build(tiny.finish(tiny.node("Add", "add", {a, b})));
    EXPECT_EQ(labels(*plan).size(), 2U);
    EXPECT_EQ(run(plan, {1, 2, 3}), (std::vector<float>{7, 14, 21}));
}

TEST_P(PlanPasses, ShapeArithmeticAndIdentitiesVanish)
{
    TinyModel tiny;
    const auto x = tiny.input("x", {2, 3});
    const auto first = tiny.node("Gather", "first", {tiny.node("Shape", "shape", {x}), tiny.constant<std::int64_t>("zero", core::DType::Int64, {1}, {0})});
    const auto shape = tiny.node("Concat", "join", {first, tiny.constant<std::int64_t>("rest", core::DType::Int64, {2}, {-1, 1})});
    const auto model = tiny.finish(tiny.node("Identity", "same", {tiny.node("Reshape", "reshape", {tiny.node("Relu", "relu", {x}), shape})}));
    // Concat needs its axis.
    auto withAxis = std::make_shared<core::Model>(*model);
    core::Graph &graph = withAxis->graph;
    graph.node(graph.findNode("join")).attributes.push_back({graph.names.intern("axis"), std::int64_t(0)});
    ASSERT_TRUE(core::inferShapes(graph));
    const auto plan = build(withAxis);
    EXPECT_EQ(labels(*plan), (std::vector<std::string>{"Relu", "Reshape"}));
    EXPECT_EQ(plan->foldedNodes(), (std::vector<std::string>{"shape", "first", "join"}));
    EXPECT_EQ(plan->layers()[1].sourceNodes, (std::vector<std::string>{"reshape", "same"}));
    EXPECT_EQ(run(plan, {-1, 2, -3, 4, -5, 6}), (std::vector<float>{0, 2, 0, 4, 0, 6}));
}

TEST_P(PlanPasses, UnknownOperatorsAreListed)
{
    TinyModel tiny;
    const auto y = tiny.node("NoSuchOp", "odd", {tiny.input("x", {1})});
    auto plan = Plan::build(tiny.finish(y));
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, core::ErrorCode::NotSupported);
    EXPECT_NE(plan.error().text().find("NoSuchOp (1)"), std::string::npos);
}

// What inference holds against a node is the reason, not the shape that is missing for it.
TEST_P(PlanPasses, BrokenNodesAreNamedWithWhatIsWrong)
{
    TinyModel tiny;
    const auto x = tiny.input("x", {1, 1, 8, 8});
    const auto y = tiny.node("Conv", "wide", {x, tiny.floats("w", {1, 1, 9, 9}, std::vector<float>(81, 1.0F))});
    const auto model = tiny.finish(tiny.node("Relu", "after", {y}));
    auto withFreeDims = std::make_shared<core::Model>(*model); // as a file that states names for the dimensions
    withFreeDims->graph.tensor(y).shape = core::Shape(4);
    for (const auto &broken : {model, std::shared_ptr<const core::Model>(withFreeDims)}) {
        const auto plan = Plan::build(broken);
        ASSERT_FALSE(plan);
        EXPECT_EQ(plan.error().code, core::ErrorCode::BadInput);
        EXPECT_NE(plan.error().text().find("node wide (Conv)"), std::string::npos) << plan.error().text();
    }
}

// A chain of copies: memory of dead values is used again, so ten values need the place of at most three.
TEST_P(PlanPasses, DeadValuesGiveTheirPlaceBack)
{
    TinyModel tiny;
    auto y = tiny.input("x", {1, 4, 32, 32});
    for (int i = 0; i < 10; ++i)
        y = tiny.node("Exp", "step" + std::to_string(i), {y});
    const auto plan = build(tiny.finish(y));
    EXPECT_LE(plan->arenaBytes(), std::size_t(3) * 4 * 32 * 32 * 4);
}

INSTANTIATE_TEST_SUITE_P(Kernels, PlanPasses, testing::Bool(), [](const auto &kind) { return kind.param ? "Fast" : "Reference"; });

} // namespace
} // namespace nordlys::runtime

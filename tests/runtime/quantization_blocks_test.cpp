// SPDX-License-Identifier: Apache-2.0
// Weights with one grid per block, in the simulation of quantization.
#include <core/quantization/encoding_set.h>
#include <runtime/plan/plan.h>
#include <runtime/quantization/encoded_layers.h>
#include <runtime/quantization/evaluate.h>
#include <support/tiny_model.h>

#include <gtest/gtest.h>

namespace nordlys::runtime {
namespace {

core::EncodingSet blocksOfTwoRows()
{
    core::EncodingEntry entry;
    entry.kind = core::EncodingKind::Parameter;
    entry.encoding.bitwidth = 4;
    entry.encoding.symmetric = true;
    entry.encoding.axis = 1;
    entry.encoding.blockAxis = 0;
    entry.encoding.blockSize = 2;
    for (const double scale : {0.5, 1.0, 0.25, 2.0}) // column 0: rows 0-1, rows 2-3; column 1 the same
        entry.encoding.grids.push_back(*core::gridFromScale(scale, 8, 4));
    core::EncodingSet set;
    set.entries["w"] = entry;
    return set;
}

std::shared_ptr<const core::Model> product()
{
    test::TinyModel tiny;
    const auto x = tiny.input("x", {1, 4});
    const auto w = tiny.floats("w", {4, 2}, {0.7F, 0.3F, 5.0F, -0.9F, 0.7F, 2.9F, -9.0F, 0.9F});
    return tiny.finish(tiny.node("MatMul", "m", {x, w}));
}

TEST(QuantizationBlocks, EveryBlockHasItsGrid)
{
    PlanOptions options;
    options.precision = Precision::QuantSim;
    options.encodings = blocksOfTwoRows();
    const auto plan = Plan::build(product(), options);
    ASSERT_TRUE(plan) << plan.error().text();
    // By hand: codes -8..7. Column 0: steps 0.5 (0.7 -> 0.5; 5 -> 3.5), then 1 (0.7 -> 1; -9 -> -8).
    // Column 1: steps 0.25 (0.3 -> 0.25; -0.9 -> -1), then 2 (2.9 -> 2; 0.9 -> 0).
    const float expected[4][2] = {{0.5F, 0.25F}, {3.5F, -1.0F}, {1.0F, 2.0F}, {-8.0F, 0.0F}};
    for (std::size_t row = 0; row < 4; ++row) {
        auto x = core::HostTensor::create(core::DType::Float32, {1, 4});
        ASSERT_TRUE(x);
        x->as<float>()[row] = 1;
        std::vector<core::HostTensor> inputs;
        inputs.push_back(std::move(*x));
        const auto y = test::outputsOf(*plan, inputs);
        ASSERT_EQ(y.size(), 1U);
        EXPECT_EQ(y[0].as<float>()[0], expected[row][0]) << row;
        EXPECT_EQ(y[0].as<float>()[1], expected[row][1]) << row;
    }
}

// By hand, see above: 5 and -9 lie outside their blocks' ranges (2 of 8 values), and each block uses 2 of its 16 codes.
TEST(QuantizationBlocks, AreMeasuredBlockByBlock)
{
    const auto model = product();
    const auto samples = core::SampleSet::open("random:1:2", model->graph);
    ASSERT_TRUE(samples) << samples.error().text();
    EvaluationOptions options;
    options.encodings = blocksOfTwoRows();
    const auto evaluation = evaluateQuantized(model, *samples, options);
    ASSERT_TRUE(evaluation) << evaluation.error().text();
    ASSERT_EQ(evaluation->weights.size(), 1U);
    EXPECT_DOUBLE_EQ(evaluation->weights[0].clippedPercent, 25);
    EXPECT_DOUBLE_EQ(evaluation->weights[0].deadCodesPercent.value_or(0), 87.5);
}

TEST(QuantizationBlocks, StayWhenTheirLayerIsRaised)
{
    const auto model = product();
    core::EncodingSet set = blocksOfTwoRows();
    set.entries["x"].encoding.grids = {*core::gridFromScale(0.1, 0, 8)};
    const auto layers = encodedLayers(model->graph, set);
    ASSERT_EQ(layers.size(), 1U);
    const auto wide = raised(model->graph, layers, {true}, set, HigherWidth::Int16);
    ASSERT_TRUE(wide) << wide.error().text();
    EXPECT_EQ(wide->entries.at("w"), set.entries.at("w"));
}

// The bias of the file is 0.01; behind the normalization it is 0.01 + 2. Codes of 1e-10 reach 0.2147.
TEST(BiasValues, AreThoseBehindAFoldedNormalization)
{
    test::TinyModel tiny;
    const auto x = tiny.input("x", {1, 1, 2, 2});
    const auto h = tiny.node("Conv", "conv", {x, tiny.floats("w", {1, 1, 1, 1}, {1}), tiny.floats("b", {1}, {0.01F})});
    const auto model = tiny.finish(tiny.node("BatchNormalization", "norm", {h, tiny.floats("gamma", {1}, {1}), tiny.floats("beta", {1}, {2}), tiny.floats("mean", {1}, {0}),
                                                                             tiny.floats("variance", {1}, {1})}));
    core::Encoding fine;
    fine.bitwidth = 32;
    fine.symmetric = true;
    fine.grids = {*core::gridFromScale(1e-10, std::int64_t(1) << 31, 32)};
    const auto planned = BiasValues::of(*model);
    ASSERT_TRUE(planned) << planned.error().text();
    EXPECT_FALSE(planned->fit("b", fine));
    EXPECT_TRUE(BiasValues(model->graph).fit("b", fine));
    fine.grids = {*core::gridFromScale(1e-9, std::int64_t(1) << 31, 32)}; // 2.147
    EXPECT_TRUE(planned->fit("b", fine));
}

TEST(QuantizationBlocks, RefusedByName)
{
    PlanOptions options;
    options.encodings = blocksOfTwoRows();
    options.precision = Precision::Integer;
    const auto integers = Plan::build(product(), options);
    ASSERT_FALSE(integers);
    EXPECT_EQ(integers.error().code, core::ErrorCode::NotSupported);
    EXPECT_NE(integers.error().text().find("blocks"), std::string::npos) << integers.error().text();

    options.precision = Precision::QuantSim;
    options.encodings.entries["w"].encoding.grids.pop_back();
    EXPECT_FALSE(Plan::build(product(), options)) << "three grids for four blocks";

    options.encodings = {};
    options.encodings.entries["x"] = blocksOfTwoRows().entries["w"];
    EXPECT_FALSE(Plan::build(product(), options)) << "an activation";
}

} // namespace
} // namespace nordlys::runtime

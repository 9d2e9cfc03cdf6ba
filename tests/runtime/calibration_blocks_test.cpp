// SPDX-License-Identifier: Apache-2.0
// Ranges of weights per block, by hand.
#include <runtime/quantization/calibrate.h>
#include <support/tiny_model.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nordlys::runtime {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

core::Encoding weightEncoding(const std::shared_ptr<const core::Model> &model, std::int64_t blockSize)
{
    CalibrationOptions options;
    options.weightBits = 4;
    options.blockSize = blockSize;
    const auto samples = core::SampleSet::open("random:1:2", model->graph);
    EXPECT_TRUE(samples) << samples.error().text();
    const auto result = calibrateMinMax(model, *samples, options);
    EXPECT_TRUE(result) << result.error().text();
    const core::EncodingEntry *entry = result->encodings.find("w");
    EXPECT_NE(entry, nullptr);
    return entry->encoding;
}

std::vector<double> sevenths(const core::Encoding &encoding)
{
    std::vector<double> magnitudes; // a symmetric grid of 4 bits has 7 steps above zero
    for (const core::Grid &grid : encoding.grids)
        magnitudes.push_back(grid.scale * 7);
    return magnitudes;
}

auto near(double value) { return DoubleNear(value, 1e-6); }

TEST(CalibrationBlocks, AProductHasOneGridPerRunOfRowsInEveryColumn)
{
    test::TinyModel tiny;
    const auto x = tiny.input("x", {1, 4});
    const auto model = tiny.finish(tiny.node("MatMul", "m", {x, tiny.floats("w", {4, 2}, {0.7F, 0.3F, 5, -0.9F, 0.7F, 2.9F, -9, 0.9F})}));
    const core::Encoding pairs = weightEncoding(model, 2);
    EXPECT_EQ(pairs.axis, 1);
    EXPECT_EQ(pairs.blockAxis, 0);
    EXPECT_EQ(pairs.blockSize, 2);
    EXPECT_TRUE(pairs.symmetric);
    // Column 0: rows 0-1 {0.7, 5}, rows 2-3 {0.7, -9}; column 1: {0.3, -0.9}, {2.9, 0.9}.
    EXPECT_THAT(sevenths(pairs), ElementsAre(near(5), near(9), near(0.9), near(2.9)));
    // Three rows and one.
    EXPECT_THAT(sevenths(weightEncoding(model, 3)), ElementsAre(near(5), near(9), near(2.9), near(0.9)));
    // A block as long as the axis: a grid a column.
    const core::Encoding columns = weightEncoding(model, 4);
    EXPECT_TRUE(columns.isPerChannel());
    EXPECT_THAT(sevenths(columns), ElementsAre(near(9), near(2.9)));
}

TEST(CalibrationBlocks, AConvolutionHasBlocksOfInputChannels)
{
    test::TinyModel tiny;
    const auto x = tiny.input("x", {1, 4, 2, 2});
    // Two filters over four channels with a window of 1 x 2.
    const auto w = tiny.floats("w", {2, 4, 1, 2}, {1, 2, -3, 0, 4, 0, 0, 5, -6, 1, 0, 0, 0.5F, 0, -0.25F, 0});
    const core::Encoding encoding = weightEncoding(tiny.finish(tiny.node("Conv", "c", {x, w})), 2);
    EXPECT_EQ(encoding.axis, 0);
    EXPECT_EQ(encoding.blockAxis, 1);
    EXPECT_THAT(sevenths(encoding), ElementsAre(near(3), near(5), near(6), near(0.5)));
}

} // namespace
} // namespace nordlys::runtime

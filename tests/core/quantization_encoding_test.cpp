// SPDX-License-Identifier: Apache-2.0
#include <core/quantization/encoding.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace nordlys::core {
namespace {

struct RangeCase {
    const char *name;
    double lo, hi;
    RangeRule rule;
    Grid expected;
};

// Worked by hand from the rule of converters: steps = 2^b - 1, zero inside, at least 0.01 wide, halves away from zero.
const RangeCase kRanges[] = {
    {"asymmetric, half away from zero", -1, 1, {8, false, false, false}, {-128 * (2.0 / 255), 127 * (2.0 / 255), 2.0 / 255, 128}},
    {"only positive", 0, 6, {8, false, false, false}, {0, 6, 6.0 / 255, 0}},
    {"positive, zero is pulled in", 2, 6, {8, false, false, false}, {0, 6, 6.0 / 255, 0}},
    {"only negative", -6, -2, {8, false, false, false}, {-6, 0, 6.0 / 255, 255}},
    {"symmetric", -0.5, 2, {8, true, false, false}, {-128 * 2.0 / 127, 2, 2.0 / 127, 128}},
    {"strict symmetric", -0.5, 2, {8, true, true, false}, {-2, 2, 2.0 / 127, 127}},
    {"four bits", -3.5, 1, {4, true, false, false}, {-4, 3.5, 0.5, 8}},
    {"all zeros", 0, 0, {8, false, false, false}, {0, 0.01, 0.01 / 255, 0}},
    {"unsigned symmetric", 0, 5.1, {8, true, false, true}, {0, 5.1, 0.02, 0}},
    {"unsigned symmetric with negatives", -1.27, 1, {8, true, false, true}, {-1.28, 1.27, 0.01, 128}},
    {"sixteen bits", -1, 3, {16, false, false, false}, {-16384 * (4.0 / 65535), 4 - 16384 * (4.0 / 65535), 4.0 / 65535, 16384}},
};

TEST(QuantizationGrid, FromRange)
{
    for (const RangeCase &one : kRanges) {
        const auto grid = gridFromRange(one.lo, one.hi, one.rule);
        ASSERT_TRUE(grid) << one.name;
        EXPECT_NEAR(grid->min, one.expected.min, 1e-12) << one.name;
        EXPECT_NEAR(grid->max, one.expected.max, 1e-12) << one.name;
        EXPECT_NEAR(grid->scale, one.expected.scale, 1e-15) << one.name;
        EXPECT_EQ(grid->zeroPoint, one.expected.zeroPoint) << one.name;
        EXPECT_TRUE(isConsistent(*grid, one.rule.bitwidth)) << one.name;
    }
    const double nan = std::nan(""), inf = std::numeric_limits<double>::infinity(), huge = std::numeric_limits<double>::max();
    for (const auto &[lo, hi] : {std::pair(nan, 1.0), {0.0, nan}, {-inf, 1.0}, {0.0, inf}, {2.0, 1.0}, {-huge, huge}})
        EXPECT_FALSE(gridFromRange(lo, hi, {}));
    for (const int bits : {-1, 0, 1, 33, 1000})
        EXPECT_FALSE(gridFromRange(0, 1, {.bitwidth = bits}));
}

TEST(QuantizationGrid, FromScale)
{
    const auto grid = gridFromScale(0.5, 8, 4);
    ASSERT_TRUE(grid);
    EXPECT_EQ(*grid, (Grid{-4, 3.5, 0.5, 8}));
    const auto bias = gridFromScale(0.25, std::int64_t(1) << 31, 32);
    ASSERT_TRUE(bias);
    EXPECT_EQ(bias->min, -0.25 * 2147483648.0);
    for (const double scale : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity(), 1e308, 1e39, 1e-40, 1e-46})
        EXPECT_FALSE(gridFromScale(scale, 3, 8)) << scale;
    EXPECT_FALSE(gridFromScale(1, -1, 8));
    EXPECT_FALSE(gridFromScale(1, 256, 8));
    EXPECT_TRUE(gridFromScale(1, 255, 8));
    EXPECT_FALSE(std::signbit(gridFromScale(1, 0, 8)->min)); // 0, not -0
}

TEST(QuantizationGrid, CheckEncoding)
{
    Encoding good{8, false, false, -1, {*gridFromRange(-1, 1, {})}};
    EXPECT_TRUE(checkEncoding(good, "t"));
    const auto broken = [&](auto change) {
        Encoding encoding = good;
        change(encoding);
        const auto checked = checkEncoding(encoding, "layer7");
        EXPECT_FALSE(checked);
        EXPECT_NE(checked ? std::string::npos : checked.error().text().find("layer7"), std::string::npos);
    };
    broken([](Encoding &e) { e.bitwidth = 3; });
    broken([](Encoding &e) { e.bitwidth = 64; });
    broken([](Encoding &e) { e.grids.clear(); });
    broken([](Encoding &e) { e.grids.push_back(e.grids[0]); });
    broken([](Encoding &e) { e.grids[0].scale = std::nan(""); });
    broken([](Encoding &e) { e.grids[0].scale = -e.grids[0].scale; });
    broken([](Encoding &e) { e.grids[0].max *= 1.01; });
    broken([](Encoding &e) { e.grids[0].min = std::nan(""); });
    broken([](Encoding &e) { e.grids[0].zeroPoint = 256; });
    broken([](Encoding &e) { e.axis = -5; });
    broken([](Encoding &e) { e.isFloat = true; });
    EXPECT_TRUE(checkEncoding({16, true, false, -1, {}}, "t"));
    EXPECT_FALSE(checkEncoding({8, true, false, -1, {}}, "t"));
}

TEST(QuantizationGrid, QuantizeDequantize)
{
    const Grid grid{-4, 3.5, 0.5, 8};                    // codes of 4 bits
    EXPECT_EQ(quantizeDequantize(0.25F, grid, 4), 0.0F); // 0.5 steps: to even
    EXPECT_EQ(quantizeDequantize(0.75F, grid, 4), 1.0F); // 1.5 steps: to even
    EXPECT_EQ(quantizeDequantize(-0.75F, grid, 4), -1.0F);
    EXPECT_EQ(quantizeDequantize(0.26F, grid, 4), 0.5F);
    EXPECT_EQ(quantizeDequantize(100.0F, grid, 4), 3.5F);
    EXPECT_EQ(quantizeDequantize(-std::numeric_limits<float>::infinity(), grid, 4), -4.0F);
    EXPECT_TRUE(std::isnan(quantizeDequantize(std::nanf(""), grid, 4)));
    const Grid strict = *gridFromRange(-2, 2, {8, true, true, false});
    EXPECT_EQ(quantizeDequantize(9.0F, strict, 8), 2.0F); // code 255 would be 2.0157
}

/// Channels along axis 0 (2), blocks of 2 along axis 1 (3): two blocks a channel, the second of one index.
Encoding blocks()
{
    Encoding encoding;
    encoding.bitwidth = 4;
    encoding.symmetric = true;
    encoding.axis = 0;
    encoding.blockAxis = 1;
    encoding.blockSize = 2;
    for (const double scale : {0.5, 1.0, 0.25, 2.0})
        encoding.grids.push_back(*gridFromScale(scale, 8, 4));
    return encoding;
}

TEST(QuantizationBlocks, GridOfEveryValue)
{
    const std::vector<std::int64_t> dims{2, 3, 2};
    ASSERT_EQ(*gridCountFor(blocks(), dims), 4U);
    const GridIndex index(blocks(), dims);
    const std::vector<std::size_t> expected{0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3};
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(index.of(i), expected[i]) << i;
    EXPECT_EQ(index.run(), 2U);
    Encoding turned = blocks(); // a MatMul's weight: inputs outermost
    turned.axis = 1;
    turned.blockAxis = 0;
    const std::vector<std::int64_t> matrix{3, 2};
    const GridIndex columns(turned, matrix);
    const std::vector<std::size_t> turnedExpected{0, 2, 0, 2, 1, 3};
    for (std::size_t i = 0; i < turnedExpected.size(); ++i)
        EXPECT_EQ(columns.of(i), turnedExpected[i]) << i;
    EXPECT_FALSE(gridCountFor(turned, std::vector<std::int64_t>{3}));
}

TEST(QuantizationBlocks, Checks)
{
    EXPECT_TRUE(checkEncoding(blocks(), "w"));
    EXPECT_TRUE(blocks().isBlockwise());
    EXPECT_FALSE(blocks().isPerChannel());
    const auto refused = [](auto &&change) {
        Encoding encoding = blocks();
        encoding.twoLevel = TwoLevelScale{{0.25, 0.125}, {2, 4, 2, 16}, 8};
        EXPECT_TRUE(checkEncoding(encoding, "w"));
        change(encoding);
        return !checkEncoding(encoding, "w");
    };
    EXPECT_TRUE(refused([](Encoding &e) { e.blockSize = 0; }));
    EXPECT_TRUE(refused([](Encoding &e) { e.blockAxis = 0; }));
    EXPECT_TRUE(refused([](Encoding &e) { e.blockAxis = -1; }));
    EXPECT_TRUE(refused([](Encoding &e) { e.twoLevel->multipliers[1] = 5; }));
    EXPECT_TRUE(refused([](Encoding &e) { e.twoLevel->multipliers[1] = 0; }));
    EXPECT_TRUE(refused([](Encoding &e) { e.twoLevel->multipliers.pop_back(); }));
    EXPECT_TRUE(refused([](Encoding &e) { e.twoLevel->channelScales.clear(); }));
    EXPECT_TRUE(refused([](Encoding &e) { e.twoLevel->decompressedBits = 2; }));
}

} // namespace
} // namespace nordlys::core

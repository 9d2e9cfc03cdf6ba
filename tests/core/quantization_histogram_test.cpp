// SPDX-License-Identifier: Apache-2.0
#include <core/quantization/histogram.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace nordlys::core {
namespace {

/// One value after the other, without the runtime's counting.
GrowingHistogram binned(const std::vector<float> &values)
{
    GrowingHistogram histogram;
    for (const float value : values) {
        histogram.cover(value, value);
        const auto bin = static_cast<std::int64_t>(std::floor(std::ldexp(static_cast<double>(value), -histogram.exponent())));
        ++histogram.counts()[static_cast<std::size_t>(bin - histogram.first())];
    }
    histogram.trim();
    return histogram;
}

/// 0 .. 1023 fill the 1024 bins of width 1; 1024 makes them 2 wide; -1 at the other end makes bin -1.
TEST(QuantizationHistogram, BinsDoubleWhereTheRangeOutgrowsThem)
{
    GrowingHistogram histogram;
    histogram.cover(0, 1023);
    EXPECT_EQ(histogram.exponent(), 0);
    EXPECT_EQ(histogram.counts().size(), 1024U);
    histogram.counts()[0] = 3;
    histogram.counts()[1023] = 5;
    histogram.cover(1024, 1024);
    EXPECT_EQ(histogram.exponent(), 1);
    EXPECT_EQ(histogram.counts()[511], 5U);
    histogram.cover(-1, 0);
    EXPECT_EQ(histogram.exponent(), 1);
    EXPECT_EQ(histogram.first(), -1);
    EXPECT_EQ(histogram.counts()[1], 3U);
    histogram.trim();
    const Histogram shown = histogram.histogram();
    EXPECT_EQ(shown.start, 0);
    EXPECT_EQ(shown.width, 2);
    EXPECT_EQ(shown.bins(), 512U);
}

TEST(QuantizationHistogram, TheOrderOfValuesAndPartsDoesNotShow)
{
    std::mt19937 random(11);
    for (int round = 0; round < 20; ++round) {
        std::vector<float> values;
        std::normal_distribution<float> spread(0, std::ldexp(1.0F, round * 3 - 30));
        for (int i = 0; i < 300; ++i)
            values.push_back(spread(random) * (i % 17 == 0 ? 40.0F : 1.0F));
        const GrowingHistogram whole = binned(values);
        GrowingHistogram merged;
        for (std::size_t part = 5; part-- > 0;)
            merged.merge(binned(std::vector<float>(values.begin() + static_cast<std::ptrdiff_t>(part * 60), values.begin() + static_cast<std::ptrdiff_t>(part * 60 + 60))));
        merged.trim();
        EXPECT_EQ(merged, whole);
        std::shuffle(values.begin(), values.end(), random);
        EXPECT_EQ(binned(values), whole);
    }
}

TEST(QuantizationHistogram, ExtremesHaveBins)
{
    constexpr float largest = std::numeric_limits<float>::max(), tiny = std::numeric_limits<float>::denorm_min();
    GrowingHistogram histogram = binned({largest, -largest, tiny, -tiny, 0.0F});
    EXPECT_LE(histogram.counts().size(), 1024U);
    std::uint64_t total = 0;
    for (const std::uint64_t count : histogram.counts())
        total += count;
    EXPECT_EQ(total, 5U);
    EXPECT_FALSE(GrowingHistogram().covers(0, 0));
    EXPECT_TRUE(binned({}).histogram().weights.empty());
    EXPECT_FALSE(histogram.covers(0, std::numeric_limits<float>::infinity()));
}

/// First batch -1 .. 2: centre .5, three times its width is -4 .. 5, bins of 9/512. Two batches of 4 and 10 values: the mean of .5 and .2 is .35, not 4/14.
TEST(QuantizationHistogram, FirstBatchFixesTheBins)
{
    FirstBatchHistogram histogram(-1, 2);
    EXPECT_DOUBLE_EQ(histogram.start(), -4);
    EXPECT_DOUBLE_EQ(histogram.width(), 9.0 / 512);
    std::vector<std::uint64_t> counts(512);
    counts[7] = 2;
    histogram.addBatch(counts, 4);
    EXPECT_DOUBLE_EQ(histogram.density()[7], 0.5);
    histogram.addBatch(counts, 10);
    EXPECT_DOUBLE_EQ(histogram.density()[7], 0.35);
    EXPECT_DOUBLE_EQ(histogram.histogram().weights[7], 0.35 * 14);
    EXPECT_EQ(histogram.batches(), 2U);
    // Equal values: at least 0.01 wide.
    EXPECT_DOUBLE_EQ(FirstBatchHistogram(3, 3).width(), 0.03 / 512);
}

TEST(QuantizationHistogram, StoredPartsAreChecked)
{
    EXPECT_TRUE(GrowingHistogram::fromParts(-3, -2, {1, 0, 2}, "h"));
    EXPECT_FALSE(GrowingHistogram::fromParts(200, 0, {1}, "h"));
    EXPECT_FALSE(GrowingHistogram::fromParts(0, 5000, {1}, "h"));
    EXPECT_FALSE(GrowingHistogram::fromParts(0, 0, std::vector<std::uint64_t>(1025), "h"));
    EXPECT_FALSE(GrowingHistogram::fromParts(0, 0, {std::numeric_limits<std::uint64_t>::max()}, "h"));
    EXPECT_FALSE(FirstBatchHistogram::fromParts(0, 0, 1, 1, std::vector<double>(512), "h"));
    EXPECT_FALSE(FirstBatchHistogram::fromParts(0, 1, 1, 1, std::vector<double>(511), "h"));
    EXPECT_FALSE(FirstBatchHistogram::fromParts(0, 1, 1, 1, std::vector<double>(512, std::nan("")), "h"));
}

} // namespace
} // namespace nordlys::core

// SPDX-License-Identifier: Apache-2.0
// The order of float32 sums in the plain kernels, on numbers whose result depends on it. Expected values are worked out by hand.
#include <runtime/kernels/reference/float_sum.h>

#include <gtest/gtest.h>

#include <vector>

namespace nordlys::runtime::reference {
namespace {

std::vector<std::int64_t> blockLengths(SumBlocks blocks, std::int64_t products)
{
    std::vector<std::int64_t> lengths(1, 0);
    for (std::int64_t i = 0; i < products; ++i) {
        ++lengths.back();
        if (blocks.ends())
            lengths.push_back(0);
    }
    lengths.pop_back(); // an open block at the end would be lost
    return lengths;
}

TEST(FloatSum, BlocksFollowTheShapeOfThePanel)
{
    using Lengths = std::vector<std::int64_t>;
    EXPECT_EQ(blockLengths(SumBlocks(8, 300, 1000), 300), (Lengths{128, 128, 44}));
    EXPECT_EQ(blockLengths(SumBlocks(8, 300, 49), 300), (Lengths{256, 44})) << "49 columns: 64 would do, so blocks are twice as long";
    EXPECT_EQ(blockLengths(SumBlocks(8, 3000, 1), 3000), (Lengths{1024, 1024, 952})) << "not beyond 16 columns";
    EXPECT_EQ(blockLengths(SumBlocks(8, 27, 1024), 27), (Lengths{27}));
    EXPECT_EQ(blockLengths(SumBlocks(1, 9, 49), 9), (Lengths{4, 4, 1}));
    EXPECT_EQ(blockLengths(SumBlocks(1, 7, 49), 7), (Lengths{4, 2, 1}));
    EXPECT_EQ(blockLengths(SumBlocks(8, 1, 1), 1), (Lengths{1}));
}

TEST(FloatSum, FusedProductsAreRoundedOnce)
{
    // (1 + e)^2 = 1 + 2e + e^2, with e^2 below half a unit of 1: rounded first it is lost, fused with -1 it stays.
    const float e = 0x1p-13F, x = 1 + e;
    float fused = -1, rounded = -1;
    addProducts(true, &x, 1, x, &fused, 1);
    addProducts(false, &x, 1, x, &rounded, 1);
    EXPECT_EQ(fused, 0x1p-12F + 0x1p-26F);
    EXPECT_EQ(rounded, 0x1p-12F);
    const float a[] = {1, x}, b[] = {-1, x};
    EXPECT_EQ(dotProduct(a, 1, b, 1, 2), 0x1p-12F + 0x1p-26F);
}

TEST(FloatSum, ProductsTakeEveryStrideAndLength)
{
    std::vector<float> from(64), to(20, 0.5F);
    for (std::size_t i = 0; i < from.size(); ++i)
        from[i] = static_cast<float>(i);
    addProducts(true, from.data(), 3, 2, to.data(), 19);
    for (std::size_t i = 0; i < 19; ++i)
        EXPECT_EQ(to[i], 0.5F + 6 * static_cast<float>(i)) << i;
    EXPECT_EQ(to[19], 0.5F) << "not one more";
}

TEST(FloatSum, AMeanHasFourPartialSums)
{
    // In order, 2^24 swallows every 1. In four sums only lane 0 holds it: lanes 1 to 3 keep their 1s until they meet it.
    const float big = 0x1p24F;
    const float eight[] = {big, 1, 1, 1, 0, 1, 1, 1};
    EXPECT_EQ(meanOf(eight, 8), (big + 2 + 4) / 8) << "(0 + 2) + (1 + 3)";
    const float five[] = {big, 1, 0, 1, 1};
    EXPECT_EQ(meanOf(five, 5), (big + 4) / 5) << "the fifth comes last: big + 3 is a tie, which goes to the even neighbour; in lane 0 it would be lost";
}

} // namespace
} // namespace nordlys::runtime::reference

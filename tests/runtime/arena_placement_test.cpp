// SPDX-License-Identifier: Apache-2.0
#include <runtime/plan/arena_placement.h>

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace nordlys::runtime {
namespace {

constexpr std::uint64_t noLimit = std::numeric_limits<std::uint64_t>::max() / 2;

void expectApart(const std::vector<ArenaBlock> &blocks, std::uint64_t top)
{
    for (std::size_t a = 0; a < blocks.size(); ++a) {
        EXPECT_LE(blocks[a].offset + blocks[a].size, top);
        for (std::size_t b = a + 1; b < blocks.size(); ++b) {
            const bool together = blocks[a].first <= blocks[b].last && blocks[b].first <= blocks[a].last;
            const bool overlap = blocks[a].offset < blocks[b].offset + blocks[b].size && blocks[b].offset < blocks[a].offset + blocks[a].size;
            EXPECT_FALSE(together && overlap) << a << " and " << b;
        }
    }
}

TEST(ArenaPlacement, BoundIsTheLargestSumOfWhatIsNeededAtOnce)
{
    EXPECT_EQ(largestLiveSum({}), 0U);
    // Steps 0 1 2 3: 64, 64 + 128, 128 + 256, 256.
    EXPECT_EQ(largestLiveSum({{64, 0, 1}, {128, 1, 2}, {256, 2, 3}}), 384U);
    constexpr std::uint64_t huge = std::numeric_limits<std::uint64_t>::max() / 2 + 1;
    EXPECT_EQ(largestLiveSum({{huge, 0, 1}, {huge, 0, 1}, {huge, 0, 1}}), std::numeric_limits<std::uint64_t>::max());
}

// In the order of time the large block comes to lie behind the two small ones of which one is dead; placed first it does not.
TEST(ArenaPlacement, LargeBlocksThatComeLateTakeThePlaceOfDeadOnes)
{
    std::vector<ArenaBlock> blocks{{64, 0, 1}, {64, 0, 3}, {64, 1, 2}, {128, 3, 4}, {192, 4, 5}};
    const auto top = placeBlocks(blocks, noLimit);
    ASSERT_TRUE(top);
    expectApart(blocks, *top);
    EXPECT_EQ(*top, largestLiveSum(blocks));
}

TEST(ArenaPlacement, RandomBlocksStayApartAndComeNearTheBound)
{
    std::mt19937 random(3);
    for (int round = 0; round < 30; ++round) {
        std::vector<ArenaBlock> blocks;
        for (int i = 0; i < 150; ++i) {
            const int first = static_cast<int>(random() % 100), length = static_cast<int>(random() % (i % 10 == 0 ? 60 : 6));
            blocks.push_back({64 * (1 + random() % 50), first, first + length});
        }
        const auto top = placeBlocks(blocks, noLimit);
        ASSERT_TRUE(top);
        expectApart(blocks, *top);
        EXPECT_LE(static_cast<double>(*top), 1.1 * static_cast<double>(largestLiveSum(blocks)));
        auto again = blocks;
        EXPECT_EQ(placeBlocks(again, noLimit), top);
        for (std::size_t i = 0; i < blocks.size(); ++i)
            EXPECT_EQ(again[i].offset, blocks[i].offset) << "the same blocks, other places";
    }
}

TEST(ArenaPlacement, TheLimitHolds)
{
    std::vector<ArenaBlock> blocks{{64, 0, 1}, {64, 1, 2}};
    EXPECT_EQ(placeBlocks(blocks, 128), std::uint64_t(128));
    EXPECT_FALSE(placeBlocks(blocks, 127));
    std::vector<ArenaBlock> huge{{std::uint64_t(1) << 63, 0, 1}, {std::uint64_t(1) << 63, 0, 1}};
    EXPECT_FALSE(placeBlocks(huge, noLimit));
}

// Pairs of blocks that live at the same time: 5 thousand millions. They are not looked at one by one.
TEST(ArenaPlacement, AHundredThousandBlocksAtOnceArePlacedWithoutLookingAtAllPairs)
{
    std::vector<ArenaBlock> blocks(100'000, ArenaBlock{64, 0, 10});
    EXPECT_EQ(placeBlocks(blocks, noLimit), std::uint64_t(64) * 100'000);
    for (std::size_t i = 0; i < blocks.size(); ++i)
        blocks[i] = {64 * (1 + i % 7), static_cast<int>(i % 1000), static_cast<int>(i % 1000 + 500 + i % 13)};
    const auto top = placeBlocks(blocks, noLimit);
    ASSERT_TRUE(top);
    EXPECT_LE(static_cast<double>(*top), 1.5 * static_cast<double>(largestLiveSum(blocks)));
}

} // namespace
} // namespace nordlys::runtime

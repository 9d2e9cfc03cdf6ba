// SPDX-License-Identifier: Apache-2.0
#include <core/placement/segment_partition.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace nordlys::core {
namespace {

using Successors = std::vector<std::vector<std::size_t>>;

struct Case {
    Successors successors;
    std::vector<std::uint8_t> colors;
};

Case randomCase(std::mt19937 &random)
{
    const auto pick = [&random](std::size_t low, std::size_t high) { return std::uniform_int_distribution<std::size_t>(low, high)(random); };
    Case made;
    const std::size_t items = pick(1, 40), colors = pick(1, 3);
    made.successors.resize(items);
    for (std::size_t item = 0; item < items; ++item) {
        made.colors.push_back(static_cast<std::uint8_t>(pick(0, colors - 1)));
        for (std::size_t edge = item == 0 ? 0 : pick(0, 3); edge > 0; --edge)
            made.successors[pick(pick(0, 1) ? 0 : (item > 4 ? item - 4 : 0), item - 1)].push_back(item);
    }
    return made;
}

/// Which segments can be reached from each over one edge or more; plain and slow on purpose.
std::vector<std::vector<bool>> closureOf(const Case &graph, const std::vector<std::size_t> &segment, std::size_t count)
{
    std::vector<std::vector<bool>> reach(count, std::vector<bool>(count, false));
    for (std::size_t item = 0; item < segment.size(); ++item) {
        for (const std::size_t next : graph.successors[item]) {
            if (segment[item] != segment[next])
                reach[segment[item]][segment[next]] = true;
        }
    }
    for (std::size_t via = 0; via < count; ++via) {
        for (std::size_t from = 0; from < count; ++from) {
            for (std::size_t to = 0; to < count; ++to)
                reach[from][to] = reach[from][to] || (reach[from][via] && reach[via][to]);
        }
    }
    return reach;
}

bool isConnected(const Case &graph, const std::vector<std::size_t> &segment, std::size_t id)
{
    std::set<std::size_t> left;
    for (std::size_t item = 0; item < segment.size(); ++item) {
        if (segment[item] == id)
            left.insert(item);
    }
    std::vector<std::size_t> stack{*left.begin()};
    left.erase(left.begin());
    while (!stack.empty()) {
        const std::size_t at = stack.back();
        stack.pop_back();
        for (auto it = left.begin(); it != left.end();) {
            const auto &forward = graph.successors[at], &backward = graph.successors[*it];
            if (std::ranges::find(forward, *it) != forward.end() || std::ranges::find(backward, at) != backward.end()) {
                stack.push_back(*it);
                it = left.erase(it);
            } else {
                ++it;
            }
        }
    }
    return left.empty();
}

TEST(SegmentPartition, HoldsItsPromisesOnRandomGraphs)
{
    std::mt19937 random(20);
    for (int round = 0; round < 3000; ++round) {
        SCOPED_TRACE("round " + std::to_string(round));
        const Case graph = randomCase(random);
        const auto segment = partitionByColor(graph.successors, graph.colors);
        ASSERT_EQ(segment.size(), graph.colors.size());
        const std::size_t count = *std::ranges::max_element(segment) + 1;
        std::vector<int> colorOf(count, -1);
        for (std::size_t item = 0; item < segment.size(); ++item) {
            int &color = colorOf[segment[item]];
            ASSERT_TRUE(color < 0 || color == graph.colors[item]) << "one colour a segment";
            color = graph.colors[item];
        }
        ASSERT_EQ(std::ranges::count(colorOf, -1), 0) << "no number is left out";
        const auto reach = closureOf(graph, segment, count);
        for (std::size_t item = 0; item < segment.size(); ++item) {
            for (const std::size_t next : graph.successors[item])
                ASSERT_LE(segment[item], segment[next]) << "numbers are an order of execution, so there is no cycle";
        }
        for (std::size_t id = 0; id < count; ++id) {
            ASSERT_FALSE(reach[id][id]);
            ASSERT_TRUE(isConnected(graph, segment, id));
        }
        for (std::size_t item = 0; item < segment.size(); ++item) {
            for (const std::size_t next : graph.successors[item]) {
                const std::size_t from = segment[item], to = segment[next];
                if (from == to || colorOf[from] != colorOf[to])
                    continue;
                bool other = false;
                for (std::size_t via = 0; via < count; ++via)
                    other = other || (reach[from][via] && reach[via][to]);
                ASSERT_TRUE(other) << "segments " << from << " and " << to << " could be one";
            }
        }
    }
}

TEST(SegmentPartition, OneColourConnectedIsOneSegment)
{
    Successors chain(1000);
    for (std::size_t i = 0; i + 1 < chain.size(); ++i)
        chain[i] = {i + 1};
    EXPECT_EQ(partitionByColor(chain, std::vector<std::uint8_t>(1000, 2)), std::vector<std::size_t>(1000, 0));
}

TEST(SegmentPartition, GivingUpEarlyKeepsTheOrder)
{
    std::mt19937 random(5);
    for (int round = 0; round < 300; ++round) {
        const Case graph = randomCase(random);
        const auto segment = partitionByColor(graph.successors, graph.colors, 3);
        for (std::size_t item = 0; item < segment.size(); ++item) {
            for (const std::size_t next : graph.successors[item]) {
                ASSERT_LE(segment[item], segment[next]);
                ASSERT_TRUE(segment[item] != segment[next] || graph.colors[item] == graph.colors[next]);
            }
        }
    }
}

TEST(SegmentPartition, NothingIsNothing)
{
    EXPECT_TRUE(partitionByColor({}, {}).empty());
}

} // namespace
} // namespace nordlys::core

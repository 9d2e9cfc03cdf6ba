// SPDX-License-Identifier: Apache-2.0
#include <core/placement/placement.h>
#include <support/graph_builder.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace nordlys::core {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::filesystem::path kTables = std::filesystem::path(NORDLYS_SOURCE_DIR) / "resources/backends";

class Placement : public testing::Test {
protected:
    void SetUp() override
    {
        auto loaded = BackendCapabilities::load(kTables);
        ASSERT_TRUE(loaded) << loaded.error().text();
        m_tables = *std::move(loaded);
    }
    PlacementPlan plan(const BackendAssignments &assignments, std::optional<Backend> allOn = {})
    {
        auto planned = planPlacement(m_build.graph, m_encodings, assignments, m_tables, {allOn});
        EXPECT_TRUE(planned) << planned.error().text();
        return planned ? *std::move(planned) : PlacementPlan();
    }
    /// "cpu: a b" per segment, by output names.
    std::vector<std::string> segmentsOf(const PlacementPlan &plan) const
    {
        std::vector<std::string> texts;
        for (const Segment &segment : plan.segments) {
            std::string text = std::string(nameOf(segment.backend)) + ":";
            for (const NodeId node : segment.nodes)
                text += " " + std::string(m_build.graph.nameOf(node)).substr(5);
            texts.push_back(text);
        }
        return texts;
    }
    std::vector<std::string> crossingsOf(const PlacementPlan &plan) const
    {
        std::vector<std::string> texts;
        for (const Crossing &crossing : plan.crossings) {
            texts.push_back(std::string(m_build.graph.nameOf(crossing.tensor)) + " " + std::to_string(crossing.from) + ">" +
                            std::to_string(crossing.to) + " " + std::to_string(crossing.bytes));
        }
        return texts;
    }
    void encode(const std::string &tensor, int bits = 8)
    {
        EncodingEntry entry;
        entry.encoding.bitwidth = bits;
        entry.encoding.grids = {*gridFromRange(-1, 1, {bits, false, false, false})};
        m_encodings.entries[tensor] = entry;
    }
    /// x -> conv (bias) -> relu -> pool -> add(pool, side) where side = sigmoid(x2).
    void buildNetwork()
    {
        const TensorId x = m_build.input("x", {1, 3, 8, 8});
        const TensorId conv = m_build.node("Conv", {x, m_build.constant("w", {4, 3, 1, 1}), m_build.constant("b", {4})}, "conv", {1, 4, 8, 8});
        const TensorId relu = m_build.node("Relu", {conv}, "relu", {1, 4, 8, 8});
        const TensorId pool = m_build.node("MaxPool", {relu}, "pool", {1, 4, 4, 4});
        const TensorId side = m_build.node("Sigmoid", {relu}, "side", {1, 4, 8, 8});
        const TensorId low = m_build.node("MaxPool", {side}, "low", {1, 4, 4, 4});
        m_build.output(m_build.node("Add", {pool, low}, "sum", {1, 4, 4, 4}));
    }

    test::GraphBuilder m_build;
    EncodingSet m_encodings;
    BackendCapabilities m_tables;
};

TEST_F(Placement, EverythingIsOnTheCpuUnlessSomebodySaysOtherwise)
{
    buildNetwork();
    const PlacementPlan all = plan({});
    EXPECT_THAT(segmentsOf(all), ElementsAre("cpu: conv relu pool side low sum"));
    EXPECT_THAT(all.crossings, IsEmpty());
    EXPECT_FALSE(all.nodes[0].assigned);
}

TEST_F(Placement, CutsWhereTheBackendChangesAndCountsTheBytes)
{
    buildNetwork();
    const PlacementPlan cut = plan({{"node_side", Backend::Htp}});
    // pool may not join the last segment's other half early, but it may stay with its producer or its user.
    EXPECT_THAT(segmentsOf(cut), ElementsAre("cpu: conv relu pool", "htp: side", "cpu: low sum"));
    EXPECT_THAT(crossingsOf(cut), ElementsAre("relu 0>1 1024", "pool 0>2 256", "side 1>2 1024"));
    EXPECT_TRUE(cut.nodes[3].assigned);
}

TEST_F(Placement, EstimatesComeFromTheTables)
{
    buildNetwork();
    const PlacementPlan cut = plan({{"node_side", Backend::Htp}});
    const BackendTable &cpu = m_tables.of(Backend::Cpu), &htp = m_tables.of(Backend::Htp);
    ASSERT_GT(htp.crossingFixedUs, 0);
    const double expected = cpu.crossingFixedUs + htp.crossingFixedUs + 1024 / std::min(cpu.crossingBytesPerUs, htp.crossingBytesPerUs);
    EXPECT_DOUBLE_EQ(cut.crossings[0].estimateUs, expected);
}

TEST_F(Placement, BytesFollowTypeAndFreeDimensions)
{
    const TensorId x = m_build.input("x", {2, 5});
    const TensorId cast = m_build.node("Cast", {x}, "cast", {2, 5}, DType::Float16);
    m_build.graph.tensor(cast).shape->at(0) = Dim{};
    m_build.output(m_build.node("Relu", {cast}, "relu", {2, 5}, DType::Float16));
    EXPECT_THAT(crossingsOf(plan({{"node_relu", Backend::Htp}})), ElementsAre("cast 0>1 10"));
}

TEST_F(Placement, WhatIsFusedKeepsOneBackend)
{
    buildNetwork();
    const PlacementPlan follows = plan({{"node_conv", Backend::Htp}});
    EXPECT_THAT(segmentsOf(follows), ElementsAre("htp: conv relu", "cpu: pool side low sum"));
    EXPECT_FALSE(follows.nodes[1].assigned);
    EXPECT_EQ(follows.nodes[1].follows, NodeId(0));
    EXPECT_THAT(segmentsOf(plan({{"node_relu", Backend::Htp}})), ElementsAre("htp: conv relu", "cpu: pool side low sum"));

    const PlacementPlan split = plan({{"node_conv", Backend::Htp}, {"node_relu", Backend::Cpu}});
    EXPECT_THAT(segmentsOf(split), ElementsAre("htp: conv", "cpu: relu pool side low sum"));
}

TEST_F(Placement, AValueThatLeavesAFusedGroupNeedsAnEncoding)
{
    buildNetwork();
    for (const char *name : {"x", "w", "relu", "pool", "side", "low", "sum"})
        encode(name);
    EXPECT_TRUE(checkPlacement(m_build.graph, plan({{"node_conv", Backend::Htp}})));
    const BackendAssignments apart{{"node_conv", Backend::Htp}, {"node_relu", Backend::Cpu}};
    const auto refused = checkPlacement(m_build.graph, plan(apart));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::BadInput);
    EXPECT_THAT(refused.error().text(), AllOf(HasSubstr("node_conv"), HasSubstr("'conv'"), HasSubstr("fused")));
    encode("conv");
    EXPECT_TRUE(checkPlacement(m_build.graph, plan(apart)));
}

TEST_F(Placement, MissingEncodingsAreNamedAndStopABuild)
{
    buildNetwork();
    const PlacementPlan bare = plan({}, Backend::Htp);
    const BackendReason &reason = bare.nodes[0].reasonOf(Backend::Htp);
    EXPECT_TRUE(reason.allowed);
    EXPECT_EQ(reason.kind, ReasonKind::MissingEncoding);
    EXPECT_THAT(reason.why, AllOf(HasSubstr("Conv2d"), HasSubstr("'x' and 1 more")));
    EXPECT_THAT(reason.fix, HasSubstr("Calibrate"));
    const auto refused = checkPlacement(m_build.graph, bare);
    ASSERT_FALSE(refused);
    EXPECT_EQ(exitCodeOf(refused.error().code), 3);
}

TEST_F(Placement, EncodingsOfAnotherWidthAreRefused)
{
    buildNetwork();
    for (const char *name : {"x", "w", "relu", "pool", "side", "low", "sum"})
        encode(name);
    encode("side", 12);
    const PlacementPlan cut = plan({}, Backend::Htp);
    EXPECT_THAT(segmentsOf(cut), ElementsAre("htp: conv relu pool", "cpu: side low", "htp: sum"));
    EXPECT_THAT(cut.nodes[3].reasonOf(Backend::Htp).why, HasSubstr("12 bits"));
    EXPECT_THAT(cut.nodes[3].reasonOf(Backend::Htp).fix, HasSubstr("8 or 16"));
}

TEST_F(Placement, TheGpuIsRefusedWithAReason)
{
    buildNetwork();
    const auto all = planPlacement(m_build.graph, {}, {}, m_tables, {Backend::Gpu});
    ASSERT_FALSE(all);
    EXPECT_EQ(exitCodeOf(all.error().code), 5);
    EXPECT_FALSE(all.error().why.empty());
    const PlacementPlan one = plan({{"node_pool", Backend::Gpu}});
    EXPECT_EQ(one.nodes[2].backend, Backend::Gpu);
    EXPECT_FALSE(one.nodes[2].reasonOf(Backend::Gpu).allowed);
    const auto checked = checkPlacement(m_build.graph, one);
    ASSERT_FALSE(checked);
    EXPECT_EQ(exitCodeOf(checked.error().code), 5);
    EXPECT_THAT(checked.error().text(), HasSubstr("node_pool"));
}

TEST_F(Placement, ReasonsNameOperatorRankAndType)
{
    const TensorId x = m_build.input("x", {1, 1, 1, 1, 1, 2});
    const TensorId indices = m_build.input("indices", {2}, DType::Int64);
    const TensorId relu = m_build.node("Relu", {x}, "relu", {1, 1, 1, 1, 1, 2});
    m_build.output(m_build.node("Gather", {relu, indices}, "gather", {2, 1, 1, 1, 1}));
    m_build.output(m_build.node("Neg", {indices}, "neg", {2}, DType::Int64));
    m_build.output(m_build.node("Loop", {}, "loop", {1}));
    m_build.output(m_build.node("Frobnicate", {relu}, "odd", {1}));
    const PlacementPlan all = plan({}, Backend::Htp);
    const auto why = [&all](std::size_t node) { return all.nodes[node].reasonOf(Backend::Htp).why; };
    EXPECT_THAT(why(0), AllOf(HasSubstr("rank 6"), HasSubstr("5")));
    EXPECT_THAT(why(1), HasSubstr("rank 6"));
    EXPECT_THAT(why(2), HasSubstr("int64"));
    EXPECT_THAT(why(3), HasSubstr("control flow"));
    EXPECT_THAT(why(4), HasSubstr("no operator Frobnicate"));
    EXPECT_THAT(all.nodes[4].reasonOf(Backend::Cpu).why, HasSubstr("not known to Nordlys"));
    for (const NodePlacement &node : all.nodes)
        EXPECT_EQ(node.backend, Backend::Cpu);
}

TEST_F(Placement, WhatConstantsDecideCostsNoCrossing)
{
    const TensorId x = m_build.input("x", {1, 4});
    const TensorId folded = m_build.node("Transpose", {m_build.constant("w", {4, 4})}, "wt", {4, 4});
    const TensorId first = m_build.node("MatMul", {x, folded}, "first", {1, 4});
    const TensorId soft = m_build.node("Softmax", {first}, "soft", {1, 4});
    m_build.output(m_build.node("MatMul", {soft, folded}, "second", {1, 4}));
    const PlacementPlan cut = plan({{"node_first", Backend::Htp}, {"node_second", Backend::Htp}});
    EXPECT_THAT(segmentsOf(cut), ElementsAre("htp: wt first", "cpu: soft", "htp: second"));
    EXPECT_THAT(crossingsOf(cut), ElementsAre("first 0>1 16", "soft 1>2 16"));
    EXPECT_TRUE(cut.nodes[0].isFolded);
}

TEST_F(Placement, AssignmentsToNobodyAreListed)
{
    buildNetwork();
    EXPECT_THAT(plan({{"gone", Backend::Htp}}).unknownNodes, ElementsAre("gone"));
}

TEST_F(Placement, RandomAssignmentsKeepEveryNodeOnceAndTheOrder)
{
    std::mt19937 random(7);
    std::vector<TensorId> values{m_build.input("x", {1, 4})};
    for (int i = 0; i < 120; ++i) {
        const auto any = [&] { return values[values.size() - 1 - random() % std::min<std::size_t>(values.size(), 6)]; };
        values.push_back(m_build.node("Mul", {any(), any()}, "v" + std::to_string(i), {1, 4}));
    }
    m_build.output(values.back());
    for (int round = 0; round < 50; ++round) {
        BackendAssignments assignments;
        for (int i = 0; i < 120; ++i) {
            if (random() % 2)
                assignments["node_v" + std::to_string(i)] = random() % 2 ? Backend::Htp : Backend::Gpu;
        }
        const PlacementPlan cut = plan(assignments);
        std::vector<int> seen(m_build.graph.nodes.size(), 0);
        for (const Segment &segment : cut.segments) {
            for (const NodeId node : segment.nodes) {
                ++seen[node.index];
                EXPECT_EQ(cut.of(node).backend, segment.backend);
                EXPECT_EQ(cut.segmentOf(node), segment.id);
                for (const TensorId input : m_build.graph.node(node).inputs) {
                    if (m_build.graph.tensor(input).producer.isValid()) {
                        EXPECT_LE(cut.segmentOf(m_build.graph.tensor(input).producer), segment.id);
                    }
                }
            }
        }
        EXPECT_EQ(std::ranges::count(seen, 1), static_cast<std::ptrdiff_t>(seen.size()));
        for (const Crossing &crossing : cut.crossings)
            EXPECT_LT(crossing.from, crossing.to);
    }
}

} // namespace
} // namespace nordlys::core

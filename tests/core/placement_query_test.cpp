// SPDX-License-Identifier: Apache-2.0
#include <core/placement/node_query.h>
#include <support/graph_builder.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nordlys::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(NodeQuery, TermsMustAllMatch)
{
    const NodeQuery::Row conv{"stem/Conv_1", "Conv+Relu", "activation", "htp", 12.0};
    for (const char *text : {"stem", "STEM conv", "op:conv", "op:Relu", "op:Conv+Relu", "op:Gemm,Conv", "op:C*", "name:*conv_?", "name:tem",
                             "kind:act share>2%", "share<12,5", "backend:htp !op:Gemm", "\"stem/conv\"", "", "  "})
        EXPECT_TRUE(NodeQuery(text).matches(conv)) << text;
    for (const char *text : {"stem gone", "op:Con", "op:ConvTranspose", "name:conv*", "share>12", "backend:cpu", "!stem", "kind:weight", "st?m", "foo:bar"})
        EXPECT_FALSE(NodeQuery(text).matches(conv)) << text;
    EXPECT_FALSE(NodeQuery("share>0").matches({"relu", "Relu", {}, {}, {}}));
}

TEST(NodeQuery, OddTextIsAPlainWord)
{
    const NodeQuery::Row row{"a op: share>x name:", "Op", {}, {}, {}};
    for (const char *text : {"op:", "share>x", "name:", "!", "*"})
        EXPECT_EQ(NodeQuery(text).matches(row), std::string(text) != "!") << text;
}

TEST(NodeQuery, ManyStarsEndInTime)
{
    const std::string name(20'000, 'a');
    EXPECT_FALSE(NodeQuery("*a*a*a*a*a*a*a*a*a*a*b").matches({name, {}, {}, {}, {}}));
}

TEST(NodeQuery, ANamesOwnTextMeansThatNodeAlone)
{
    test::GraphBuilder build;
    TensorId value = build.input("x", {1});
    for (const char *name : {"conv1", "conv10", "relu"})
        value = build.node("Relu", {value}, name, {1});
    EXPECT_THAT(selectNodes(build.graph, "node_conv1"), ElementsAre(NodeId(0)));
    EXPECT_THAT(selectNodes(build.graph, "conv1"), ElementsAre(NodeId(0), NodeId(1)));
    EXPECT_THAT(selectNodes(build.graph, "backend:htp", {Backend::Cpu, Backend::Htp, Backend::Cpu}), ElementsAre(NodeId(1)));
    EXPECT_THAT(selectNodes(build.graph, " "), IsEmpty());
    EXPECT_THAT(selectNodes(build.graph, "op:Conv"), IsEmpty());
}

TEST(NodeQuery, AssignmentsSplitAtTheLastSign)
{
    const auto good = parseQueryAssignment("name:a=b=htp");
    ASSERT_TRUE(good);
    EXPECT_EQ(good->query, "name:a=b");
    EXPECT_EQ(good->backend, Backend::Htp);
    for (const char *text : {"op:Conv", "op:Conv=", "op:Conv=npu", "=htp", "  =cpu", ""}) {
        const auto bad = parseQueryAssignment(text);
        ASSERT_FALSE(bad) << text;
        EXPECT_EQ(bad.error().code, ErrorCode::Usage) << text;
    }
}

} // namespace
} // namespace nordlys::core

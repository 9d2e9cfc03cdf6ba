// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/layout/layered_graph.h>
#include <core/layout/layered_layout.h>

#include <support/shared_data.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>

namespace nordlys::core {
namespace {

/// Graph of nodes 0..n-1, one output each, with the given connections.
Graph makeGraph(std::size_t nodes, std::vector<std::pair<std::size_t, std::size_t>> edges, const std::string &prefix = "n")
{
    Graph graph;
    std::vector<TensorId> outputs(nodes);
    for (std::size_t i = 0; i < nodes; ++i)
        outputs[i] = graph.addTensor(prefix + std::to_string(i) + ":0", DType::Float32);
    std::vector<std::vector<TensorId>> inputs(nodes);
    for (const auto &[from, to] : edges)
        inputs[to].push_back(outputs[from]);
    for (std::size_t i = 0; i < nodes; ++i) {
        Node node;
        node.name = graph.names.intern(prefix + std::to_string(i));
        node.opType = graph.names.intern("Op");
        node.inputs = inputs[i];
        node.outputs = {outputs[i]};
        graph.addNode(std::move(node));
    }
    return graph;
}

std::vector<std::pair<std::size_t, std::size_t>> residualEdges(std::size_t blocks)
{
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    for (std::size_t b = 0; b < blocks; ++b) { // entry, two on the path, sum
        const std::size_t n = 4 * b;
        if (b > 0)
            edges.emplace_back(n - 1, n);
        edges.insert(edges.end(), {{n, n + 1}, {n + 1, n + 2}, {n + 2, n + 3}, {n, n + 3}});
    }
    return edges;
}

bool touches(const LayoutNode &box, PointF a, PointF b)
{
    const double slack = 0.01;
    return std::max(a.x, b.x) > box.x + slack && std::min(a.x, b.x) < box.x + box.width - slack &&
           std::max(a.y, b.y) > box.y + slack && std::min(a.y, b.y) < box.y + box.height - slack;
}

/// Every promise of the drawing that can be checked from outside.
void expectSound(const Graph &graph, const GraphLayout &layout, const std::string &name)
{
    ASSERT_EQ(layout.nodes.size(), graph.nodes.size()) << name;
    std::map<double, std::vector<const LayoutNode *>> rows;
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        const LayoutNode &box = layout.nodes[i];
        ASSERT_EQ(box.node.index, i);
        ASSERT_GE(box.x, -0.01);
        ASSERT_LE(box.x + box.width, layout.width + 0.01);
        ASSERT_LE(box.y + box.height, layout.height + 0.01);
        rows[box.y].push_back(&box);
    }
    double above = -1e9;
    for (auto &[y, row] : rows) {
        ASSERT_GT(y, above) << name << ": two rows overlap";
        std::sort(row.begin(), row.end(), [](const auto *a, const auto *b) { return a->x < b->x; });
        for (std::size_t i = 0; i + 1 < row.size(); ++i)
            ASSERT_LE(row[i]->x + row[i]->width, row[i + 1]->x) << name << ": boxes overlap at y " << y;
        above = y + row.front()->height;
    }
    std::size_t uses = 0;
    for (const Node &node : graph.nodes) {
        std::vector<TensorId> distinct;
        for (const TensorId input : node.inputs)
            if (input.isValid() && graph.tensor(input).producer.isValid())
                distinct.push_back(input);
        std::sort(distinct.begin(), distinct.end());
        uses += static_cast<std::size_t>(std::unique(distinct.begin(), distinct.end()) - distinct.begin());
    }
    ASSERT_EQ(layout.edges.size(), uses) << name << ": one edge for each use of a tensor";
    for (const LayoutEdge &edge : layout.edges) {
        const LayoutNode &from = layout.nodes[edge.from.index], &to = layout.nodes[edge.to.index];
        ASSERT_GE(edge.points.size(), 2U);
        ASSERT_LT(from.rank, to.rank) << name;
        ASSERT_NEAR(edge.points.front().y, from.y + from.height, 1e-6);
        ASSERT_NEAR(edge.points.back().y, to.y, 1e-6);
        ASSERT_GE(edge.points.front().x, from.x);
        ASSERT_LE(edge.points.front().x, from.x + from.width);
        ASSERT_GE(edge.points.back().x, to.x);
        ASSERT_LE(edge.points.back().x, to.x + to.width);
        for (std::size_t i = 0; i + 1 < edge.points.size(); ++i) {
            const PointF a = edge.points[i], b = edge.points[i + 1];
            ASSERT_TRUE(std::abs(a.x - b.x) < 1e-6 || std::abs(a.y - b.y) < 1e-6) << name << ": a slanted piece";
            ASSERT_LE(a.y, b.y) << name << ": an edge goes upward";
            for (auto row = rows.upper_bound(a.y - from.height - 1); row != rows.end() && row->first < b.y; ++row) {
                // The first box that ends to the right of the piece; all boxes have one width.
                auto box = std::lower_bound(row->second.begin(), row->second.end(), std::min(a.x, b.x) - from.width,
                                            [](const LayoutNode *candidate, double x) { return candidate->x < x; });
                for (; box != row->second.end() && (*box)->x < std::max(a.x, b.x); ++box)
                    ASSERT_FALSE(touches(**box, a, b)) << name << ": edge " << edge.from.index << " -> " << edge.to.index
                                                       << " crosses box " << (*box)->node.index;
            }
        }
    }
}

GraphLayout layoutOf(const Graph &graph)
{
    auto result = layoutGraph(graph);
    EXPECT_TRUE(result.hasValue()) << (result ? "" : result.error().text());
    return result ? std::move(*result) : GraphLayout{};
}

TEST(LayeredLayout, EmptyGraphIsAnEmptyDrawing)
{
    const GraphLayout layout = layoutOf(Graph{});
    EXPECT_TRUE(layout.nodes.empty());
    EXPECT_EQ(layout.width, 0);
    EXPECT_EQ(layout.height, 0);
}

TEST(LayeredLayout, ChainIsAStraightLine)
{
    const Graph graph = makeGraph(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}});
    const GraphLayout layout = layoutOf(graph);
    expectSound(graph, layout, "chain");
    for (const LayoutNode &node : layout.nodes)
        EXPECT_DOUBLE_EQ(node.x, layout.nodes[0].x);
    for (const LayoutEdge &edge : layout.edges)
        EXPECT_EQ(edge.points.size(), 2U);
    EXPECT_DOUBLE_EQ(layout.width, 210);
    EXPECT_DOUBLE_EQ(layout.height, 5 * 34 + 4 * 30);
}

TEST(LayeredLayout, MainColumnOfAResidualNetworkIsStraightAndSkipsRunBesideIt)
{
    const Graph graph = makeGraph(4 * 12, residualEdges(12));
    const GraphLayout layout = layoutOf(graph);
    expectSound(graph, layout, "residual");
    for (const LayoutNode &node : layout.nodes)
        EXPECT_NEAR(node.x, layout.nodes[0].x, 0.01) << node.node.index;
    EXPECT_LT(layout.width, 210 + 60);
}

TEST(LayeredLayout, ConstantsSitAboveTheirConsumer)
{
    // 0..4 chain; 5 feeds 6 and 6 feeds 4: the branch belongs right above 4. Node order: branch first.
    const Graph graph = makeGraph(7, {{0, 1}, {1, 6}, {2, 3}, {3, 4}, {4, 5}, {5, 6}});
    const GraphLayout layout = layoutOf(graph);
    expectSound(graph, layout, "branch");
    EXPECT_EQ(layout.nodes[6].rank, 4);
    EXPECT_EQ(layout.nodes[1].rank, 3);
    EXPECT_EQ(layout.nodes[0].rank, 2);
}

TEST(LayeredLayout, UntanglesWhatCanBeUntangled)
{
    // Two parallel chains whose node order is interleaved the wrong way round: 0 -> 3 -> 4, 1 -> 2 -> 5, all from one root and to
    // one sum.
    const Graph graph = makeGraph(8, {{0, 1}, {0, 2}, {1, 4}, {2, 3}, {3, 6}, {4, 5}, {5, 7}, {6, 7}});
    auto layered = layout::makeLayeredGraph(graph);
    ASSERT_TRUE(layered.hasValue());
    ASSERT_TRUE(layout::reduceCrossings(*layered, {}));
    EXPECT_EQ(layout::countCrossings(*layered), 0U);
    expectSound(graph, layoutOf(graph), "two chains");
}

/// Crossings of complete bipartite graphs drawn on two lines are known: C(m, 2) * C(n, 2).
TEST(LayeredLayout, CountsCrossingsOfCompleteBipartiteGraphs)
{
    for (const auto &[m, n] : {std::pair{2, 2}, {3, 3}, {2, 5}, {4, 6}}) {
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        for (int i = 0; i < m; ++i)
            for (int k = 0; k < n; ++k)
                edges.emplace_back(i, m + k);
        const Graph graph = makeGraph(static_cast<std::size_t>(m + n), edges);
        auto layered = layout::makeLayeredGraph(graph);
        ASSERT_TRUE(layered.hasValue());
        EXPECT_EQ(layout::countCrossings(*layered), static_cast<std::uint64_t>(m * (m - 1) / 2 * (n * (n - 1) / 2)));
        ASSERT_TRUE(layout::reduceCrossings(*layered, {}));
        EXPECT_EQ(layout::countCrossings(*layered), static_cast<std::uint64_t>(m * (m - 1) / 2 * (n * (n - 1) / 2)));
        expectSound(graph, layoutOf(graph), "bipartite");
    }
}

/// Against the definition: pairs of arcs whose ends are in opposite order.
TEST(LayeredLayout, CrossingCountEqualsTheDefinition)
{
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round) {
        const std::size_t n = 12 + random() % 20;
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        for (std::size_t to = 1; to < n; ++to)
            for (int k = 0; k < 2; ++k)
                edges.emplace_back(random() % to, to);
        const Graph graph = makeGraph(n, edges);
        auto layered = layout::makeLayeredGraph(graph);
        ASSERT_TRUE(layered.hasValue());
        const auto byDefinition = [&] {
            std::uint64_t count = 0;
            for (std::size_t i = 0; i < layered->arcs.size(); ++i)
                for (std::size_t k = i + 1; k < layered->arcs.size(); ++k) {
                    const auto &a = layered->arcs[i], &b = layered->arcs[k];
                    if (layered->rank[a.upper] != layered->rank[b.upper])
                        continue;
                    const auto left = static_cast<std::int64_t>(layered->position[a.upper]) - layered->position[b.upper];
                    const auto right = static_cast<std::int64_t>(layered->position[a.lower]) - layered->position[b.lower];
                    count += left * right < 0 ? 1 : 0;
                }
            return count;
        };
        const std::uint64_t before = layout::countCrossings(*layered);
        EXPECT_EQ(before, byDefinition());
        ASSERT_TRUE(layout::reduceCrossings(*layered, {}));
        EXPECT_EQ(layout::countCrossings(*layered), byDefinition());
        EXPECT_LE(layout::countCrossings(*layered), before);
    }
}

TEST(LayeredLayout, RandomGraphsAreSound)
{
    std::mt19937 random(11);
    for (int round = 0; round < 60; ++round) {
        const std::size_t n = 1 + random() % 120;
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        for (std::size_t to = 1; to < n; ++to) {
            const std::size_t fanIn = random() % 4;
            for (std::size_t k = 0; k < fanIn; ++k)
                edges.emplace_back(random() % 3 == 0 ? random() % to : to - 1 - random() % std::min<std::size_t>(to, 5), to);
        }
        const Graph graph = makeGraph(n, edges);
        expectSound(graph, layoutOf(graph), "random " + std::to_string(round));
        if (HasFatalFailure())
            return;
    }
}

TEST(LayeredLayout, IsDeterministicAndBlindToNames)
{
    const auto edges = residualEdges(40);
    std::string longName(500, 'x'); // "+" here would be a false warning of GCC 12 where headers are precompiled
    longName += '/';
    const Graph graph = makeGraph(160, edges), renamed = makeGraph(160, edges, longName);
    const GraphLayout a = layoutOf(graph), b = layoutOf(graph), c = layoutOf(renamed);
    for (const GraphLayout *other : {&b, &c}) {
        ASSERT_EQ(a.edges.size(), other->edges.size());
        for (std::size_t i = 0; i < a.nodes.size(); ++i) {
            EXPECT_EQ(a.nodes[i].x, other->nodes[i].x);
            EXPECT_EQ(a.nodes[i].y, other->nodes[i].y);
        }
        for (std::size_t i = 0; i < a.edges.size(); ++i)
            EXPECT_EQ(a.edges[i].points, other->edges[i].points);
    }
}

TEST(LayeredLayout, OneTensorUsedManyTimesIsSoundAndBounded)
{
    // One source feeds 3000 nodes that all feed one sink.
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    for (std::size_t i = 1; i <= 3000; ++i) {
        edges.emplace_back(0, i);
        edges.emplace_back(i, 3001);
    }
    const Graph graph = makeGraph(3002, edges);
    const GraphLayout layout = layoutOf(graph);
    expectSound(graph, layout, "fan");
    EXPECT_LT(layout.height, 3 * 34 + 2 * 49 * 12 + 200);
}

TEST(LayeredLayout, ANodeBeforeItsProducerIsBadInput)
{
    Graph graph = makeGraph(2, {{0, 1}});
    std::swap(graph.nodes[0], graph.nodes[1]);
    graph.relink();
    const auto result = layoutGraph(graph);
    ASSERT_FALSE(result.hasValue());
    EXPECT_EQ(result.error().code, ErrorCode::BadInput);
}

TEST(LayeredLayout, StopsWhenAsked)
{
    std::stop_source source;
    source.request_stop();
    const auto result = layoutGraph(makeGraph(8, residualEdges(2)), {}, JobContext{source.get_token(), {}});
    ASSERT_FALSE(result.hasValue());
    EXPECT_EQ(result.error().code, ErrorCode::Interrupted);
}

double secondsFor(const Graph &graph, GraphLayout &layout)
{
    const auto start = std::chrono::steady_clock::now();
    layout = layoutOf(graph);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(LayeredLayout, HundredThousandNodesWithLongSkips)
{
    constexpr std::size_t kNodes = 100'000;
    auto edges = residualEdges(kNodes / 4);
    for (std::size_t i = 0; i + 60'000 < kNodes; i += 400)
        edges.emplace_back(i, i + 50'000 + i % 9'000);
    const Graph graph = makeGraph(kNodes, edges);
    GraphLayout layout;
    RecordProperty("seconds", std::to_string(secondsFor(graph, layout)));
    expectSound(graph, layout, "100,000 nodes");
    EXPECT_LT(layout.width, 10'000) << "long skips share lanes beside the drawing";
}

TEST(LayeredLayout, RealModelsAreSound)
{
    for (const char *name :
         {"simple_model/model.onnx", "mobilenet_v2_imagenet_float/model.onnx", "resnet20_cifar10/model.onnx",
          "unet_random/model.onnx", "yolox_nano/model.onnx", "encoder_random/model.onnx", "ssdlite320_random/model.onnx",
          "deep_residual_random/model.onnx", "unrolled_gru_random/model.onnx"}) {
        NORDLYS_REQUIRE_SHARED(nordlys::test::sharedModel(name));
        const auto model = openModel(nordlys::test::sharedModel(name));
        ASSERT_TRUE(model.hasValue()) << name << ": " << model.error().text();
        GraphLayout layout;
        const double seconds = secondsFor((*model)->graph, layout);
        RecordProperty(std::string(name).substr(0, std::string(name).find('/')), std::to_string(seconds));
        expectSound((*model)->graph, layout, name);
        if (HasFatalFailure())
            return;
    }
}

TEST(LayoutSvg, EscapesNamesAndStatesEveryBox)
{
    Graph graph = makeGraph(2, {{0, 1}}, "<script>&\"\x01\xff");
    const std::string svg = layoutToSvg(graph, layoutOf(graph));
    EXPECT_EQ(svg.find("<script"), std::string::npos);
    EXPECT_NE(svg.find("&lt;script&gt;&amp;&quot;"), std::string::npos);
    EXPECT_EQ(svg.find('\x01'), std::string::npos);
    EXPECT_EQ(svg.find('\xff'), std::string::npos);
    std::size_t boxes = 0;
    for (std::size_t at = svg.find("class=\"b\""); at != std::string::npos; at = svg.find("class=\"b\"", at + 1))
        ++boxes;
    EXPECT_EQ(boxes, 2U);
}

} // namespace
} // namespace nordlys::core

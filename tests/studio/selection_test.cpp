// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

#include <studio/workspace/graph_choice.h>

#include <QTreeView>

namespace nordlys::studio::test {
namespace {

std::vector<core::NodeId> ids(std::initializer_list<std::size_t> indices)
{
    std::vector<core::NodeId> nodes;
    for (const std::size_t index : indices)
        nodes.emplace_back(index);
    return nodes;
}

/// a -> b -> d, a -> c -> d, and e apart.
core::Graph diamond()
{
    core::Graph graph;
    const auto tensor = [&graph](const char *name) { return graph.addTensor(name, core::DType::Float32); };
    const auto node = [&graph](const char *name, std::vector<core::TensorId> in, core::TensorId out) {
        core::Node made;
        made.name = graph.names.intern(name);
        made.opType = graph.names.intern("Relu");
        made.domain = graph.names.intern("");
        made.inputs = std::move(in);
        made.outputs = {out};
        graph.addNode(made);
    };
    const core::TensorId x = tensor("x"), a = tensor("a"), b = tensor("b"), c = tensor("c"), d = tensor("d"), e = tensor("e");
    node("a", {x}, a);
    node("b", {a}, b);
    node("c", {a}, c);
    node("d", {b, c}, d);
    node("e", {x}, e);
    return graph;
}

TEST(GraphChoice, WaysThroughTheGraph)
{
    const core::Graph graph = diamond();
    EXPECT_EQ(withUpstream(graph, ids({1})), ids({0, 1}));
    EXPECT_EQ(withUpstream(graph, ids({3})), ids({0, 1, 2, 3}));
    EXPECT_EQ(withDownstream(graph, ids({2})), ids({2, 3}));
    EXPECT_EQ(withDownstream(graph, ids({0})), ids({0, 1, 2, 3}));
    EXPECT_EQ(nodesBetween(graph, core::NodeId(3), core::NodeId(0)), ids({0, 1, 2, 3}));
    EXPECT_EQ(nodesBetween(graph, core::NodeId(0), core::NodeId(2)), ids({0, 2}));
    EXPECT_EQ(nodesBetween(graph, core::NodeId(1), core::NodeId(4)), ids({1, 4}));
}

class SelectionTest : public WindowTest {
protected:
    void SetUp() override
    {
        WindowTest::SetUp();
        openDigits();
        canvas = &window->graphView().canvas();
        canvas->fit();
        QTest::qWait(200);
    }
    Workspace &workspace() { return window->workspace(); }
    QPoint at(std::size_t node) const { return canvas->positionOf(core::NodeId(node)).toPoint(); }
    void click(std::size_t node, Qt::KeyboardModifiers keys = Qt::NoModifier)
    {
        QTest::mouseClick(canvas, Qt::LeftButton, keys, at(node));
    }
    const std::vector<core::NodeId> &selected() { return workspace().selectedNodes().nodes(); }

    GraphCanvas *canvas = nullptr;
};

TEST_F(SelectionTest, CtrlClickTakesInAndOut)
{
    click(2);
    click(4, Qt::ControlModifier);
    EXPECT_EQ(selected(), ids({2, 4}));
    EXPECT_EQ(workspace().selection().node, core::NodeId(4));
    click(4, Qt::ControlModifier);
    EXPECT_EQ(selected(), ids({2}));
    EXPECT_EQ(workspace().selection().node, core::NodeId(2));
    click(3);
    EXPECT_EQ(selected(), ids({3}));
}

TEST_F(SelectionTest, ShiftClickTakesAllBetween)
{
    click(1);
    click(4, Qt::ShiftModifier);
    EXPECT_EQ(selected(), nodesBetween(workspace().document()->graph(), core::NodeId(1), core::NodeId(4)));
    EXPECT_GE(selected().size(), 3U);
    EXPECT_EQ(workspace().selection().node, core::NodeId(1));
}

TEST_F(SelectionTest, ShiftDragSelectsWhatTheBandTouchesAndDoesNotPan)
{
    const QPointF offset = canvas->transform().offset;
    const QRectF first = canvas->transform().toScreen(canvas->scene()->nodeBox(core::NodeId(1)));
    const QRectF last = canvas->transform().toScreen(canvas->scene()->nodeBox(core::NodeId(3)));
    const QRectF around = first.united(last).adjusted(-3, -3, 3, 3);
    std::vector<core::NodeId> expected;
    for (std::size_t i = 0; i < canvas->scene()->nodeCount(); ++i) {
        const QRectF box = canvas->transform().toScreen(canvas->scene()->nodeBox(core::NodeId(i)));
        if (box.left() <= around.right() && around.left() <= box.right() && box.top() <= around.bottom() &&
            around.top() <= box.bottom())
            expected.emplace_back(i);
    }
    ASSERT_GE(expected.size(), 2U);
    QTest::mousePress(canvas, Qt::LeftButton, Qt::ShiftModifier, around.topLeft().toPoint());
    for (int step = 1; step <= 4; ++step) {
        const QPointF point = around.topLeft() + (around.bottomRight() - around.topLeft()) * step / 4;
        QMouseEvent move(QEvent::MouseMove, point, canvas->mapToGlobal(point), Qt::NoButton, Qt::LeftButton, Qt::ShiftModifier);
        QCoreApplication::sendEvent(canvas, &move);
    }
    QTest::mouseRelease(canvas, Qt::LeftButton, Qt::ShiftModifier, around.bottomRight().toPoint());
    EXPECT_EQ(selected(), expected);
    EXPECT_EQ(canvas->transform().offset, offset);
}

TEST_F(SelectionTest, RowsAndGraphSelectTheSame)
{
    auto *table = child<TableView>("layersDockTable");
    ASSERT_NE(table, nullptr);
    const auto clickRow = [table](int row, Qt::KeyboardModifiers keys) {
        const QModelIndex index = table->model()->index(row, 1);
        table->scrollTo(index);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, keys, table->visualRect(index).center());
    };
    clickRow(0, Qt::NoModifier);
    clickRow(2, Qt::ControlModifier);
    EXPECT_EQ(selected(), ids({0, 2}));
    clickRow(0, Qt::NoModifier);
    clickRow(3, Qt::ShiftModifier);
    EXPECT_EQ(selected(), ids({0, 1, 2, 3}));
    click(1);
    click(3, Qt::ControlModifier);
    std::vector<int> rows;
    for (const QModelIndex &index : table->selectionModel()->selectedRows())
        rows.push_back(index.row());
    std::ranges::sort(rows);
    EXPECT_EQ(rows, (std::vector<int>{1, 3}));
    auto *tree = child<QTreeView>("opsTree");
    EXPECT_EQ(tree->selectionModel()->selectedRows().size(), 2);
}

TEST_F(SelectionTest, SelectedNodesOfOneClickTensorAndNothing)
{
    const core::TensorId tensor = workspace().document()->graph().node(core::NodeId(2)).outputs.front();
    click(1);
    click(3, Qt::ControlModifier);
    workspace().selectTensor(tensor);
    EXPECT_EQ(selected(), ids({2}));
    workspace().clearSelection();
    EXPECT_TRUE(selected().empty());
    workspace().selectNodes(ids({4, 1, 4}), core::NodeId(9));
    EXPECT_EQ(selected(), ids({1, 4}));
    EXPECT_EQ(workspace().selection().node, core::NodeId(1));
}

} // namespace
} // namespace nordlys::studio::test

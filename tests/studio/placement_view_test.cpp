// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

#include <studio/views/graph/graph_view.h>
#include <studio/views/inspector/inspector.h>
#include <studio/views/placement/node_actions.h>
#include <studio/views/placement/placement_view.h>
#include <studio/workspace/encoding_edits.h>

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QMenu>

namespace nordlys::studio::test {
namespace {

using core::Backend;

/// Relu operators: a chain of `count`, or with `branches` a fork of two chains that an Add joins.
std::shared_ptr<const core::Model> reluModel(int count, bool branches = false)
{
    auto model = std::make_shared<core::Model>();
    core::Graph &graph = model->graph;
    const auto tensor = [&graph](const std::string &name) {
        return graph.addTensor(name, core::DType::Float32, core::toShape({1, 2, 3, 5}));
    };
    const auto node = [&graph](const std::string &name, const char *op, std::vector<core::TensorId> inputs, core::TensorId out) {
        core::Node made;
        made.name = graph.names.intern(name);
        made.opType = graph.names.intern(op);
        made.domain = graph.names.intern("");
        made.opset = 13;
        made.inputs = std::move(inputs);
        made.outputs = {out};
        graph.addNode(made);
        return out;
    };
    core::TensorId last = tensor("x");
    graph.tensor(last).isGraphInput = true;
    graph.inputs.push_back(last);
    if (branches) {
        const core::TensorId left = node("left", "Relu", {last}, tensor("l"));
        const core::TensorId right = node("right", "Relu", {last}, tensor("r"));
        last = node("join", "Add", {left, right}, tensor("j"));
    }
    for (int i = 0; i < count; ++i)
        last = node("relu_" + std::to_string(i), "Relu", {last}, tensor("t" + std::to_string(i)));
    graph.tensor(last).isGraphOutput = true;
    graph.outputs.push_back(last);
    model->path = "relu.onnx";
    return model;
}

class PlacementTest : public WindowTest {
protected:
    void SetUp() override
    {
        WindowTest::SetUp();
        openDigits();
    }
    void open(std::shared_ptr<const core::Model> model)
    {
        auto document = makeDocument(std::move(model), {});
        ASSERT_TRUE(document) << document.error().text();
        window->workspace().setDocument(*document, {});
        QTest::qWait(20);
    }
    Workspace &workspace() { return window->workspace(); }
    const core::Graph &graph() { return workspace().document()->graph(); }
    const core::PlacementPlan &plan() { return *workspace().placement().plan(); }
    GraphCanvas &canvas() { return window->viewAs<GraphView>("graph")->canvas(); }
    PlacementView &placement() { return *window->viewAs<PlacementView>("placement"); }
    std::vector<core::NodeId> nodesOf(std::string_view op)
    {
        std::vector<core::NodeId> nodes;
        for (std::size_t i = 0; i < graph().nodes.size(); ++i) {
            if (graph().opOf(core::NodeId(i)) == op)
                nodes.emplace_back(i);
        }
        return nodes;
    }
    void clickNode(core::NodeId node, Qt::KeyboardModifiers keys = Qt::NoModifier)
    {
        canvas().showNode(node, false);
        QTest::mouseClick(&canvas(), Qt::LeftButton, keys, canvas().positionOf(node).toPoint());
    }
    void put(std::initializer_list<const char *> nodes, Backend backend)
    {
        std::vector<core::NodeId> ids;
        for (const char *name : nodes)
            ids.push_back(workspace().document()->findNode(name));
        workspace().placement().assign(ids, backend);
    }
};

TEST_F(PlacementTest, TwoNodesGoToTheHtpAndBackAndAgain)
{
    const std::vector<core::NodeId> convs = nodesOf("Conv");
    ASSERT_GE(convs.size(), 2U);
    EXPECT_FALSE(canvas().bands().isDivided());
    clickNode(convs[0]);
    clickNode(convs[1], Qt::ControlModifier);
    press(Qt::Key_H, Qt::ControlModifier | Qt::AltModifier);
    const auto &assigned = workspace().edits().placement;
    ASSERT_EQ(assigned.size(), 2U);
    EXPECT_EQ(assigned.find(graph().nameOf(convs[0]))->second, Backend::Htp);
    EXPECT_EQ(assigned.find(graph().nameOf(convs[1]))->second, Backend::Htp);
    EXPECT_EQ(workspace().history().stack().count(), 1);
    EXPECT_TRUE(canvas().bands().isDivided());
    EXPECT_EQ(canvas().bands().backendOf(convs[0]), Backend::Htp);
    ASSERT_FALSE(canvas().bands().crossings().empty());
    for (const core::Crossing &crossing : canvas().bands().crossings()) {
        std::int64_t elements = 1;
        for (const core::Dim &dim : *graph().tensor(crossing.tensor).shape)
            elements *= dim.isKnown() ? dim.value : 1;
        EXPECT_EQ(crossing.bytes, 4 * elements);
    }
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(workspace().edits().placement.empty());
    EXPECT_FALSE(canvas().bands().isDivided());
    press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(workspace().edits().placement.size(), 2U);
    EXPECT_TRUE(canvas().bands().isDivided());
    press(Qt::Key_A, Qt::ControlModifier | Qt::AltModifier);
    EXPECT_TRUE(workspace().edits().placement.empty());
    EXPECT_EQ(workspace().history().stack().count(), 2);
}

TEST_F(PlacementTest, QuerySelectsAllThatMatch)
{
    auto *filter = child<QLineEdit>("filter");
    filter->setFocus();
    QTest::keyClicks(filter, QStringLiteral("op:Conv"));
    QTest::keyClick(filter, Qt::Key_Return, Qt::ControlModifier);
    QTest::qWait(10);
    EXPECT_EQ(workspace().selectedNodes().nodes(), nodesOf("Conv"));
    filter->clear();
    QTest::keyClicks(filter, QStringLiteral("op:Nothing"));
    press(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(workspace().selectedNodes().nodes(), nodesOf("Conv")) << "a query without a match leaves the selection";
}

TEST_F(PlacementTest, FilterFindsNodesByTheirBackend)
{
    const std::vector<core::NodeId> convs = nodesOf("Conv");
    workspace().placement().assign(convs, Backend::Htp);
    workspace().setFilter(QStringLiteral("backend:htp op:Conv"));
    QTest::qWait(10);
    press(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(workspace().selectedNodes().nodes(), convs);
}

TEST_F(PlacementTest, ContextMenuOfTheGraphPutsTheNodeThere)
{
    const core::NodeId conv = nodesOf("Conv").front();
    canvas().showNode(conv, false);
    QTest::qWait(20);
    bool gpuRefused = false;
    auto *poll = new QTimer(window.get());
    QObject::connect(poll, &QTimer::timeout, window.get(), [&, poll] {
        auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
        if (!menu)
            return;
        poll->stop();
        for (QAction *action : menu->actions()) {
            if (action->objectName() == placeActionId(Backend::Gpu))
                gpuRefused = !action->isEnabled() && action->toolTip().contains(QStringLiteral("GPU"));
        }
        for (QAction *action : menu->actions()) {
            if (action->objectName() == placeActionId(Backend::Htp)) {
                menu->setActiveAction(action);
                QTest::keyClick(menu, Qt::Key_Return);
                return;
            }
        }
        menu->close();
        ADD_FAILURE() << "the menu does not offer the HTP";
    });
    poll->start(10);
    const QPoint at = canvas().positionOf(conv).toPoint();
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, canvas().mapToGlobal(at));
    QCoreApplication::sendEvent(&canvas(), &event);
    EXPECT_TRUE(waitUntil([this] { return workspace().edits().placement.size() == 1; }, 3000));
    EXPECT_TRUE(gpuRefused);
    EXPECT_EQ(workspace().selectedNodes().nodes(), std::vector<core::NodeId>{conv});
}

TEST_F(PlacementTest, AllOnOneIsOneStep)
{
    ASSERT_TRUE(window->showView(QStringLiteral("placement")));
    auto *button = child<QPushButton>("place.all.htp");
    ASSERT_NE(button, nullptr);
    ASSERT_TRUE(button->isEnabled());
    QTest::mouseClick(button, Qt::LeftButton);
    for (const core::NodePlacement &place : plan().nodes)
        EXPECT_TRUE(place.isFolded || place.backend == Backend::Htp || !place.reasonOf(Backend::Htp).allowed)
            << graph().nameOf(place.node);
    EXPECT_EQ(workspace().history().stack().count(), 1);
    auto *gpu = child<QPushButton>("place.all.gpu");
    EXPECT_FALSE(gpu->isEnabled());
    EXPECT_TRUE(gpu->toolTip().contains(QStringLiteral("does not exist"))) << gpu->toolTip().toStdString();
    QTest::qWait(20);
    QTest::mouseClick(child<QPushButton>("place.all.cpu"), Qt::LeftButton);
    EXPECT_TRUE(workspace().edits().placement.empty());
}

TEST_F(PlacementTest, LanesSelectSegmentsAndCrossings)
{
    open(reluModel(6));
    window->showView(QStringLiteral("placement"));
    put({"relu_2", "relu_3"}, Backend::Htp);
    QTest::qWait(50);
    ASSERT_EQ(plan().segments.size(), 3U);
    PlacementLanes &lanes = placement().lanes();
    QTest::mouseClick(lanes.viewport(), Qt::LeftButton, Qt::NoModifier, lanes.segmentRect(1).center());
    EXPECT_EQ(workspace().selectedNodes().nodes(), (std::vector<core::NodeId>{core::NodeId(2), core::NodeId(3)}));
    QTest::keyClick(&lanes, Qt::Key_Right);
    EXPECT_EQ(workspace().selectedNodes().nodes(), (std::vector<core::NodeId>{core::NodeId(4), core::NodeId(5)}));
    QTest::keyClick(&lanes, Qt::Key_Left);
    QTest::keyClick(&lanes, Qt::Key_Left);
    EXPECT_EQ(workspace().selectedNodes().nodes(), (std::vector<core::NodeId>{core::NodeId(0), core::NodeId(1)}));
    const QRect plate = lanes.plateRect(0, 1);
    ASSERT_FALSE(plate.isEmpty());
    QTest::mouseClick(lanes.viewport(), Qt::LeftButton, Qt::NoModifier, plate.center());
    EXPECT_EQ(workspace().selection().tensor, workspace().document()->findTensor("t1"));
}

TEST_F(PlacementTest, BandsFollowTheSegmentsDownTheDrawing)
{
    open(reluModel(6));
    put({"relu_2", "relu_3"}, Backend::Htp);
    const GraphBands &bands = canvas().bands();
    ASSERT_EQ(bands.bands().size(), 3U);
    const GraphScene &scene = *canvas().scene();
    for (std::size_t i = 0; i < 6; ++i) {
        const double middle = scene.nodeBox(core::NodeId(i)).center().y();
        const auto [first, last] = bands.bandsIn(middle, middle);
        ASSERT_EQ(last, first + 1) << i;
        EXPECT_EQ(bands.bands()[first].segment, i / 2);
        EXPECT_EQ(bands.bands()[first].backend, i / 2 == 1 ? Backend::Htp : Backend::Cpu);
    }
    EXPECT_EQ(bands.bands()[0].bottom, bands.bands()[1].top);
    EXPECT_TRUE(bands.bands()[0].arriving.empty());
    ASSERT_EQ(bands.bands()[1].arriving.size(), 1U);
    EXPECT_EQ(graph().nameOf(bands.crossings()[bands.bands()[1].arriving.front()].tensor), "t1");
    EXPECT_EQ(bands.crossings()[bands.bands()[1].arriving.front()].bytes, 1 * 2 * 3 * 5 * 4);
    const QPixmap drawn = canvas().grab();
    ASSERT_EQ(canvas().plates().size(), 2U);
    QTest::mouseClick(&canvas(), Qt::LeftButton, Qt::NoModifier, canvas().plates()[1].rect.center().toPoint());
    EXPECT_EQ(workspace().selection().tensor, workspace().document()->findTensor("t3"));
}

TEST_F(PlacementTest, BranchesSideBySideShareABand)
{
    open(reluModel(1, true));
    put({"left"}, Backend::Htp);
    const GraphBands &bands = canvas().bands();
    const double middle = canvas().scene()->nodeBox(workspace().document()->findNode("left")).center().y();
    ASSERT_EQ(middle, canvas().scene()->nodeBox(workspace().document()->findNode("right")).center().y());
    const auto [first, last] = bands.bandsIn(middle, middle);
    ASSERT_EQ(last, first + 1);
    EXPECT_EQ(bands.bands()[first].segment, GraphBand::kSeveral);
    EXPECT_FALSE(bands.bands()[first].backend.has_value());
}

TEST_F(PlacementTest, SmallestChangeIsMadeByItsButton)
{
    open(reluModel(3));
    window->showView(QStringLiteral("placement"));
    TableView &table = placement().table();
    const QModelIndex row = table.model()->index(1, 1);
    QTest::mouseClick(table.viewport(), Qt::LeftButton, Qt::NoModifier, table.visualRect(row).center());
    QTest::qWait(20);
    ASSERT_FALSE(placement().pane().fixes().empty());
    EXPECT_EQ(placement().pane().fixes().front().kind, PlacementFix::Kind::Change);
    auto *apply = child<QPushButton>("applyFix");
    ASSERT_NE(apply, nullptr);
    QTest::mouseClick(apply, Qt::LeftButton);
    ASSERT_EQ(workspace().edits().placement.size(), 1U);
    EXPECT_EQ(workspace().edits().placement.begin()->first, "relu_1");
    EXPECT_EQ(workspace().edits().placement.begin()->second, Backend::Htp);
}

TEST_F(PlacementTest, RefusedEncodingIsMendedInOneStep)
{
    open(reluModel(2));
    // Four-bit activations are nothing that the HTP takes.
    core::EncodingEntry entry;
    entry.encoding.bitwidth = 4;
    entry.encoding.grids = {{0.0, 1.5, 0.1, 0}};
    for (const char *tensor : {"x", "t0", "t1"})
        ASSERT_TRUE(workspace().history().apply({core::SetEncoding{tensor, entry}}, QStringLiteral("encode")));
    const core::NodeId node(0);
    ASSERT_EQ(plan().of(node).reasonOf(Backend::Htp).kind, core::ReasonKind::Encoding);
    const std::vector<PlacementFix> fixes = PlacementFixes(workspace()).of(node, Backend::Htp);
    ASSERT_FALSE(fixes.empty());
    ASSERT_TRUE(fixes.front().change.has_value());
    const int steps = workspace().history().stack().count();
    ASSERT_TRUE(workspace().history().apply(*fixes.front().change, fixes.front().title));
    EXPECT_EQ(workspace().history().stack().count(), steps + 1);
    EXPECT_TRUE(plan().of(node).reasonOf(Backend::Htp).allowed) << plan().of(node).reasonOf(Backend::Htp).why;
    EXPECT_EQ(plan().of(node).backend, Backend::Htp);
    EXPECT_EQ(workspace().encodings().find("x")->encoding.bitwidth, 8);
}

TEST_F(PlacementTest, TableKeepsTheRulesOfModels)
{
    PlacementModel model(workspace());
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    workspace().placement().assign(nodesOf("Conv"), Backend::Htp);
    const int conv = static_cast<int>(nodesOf("Conv").front().index);
    EXPECT_EQ(model.index(conv, PlacementModel::Where).data().toString(), QStringLiteral("HTP"));
    EXPECT_EQ(model.index(conv, PlacementModel::Where).data(NoteRole).toString(), QStringLiteral("set"));
    EXPECT_EQ(model.index(conv, PlacementModel::Gpu).data(CopyRole).toString(), QStringLiteral("no"));
    open(reluModel(4));
    EXPECT_EQ(model.rowCount(), 4);
    workspace().closeDocument();
    EXPECT_EQ(model.rowCount(), 0);
}

TEST_F(PlacementTest, FilteredTableShowsWhatMatches)
{
    window->showView(QStringLiteral("placement"));
    workspace().setFilter(QStringLiteral("op:Conv"));
    EXPECT_EQ(placement().table().model()->rowCount(), static_cast<int>(nodesOf("Conv").size()));
    workspace().setFilter({});
    EXPECT_EQ(placement().table().model()->rowCount(), static_cast<int>(graph().nodes.size()));
}

TEST_F(PlacementTest, InspectorSumsSeveralAndChangesTheirBackend)
{
    const std::vector<core::NodeId> convs = nodesOf("Conv");
    clickNode(convs[0]);
    clickNode(nodesOf("Gemm").front(), Qt::ControlModifier);
    QTest::qWait(20);
    auto *inspector = child<Inspector>("inspector");
    ASSERT_NE(inspector, nullptr);
    const std::int64_t macs = workspace().document()->costs[convs[0].index].macs +
                              workspace().document()->costs[nodesOf("Gemm").front().index].macs;
    QStringList mixed, values;
    for (const KeyValueGrid *grid : inspector->findChildren<KeyValueGrid *>()) {
        for (const KeyValue &row : grid->rows()) {
            values << row.value;
            if (row.value == QStringLiteral("mixed"))
                mixed << row.label;
        }
    }
    EXPECT_TRUE(values.contains(formatAmount(static_cast<double>(macs), QStringLiteral("MAC"))));
    EXPECT_TRUE(mixed.contains(QStringLiteral("Operator")));
    auto *htp = inspector->findChild<QPushButton *>(QStringLiteral("inspector.htp"));
    ASSERT_NE(htp, nullptr);
    ASSERT_TRUE(htp->isEnabled());
    htp->click();
    EXPECT_EQ(workspace().edits().placement.size(), 2U);
    EXPECT_EQ(workspace().history().stack().count(), 1);
}

TEST_F(PlacementTest, CommandNamesEveryAssignment)
{
    open(reluModel(3));
    put({"relu_1"}, Backend::Htp);
    EXPECT_EQ(placement().asCommand(), QStringLiteral("nordlys place 'relu.onnx' --set 'relu_1=htp'"));
    workspace().placement().assignAll(Backend::Htp);
    EXPECT_EQ(placement().asCommand(), QStringLiteral("nordlys place 'relu.onnx' --all htp"));
}

} // namespace
} // namespace nordlys::studio::test

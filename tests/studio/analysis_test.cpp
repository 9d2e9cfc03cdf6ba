// SPDX-License-Identifier: GPL-3.0-or-later
// Layers and timeline over a recording whose numbers are known by hand, with real mouse and key events.
#include "synthetic_run.h"
#include "window_fixture.h"

#include <studio/models/layers_model.h>
#include <studio/views/layers/layers_panel.h>
#include <studio/views/timeline/timeline_view.h>
#include <studio/widgets/cell_roles.h>
#include <studio/widgets/table_text.h>

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QFile>
#include <QMenu>

namespace nordlys::studio::test {
namespace {

class Analysis : public WindowTest {
protected:
    void openRun(const SyntheticRun &run, const char *name = "known.nrs")
    {
        const QString path = folder.filePath(QString::fromLatin1(name));
        run.write(path.toStdString());
        const std::size_t before = window->workspace().runs().size();
        window->openPath(path);
        ASSERT_TRUE(waitUntil([&] { return window->workspace().runs().size() == before + 1 && !window->isBusy(); }));
        window->showView(QStringLiteral("timeline"));
        QTest::qWait(80); // the plot gets its size and its first picture
    }
    TimelineView &timeline() { return *window->findChild<TimelineView *>(); }
    LanePlot &plot() { return timeline().plot(); }
    LayersPanel &panel() { return timeline().layers(); }
    bool settled() { return waitUntil([this] { return timeline().statistics().isCurrent(); }); }
    double value(int layer, int column) { return panel().model().index(layer, column).data(NumberRole).toDouble(); }
    QPoint at(double milliseconds, int y) { return {static_cast<int>(plot().xOf(static_cast<std::int64_t>(milliseconds * 1e6))), y}; }
    int laneY(int track) { return plot().trackRect(track)->outerRect().center().y(); }
};

TEST_F(Analysis, DraggedRangeCountsTheInferencesThatStartInIt)
{
    SyntheticRun run;
    run.growthNs = 1000; // inference i: every layer i microseconds more
    openRun(run);
    EXPECT_EQ(value(0, LayersModel::Count), 100);
    // Inferences start every 2 ms; between 21 and 61 ms those at 22, 24 ... 60: 11 to 30.
    const int y = laneY(0);
    QTest::mousePress(&plot(), Qt::LeftButton, Qt::ShiftModifier, at(21, y));
    QTest::mouseMove(&plot(), at(40, y));
    QTest::mouseMove(&plot(), at(61, y));
    QTest::mouseRelease(&plot(), Qt::LeftButton, Qt::ShiftModifier, at(61, y));
    ASSERT_TRUE(window->workspace().range().has_value());
    ASSERT_TRUE(settled());
    EXPECT_EQ(value(0, LayersModel::Count), 20);
    EXPECT_DOUBLE_EQ(value(0, LayersModel::P50), 100'000 + 20.5 * 1000);
    EXPECT_DOUBLE_EQ(value(2, LayersModel::Minimum), 300'000 + 11 * 1000);
    EXPECT_DOUBLE_EQ(value(2, LayersModel::Maximum), 300'000 + 30 * 1000);
    // Twenty are too few for a verdict.
    EXPECT_EQ(panel().model().index(0, LayersModel::VerdictColumn).data().toString().toStdString(), "n=20, need 30");
    EXPECT_EQ(panel().model().index(0, LayersModel::P50).data(InkRole).toInt(), static_cast<int>(CellInk::Note));
    // Escape gives the whole run back.
    plot().setFocus();
    QTest::keyClick(&plot(), Qt::Key_Escape);
    EXPECT_FALSE(window->workspace().range().has_value());
    ASSERT_TRUE(settled());
    EXPECT_EQ(value(0, LayersModel::Count), 100);
}

TEST_F(Analysis, EdgesOfTheRangeMoveByWholeInferences)
{
    openRun({});
    window->workspace().setRange(TimeRange{20'000'000, 39'000'000}); // 10 to 19
    ASSERT_TRUE(settled());
    EXPECT_EQ(value(0, LayersModel::Count), 10);
    plot().setFocus();
    QTest::keyClick(&plot(), Qt::Key_BracketRight);
    EXPECT_EQ(plot().activeEdge(), LanePlot::Edge::End);
    QTest::keyClick(&plot(), Qt::Key_Right);
    ASSERT_TRUE(settled());
    EXPECT_EQ(value(0, LayersModel::Count), 11);
    QTest::keyClick(&plot(), Qt::Key_Right, Qt::ShiftModifier);
    ASSERT_TRUE(settled());
    EXPECT_EQ(value(0, LayersModel::Count), 21);
    QTest::keyClick(&plot(), Qt::Key_BracketLeft);
    QTest::keyClick(&plot(), Qt::Key_Right);
    ASSERT_TRUE(settled());
    EXPECT_EQ(value(0, LayersModel::Count), 20);
    EXPECT_EQ(window->workspace().range()->fromNs, 22'000'000);
    // Dragging the start's grip with the mouse.
    const int y = plot().plotArea().top() + 6;
    QTest::mousePress(&plot(), Qt::LeftButton, Qt::NoModifier, at(22, y));
    QTest::mouseMove(&plot(), at(27, y));
    QTest::mouseMove(&plot(), at(31, y));
    QTest::mouseRelease(&plot(), Qt::LeftButton, Qt::NoModifier, at(31, y));
    ASSERT_TRUE(settled());
    EXPECT_EQ(value(0, LayersModel::Count), 15); // those at 32 to 60 ms
    // Escape lets go of the edge first, then of the range.
    QTest::keyClick(&plot(), Qt::Key_Escape);
    EXPECT_TRUE(window->workspace().range().has_value());
    QTest::keyClick(&plot(), Qt::Key_Escape);
    EXPECT_FALSE(window->workspace().range().has_value());
}

TEST_F(Analysis, DoubleClickOnAnInferenceSelectsIt)
{
    openRun({});
    plot().setVisibleSpan({0, 40'000'000});
    QTest::qWait(60);
    QTest::mouseDClick(&plot(), Qt::LeftButton, Qt::NoModifier, at(10.2, laneY(0)));
    ASSERT_TRUE(window->workspace().range().has_value());
    EXPECT_EQ(window->workspace().range()->fromNs, 10'000'000);
    EXPECT_EQ(window->workspace().range()->toNs, 10'420'000);
    ASSERT_TRUE(settled());
    EXPECT_EQ(value(0, LayersModel::Count), 1);
    // Zoom to it, and back to everything.
    QTest::mouseClick(child<QPushButton>("timelineZoom"), Qt::LeftButton);
    EXPECT_LT(plot().visibleSpan().length(), 1'000'000);
    QTest::mouseClick(child<QPushButton>("timelineFit"), Qt::LeftButton);
    EXPECT_GT(plot().visibleSpan().length(), 190'000'000);
}

TEST_F(Analysis, ExportedRangeHasOneLineForEachInference)
{
    SyntheticRun run;
    run.names = {"a,b", "=1+1", "say \"hi\""};
    openRun(run);
    window->workspace().setRange(TimeRange{20'000'000, 39'000'000});
    const QString path = folder.filePath(QStringLiteral("range.csv"));
    timeline().exportRange(path);
    ASSERT_TRUE(waitUntil([&] { return QFile::exists(path) && !timeline().exportJob().isRunning(); }));
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    ASSERT_EQ(lines.size(), 11);
    EXPECT_EQ(lines[0].toStdString(), "inference,start ns,latency ns,\"a,b ns\",'=1+1 ns,\"say \"\"hi\"\" ns\"");
    EXPECT_EQ(lines[1].toStdString(), "11,20000000,420000,100000,20000,300000");
    EXPECT_EQ(lines[10].toStdString(), "20,38000000,420000,100000,20000,300000");
    // A folder that is not there: nothing is written, and it is said.
    QString error;
    QObject::connect(&window->workspace(), &Workspace::failed, window.get(),
                     [&error](const core::Error &what) { error = QString::fromStdString(what.text()); });
    timeline().exportRange(folder.filePath(QStringLiteral("missing/range.csv")));
    ASSERT_TRUE(waitUntil([&] { return !error.isEmpty(); }));
    EXPECT_TRUE(error.contains(QStringLiteral("missing")));
}

TEST_F(Analysis, GroupsHaveTheTotalOfTheirLayers)
{
    SyntheticRun run;
    run.growthNs = 1000;
    run.backends = {"cpu", "htp", "cpu"};
    openRun(run);
    const QAbstractItemModelTester tester(&panel().model(), QAbstractItemModelTester::FailureReportingMode::Warning);
    auto *grouping = panel().findChild<QComboBox *>(QStringLiteral("layersGrouping"));
    grouping->setFocus();
    QTest::keyClick(grouping, Qt::Key_Down); // by op
    LayersModel &model = panel().model();
    ASSERT_EQ(model.grouping(), LayerGrouping::Op);
    ASSERT_EQ(model.rowCount(), 5); // Conv: conv1, conv2; Relu: relu1
    EXPECT_EQ(model.layerCount(), 3);
    ASSERT_TRUE(model.isGroup(0));
    EXPECT_EQ(model.index(0, LayersModel::Name).data().toString().toStdString(), "Conv");
    const auto groupP50 = [&] { return model.index(0, LayersModel::P50).data(NumberRole).toDouble(); };
    ASSERT_TRUE(waitUntil([&] { return groupP50() > 0; }));
    // Both convolutions of one inference: 400 us and two more for each inference; the median lies between 49 and 50.
    EXPECT_DOUBLE_EQ(groupP50(), 400'000 + 2 * 49.5 * 1000);
    EXPECT_EQ(model.index(0, LayersModel::Count).data(NumberRole).toDouble(), 100);
    EXPECT_NEAR(model.index(0, LayersModel::Share).data(NumberRole).toDouble() + model.index(3, LayersModel::Share).data(NumberRole).toDouble(), 100, 1e-9);
    // In either order a group stays above its layers.
    for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
        panel().table().setSortKeys({{LayersModel::P50, order}});
        const auto name = [&](int row) { return panel().table().model()->index(row, 0).data().toString().toStdString(); };
        const bool up = order == Qt::AscendingOrder;
        EXPECT_EQ(name(up ? 0 : 3), "Relu");
        EXPECT_EQ(name(up ? 1 : 4), "relu1");
        EXPECT_EQ(name(up ? 2 : 0), "Conv");
        EXPECT_EQ(name(up ? 3 : 1), up ? "conv1" : "conv2");
    }
    // Enter closes a group; its layers go.
    TableView &table = panel().table();
    table.setFocus();
    table.setCurrentIndex(table.model()->index(0, 0));
    QTest::keyClick(&table, Qt::Key_Return);
    EXPECT_EQ(table.model()->rowCount(), 3);
    QTest::keyClick(&table, Qt::Key_Return);
    EXPECT_EQ(table.model()->rowCount(), 5);
    panel().setGrouping(LayerGrouping::Segment);
    EXPECT_EQ(model.rowCount(), 5);
    EXPECT_EQ(model.index(0, LayersModel::BackendColumn).data().toString().toStdString(), "CPU");
}

TEST_F(Analysis, ColumnsAreShownByChoiceAndRemembered)
{
    openRun({});
    window->showView(QStringLiteral("layers"));
    auto *table = child<TableView>("layersTable");
    ASSERT_NE(table, nullptr);
    EXPECT_TRUE(table->isColumnHidden(LayersModel::Mean));
    // The entry of the header's menu, as a user would choose it.
    QTimer::singleShot(50, window.get(), [this] {
        auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
        ASSERT_NE(menu, nullptr);
        for (QAction *action : menu->actions()) {
            if (action->text().startsWith(QStringLiteral("mean"))) {
                menu->setActiveAction(action);
                QTest::keyClick(menu, Qt::Key_Return);
                return;
            }
        }
        menu->close();
        FAIL() << "no entry for the mean";
    });
    QMetaObject::invokeMethod(table->horizontalHeader(), "customContextMenuRequested", Q_ARG(QPoint, QPoint(200, 10)));
    EXPECT_FALSE(table->isColumnHidden(LayersModel::Mean));
    ASSERT_TRUE(window->close());
    window.reset();
    openWindow();
    openRun({}, "again.nrs");
    EXPECT_FALSE(child<TableView>("layersTable")->isColumnHidden(LayersModel::Mean));
    EXPECT_TRUE(child<TableView>("layersTable")->isColumnHidden(LayersModel::Maximum));
}

TEST_F(Analysis, TablesAreCopiedAsCsvAndMarkdown)
{
    SyntheticRun run;
    run.names = {"a|b", "=cmd", "plain"};
    openRun(run);
    TableView &table = panel().table();
    for (int column = 1; column < LayersModel::ColumnCount; ++column)
        panel().setColumnShown(column, column == LayersModel::Op || column == LayersModel::P50);
    const QStringList csv = tableAsCsv(table).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    ASSERT_EQ(csv.size(), 4);
    EXPECT_EQ(csv[0].toStdString(), "Layer,Op,p50 ms"); // the median of the column is 0.1 ms
    EXPECT_EQ(csv[1].toStdString(), "a|b,Conv,0.1");
    EXPECT_EQ(csv[2].toStdString(), "'=cmd,Relu,0.02");
    EXPECT_EQ(csv[3].toStdString(), "plain,Conv,0.3");
    const QStringList markdown = tableAsMarkdown(table).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    ASSERT_EQ(markdown.size(), 5);
    EXPECT_EQ(markdown[1].toStdString(), "| --- | --- | ---: |");
    EXPECT_EQ(markdown[2].toStdString(), "| a\\|b | Conv | 0.100 |");
}

TEST_F(Analysis, ThrottledStretchIsSaidAndCanBeLeftOut)
{
    SyntheticRun run;
    core::RunProfile profile = run.profile();
    // The last 40 inferences are 30 % slower while the clock is a third lower.
    profile.hello.counters = {{1, "cpu0 clock", "Hz", true, {}, {}}};
    for (std::size_t i = 0; i < 100; ++i) {
        profile.counterSamples.push_back({1, profile.inferenceStartNs[i], i < 60 ? 2.7e9 : 1.8e9});
        if (i >= 60)
            profile.inferenceDurationNs[i] = profile.inferenceDurationNs[i] * 13 / 10;
    }
    auto record = std::make_unique<RunRecord>();
    record->name = QStringLiteral("hot");
    record->profile = std::move(profile);
    record->summary = core::summarize(record->profile);
    record->fromFile = true;
    record->indexLayers();
    window->workspace().addRun(std::move(record));
    window->showView(QStringLiteral("timeline"));
    EXPECT_EQ(window->workspace().run()->summary.verdict.level, core::VerdictLevel::Throttled);
    auto *before = child<QPushButton>("timelineBeforeThrottled");
    ASSERT_TRUE(before->isVisible());
    QTest::mouseClick(before, Qt::LeftButton);
    ASSERT_TRUE(settled());
    const auto count = static_cast<int>(value(0, LayersModel::Count));
    EXPECT_GE(count, 52); // windows of 8: the stretch may begin up to a window early
    EXPECT_LE(count, 64);
    ASSERT_NE(timeline().statistics().summary(), nullptr);
    EXPECT_NE(timeline().statistics().summary()->verdict.level, core::VerdictLevel::Failed);
}

} // namespace
} // namespace nordlys::studio::test

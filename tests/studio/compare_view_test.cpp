// SPDX-License-Identifier: GPL-3.0-or-later
// Runs side by side: verdicts on recordings whose difference is known, choosing, naming, taking out.
#include "synthetic_run.h"
#include "window_fixture.h"

#include <studio/views/compare/compare_view.h>
#include <studio/widgets/cell_roles.h>

#include <QAbstractItemModelTester>
#include <QTabBar>

namespace nordlys::studio::test {
namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;

class CompareRunsView : public testing::Test {
protected:
    void SetUp() override
    {
        actions.add({QStringLiteral("file.openRecording"), QStringLiteral("Open recording"), {}, {}, false}, [] {});
        view = std::make_unique<CompareView>(workspace, actions);
        view->resize(1200, 700);
        view->show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(view.get()));
        view->activateWindow();
        testers.push_back(std::make_unique<QAbstractItemModelTester>(&view->layers(), Mode::Warning));
        testers.push_back(std::make_unique<QAbstractItemModelTester>(&view->runs(), Mode::Warning));
    }
    void TearDown() override
    {
        testers.clear();
        view.reset();
        joinJobThreads();
    }
    const RunRecord *add(const SyntheticRun &run, const char *name) { return &workspace.addRun(run.record(QString::fromLatin1(name))); }
    bool compared(const RunRecord *run)
    {
        return waitUntil([&] { return view->set().comparisonOf(run) != nullptr && !view->set().isComputing(); });
    }
    std::string cell(int row, int column) { return view->layers().index(row, column).data().toString().toStdString(); }

    Workspace workspace;
    ActionRegistry actions{nullptr};
    std::unique_ptr<CompareView> view;
    std::vector<std::unique_ptr<QAbstractItemModelTester>> testers;
};

TEST_F(CompareRunsView, ALayerMadeTwentyPercentSlowerIsSlowerByTwentyPercent)
{
    SyntheticRun base, slow;
    base.jitter = slow.jitter = 0.01;
    slow.layerNs[2] = base.layerNs[2] * 12 / 10;
    add(base, "base");
    const RunRecord *candidate = add(slow, "slow");
    ASSERT_TRUE(compared(candidate));
    EXPECT_EQ(view->set().candidate(), candidate);
    const core::RunComparison &comparison = *view->set().comparisonOf(candidate);
    // 420 us in all, 60 more.
    EXPECT_NEAR(comparison.total.deltaPercent, 100.0 * 60 / 420, 1e-3);
    EXPECT_EQ(comparison.total.verdict, core::ChangeVerdict::Slower);
    ASSERT_EQ(view->layers().rowCount(), 3);
    EXPECT_NEAR(view->layers().index(2, CompareModel::Change).data(NumberRole).toDouble(), 20, 1e-3);
    EXPECT_EQ(cell(2, CompareModel::Change), "+20.0\u00A0%");
    EXPECT_EQ(cell(2, CompareModel::VerdictColumn), "slower");
    EXPECT_EQ(cell(0, CompareModel::VerdictColumn), "same");
    EXPECT_EQ(cell(1, CompareModel::VerdictColumn), "same");
    EXPECT_NEAR(view->layers().index(2, CompareModel::Difference).data(NumberRole).toDouble(), 60'000, 10);
    // What contributes most stands first.
    EXPECT_EQ(view->layersTable().model()->index(0, CompareModel::Name).data().toString().toStdString(), "conv2");
    // The other way round it is faster, by a sixth.
    workspace.setBaseline(candidate);
    const RunRecord *first = workspace.runs().front().get();
    ASSERT_TRUE(compared(first));
    EXPECT_EQ(view->set().candidate(), first);
    EXPECT_EQ(cell(2, CompareModel::VerdictColumn), "faster");
    EXPECT_NEAR(view->layers().index(2, CompareModel::Change).data(NumberRole).toDouble(), -100.0 / 6, 1e-3);
}

TEST_F(CompareRunsView, AFewInferencesGetNoVerdictAndSayWhy)
{
    SyntheticRun base, few;
    few.inferences = 12;
    few.layerNs[0] = 50'000;
    add(base, "base");
    const RunRecord *candidate = add(few, "few");
    ASSERT_TRUE(compared(candidate));
    EXPECT_EQ(view->set().comparisonOf(candidate)->total.verdict, core::ChangeVerdict::Unknown);
    EXPECT_EQ(cell(0, CompareModel::VerdictColumn), "n=12, need 30");
    EXPECT_EQ(view->runs().index(1, RunsModel::ChangeVerdict).data().toString().toStdString(), "n=12, need 30");
}

TEST_F(CompareRunsView, AnInterruptedRunIsRefusedAVerdict)
{
    SyntheticRun base, broken;
    broken.status = core::RunStatus::Interrupted;
    broken.layerNs[2] *= 2;
    add(base, "base");
    const RunRecord *candidate = add(broken, "broken");
    ASSERT_TRUE(compared(candidate));
    EXPECT_FALSE(view->set().comparisonOf(candidate)->refusal.empty());
    EXPECT_EQ(cell(2, CompareModel::VerdictColumn), "no verdict");
    EXPECT_NEAR(view->layers().index(2, CompareModel::Change).data(NumberRole).toDouble(), 100, 1e-3);
}

TEST_F(CompareRunsView, CardsAreChosenByMouseAndKeys)
{
    const RunRecord *base = add({}, "base");
    const RunRecord *a = add({}, "a");
    const RunRecord *b = add({}, "b");
    ASSERT_TRUE(compared(a) && compared(b));
    ASSERT_EQ(view->cards().size(), 3);
    EXPECT_EQ(view->cards()[0]->run(), base);
    EXPECT_EQ(view->set().candidate(), b);
    QTest::mouseClick(view->cards()[1], Qt::LeftButton);
    EXPECT_EQ(view->set().candidate(), a);
    QTest::keyClick(view->cards()[1], Qt::Key_Right);
    QTest::keyClick(view->cards()[2], Qt::Key_Space);
    EXPECT_EQ(view->set().candidate(), b);
    QTest::keyClick(view->cards()[2], Qt::Key_Return);
    EXPECT_EQ(workspace.run(), b);
}

TEST_F(CompareRunsView, RunsAreNamedAndTakenOut)
{
    add({}, "base");
    const RunRecord *a = add({}, "a");
    add({}, "b");
    view->showTab(CompareView::RunsTab);
    TableView &table = view->runsTable();
    ASSERT_EQ(table.model()->rowCount(), 3);
    QTest::qWait(20);
    const auto rename = [&](const QString &text) {
        table.setFocus();
        table.setCurrentIndex(table.model()->index(1, RunsModel::Name));
        QTest::keyClick(&table, Qt::Key_F2);
        auto *editor = table.findChild<QLineEdit *>();
        ASSERT_NE(editor, nullptr);
        // In the sticky column, where it can be seen.
        EXPECT_TRUE(table.stickyColumn()->isAncestorOf(editor));
        editor->selectAll();
        QTest::keyClicks(editor, text);
        QTest::keyClick(editor, Qt::Key_Return);
        QCoreApplication::processEvents();
        if (auto *open = table.findChild<QLineEdit *>())
            QTest::keyClick(open, Qt::Key_Escape);
        QCoreApplication::processEvents();
    };
    rename(QStringLiteral("w8a8 <b>min-max</b>"));
    EXPECT_EQ(a->name.toStdString(), "w8a8 <b>min-max</b>");
    rename(QStringLiteral("base")); // taken
    EXPECT_EQ(a->name.toStdString(), "w8a8 <b>min-max</b>");
    rename(QString());
    EXPECT_EQ(a->name.toStdString(), "w8a8 <b>min-max</b>");

    // Taking out the baseline makes the oldest that is left the baseline.
    table.setFocus();
    table.setCurrentIndex(table.model()->index(0, 0));
    QTest::keyClick(&table, Qt::Key_Delete);
    ASSERT_EQ(workspace.runs().size(), 2U);
    EXPECT_EQ(workspace.baseline(), a);
    EXPECT_EQ(view->cards().size(), 2);
    ASSERT_TRUE(compared(workspace.runs()[1].get()));
    table.setCurrentIndex(table.model()->index(1, 0));
    QTest::mouseClick(view->findChild<QPushButton *>(QStringLiteral("runsRemove")), Qt::LeftButton);
    ASSERT_EQ(workspace.runs().size(), 1U);
    EXPECT_EQ(workspace.run(), a);
    EXPECT_EQ(view->set().candidate(), nullptr);
    EXPECT_EQ(view->layers().rowCount(), 0);
    table.setFocus();
    table.setCurrentIndex(table.model()->index(0, 0));
    QTest::keyClick(&table, Qt::Key_Delete);
    EXPECT_EQ(workspace.run(), nullptr);
    EXPECT_EQ(view->runs().rowCount(), 0);
    // A run after that gets a number of its own, not one that was used.
    EXPECT_EQ(workspace.nextRunName().toStdString(), "r1");
}

TEST_F(CompareRunsView, GateCommandNamesBothRecordingsAndALimitAboveTheNoise)
{
    add({}, "it's");
    const RunRecord *b = add({}, "b");
    ASSERT_TRUE(compared(b));
    EXPECT_EQ(view->gateCommand().toStdString(), "nordlys compare '/recordings/it'\\''s.nrs' '/recordings/b.nrs' --gate 'latency<+1%'");
}

TEST(Workspace, NumbersOfRunsAreNotUsedTwice)
{
    Workspace workspace;
    const SyntheticRun run;
    workspace.addRun(run.record(QStringLiteral("r7")));
    EXPECT_EQ(workspace.nextRunName().toStdString(), "r8");
    workspace.removeRun(workspace.run());
    EXPECT_EQ(workspace.nextRunName().toStdString(), "r8");
    // Two recordings of the same name stay apart.
    workspace.addRun(run.record(QStringLiteral("x")));
    workspace.addRun(run.record(QStringLiteral("x")));
    EXPECT_NE(workspace.runs()[0]->name, workspace.runs()[1]->name);
}

} // namespace
} // namespace nordlys::studio::test

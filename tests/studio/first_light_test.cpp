// SPDX-License-Identifier: GPL-3.0-or-later
// The whole loop with real events: open, calibrate, edit, undo, redo, build, run and watch, save, reopen.
#include "window_fixture.h"

#include <studio/window/calibrate_dialog.h>
#include <studio/window/error_bar.h>

#include <QAbstractItemModel>
#include <QFileInfo>
#include <QMessageBox>
#include <QSortFilterProxyModel>

namespace nordlys::studio::test {
namespace {

constexpr const char *kTensor = "logits";

class FirstLight : public WindowTest {
protected:
    core::Encoding encoding() const { return window->workspace().encodings().find(kTensor)->encoding; }
    QModelIndex cell(int column)
    {
        EncodingsView &view = window->encodingsView();
        const int row = view.model().rowOf(window->workspace().document()->findTensor(kTensor));
        const auto *sorted = qobject_cast<QSortFilterProxyModel *>(view.table().model());
        return sorted->mapFromSource(view.model().index(row, column));
    }
    void calibrate()
    {
        whenDialog<CalibrateDialog>([](CalibrateDialog *dialog) { pressAccept(dialog); });
        press(Qt::Key_K, Qt::ControlModifier);
        ASSERT_TRUE(waitUntil([this] { return window->workspace().calibration().has_value() && !window->isBusy(); }, 60000));
    }
};

TEST_F(FirstLight, OpenCalibrateEditUndoBuildRunSaveReopen)
{
    // Open, by the sample's file; the graph appears.
    openDigits();
    Workspace &workspace = window->workspace();
    EXPECT_EQ(window->currentView(), QStringLiteral("graph"));
    EXPECT_FALSE(workspace.isModified());

    calibrate();
    EXPECT_EQ(workspace.calibration()->samples, 256U);
    EXPECT_EQ(window->currentView(), QStringLiteral("encodings"));
    ASSERT_NE(workspace.encodings().find(kTensor), nullptr);
    const core::EditState calibrated = workspace.edits();
    const core::Encoding before = encoding();

    // Change one encoding in its cell.
    editCell(window->encodingsView().table(), cell(EncodingsModel::Max), QStringLiteral("12.5"));
    const core::Encoding edited = encoding();
    EXPECT_NEAR(edited.grids.front().max, 12.5, 0.1); // the grid moves so that zero has a code: at most half a step
    EXPECT_NE(edited, before);
    EXPECT_EQ(workspace.history().stack().index(), 2); // calibrate and this
    EXPECT_NEAR(edited.grids.front().scale, (edited.grids.front().max - edited.grids.front().min) / 255, 1e-9);

    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(workspace.history().stack().index(), 1);
    EXPECT_EQ(workspace.edits(), calibrated);
    press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(encoding(), edited);
    const core::EditState wanted = workspace.edits();

    // Build into a folder.
    const QString artifacts = folder.filePath(QStringLiteral("artifacts"));
    ASSERT_TRUE(QDir().mkpath(artifacts));
    EXPECT_TRUE(child<QPushButton>("topBuild")->isEnabled());
    window->runner().build(artifacts); // what the button does once its folder dialog is answered
    ASSERT_TRUE(waitUntil([&] {
        return QFileInfo::exists(artifacts + QStringLiteral("/context_binaries/cpu_context.bin")) && !window->isBusy();
    })) << child<ErrorBar>("errorBar")->text().toStdString();

    // Run; the timeline fills while it runs.
    window->runner().settings.iterations = 0;
    window->runner().settings.durationSeconds = 2;
    QTest::mouseClick(child<QPushButton>("topRun"), Qt::LeftButton);
    EXPECT_EQ(window->currentView(), QStringLiteral("timeline"));
    LanePlot &plot = window->timelineView().plot();
    const auto shown = [&plot]() -> std::size_t {
        return plot.trackCount() > 0 && plot.blockTrack(0) ? plot.blockTrack(0)->store().size() : 0;
    };
    ASSERT_TRUE(waitUntil([&] { return shown() > 0; }));
    ASSERT_TRUE(workspace.run()->live) << "the first inferences were shown after the run only";
    const std::size_t early = shown();
    ASSERT_TRUE(waitUntil([&] { return shown() > early; }));
    EXPECT_TRUE(workspace.run()->live) << "the plot did not grow while it ran";
    ASSERT_TRUE(waitUntil([this] { return !window->isBusy(); }));
    const RunRecord &run = *workspace.run();
    EXPECT_FALSE(run.live);
    EXPECT_EQ(run.profile.status, core::RunStatus::Finished);
    EXPECT_EQ(shown(), run.profile.inferenceCount());
    EXPECT_GT(run.summary.layers.size(), 5U);
    EXPECT_EQ(workspace.runAge(), 0);
    const std::size_t inferences = run.profile.inferenceCount();
    const double p50 = run.summary.latency.p50Ns;

    // An edit makes the run's numbers old, undoing it makes them current again.
    window->showView(QStringLiteral("encodings"));
    editCell(window->encodingsView().table(), cell(EncodingsModel::Bits), QStringLiteral("16"));
    EXPECT_EQ(workspace.runAge(), 1);
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(workspace.runAge(), 0);

    // Save under a name, close, open again.
    const QString project = folder.filePath(QStringLiteral("light.nordlys"));
    workspace.selectTensor(workspace.document()->findTensor(kTensor));
    EXPECT_TRUE(workspace.isModified());
    whenFileDialog(project);
    press(Qt::Key_S, Qt::ControlModifier);
    ASSERT_TRUE(waitUntil([&] { return QFileInfo::exists(project) && !window->isBusy(); }));
    EXPECT_FALSE(workspace.isModified());
    ASSERT_TRUE(window->close());
    window.reset();

    openWindow();
    window->openPath(project);
    ASSERT_TRUE(waitUntil([this] { return window->workspace().document() != nullptr && !window->isBusy(); }));
    Workspace &again = window->workspace();
    EXPECT_EQ(again.edits(), wanted);
    EXPECT_EQ(window->currentView(), QStringLiteral("encodings"));
    EXPECT_EQ(again.selection().tensor, again.document()->findTensor(kTensor));
    ASSERT_NE(again.run(), nullptr);
    EXPECT_EQ(again.run()->profile.inferenceCount(), inferences);
    EXPECT_DOUBLE_EQ(again.run()->summary.latency.p50Ns, p50);
    EXPECT_EQ(again.runAge(), 0);
    ASSERT_TRUE(again.calibration().has_value());
    EXPECT_EQ(again.calibration()->samples, 256U);
    EXPECT_EQ(again.calibration()->encodings, calibrated.encodings);
    EXPECT_FALSE(again.isModified());
}

TEST_F(FirstLight, StoppedRunKeepsWhatWasMeasured)
{
    openDigits();
    window->runner().settings.iterations = 0;
    window->runner().settings.durationSeconds = 60;
    QTest::mouseClick(child<QPushButton>("topRun"), Qt::LeftButton);
    ASSERT_TRUE(
        waitUntil([this] { return window->workspace().run() && window->workspace().run()->profile.inferenceCount() > 10; }));
    QTest::mouseClick(child<QPushButton>("topRun"), Qt::LeftButton); // it says Stop now
    ASSERT_TRUE(waitUntil([this] { return !window->isBusy(); }, 10000));
    ASSERT_NE(window->workspace().run(), nullptr);
    EXPECT_EQ(window->workspace().run()->profile.status, core::RunStatus::Interrupted);
    EXPECT_GT(window->workspace().run()->profile.inferenceCount(), 10U);
    EXPECT_EQ(window->workspace().run()->summary.verdict.level, core::VerdictLevel::Interrupted);
}

TEST_F(FirstLight, ClosingWithEditsAsks)
{
    openDigits();
    calibrate();
    ASSERT_TRUE(window->workspace().isModified());
    const auto answer = [this](QMessageBox::ButtonRole role) {
        whenDialog<QMessageBox>([role](QMessageBox *box) {
            for (QAbstractButton *button : box->buttons()) {
                if (box->buttonRole(button) == role)
                    return QTest::mouseClick(button, Qt::LeftButton);
            }
            FAIL() << "no such button";
        });
    };
    answer(QMessageBox::RejectRole);
    EXPECT_FALSE(window->close());
    EXPECT_TRUE(window->isVisible());
    answer(QMessageBox::DestructiveRole);
    window->close();
    EXPECT_TRUE(waitUntil([this] { return !window->isVisible(); }, 2000));
}

TEST_F(FirstLight, ClosingDuringWorkIsSafe)
{
    window->openPath(digitsModel());
    window.reset(); // while it opens
    openWindow();
    openDigits();
    window->quantizer().calibrate({window->workspace().calibrationInputs()});
    QTest::qWait(5);
    window.reset(); // while it calibrates
    openWindow();
    openDigits();
    RunSettings settings;
    settings.iterations = 0;
    settings.durationSeconds = 30;
    window->runner().run(settings);
    ASSERT_TRUE(
        waitUntil([this] { return window->workspace().run() && window->workspace().run()->profile.inferenceCount() > 0; }));
    QElapsedTimer clock;
    clock.start();
    window.reset(); // while it runs
    joinJobThreads();
    EXPECT_LT(clock.elapsed(), 10000);
}

TEST_F(FirstLight, AnotherModelDuringARunDropsItsResults)
{
    openDigits();
    RunSettings settings;
    settings.iterations = 0;
    settings.durationSeconds = 30;
    window->runner().run(settings);
    ASSERT_TRUE(
        waitUntil([this] { return window->workspace().run() && window->workspace().run()->profile.inferenceCount() > 0; }));
    const Document *old = window->workspace().document().get();
    window->keeper().open(QString::fromStdString((nordlys::test::digitsPath() / "digits_unbalanced.onnx").string()));
    ASSERT_TRUE(waitUntil([&] { return window->workspace().document().get() != old; }));
    ASSERT_TRUE(waitUntil([this] { return !window->isBusy(); }, 10000));
    EXPECT_EQ(window->workspace().run(), nullptr);
}

} // namespace
} // namespace nordlys::studio::test

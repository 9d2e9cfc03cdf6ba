// SPDX-License-Identifier: GPL-3.0-or-later
// The whole day in one test, with real mouse and key events: open, calibrate, edit, undo, redo, place, build, cancel, run, stop,
// compare, export the report, save; then the program is killed in the middle of an edit, started again, and everything is there.
#include "window_fixture.h"

#include <studio/models/encodings_model.h>
#include <studio/views/encodings/encodings_view.h>
#include <studio/views/graph/graph_view.h>
#include <studio/views/timeline/timeline_view.h>
#include <studio/window/calibrate_dialog.h>
#include <studio/window/error_bar.h>
#include <studio/window/export_report_dialog.h>
#include <studio/window/offer_bar.h>
#include <studio/workspace/recovery_keeper.h>

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSignalSpy>
#include <QSortFilterProxyModel>

#include <cstdio>

namespace nordlys::studio::test {
namespace {

constexpr const char *kTensor = "logits";
constexpr double kSavedMax = 12.5, kUnsavedMax = 9.25;

class WholeLoop : public WindowTest {
protected:
    Workspace &workspace() { return window->workspace(); }
    const core::Encoding &encoding() { return workspace().encodings().find(kTensor)->encoding; }
    void setMax(double max)
    {
        ASSERT_TRUE(window->showView(QStringLiteral("encodings")));
        EncodingsView &view = window->encodingsView();
        const int row = view.model().rowOf(workspace().document()->findTensor(kTensor));
        const auto *sorted = qobject_cast<QSortFilterProxyModel *>(view.table().model());
        editCell(view.table(), sorted->mapFromSource(view.model().index(row, EncodingsModel::Max)), QString::number(max));
        ASSERT_NEAR(encoding().grids.front().max, max, 0.1) << "the cell did not take " << max;
    }
    void trigger(const char *id)
    {
        const QString name = QString::fromLatin1(id);
        ASSERT_TRUE(std::ranges::find(window->actions().ids(), name) != window->actions().ids().end()) << "no action " << id;
        ASSERT_TRUE(window->actions().action(name)->isEnabled()) << id << ": " << window->actions().reason(name).toStdString();
        window->actions().action(name)->trigger();
    }
    std::string nodeName(std::size_t node) { return std::string(workspace().document()->graph().nameOf(core::NodeId(node))); }
    std::size_t plotted()
    {
        LanePlot &plot = window->timelineView().plot();
        return plot.trackCount() > 0 && plot.blockTrack(0) ? plot.blockTrack(0)->store().size() : 0;
    }
    /// Two operators chosen on the canvas go to another backend.
    void placeTwo(std::size_t first, std::size_t second)
    {
        ASSERT_TRUE(window->showView(QStringLiteral("graph")));
        GraphCanvas &canvas = window->graphView().canvas();
        canvas.fit();
        QTest::qWait(300); // the way there is animated
        QTest::mouseClick(&canvas, Qt::LeftButton, Qt::NoModifier, canvas.positionOf(core::NodeId(first)).toPoint());
        QTest::mouseClick(&canvas, Qt::LeftButton, Qt::ControlModifier, canvas.positionOf(core::NodeId(second)).toPoint());
        const auto &ids = window->actions().ids();
        if (std::ranges::find(ids, QStringLiteral("place.htp")) != ids.end()) {
            trigger("place.htp");
        } else { // without the placement's actions: the change that they make
            auto batch = std::make_shared<core::ChangeBatch>();
            batch->title = "htp";
            for (const std::size_t node : {first, second})
                batch->changes.push_back({core::SetBackend{nodeName(node), core::Backend::Htp}});
            ASSERT_TRUE(workspace().history().apply({std::shared_ptr<const core::ChangeBatch>(batch)}, QStringLiteral("2 operators to htp")));
        }
        EXPECT_EQ(workspace().edits().placement, (std::map<std::string, core::Backend, std::less<>>{
                                                     {nodeName(first), core::Backend::Htp}, {nodeName(second), core::Backend::Htp}}));
    }
    void run(double seconds)
    {
        RunSettings &settings = window->runner().settings;
        settings.iterations = 0;
        settings.durationSeconds = seconds;
        QTest::mouseClick(child<QPushButton>("topRun"), Qt::LeftButton);
        ASSERT_TRUE(waitUntil([this] { return plotted() > 0; })) << child<ErrorBar>("errorBar")->text().toStdString();
        EXPECT_TRUE(workspace().run()->live) << "the timeline was filled after the run only";
        const std::size_t early = plotted();
        ASSERT_TRUE(waitUntil([&] { return plotted() > early; }));
    }
};

// The part that is killed at its end. It runs in a process of its own, which the next test starts.
TEST_F(WholeLoop, InItsOwnProcess)
{
    const QString work = qEnvironmentVariable("NORDLYS_LOOP_FOLDER");
    if (work.isEmpty())
        GTEST_SKIP() << "is started by WholeLoop.EverythingIsThereAfterAKill";
    // Open, calibrate.
    const QString model = work + QStringLiteral("/digits.onnx");
    whenFileDialog(model);
    press(Qt::Key_O, Qt::ControlModifier);
    ASSERT_TRUE(waitUntil([this] { return workspace().document() && !window->isBusy(); }));
    whenDialog<CalibrateDialog>([](CalibrateDialog *dialog) { pressAccept(dialog); });
    press(Qt::Key_K, Qt::ControlModifier);
    ASSERT_TRUE(waitUntil([this] { return workspace().calibration() && !window->isBusy(); }, 60000));
    const core::EditState calibrated = workspace().edits();

    // Edit, undo, redo.
    setMax(kSavedMax);
    const core::Encoding edited = encoding();
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(workspace().edits(), calibrated);
    press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(encoding(), edited);

    placeTwo(0, 1);
    // One history: undo takes the placement back and leaves the encoding.
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(workspace().edits().placement.empty());
    EXPECT_EQ(encoding(), edited);
    press(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(workspace().edits().placement.size(), 2U);

    // Build; cancel one, which leaves nothing; build again.
    const QString artifacts = work + QStringLiteral("/artifacts"), cancelled = work + QStringLiteral("/cancelled");
    window->runner().build(artifacts);
    ASSERT_TRUE(waitUntil([&] { return !window->isBusy(); }));
    ASSERT_TRUE(QFileInfo::exists(artifacts + QStringLiteral("/manifest.json"))) << child<ErrorBar>("errorBar")->text().toStdString();
    window->runner().build(cancelled);
    window->runner().buildJob().cancel(); // before the event loop can bring a result
    ASSERT_TRUE(waitUntil([&] { return !window->isBusy(); }));
    EXPECT_FALSE(QFileInfo::exists(cancelled)) << "a cancelled build left its folder";
    window->runner().build(artifacts);
    ASSERT_TRUE(waitUntil([&] { return !window->isBusy(); }));

    // Run and stop early; run again to the end.
    run(60);
    QTest::mouseClick(child<QPushButton>("topRun"), Qt::LeftButton); // it says Stop now
    ASSERT_TRUE(waitUntil([this] { return !window->isBusy(); }, 10000));
    EXPECT_EQ(workspace().run()->profile.status, core::RunStatus::Interrupted);
    run(2);
    ASSERT_TRUE(waitUntil([this] { return !window->isBusy(); }));
    EXPECT_EQ(workspace().run()->profile.status, core::RunStatus::Finished);
    ASSERT_EQ(workspace().runs().size(), 2U);

    // Compare the two and pass the result on.
    ASSERT_TRUE(window->showView(QStringLiteral("compare")));
    const QString report = work + QStringLiteral("/report.json");
    bool exported = false;
    whenDialog<ExportReportDialog>([&](ExportReportDialog *dialog) {
        auto *path = dialog->findChild<QLineEdit *>(QStringLiteral("reportPath"));
        path->setFocus();
        path->selectAll();
        QTest::keyClicks(path, report);
        pressAccept(dialog);
        exported = waitUntil([&] { return dialog->writtenPath() == report; });
        QTest::keyClick(dialog, Qt::Key_Return); // Close
    });
    press(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
    ASSERT_TRUE(exported);
    QFile written(report);
    ASSERT_TRUE(written.open(QIODevice::ReadOnly));
    const QJsonObject facts = QJsonDocument::fromJson(written.readAll()).object();
    EXPECT_EQ(facts[QStringLiteral("run")][QStringLiteral("inferences")].toInteger(),
              static_cast<qint64>(workspace().runs()[1]->profile.inferenceCount()));
    EXPECT_EQ(facts[QStringLiteral("comparison")][QStringLiteral("name")].toString(), workspace().runs()[0]->name);
    EXPECT_EQ(facts[QStringLiteral("comparison")][QStringLiteral("total")][QStringLiteral("verdict")].toString(),
              QStringLiteral("unknown")); // one of them was stopped

    // Save, go on editing, and report what the next process must find.
    whenFileDialog(work + QStringLiteral("/loop.nordlys"));
    press(Qt::Key_S, Qt::ControlModifier);
    ASSERT_TRUE(waitUntil([&] { return QFileInfo::exists(work + QStringLiteral("/loop.nordlys")) && !window->isBusy(); }));
    EXPECT_FALSE(workspace().isModified());
    setMax(kUnsavedMax);
    QSignalSpy saved(&window->recovery(), &RecoveryKeeper::written);
    ASSERT_TRUE(saved.wait(2000)) << "the edit is not on the disk within two seconds";
    if (HasFailure())
        return;
    std::printf("READY %zu %zu\n", workspace().runs()[0]->profile.inferenceCount(), workspace().runs()[1]->profile.inferenceCount());
    std::fflush(stdout);
    QTest::qWait(60000); // killed here
}

TEST_F(WholeLoop, EverythingIsThereAfterAKill)
{
    window.reset();
    ASSERT_TRUE(QDir(folder.path()).mkpath(QStringLiteral("tmp")));
    for (const char *part : {"digits.onnx", "labels.csv"})
        ASSERT_TRUE(QFile::copy(QFileInfo(digitsModel()).absolutePath() + QLatin1Char('/') + QString::fromLatin1(part),
                                folder.filePath(QString::fromLatin1(part))));
    for (const char *part : {"calibration", "test"})
        ASSERT_TRUE(QFile::link(QFileInfo(digitsModel()).absolutePath() + QLatin1Char('/') + QString::fromLatin1(part),
                                folder.filePath(QString::fromLatin1(part))));
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("NORDLYS_LOOP_FOLDER"), folder.path());
    environment.insert(QStringLiteral("TMPDIR"), folder.filePath(QStringLiteral("tmp"))); // it cannot clean up after itself
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--gtest_filter=WholeLoop.InItsOwnProcess")});
    QByteArray output;
    qsizetype ready = -1;
    while (ready < 0 || !output.mid(ready).contains('\n')) {
        const bool more = process.waitForReadyRead(120000);
        output += process.readAll();
        ready = output.indexOf("READY ");
        ASSERT_TRUE(more) << "the first process failed:\n" << output.toStdString();
    }
    process.kill(); // SIGKILL
    ASSERT_TRUE(process.waitForFinished());
    ASSERT_FALSE(output.contains("Failure")) << output.toStdString();
    const QList<QByteArray> counts = output.mid(ready).split('\n').front().split(' ');

    // Its recovery file lies in the folder of its own fixture.
    const QStringList fixtures = QDir(folder.filePath(QStringLiteral("tmp"))).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QString recovery;
    for (const QString &name : fixtures) {
        const QString path = folder.filePath(QStringLiteral("tmp/") + name + QStringLiteral("/recovery"));
        if (QFileInfo::exists(path))
            recovery = path;
    }
    ASSERT_FALSE(recovery.isEmpty());
    qputenv("NORDLYS_RECOVERY_DIR", recovery.toUtf8());
    openWindow();
    auto *offers = child<OfferBar>("offerBar");
    ASSERT_TRUE(waitUntil([&] { return offers->isVisible(); }));
    auto *recover = offers->findChild<QPushButton *>(QStringLiteral("offer_recover"));
    ASSERT_NE(recover, nullptr);
    QTest::mouseClick(recover, Qt::LeftButton);
    ASSERT_TRUE(waitUntil([this] { return workspace().document() && !window->isBusy(); }));

    EXPECT_EQ(workspace().projectPath(), folder.filePath(QStringLiteral("loop.nordlys")));
    EXPECT_NEAR(encoding().grids.front().max, kUnsavedMax, 0.1);
    EXPECT_TRUE(workspace().isModified());
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_NEAR(encoding().grids.front().max, kSavedMax, 0.1);
    EXPECT_EQ(workspace().edits().placement.size(), 2U);
    EXPECT_EQ(workspace().edits().placement.at(nodeName(0)), core::Backend::Htp);
    ASSERT_TRUE(workspace().calibration().has_value());
    EXPECT_EQ(workspace().calibration()->samples, 256U);
    ASSERT_EQ(workspace().runs().size(), 2U);
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(QByteArray::number(static_cast<qulonglong>(workspace().runs()[static_cast<std::size_t>(i)]->profile.inferenceCount())),
                  counts[i + 1]);
    EXPECT_EQ(workspace().runs()[0]->profile.status, core::RunStatus::Interrupted);
    EXPECT_EQ(workspace().runs()[1]->profile.status, core::RunStatus::Finished);
}

} // namespace
} // namespace nordlys::studio::test

// SPDX-License-Identifier: GPL-3.0-or-later
// What a crash, another program or another model does to the files of an open project.
#include "window_fixture.h"

#include <studio/window/error_bar.h>
#include <studio/window/offer_bar.h>
#include <studio/workspace/recovery_keeper.h>
#include <studio/workspace/text.h>

#include <core/base/atomic_file.h>
#include <core/project/project.h>

#include <QDateTime>
#include <QFile>
#include <QMessageBox>
#include <QProcess>
#include <QRandomGenerator>
#include <QSignalSpy>

#include <map>

namespace nordlys::studio::test {
namespace {

constexpr const char *kTensor = "logits";

class Recovery : public WindowTest {
protected:
    Workspace &workspace() { return window->workspace(); }
    OfferBar &offers() { return *child<OfferBar>("offerBar"); }
    QString recoveryFolder() const { return folder.filePath(QStringLiteral("recovery")); }
    QStringList recoveryFiles() const { return QDir(recoveryFolder()).entryList({QStringLiteral("*.recovery")}, QDir::Files); }
    /// Presses a button of an offer once it is there.
    void choose(const char *choice)
    {
        QPushButton *button = nullptr;
        ASSERT_TRUE(waitUntil([&] {
            const auto all = offers().findChildren<QPushButton *>(QStringLiteral("offer_") + QLatin1String(choice));
            for (QPushButton *each : all) {
                if (each->isVisible())
                    button = each;
            }
            return button != nullptr;
        })) << "no offer has the choice " << choice;
        QTest::mouseClick(button, Qt::LeftButton);
    }
    void waitForFile()
    {
        QSignalSpy written(&window->recovery(), &RecoveryKeeper::written);
        ASSERT_TRUE(written.wait(10000));
    }
    void setMax(double max, const QString &title = QStringLiteral("Max of logits"))
    {
        core::EncodingEntry entry;
        entry.encoding.grids = {*core::gridFromRange(0, max, {})};
        ASSERT_TRUE(workspace().history().apply({core::SetEncoding{kTensor, entry}}, title));
    }
    double maxOf() { return workspace().encodings().find(kTensor)->encoding.grids.front().max; }
    QString copyModel(const QString &name)
    {
        const QString path = folder.filePath(name);
        QDir().mkpath(QFileInfo(path).absolutePath());
        QFile::remove(path);
        EXPECT_TRUE(QFile::copy(digitsModel(), path));
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner);
        return path;
    }
    void open(const QString &path)
    {
        window->openPath(path);
        ASSERT_TRUE(waitUntil([&] { return workspace().document() && !window->isBusy(); }));
    }
    void saveAs(const QString &path)
    {
        bool done = false;
        window->keeper().save(path, [&done](bool saved) { done = saved; });
        ASSERT_TRUE(waitUntil([&] { return done; }));
    }
    QString makeProject(const QString &name = QStringLiteral("p.nordlys"))
    {
        open(copyModel(QStringLiteral("m.onnx")));
        setMax(4);
        const QString path = folder.filePath(name);
        saveAs(path);
        return path;
    }
    void restart()
    {
        window.reset();
        joinJobThreads();
        openWindow();
    }
};

/// Edits that the process reported, with the time at which they were made.
std::map<int, qint64> editsIn(const QByteArray &output)
{
    std::map<int, qint64> edits;
    for (const QByteArray &line : output.split('\n')) {
        const QList<QByteArray> words = line.split(' ');
        if (words.size() == 3 && words[0] == "EDIT")
            edits[words[1].toInt()] = words[2].toLongLong();
    }
    return edits;
}

TEST_F(Recovery, KilledWhileEditingLosesAtMostTwoSeconds)
{
    // First a model alone, then a project: each time another process edits and is killed without a warning.
    const QString project = makeProject();
    window.reset();
    for (const QString &file : {folder.filePath(QStringLiteral("m.onnx")), project}) {
        SCOPED_TRACE(file.toStdString());
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("NORDLYS_CRASH_CHILD"), file);
        environment.insert(QStringLiteral("NORDLYS_CRASH_SETTINGS"), folder.filePath(QStringLiteral("other settings")));
        environment.insert(QStringLiteral("NORDLYS_CRASH_FROM"), QStringLiteral("10"));
        process.setProcessEnvironment(environment);
        process.start(QCoreApplication::applicationFilePath(), {});
        ASSERT_TRUE(process.waitForStarted());
        QByteArray output;
        const int wanted = 45 + static_cast<int>(QRandomGenerator::global()->bounded(30)); // 2 to 4 seconds of editing
        while (editsIn(output).size() < static_cast<std::size_t>(wanted)) {
            ASSERT_TRUE(process.waitForReadyRead(60000)) << "the process made no edit";
            output += process.readAllStandardOutput();
        }
        // While it lives its file is nobody else's.
        ASSERT_FALSE(recoveryFiles().isEmpty());
        EXPECT_TRUE(core::RecoverySlot::leftOver(toPath(recoveryFolder())).empty());
        const qint64 killedAt = QDateTime::currentMSecsSinceEpoch();
        process.kill(); // SIGKILL
        ASSERT_TRUE(process.waitForFinished());
        output += process.readAllStandardOutput();
        const std::map<int, qint64> edits = editsIn(output);

        openWindow();
        ASSERT_TRUE(waitUntil([&] { return offers().isVisible(); }));
        EXPECT_EQ(workspace().document(), nullptr) << "nothing is recovered silently";
        choose("recover");
        ASSERT_TRUE(waitUntil([&] { return workspace().document() && !window->isBusy(); }));
        const int kept = std::stoi(workspace().edits().buildOptions.at("count"));
        EXPECT_NEAR(maxOf(), kept, 0.01 * kept);
        EXPECT_EQ(workspace().edits().placement.size(), 1U);
        int expected = 0;
        for (const auto &[number, at] : edits) {
            if (at <= killedAt - 2000)
                expected = number;
        }
        EXPECT_GT(expected, 10);
        EXPECT_GE(kept, expected) << "an edit older than two seconds is lost";
        EXPECT_LE(kept, edits.rbegin()->first);
        // Modified, and every step can be taken back one by one to what was on the disk.
        EXPECT_TRUE(workspace().isModified());
        QUndoStack &stack = workspace().history().stack();
        EXPECT_NEAR(stack.count(), 3 * (kept - 10), 2); // the file may end between the three edits of one turn
        while (stack.canUndo())
            stack.undo();
        EXPECT_FALSE(workspace().edits().buildOptions.contains("count"));
        EXPECT_EQ(workspace().encodings().find(kTensor) != nullptr, file == project);
        EXPECT_EQ(workspace().projectPath(), file == project ? project : QString());
        // Taken over: nothing is offered twice.
        while (stack.canRedo())
            stack.redo();
        saveAs(folder.filePath(QStringLiteral("rescued.nordlys")));
        ASSERT_TRUE(waitUntil([&] { return recoveryFiles().isEmpty(); }));
        restart();
        QTest::qWait(300);
        EXPECT_FALSE(offers().isVisible());
        open(folder.filePath(QStringLiteral("rescued.nordlys")));
        EXPECT_EQ(workspace().edits().buildOptions.at("count"), std::to_string(kept));
        window.reset();
    }
}

TEST_F(Recovery, SavingAndClosingLeaveNoFile)
{
    const QString project = makeProject();
    setMax(5);
    waitForFile();
    EXPECT_EQ(recoveryFiles().size(), 1);
    saveAs(project);
    EXPECT_TRUE(waitUntil([&] { return recoveryFiles().isEmpty(); }, 5000));
    setMax(6);
    waitForFile();
    EXPECT_EQ(recoveryFiles().size(), 1);
    // Undoing it all leaves nothing to recover either.
    workspace().history().stack().undo();
    EXPECT_FALSE(workspace().isModified());
    EXPECT_TRUE(waitUntil([&] { return recoveryFiles().isEmpty(); }, 5000));
    setMax(7);
    waitForFile();
    whenDialog<QMessageBox>([](QMessageBox *box) {
        for (QAbstractButton *button : box->buttons()) {
            if (box->buttonRole(button) == QMessageBox::DestructiveRole)
                return QTest::mouseClick(button, Qt::LeftButton);
        }
    });
    window->close();
    EXPECT_TRUE(waitUntil([&] { return !window->isVisible() && recoveryFiles().isEmpty(); }, 5000));
}

TEST_F(Recovery, UndoBelowTheSavedStateComesBack)
{
    const QString project = makeProject();
    setMax(5, QStringLiteral("Five"));
    saveAs(project);
    workspace().history().stack().undo(); // 4 again, which is not what the file holds
    setMax(9, QStringLiteral("Nine"));
    waitForFile();
    restart();
    choose("recover");
    ASSERT_TRUE(waitUntil([&] { return workspace().document() && !window->isBusy(); }));
    EXPECT_NEAR(maxOf(), 9, 0.1);
    QUndoStack &stack = workspace().history().stack();
    ASSERT_EQ(stack.count(), 2);
    EXPECT_EQ(stack.text(1), QStringLiteral("Nine"));
    EXPECT_TRUE(stack.text(0).contains(QStringLiteral("Five")));
    stack.undo();
    EXPECT_NEAR(maxOf(), 4, 0.1);
    stack.undo();
    EXPECT_NEAR(maxOf(), 5, 0.1);
}

TEST_F(Recovery, IsOfferedAgainWhenItsProjectIsOpenedAndDiscardedOnDemand)
{
    const QString project = makeProject();
    setMax(5);
    waitForFile();
    restart();
    ASSERT_TRUE(waitUntil([&] { return offers().isVisible(); }));
    EXPECT_EQ(offers().count(), 1);
    open(project);
    ASSERT_TRUE(waitUntil([&] { return offers().isVisible(); }));
    EXPECT_NEAR(maxOf(), 4, 0.1) << "not recovered without being asked";
    auto *details = offers().findChild<QWidget *>(QStringLiteral("offerDetails"));
    ASSERT_NE(details, nullptr);
    EXPECT_FALSE(details->isVisible());
    choose("show");
    EXPECT_TRUE(offers().findChild<QWidget *>(QStringLiteral("offerDetails"))->isVisible());
    choose("discard");
    EXPECT_TRUE(waitUntil([&] { return recoveryFiles().isEmpty() && !offers().isVisible(); }, 5000));
}

TEST_F(Recovery, AFullDiskIsSaidOnceAndEditingGoesOn)
{
    qputenv("NORDLYS_RECOVERY_DIR", "/proc/nordlys/recovery"); // nobody can write there
    restart();
    open(copyModel(QStringLiteral("m.onnx")));
    auto *errors = child<ErrorBar>("errorBar");
    setMax(3);
    ASSERT_TRUE(waitUntil([&] { return errors->isVisible(); }));
    EXPECT_TRUE(errors->text().contains(QStringLiteral("/proc/nordlys"))) << errors->text().toStdString();
    errors->hide();
    setMax(4);
    QTest::qWait(900);
    EXPECT_FALSE(errors->isVisible());
    EXPECT_NEAR(maxOf(), 4, 0.1);
}

TEST_F(Recovery, BrokenRecoveryFilesAreNamed)
{
    window.reset();
    ASSERT_TRUE(QDir().mkpath(recoveryFolder()));
    ASSERT_TRUE(core::writeFileAtomically(toPath(recoveryFolder() + QStringLiteral("/a.recovery")),
                                          std::string_view("{\"schema\":\"nordlys.recovery/9\"}")));
    openWindow();
    ASSERT_TRUE(waitUntil([&] { return offers().isVisible(); }));
    EXPECT_TRUE(offers().text(recoveryFolder() + QStringLiteral("/a.recovery")).contains(QStringLiteral("nordlys.recovery/9")));
    choose("later");
    EXPECT_FALSE(offers().isVisible());
    EXPECT_EQ(recoveryFiles().size(), 1);
}

TEST_F(Recovery, AMovedModelIsFoundByItsContent)
{
    const QString project = makeProject();
    restart();
    ASSERT_TRUE(QDir(folder.path()).mkdir(QStringLiteral("sub")));
    const QString moved = folder.filePath(QStringLiteral("sub/renamed.onnx"));
    ASSERT_TRUE(QFile::rename(folder.filePath(QStringLiteral("m.onnx")), moved));
    window->openPath(project);
    ASSERT_TRUE(waitUntil([&] { return offers().isVisible(); }));
    EXPECT_TRUE(offers().text(QStringLiteral("model")).contains(QStringLiteral("renamed.onnx")));
    EXPECT_EQ(workspace().document(), nullptr);
    choose("use");
    ASSERT_TRUE(waitUntil([&] { return workspace().document() && !window->isBusy(); }));
    EXPECT_NEAR(maxOf(), 4, 0.1);
    EXPECT_EQ(toQString(workspace().document()->path), moved);
    EXPECT_TRUE(workspace().isModified()) << "the project names the old place until it is saved";
    saveAs(project);
    restart();
    open(project);
    EXPECT_FALSE(offers().isVisible());
    EXPECT_EQ(toQString(workspace().document()->path), moved);
}

TEST_F(Recovery, AMissingModelIsLocatedByHandOrNothingHappens)
{
    const QString project = makeProject();
    restart();
    const QString elsewhere = copyModel(QStringLiteral("far/away.onnx"));
    ASSERT_TRUE(QFile::remove(folder.filePath(QStringLiteral("m.onnx"))));
    ASSERT_TRUE(QFile::rename(project, folder.filePath(QStringLiteral("far/away.nordlys"))));
    QDir(folder.path()).mkpath(QStringLiteral("projects"));
    ASSERT_TRUE(QFile::rename(folder.filePath(QStringLiteral("far/away.nordlys")), folder.filePath(QStringLiteral("projects/p.nordlys"))));
    window->openPath(folder.filePath(QStringLiteral("projects/p.nordlys")));
    ASSERT_TRUE(waitUntil([&] { return offers().isVisible(); }));
    choose("cancel");
    EXPECT_FALSE(offers().isVisible());
    EXPECT_EQ(workspace().document(), nullptr);
    window->openPath(folder.filePath(QStringLiteral("projects/p.nordlys")));
    whenFileDialog(elsewhere);
    choose("locate");
    ASSERT_TRUE(waitUntil([&] { return workspace().document() && !window->isBusy(); }));
    EXPECT_NEAR(maxOf(), 4, 0.1);
}

TEST_F(Recovery, AnotherModelUnderTheSameNameIsOfferedWithTheEditsThatStillFit)
{
    open(copyModel(QStringLiteral("m.onnx")));
    setMax(4);
    core::EncodingEntry entry;
    entry.encoding.grids = {*core::gridFromRange(0, 1, {})};
    ASSERT_TRUE(workspace().history().apply({core::SetEncoding{"only in <b>this</b> one", entry}}, QStringLiteral("x")));
    const QString project = folder.filePath(QStringLiteral("p.nordlys"));
    saveAs(project);
    restart();
    // Another version of its producer at the end, where the last one counts.
    QFile model(folder.filePath(QStringLiteral("m.onnx")));
    ASSERT_TRUE(model.open(QIODevice::Append));
    model.write("\x1a\x01z", 3);
    model.close();
    window->openPath(project);
    ASSERT_TRUE(waitUntil([&] { return offers().isVisible(); })) << child<ErrorBar>("errorBar")->text().toStdString();
    EXPECT_EQ(workspace().document(), nullptr);
    choose("show");
    auto *details = offers().findChild<QPlainTextEdit *>(QStringLiteral("offerDetails"));
    ASSERT_NE(details, nullptr);
    EXPECT_TRUE(details->toPlainText().contains(QStringLiteral("only in <b>this</b> one")));
    choose("use");
    ASSERT_TRUE(waitUntil([&] { return workspace().document() && !window->isBusy(); }));
    EXPECT_NEAR(maxOf(), 4, 0.1);
    EXPECT_EQ(workspace().encodings().entries.size(), 1U);
    EXPECT_TRUE(workspace().isModified());
    // The file on the disk still has both until it is saved.
    EXPECT_EQ(core::openProject(toPath(project))->project.edits.encodings.entries.size(), 2U);
}

TEST_F(Recovery, AProjectChangedByAnotherProgramIsOfferedForReload)
{
    const QString project = makeProject();
    setMax(6);
    ASSERT_TRUE(workspace().history().apply({core::SetBuildOption{"mine", "1"}}, QStringLiteral("mine")));
    auto other = core::openProject(toPath(project));
    ASSERT_TRUE(other);
    other->project.edits.buildOptions["theirs"] = "2";
    ASSERT_TRUE(core::saveProject(other->project, toPath(project)));
    ASSERT_TRUE(waitUntil([&] { return !offers().text(QStringLiteral("projectChanged")).isEmpty(); }));
    choose("reload");
    ASSERT_TRUE(waitUntil([&] { return workspace().edits().buildOptions.contains("theirs") && !window->isBusy(); }));
    EXPECT_EQ(workspace().edits().buildOptions.at("mine"), "1");
    EXPECT_NEAR(maxOf(), 6, 0.1);
    EXPECT_TRUE(workspace().isModified());
    // Our own saving is no change by another program, nor is a new date on the same content.
    saveAs(project);
    ASSERT_TRUE(core::writeFileAtomically(toPath(project), *core::readTextFile(toPath(project))));
    QTest::qWait(1000);
    EXPECT_FALSE(offers().isVisible());
}

TEST_F(Recovery, AModelChangedWhileOpenIsOfferedForReload)
{
    open(copyModel(QStringLiteral("m.onnx")));
    setMax(6);
    auto bytes = core::readTextFile(toPath(digitsModel()));
    ASSERT_TRUE(bytes);
    ASSERT_TRUE(core::writeFileAtomically(toPath(folder.filePath(QStringLiteral("m.onnx"))), *bytes + "\x1a\x01z"));
    const Document *before = workspace().document().get();
    ASSERT_TRUE(waitUntil([&] { return !offers().text(QStringLiteral("modelChanged")).isEmpty(); }));
    choose("reload");
    ASSERT_TRUE(waitUntil([&] { return workspace().document().get() != before && !window->isBusy(); }));
    EXPECT_NEAR(maxOf(), 6, 0.1);
    EXPECT_TRUE(workspace().isModified());
    EXPECT_EQ(workspace().history().stack().count(), 1);
}

} // namespace
} // namespace nordlys::studio::test

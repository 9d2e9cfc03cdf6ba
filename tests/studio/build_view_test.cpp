// SPDX-License-Identifier: GPL-3.0-or-later
// Building in the window with real events: build, cancel, build again, follow a line to its node, repeat it as a command.
#include "window_fixture.h"

#include <studio/views/build/build_view.h>
#include <studio/widgets/cell_roles.h>
#include <studio/workspace/build_settings.h>
#include <studio/workspace/shell_line.h>

#include <core/base/sha256.h>

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QComboBox>
#include <QDirIterator>
#include <QProcess>
#include <QProcessEnvironment>
#include <QSortFilterProxyModel>

namespace nordlys::studio::test {
namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;

std::map<QString, QByteArray> contentOf(const QString &path)
{
    std::map<QString, QByteArray> content;
    QDirIterator files(path, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        EXPECT_TRUE(file.open(QIODevice::ReadOnly));
        content[QDir(path).relativeFilePath(file.fileName())] = file.readAll();
    }
    return content;
}

class BuildViewTest : public WindowTest {
protected:
    void SetUp() override
    {
        WindowTest::SetUp();
        openDigits();
        window->showView(QStringLiteral("build"));
        view = child<BuildView>("buildView");
        ASSERT_NE(view, nullptr);
    }
    void typeInto(const char *field, const QString &text)
    {
        auto *edit = child<QLineEdit>(field);
        ASSERT_NE(edit, nullptr);
        QTest::mouseClick(edit, Qt::LeftButton);
        edit->selectAll();
        if (text.isEmpty())
            QTest::keyClick(edit, Qt::Key_Delete);
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return);
    }
    void clickBuild() { QTest::mouseClick(child<QPushButton>("buildStart"), Qt::LeftButton); }
    bool waitBuilt()
    {
        return waitUntil([this] { return !window->runner().isBuilding(); }) &&
               window->runner().lastBuild()->state == BuildRecord::State::Done;
    }
    QModelIndex logCell(int sourceRow, int column)
    {
        const auto *sorted = qobject_cast<QSortFilterProxyModel *>(view->logTable().model());
        return sorted->mapFromSource(view->logModel().index(sourceRow, column));
    }
    QString copiedCommand()
    {
        QApplication::clipboard()->clear();
        QTest::mouseClick(child<QPushButton>("buildCopyCommand"), Qt::LeftButton);
        EXPECT_TRUE(waitUntil([] { return !QApplication::clipboard()->text().isEmpty(); }));
        return QApplication::clipboard()->text();
    }
    /// Runs a line as a user would, in a shell whose PATH has the programs.
    static void runVerbatim(const QString &line)
    {
        QProcess shell;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("PATH"), QCoreApplication::applicationDirPath() + QLatin1Char(':') +
                                                       environment.value(QStringLiteral("PATH")));
        shell.setProcessEnvironment(environment);
        shell.start(QStringLiteral("/bin/sh"), {QStringLiteral("-c"), line});
        ASSERT_TRUE(shell.waitForFinished(60000));
        EXPECT_EQ(shell.exitCode(), 0) << shell.readAllStandardError().toStdString() << '\n' << line.toStdString();
    }

    BuildView *view = nullptr;
};

TEST_F(BuildViewTest, BuildCancelBuildAgainAndRepeatAsACommand)
{
    const QAbstractItemModelTester log(&view->logModel(), Mode::Warning), artifacts(&view->artifactsModel(), Mode::Warning),
        steps(view->stepTable().model(), Mode::Warning);
    const QString out = folder.filePath(QStringLiteral("my 'own' \"out\" $HOME"));
    typeInto("buildFolder", out);
    EXPECT_EQ(outputFolder(window->workspace()), out);

    // What is in the folder stays through a build that is cancelled.
    ASSERT_TRUE(QDir().mkpath(out));
    QFile mine(out + QStringLiteral("/manifest.json"));
    ASSERT_TRUE(mine.open(QIODevice::WriteOnly) && mine.write("mine") == 4);
    mine.close();
    const auto before = contentOf(folder.path());
    clickBuild();
    ASSERT_TRUE(child<QPushButton>("buildCancel")->isVisible());
    QTest::mouseClick(child<QPushButton>("buildCancel"), Qt::LeftButton);
    ASSERT_TRUE(waitUntil([this] { return !window->runner().isBuilding(); }));
    EXPECT_EQ(window->runner().lastBuild()->state, BuildRecord::State::Cancelled);
    auto after = contentOf(folder.path());
    std::erase_if(after, [](const auto &item) { // the program's own, written when it likes
        return item.first.startsWith(QLatin1String("settings")) || item.first.startsWith(QLatin1String("recovery"));
    });
    for (const auto &[name, bytes] : after)
        EXPECT_TRUE(before.contains(name)) << name.toStdString() << " was left";
    EXPECT_EQ(after.at(QDir(folder.path()).relativeFilePath(mine.fileName())), QByteArray("mine"));
    EXPECT_EQ(view->artifactsModel().rowCount(), 0);

    clickBuild();
    ASSERT_TRUE(waitBuilt());
    EXPECT_TRUE(child<QPushButton>("buildStart")->isVisible());
    EXPECT_FALSE(child<QPushButton>("buildCancel")->isVisible());
    for (int row = 0; row < view->stepTable().model()->rowCount(); ++row)
        EXPECT_EQ(view->stepTable().model()->index(row, BuildStepsModel::State).data().toString(), QStringLiteral("done"));
    // The table names files that are there, with their sizes and hashes.
    ArtifactsModel &table = view->artifactsModel();
    ASSERT_GE(table.rowCount(), 5);
    for (int row = 0; row < table.rowCount(); ++row) {
        const QString path = table.pathOf(row);
        EXPECT_EQ(table.index(row, ArtifactsModel::Size).data(NumberRole).toLongLong(), QFileInfo(path).size());
        const auto hash = core::sha256OfFile(path.toStdString());
        ASSERT_TRUE(hash) << path.toStdString();
        EXPECT_EQ(table.index(row, ArtifactsModel::Hash).data().toString().toStdString(), *hash);
    }
    QTest::mouseClick(view->artifactTable().viewport(), Qt::LeftButton, Qt::NoModifier,
                      view->artifactTable().visualRect(view->artifactTable().model()->index(0, 1)).center());
    QTest::mouseClick(child<QPushButton>("artifactsCopyHash"), Qt::LeftButton);
    EXPECT_EQ(QApplication::clipboard()->text(), table.hashOf(0));
    QTest::keyClick(&view->artifactTable(), Qt::Key_C, Qt::ControlModifier);
    EXPECT_TRUE(QApplication::clipboard()->text().contains(table.hashOf(0) + QLatin1Char('\n')));

    const auto built = contentOf(out);
    const QString line = copiedCommand();
    ASSERT_TRUE(QDir(out).removeRecursively());
    runVerbatim(line);
    EXPECT_EQ(contentOf(out), built);
}

TEST_F(BuildViewTest, CommandRepeatsEncodingsThatWereNeverSavedAndThoseOfAProject)
{
    CalibrationRequest request;
    request.inputs = window->workspace().calibrationInputs();
    request.inputs.limit = 8;
    window->quantizer().calibrate(request);
    ASSERT_TRUE(waitUntil([this] { return window->workspace().calibration().has_value() && !window->isBusy(); }));
    window->showView(QStringLiteral("build"));
    const QString out = folder.filePath(QStringLiteral("out"));
    typeInto("buildFolder", out);
    typeInto("buildThreads", QStringLiteral("1"));
    clickBuild();
    ASSERT_TRUE(waitBuilt());
    const auto built = contentOf(out);
    const QString unsaved = copiedCommand();
    EXPECT_TRUE(unsaved.contains(QLatin1String("--precision quantsim"))) << unsaved.toStdString();
    ASSERT_TRUE(QDir(out).removeRecursively());
    runVerbatim(unsaved);
    EXPECT_EQ(contentOf(out), built);

    const QString project = folder.filePath(QStringLiteral("light.nordlys"));
    whenFileDialog(project);
    press(Qt::Key_S, Qt::ControlModifier);
    ASSERT_TRUE(waitUntil([&] { return QFileInfo::exists(project) && !window->isBusy(); }));
    const QString saved = copiedCommand();
    EXPECT_TRUE(saved.contains(project)) << saved.toStdString();
    ASSERT_TRUE(QDir(out).removeRecursively());
    runVerbatim(saved);
    EXPECT_EQ(contentOf(out), built);
}

TEST_F(BuildViewTest, ALineLeadsToItsNode)
{
    typeInto("buildFolder", folder.filePath(QStringLiteral("out")));
    clickBuild();
    ASSERT_TRUE(waitBuilt());
    BuildLogModel &log = view->logModel();
    int row = 0;
    while (row < log.rowCount() && log.index(row, BuildLogModel::Node).data().toString().isEmpty())
        ++row;
    ASSERT_LT(row, log.rowCount());
    const std::string node = log.index(row, BuildLogModel::Node).data().toString().toStdString();
    TableView &table = view->logTable();
    const QModelIndex cell = logCell(row, BuildLogModel::Message);
    table.scrollTo(cell);
    QTest::mouseClick(table.viewport(), Qt::LeftButton, Qt::NoModifier, table.visualRect(cell).center());
    const auto &graph = window->workspace().document()->graph();
    ASSERT_TRUE(window->workspace().selection().node.isValid());
    EXPECT_EQ(graph.nameOf(window->workspace().selection().node), node);
    EXPECT_EQ(window->currentView(), QStringLiteral("build"));
    QTest::keyClick(&table, Qt::Key_Return);
    EXPECT_EQ(window->currentView(), QStringLiteral("graph"));
    EXPECT_EQ(graph.nameOf(window->workspace().selection().node), node);
}

TEST_F(BuildViewTest, SettingsAreEditsThatUndoTakesBack)
{
    Workspace &workspace = window->workspace();
    const core::EditState before = workspace.edits();
    typeInto("buildThreads", QStringLiteral("300"));
    EXPECT_EQ(workspace.edits(), before);
    EXPECT_TRUE(child<QLabel>("buildSettingsProblem")->isVisible());
    typeInto("buildThreads", QStringLiteral("3"));
    EXPECT_FALSE(child<QLabel>("buildSettingsProblem")->isVisible());
    EXPECT_EQ(BuildSettings::of(workspace.edits()).threads, 3);
    auto *precision = child<QComboBox>("buildPrecision");
    QTest::keyClick(precision, Qt::Key_End);
    EXPECT_EQ(BuildSettings::of(workspace.edits()).precision, runtime::Precision::QuantSim);
    EXPECT_EQ(workspace.history().stack().index(), 2);
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(precision->currentIndex(), 0);
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(workspace.edits(), before);
    EXPECT_EQ(child<QLineEdit>("buildThreads")->text(), QString());
}

TEST_F(BuildViewTest, FolderThatCannotBeWrittenIsSaidInItsPlace)
{
    QFile file(folder.filePath(QStringLiteral("file")));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    typeInto("buildFolder", file.fileName() + QStringLiteral("/out"));
    clickBuild();
    ASSERT_TRUE(waitUntil([this] { return !window->runner().isBuilding(); }));
    EXPECT_EQ(window->runner().lastBuild()->state, BuildRecord::State::Failed);
    const auto *block = view->findChild<ErrorBlock *>();
    ASSERT_TRUE(block->isVisible());
    EXPECT_TRUE(block->text().contains(QLatin1String("out"))) << block->text().toStdString();
    // The log has it too, under Errors; the rest of the view stays usable.
    QTest::mouseClick(child<QPushButton>("buildLogErrors"), Qt::LeftButton);
    EXPECT_EQ(view->logTable().model()->rowCount(), 1);
    typeInto("buildFolder", folder.filePath(QStringLiteral("good")));
    clickBuild();
    ASSERT_TRUE(waitBuilt());
    EXPECT_FALSE(block->isVisible());
}

TEST_F(BuildViewTest, QuantsimWithoutEncodingsSaysWhatToDo)
{
    QTest::keyClick(child<QComboBox>("buildPrecision"), Qt::Key_End);
    typeInto("buildFolder", folder.filePath(QStringLiteral("out")));
    clickBuild();
    ASSERT_TRUE(waitUntil([this] { return !window->runner().isBuilding(); }));
    EXPECT_TRUE(view->findChild<ErrorBlock *>()->text().contains(QLatin1String("Calibrate")));
    EXPECT_FALSE(QFileInfo::exists(folder.filePath(QStringLiteral("out"))));
}

TEST(ShellLine, QuotesWhateverAShellWouldRead)
{
    const QStringList arguments{QStringLiteral("plain/path-1.onnx"), QStringLiteral("a b"), QStringLiteral("it's"),
                                QStringLiteral("$HOME`id`\\"), QString(), QStringLiteral("two\nlines"), QStringLiteral("مرحبا"),
                                QStringLiteral("*?[a]~!#&;|<>(){}\"")};
    QProcess shell;
    shell.start(QStringLiteral("/bin/sh"),
                {QStringLiteral("-c"), QStringLiteral("printf '%s\\0' ") + shellLine(arguments)});
    ASSERT_TRUE(shell.waitForFinished());
    QStringList heard = QString::fromUtf8(shell.readAllStandardOutput()).split(QChar(0));
    ASSERT_TRUE(heard.takeLast().isEmpty());
    EXPECT_EQ(heard, arguments);
    EXPECT_EQ(shellLine({QStringLiteral("nordlys"), QStringLiteral("-o"), QStringLiteral("a/b.c")}), QStringLiteral("nordlys -o a/b.c"));
}

} // namespace
} // namespace nordlys::studio::test

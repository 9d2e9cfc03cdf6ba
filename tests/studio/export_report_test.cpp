// SPDX-License-Identifier: GPL-3.0-or-later
// Reports written from the window: whole files that other programs can read, or a reason why not.
#include "synthetic_run.h"
#include "watchdog.h"
#include "window_fixture.h"

#include "support/small_disk.h"

#include <studio/window/export_report_dialog.h>
#include <studio/window/headless_report.h>
#include <studio/workspace/report_export.h>
#include <studio/workspace/text.h>

#include <QCheckBox>
#include <QComboBox>
#include <QDesktopServices>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QUrl>

namespace nordlys::studio::test {

/// Stands in for the desktop: remembers what it was asked to open.
class Desktop : public QObject {
    Q_OBJECT

public:
    Desktop() { QDesktopServices::setUrlHandler(QStringLiteral("file"), this, "open"); }
    ~Desktop() override { QDesktopServices::unsetUrlHandler(QStringLiteral("file")); }
    QStringList opened;

public Q_SLOTS:
    void open(const QUrl &url) { opened << url.toLocalFile(); }
};

namespace {

using Dialog = ExportReportDialog;

class ExportReport : public WindowTest {
protected:
    void SetUp() override
    {
        WindowTest::SetUp();
        openDigits();
        SyntheticRun base, slow;
        slow.layerNs[2] *= 2;
        slow.names[0] = base.names[0] = "<script>alert('x')</script>";
        window->workspace().addRun(base.record(QStringLiteral("base")));
        window->workspace().addRun(slow.record(QStringLiteral("slow & <b>bold</b>")));
    }
    /// Opens the dialog with its key and leaves it to `use`, which must close it.
    void inDialog(std::function<void(Dialog *)> use)
    {
        bool used = false;
        whenDialog<Dialog>([&](Dialog *dialog) {
            use(dialog);
            used = true;
            dialog->close();
        });
        press(Qt::Key_E, Qt::ControlModifier | Qt::ShiftModifier);
        EXPECT_TRUE(used);
    }
    template <typename T>
    static T *part(Dialog *dialog, const char *name)
    {
        return dialog->findChild<T *>(QString::fromLatin1(name));
    }
    static QString status(Dialog *dialog) { return part<QLabel>(dialog, "exportStatus")->text(); }
    static void type(Dialog *dialog, const QString &path)
    {
        auto *field = part<QLineEdit>(dialog, "reportPath");
        field->setFocus();
        field->selectAll();
        const AllowedBlock typing("many keys in one go");
        QTest::keyClicks(field, path);
    }
    static void exportTo(Dialog *dialog, const QString &path)
    {
        type(dialog, path);
        pressAccept(dialog);
        EXPECT_TRUE(waitUntil([dialog, path] { return dialog->writtenPath() == path; })) << status(dialog).toStdString();
    }
    QByteArray exported(const QString &path)
    {
        inDialog([path](Dialog *dialog) { exportTo(dialog, path); });
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    [[nodiscard]] QString in(const char *name) const { return folder.filePath(QString::fromLatin1(name)); }
};

TEST_F(ExportReport, JsonHoldsTheRunAndItsComparison)
{
    const QJsonObject report = QJsonDocument::fromJson(exported(in("r.json"))).object();
    EXPECT_EQ(report[QStringLiteral("schema")].toString().toStdString(), "nordlys.report/1");
    EXPECT_EQ(report[QStringLiteral("run")][QStringLiteral("name")].toString().toStdString(), "slow & <b>bold</b>");
    EXPECT_NEAR(report[QStringLiteral("run")][QStringLiteral("latencyMs")][QStringLiteral("p50")].toDouble(), 0.72, 1e-9);
    const QJsonValue total = report[QStringLiteral("comparison")][QStringLiteral("total")];
    EXPECT_EQ(total[QStringLiteral("verdict")].toString().toStdString(), "slower"); // 420 us became 720
    EXPECT_NEAR(total[QStringLiteral("deltaPercent")].toDouble(), 100 * 300.0 / 420, 1e-6);
}

TEST_F(ExportReport, HtmlIsOneFileWithNamesEscaped)
{
    const QByteArray html = exported(in("r.html"));
    EXPECT_TRUE(html.startsWith("<!doctype html>"));
    EXPECT_TRUE(html.trimmed().endsWith("</html>"));
    EXPECT_TRUE(html.contains("id=\"graph-box\""));
    EXPECT_FALSE(html.contains("<script>alert"));
    EXPECT_FALSE(html.contains("<b>bold</b>"));
    EXPECT_TRUE(html.contains("slow &amp; &lt;b&gt;bold&lt;/b&gt;"));
}

TEST_F(ExportReport, CsvHasALineForEachLayer)
{
    const QByteArray csv = exported(in("r.csv"));
    EXPECT_EQ(csv.count("relu1"), 2); // the layer and its source node
    EXPECT_EQ(csv.trimmed().count('\n'), 3);
}

TEST_F(ExportReport, PdfIsWhole)
{
    const QByteArray pdf = exported(in("r.PDF"));
    EXPECT_TRUE(pdf.startsWith("%PDF-"));
    EXPECT_TRUE(pdf.trimmed().endsWith("%%EOF"));
    EXPECT_GT(pdf.size(), 2000);
}

TEST_F(ExportReport, FileAndFolderCanBeOpenedAfterwards)
{
    Desktop desktop;
    inDialog([&](Dialog *dialog) {
        auto *open = part<QPushButton>(dialog, "exportOpen"), *showFolder = part<QPushButton>(dialog, "exportShowFolder");
        EXPECT_FALSE(open->isVisible());
        exportTo(dialog, in("r.html"));
        EXPECT_TRUE(status(dialog).contains(QStringLiteral("r.html"))) << status(dialog).toStdString();
        QTest::mouseClick(open, Qt::LeftButton);
        QTest::mouseClick(showFolder, Qt::LeftButton);
        EXPECT_EQ(desktop.opened, (QStringList{in("r.html"), folder.path()}));
        type(dialog, in("other.html")); // a changed form has not been exported
        EXPECT_FALSE(open->isVisible());
        type(dialog, in("r.html"));
        EXPECT_TRUE(status(dialog).contains(QStringLiteral("replaced"))) << status(dialog).toStdString();
        QTest::keyClick(dialog, Qt::Key_Escape);
        EXPECT_FALSE(dialog->isVisible());
    });
}

TEST_F(ExportReport, FormatAndNameFollowEachOther)
{
    inDialog([this](Dialog *dialog) {
        auto *path = part<QLineEdit>(dialog, "reportPath");
        auto *format = part<QComboBox>(dialog, "reportFormat");
        auto *graph = part<QCheckBox>(dialog, "reportGraph");
        type(dialog, in("net.v2.html"));
        EXPECT_TRUE(graph->isEnabled() && graph->isChecked());
        QTest::mouseClick(graph, Qt::LeftButton, {}, QPoint(8, graph->height() / 2));
        EXPECT_FALSE(graph->isChecked());
        format->setFocus();
        QTest::keyClick(format, Qt::Key_End);
        EXPECT_EQ(path->text(), in("net.v2.csv"));
        EXPECT_FALSE(graph->isEnabled());
        EXPECT_FALSE(part<QCheckBox>(dialog, "reportEncodings")->isEnabled());
        type(dialog, in("net.v2.HTML"));
        EXPECT_EQ(format->currentIndex(), 0);
        EXPECT_TRUE(graph->isEnabled());
        EXPECT_FALSE(graph->isChecked()) << "what was chosen comes back";
    });
}

TEST_F(ExportReport, RunsAreOffered)
{
    inDialog([this](Dialog *dialog) {
        auto *run = part<QComboBox>(dialog, "reportRun"), *baseline = part<QComboBox>(dialog, "reportBaseline");
        ASSERT_EQ(run->count(), 3);
        EXPECT_TRUE(run->itemText(1).startsWith(QStringLiteral("base")));
        EXPECT_EQ(run->currentIndex(), 2) << "the run that the window shows";
        EXPECT_EQ(baseline->currentIndex(), 1);
        run->setFocus();
        QTest::keyClick(run, Qt::Key_Up);
        EXPECT_FALSE(part<QPushButton>(dialog, "exportOpen")->isVisible());
        EXPECT_TRUE(status(dialog).contains(QStringLiteral("itself"))) << status(dialog).toStdString();
        QTest::keyClick(run, Qt::Key_Up); // no run
        EXPECT_FALSE(baseline->isEnabled());
        exportTo(dialog, in("model.json"));
    });
    QFile file(in("model.json"));
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QJsonObject report = QJsonDocument::fromJson(file.readAll()).object();
    EXPECT_TRUE(report[QStringLiteral("run")].isNull());
    EXPECT_TRUE(report[QStringLiteral("comparison")].isNull());
    EXPECT_EQ(report[QStringLiteral("model")][QStringLiteral("file")].toString().toStdString(), "digits.onnx");
}

TEST_F(ExportReport, StopLeavesNothing)
{
    // The hash of this recording takes far longer than the test: the file is large, and nearly all of it is a hole.
    const std::filesystem::path recording = toPath(in("large.nrs"));
    std::ofstream(recording).put('x');
    std::filesystem::resize_file(recording, std::uintmax_t(1) << 40);
    auto record = SyntheticRun().record(QStringLiteral("large"));
    record->recording = recording;
    window->workspace().addRun(std::move(record));
    inDialog([this](Dialog *dialog) {
        type(dialog, in("r.html"));
        pressAccept(dialog);
        EXPECT_TRUE(waitUntil([dialog] { return status(dialog) == QStringLiteral("Summing up the run"); }))
            << status(dialog).toStdString();
        QTest::keyClick(dialog, Qt::Key_Escape);
        EXPECT_TRUE(waitUntil([dialog] { return status(dialog).contains(QStringLiteral("Nothing was written")); }));
        EXPECT_TRUE(dialog->isVisible());
        EXPECT_TRUE(dialog->writtenPath().isEmpty());
    });
    EXPECT_FALSE(QFile::exists(in("r.html")));
}

TEST_F(ExportReport, WhatCannotBeWrittenIsSaidInTheDialog)
{
    inDialog([](Dialog *dialog) {
        type(dialog, QStringLiteral("/no/such/folder/r.html"));
        EXPECT_TRUE(status(dialog).contains(QStringLiteral("/no/such/folder")));
        type(dialog, QStringLiteral("/proc/r.docx"));
        EXPECT_FALSE(status(dialog).isEmpty());
        type(dialog, QStringLiteral("/proc/r.json"));
        EXPECT_TRUE(status(dialog).isEmpty());
        pressAccept(dialog); // nothing can be created there, not even by an administrator
        EXPECT_TRUE(waitUntil([dialog] { return status(dialog).contains(QStringLiteral("/proc/r.json")); }))
            << status(dialog).toStdString();
        EXPECT_TRUE(dialog->isVisible());
        EXPECT_TRUE(dialog->writtenPath().isEmpty());
    });
    EXPECT_FALSE(QFile::exists(QStringLiteral("/proc/r.json")));
}

TEST_F(ExportReport, FullAndReadOnlyDisksAreNamedAndLeaveNothing)
{
    const nordlys::test::SmallDisk disk(256);
    NORDLYS_REQUIRE_DISK(disk);
    const QString path = toQString(disk.path() / "r.html");
    inDialog([&](Dialog *dialog) {
        type(dialog, path);
        const AllowedBlock troubles("the test fills a disk and exports three times in one event");
        disk.fill();
        pressAccept(dialog);
        EXPECT_TRUE(waitUntil([dialog] { return status(dialog).contains(QStringLiteral("No space left")); }))
            << status(dialog).toStdString();
        disk.empty();
        disk.setReadOnly(true);
        pressAccept(dialog);
        EXPECT_TRUE(waitUntil([dialog] { return status(dialog).contains(QStringLiteral("Read-only")); }))
            << status(dialog).toStdString();
        EXPECT_TRUE(std::filesystem::is_empty(disk.path()));
        disk.setReadOnly(false);
        pressAccept(dialog); // the same dialog, now that it can
        EXPECT_TRUE(waitUntil([dialog, path] { return dialog->writtenPath() == path; })) << status(dialog).toStdString();
    });
}

// The program without a display: exit code and one line on stderr, as the command line has them.
class HeadlessReportTest : public WindowTest {
protected:
    int write(const QString &file, const QString &report)
    {
        MainWindow unshown(false);
        testing::internal::CaptureStderr();
        const HeadlessReport writing(unshown, file, report);
        const int code = QApplication::exec();
        said = testing::internal::GetCapturedStderr();
        return code;
    }
    std::string said;
};

TEST_F(HeadlessReportTest, WritesOfARecordingAndOfAModel)
{
    const std::filesystem::path recording = toPath(folder.filePath(QStringLiteral("r.nrs")));
    SyntheticRun().write(recording);
    const QString path = folder.filePath(QStringLiteral("r.json"));
    ASSERT_EQ(write(toQString(recording), path), 0) << said;
    EXPECT_EQ(said, "");
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QJsonObject run = QJsonDocument::fromJson(file.readAll()).object()[QStringLiteral("run")].toObject();
    EXPECT_NEAR(run[QStringLiteral("latencyMs")][QStringLiteral("p50")].toDouble(), 0.42, 1e-9);
    EXPECT_EQ(run[QStringLiteral("recording")][QStringLiteral("file")].toString().toStdString(), "r.nrs");
    ASSERT_EQ(write(digitsModel(), folder.filePath(QStringLiteral("m.pdf"))), 0) << said;
    EXPECT_GT(QFileInfo(folder.filePath(QStringLiteral("m.pdf"))).size(), 1000);
}

TEST_F(HeadlessReportTest, FailuresHaveExitCodesAndOneLine)
{
    EXPECT_EQ(write(folder.filePath(QStringLiteral("absent.onnx")), folder.filePath(QStringLiteral("r.html"))), 3);
    EXPECT_NE(said.find("absent.onnx"), std::string::npos) << said;
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
    EXPECT_FALSE(QFile::exists(folder.filePath(QStringLiteral("r.html"))));
    EXPECT_EQ(write(digitsModel(), QStringLiteral("/proc/r.pdf")), 6);
    EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
}

TEST(ReportPath, IsToldByItsEnding)
{
    for (const char *name : {"a.html", "a.HTM", "b.pdf", "b.PDF", "c.json", "d.csv"})
        EXPECT_TRUE(isReportPath(QString::fromLatin1(name))) << name;
    for (const char *name : {"a", "pdf", "a.docx", "a.html.txt"})
        EXPECT_FALSE(isReportPath(QString::fromLatin1(name))) << name;
}

} // namespace
} // namespace nordlys::studio::test

#include "export_report_test.moc"

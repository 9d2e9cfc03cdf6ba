// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthetic_run.h"
#include "window_fixture.h"

#include <studio/views/devices/devices_view.h>
#include <studio/widgets/cell_roles.h>
#include <studio/workspace/run_cache.h>

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDropEvent>
#include <QMimeData>

#include <fstream>

namespace nordlys::studio::test {
namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;
using State = DeviceEntry::State;

class DevicesViewTest : public WindowTest {
protected:
    void SetUp() override
    {
        WindowTest::SetUp();
        view = child<DevicesView>("devicesView");
        ASSERT_NE(view, nullptr);
        ASSERT_TRUE(window->showView(QStringLiteral("devices")));
    }
    /// Drags a file over the view and lets it go there.
    void drop(const QString &path)
    {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        const QPoint at = view->rect().center();
        QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(view, &enter);
        ASSERT_TRUE(enter.isAccepted());
        QDropEvent released(QPointF(at), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(view, &released);
    }
    const DeviceEntry *settled(const QString &path)
    {
        const QString id = kRecordingDevice + path;
        const auto find = [&] { return window->runner().devices().find(id); };
        EXPECT_TRUE(waitUntil([&] { return find() && find()->state != State::Checking; }));
        return find();
    }
    QString recording(const char *name, int inferences = 60) const
    {
        SyntheticRun run;
        run.inferences = inferences;
        const QString path = folder.filePath(QString::fromLatin1(name));
        run.write(path.toStdString());
        return path;
    }
    void typeInto(const char *field, const QString &text)
    {
        auto *edit = child<QLineEdit>(field);
        QTest::mouseClick(edit, Qt::LeftButton);
        edit->selectAll();
        if (text.isEmpty())
            QTest::keyClick(edit, Qt::Key_Delete);
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return);
    }

    DevicesView *view = nullptr;
};

TEST_F(DevicesViewTest, ShowsThisComputersCountersWhileItIsShown)
{
    const QAbstractItemModelTester counters(&view->countersModel(), Mode::Warning),
        devices(view->deviceTable().model(), Mode::Warning);
    CountersModel &model = view->countersModel();
    const auto rowNamed = [&model](const char *name) {
        for (int row = 0; row < model.rowCount(); ++row) {
            if (model.index(row, CountersModel::Counter).data().toString() == QLatin1String(name))
                return row;
        }
        return -1;
    };
    ASSERT_TRUE(waitUntil([&] { return rowNamed("memory available") >= 0; }));
    const int row = rowNamed("memory available");
    const auto values = [&] { return model.index(row, CountersModel::History).data(SparkRole).value<CellSpark>().values.size(); };
    ASSERT_TRUE(waitUntil([&] { return values() >= 3; }));
    EXPECT_GT(model.index(row, CountersModel::Now).data(NumberRole).toDouble(), 1e6);
    EXPECT_EQ(model.index(row, CountersModel::Counter).data(Qt::ToolTipRole).toString(), QStringLiteral("/proc/meminfo"));
    for (int i = 0; i < model.rowCount(); ++i) {
        const bool drawn = model.index(i, CountersModel::History).data(SparkRole).isValid();
        EXPECT_TRUE(drawn || !model.index(i, CountersModel::Note).data().toString().isEmpty()) << "row " << i << " gives no reason";
    }
    EXPECT_TRUE(view->isMonitoring());
    window->showView(QStringLiteral("start"));
    EXPECT_FALSE(view->isMonitoring());
    window->showView(QStringLiteral("devices"));
    EXPECT_TRUE(waitUntil([&] { return view->isMonitoring(); })); // once the device was looked at again
}

TEST_F(DevicesViewTest, DroppedRecordingIsADeviceThatReplays)
{
    const QAbstractItemModelTester counters(&view->countersModel(), Mode::Warning),
        devices(view->deviceTable().model(), Mode::Warning);
    const QString path = recording("board.nrs");
    drop(path);
    const DeviceEntry *entry = settled(path);
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->state, State::Ready) << entry->why.toStdString();
    EXPECT_EQ(entry->info.model, "Test board");
    EXPECT_FALSE(view->isMonitoring()) << "the counters shown are the recording's";

    // No model is open: a recording needs none.
    QTest::mouseClick(child<QPushButton>("replayFast"), Qt::LeftButton);
    QTest::mouseClick(child<QPushButton>("replayStart"), Qt::LeftButton);
    ASSERT_TRUE(waitUntil([this] { return window->workspace().run() && !window->isBusy(); }));
    EXPECT_EQ(window->workspace().run()->profile.inferenceCount(), 60U);
    EXPECT_EQ(window->workspace().run()->profile.status, core::RunStatus::Finished);
    EXPECT_EQ(window->currentView(), QStringLiteral("timeline"));
    EXPECT_EQ(window->runner().settings.deviceId, QStringLiteral("local")) << "replaying once is no choice of a device";

    // Remembered by the next window, until it is removed.
    window.reset();
    openWindow();
    window->showView(QStringLiteral("devices"));
    view = child<DevicesView>("devicesView");
    entry = settled(path);
    ASSERT_NE(entry, nullptr);
    view->selectDevice(entry->id);
    QTest::mouseClick(child<QPushButton>("deviceRemove"), Qt::LeftButton);
    EXPECT_EQ(window->runner().devices().find(kRecordingDevice + path), nullptr);
    window.reset();
    openWindow();
    EXPECT_EQ(window->runner().devices().entries().size(), 1U);
}

TEST_F(DevicesViewTest, RunUsesTheDeviceAndSettingsChosenHere)
{
    const QString path = recording("board.nrs", 45);
    openDigits();
    window->showView(QStringLiteral("devices"));
    drop(path);
    ASSERT_NE(settled(path), nullptr);
    QTest::mouseClick(child<QPushButton>("replayFast"), Qt::LeftButton);
    QTest::mouseClick(child<QPushButton>("deviceUse"), Qt::LeftButton);
    QTest::mouseClick(child<QPushButton>("topRun"), Qt::LeftButton);
    ASSERT_TRUE(waitUntil([this] { return window->workspace().run() && !window->isBusy(); }));
    EXPECT_EQ(window->workspace().run()->profile.inferenceCount(), 45U);

    window->showView(QStringLiteral("devices"));
    view->selectDevice(QStringLiteral("local"));
    ASSERT_TRUE(waitUntil([this] { return window->runner().devices().find(QStringLiteral("local"))->state == State::Ready; }));
    QTest::mouseClick(child<QPushButton>("deviceUse"), Qt::LeftButton);
    const QString record = folder.filePath(QStringLiteral("kept.nrs"));
    typeInto("runLength", QStringLiteral("33"));
    typeInto("runWarmup", QStringLiteral("3"));
    typeInto("runThreads", QStringLiteral("1"));
    typeInto("runSampleRate", QStringLiteral("10"));
    typeInto("runRecordTo", record);
    auto *profiling = child<QComboBox>("runProfiling");
    QTest::keyClick(profiling, Qt::Key_Home);
    QTest::keyClick(profiling, Qt::Key_Down);
    QTest::mouseClick(child<QPushButton>("topRun"), Qt::LeftButton);
    ASSERT_TRUE(waitUntil([this] { return window->workspace().runs().size() == 2 && !window->isBusy(); }));
    const core::RunProfile &run = window->workspace().run()->profile;
    EXPECT_EQ(run.inferenceCount(), 33U);
    EXPECT_EQ(run.start.warmup, 3U);
    EXPECT_EQ(run.start.threads, 1U);
    EXPECT_EQ(run.start.profiling, "basic");
    EXPECT_DOUBLE_EQ(run.start.sampleRateHz, 10);
    EXPECT_EQ(core::readRecording(record.toStdString())->inferenceCount(), 33U);

    // The next run does not overwrite what the window still shows.
    QTest::mouseClick(child<QPushButton>("topRun"), Qt::LeftButton);
    ASSERT_TRUE(waitUntil([this] { return window->workspace().runs().size() == 3 && !window->isBusy(); }));
    EXPECT_NE(window->workspace().run()->recording, std::filesystem::path(record.toStdString()));
    EXPECT_TRUE(std::filesystem::exists(window->workspace().run()->recording));
    // Stored with the project.
    EXPECT_EQ(RunSettings::fromJson(window->runner().settings.toJson()), window->runner().settings);
}

TEST_F(DevicesViewTest, FieldsRefuseWhatMakesNoSense)
{
    const RunSettings before = window->runner().settings;
    for (const auto &[field, text] : std::initializer_list<std::pair<const char *, const char *>>{
             {"runThreads", "999"}, {"runThreads", "two"}, {"runLength", "0"}, {"runLength", "-5"}, {"runLength", "1.5"},
             {"runWarmup", "x"}, {"runSampleRate", "0.5"}, {"runSampleRate", "1e9"}, {"runRecordTo", "/nowhere/at/all.nrs"},
             {"runLength", "99999999999999999999"}}) {
        typeInto(field, QString::fromLatin1(text));
        EXPECT_TRUE(child<QLabel>("runProblem")->isVisible()) << field << ' ' << text;
        EXPECT_EQ(window->runner().settings, before) << field << ' ' << text;
    }
    // Settings of a damaged project.
    for (const char *json : {"", "[]", "{\"iterations\":-4}", "{\"iterations\":1e300}", "{\"threads\":99999}", "{\"sampleRateHz\":\"x\"}",
                             "{\"iterations\":0,\"durationSeconds\":-1}", "{\"profiling\":\"everything\"}", "{\"device\":\"tcp:1.2.3.4:5\"}"})
        EXPECT_EQ(RunSettings::fromJson(json), RunSettings()) << json;
}

TEST_F(DevicesViewTest, BadRecordingsAreNamedInTheirPlace)
{
    const QString good = recording("good.nrs");
    QFile file(good);
    ASSERT_TRUE(file.open(QIODevice::ReadOnly));
    const QByteArray bytes = file.readAll();
    const auto write = [this](const QString &name, const QByteArray &content) {
        QFile made(folder.filePath(name));
        EXPECT_TRUE(made.open(QIODevice::WriteOnly) && made.write(content) == content.size());
        return made.fileName();
    };
    const auto *block = view->findChild<ErrorBlock *>();
    const QString truncated = write(QStringLiteral("truncated.nrs"), bytes.chopped(40));
    drop(truncated);
    EXPECT_EQ(settled(truncated)->state, State::Incomplete);
    EXPECT_FALSE(settled(truncated)->why.isEmpty());
    EXPECT_FALSE(block->isVisible());

    QByteArray other = bytes;
    other[7] = '9';
    core::DeviceHello strange = SyntheticRun().profile().hello;
    strange.protocolVersion = 7;
    const std::string version = std::string(core::kStreamMagic) + core::encodeStreamItem(strange);
    const QString markup = QStringLiteral("<b>name & \"quotes\" ") + QString(60, QLatin1Char('x')) + QStringLiteral(" مرحبا.nrs");
    for (const QString &bad :
         {write(QStringLiteral("magic.nrs"), other), write(QStringLiteral("empty.nrs"), {}),
          write(QStringLiteral("version.nrs"), QByteArray::fromStdString(version)), write(markup, QByteArray(5000, 'z'))}) {
        drop(bad);
        const DeviceEntry *entry = settled(bad);
        EXPECT_EQ(entry->state, State::Broken) << bad.toStdString();
        EXPECT_TRUE(block->isVisible());
        EXPECT_TRUE(block->text().contains(QFileInfo(bad).fileName())) << block->text().toStdString();
        EXPECT_FALSE(child<QPushButton>("deviceUse")->isEnabled());
        EXPECT_FALSE(child<QPushButton>("replayStart")->isEnabled());
    }
    EXPECT_TRUE(settled(folder.filePath(QStringLiteral("version.nrs")))->why.contains(QLatin1Char('7')));

    // Values that no counter has are shown, not trusted.
    core::DeviceHello hello = SyntheticRun().profile().hello;
    for (std::uint32_t id = 1; id <= 4; ++id)
        hello.counters.push_back({id, "counter " + std::to_string(id), id == 1 ? "bytes" : id == 2 ? "Hz" : "degC", true, {}, {}});
    std::string stream = std::string(core::kStreamMagic) + core::encodeStreamItem(hello);
    core::CounterBatch batch;
    for (const double value : {1e308, -1e308, 5e-324, -0.0})
        for (std::uint32_t id = 1; id <= 4; ++id)
            batch.push_back({id, 1000, value});
    stream += core::encodeStreamItem(batch) + core::encodeStreamItem(core::RunEnd{core::RunStatus::Finished, {}, 0, core::kMaxStreamNs - 1, ~0ULL});
    const QString absurd = write(QStringLiteral("absurd.nrs"), QByteArray::fromStdString(stream));
    drop(absurd);
    EXPECT_EQ(settled(absurd)->state, State::Ready) << settled(absurd)->why.toStdString();
    ASSERT_EQ(view->countersModel().rowCount(), 4);
    view->grab();
    QFile::remove(absurd);
    window->runner().devices().refresh();
    EXPECT_EQ(settled(absurd)->state, State::Missing);
}

TEST(RunCache, KeepsTheNewestAndWhateverIsOpen)
{
    const QTemporaryDir root;
    const auto make = [&root](const QString &name, qsizetype bytes) {
        EXPECT_TRUE(QDir(root.path()).mkpath(name));
        QFile file(root.filePath(name + QStringLiteral("/r1.nrs")));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly) && file.write(QByteArray(bytes, 'r')) == bytes);
    };
    for (int i = 10; i < 35; ++i)
        make(QStringLiteral("202601%1-120000-000").arg(i), 1000);
    make(QStringLiteral("not ours"), 10);
    RunCache other(root.path());
    const QString open = other.newRecording(QStringLiteral("r1")); // the newest of all
    ASSERT_FALSE(open.isEmpty());
    QLockFile held(root.filePath(QStringLiteral("20260111-120000-000/open.lock")));
    ASSERT_TRUE(held.tryLock(0)); // another window
    const QString inUse = root.filePath(QStringLiteral("20260110-120000-000/r1.nrs"));
    EXPECT_EQ(RunCache::prune(root.path(), 20, 1 << 20, {inUse}), 4);
    EXPECT_TRUE(QFileInfo::exists(inUse));
    EXPECT_TRUE(QFileInfo::exists(root.filePath(QStringLiteral("20260111-120000-000/r1.nrs"))));
    EXPECT_FALSE(QFileInfo::exists(root.filePath(QStringLiteral("20260112-120000-000"))));
    EXPECT_TRUE(QFileInfo::exists(root.filePath(QStringLiteral("20260134-120000-000/r1.nrs"))));
    EXPECT_TRUE(QFileInfo::exists(root.filePath(QStringLiteral("not ours/r1.nrs"))));
    // By size: three of 1000 bytes, and what is open.
    RunCache::prune(root.path(), 20, 3500, {});
    EXPECT_TRUE(QFileInfo::exists(root.filePath(QStringLiteral("20260134-120000-000/r1.nrs"))));
    EXPECT_FALSE(QFileInfo::exists(root.filePath(QStringLiteral("20260130-120000-000"))));
    EXPECT_FALSE(QFileInfo::exists(inUse));
    EXPECT_TRUE(QFileInfo::exists(QFileInfo(open).absolutePath()));
}

} // namespace
} // namespace nordlys::studio::test

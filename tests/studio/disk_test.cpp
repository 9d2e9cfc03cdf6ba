// SPDX-License-Identifier: GPL-3.0-or-later
// A full disk and a read-only one while saving, building and recording: one clear error, nothing lost, nothing half written.
#include "window_fixture.h"

#include "support/small_disk.h"

#include <studio/window/error_bar.h>
#include <studio/workspace/text.h>

#include <core/base/atomic_file.h>
#include <core/project/project.h>

namespace nordlys::studio::test {
namespace {

namespace fs = std::filesystem;

enum class Trouble { Full, ReadOnly };

class Disk : public WindowTest, public testing::WithParamInterface<Trouble> {
protected:
    void SetUp() override
    {
        NORDLYS_REQUIRE_DISK(disk);
        WindowTest::SetUp();
        openDigits();
        core::EncodingEntry entry;
        entry.encoding.grids = {*core::gridFromRange(0, 4, {})};
        ASSERT_TRUE(workspace().history().apply({core::SetEncoding{"logits", entry}}, QStringLiteral("edit")));
    }
    void TearDown() override
    {
        heal();
        WindowTest::TearDown();
    }
    Workspace &workspace() { return window->workspace(); }
    void hurt() { GetParam() == Trouble::Full ? disk.fill() : disk.setReadOnly(true); }
    void heal() { GetParam() == Trouble::Full ? disk.empty() : disk.setReadOnly(false); }
    /// One error in place, in words, and the edits are as they were.
    void expectError()
    {
        auto *errors = child<ErrorBar>("errorBar");
        ASSERT_TRUE(waitUntil([&] { return errors->isVisible() && !window->isBusy(); }));
        const QString text = errors->text();
        const QString why = GetParam() == Trouble::Full ? QStringLiteral("No space left on device") : QStringLiteral("Read-only file system");
        EXPECT_TRUE(text.contains(why)) << text.toStdString();
        EXPECT_TRUE(text.contains(toQString(disk.path()))) << text.toStdString();
        EXPECT_NE(workspace().encodings().find("logits"), nullptr);
        QTest::mouseClick(child<QPushButton>("errorDismiss"), Qt::LeftButton);
        EXPECT_FALSE(errors->isVisible());
    }
    std::size_t entries() const
    {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(disk.path()), fs::directory_iterator())) -
               (fs::exists(disk.path() / "filler") ? 1 : 0);
    }
    bool save(const fs::path &path)
    {
        std::optional<bool> done;
        window->keeper().save(toQString(path), [&done](bool saved) { done = saved; });
        EXPECT_TRUE(waitUntil([&] { return done.has_value(); }));
        return done.value_or(false);
    }
    nordlys::test::SmallDisk disk{512};
};

TEST_P(Disk, SavingKeepsTheOldProjectAndTheEdits)
{
    const fs::path project = disk.path() / "p.nordlys";
    ASSERT_TRUE(save(project));
    const std::string before = *core::readTextFile(project);
    ASSERT_TRUE(workspace().history().apply({core::SetBuildOption{"text", std::string(20000, 'x')}}, QStringLiteral("long")));
    hurt();
    EXPECT_FALSE(save(project));
    expectError();
    EXPECT_EQ(*core::readTextFile(project), before);
    EXPECT_TRUE(workspace().isModified());
    EXPECT_EQ(entries(), 1U) << "a part of the new file was left";
    heal();
    EXPECT_TRUE(save(project));
    EXPECT_FALSE(workspace().isModified());
    EXPECT_EQ(core::openProject(project)->project.edits, workspace().edits());
}

TEST_P(Disk, BuildingLeavesNoHalfFolder)
{
    hurt();
    window->runner().build(toQString(disk.path() / "out"));
    expectError();
    EXPECT_EQ(entries(), 0U);
    heal();
    const QString good = folder.filePath(QStringLiteral("out"));
    window->runner().build(good);
    ASSERT_TRUE(waitUntil([&] { return QFileInfo::exists(good + QStringLiteral("/manifest.json")) && !window->isBusy(); }));
}

TEST_P(Disk, RecordingSaysSoAndTheNextRunWorks)
{
    ASSERT_TRUE(save(disk.path() / "p.nordlys"));
    hurt();
    RunSettings settings;
    settings.iterations = 50;
    window->runner().run(settings); // its recording lies beside the project
    expectError();
    EXPECT_TRUE(workspace().runs().empty() || workspace().run()->profile.inferenceCount() > 0) << "an empty run stays in the list";
    heal();
    window->runner().run(settings);
    ASSERT_TRUE(waitUntil([&] { return !window->isBusy(); }));
    ASSERT_NE(workspace().run(), nullptr) << child<ErrorBar>("errorBar")->text().toStdString();
    EXPECT_EQ(workspace().run()->profile.status, core::RunStatus::Finished);
    EXPECT_TRUE(fs::exists(workspace().run()->recording));
}

INSTANTIATE_TEST_SUITE_P(Kinds, Disk, testing::Values(Trouble::Full, Trouble::ReadOnly),
                         [](const auto &parameters) { return std::string(parameters.param == Trouble::Full ? "Full" : "ReadOnly"); });

} // namespace
} // namespace nordlys::studio::test

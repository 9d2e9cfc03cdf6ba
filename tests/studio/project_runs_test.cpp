// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings of a project: they are copied beside it, and none takes another's place.
#include "synthetic_run.h"
#include "window_fixture.h"

#include <core/project/project.h>

#include <set>

namespace nordlys::studio::test {
namespace {

class ProjectRuns : public WindowTest {};

TEST_F(ProjectRuns, RecordingsOfOneNameFromTwoFoldersAreBothKept)
{
    openDigits();
    SyntheticRun first, second;
    second.inferences = 40;
    for (const auto &[name, run] : {std::pair("a", &first), std::pair("b", &second)}) {
        ASSERT_TRUE(QDir(folder.path()).mkdir(QString::fromLatin1(name)));
        const QString path = folder.filePath(QString::fromLatin1(name) + QStringLiteral("/run.nrs"));
        run->write(path.toStdString());
        const std::size_t before = window->workspace().runs().size();
        window->openPath(path);
        ASSERT_TRUE(waitUntil([&] { return window->workspace().runs().size() == before + 1 && !window->isBusy(); }));
    }
    ASSERT_TRUE(QDir(folder.path()).mkdir(QStringLiteral("project")));
    const QString project = folder.filePath(QStringLiteral("project/p.nordlys"));
    std::optional<bool> saved;
    window->keeper().save(project, [&saved](bool good) { saved = good; });
    ASSERT_TRUE(waitUntil([&] { return saved.has_value(); }));
    ASSERT_TRUE(*saved);
    // Saving again copies nothing anew.
    saved.reset();
    window->keeper().save(project, [&saved](bool good) { saved = good; });
    ASSERT_TRUE(waitUntil([&] { return saved.has_value(); }));
    EXPECT_EQ(QDir(folder.filePath(QStringLiteral("project/p.runs"))).entryList(QDir::Files).size(), 2);

    window.reset();
    ASSERT_TRUE(QDir(folder.filePath(QStringLiteral("a"))).removeRecursively());
    ASSERT_TRUE(QDir(folder.filePath(QStringLiteral("b"))).removeRecursively());
    openWindow();
    window->openPath(project);
    ASSERT_TRUE(waitUntil([this] { return window->workspace().runs().size() == 2 && !window->isBusy(); }));
    std::set<std::size_t> inferences;
    for (const auto &run : window->workspace().runs())
        inferences.insert(run->profile.inferenceCount());
    EXPECT_EQ(inferences, (std::set<std::size_t>{40, 100}));
}

} // namespace
} // namespace nordlys::studio::test

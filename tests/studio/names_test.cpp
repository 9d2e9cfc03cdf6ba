// SPDX-License-Identifier: GPL-3.0-or-later
// Names with markup, quotes, right-to-left text, ten thousand characters: shown as they are, and the same after saving and reopening.
#include "window_fixture.h"

#include <studio/window/error_bar.h>
#include <studio/window/offer_bar.h>
#include <studio/workspace/recent_files.h>
#include <studio/workspace/text.h>

#include <core/import/model.h>

#include <QLabel>
#include <QMenu>
#include <QToolTip>

namespace nordlys::studio::test {
namespace {

const QStringList &names()
{
    static const QStringList all{QStringLiteral("<b>bold</b><img src=x onerror=alert(1)>"),
                                 QStringLiteral("\"quoted\" 'twice' \\ & &amp;"),
                                 QString::fromUtf8("\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xe2\x80\xae reversed \xe2\x80\xac"),
                                 QStringLiteral("line\nbreak\ttab"), QString(10000, QLatin1Char('n'))};
    return all;
}

class Names : public WindowTest {
};

TEST_F(Names, LabelsAndTooltipsShowMarkupAsText)
{
    for (const QString &name : names()) {
        QLabel label(name);
        label.show();
        EXPECT_EQ(label.textFormat(), Qt::PlainText);
        QToolTip::showText(window->mapToGlobal(QPoint(5, 5)), name.left(300), window.get());
        bool found = false;
        for (QWidget *top : QApplication::topLevelWidgets()) {
            if (top->inherits("QTipLabel")) {
                found = true;
                EXPECT_EQ(qobject_cast<QLabel *>(top)->textFormat(), Qt::PlainText);
            }
        }
        EXPECT_TRUE(found);
        QToolTip::hideText();
        window->workspace().failed(core::badInput(name.toStdString(), name.toStdString()));
        auto *errors = child<ErrorBar>("errorBar");
        EXPECT_TRUE(errors->isVisible());
        EXPECT_LE(errors->height(), window->height() / 2) << "one long name takes the window";
        EXPECT_LE(errors->minimumSizeHint().width(), 900);
        Offer offer;
        offer.id = QStringLiteral("x");
        offer.title = offer.text = name;
        offer.details = QStringList{name};
        offer.choices = {{QStringLiteral("ok"), QStringLiteral("OK"), true, [] {}}};
        Q_EMIT window->workspace().offered(offer);
        QTest::qWait(20);
        EXPECT_LE(child<OfferBar>("offerBar")->height(), window->height() / 2);
        EXPECT_LE(window->width(), 1440);
        Q_EMIT window->workspace().offerWithdrawn(offer.id);
    }
    child<ErrorBar>("errorBar")->hide();
}

TEST_F(Names, EveryNameSurvivesSavingAndReopening)
{
    openDigits();
    Workspace &workspace = window->workspace();
    const core::NodeId first(0);
    const std::string node(workspace.document()->graph().nameOf(first));
    int number = 0;
    for (const QString &name : names()) {
        core::EncodingEntry entry;
        entry.encoding.grids = {*core::gridFromRange(0, ++number, {})};
        ASSERT_TRUE(workspace.history().apply({core::SetEncoding{name.toStdString(), entry}}, name));
        ASSERT_TRUE(workspace.history().apply({core::SetBuildOption{name.toStdString(), name.toStdString()}}, name));
        ASSERT_TRUE(workspace.history().apply({core::SetBackend{name.toStdString(), core::Backend::Htp}}, name));
    }
    for (const QString &view : MainWindow::viewIds()) {
        window->showView(view);
        QCoreApplication::processEvents();
    }
    workspace.setFilter(names().front());
    const core::EditState wanted = workspace.edits();
    const QString project = folder.filePath(QStringLiteral("<i>p & \"q\" \xd7\x90.nordlys"));
    bool done = false;
    window->keeper().save(project, [&done](bool saved) { done = saved; });
    ASSERT_TRUE(waitUntil([&] { return done; }));
    window.reset();
    openWindow();
    window->openPath(project);
    ASSERT_TRUE(waitUntil([&] { return window->workspace().document() && !window->isBusy(); }));
    EXPECT_EQ(window->workspace().edits(), wanted);
    EXPECT_EQ(window->workspace().filter(), names().front());
    EXPECT_TRUE(window->windowTitle().contains(QStringLiteral("<i>p & \"q\"")));
}

TEST_F(Names, RecentFilesAreRemovedClearedAndKeptWhenMissing)
{
    const QString missing = folder.filePath(QStringLiteral("gone <b>&.onnx")), there = digitsModel();
    RecentFiles::remember({missing, QDateTime::currentDateTime(), 0, 0, {}});
    RecentFiles::remember({there, QDateTime::currentDateTime(), 0, 0, {}});
    window->showView(QStringLiteral("graph"));
    window->showView(QStringLiteral("start"));
    const auto rows = [this] {
        QList<QAbstractButton *> shown;
        for (QAbstractButton *row : window->findChildren<QAbstractButton *>(QStringLiteral("recentRow"))) {
            if (row->isVisible())
                shown << row;
        }
        return shown;
    };
    ASSERT_TRUE(waitUntil([&] { return rows().size() == 2; }));
    const auto choose = [&](int row, const char *entry) {
        Q_EMIT rows()[row]->customContextMenuRequested(QPoint(10, 10));
        auto *menu = window->findChild<QMenu *>(QStringLiteral("recentRowMenu"));
        ASSERT_NE(menu, nullptr);
        auto *action = menu->findChild<QAction *>(QString::fromLatin1(entry));
        ASSERT_NE(action, nullptr);
        action->trigger();
        menu->close();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    };
    // Opening it fails in place and takes nothing out of the list.
    QTest::mouseClick(rows()[1], Qt::LeftButton);
    ASSERT_TRUE(waitUntil([&] { return child<ErrorBar>("errorBar")->isVisible(); }));
    EXPECT_EQ(RecentFiles::read().size(), 2);
    const QString moved = folder.filePath(QStringLiteral("moved.onnx"));
    RecentFiles::relocate(missing, moved);
    EXPECT_EQ(RecentFiles::read()[1].path, moved);
    window->showView(QStringLiteral("graph"));
    window->showView(QStringLiteral("start")); // reads the list anew
    QTest::qWait(20);                          // and lets the former rows go
    choose(1, "recentRemove");
    ASSERT_EQ(RecentFiles::read().size(), 1);
    EXPECT_EQ(RecentFiles::read()[0].path, there);
    ASSERT_TRUE(waitUntil([&] { return rows().size() == 1; }));
    choose(0, "recentClear");
    EXPECT_TRUE(RecentFiles::read().isEmpty());
}

} // namespace
} // namespace nordlys::studio::test

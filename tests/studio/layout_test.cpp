// SPDX-License-Identifier: GPL-3.0-or-later
// Docks per view and screen class, and that nothing is cut off or covers something else at any size.
#include "window_fixture.h"

#include <studio/look/metrics.h>
#include <studio/window/side_strip.h>
#include <studio/window/window_layout.h>

#include <QDockWidget>
#include <QLabel>
#include <QMenu>
#include <QTabBar>
#include <QToolButton>
#include <QTreeView>

namespace nordlys::studio::test {
namespace {

class LayoutTest : public WindowTest {
protected:
    void resizeTo(int width, int height)
    {
        window->resize(width, height);
        settle();
        ASSERT_EQ(window->size(), QSize(width, height));
    }
    static void settle()
    {
        for (int i = 0; i < 3; ++i) {
            QCoreApplication::processEvents();
            QTest::qWait(10);
        }
    }
    QDockWidget *left() { return child<QDockWidget>("modelDock"); }
    QDockWidget *right() { return child<QDockWidget>("inspectorDock"); }
    QDockWidget *bottom() { return child<QDockWidget>("layersDock"); }
    void run(int inferences)
    {
        RunSettings settings;
        settings.iterations = static_cast<std::uint64_t>(inferences);
        window->runner().run(settings);
        ASSERT_TRUE(waitUntil([this] { return !window->isBusy() && window->workspace().run(); }));
    }

    static QString nameOf(const QWidget *widget)
    {
        return QStringLiteral("%1 \"%2\"").arg(QString::fromLatin1(widget->metaObject()->className()), widget->objectName());
    }
    static QString textOf(const QWidget *widget)
    {
        if (const auto *button = qobject_cast<const QAbstractButton *>(widget))
            return button->text();
        if (const auto *label = qobject_cast<const QLabel *>(widget))
            return label->text();
        return {};
    }
    /// Labels and buttons need the room that they ask for, must lie inside their parent, and must not cover a sibling.
    QStringList faults(const QString &where) const
    {
        QStringList found;
        for (const QWidget *widget : window->findChildren<QWidget *>()) {
            if (!widget->isVisible() || widget->isWindow() || widget->window() != window.get() || widget->size().isEmpty())
                continue;
            const QWidget *parent = widget->parentWidget();
            const bool button = qobject_cast<const QAbstractButton *>(widget) != nullptr;
            const auto *label = qobject_cast<const QLabel *>(widget);
            if (!button && !label)
                continue;
            // What scrolls or pans is not cut off, and what elides says so itself.
            bool scrolls = false;
            for (const QWidget *up = parent; up; up = up->parentWidget())
                scrolls = scrolls || up->inherits("QAbstractScrollArea");
            if (!scrolls && !parent->rect().contains(widget->geometry()))
                found << where + QStringLiteral(": %1 \"%2\" leaves its parent").arg(nameOf(widget), textOf(widget));
            const bool elides =
                label && label->minimumSizeHint().width() < QFontMetrics(label->font()).horizontalAdvance(label->text()) &&
                (label->inherits("nordlys::studio::InkLabel") || label->wordWrap() || !label->toolTip().isEmpty());
            const int needed = button ? widget->minimumSizeHint().width() : widget->sizeHint().width();
            if (!elides && !textOf(widget).isEmpty() && widget->width() < needed)
                found << where + QStringLiteral(": %1 \"%2\" is %3 px wide and needs %4")
                                     .arg(nameOf(widget), textOf(widget))
                                     .arg(widget->width())
                                     .arg(needed);
            if (!parent->layout() || textOf(widget).isEmpty())
                continue;
            for (const QObject *other : parent->children()) {
                const auto *sibling = qobject_cast<const QWidget *>(other);
                if (!sibling || sibling == widget || !sibling->isVisible() || parent->layout()->indexOf(sibling) < 0 ||
                    parent->layout()->indexOf(widget) < 0)
                    continue;
                if (sibling->geometry().intersects(widget->geometry()))
                    found << where + QStringLiteral(": %1 \"%2\" covers %3").arg(nameOf(widget), textOf(widget), nameOf(sibling));
            }
        }
        return found;
    }
};

TEST_F(LayoutTest, DocksHaveTheSizesOfTheScreenClass)
{
    openDigits();
    window->showView(QStringLiteral("graph"));
    resizeTo(1440, 900);
    EXPECT_EQ(left()->width(), 244);
    EXPECT_EQ(right()->width(), 308);
    EXPECT_EQ(bottom()->height(), 200);
    // The inspector has the full height, the layers are under left and centre.
    EXPECT_GT(right()->height(), bottom()->y() - right()->y());
    EXPECT_LE(bottom()->geometry().right(), right()->x());
    EXPECT_EQ(bottom()->x(), 0);

    resizeTo(1024, 700);
    EXPECT_EQ(right()->width(), 264);
    EXPECT_EQ(bottom()->height(), 168);
    EXPECT_FALSE(left()->isVisible());
    EXPECT_EQ(child<SideStrip>("sideStrip")->width(), 28);
    EXPECT_TRUE(child<SideStrip>("sideStrip")->isVisible());

    resizeTo(3840, 2160);
    EXPECT_EQ(left()->width(), 300);
    EXPECT_EQ(right()->width(), 400);
    EXPECT_EQ(bottom()->height(), 360);
    auto *second = child<QDockWidget>("timelineDock");
    ASSERT_NE(second, nullptr);
    EXPECT_TRUE(second->isVisible());
    EXPECT_EQ(second->height(), bottom()->height());
    EXPECT_GT(second->x(), bottom()->x());

    resizeTo(1440, 900);
    EXPECT_FALSE(second->isVisible());
    EXPECT_TRUE(left()->isVisible());
    EXPECT_EQ(left()->width(), 244);
    EXPECT_FALSE(child<SideStrip>("sideStrip")->isVisible());
}

TEST_F(LayoutTest, TheSmallestWindowIsTheOneOfTheDesign) { EXPECT_EQ(window->minimumSize(), QSize(960, 640)); }

TEST_F(LayoutTest, EveryViewAndClassKeepsItsOwnLayout)
{
    openDigits();
    window->showView(QStringLiteral("graph"));
    resizeTo(1440, 900);
    window->resizeDocks({right()}, {400}, Qt::Horizontal);
    settle();
    ASSERT_EQ(right()->width(), 400);
    window->showView(QStringLiteral("layers"));
    settle();
    EXPECT_EQ(right()->width(), 308);
    window->showView(QStringLiteral("graph"));
    settle();
    EXPECT_EQ(right()->width(), 400);
    resizeTo(1024, 700);
    EXPECT_EQ(right()->width(), 264);
    resizeTo(1440, 900);
    EXPECT_NEAR(right()->width(), 400, 2);
}

TEST_F(LayoutTest, TheLayoutIsThereInTheNextSession)
{
    openDigits();
    window->showView(QStringLiteral("graph"));
    resizeTo(1440, 900);
    window->resizeDocks({right()}, {360}, Qt::Horizontal);
    window->resizeDocks({bottom()}, {260}, Qt::Vertical);
    settle();
    window->actions().action(QStringLiteral("view.dockModel"))->trigger();
    settle();
    ASSERT_FALSE(left()->isVisible());
    window->close();
    window.reset();
    openWindow();
    openDigits();
    resizeTo(1440, 900);
    EXPECT_EQ(right()->width(), 360);
    EXPECT_EQ(bottom()->height(), 260);
    EXPECT_FALSE(left()->isVisible());
    EXPECT_FALSE(window->actions().action(QStringLiteral("view.dockModel"))->isChecked());
    window->actions().action(QStringLiteral("view.resetLayout"))->trigger();
    settle();
    EXPECT_EQ(right()->width(), 308);
    EXPECT_EQ(bottom()->height(), 200);
    EXPECT_TRUE(left()->isVisible());
    EXPECT_TRUE(window->actions().action(QStringLiteral("view.dockModel"))->isChecked());
}

TEST_F(LayoutTest, TheStripOpensTheTreeAboveTheGraph)
{
    openDigits();
    window->showView(QStringLiteral("graph"));
    resizeTo(1024, 700);
    const int before = window->graphView().width();
    auto *tab = child<QAbstractButton>("sideStripTab");
    QTest::mouseClick(tab, Qt::LeftButton);
    settle();
    auto *panel = child<QWidget>("sideStripPanel");
    ASSERT_TRUE(panel->isVisible());
    EXPECT_EQ(panel->width(), 244);
    EXPECT_EQ(window->graphView().width(), before) << "it lies above the graph and moves nothing";
    auto *tree = child<QTreeView>("opsTree");
    ASSERT_TRUE(tree->isVisible());
    QTest::keyClick(tree, Qt::Key_Escape);
    settle();
    EXPECT_FALSE(panel->isVisible());
    QTest::mouseClick(tab, Qt::LeftButton);
    settle();
    ASSERT_TRUE(panel->isVisible());
    QTest::mouseClick(&window->graphView().canvas(), Qt::LeftButton, Qt::NoModifier, QPoint(before - 5, 5));
    settle();
    EXPECT_FALSE(panel->isVisible());
    resizeTo(1440, 900);
    EXPECT_TRUE(tree->isVisible());
    EXPECT_EQ(tree->window(), window.get());
    EXPECT_TRUE(left()->isAncestorOf(tree));
}

TEST_F(LayoutTest, ANarrowWindowCollapsesMenusChipsAndVerdict)
{
    openDigits();
    run(40);
    window->showView(QStringLiteral("graph"));
    window->workspace().selectNode(window->workspace().document()->findNode("/fc/Gemm"));
    resizeTo(1440, 900);
    EXPECT_TRUE(child<QAbstractButton>("topVerdict")->isVisible());
    EXPECT_FALSE(child<QAbstractButton>("topVerdict")->text().isEmpty());
    EXPECT_FALSE(child<QAbstractButton>("chipCount")->isVisible());
    resizeTo(1024, 700);
    EXPECT_TRUE(child<QAbstractButton>("chipCount")->isVisible());
    EXPECT_EQ(child<QAbstractButton>("chipCount")->text(), QStringLiteral("2")); // selection and run
    EXPECT_TRUE(child<QAbstractButton>("topVerdict")->isVisible());
    EXPECT_TRUE(child<QAbstractButton>("topVerdict")->text().isEmpty());
    EXPECT_FALSE(child<QAbstractButton>("topVerdict")->accessibleName().isEmpty());
}

TEST_F(LayoutTest, TabsThatDoNotFitAreInTheMenuAtTheirEnd)
{
    openDigits();
    resizeTo(960, 640);
    auto *bar = child<QTabBar>("viewTabs");
    auto *more = child<QToolButton>("viewTabsMore");
    int hidden = 0;
    for (int i = 0; i < bar->count(); ++i)
        hidden += bar->isTabVisible(i) ? 0 : 1;
    EXPECT_EQ(more->isVisible(), hidden > 0);
    Q_EMIT more->menu()->aboutToShow();
    EXPECT_EQ(more->menu()->actions().size(), hidden);
    for (const QString &id : MainWindow::viewIds()) {
        if (id == QLatin1String("start"))
            continue;
        ASSERT_TRUE(window->showView(id));
        settle();
        EXPECT_TRUE(bar->isTabVisible(bar->currentIndex())) << id.toStdString();
    }
}

TEST_F(LayoutTest, NothingIsCutOffOrCoversSomethingElse)
{
    openDigits();
    run(40);
    window->workspace().selectNode(window->workspace().document()->findNode("/b2/b2.3/Conv"));
    QStringList all;
    for (const QSize size : {QSize(960, 640), QSize(1024, 700), QSize(1440, 900), QSize(3840, 2160)}) {
        resizeTo(size.width(), size.height());
        for (const QString &view : MainWindow::viewIds()) {
            window->showView(view);
            settle();
            all += faults(QStringLiteral("%1x%2 %3").arg(size.width()).arg(size.height()).arg(view));
        }
    }
    EXPECT_TRUE(all.isEmpty()) << all.join(QLatin1Char('\n')).toStdString();
}

} // namespace
} // namespace nordlys::studio::test

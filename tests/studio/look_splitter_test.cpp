// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <QApplication>
#include <QDockWidget>
#include <QMainWindow>
#include <QMouseEvent>
#include <QTableView>
#include <QTest>

#include <studio/widgets/thin_splitter.h>

namespace nordlys::studio {
namespace {

TEST(Splitter, DockLineIsCaughtBesideIt)
{
    QMainWindow window;
    auto* centre = new QTableView;
    window.setCentralWidget(centre);
    auto* dock = new QDockWidget(QStringLiteral("Inspector"));
    dock->setWidget(new QTableView);
    window.addDockWidget(Qt::RightDockWidgetArea, dock);
    window.resize(600, 300);
    window.show();
    (void)QTest::qWaitForWindowExposed(&window);
    window.grab();
    const int before = dock->width();
    const int line = dock->geometry().left() - 1;
    EXPECT_EQ(dock->geometry().left() - centre->geometry().right() - 1, 1) << "the line is 1 px";
    QWidget* under = window.childAt(line - 2, 150);
    ASSERT_NE(under, nullptr);
    const QPoint press = under->mapFrom(&window, QPoint(line - 2, 150));
    QTest::mousePress(under, Qt::LeftButton, Qt::NoModifier, press);
    const QPoint to = press - QPoint(60, 0);
    QMouseEvent move(QEvent::MouseMove, to, under->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(under, &move);
    QTest::qWait(30); // the window moves the line from a timer
    QTest::mouseRelease(under, Qt::LeftButton, Qt::NoModifier, to);
    EXPECT_NEAR(dock->width(), before + 60, 1);
}

TEST(Splitter, LineOfOnePixelCaughtWithinSeven)
{
    ThinSplitter splitter(Qt::Horizontal);
    splitter.addWidget(new QWidget);
    splitter.addWidget(new QWidget);
    splitter.resize(201, 50);
    splitter.show();
    (void)QTest::qWaitForWindowExposed(&splitter);
    QSplitterHandle* handle = splitter.handle(1);
    EXPECT_EQ(splitter.widget(0)->width() + splitter.widget(1)->width(), 200);
    EXPECT_EQ(handle->width(), 7);
    EXPECT_EQ(handle->contentsRect().width(), 1);
}

} // namespace
} // namespace nordlys::studio

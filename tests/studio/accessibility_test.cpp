// SPDX-License-Identifier: GPL-3.0-or-later
// What a screen reader is told.
#include "window_fixture.h"

#include <QAbstractSpinBox>
#include <QAccessible>
#include <QComboBox>

namespace nordlys::studio::test {
namespace {

class AccessibilityTest : public WindowTest {};

TEST_F(AccessibilityTest, OperatorsOfTheGraphAreChildrenNamedAsOnHover)
{
    openDigits();
    window->showView(QStringLiteral("graph"));
    GraphCanvas &canvas = window->graphView().canvas();
    QAccessibleInterface *graph = QAccessible::queryAccessibleInterface(&canvas);
    ASSERT_NE(graph, nullptr);
    EXPECT_EQ(graph->text(QAccessible::Name), QStringLiteral("Graph"));
    const auto &nodes = window->workspace().document()->graph().nodes;
    ASSERT_EQ(graph->childCount(), static_cast<int>(nodes.size()));
    ASSERT_EQ(graph->childCount(), 23);
    const core::NodeId conv = window->workspace().document()->findNode("/stem/stem.0/Conv");
    QAccessibleInterface *child = graph->child(static_cast<int>(conv.index));
    ASSERT_NE(child, nullptr);
    EXPECT_EQ(child->text(QAccessible::Name), QStringLiteral("/stem/stem.0/Conv"));
    EXPECT_TRUE(child->text(QAccessible::Description).contains(QStringLiteral("Conv 3×3")))
        << child->text(QAccessible::Description).toStdString();
    EXPECT_EQ(child->text(QAccessible::Name) + QLatin1Char('\n') + child->text(QAccessible::Description), canvas.describe(conv));
    EXPECT_EQ(graph->child(static_cast<int>(conv.index)), child);
    EXPECT_EQ(graph->indexOfChild(child), static_cast<int>(conv.index));
    EXPECT_EQ(child->parent(), graph);
    EXPECT_EQ(graph->child(-1), nullptr);
    EXPECT_EQ(graph->child(graph->childCount()), nullptr);
    const QPoint centre = canvas.mapToGlobal(canvas.positionOf(conv).toPoint());
    EXPECT_TRUE(child->rect().contains(centre));
    EXPECT_EQ(graph->childAt(centre.x(), centre.y()), child);

    EXPECT_FALSE(child->state().selected);
    QTest::mouseClick(&canvas, Qt::LeftButton, Qt::NoModifier, canvas.positionOf(conv).toPoint());
    EXPECT_TRUE(child->state().selected);
    EXPECT_EQ(graph->focusChild(), child);

    window->workspace().closeDocument();
    EXPECT_EQ(graph->childCount(), 0);
    EXPECT_FALSE(child->isValid());
    EXPECT_TRUE(child->text(QAccessible::Name).isEmpty());
}

TEST_F(AccessibilityTest, EverythingThatTakesTheFocusHasAName)
{
    openDigits();
    QStringList nameless;
    for (const QString &view : MainWindow::viewIds()) {
        window->showView(view);
        QTest::qWait(10);
        for (QWidget *widget : window->findChildren<QWidget *>()) {
            if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || widget->focusProxy())
                continue;
            const bool control = qobject_cast<QAbstractButton *>(widget) || qobject_cast<QLineEdit *>(widget) ||
                                 qobject_cast<QComboBox *>(widget) || qobject_cast<QAbstractSpinBox *>(widget) ||
                                 qobject_cast<QAbstractItemView *>(widget);
            if (!control || widget->objectName().startsWith(QLatin1String("qt_")))
                continue;
            QAccessibleInterface *spoken = QAccessible::queryAccessibleInterface(widget);
            if (!spoken || spoken->text(QAccessible::Name).trimmed().isEmpty())
                nameless << QStringLiteral("%1: %2 \"%3\"")
                                .arg(view, QString::fromLatin1(widget->metaObject()->className()), widget->objectName());
        }
    }
    nameless.removeDuplicates();
    EXPECT_TRUE(nameless.isEmpty()) << nameless.join(QLatin1Char('\n')).toStdString();
}

} // namespace
} // namespace nordlys::studio::test

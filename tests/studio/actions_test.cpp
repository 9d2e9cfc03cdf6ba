// SPDX-License-Identifier: GPL-3.0-or-later
// Every command once: menus, palette and shortcut sheet are made of the same list.
#include "window_fixture.h"

#include <studio/window/palette/command_palette.h>
#include <studio/window/shortcut_sheet.h>

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QListView>
#include <QMenu>
#include <QMenuBar>

#include <set>

namespace nordlys::studio::test {
namespace {

class ActionsTest : public WindowTest {
protected:
    void collect(const QMenu *menu, std::multiset<QString> &found)
    {
        for (const QAction *action : menu->actions()) {
            if (action->menu())
                collect(action->menu(), found);
            else if (!action->isSeparator())
                found.insert(action->objectName());
        }
    }
    CommandPalette *palette() { return child<CommandPalette>("commandPalette"); }
    void openPalette()
    {
        press(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        ASSERT_NE(palette(), nullptr);
        ASSERT_TRUE(palette()->isVisible());
    }
    QLineEdit *field() { return child<QLineEdit>("paletteField"); }
    const PaletteEntry &current() { return palette()->model().entry(palette()->currentRow()); }
    int rowWith(const QString &text)
    {
        for (int row = 0; row < palette()->model().rowCount(); ++row) {
            if (palette()->model().entry(row).text == text)
                return row;
        }
        return -1;
    }
};

TEST_F(ActionsTest, EveryActionIsInTheMenusOnceAndInThePalette)
{
    std::multiset<QString> inMenus;
    for (const QAction *top : window->findChild<QMenuBar *>()->actions())
        collect(top->menu(), inMenus);
    openPalette();
    std::multiset<QString> inPalette;
    for (int row = 0; row < palette()->model().rowCount(); ++row)
        inPalette.insert(palette()->model().entry(row).text);
    ASSERT_GT(window->actions().ids().size(), 30U);
    std::set<QString> ids;
    for (const QString &id : window->actions().ids()) {
        EXPECT_TRUE(ids.insert(id).second) << id.toStdString() << " is registered twice";
        EXPECT_EQ(inMenus.count(id), 1U) << id.toStdString();
        EXPECT_GE(inPalette.count(window->actions().plainText(id)), id == QLatin1String("view.palette") ? 0U : 1U)
            << id.toStdString();
    }
}

TEST_F(ActionsTest, WhatIsDisabledSaysWhy)
{
    const auto check = [this] {
        for (const QString &id : window->actions().ids()) {
            const QAction *action = window->actions().action(id);
            EXPECT_FALSE(action->text().isEmpty()) << id.toStdString();
            EXPECT_FALSE(action->toolTip().isEmpty()) << id.toStdString();
            EXPECT_EQ(action->isEnabled(), window->actions().reason(id).isEmpty()) << id.toStdString();
            if (!action->isEnabled()) {
                EXPECT_EQ(action->toolTip(), window->actions().reason(id)) << id.toStdString();
            }
        }
    };
    check();
    openDigits();
    check();
}

TEST_F(ActionsTest, NoTwoActionsShareAShortcut)
{
    std::map<std::pair<const QWidget *, QString>, QString> taken;
    for (const QString &id : window->actions().ids()) {
        const QWidget *context = window->actions().spec(id).context;
        for (const QKeySequence &keys : window->actions().action(id)->shortcuts()) {
            const auto [at, fresh] = taken.emplace(std::pair(context, keys.toString(QKeySequence::PortableText)), id);
            EXPECT_TRUE(fresh) << keys.toString().toStdString() << " is " << at->second.toStdString() << " and "
                               << id.toStdString();
            // One of the whole window would make the other ambiguous.
            if (context) {
                EXPECT_FALSE(
                    taken.contains(std::pair(static_cast<const QWidget *>(nullptr), keys.toString(QKeySequence::PortableText))))
                    << keys.toString().toStdString() << " of " << id.toStdString() << " is also one of the window";
            }
        }
    }
}

TEST_F(ActionsTest, PaletteRunsAnActionFromTheKeyboard)
{
    openDigits();
    window->showView(QStringLiteral("graph"));
    openPalette();
    const QAbstractItemModelTester tester(&palette()->model(), QAbstractItemModelTester::FailureReportingMode::Warning);
    EXPECT_EQ(QApplication::focusWidget(), field());
    QTest::keyClicks(field(), QStringLiteral("timel"));
    EXPECT_EQ(current().text, QStringLiteral("Timeline"));
    EXPECT_EQ(current().shortcut, QStringLiteral("Ctrl+4"));
    EXPECT_EQ(current().marks, (QList<int>{0, 1, 2, 3, 4}));
    QTest::keyClick(field(), Qt::Key_Return);
    EXPECT_FALSE(palette()->isVisible());
    EXPECT_EQ(window->currentView(), QStringLiteral("timeline"));
}

TEST_F(ActionsTest, PaletteFindsOperatorsAndTensors)
{
    openDigits();
    openPalette();
    QTest::keyClicks(field(), QStringLiteral("@gemm"));
    ASSERT_EQ(palette()->model().shownCount(), 1);
    EXPECT_EQ(current().text, QStringLiteral("/fc/Gemm"));
    QTest::keyClick(field(), Qt::Key_Return);
    const core::NodeId gemm = window->workspace().document()->findNode("/fc/Gemm");
    EXPECT_EQ(window->workspace().selection().node, gemm);
    EXPECT_EQ(window->currentView(), QStringLiteral("graph"));

    openPalette();
    QTest::keyClicks(field(), QStringLiteral("#logits"));
    ASSERT_EQ(palette()->model().shownCount(), 1);
    QTest::keyClick(field(), Qt::Key_Return);
    EXPECT_EQ(window->workspace().selection().tensor, window->workspace().document()->findTensor("logits"));
    EXPECT_EQ(window->currentView(), QStringLiteral("encodings"));
}

TEST_F(ActionsTest, DisabledActionsStayWithTheirReasonAndDoNothing)
{
    openPalette();
    QTest::keyClicks(field(), QStringLiteral(">calibrate"));
    const int row = rowWith(QStringLiteral("Calibrate"));
    ASSERT_GE(row, 0);
    EXPECT_FALSE(palette()->model().entry(row).enabled);
    EXPECT_EQ(palette()->model().entry(row).detail, QStringLiteral("Open a model first."));
    for (int i = 0; i < 10 && palette()->currentRow() != row; ++i)
        QTest::keyClick(field(), Qt::Key_Down);
    ASSERT_EQ(palette()->currentRow(), row);
    QTest::keyClick(field(), Qt::Key_Return);
    EXPECT_TRUE(palette()->isVisible());
    EXPECT_EQ(QApplication::activeModalWidget(), nullptr);
}

TEST_F(ActionsTest, EscapeClosesThePaletteAndGivesTheFocusBack)
{
    openDigits();
    window->showView(QStringLiteral("graph"));
    QWidget *before = QApplication::focusWidget();
    ASSERT_NE(before, nullptr);
    openPalette();
    // The shortcuts of the window rest.
    QTest::keyClick(field(), Qt::Key_2, Qt::ControlModifier);
    EXPECT_EQ(window->currentView(), QStringLiteral("graph"));
    QTest::keyClick(field(), Qt::Key_Escape);
    EXPECT_FALSE(palette()->isVisible());
    EXPECT_EQ(QApplication::focusWidget(), before);
    openPalette();
    QTest::mouseClick(palette(), Qt::LeftButton, Qt::NoModifier, QPoint(20, palette()->height() - 20));
    EXPECT_FALSE(palette()->isVisible());
}

TEST_F(ActionsTest, ArrowKeysSkipHeadingsAndGoRound)
{
    openPalette();
    ASSERT_EQ(palette()->model().entry(0).kind, PaletteEntry::Kind::Heading);
    EXPECT_EQ(palette()->currentRow(), 1);
    QTest::keyClick(field(), Qt::Key_Up);
    EXPECT_EQ(palette()->currentRow(), palette()->model().rowCount() - 1);
    QTest::keyClick(field(), Qt::Key_Down);
    EXPECT_EQ(palette()->currentRow(), 1);
    QTest::keyClicks(field(), QStringLiteral("qqqqzzzz"));
    EXPECT_EQ(palette()->currentRow(), -1);
    QTest::keyClick(field(), Qt::Key_Down);
    QTest::keyClick(field(), Qt::Key_Return);
    EXPECT_TRUE(palette()->isVisible());
}

TEST_F(ActionsTest, ShortcutSheetListsSearchesAndCopies)
{
    whenDialog<ShortcutSheet>([this](ShortcutSheet *sheet) {
        auto *table = sheet->findChild<TableView *>(QStringLiteral("shortcutTable"));
        auto *search = sheet->findChild<QLineEdit *>(QStringLiteral("shortcutSearch"));
        int withKeys = 0;
        for (const QString &id : window->actions().ids())
            withKeys += window->actions().action(id)->shortcuts().isEmpty() ? 0 : 1;
        EXPECT_GT(table->model()->rowCount(), withKeys);
        QTest::keyClicks(search, QStringLiteral("palette"));
        EXPECT_EQ(table->model()->rowCount(), 1);
        EXPECT_EQ(table->model()->index(0, ShortcutModel::Keys).data().toString(), QStringLiteral("Ctrl+Shift+P"));
        QTest::mouseClick(sheet->findChild<QPushButton *>(QStringLiteral("shortcutCopy")), Qt::LeftButton);
        const QString text = QApplication::clipboard()->text();
        EXPECT_TRUE(text.contains(QStringLiteral("Ctrl+Shift+P"))) << text.toStdString();
        EXPECT_TRUE(text.contains(QStringLiteral("Command palette")));
        sheet->reject();
    });
    press(Qt::Key_F1);
}

TEST(FuzzyQuery, ScoresStartsOverWordsOverInsidesOverLooseLetters)
{
    const FuzzyQuery query(QStringLiteral("dep"));
    const auto score = [&](const char *text) { return query.match(QString::fromLatin1(text)).value().score; };
    EXPECT_GT(score("depthwise"), score("b1_depthwise"));
    EXPECT_GT(score("b1_depthwise"), score("independent"));
    EXPECT_GT(score("independent"), score("d_expo"));
    EXPECT_FALSE(query.match(QStringLiteral("expand")).has_value());
    EXPECT_EQ(FuzzyQuery(QStringLiteral("DEP 16")).match(QStringLiteral("block_16_depthwise")).value().positions,
              (QList<int>{6, 7, 9, 10, 11}));
    EXPECT_FALSE(FuzzyQuery(QStringLiteral("dep 17")).match(QStringLiteral("block_16_depthwise")).has_value());
    EXPECT_TRUE(FuzzyQuery(QString()).match(QStringLiteral("anything")).has_value());
    EXPECT_FALSE(FuzzyQuery(QStringLiteral("end")).match(QString(10000, QLatin1Char('x')) + QStringLiteral("end")).has_value());
}

} // namespace
} // namespace nordlys::studio::test

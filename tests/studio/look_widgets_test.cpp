// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTest>

#include <studio/look/metrics.h>
#include <studio/look/resources.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/widgets/chip.h>
#include <studio/widgets/dock_header.h>
#include <studio/widgets/empty_state.h>
#include <studio/widgets/key_value_grid.h>
#include <studio/widgets/section.h>
#include <studio/widgets/table_view.h>

namespace nordlys::studio {
namespace {

/// name, value, bits; four rows: block_2, block_10, conv, relu with values 3, 1, NaN, 1.
class SampleTable : public testing::Test
{
protected:
    SampleTable()
    {
        source.setHorizontalHeaderLabels({QStringLiteral("Layer"), QStringLiteral("p50 ms"), QStringLiteral("Bits"), QStringLiteral("Verdict")});
        const QStringList names{QStringLiteral("block_2"), QStringLiteral("block_10"), QStringLiteral("conv"), QStringLiteral("relu")};
        const double values[] = {3.25, 1.0, std::nan(""), 1.0};
        const double bits[] = {8, 16, 8, 8};
        for (int row = 0; row < 4; ++row) {
            auto* name = new QStandardItem(names[row]);
            auto* value = new QStandardItem(std::isnan(values[row]) ? QStringLiteral("–") : QString::number(values[row], 'f', 3));
            value->setData(static_cast<int>(CellKind::Number), CellKindRole);
            value->setData(values[row], NumberRole);
            auto* bit = new QStandardItem;
            bit->setData(bits[row], Qt::EditRole);
            bit->setData(static_cast<int>(CellKind::Number), CellKindRole);
            auto* verdict = new QStandardItem(QStringLiteral("noisy"));
            verdict->setData(static_cast<int>(CellKind::Chip), CellKindRole);
            verdict->setEditable(false);
            name->setEditable(false);
            source.appendRow({name, value, bit, verdict});
        }
        sorted.setSourceModel(&source);
        table.setModel(&sorted);
        table.resize(500, 200);
        table.show();
        table.activateWindow();
        table.setFocus();
        (void)QTest::qWaitForWindowExposed(&table);
        QApplication::processEvents();
    }

    QStringList names() const
    {
        QStringList result;
        for (int row = 0; row < sorted.rowCount(); ++row) {
            result << sorted.index(row, 0).data().toString();
        }
        return result;
    }

    QPoint centre(int row, int column) const { return table.visualRect(sorted.index(row, column)).center(); }

    QStandardItemModel source;
    SortModel sorted;
    QAbstractItemModelTester tester{&sorted, QAbstractItemModelTester::FailureReportingMode::Warning};
    TableView table;
};

TEST_F(SampleTable, NumbersInNamesSortAsNumbers)
{
    table.setSortKeys({{0, Qt::AscendingOrder}});
    EXPECT_EQ(names().join(QLatin1Char(' ')).toStdString(), "block_2 block_10 conv relu");
}

TEST_F(SampleTable, MissingValuesSortLastBothWays)
{
    table.setSortKeys({{1, Qt::AscendingOrder}});
    EXPECT_EQ(names().join(QLatin1Char(' ')).toStdString(), "block_10 relu block_2 conv");
    table.setSortKeys({{1, Qt::DescendingOrder}});
    EXPECT_EQ(names().join(QLatin1Char(' ')).toStdString(), "block_2 block_10 relu conv");
}

TEST_F(SampleTable, SecondKeyDecidesEqualRows)
{
    table.setSortKeys({{1, Qt::AscendingOrder}, {0, Qt::DescendingOrder}});
    EXPECT_EQ(names().join(QLatin1Char(' ')).toStdString(), "relu block_10 block_2 conv");
    table.setSortKeys({{1, Qt::AscendingOrder}, {0, Qt::AscendingOrder}});
    EXPECT_EQ(names().join(QLatin1Char(' ')).toStdString(), "block_10 relu block_2 conv");
}

TEST_F(SampleTable, HeaderClickSortsAndShiftAddsAKey)
{
    QHeaderView* header = table.horizontalHeader();
    const auto click = [&](int column, Qt::KeyboardModifiers modifiers) {
        const QPoint at(header->sectionViewportPosition(column) + 10, header->height() / 2);
        QTest::mouseClick(header->viewport(), Qt::LeftButton, modifiers, at);
    };
    click(1, Qt::NoModifier);
    EXPECT_EQ(table.sortKeys(), (QList<SortKey>{{1, Qt::DescendingOrder}})) << "the largest number first";
    click(1, Qt::NoModifier);
    EXPECT_EQ(table.sortKeys(), (QList<SortKey>{{1, Qt::AscendingOrder}}));
    // The sticky column's header is the one that the mouse reaches.
    QHeaderView* sticky = table.stickyColumn()->horizontalHeader();
    QTest::mouseClick(sticky->viewport(), Qt::LeftButton, Qt::NoModifier, QPoint(10, 10));
    EXPECT_EQ(table.sortKeys(), (QList<SortKey>{{0, Qt::AscendingOrder}}));
}

TEST_F(SampleTable, CopiesRawNumbersWithHeader)
{
    table.setSortKeys({{0, Qt::AscendingOrder}});
    table.selectRow(0);
    QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
    EXPECT_EQ(QApplication::clipboard()->text().toStdString(), "Layer\tp50 ms\tBits\tVerdict\nblock_2\t3.25\t8\tnoisy\n");
    source.item(0, 0)->setText(QStringLiteral("a\tb\nc"));
    EXPECT_TRUE(table.tableAsTsv().contains(QStringLiteral("a b c\t3.25"))) << "separators inside a name";
    EXPECT_TRUE(table.tableAsTsv().contains(QStringLiteral("conv\t\t8"))) << "NaN is empty";
}

TEST_F(SampleTable, TypingFindsARow)
{
    table.setCurrentIndex(sorted.index(0, 0));
    QTest::keyClicks(&table, QStringLiteral("el"));
    EXPECT_EQ(table.currentIndex().row(), 3) << "the text may stand inside the name";
}

TEST_F(SampleTable, EditWritesANumberAndRefusesWords)
{
    const QModelIndex cell = sorted.index(0, 2);
    QSignalSpy rejected(table.tableDelegate(), &TableDelegate::editRejected);
    table.setCurrentIndex(cell);
    table.edit(cell);
    auto* field = table.findChild<QLineEdit*>();
    ASSERT_NE(field, nullptr);
    EXPECT_TRUE(table.isRowOrderHeld());
    QTest::keyClicks(field, QStringLiteral("abc"));
    EXPECT_TRUE(field->property("invalid").toBool());
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_TRUE(field->isVisible()) << "a wrong value keeps the field open";
    EXPECT_EQ(cell.data(Qt::EditRole).toDouble(), 8.0);
    field->selectAll();
    QTest::keyClicks(field, QStringLiteral("16"));
    EXPECT_FALSE(field->property("invalid").toBool());
    QTest::keyClick(field, Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(!table.isRowOrderHeld(), 2000);
    EXPECT_EQ(cell.data(Qt::EditRole).toDouble(), 16.0);
    EXPECT_EQ(rejected.count(), 0);
}

TEST_F(SampleTable, RowsHoldStillWhileTheOrderIsHeld)
{
    table.setSortKeys({{1, Qt::AscendingOrder}});
    const QString before = names().join(QLatin1Char(' '));
    QSignalSpy held(&table, &TableView::rowOrderHeldChanged);
    table.holdRowOrder(true);
    source.item(1, 1)->setData(99.0, NumberRole);
    EXPECT_EQ(names().join(QLatin1Char(' ')), before);
    table.holdRowOrder(false);
    EXPECT_EQ(names().join(QLatin1Char(' ')).toStdString(), "relu block_2 block_10 conv");
    EXPECT_EQ(held.count(), 2);
}

TEST_F(SampleTable, PredicateFiltersRows)
{
    sorted.setRowPredicate([this](int row, const QModelIndex&) { return source.item(row, 0)->text().startsWith(QLatin1String("block")); });
    EXPECT_EQ(sorted.rowCount(), 2);
    sorted.setRowPredicate({});
    EXPECT_EQ(sorted.rowCount(), 4);
}

TEST_F(SampleTable, StickyColumnFollowsAndHidesNothing)
{
    ASSERT_TRUE(table.stickyColumn()->isVisible());
    table.setColumnWidth(0, 150);
    EXPECT_EQ(table.stickyColumn()->width(), 150);
    table.setColumnWidth(1, 300);
    table.setColumnWidth(2, 300);
    table.setCurrentIndex(sorted.index(0, 3));
    table.scrollTo(sorted.index(0, 3));
    table.scrollTo(sorted.index(0, 1));
    EXPECT_GE(table.visualRect(sorted.index(0, 1)).left(), 150) << "not below the sticky column";
    EXPECT_EQ(table.rowHeight(0), metrics().row);
}

TEST_F(SampleTable, ChipClickIsReported)
{
    QSignalSpy clicked(&table, &TableView::chipClicked);
    const QRect cell = table.visualRect(sorted.index(1, 3));
    QTest::mouseClick(table.viewport(), Qt::LeftButton, Qt::NoModifier, QPoint(cell.left() + metrics().cellMargin + 10, cell.center().y()));
    ASSERT_EQ(clicked.count(), 1);
    EXPECT_EQ(clicked.first().first().toModelIndex().row(), 1);
}

TEST_F(SampleTable, SelectionIsPaintedInTheThemesColour)
{
    table.clearSelection();
    table.selectRow(1);
    const auto paper = [&](int row) {
        const QRect cell = table.visualRect(sorted.index(row, 2));
        return table.viewport()->grab().toImage().pixelColor(cell.left() + 3, cell.center().y());
    };
    EXPECT_EQ(paper(1), QApplication::focusWidget() == &table ? theme().selection : theme().hover);
    EXPECT_EQ(paper(2), theme().surface);
    ThemeController::instance().setMode(ThemeMode::Light);
    EXPECT_EQ(paper(2), lightTheme.surface);
    ThemeController::instance().setMode(ThemeMode::Dark);
}

TEST(Chips, VerdictsHaveDifferentWordsAndClicksArrive)
{
    QStringList words;
    for (int i = 0; i <= static_cast<int>(Verdict::NotClear); ++i) {
        words << chipText(static_cast<Verdict>(i));
    }
    EXPECT_EQ(words.removeDuplicates(), 0);
    Chip chip(Verdict::Throttled);
    chip.resize(chip.sizeHint());
    QSignalSpy clicked(&chip, &Chip::clicked);
    QTest::mouseClick(&chip, Qt::LeftButton);
    EXPECT_EQ(clicked.count(), 0) << "not clickable by default";
    chip.setClickable(true);
    QTest::mouseClick(&chip, Qt::LeftButton);
    EXPECT_EQ(clicked.count(), 1);
    chip.setClosable(true);
    chip.resize(chip.sizeHint());
    QSignalSpy closed(&chip, &Chip::closeRequested);
    QTest::mouseClick(&chip, Qt::LeftButton, Qt::NoModifier, QPoint(chip.width() - 8, chip.height() / 2));
    EXPECT_EQ(closed.count(), 1);
    EXPECT_EQ(clicked.count(), 1);
}

TEST(Translations, NorwegianIsLoadedAndTakenBack)
{
    EXPECT_TRUE(installTranslation(QLocale(QLocale::NorwegianBokmal, QLocale::Norway)));
    EXPECT_EQ(chipText(Verdict::Faster).toStdString(), "raskere");
    EXPECT_EQ(QLocale().decimalPoint().toStdString(), ",");
    EXPECT_FALSE(installTranslation(QLocale(QLocale::English, QLocale::UnitedStates)));
    EXPECT_EQ(chipText(Verdict::Faster).toStdString(), "faster");
}

TEST(Style, HeightsOfTheVisualSystem)
{
    QPushButton button(QStringLiteral("Run"));
    setPrimary(&button);
    button.ensurePolished();
    EXPECT_EQ(button.sizeHint().height(), 28);
    setBarSize(&button);
    EXPECT_EQ(button.sizeHint().height(), 24);
    QLineEdit field;
    field.ensurePolished();
    EXPECT_EQ(field.sizeHint().height(), 24);
    button.resize(button.sizeHint());
    const QImage image = button.grab().toImage();
    EXPECT_EQ(image.pixelColor(5, image.height() / 2), theme().accentFill);
}

TEST(Style, FocusRingForTheKeyboardOnly)
{
    QWidget window;
    window.resize(200, 100);
    QPushButton button(QStringLiteral("Build"), &window);
    button.setGeometry(40, 30, 80, 28);
    window.show();
    window.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
    button.setFocus(Qt::MouseFocusReason);
    EXPECT_NE(window.grab().toImage().pixelColor(80, 28), theme().focus);
    button.clearFocus();
    button.setFocus(Qt::TabFocusReason);
    EXPECT_EQ(window.grab().toImage().pixelColor(80, 28), theme().focus) << "2 px ring, 1 px outside";
    EXPECT_EQ(window.grab().toImage().pixelColor(80, 29), theme().window) << "1 px gap";
    QTest::mouseClick(&window, Qt::LeftButton, Qt::NoModifier, QPoint(5, 5));
    EXPECT_NE(window.grab().toImage().pixelColor(80, 28), theme().focus);
}

TEST(Inspector, RowsAreCopiedRaw)
{
    KeyValueGrid grid;
    KeyValue time;
    time.label = QStringLiteral("Time");
    time.value = QStringLiteral("1,462 ms");
    time.copyText = QStringLiteral("1.462");
    KeyValue name;
    name.label = QStringLiteral("Name");
    name.value = QStringLiteral("conv");
    grid.setRows({time, name});
    grid.resize(300, grid.sizeHint().height());
    grid.show();
    grid.setFocus();
    QTest::keyClick(&grid, Qt::Key_C, Qt::ControlModifier);
    EXPECT_EQ(QApplication::clipboard()->text().toStdString(), "Time\t1.462\nName\tconv\n");
    QTest::mouseClick(&grid, Qt::LeftButton, Qt::NoModifier, QPoint(150, 12));
    QTest::keyClick(&grid, Qt::Key_C, Qt::ControlModifier);
    EXPECT_EQ(QApplication::clipboard()->text().toStdString(), "1.462");
    QTest::keyClick(&grid, Qt::Key_Down);
    grid.copy();
    EXPECT_EQ(QApplication::clipboard()->text().toStdString(), "conv");
}

TEST(Sections, OpenAndCloseByMouseAndKey)
{
    Section section(QStringLiteral("Cost"));
    auto* content = new QWidget;
    section.setContent(content);
    section.show();
    auto* header = section.findChild<SectionHeader*>();
    ASSERT_NE(header, nullptr);
    QTest::mouseClick(header, Qt::LeftButton);
    EXPECT_FALSE(content->isVisible());
    QTest::keyClick(header, Qt::Key_Return);
    EXPECT_TRUE(content->isVisible());
}

TEST(EmptyStates, OneActionThatArrives)
{
    EmptyState empty;
    empty.setTexts(Icon::Graph, QStringLiteral("Open a model"), QStringLiteral("It stays on this computer."));
    EXPECT_TRUE(empty.button()->isHidden());
    empty.setAction(QStringLiteral("Open…"));
    empty.show();
    QSignalSpy triggered(&empty, &EmptyState::actionTriggered);
    QTest::mouseClick(empty.button(), Qt::LeftButton);
    EXPECT_EQ(triggered.count(), 1);
}

TEST(Progress, AppearsAfterADelayAndGoes)
{
    DockHeader header(QStringLiteral("Layers"));
    header.resize(400, header.sizeHint().height());
    header.show();
    QSignalSpy shown(header.progressLine(), &ProgressLine::shownChanged);
    header.setProgress(1, 4);
    header.finishProgress();
    QTest::qWait(200);
    EXPECT_EQ(shown.count(), 0) << "short work shows nothing";
    header.setProgress(1, 4);
    EXPECT_TRUE(shown.wait(1000));
    const QImage image = header.grab().toImage();
    EXPECT_EQ(image.pixelColor(50, image.height() - 1), theme().accent);
    EXPECT_NE(image.pixelColor(200, image.height() - 1), theme().accent) << "a quarter is done";
    header.finishProgress();
    EXPECT_EQ(shown.count(), 2);
}

} // namespace
} // namespace nordlys::studio

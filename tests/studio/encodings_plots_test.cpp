// SPDX-License-Identifier: GPL-3.0-or-later
// The drawings of the tensor pane by themselves, with real mouse and key events.
#include <studio/look/theme.h>
#include <studio/views/encodings/channel_strip.h>
#include <studio/views/encodings/histogram_plot.h>
#include <studio/views/encodings/metric_strip.h>
#include <studio/views/encodings/noise_bar.h>
#include <studio/widgets/flow_row.h>
#include <studio/widgets/segmented_control.h>
#include <studio/workspace/sqnr_curve.h>

#include <gtest/gtest.h>

#include <QAccessible>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QVBoxLayout>

#include <cmath>
#include <limits>
#include <numeric>

namespace nordlys::studio::test {
namespace {

using Handle = HistogramPlot::Handle;
using Ends = HistogramPlot::Ends;

class HistogramPlotTest : public testing::Test {
protected:
    void SetUp() override
    {
        auto *column = new QVBoxLayout(&window);
        column->addWidget(&before);
        column->addWidget(plot = new HistogramPlot(&window));
        column->addWidget(&after);
        window.resize(640, 400);
        HistogramData data{-16, 0.125, std::vector<double>(256), -10, 15};
        for (std::size_t i = 0; i < data.weights.size(); ++i)
            data.weights[i] = std::floor(1e5 * std::exp(-std::pow((double(i) - 128) / 30, 2)));
        plot->setData(data);
        plot->setRange(std::pair(-8.0, 12.0), 0.5, Ends::Free);
        window.show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(&window));
        window.activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(&window));
    }
    void move(const QPoint &to)
    {
        QMouseEvent event(QEvent::MouseMove, QPointF(to), plot->mapToGlobal(QPointF(to)), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(plot, &event);
    }
    /// Presses on the handle and moves by so many pixels.
    QPoint drag(Handle handle, int pixels)
    {
        const QPoint from = plot->handleRect(handle).center();
        QTest::mousePress(plot, Qt::LeftButton, Qt::NoModifier, from);
        move(from + QPoint(pixels / 2, 3));
        move(from + QPoint(pixels, 3));
        return from + QPoint(pixels, 3);
    }
    [[nodiscard]] double perPixel() const { return plot->valueAt(101) - plot->valueAt(100); }

    QWidget window;
    QLineEdit before, after;
    HistogramPlot *plot = nullptr;
};

TEST_F(HistogramPlotTest, AHandleFollowsTheMouseAndCommitsAtTheRelease)
{
    QSignalSpy dragged(plot, &HistogramPlot::rangeDragged), committed(plot, &HistogramPlot::rangeCommitted);
    const double step = perPixel();
    const QPoint to = drag(Handle::Max, -60);
    ASSERT_EQ(dragged.size(), 2);
    EXPECT_DOUBLE_EQ(dragged[1][0].toDouble(), -8);
    EXPECT_NEAR(dragged[1][1].toDouble(), 12 - 60 * step, 2 * step);
    EXPECT_TRUE(committed.isEmpty());
    EXPECT_TRUE(plot->isMoving());
    // What the owner makes of it does not move the axis under the pointer.
    const double zero = plot->xOf(0);
    plot->setRange(std::pair(-8.5, 12 - 60 * step), 0.4, Ends::Free);
    EXPECT_EQ(plot->xOf(0), zero);
    QTest::mouseRelease(plot, Qt::LeftButton, Qt::NoModifier, to);
    ASSERT_EQ(committed.size(), 1);
    EXPECT_DOUBLE_EQ(committed[0][0].toDouble(), -8) << "the other end stays where it was at the press";
    EXPECT_NEAR(committed[0][1].toDouble(), 12 - 60 * step, 2 * step);
    EXPECT_FALSE(plot->isMoving());
}

TEST_F(HistogramPlotTest, ZeroStaysInside)
{
    QSignalSpy dragged(plot, &HistogramPlot::rangeDragged);
    drag(Handle::Max, -500);
    EXPECT_DOUBLE_EQ(dragged.last()[1].toDouble(), 0);
    QTest::keyClick(plot, Qt::Key_Escape);
    drag(Handle::Min, 500);
    EXPECT_DOUBLE_EQ(dragged.last()[0].toDouble(), 0);
    EXPECT_DOUBLE_EQ(dragged.last()[1].toDouble(), 12);
}

TEST_F(HistogramPlotTest, EscapeTakesADragBack)
{
    QSignalSpy cancelled(plot, &HistogramPlot::dragCancelled), committed(plot, &HistogramPlot::rangeCommitted);
    const QPoint at = drag(Handle::Min, -40);
    QTest::keyClick(plot, Qt::Key_Escape);
    EXPECT_EQ(cancelled.size(), 1);
    EXPECT_FALSE(plot->isMoving());
    QTest::mouseRelease(plot, Qt::LeftButton, Qt::NoModifier, at);
    EXPECT_TRUE(committed.isEmpty());
}

TEST_F(HistogramPlotTest, BothEndsOfASymmetricRangeMove)
{
    plot->setRange(std::pair(-12.8, 12.7), 0.1, Ends::Mirrored);
    QSignalSpy dragged(plot, &HistogramPlot::rangeDragged);
    drag(Handle::Min, 30);
    ASSERT_FALSE(dragged.isEmpty());
    EXPECT_GT(dragged.last()[0].toDouble(), -12.7);
    EXPECT_DOUBLE_EQ(dragged.last()[0].toDouble(), -dragged.last()[1].toDouble());
}

TEST_F(HistogramPlotTest, ArrowsMoveByStepsAndOneKeyIsOneCommit)
{
    plot->setFocus(Qt::TabFocusReason);
    ASSERT_EQ(plot->activeHandle(), Handle::Min);
    QSignalSpy dragged(plot, &HistogramPlot::rangeDragged), committed(plot, &HistogramPlot::rangeCommitted);
    QTest::keyClick(plot, Qt::Key_Right);
    ASSERT_EQ(committed.size(), 1);
    EXPECT_DOUBLE_EQ(committed[0][0].toDouble(), -7.5);
    EXPECT_DOUBLE_EQ(committed[0][1].toDouble(), 12);
    // The owner did not take it, so the next begins where the first did.
    QTest::keyClick(plot, Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_DOUBLE_EQ(committed[1][0].toDouble(), -13);
    QTest::keyClick(plot, Qt::Key_Tab);
    ASSERT_TRUE(plot->hasFocus());
    ASSERT_EQ(plot->activeHandle(), Handle::Max);
    dragged.clear();
    QTest::keyPress(plot, Qt::Key_Right);
    QTest::keyPress(plot, Qt::Key_Right);
    QTest::keyPress(plot, Qt::Key_Right);
    EXPECT_EQ(dragged.size(), 3);
    EXPECT_EQ(committed.size(), 2);
    QTest::keyRelease(plot, Qt::Key_Right);
    ASSERT_EQ(committed.size(), 3);
    EXPECT_DOUBLE_EQ(committed[2][1].toDouble(), 13.5);
    QTest::keyClick(plot, Qt::Key_Tab);
    EXPECT_TRUE(after.hasFocus());
    QTest::keyClick(&after, Qt::Key_Backtab, Qt::ShiftModifier);
    EXPECT_EQ(plot->activeHandle(), Handle::Max);
    QTest::keyClick(plot, Qt::Key_Backtab, Qt::ShiftModifier);
    EXPECT_EQ(plot->activeHandle(), Handle::Min);
    QTest::keyClick(plot, Qt::Key_Backtab, Qt::ShiftModifier);
    EXPECT_TRUE(before.hasFocus());
}

TEST_F(HistogramPlotTest, WhatIsFixedDoesNotMove)
{
    QSignalSpy dragged(plot, &HistogramPlot::rangeDragged), committed(plot, &HistogramPlot::rangeCommitted);
    plot->setMarks({{QStringLiteral("mse"), -3, 4}});
    plot->setWhyFixed(QStringLiteral("locked"));
    drag(Handle::Max, -30);
    plot->setFocus(Qt::TabFocusReason);
    QTest::keyClick(plot, Qt::Key_Right);
    QTest::mouseClick(plot, Qt::LeftButton, Qt::NoModifier, plot->markRect(0).center());
    EXPECT_TRUE(dragged.isEmpty());
    EXPECT_TRUE(committed.isEmpty());
    EXPECT_EQ(plot->toolTip(), QStringLiteral("locked"));
    plot->setWhyFixed({});
    plot->setRange(std::pair(0.0, 12.0), 0.05, Ends::FromZero);
    drag(Handle::Min, -30);
    EXPECT_TRUE(dragged.isEmpty());
    // A method's triangle is its range.
    QTest::mouseClick(plot, Qt::LeftButton, Qt::NoModifier, plot->markRect(0).center());
    ASSERT_EQ(committed.size(), 1);
    EXPECT_EQ(committed[0], (QList<QVariant>{-3.0, 4.0}));
}

TEST_F(HistogramPlotTest, ClippedValuesAreInTheErrorColour)
{
    const auto colourAt = [this](double value) {
        const QImage picture = plot->grab().toImage();
        // Just above the base line every bar is there; of a gap the neighbour counts.
        const int x = static_cast<int>(plot->xOf(value)), y = plot->plotArea().bottom() - 2;
        QColor colour = picture.pixelColor(x, y);
        for (int dx = 1; colour != theme().error && colour != theme().text3 && dx < 4; ++dx)
            colour = picture.pixelColor(x + dx, y);
        return colour;
    };
    EXPECT_EQ(colourAt(4), theme().text3);
    plot->setRange(std::pair(-8.0, 3.0), 0.5, Ends::Free);
    EXPECT_EQ(colourAt(4), theme().error);
    EXPECT_EQ(colourAt(1), theme().text3);
}

TEST_F(HistogramPlotTest, ScreenReadersHearBothEnds)
{
    plot->setSubject(QStringLiteral("conv_y"));
    QAccessibleInterface *spoken = QAccessible::queryAccessibleInterface(plot);
    ASSERT_NE(spoken, nullptr);
    EXPECT_EQ(spoken->role(), QAccessible::Slider);
    EXPECT_TRUE(spoken->text(QAccessible::Name).contains(QStringLiteral("conv_y")));
    EXPECT_TRUE(spoken->text(QAccessible::Value).contains(QStringLiteral("12.00")));
    plot->setFocus(Qt::BacktabFocusReason);
    ASSERT_NE(spoken->valueInterface(), nullptr);
    EXPECT_EQ(spoken->valueInterface()->currentValue().toDouble(), 12);
    EXPECT_EQ(spoken->valueInterface()->minimumStepSize().toDouble(), 0.5);
}

TEST(ChannelStrip, OutliersAreWiderThanThreeMedians)
{
    // Widths 1, 2, 2, 7, 2, 6: the median is 2, 6 is not more than three of them.
    const ChannelSpread spread = spreadOf({0, -1, 0, -3, -2, 0}, {1, 1, 2, 4, 0, 6});
    EXPECT_EQ(spread.median, 2);
    EXPECT_EQ(spread.outliers, (std::vector<int>{3}));
    const ChannelSpread many = spreadOf({0, 0, 0, 0, 0}, {1, 9, 1, 10, 1});
    EXPECT_EQ(many.outliers, (std::vector<int>{3, 1})) << "the widest first";
    EXPECT_TRUE(spreadOf({1, 1, 1}, {1, 1, 9}).outliers.empty());
    EXPECT_EQ(spreadOf({}, {}).count(), 0);
}

TEST(ChannelStrip, FindsTheChannelUnderAPoint)
{
    ChannelStrip strip;
    strip.resize(500, 38);
    for (const int count : {1, 7, 160, 499, 500}) {
        std::vector<double> max(static_cast<std::size_t>(count), 1);
        strip.setSpread(spreadOf(std::vector<double>(max.size(), 0), max));
        for (int channel = 0; channel < count; ++channel)
            ASSERT_EQ(strip.channelAt(strip.rectOf(channel).center()), channel) << "of " << count;
    }
    // Several channels a pixel: the widest of them.
    std::vector<double> max(4096, 1);
    max[1234] = 8;
    strip.setSpread(spreadOf(std::vector<double>(max.size(), 0), max));
    EXPECT_EQ(strip.channelAt(strip.rectOf(1234).center()), 1234);
    EXPECT_EQ(strip.channelAt({0, 10}), 0);
    EXPECT_GE(strip.channelAt({499, 10}), 4096 - 9);
    EXPECT_EQ(strip.channelAt({500, 10}), -1);
    QSignalSpy selected(&strip, &ChannelStrip::channelSelected);
    QTest::mouseClick(&strip, Qt::LeftButton, Qt::NoModifier, strip.rectOf(1234).center());
    ASSERT_EQ(selected.size(), 1);
    EXPECT_EQ(strip.channel(), 1234);
    EXPECT_TRUE(strip.describe(1234).contains(QStringLiteral("ch 1234"))) << strip.describe(1234).toStdString();
    EXPECT_TRUE(strip.describe(1234).contains(QStringLiteral("8.0×"))) << strip.describe(1234).toStdString();
    QTest::keyClick(&strip, Qt::Key_Right);
    EXPECT_EQ(strip.channel(), 1235);
    QTest::keyClick(&strip, Qt::Key_End);
    EXPECT_EQ(strip.channel(), 4095);
    QTest::keyClick(&strip, Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_EQ(strip.channel(), 4085);
    QTest::keyClick(&strip, Qt::Key_Escape);
    EXPECT_EQ(strip.channel(), -1);
    strip.grab(); // paints
}

TEST(NoiseBar, NoisesAddUpAsPowers)
{
    const double infinite = std::numeric_limits<double>::infinity();
    EXPECT_DOUBLE_EQ(noiseOf(20), 0.01);
    EXPECT_EQ(noiseOf(infinite), 0);
}

TEST(SqnrCurve, OneValueByHand)
{
    // One bin about 1: with the maximum at 0.5 the value becomes 0.5, an error of 0.5; with 1 it is a code.
    const core::Histogram histogram{0, 2, {10}};
    const HistogramCost cost(histogram);
    EXPECT_DOUBLE_EQ(cost.signal, 10);
    core::Encoding encoding;
    encoding.bitwidth = 4;
    encoding.grids = {*core::gridFromScale(0.1, 0, 4)};
    const QList<QPointF> curve = sqnrOverMax(cost, encoding, 1, 2);
    ASSERT_EQ(curve.size(), 1) << "without noise there is no ratio";
    EXPECT_DOUBLE_EQ(curve[0].x(), 0.5);
    EXPECT_NEAR(curve[0].y(), 10 * std::log10(4), 1e-9);
    EXPECT_TRUE(sqnrOverMax(cost, encoding, 0, 2).isEmpty());
    encoding.isFloat = true;
    EXPECT_TRUE(sqnrOverMax(cost, encoding, 1, 2).isEmpty());
}

TEST(SegmentedControl, AClickAsksAndTheOwnerTakes)
{
    SegmentedControl control;
    control.setName(QStringLiteral("Bits"));
    for (const int bits : {4, 8, 16})
        control.addChoice(QString::number(bits), bits);
    control.setChosen(8);
    control.setReason(16, QStringLiteral("not here"));
    control.show();
    QSignalSpy asked(&control, &SegmentedControl::asked);
    QTest::mouseClick(control.button(4), Qt::LeftButton);
    ASSERT_EQ(asked.size(), 1);
    EXPECT_EQ(asked[0][0].toInt(), 4);
    EXPECT_TRUE(control.button(8)->isChecked()) << "refused choices never look taken";
    EXPECT_FALSE(control.button(4)->isChecked());
    QTest::mouseClick(control.button(16), Qt::LeftButton);
    QTest::mouseClick(control.button(8), Qt::LeftButton);
    EXPECT_EQ(asked.size(), 1);
    EXPECT_TRUE(control.button(8)->isChecked());
    control.setChosen(4);
    QTest::keyClick(control.button(4), Qt::Key_Right);
    ASSERT_EQ(asked.size(), 2);
    EXPECT_EQ(asked[1][0].toInt(), 8);
    EXPECT_EQ(control.button(8)->accessibleName(), QStringLiteral("Bits: 8"));
}

TEST(FlowRow, GoesOnInTheNextRow)
{
    QWidget holder;
    auto *row = new FlowRow(&holder);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(10);
    row->setLastAtRight(true);
    QList<QWidget *> boxes;
    for (int i = 0; i < 3; ++i) {
        auto *box = new QWidget(&holder);
        box->setFixedSize(100, 20);
        row->addWidget(box);
        boxes << box;
    }
    EXPECT_EQ(row->heightForWidth(320), 20);
    EXPECT_EQ(row->heightForWidth(319), 50);
    EXPECT_EQ(row->heightForWidth(100), 80);
    row->setGeometry({0, 0, 400, 20});
    EXPECT_EQ(boxes[1]->geometry(), QRect(110, 0, 100, 20));
    EXPECT_EQ(boxes[2]->geometry(), QRect(300, 0, 100, 20));
    row->setGeometry({0, 0, 250, 50});
    EXPECT_EQ(boxes[1]->geometry(), QRect(110, 0, 100, 20));
    EXPECT_EQ(boxes[2]->geometry(), QRect(150, 30, 100, 20));
}

} // namespace
} // namespace nordlys::studio::test

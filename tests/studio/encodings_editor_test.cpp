// SPDX-License-Identifier: GPL-3.0-or-later
// The tensor pane of the Encodings view as it is used: calibrate, drag a handle, watch numbers, table and graph, undo.
#include "window_fixture.h"

#include <studio/models/encodings_model.h>
#include <studio/views/encodings/tensor_pane.h>
#include <studio/workspace/live_metrics.h>

#include <QSignalSpy>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace nordlys::studio::test {
namespace {

using Handle = HistogramPlot::Handle;

class EncodingsEditor : public WindowTest {
protected:
    void SetUp() override
    {
        WindowTest::SetUp();
        window->resize(1440, 900);
        openDigits();
        ASSERT_TRUE(window->showView(QStringLiteral("encodings")));
        pane = child<TensorPane>("tensorPane");
        ASSERT_NE(pane, nullptr);
    }
    Workspace &workspace() { return window->workspace(); }
    LiveMetrics &live() { return workspace().live(); }
    const core::Graph &graph() { return workspace().document()->graph(); }
    HistogramPlot &plot() { return pane->plot(); }
    void calibrate()
    {
        CalibrationRequest request;
        request.inputs = workspace().calibrationInputs();
        request.inputs.limit = 16;
        window->quantizer().calibrate(request);
        ASSERT_TRUE(waitUntil([this] { return workspace().calibration() && !window->isBusy(); }));
        ASSERT_NE(workspace().calibration()->statistics, nullptr);
    }
    /// Output of the Conv number `which` whose output has an encoding that nobody shares.
    core::TensorId activation(int which = 0)
    {
        for (std::size_t i = 0; i < graph().nodes.size(); ++i) {
            for (const core::TensorId output : graph().node(core::NodeId(i)).outputs) {
                const auto *role = workspace().document()->quantizableOf(output);
                if (role && role->kind == core::QuantizableKind::Activation && !role->fixedRange && workspace().document()->tieGroup(output).size() == 1 && which-- == 0)
                    return output;
            }
        }
        ADD_FAILURE() << "the sample has no such tensor";
        return {};
    }
    core::TensorId weight()
    {
        for (const core::QuantizableTensor &role : workspace().document()->quantizable) {
            if (role.kind == core::QuantizableKind::Weight && role.channelAxis >= 0)
                return role.tensor;
        }
        return {};
    }
    std::string name(core::TensorId tensor) { return std::string(graph().nameOf(tensor)); }
    const core::Encoding &encoding(core::TensorId tensor) { return workspace().encodings().find(name(tensor))->encoding; }
    /// Selects and waits until everything about the tensor is there.
    void show(core::TensorId tensor)
    {
        workspace().selectTensor(tensor);
        ASSERT_TRUE(waitUntil([&] { return pane->tensor() == tensor && !plot().data().isEmpty() && live().state() == LiveMetrics::State::Current; }))
            << live().whyNot().toStdString();
        QCoreApplication::processEvents();
        QTest::qWait(20);
    }
    void move(const QPoint &to)
    {
        QMouseEvent event(QEvent::MouseMove, QPointF(to), plot().mapToGlobal(QPointF(to)), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&plot(), &event);
    }
    /// Presses on the max handle and moves it to a value; the button stays down.
    QPoint dragMaxTo(double value)
    {
        const QPoint from = plot().handleRect(Handle::Max).center();
        const QPoint to(static_cast<int>(std::lround(plot().xOf(value))), from.y());
        QTest::mousePress(&plot(), Qt::LeftButton, Qt::NoModifier, from);
        for (int step = 1; step <= 4; ++step)
            move(from + (to - from) * step / 4);
        return to;
    }
    QString cell(core::TensorId tensor, int column)
    {
        EncodingsModel &model = window->encodingsView().model();
        return model.index(model.rowOf(tensor), column).data(Qt::DisplayRole).toString();
    }
    QStringList tableRow(core::TensorId tensor)
    {
        EncodingsModel &model = window->encodingsView().model();
        QStringList cells;
        for (int column = 0; column < model.columnCount(); ++column)
            cells << cell(tensor, column);
        return cells;
    }
    QString metric(int index) { return pane->metricStrip().list().value(index).value; }
    QString change(int index) { return pane->metricStrip().list().value(index).change; }

    TensorPane *pane = nullptr;
};

TEST_F(EncodingsEditor, NumbersTableAndGraphFollowADragAndUndoBringsThemBack)
{
    calibrate();
    const core::TensorId tensor = activation(2);
    show(tensor);
    const core::NodeId node = graph().tensor(tensor).producer;
    const core::Grid before = encoding(tensor).grids.front();
    ASSERT_GT(before.max, 0);
    const QStringList rowBefore = tableRow(tensor);
    const QList<Metric> metricsBefore = pane->metricStrip().list();
    const QString fieldBefore = pane->fields().field(EncodingField::Max)->text();
    const double localBefore = live().find(name(tensor))->localSqnrDb;
    const int steps = workspace().history().stack().index();
    GraphCanvas &canvas = window->graphView().canvas();
    canvas.setMetrics(FillMetric::Error, BorderMetric::LocalError);
    const GraphHeat heatBefore = canvas.heat();

    const QPoint at = dragMaxTo(before.max * 0.3);
    ASSERT_TRUE(plot().isMoving());
    ASSERT_TRUE(live().isPreviewing());
    ASSERT_TRUE(waitUntil([this] { return live().state() == LiveMetrics::State::Current; }));
    QCoreApplication::processEvents();

    // The button is still down: everything shows the edit, and nothing is done yet.
    EXPECT_EQ(workspace().history().stack().index(), steps);
    EXPECT_EQ(encoding(tensor).grids.front(), before);
    const core::Encoding &shown = live().encodings().find(name(tensor))->encoding;
    EXPECT_NEAR(shown.grids.front().max, before.max * 0.3, before.max * 0.03);
    EXPECT_NE(pane->fields().field(EncodingField::Max)->text(), fieldBefore);
    EXPECT_EQ(plot().range()->second, shown.grids.front().max);
    const runtime::TensorError *dragged = live().find(name(tensor));
    ASSERT_NE(dragged, nullptr);
    EXPECT_GT(dragged->clippedPercent, 0);
    EXPECT_LT(dragged->localSqnrDb, localBefore) << "most of the range is cut off";
    for (const int index : {0, 1, 2, 3})
        EXPECT_NE(metric(index), metricsBefore[index].value) << metricsBefore[index].name.toStdString();
    EXPECT_TRUE(change(0).contains(metricsBefore[0].value)) << change(0).toStdString();
    EXPECT_NE(tableRow(tensor), rowBefore) << "the table stands still";
    const GraphHeat heatDragged = canvas.heat();
    EXPECT_TRUE(heatDragged.value != heatBefore.value || heatDragged.fill != heatBefore.fill || heatDragged.border != heatBefore.border)
        << "the graph stands still";
    EXPECT_NE(heatDragged.border[node.index], heatBefore.border[node.index]);

    QTest::mouseRelease(&plot(), Qt::LeftButton, Qt::NoModifier, at);
    EXPECT_FALSE(live().isPreviewing());
    EXPECT_EQ(workspace().history().stack().index(), steps + 1);
    EXPECT_NEAR(encoding(tensor).grids.front().max, before.max * 0.3, before.max * 0.03);

    workspace().history().stack().undo();
    EXPECT_EQ(encoding(tensor).grids.front(), before);
    ASSERT_TRUE(waitUntil([this] { return live().state() == LiveMetrics::State::Current; }));
    QCoreApplication::processEvents();
    EXPECT_EQ(plot().range()->second, before.max);
    EXPECT_EQ(pane->fields().field(EncodingField::Max)->text(), fieldBefore);
    EXPECT_EQ(tableRow(tensor), rowBefore);
    EXPECT_EQ(live().find(name(tensor))->localSqnrDb, localBefore);
    for (const int index : {0, 1, 2, 3, 4})
        EXPECT_EQ(metric(index), metricsBefore[index].value);
    EXPECT_EQ(canvas.heat().border, heatBefore.border);
    EXPECT_EQ(canvas.heat().value, heatBefore.value);
}

TEST_F(EncodingsEditor, EscapeLeavesEverythingAsItWas)
{
    calibrate();
    const core::TensorId tensor = activation(1);
    show(tensor);
    const core::EditState before = workspace().edits();
    const int steps = workspace().history().stack().index();
    const QPoint at = dragMaxTo(encoding(tensor).grids.front().max * 0.5);
    ASSERT_TRUE(live().isPreviewing());
    QTest::keyClick(&plot(), Qt::Key_Escape);
    QTest::mouseRelease(&plot(), Qt::LeftButton, Qt::NoModifier, at);
    EXPECT_FALSE(live().isPreviewing());
    EXPECT_EQ(workspace().edits(), before);
    EXPECT_EQ(workspace().history().stack().index(), steps);
    EXPECT_EQ(plot().range()->second, encoding(tensor).grids.front().max);
}

TEST_F(EncodingsEditor, ArrowKeysMoveAHandleByOneStep)
{
    calibrate();
    const core::TensorId tensor = activation(1);
    show(tensor);
    const core::Grid before = encoding(tensor).grids.front();
    plot().setFocus(Qt::BacktabFocusReason); // from behind: the max handle
    const int steps = workspace().history().stack().index();
    QTest::keyClick(&plot(), Qt::Key_Right);
    EXPECT_EQ(workspace().history().stack().index(), steps + 1);
    EXPECT_NEAR(encoding(tensor).grids.front().max, before.max + before.scale, before.scale);
    EXPECT_GT(encoding(tensor).grids.front().scale, before.scale);
    QTest::keyClick(&plot(), Qt::Key_Left, Qt::ShiftModifier);
    EXPECT_NEAR(encoding(tensor).grids.front().max, before.max - 9 * before.scale, 1.1 * before.scale);
    EXPECT_EQ(workspace().history().stack().index(), steps + 2);
}

TEST_F(EncodingsEditor, NumbersAreEnteredExactly)
{
    calibrate();
    const core::TensorId tensor = activation(1);
    show(tensor);
    const core::Grid before = encoding(tensor).grids.front();
    const int steps = workspace().history().stack().index();
    QLineEdit *scale = pane->fields().field(EncodingField::Scale);
    QTest::mouseClick(scale, Qt::LeftButton);
    scale->selectAll();
    QTest::keyClicks(scale, QStringLiteral("0.03125"));
    QTest::keyClick(scale, Qt::Key_Return);
    EXPECT_EQ(encoding(tensor).grids.front().scale, 0.03125);
    EXPECT_EQ(encoding(tensor).grids.front().zeroPoint, before.zeroPoint);
    EXPECT_EQ(workspace().history().stack().index(), steps + 1);
    // What cannot be is outlined, and nothing happens.
    QLineEdit *max = pane->fields().field(EncodingField::Max);
    QTest::mouseClick(max, Qt::LeftButton);
    max->selectAll();
    QTest::keyClicks(max, QStringLiteral("-3"));
    EXPECT_FALSE(max->toolTip().isEmpty());
    QTest::keyClick(max, Qt::Key_Return);
    EXPECT_EQ(workspace().history().stack().index(), steps + 1);
    QTest::keyClick(max, Qt::Key_Escape);
    EXPECT_NE(max->text(), QStringLiteral("-3"));
    // Back to what calibration made of it.
    ASSERT_TRUE(pane->fields().revertButton()->isEnabled());
    QTest::mouseClick(pane->fields().revertButton(), Qt::LeftButton);
    EXPECT_EQ(encoding(tensor).grids.front(), before);
    EXPECT_FALSE(pane->fields().revertButton()->isEnabled());
}

TEST_F(EncodingsEditor, FormsAreOneUndoStepEach)
{
    calibrate();
    const core::TensorId tensor = activation(1);
    show(tensor);
    const core::Encoding before = encoding(tensor);
    ASSERT_FALSE(before.symmetric);
    TensorHeader &header = pane->header();
    const int steps = workspace().history().stack().index();
    QTest::mouseClick(header.symmetry->button(1), Qt::LeftButton);
    EXPECT_TRUE(encoding(tensor).symmetric);
    EXPECT_EQ(encoding(tensor).grids.front().zeroPoint, 128);
    EXPECT_EQ(header.symmetry->chosen(), 1);
    QTest::mouseClick(header.symmetry->button(0), Qt::LeftButton);
    EXPECT_FALSE(encoding(tensor).symmetric);
    EXPECT_NEAR(encoding(tensor).grids.front().max, before.grids.front().max, 2 * before.grids.front().scale);
    QTest::mouseClick(header.bits->button(16), Qt::LeftButton);
    EXPECT_EQ(encoding(tensor).bitwidth, 16);
    QTest::mouseClick(header.bits->button(TensorHeader::Float16), Qt::LeftButton);
    EXPECT_TRUE(encoding(tensor).isFloat);
    EXPECT_FALSE(plot().range().has_value());
    EXPECT_FALSE(header.symmetry->button(1)->isEnabled());
    EXPECT_FALSE(header.symmetry->button(1)->toolTip().isEmpty());
    EXPECT_EQ(workspace().history().stack().index(), steps + 4);
    QTest::mouseClick(header.bits->button(8), Qt::LeftButton);
    EXPECT_EQ(encoding(tensor), before) << "the calibrated range comes back";
    EXPECT_FALSE(header.granularity->button(1)->isEnabled()) << "activations have one grid";
}

TEST_F(EncodingsEditor, AWeightGetsAGridPerChannelAndBack)
{
    calibrate();
    const core::TensorId tensor = weight();
    show(tensor);
    const core::Encoding before = encoding(tensor);
    ASSERT_EQ(before.grids.size(), 1U);
    const auto &channels = workspace().calibration()->ranges.find(name(tensor))->second;
    ASSERT_EQ(pane->strip().spread().count(), static_cast<int>(channels.channelMin.size()));
    const int steps = workspace().history().stack().index();
    QTest::mouseClick(pane->header().granularity->button(1), Qt::LeftButton);
    EXPECT_EQ(workspace().history().stack().index(), steps + 1);
    const core::Encoding perChannel = encoding(tensor);
    ASSERT_EQ(perChannel.grids.size(), channels.channelMin.size());
    for (std::size_t i = 0; i < perChannel.grids.size(); ++i) {
        const double most = std::max({std::abs(channels.channelMin[i]), std::abs(channels.channelMax[i]), 0.005});
        EXPECT_NEAR(perChannel.grids[i].max, most, 1e-6 + most / 100) << i;
    }
    EXPECT_FALSE(pane->fields().field(EncodingField::Max)->isEnabled());
    QTest::mouseClick(&pane->strip(), Qt::LeftButton, Qt::NoModifier, pane->strip().rectOf(1).center());
    const auto shown = parseNumber(pane->fields().field(EncodingField::Scale)->text());
    ASSERT_TRUE(shown.has_value());
    EXPECT_NEAR(*shown, perChannel.grids[1].scale, 1e-5 * perChannel.grids[1].scale) << "six digits of the selected channel";
    QTest::mouseClick(pane->header().granularity->button(0), Qt::LeftButton);
    EXPECT_EQ(workspace().history().stack().index(), steps + 2);
    ASSERT_EQ(encoding(tensor).grids.size(), 1U);
    EXPECT_NEAR(encoding(tensor).grids.front().max, before.grids.front().max, before.grids.front().scale);
}

TEST_F(EncodingsEditor, WhatIsLockedSaysSo)
{
    calibrate();
    const core::TensorId tensor = activation(1);
    show(tensor);
    QTest::mouseClick(pane->header().lock, Qt::LeftButton);
    EXPECT_TRUE(workspace().encodings().find(name(tensor))->locked);
    EXPECT_FALSE(pane->fields().field(EncodingField::Min)->isEnabled());
    EXPECT_FALSE(pane->fields().field(EncodingField::Min)->toolTip().isEmpty());
    EXPECT_FALSE(pane->header().bits->button(16)->isEnabled());
    const int steps = workspace().history().stack().index();
    const QPoint at = dragMaxTo(plot().range()->second * 0.5);
    QTest::mouseRelease(&plot(), Qt::LeftButton, Qt::NoModifier, at);
    EXPECT_EQ(workspace().history().stack().index(), steps);
    QTest::mouseClick(pane->header().lock, Qt::LeftButton);
    EXPECT_FALSE(workspace().encodings().find(name(tensor))->locked);
    EXPECT_TRUE(pane->fields().field(EncodingField::Min)->isEnabled());
}

TEST_F(EncodingsEditor, ChannelsOfActivationsAreMeasuredWhenAsked)
{
    calibrate();
    core::TensorId tensor; // the first image with channels
    for (int which = 0; which < 6; ++which) {
        const core::TensorId candidate = activation(which);
        const auto &shape = graph().tensor(candidate).shape;
        if (shape && shape->size() == 4 && !tensor.isValid())
            tensor = candidate;
    }
    ASSERT_TRUE(tensor.isValid());
    show(tensor);
    EXPECT_EQ(pane->strip().spread().count(), 0);
    auto *measure = child<QPushButton>("measureChannels");
    ASSERT_TRUE(measure->isVisible());
    QTest::mouseClick(measure, Qt::LeftButton);
    ASSERT_TRUE(waitUntil([this] { return pane->strip().spread().count() > 0; }));
    const ChannelSpread &spread = pane->strip().spread();
    const runtime::ObservedRange &seen = workspace().calibration()->ranges.find(name(tensor))->second;
    EXPECT_EQ(*std::ranges::min_element(spread.min), seen.min);
    EXPECT_EQ(*std::ranges::max_element(spread.max), seen.max);
    EXPECT_FALSE(measure->isVisible());
}

TEST_F(EncodingsEditor, WithoutHistogramsThePaneOffersToCalibrate)
{
    workspace().selectTensor(activation(0));
    QCoreApplication::processEvents();
    auto *empty = child<EmptyState>("noHistogram");
    ASSERT_NE(empty, nullptr);
    EXPECT_TRUE(empty->isVisible());
    ASSERT_TRUE(empty->button()->isVisible());
    QAction *calibration = window->actions().action(QStringLiteral("quantize.calibrate"));
    QSignalSpy triggered(calibration, &QAction::triggered);
    whenDialog<QDialog>([](QDialog *dialog) { dialog->reject(); });
    QTest::mouseClick(empty->button(), Qt::LeftButton);
    EXPECT_EQ(triggered.size(), 1);
    calibrate();
    EXPECT_FALSE(empty->isVisible());
    EXPECT_FALSE(plot().data().isEmpty());
}

TEST_F(EncodingsEditor, DownstreamTensorsFollowTheSelectedOne)
{
    calibrate();
    const core::TensorId tensor = activation(2);
    show(tensor);
    DownstreamModel &model = pane->downstream();
    ASSERT_GT(model.rowCount(), 1);
    EXPECT_EQ(model.tensorOf(0), tensor);
    for (int row = 0; row < model.rowCount(); ++row) {
        const runtime::TensorError *error = live().find(name(model.tensorOf(row)));
        ASSERT_NE(error, nullptr);
        EXPECT_EQ(model.index(row, DownstreamModel::Total).data(NumberRole).toDouble(), error->sqnrDb);
        if (error->bitwidth == 0)
            continue;
        const double rest = std::pow(10, -error->sqnrDb / 10) - std::pow(10, -error->localSqnrDb / 10);
        if (rest > 1e-12) {
            EXPECT_NEAR(model.index(row, DownstreamModel::Inherited).data(NumberRole).toDouble(), -10 * std::log10(rest), 1e-6) << row;
        }
    }
    EXPECT_EQ(name(model.tensorOf(model.rowCount() - 1)), name(graph().outputs.front()));
    auto *table = child<TableView>("downstreamTable");
    table->setCurrentIndex(model.index(1, 0));
    const core::TensorId second = model.tensorOf(1);
    QTest::keyClick(table, Qt::Key_Return);
    EXPECT_EQ(workspace().selection().tensor, second);
}

} // namespace
} // namespace nordlys::studio::test

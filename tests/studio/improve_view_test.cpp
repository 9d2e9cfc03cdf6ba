// SPDX-License-Identifier: GPL-3.0-or-later
// Calibration methods, sensitivity, mixed precision and the two tools that write a model, as a person uses them in the window.
#include "window_fixture.h"

#include <studio/models/improve_rows.h>
#include <studio/views/improve/improve_dialogs.h>
#include <studio/views/improve/improve_panel.h>
#include <studio/views/improve/pareto_plot.h>
#include <studio/widgets/error_block.h>
#include <studio/window/calibrate_dialog.h>
#include <studio/window/offer_bar.h>

#include <core/import/model.h>
#include <core/quantization/tensor_query.h>

#include <QAccessible>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QMessageBox>
#include <QSpinBox>
#include <QTabBar>
#include <QToolButton>

#include <set>

namespace nordlys::studio::test {
namespace {

QByteArray bytesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QStringList namelessFieldsOf(QWidget &root)
{
    QStringList nameless;
    for (QWidget *widget : root.findChildren<QWidget *>()) {
        const bool control = qobject_cast<QAbstractButton *>(widget) || qobject_cast<QLineEdit *>(widget) || qobject_cast<QComboBox *>(widget) ||
                             qobject_cast<QAbstractSpinBox *>(widget) || qobject_cast<QAbstractItemView *>(widget);
        if (!control || !widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || widget->objectName().startsWith(QLatin1String("qt_")))
            continue;
        QAccessibleInterface *spoken = QAccessible::queryAccessibleInterface(widget);
        if (!spoken || spoken->text(QAccessible::Name).trimmed().isEmpty())
            nameless << QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') + widget->objectName();
    }
    return nameless;
}

template <typename T>
T *field(QWidget *dialog, const char *name)
{
    T *found = dialog->findChild<T *>(QString::fromLatin1(name));
    EXPECT_NE(found, nullptr) << name;
    return found;
}

/// Chooses an entry as the keyboard does: letters of its text.
void chooseByKeys(QComboBox *box, const QString &text)
{
    box->setFocus();
    QTest::keyClicks(box, text);
    EXPECT_TRUE(box->currentText().startsWith(text)) << box->currentText().toStdString();
}

void retype(QLineEdit *edit, const QString &text)
{
    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, text);
}

class ImproveView : public WindowTest {
protected:
    Workspace &workspace() { return window->workspace(); }
    Improver &improver() { return window->improver(); }
    ImprovePanel &panel() { return window->improvePanel(); }
    void trigger(const char *id)
    {
        QAction *action = window->actions().action(QString::fromLatin1(id));
        ASSERT_TRUE(action->isEnabled()) << id << ": " << window->actions().reason(QString::fromLatin1(id)).toStdString();
        action->trigger();
    }
    bool waitIdle(int milliseconds = 60000)
    {
        return waitUntil([this] { return !window->isBusy(); }, milliseconds);
    }
    /// The digits model (or the one whose channels are far apart) in the temporary folder, with its samples where they lie.
    QString openCopy(const char *file)
    {
        const QString source = QFileInfo(digitsModel()).absolutePath();
        const QString copy = folder.filePath(QString::fromLatin1(file));
        EXPECT_TRUE(QFile::copy(source + QLatin1Char('/') + QString::fromLatin1(file), copy));
        window->openPath(copy);
        EXPECT_TRUE(waitUntil([&] { return workspace().document() != nullptr && !window->isBusy(); }));
        workspace().setInputs({source + QStringLiteral("/calibration"), {}, 8}, {source + QStringLiteral("/test"), {}, 4}, source + QStringLiteral("/labels.csv"));
        return copy;
    }
    void calibrate()
    {
        CalibrationRequest request;
        request.inputs = workspace().calibrationInputs();
        request.inputs.limit = 8;
        window->quantizer().calibrate(request);
        ASSERT_TRUE(waitIdle());
        ASSERT_TRUE(workspace().calibration().has_value());
    }
    void clickRow(TableView &table, int row, Qt::KeyboardModifiers keys = Qt::NoModifier)
    {
        QTest::qWait(20); // a pane that was just shown gets its size from the event loop
        const QModelIndex index = table.model()->index(row, 1);
        table.scrollTo(index);
        QTest::mouseClick(table.viewport(), Qt::LeftButton, keys, table.visualRect(index).center());
    }
    QPushButton *button(QWidget &page, const char *name) { return page.findChild<QPushButton *>(QString::fromLatin1(name)); }
};

TEST_F(ImproveView, DialogCalibratesByPercentileAndLeavesOut)
{
    openCopy("digits.onnx");
    calibrate();
    const core::EncodingSet minMax = workspace().encodings();
    const std::set<std::string, std::less<>> relus = core::selectTensors(workspace().document()->graph(), {"op:Relu"});
    ASSERT_FALSE(relus.empty());
    whenDialog<CalibrateDialog>([&](CalibrateDialog *dialog) {
        EXPECT_TRUE(namelessFieldsOf(*dialog).isEmpty()) << namelessFieldsOf(*dialog).join(QLatin1Char('\n')).toStdString();
        auto *percentile = field<QDoubleSpinBox>(dialog, "actPercentile");
        EXPECT_FALSE(percentile->isEnabled());
        chooseByKeys(field<QComboBox>(dialog, "actMethod"), QStringLiteral("percentile"));
        EXPECT_TRUE(percentile->isEnabled());
        EXPECT_FALSE(field<QDoubleSpinBox>(dialog, "weightPercentile")->isEnabled());
        percentile->setValue(98);
        retype(field<QLineEdit>(dialog, "exclude"), QStringLiteral("op:Relu"));
        EXPECT_TRUE(field<QLabel>(dialog, "excludedCount")->text().startsWith(QString::number(relus.size())));
        retype(field<QLineEdit>(dialog, "exclude"), QStringLiteral("op:Nothing"));
        EXPECT_EQ(field<QLabel>(dialog, "excludedCount")->text(), QStringLiteral("no tensor matches"));
        retype(field<QLineEdit>(dialog, "exclude"), QStringLiteral("op:Relu"));
        QTest::mouseClick(field<QPushButton>(dialog, "copyVendor"), Qt::LeftButton);
        const QString command = QApplication::clipboard()->text();
        EXPECT_TRUE(command.contains(QLatin1String("qairt-quantizer"))) << command.toStdString();
        EXPECT_TRUE(command.contains(QLatin1String("--act_quantizer_calibration percentile --param_quantizer_calibration min-max")));
        EXPECT_TRUE(command.contains(QLatin1String("--percentile_calibration_value 98")));
        pressAccept(dialog);
    });
    press(Qt::Key_K, Qt::ControlModifier);
    ASSERT_TRUE(waitIdle());
    EXPECT_EQ(workspace().history().stack().undoText(), QStringLiteral("calibrate, percentile 98.00, weights min-max, n=8"));
    const core::EncodingSet cut = workspace().encodings();
    int narrower = 0;
    for (const auto &[name, entry] : minMax.entries) {
        EXPECT_EQ(cut.entries.contains(name), !relus.contains(name)) << name;
        const core::EncodingEntry *other = cut.find(name);
        if (!other || entry.kind != core::EncodingKind::Activation)
            continue;
        const core::Grid &now = other->encoding.grids.front(), &whole = entry.encoding.grids.front();
        // The histogram's last bin may reach a little beyond the largest value.
        EXPECT_LE(now.max - now.min, 1.02 * (whole.max - whole.min)) << name;
        narrower += other->encoding.grids.front().max < entry.encoding.grids.front().max ? 1 : 0;
    }
    EXPECT_GE(narrower, 3);
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(workspace().encodings(), minMax);
}

TEST_F(ImproveView, KeepingWhatIsThereOnlyFillsGaps)
{
    openCopy("digits.onnx");
    calibrate();
    const core::EncodingSet before = workspace().encodings();
    core::EditState gap = workspace().edits();
    std::string missing;
    for (const auto &[name, entry] : before.entries) {
        if (entry.kind == core::EncodingKind::Activation && workspace().document()->tieGroup(workspace().document()->findTensor(name)).size() == 1)
            missing = name;
    }
    ASSERT_FALSE(missing.empty());
    gap.encodings.entries.erase(missing);
    ASSERT_TRUE(workspace().history().apply(core::difference(workspace().edits(), gap, "gap"), QStringLiteral("gap")));
    CalibrationRequest request;
    request.inputs = workspace().calibrationInputs();
    request.actBits = request.weightBits = 16;
    request.keepPresent = true;
    window->quantizer().calibrate(request);
    ASSERT_TRUE(waitIdle());
    for (const auto &[name, entry] : workspace().encodings().entries) {
        if (name == missing) {
            EXPECT_EQ(entry.encoding.bitwidth, 16);
        } else {
            EXPECT_EQ(entry, *before.find(name)) << name;
        }
    }
    EXPECT_TRUE(workspace().encodings().find(missing) != nullptr);
}

TEST_F(ImproveView, BrokenSamplesAreSkippedAndNamedAndANewMethodNeedsNoRun)
{
    openCopy("digits.onnx");
    const QString inputs = folder.filePath(QStringLiteral("inputs"));
    ASSERT_TRUE(QDir().mkdir(inputs));
    const QDir source(workspace().calibrationInputs().spec);
    int copied = 0;
    for (const QFileInfo &file : source.entryInfoList(QDir::Files, QDir::Name)) {
        if (copied++ < 6) {
            ASSERT_TRUE(QFile::copy(file.filePath(), inputs + QLatin1Char('/') + file.fileName()));
        }
    }
    const auto spoil = [&](const QString &name) {
        QFile file(inputs + QLatin1Char('/') + name);
        ASSERT_TRUE(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("not a picture");
    };
    spoil(QStringLiteral("aaa_broken.png"));
    CalibrationRequest request;
    request.inputs = {inputs, {}, 0};
    window->quantizer().calibrate(request);
    ASSERT_TRUE(waitIdle());
    ASSERT_TRUE(workspace().calibration());
    EXPECT_EQ(workspace().calibration()->samples, 6U);
    auto *offers = window->findChild<OfferBar *>();
    EXPECT_TRUE(offers->text(QStringLiteral("calibration.remarks")).contains(QLatin1String("1 sample was skipped")));
    EXPECT_TRUE(offers->text(QStringLiteral("calibration.remarks")).contains(QLatin1String("aaa_broken.png")));

    // Whatever reads a sample now fails.
    for (const QFileInfo &file : QDir(inputs).entryInfoList(QDir::Files))
        spoil(file.fileName());
    const core::EncodingSet minMax = workspace().encodings();
    whenDialog<CalibrateDialog>([&](CalibrateDialog *dialog) {
        auto *reuse = field<QCheckBox>(dialog, "reuse");
        EXPECT_TRUE(reuse->isVisible() && reuse->isEnabled());
        field<QSpinBox>(dialog, "limit")->setValue(3);
        EXPECT_FALSE(reuse->isEnabled()) << "other samples need a run";
        field<QSpinBox>(dialog, "limit")->setValue(0);
        QTest::mouseClick(reuse, Qt::LeftButton, Qt::NoModifier, QPoint(8, reuse->height() / 2));
        EXPECT_TRUE(reuse->isChecked());
        chooseByKeys(field<QComboBox>(dialog, "actMethod"), QStringLiteral("sqnr"));
        pressAccept(dialog);
    });
    press(Qt::Key_K, Qt::ControlModifier);
    ASSERT_TRUE(waitIdle());
    EXPECT_EQ(workspace().history().stack().undoText(), QStringLiteral("calibrate, sqnr, weights min-max, n=6"));
    EXPECT_NE(workspace().encodings(), minMax);
}

TEST_F(ImproveView, StatisticsFileIsWrittenAndGoneOnFrom)
{
    openCopy("digits.onnx");
    CalibrationRequest request;
    request.inputs = workspace().calibrationInputs();
    request.statistics = folder.filePath(QStringLiteral("statistics.json"));
    request.inputs.limit = 4;
    window->quantizer().calibrate(request);
    ASSERT_TRUE(waitIdle());
    ASSERT_TRUE(QFile::exists(request.statistics));
    request.inputs.limit = 12;
    window->quantizer().calibrate(request);
    ASSERT_TRUE(waitIdle());
    EXPECT_EQ(workspace().calibration()->samples, 12U);
    const core::EncodingSet resumed = workspace().encodings();
    request.statistics.clear();
    window->quantizer().calibrate(request);
    ASSERT_TRUE(waitIdle());
    EXPECT_EQ(workspace().encodings(), resumed);
}

TEST_F(ImproveView, EmptyStatesSayWhatToDo)
{
    openCopy("digits.onnx");
    EXPECT_FALSE(panel().isVisible());
    EXPECT_FALSE(window->actions().reason(QStringLiteral("quantize.sensitivity")).isEmpty());
    EXPECT_TRUE(window->actions().reason(QStringLiteral("quantize.equalize")).isEmpty());
    trigger("quantize.results");
    EXPECT_TRUE(panel().isVisible());
    QTest::qWait(20);
    EXPECT_TRUE(namelessFieldsOf(panel()).isEmpty()) << namelessFieldsOf(panel()).join(QLatin1Char('\n')).toStdString();
    QPushButton *calibrateButton = nullptr;
    for (QPushButton *candidate : panel().sensitivity().findChildren<QPushButton *>()) {
        if (candidate->isVisible() && candidate->text() == QStringLiteral("Calibrate…"))
            calibrateButton = candidate;
    }
    ASSERT_NE(calibrateButton, nullptr);
    bool asked = false;
    whenDialog<CalibrateDialog>([&](CalibrateDialog *dialog) {
        asked = true;
        dialog->reject();
    });
    QTest::mouseClick(calibrateButton, Qt::LeftButton);
    EXPECT_TRUE(asked);
    QTest::mouseClick(child<QToolButton>("closeImprove"), Qt::LeftButton);
    EXPECT_FALSE(panel().isVisible());
    EXPECT_FALSE(window->actions().action(QStringLiteral("quantize.results"))->isChecked());
}

TEST_F(ImproveView, SensitivityRanksLayersAndRaisesTheSelectedOnes)
{
    openCopy("digits_unbalanced.onnx");
    calibrate();
    const core::EncodingSet calibrated = workspace().encodings();
    const int steps = workspace().history().stack().count();
    whenDialog<SensitivityDialog>([](SensitivityDialog *dialog) {
        EXPECT_TRUE(namelessFieldsOf(*dialog).isEmpty()) << namelessFieldsOf(*dialog).join(QLatin1Char('\n')).toStdString();
        EXPECT_EQ(dialog->request().inputs.limit, 4);
        pressAccept(dialog);
    });
    trigger("quantize.sensitivity");
    ASSERT_TRUE(waitIdle());
    ASSERT_TRUE(improver().sensitivity());
    const auto &layers = improver().sensitivity()->result.layers;
    TableView &table = panel().sensitivity().table();
    EXPECT_TRUE(panel().isVisible());
    ASSERT_EQ(table.model()->rowCount(), static_cast<int>(layers.size()));
    ASSERT_GE(layers.size(), 10U);
    for (int row = 0; row < table.model()->rowCount(); ++row) {
        EXPECT_EQ(table.model()->index(row, ImproveRows::Rank).data(NumberRole).toDouble(), row + 1);
        if (row > 0) {
            EXPECT_LE(table.model()->index(row - 1, ImproveRows::Alone).data(NumberRole).toDouble(),
                      table.model()->index(row, ImproveRows::Alone).data(NumberRole).toDouble());
        }
        EXPECT_EQ(table.model()->index(row, ImproveRows::Bits).data().toString(), QStringLiteral("8"));
    }
    EXPECT_TRUE(panel().sensitivity().staleText().isEmpty());
    EXPECT_TRUE(panel().sensitivity().partialText().isEmpty());
    EXPECT_FALSE(button(panel().sensitivity(), "raiseLayers")->isEnabled());

    // The skewed convolutions are the costly ones; a click on a row selects the operator everywhere.
    clickRow(table, 0);
    const std::string first = layers[0].layer.name;
    EXPECT_EQ(workspace().document()->graph().opOf(workspace().document()->findNode(first)), "Conv");
    EXPECT_TRUE(workspace().isSelected(workspace().document()->findNode(first)));
    clickRow(table, 1, Qt::ControlModifier);
    ASSERT_EQ(panel().sensitivity().selectedLayers(), (std::vector<std::size_t>{0, 1}));
    QTest::mouseClick(button(panel().sensitivity(), "raiseLayers"), Qt::LeftButton);
    EXPECT_EQ(workspace().history().stack().count(), steps + 1);
    EXPECT_EQ(workspace().history().stack().undoText(), QStringLiteral("2 layers raised to 16 bit"));
    for (const auto &[name, entry] : calibrated.entries) {
        const bool raised = std::ranges::any_of(std::span(layers).first(2), [&](const runtime::LayerSensitivity &layer) {
            return std::ranges::find(layer.layer.tensors, name) != layer.layer.tensors.end();
        });
        const core::EncodingEntry &now = *workspace().encodings().find(name);
        EXPECT_EQ(now.encoding.bitwidth, raised && entry.encoding.bitwidth == 8 ? 16 : entry.encoding.bitwidth) << name;
    }
    EXPECT_EQ(table.model()->index(0, ImproveRows::Bits).data().toString(), QStringLiteral("16"));
    EXPECT_FALSE(panel().sensitivity().staleText().isEmpty());
    EXPECT_EQ(panel().sensitivity().selectedLayers().size(), 2U) << "an edit leaves the selection";
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(workspace().encodings(), calibrated);
    EXPECT_TRUE(panel().sensitivity().staleText().isEmpty());

    QTest::mouseClick(button(panel().sensitivity(), "floatLayers"), Qt::LeftButton);
    EXPECT_EQ(workspace().history().stack().count(), steps + 1);
    EXPECT_EQ(table.model()->index(0, ImproveRows::Bits).data().toString(), QStringLiteral("fp32"));

    // The window's filter, sorting by a click on a header, and copying.
    workspace().setFilter(QStringLiteral("op:Gemm"));
    EXPECT_EQ(table.model()->rowCount(), 1);
    workspace().setFilter({});
    table.setSortKeys({{ImproveRows::Rank, Qt::DescendingOrder}});
    EXPECT_EQ(table.model()->index(0, ImproveRows::Rank).data(NumberRole).toDouble(), static_cast<double>(layers.size()));
    clickRow(table, 0);
    EXPECT_EQ(panel().sensitivity().selectedLayers(), (std::vector<std::size_t>{layers.size() - 1}));
    QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
    EXPECT_TRUE(QApplication::clipboard()->text().contains(QString::fromStdString(layers.back().layer.name)));

    // The results are of this model.
    workspace().setClean();
    window->openPath(digitsModel());
    ASSERT_TRUE(waitUntil([this] { return workspace().document()->path.filename() == "digits.onnx" && !window->isBusy(); }));
    EXPECT_FALSE(improver().sensitivity());
    EXPECT_FALSE(table.isVisible());
}

TEST_F(ImproveView, CancelKeepsTheLayersThatAreDone)
{
    openCopy("digits.onnx");
    calibrate();
    SensitivityRequest request;
    request.inputs = {workspace().evaluationInputs().spec, {}, 0};
    JobBase &job = improver().job(Improver::SensitivityTool);
    bool asked = false;
    QObject::connect(&job, &JobBase::progressed, window.get(), [&] {
        if (!asked && job.progress().what == QLatin1String("measuring layers") && job.progress().done >= 2) {
            asked = true;
            job.cancel();
        }
    });
    improver().measureSensitivity(request);
    ASSERT_TRUE(waitIdle());
    ASSERT_TRUE(asked);
    ASSERT_TRUE(improver().sensitivity());
    const runtime::Sensitivity &result = improver().sensitivity()->result;
    ASSERT_FALSE(result.complete);
    const auto done = std::ranges::count_if(result.layers, [](const runtime::LayerSensitivity &layer) { return layer.rank > 0; });
    ASSERT_LT(static_cast<std::size_t>(done), result.layers.size());
    EXPECT_TRUE(panel().sensitivity().partialText().startsWith(QString::number(done))) << panel().sensitivity().partialText().toStdString();
    TableView &table = panel().sensitivity().table();
    EXPECT_EQ(table.model()->rowCount(), static_cast<int>(result.layers.size()));
    EXPECT_EQ(table.model()->index(table.model()->rowCount() - 1, ImproveRows::Rank).data().toString(), QStringLiteral("–"));
    EXPECT_FALSE(panel().sensitivity().errorBlock().isVisible());
}

TEST_F(ImproveView, WhatFailsIsSaidInItsPlace)
{
    openCopy("digits.onnx");
    calibrate();
    const QString labels = folder.filePath(QStringLiteral("labels.csv"));
    QFile file(labels);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write("name,number\nx.png,3\n");
    file.close();
    SensitivityRequest request;
    request.inputs = workspace().evaluationInputs();
    request.metric.kind = runtime::MetricKind::Accuracy;
    request.metric.labels = labels;
    improver().measureSensitivity(request);
    ASSERT_TRUE(waitIdle());
    EXPECT_FALSE(improver().sensitivity());
    ErrorBlock &block = panel().sensitivity().errorBlock();
    ASSERT_TRUE(block.isVisible());
    EXPECT_TRUE(block.text().contains(QLatin1String("labels.csv"))) << block.text().toStdString();
    bool again = false;
    whenDialog<SensitivityDialog>([&](SensitivityDialog *dialog) {
        again = true;
        pressAccept(dialog);
    });
    QTest::mouseClick(block.button(), Qt::LeftButton);
    ASSERT_TRUE(waitIdle());
    EXPECT_TRUE(again);
    EXPECT_TRUE(improver().sensitivity());
    EXPECT_FALSE(block.isVisible());
}

TEST_F(ImproveView, MixedShowsTheFrontAndAppliesTheChosenPoint)
{
    openCopy("digits_unbalanced.onnx");
    calibrate();
    const core::EncodingSet calibrated = workspace().encodings();
    const int steps = workspace().history().stack().count();
    whenDialog<MixedDialog>([](MixedDialog *dialog) {
        EXPECT_TRUE(namelessFieldsOf(*dialog).isEmpty()) << namelessFieldsOf(*dialog).join(QLatin1Char('\n')).toStdString();
        field<QDoubleSpinBox>(dialog, "budget")->setValue(10);
        pressAccept(dialog);
    });
    trigger("quantize.mixed");
    ASSERT_TRUE(waitIdle());
    ASSERT_TRUE(improver().mixed());
    const runtime::MixedResult &result = improver().mixed()->result;
    ASSERT_GE(result.pareto.size(), 3U);
    ASSERT_TRUE(result.isExact);
    EXPECT_TRUE(panel().mixed().summary().text().startsWith(QStringLiteral("Exact"))) << panel().mixed().summary().text().toStdString();
    TableView &table = panel().mixed().table();
    ASSERT_EQ(table.model()->rowCount(), static_cast<int>(result.pareto.size()));
    for (int row = 0; row < table.model()->rowCount(); ++row) {
        EXPECT_LE(table.model()->index(row, 0).data(NumberRole).toDouble(), 10.0);
        if (row > 0) {
            EXPECT_GT(table.model()->index(row, 1).data(NumberRole).toDouble(), table.model()->index(row - 1, 1).data(NumberRole).toDouble());
        }
    }
    const int best = panel().mixed().chosenPoint();
    ASSERT_GE(best, 0);
    EXPECT_EQ(result.pareto[static_cast<std::size_t>(best)].raised, result.best.raised);
    QTest::mouseClick(button(panel().mixed(), "applyMixed"), Qt::LeftButton);
    EXPECT_EQ(workspace().encodings(), result.encodings);
    EXPECT_EQ(workspace().history().stack().count(), steps + 1);
    EXPECT_FALSE(panel().mixed().staleText().isEmpty());
    EXPECT_EQ(panel().mixed().chosenPoint(), best) << "an edit leaves the choice";

    // Another point, by a click into the plot and by a key: it replaces the first one rather than adding to it.
    ParetoPlot &plot = panel().mixed().plot();
    QTest::mouseClick(&plot, Qt::LeftButton, Qt::NoModifier, plot.positionOf(1).toPoint());
    EXPECT_EQ(panel().mixed().chosenPoint(), 1);
    plot.setFocus();
    QTest::keyClick(&plot, Qt::Key_Left);
    EXPECT_EQ(panel().mixed().chosenPoint(), 0);
    EXPECT_EQ(std::ranges::count(result.pareto[0].raised, true), 0) << "the front begins with nothing raised";
    QTest::mouseClick(button(panel().mixed(), "applyMixed"), Qt::LeftButton);
    EXPECT_EQ(workspace().encodings(), calibrated);
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(workspace().encodings(), result.encodings);
    press(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(workspace().encodings(), calibrated);
    EXPECT_TRUE(panel().mixed().staleText().isEmpty());
}

TEST_F(ImproveView, EqualizeWritesANewModelThatOpensAndLeavesTheSource)
{
    const QString source = openCopy("digits_unbalanced.onnx");
    const QByteArray before = bytesOf(source);
    const QString target = folder.filePath(QStringLiteral("balanced.onnx"));
    whenDialog<RewriteDialog>([&](RewriteDialog *dialog) {
        EXPECT_TRUE(namelessFieldsOf(*dialog).isEmpty()) << namelessFieldsOf(*dialog).join(QLatin1Char('\n')).toStdString();
        QPushButton *accept = nullptr;
        for (QAbstractButton *candidate : dialog->findChild<QDialogButtonBox *>()->buttons()) {
            if (dialog->findChild<QDialogButtonBox *>()->buttonRole(candidate) == QDialogButtonBox::AcceptRole)
                accept = qobject_cast<QPushButton *>(candidate);
        }
        ASSERT_NE(accept, nullptr);
        EXPECT_TRUE(accept->isEnabled());
        EXPECT_NE(QFileInfo(dialog->equalizeRequest().target), QFileInfo(source));
        retype(field<QLineEdit>(dialog, "target"), source);
        EXPECT_FALSE(accept->isEnabled()) << "the source is never a target";
        EXPECT_TRUE(field<QLabel>(dialog, "problem")->isVisible());
        retype(field<QLineEdit>(dialog, "target"), target);
        pressAccept(dialog);
    });
    trigger("quantize.equalize");
    ASSERT_TRUE(waitIdle());
    ASSERT_TRUE(improver().equalized()) << panel().equalize().errorBlock().text().toStdString();
    EXPECT_EQ(bytesOf(source), before);
    ASSERT_TRUE(QFile::exists(target));
    EXPECT_NE(bytesOf(target), before);
    const runtime::EqualizeReport &report = improver().equalized()->report;
    ASSERT_FALSE(report.pairs.empty());
    TableView &table = panel().equalize().table();
    ASSERT_EQ(table.model()->rowCount(), static_cast<int>(report.pairs.size()));
    bool balanced = false;
    for (int row = 0; row < table.model()->rowCount(); ++row)
        balanced = balanced || table.model()->index(row, 3).data(NumberRole).toDouble() < 0.1 * table.model()->index(row, 2).data(NumberRole).toDouble();
    EXPECT_TRUE(balanced) << "no pair of the skewed model became ten times more even";
    EXPECT_EQ(panel().equalize().leftAloneTable().model()->rowCount(), static_cast<int>(report.leftAlone.size()));
    clickRow(table, 0);
    EXPECT_TRUE(workspace().isSelected(workspace().document()->findNode(report.pairs[0].first)));
    EXPECT_TRUE(workspace().isSelected(workspace().document()->findNode(report.pairs[0].second)));

    const QString samples = workspace().calibrationInputs().spec;
    bool asked = false;
    whenDialog<CalibrateDialog>([&](CalibrateDialog *dialog) {
        asked = true;
        EXPECT_EQ(dialog->request().inputs.spec, samples) << "the new model takes the samples of its source";
        pressAccept(dialog);
    });
    QTest::mouseClick(button(panel().equalize(), "openAndCalibrate"), Qt::LeftButton);
    ASSERT_TRUE(waitUntil([&] { return asked && workspace().calibration().has_value() && !window->isBusy(); }));
    EXPECT_EQ(QFileInfo(QString::fromStdString(workspace().document()->path.string())), QFileInfo(target));
    EXPECT_FALSE(improver().equalized()) << "results belong to the model that was open";
    EXPECT_EQ(bytesOf(source), before);
}

TEST_F(ImproveView, BiasCorrectionWritesANewModel)
{
    const QString source = openCopy("digits.onnx");
    calibrate();
    const QByteArray before = bytesOf(source);
    const QString target = folder.filePath(QStringLiteral("corrected.onnx"));
    whenDialog<RewriteDialog>([&](RewriteDialog *dialog) {
        retype(field<QLineEdit>(dialog, "target"), target);
        pressAccept(dialog);
    });
    trigger("quantize.bias-correct");
    ASSERT_TRUE(waitIdle());
    ASSERT_TRUE(improver().biasCorrected()) << panel().biasCorrect().errorBlock().text().toStdString();
    EXPECT_EQ(bytesOf(source), before);
    EXPECT_EQ(panel().biasCorrect().table().model()->rowCount(), static_cast<int>(improver().biasCorrected()->report.layers.size()));
    EXPECT_GE(panel().biasCorrect().table().model()->rowCount(), 1);
    // Calibrated and not saved: the window asks first.
    whenDialog<QMessageBox>([](QMessageBox *box) {
        for (QAbstractButton *answer : box->buttons()) {
            if (box->buttonRole(answer) == QMessageBox::DestructiveRole)
                QTest::mouseClick(answer, Qt::LeftButton);
        }
    });
    QTest::mouseClick(button(panel().biasCorrect(), "openNew"), Qt::LeftButton);
    ASSERT_TRUE(waitUntil([&] { return QFileInfo(QString::fromStdString(workspace().document()->path.string())) == QFileInfo(target) && !window->isBusy(); }));
}

TEST_F(ImproveView, OwnMetricCommandStandsBesideTheEvaluation)
{
    openCopy("digits.onnx");
    calibrate();
    QStringList notices;
    QObject::connect(&workspace(), &Workspace::notice, window.get(), [&](const QString &text) { notices << text; });
    QStringList errors;
    QObject::connect(&workspace(), &Workspace::failed, window.get(), [&](const core::Error &error) { errors << QString::fromStdString(error.text()); });
    whenDialog<EvaluateDialog>([&](EvaluateDialog *dialog) {
        EXPECT_TRUE(namelessFieldsOf(*dialog).isEmpty()) << namelessFieldsOf(*dialog).join(QLatin1Char('\n')).toStdString();
        // As many as there are folders of outputs: one for each sample.
        retype(field<QLineEdit>(dialog, "command"), QStringLiteral("sh -c 'ls -d \"$0\"/0* | wc -l'"));
        pressAccept(dialog);
    });
    press(Qt::Key_E, Qt::ControlModifier);
    ASSERT_TRUE(waitIdle());
    EXPECT_TRUE(workspace().evaluation().has_value());
    ASSERT_FALSE(notices.isEmpty());
    EXPECT_TRUE(notices.last().contains(QLatin1String("4"))) << notices.last().toStdString();
    EXPECT_TRUE(errors.isEmpty());

    workspace().setEvaluation(std::nullopt);
    EvaluationRequest failing{workspace().evaluationInputs(), {}, {}};
    failing.metric.command = QStringLiteral("sh -c 'echo no good >&2; exit 3'");
    window->quantizer().evaluate(failing);
    ASSERT_TRUE(waitIdle());
    EXPECT_TRUE(workspace().evaluation().has_value()) << "the evaluation stands whatever the command does";
    ASSERT_EQ(errors.size(), 1);
    EXPECT_TRUE(errors.first().contains(QLatin1String("no good"))) << errors.first().toStdString();
}

} // namespace
} // namespace nordlys::studio::test

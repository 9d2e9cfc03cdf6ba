// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

#include <studio/models/layers_model.h>
#include <studio/models/ops_model.h>
#include <studio/widgets/cell_roles.h>
#include <studio/window/error_bar.h>
#include <studio/workspace/encoding_edits.h>
#include <studio/workspace/filter_query.h>
#include <studio/workspace/recent_files.h>
#include <studio/workspace/result_json.h>

#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QSortFilterProxyModel>

#include <cmath>
#include <limits>

namespace nordlys::studio::test {
namespace {

using Mode = QAbstractItemModelTester::FailureReportingMode;

class StudioModels : public WindowTest {
protected:
    void calibrate(int limit = 8)
    {
        CalibrationRequest request;
        request.inputs = window->workspace().calibrationInputs();
        request.inputs.limit = limit;
        window->quantizer().calibrate(request);
        ASSERT_TRUE(waitUntil([this] { return window->workspace().calibration().has_value() && !window->isBusy(); }));
    }
    core::TensorId tensor(const char *name) const { return window->workspace().document()->findTensor(name); }
};

TEST_F(StudioModels, KeepThePromisesOfItemModels)
{
    const RangeStatistics statistics(window->workspace());
    LayersModel layers(window->workspace(), &statistics);
    EncodingsModel encodings(window->workspace());
    OpsModel ops(window->workspace());
    // Fatal would end the program; warnings fail the test as well.
    const QAbstractItemModelTester testLayers(&layers, Mode::Warning), testEncodings(&encodings, Mode::Warning),
        testOps(&ops, Mode::Warning);
    openDigits();
    EXPECT_EQ(layers.rowCount(), static_cast<int>(window->workspace().document()->graph().nodes.size()));
    calibrate();
    RunSettings settings;
    settings.iterations = 40;
    window->runner().run(settings);
    ASSERT_TRUE(waitUntil([this] { return window->workspace().run() && !window->isBusy(); }));
    EXPECT_EQ(layers.rowCount(), static_cast<int>(window->workspace().run()->profile.layerCount()));
    EXPECT_EQ(layers.index(0, LayersModel::Count).data(NumberRole).toDouble(), 40);
    double sum = 0;
    for (int row = 0; row < layers.rowCount(); ++row)
        sum += layers.index(row, LayersModel::Share).data(NumberRole).toDouble();
    EXPECT_NEAR(sum, 100, 0.01);
    // A range counts the inferences that start inside it.
    const auto &starts = window->workspace().run()->profile.inferenceStartNs;
    window->workspace().setRange(TimeRange{starts[10], starts[20] - 1});
    ASSERT_TRUE(waitUntil([&] { return statistics.isCurrent(); }));
    EXPECT_EQ(layers.index(0, LayersModel::Count).data(NumberRole).toDouble(), 10);
    window->workspace().closeDocument();
    EXPECT_EQ(layers.rowCount(), 0);
    EXPECT_EQ(ops.rowCount(), 0);
}

TEST_F(StudioModels, RefusedCellInputChangesNothing)
{
    openDigits();
    calibrate();
    window->showView(QStringLiteral("encodings"));
    EncodingsView &view = window->encodingsView();
    const auto *sorted = qobject_cast<QSortFilterProxyModel *>(view.table().model());
    const core::EditState before = window->workspace().edits();
    const int steps = window->workspace().history().stack().index();
    const struct {
        int column;
        const char *text;
    } bad[] = {{EncodingsModel::Bits, "9"},    {EncodingsModel::Bits, "8.5"},      {EncodingsModel::Bits, "-8"},
               {EncodingsModel::Max, "abc"},   {EncodingsModel::Max, "-99"},       {EncodingsModel::Max, "1e999"},
               {EncodingsModel::Min, "5"},     {EncodingsModel::Scale, "0"},       {EncodingsModel::Scale, "-1"},
               {EncodingsModel::Scale, "nan"}, {EncodingsModel::ZeroPoint, "256"}, {EncodingsModel::ZeroPoint, "1.5"}};
    const int row = view.model().rowOf(tensor("logits"));
    for (const auto &[column, text] : bad) {
        const QModelIndex source = view.model().index(row, column);
        EXPECT_FALSE(view.model().whyInvalid(source, QString::fromLatin1(text)).isEmpty()) << text;
        editCell(view.table(), sorted->mapFromSource(source), QString::fromLatin1(text), Qt::Key_Return);
        // The editor may stay open with its reason; Escape leaves it.
        if (auto *editor = view.table().viewport()->findChild<QLineEdit *>())
            QTest::keyClick(editor, Qt::Key_Escape);
        QCoreApplication::processEvents();
        EXPECT_EQ(window->workspace().edits(), before) << text;
    }
    EXPECT_EQ(window->workspace().history().stack().index(), steps);
}

TEST_F(StudioModels, TiedTensorsAndBiasesChangeTogetherInOneStep)
{
    openDigits();
    calibrate();
    const Document &document = *window->workspace().document();
    const core::EditState before = window->workspace().edits();
    // Flatten only renames: input and output share one encoding.
    core::TensorId flat;
    for (const core::Node &node : document.graph().nodes) {
        if (document.graph().names.text(node.opType) == "Flatten")
            flat = node.outputs.front();
    }
    ASSERT_TRUE(flat.isValid());
    const std::vector<core::TensorId> group = document.tieGroup(flat);
    ASSERT_EQ(group.size(), 2U);
    const auto change = EncodingEdits(document, before).setField(flat, EncodingField::Max, 3.0);
    ASSERT_TRUE(change);
    ASSERT_TRUE(window->workspace().history().apply(*change, QStringLiteral("test")));
    const auto entry = [&](core::TensorId id) { return window->workspace().encodings().find(document.graph().nameOf(id)); };
    EXPECT_EQ(entry(group[0])->encoding, entry(group[1])->encoding);
    EXPECT_NEAR(entry(flat)->encoding.grids.front().max, 3.0, 1e-9);
    // The bias of the Gemm that reads it follows: scale of input times scale of weight.
    for (const core::QuantizableTensor &role : document.quantizable) {
        if (role.kind != core::QuantizableKind::Bias || role.biasActivation != flat)
            continue;
        const double wanted = entry(flat)->encoding.grids.front().scale * entry(role.biasWeight)->encoding.grids.front().scale;
        EXPECT_NEAR(entry(role.tensor)->encoding.grids.front().scale, wanted, wanted * 1e-9);
    }
    window->workspace().history().stack().undo();
    EXPECT_EQ(window->workspace().edits(), before);
}

TEST_F(StudioModels, AStrictSymmetricGridStaysOne)
{
    openDigits();
    calibrate();
    const Document &document = *window->workspace().document();
    core::EditState state = window->workspace().edits();
    const core::TensorId weight = tensor("fc.weight");
    ASSERT_TRUE(weight.isValid());
    const auto strict = core::gridFromRange(-1.27, 1.27, {.bitwidth = 8, .symmetric = true, .strictSymmetric = true});
    ASSERT_TRUE(strict);
    ASSERT_NEAR(strict->scale, 0.01, 1e-12);
    core::EncodingEntry entry = *state.encodings.find("fc.weight");
    entry.encoding.symmetric = true;
    entry.encoding.axis = -1;
    entry.encoding.grids = {*strict};
    state.encodings.entries["fc.weight"] = entry;
    const auto after = [&](EncodingField field, double value) {
        const auto change = EncodingEdits(document, state).setField(weight, field, value);
        EXPECT_TRUE(change);
        core::EditState edited = state;
        EXPECT_TRUE(core::applyChange(edited, *change));
        return edited.encodings.find("fc.weight")->encoding.grids.front();
    };
    // 127 codes on each side of zero; a full grid would have 128 below it and a smaller scale.
    EXPECT_NEAR(after(EncodingField::Max, 2.54).scale, 0.02, 1e-12);
    EXPECT_NEAR(after(EncodingField::Max, 2.54).min, -2.54, 1e-12);
    EXPECT_NEAR(after(EncodingField::Scale, 0.03).max, 3.81, 1e-12);
    EXPECT_NEAR(after(EncodingField::Scale, 0.03).min, -3.81, 1e-12);
    EXPECT_NEAR(after(EncodingField::Bits, 4).scale, 1.27 / 7, 1e-12);
}

TEST_F(StudioModels, BatchSetsBitsOfSelectedRowsAndReverts)
{
    openDigits();
    calibrate();
    window->showView(QStringLiteral("encodings"));
    EncodingsView &view = window->encodingsView();
    const core::EditState before = window->workspace().edits();
    view.table().setFocus();
    view.table().selectAll();
    auto *bits = child<QComboBox>("batchBits");
    bits->setCurrentIndex(bits->findData(16));
    QTest::mouseClick(child<QPushButton>("batchApply"), Qt::LeftButton);
    for (const core::QuantizableTensor &role : window->workspace().document()->quantizable) {
        const core::EncodingEntry *entry =
            window->workspace().encodings().find(window->workspace().document()->graph().nameOf(role.tensor));
        ASSERT_NE(entry, nullptr);
        EXPECT_EQ(entry->encoding.bitwidth, role.kind == core::QuantizableKind::Bias ? 32 : 16);
        EXPECT_TRUE(core::checkEncoding(entry->encoding, "t"));
    }
    view.table().selectAll();
    auto *property = child<QComboBox>("batchProperty");
    property->setCurrentIndex(property->findText(QStringLiteral("revert to calibrated")));
    QTest::mouseClick(child<QPushButton>("batchApply"), Qt::LeftButton);
    EXPECT_EQ(window->workspace().edits(), before);
}

TEST_F(StudioModels, BadFilesOpenedByDropSayWhyAndLeaveTheModel)
{
    openDigits();
    const Document *open = window->workspace().document().get();
    const auto write = [this](const char *name, const QByteArray &bytes) {
        QFile file(folder.filePath(QString::fromLatin1(name)));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(bytes);
        return file.fileName();
    };
    QFile digits(digitsModel());
    ASSERT_TRUE(digits.open(QIODevice::ReadOnly));
    const QByteArray whole = digits.readAll();
    const QStringList bad{write("empty.onnx", {}),
                          write("garbage.onnx", QByteArray(4000, '\xA7')),
                          write("cut.onnx", whole.left(whole.size() / 2)),
                          write("broken.nordlys", "{\"schema\": 12"),
                          write("broken.nrs", "NRDSTRM1 and then nothing"),
                          folder.filePath(QStringLiteral("missing.onnx"))};
    auto *errors = child<ErrorBar>("errorBar");
    for (const QString &path : bad) {
        errors->hide();
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        QDragEnterEvent enter(QPoint(500, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window.get(), &enter);
        EXPECT_TRUE(enter.isAccepted());
        QDropEvent drop(QPointF(500, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window.get(), &drop);
        ASSERT_TRUE(waitUntil([&] { return errors->isVisible(); }, 10000)) << path.toStdString();
        EXPECT_GT(errors->text().size(), 10);
        EXPECT_EQ(window->workspace().document().get(), open);
    }
    // The window still works.
    QTest::mouseClick(child<QPushButton>("errorDismiss"), Qt::LeftButton);
    EXPECT_FALSE(errors->isVisible());
    window->openPath(QString::fromStdString((nordlys::test::digitsPath() / "digits_unbalanced.onnx").string()));
    ASSERT_TRUE(waitUntil([&] { return window->workspace().document().get() != open; }));
}

TEST(FilterQuery, MatchesWordsOpsKindsAndShares)
{
    const FilterQuery::Row conv{QStringLiteral("/b1/conv"), QStringLiteral("Conv"), QStringLiteral("activation"), 12.0};
    const FilterQuery::Row relu{QStringLiteral("/b1/relu"), QStringLiteral("Relu"), {}, {}};
    EXPECT_TRUE(FilterQuery(QString()).matches(relu));
    EXPECT_TRUE(FilterQuery(QStringLiteral("b1 CONV")).matches(conv));
    EXPECT_FALSE(FilterQuery(QStringLiteral("b1 conv")).matches(relu));
    EXPECT_TRUE(FilterQuery(QStringLiteral("op:conv share>2%")).matches(conv));
    EXPECT_FALSE(FilterQuery(QStringLiteral("share>12")).matches(conv));
    EXPECT_FALSE(FilterQuery(QStringLiteral("share>0")).matches(relu));
    EXPECT_TRUE(FilterQuery(QStringLiteral("share<12,5 kind:act")).matches(conv));
}

TEST(ResultJson, ReadsBackWhatItWroteAndRefusesOtherText)
{
    runtime::Evaluation evaluation;
    evaluation.samples = 7;
    evaluation.tensors = {{"a", 31.25, std::numeric_limits<double>::infinity(), 0.5, 8, 100, 0.98, 0.25, std::nullopt}};
    evaluation.outputs = {{"out", 20.5, 0.99, 0.125}};
    evaluation.accuracy = runtime::Accuracy{0.99, 0.98, 0.97, 7, 0.999, 0.995};
    evaluation.weights = {{"w", 40, 40, 0, 8, 9, 0.5, 0.75, 12.5}};
    const auto read = evaluationFromJson(evaluationToJson(evaluation));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->samples, 7U);
    ASSERT_EQ(read->tensors.size(), 1U);
    EXPECT_EQ(read->tensors[0].name, "a");
    EXPECT_DOUBLE_EQ(read->tensors[0].sqnrDb, 31.25);
    EXPECT_TRUE(std::isinf(read->tensors[0].localSqnrDb));
    EXPECT_DOUBLE_EQ(read->outputs[0].maxAbsError, 0.125);
    EXPECT_DOUBLE_EQ(read->accuracy->agreement, 0.97);
    EXPECT_DOUBLE_EQ(read->tensors[0].cosine, 0.98);
    EXPECT_DOUBLE_EQ(read->tensors[0].maxAbsError, 0.25);
    EXPECT_FALSE(read->tensors[0].deadCodesPercent.has_value());
    ASSERT_EQ(read->weights.size(), 1U);
    EXPECT_EQ(read->weights[0].name, "w");
    EXPECT_DOUBLE_EQ(*read->weights[0].deadCodesPercent, 12.5);
    EXPECT_DOUBLE_EQ(read->accuracy->quantizedTop5, 0.995);
    // As it was written before there were more cells a row.
    const auto old = evaluationFromJson(QStringLiteral(R"({"samples":3,"tensors":[["a",30,31,0.5,8,10]],"outputs":[["o",20,0.9,1]],"accuracy":[1,0.5,0.5,4]})"));
    ASSERT_TRUE(old && old->tensors.size() == 1 && old->outputs.size() == 1 && old->accuracy);
    EXPECT_DOUBLE_EQ(old->tensors[0].localSqnrDb, 31);
    EXPECT_DOUBLE_EQ(old->tensors[0].cosine, 1);
    EXPECT_TRUE(old->weights.empty());
    for (const char *other : {"", "[]", "{}", "{\"tensors\": 3}", "not json"}) {
        EXPECT_FALSE(evaluationFromJson(QString::fromLatin1(other)).has_value()) << other;
        EXPECT_FALSE(rangesFromJson(QString::fromLatin1(other)).has_value()) << other;
    }
}

} // namespace
} // namespace nordlys::studio::test

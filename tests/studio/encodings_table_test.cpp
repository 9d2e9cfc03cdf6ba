// SPDX-License-Identifier: GPL-3.0-or-later
// Table, batch edit, locks and checkpoints of the Encodings view, with real mouse and key events.
#include "window_fixture.h"

#include <studio/models/rule_states.h>
#include <studio/views/encodings/batch_bar.h>
#include <studio/widgets/cell_roles.h>
#include <studio/widgets/icon_slot.h>
#include <studio/workspace/checkpoints.h>
#include <studio/workspace/encoding_edits.h>
#include <studio/workspace/live_metrics.h>

#include <QComboBox>
#include <QInputDialog>
#include <QLabel>
#include <QMenu>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace nordlys::studio::test {
namespace {

class StudioEncodingsTable : public WindowTest {
protected:
    Workspace &workspace() { return window->workspace(); }
    LiveMetrics &live() { return workspace().live(); }
    EncodingsView &view() { return window->encodingsView(); }
    TableView &table() { return view().table(); }
    void calibrate()
    {
        CalibrationRequest request;
        request.inputs = workspace().calibrationInputs();
        request.inputs.limit = 8;
        window->quantizer().calibrate(request);
        ASSERT_TRUE(waitUntil([this] { return workspace().calibration().has_value() && !window->isBusy(); }));
    }
    void computed()
    {
        ASSERT_TRUE(waitUntil([this] { return live().state() == LiveMetrics::State::Current; })) << live().whyNot().toStdString();
    }
    void SetUp() override
    {
        WindowTest::SetUp();
        openDigits();
        calibrate();
        window->showView(QStringLiteral("encodings"));
        computed();
    }
    QStringList order()
    {
        QStringList names;
        for (int row = 0; row < table().model()->rowCount(); ++row)
            names << table().model()->index(row, EncodingsModel::Tensor).data().toString();
        return names;
    }
    QModelIndex cell(core::TensorId tensor, int column)
    {
        return static_cast<SortModel *>(table().model())->mapFromSource(view().model().index(view().model().rowOf(tensor), column));
    }
    core::TensorId tensor(const QString &name) { return workspace().document()->findTensor(name.toStdString()); }
    std::string nameOf(core::TensorId id) { return std::string(workspace().document()->graph().nameOf(id)); }
    const core::Encoding &encoding(core::TensorId id) { return workspace().encodings().find(nameOf(id))->encoding; }
    /// Weights of convolutions with one input channel a group, found by their shapes.
    std::vector<core::TensorId> depthwiseWeights()
    {
        std::vector<core::TensorId> found;
        const core::Graph &graph = workspace().document()->graph();
        for (const core::Node &node : graph.nodes) {
            if (graph.names.text(node.opType) != "Conv" || core::attributeInt(graph, node, "group", 1) <= 1)
                continue;
            if ((*graph.tensor(node.inputs[1]).shape)[1].value == 1)
                found.push_back(node.inputs[1]);
        }
        return found;
    }
    void type(const char *query)
    {
        auto *field = child<QLineEdit>("batchQuery");
        QTest::mouseClick(field, Qt::LeftButton);
        field->selectAll();
        QTest::keyClicks(field, QString::fromLatin1(query));
    }
    int steps() { return workspace().history().stack().count(); }
};

TEST_F(StudioEncodingsTable, CulpritsComeFirst)
{
    // Without the model: activations by their local SQNR.
    std::vector<std::pair<double, QString>> expected;
    for (const core::QuantizableTensor &role : workspace().document()->quantizable) {
        const runtime::TensorError *error = live().find(nameOf(role.tensor));
        if (role.kind == core::QuantizableKind::Activation && error && error->bitwidth > 0)
            expected.emplace_back(error->localSqnrDb, QString::fromStdString(nameOf(role.tensor)));
    }
    ASSERT_GT(expected.size(), 3U);
    std::ranges::stable_sort(expected, {}, &std::pair<double, QString>::first);
    const QStringList shown = order();
    EXPECT_EQ(shown.first(), expected.front().second);
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(live().find(shown[static_cast<qsizetype>(i)].toStdString())->localSqnrDb, expected[i].first) << i;
}

TEST_F(StudioEncodingsTable, RowsKeepTheirPlacesUntilAskedToSort)
{
    const QStringList before = order();
    // The best activation becomes the worst.
    core::TensorId best;
    for (const QString &name : before) {
        const runtime::TensorError *error = live().find(name.toStdString());
        const core::QuantizableTensor *role = workspace().document()->quantizableOf(tensor(name));
        if (role->kind == core::QuantizableKind::Activation && error && workspace().document()->tieGroup(tensor(name)).size() == 1)
            best = tensor(name);
    }
    const core::Grid grid = encoding(best).grids.front();
    const auto change = EncodingEdits(*workspace().document(), workspace().edits()).setRange(best, grid.min / 50, grid.max / 50);
    ASSERT_TRUE(change.hasValue());
    const QString local = cell(best, EncodingsModel::LocalSqnr).data().toString();
    ASSERT_TRUE(live().preview(*change).hasValue());
    computed();
    EXPECT_NE(cell(best, EncodingsModel::LocalSqnr).data().toString(), local);
    EXPECT_EQ(order(), before);
    auto *held = child<Chip>("rowOrderHeld");
    EXPECT_TRUE(held->isVisible());
    ASSERT_TRUE(live().commitPreview(QStringLiteral("range")).hasValue());
    EXPECT_EQ(order(), before);
    QTest::mouseClick(held, Qt::LeftButton);
    EXPECT_FALSE(held->isVisible());
    EXPECT_EQ(order().first().toStdString(), nameOf(best));
}

TEST_F(StudioEncodingsTable, BatchSetsAllDepthwiseLayersTo16BitInOneStep)
{
    const std::vector<core::TensorId> weights = depthwiseWeights();
    ASSERT_GT(weights.size(), 1U);
    const core::EditState before = workspace().edits();
    const int count = steps();
    auto *bits = child<QComboBox>("batchBits");
    bits->setCurrentIndex(bits->findData(16));
    type("op:DepthwiseConv");
    ASSERT_TRUE(waitUntil([this] { return view().batch().isPreviewing(); }));
    computed();
    // Shown everywhere, done nowhere.
    auto *preview = child<TableView>("batchPreview");
    EXPECT_TRUE(preview->isVisible());
    EXPECT_EQ(preview->model()->index(0, 2).data().toString(), formatDecibel(live().evaluation()->outputs.front().sqnrDb));
    EXPECT_EQ(preview->model()->index(0, 1).data().toString(), formatDecibel(live().evaluationBefore()->outputs.front().sqnrDb));
    EXPECT_EQ(cell(weights.front(), EncodingsModel::Bits).data().toString(), QStringLiteral("16"));
    EXPECT_EQ(workspace().edits(), before);
    EXPECT_EQ(steps(), count);
    const double after = live().evaluation()->outputs.front().sqnrDb;
    EXPECT_GT(after, live().evaluationBefore()->outputs.front().sqnrDb);

    QTest::mouseClick(child<QPushButton>("batchApply"), Qt::LeftButton);
    EXPECT_EQ(steps(), count + 1);
    const core::Graph &graph = workspace().document()->graph();
    for (const core::QuantizableTensor &role : workspace().document()->quantizable) {
        const bool depthwise = std::ranges::find(weights, role.tensor) != weights.end();
        if (role.kind == core::QuantizableKind::Weight) {
            EXPECT_EQ(encoding(role.tensor).bitwidth, depthwise ? 16 : 8) << graph.nameOf(role.tensor);
        }
    }
    EXPECT_FALSE(preview->isVisible());
    computed();
    EXPECT_EQ(live().evaluation()->outputs.front().sqnrDb, after);
    workspace().history().stack().undo();
    EXPECT_EQ(workspace().edits(), before);
}

TEST_F(StudioEncodingsTable, DiscardLeavesEverything)
{
    const core::EditState before = workspace().edits();
    auto *bits = child<QComboBox>("batchBits");
    bits->setCurrentIndex(bits->findData(4));
    type("kind:weight");
    ASSERT_TRUE(waitUntil([this] { return view().batch().isPreviewing(); }));
    QTest::mouseClick(child<QPushButton>("batchDiscard"), Qt::LeftButton);
    EXPECT_FALSE(live().isPreviewing());
    EXPECT_EQ(workspace().edits(), before);
    EXPECT_FALSE(child<TableView>("batchPreview")->isVisible());
    EXPECT_TRUE(child<QLineEdit>("batchQuery")->text().isEmpty());
}

TEST_F(StudioEncodingsTable, LockedEncodingsRefuseEditsAndAreSkipped)
{
    const core::TensorId first = tensor(order().first());
    const int count = steps();
    QTest::mouseClick(table().viewport(), Qt::LeftButton, Qt::NoModifier, table().visualRect(cell(first, EncodingsModel::Bits)).center());
    table().setFocus();
    QTest::keyClick(&table(), Qt::Key_L, Qt::ControlModifier);
    ASSERT_EQ(steps(), count + 1);
    for (const core::TensorId member : workspace().document()->tieGroup(first))
        EXPECT_TRUE(workspace().encodings().find(nameOf(member))->locked);
    EXPECT_FALSE(view().model().whyInvalid(view().model().index(view().model().rowOf(first), EncodingsModel::Bits), QStringLiteral("16")).isEmpty());
    EXPECT_FALSE(cell(first, EncodingsModel::Bits).flags().testFlag(Qt::ItemIsEditable));
    QString told;
    QObject::connect(&workspace(), &Workspace::notice, window.get(), [&](const QString &text) { told = text; });
    const core::Encoding kept = encoding(first);
    auto *bits = child<QComboBox>("batchBits");
    bits->setCurrentIndex(bits->findData(16));
    type("kind:activation");
    ASSERT_TRUE(waitUntil([this] { return view().batch().isPreviewing(); }));
    QTest::mouseClick(child<QPushButton>("batchApply"), Qt::LeftButton);
    EXPECT_EQ(encoding(first), kept);
    EXPECT_TRUE(told.contains(QLatin1String("locked"))) << told.toStdString();
    std::size_t raised = 0;
    for (const core::QuantizableTensor &role : workspace().document()->quantizable)
        raised += role.kind == core::QuantizableKind::Activation && encoding(role.tensor).bitwidth == 16;
    EXPECT_GT(raised, 3U);
    // A calibration leaves it, too.
    calibrate();
    EXPECT_EQ(encoding(first), kept);
    QTest::mouseClick(table().viewport(), Qt::LeftButton, Qt::NoModifier, table().visualRect(cell(first, EncodingsModel::Bits)).center());
    view().toggleLock();
    EXPECT_FALSE(workspace().encodings().find(nameOf(first))->locked);
}

TEST_F(StudioEncodingsTable, CheckpointsAreMadeComparedAndReturnedTo)
{
    Checkpoints &checkpoints = Checkpoints::of(workspace());
    ASSERT_EQ(checkpoints.all().size(), 1U); // of the calibration
    EXPECT_TRUE(checkpoints.all().front().name.contains(QLatin1String("n=8")));
    const core::EditState calibrated = workspace().edits();
    const core::TensorId first = tensor(order().first());
    EXPECT_FALSE(view().model().isChanged(view().model().rowOf(first)));
    editCell(table(), cell(first, EncodingsModel::Bits), QStringLiteral("16"));
    EXPECT_EQ(encoding(first).bitwidth, 16);
    EXPECT_TRUE(view().model().isChanged(view().model().rowOf(first)));
    EXPECT_TRUE(cell(first, EncodingsModel::Bits).data(BoldRole).toBool());
    EXPECT_EQ(checkpoints.editsSince(), 1);
    EXPECT_TRUE(child<QLabel>("editsSinceCheckpoint")->isVisible());

    // A name of one's own; the marks are of what came after it.
    whenDialog<QInputDialog>([](QInputDialog *dialog) {
        dialog->setTextValue(QStringLiteral("first raised"));
        dialog->accept();
    });
    auto *menu = child<QToolButton>("checkpointMenu")->menu();
    menu->findChild<QAction *>(QStringLiteral("checkpointNew"))->trigger();
    ASSERT_EQ(checkpoints.all().size(), 2U);
    EXPECT_EQ(checkpoints.compared()->name, QStringLiteral("first raised"));
    EXPECT_FALSE(view().model().isChanged(view().model().rowOf(first)));
    EXPECT_FALSE(checkpoints.whyNoName(QStringLiteral(" first raised ")).isEmpty());
    auto *combo = child<QComboBox>("checkpointCombo");
    ASSERT_EQ(combo->count(), 2);
    combo->setCurrentIndex(0);
    Q_EMIT combo->activated(0);
    EXPECT_TRUE(view().model().isChanged(view().model().rowOf(first)));

    // Back to the calibration: one step that undo takes back.
    const int count = steps();
    menu->findChild<QAction *>(QStringLiteral("checkpointReturn"))->trigger();
    EXPECT_EQ(steps(), count + 1);
    EXPECT_EQ(workspace().edits(), calibrated);
    workspace().history().stack().undo();
    EXPECT_EQ(encoding(first).bitwidth, 16);
    EXPECT_EQ(checkpoints.all().size(), 2U);
}

TEST_F(StudioEncodingsTable, CheckpointsTravelWithTheProjectAndRecovery)
{
    const core::TensorId first = tensor(order().first());
    editCell(table(), cell(first, EncodingsModel::Bits), QStringLiteral("4"));
    Checkpoints &checkpoints = Checkpoints::of(workspace());
    ASSERT_TRUE(checkpoints.create(QStringLiteral("four")));
    editCell(table(), cell(first, EncodingsModel::Bits), QStringLiteral("16"));
    const core::EncodingSet calibrated = checkpoints.all()[0].encodings, four = checkpoints.all()[1].encodings;
    const core::EditState base = workspace().edits();
    // Against any base the same comes back; what is no checkpoint is left out.
    for (const core::EditState &against : {base, core::EditState()}) {
        std::map<std::string, std::string> stored{{"view", "encodings"}, {"checkpoint.7", "gone"}};
        checkpoints.store(stored, against);
        EXPECT_FALSE(stored.contains("checkpoint.7"));
        EXPECT_TRUE(stored.contains("view"));
        stored["checkpoint.8"] = "no change";
        stored["checkpoint.8.name"] = "broken";
        checkpoints.load(stored, against);
        ASSERT_EQ(checkpoints.all().size(), 2U);
        EXPECT_EQ(checkpoints.all()[0].encodings, calibrated);
        EXPECT_EQ(checkpoints.all()[1].encodings, four);
        EXPECT_EQ(checkpoints.all()[1].name, QStringLiteral("four"));
    }
    const QString path = folder.filePath(QStringLiteral("kept.nordlys"));
    whenFileDialog(path);
    press(Qt::Key_S, Qt::ControlModifier);
    ASSERT_TRUE(waitUntil([&] { return QFileInfo::exists(path) && !window->isBusy() && !workspace().isModified(); }));
    openDigits();
    ASSERT_TRUE(waitUntil([this] { return workspace().projectPath().isEmpty() && !window->isBusy(); }));
    EXPECT_TRUE(Checkpoints::of(workspace()).all().empty());
    window->openPath(path);
    ASSERT_TRUE(waitUntil([this] { return !workspace().projectPath().isEmpty() && !window->isBusy(); }));
    ASSERT_EQ(Checkpoints::of(workspace()).all().size(), 2U);
    EXPECT_EQ(Checkpoints::of(workspace()).all()[1].encodings, four);
    Checkpoints::of(workspace()).load({}, {});
    EXPECT_TRUE(Checkpoints::of(workspace()).all().empty());
}

TEST_F(StudioEncodingsTable, FilterSortsAndNamesDepthwiseConvolutions)
{
    workspace().setFilter(QStringLiteral("kind:act sort:clip"));
    for (int row = 0; row < table().model()->rowCount(); ++row)
        EXPECT_EQ(table().model()->index(row, EncodingsModel::Kind).data().toString(), QStringLiteral("activation"));
    EXPECT_EQ(table().sortKeys().front().column, static_cast<int>(EncodingsModel::Clipped));
    EXPECT_EQ(table().sortKeys().front().order, Qt::DescendingOrder);
    EXPECT_TRUE(child<QLabel>("encodingsCount")->text().contains(QString::number(view().model().rowCount())));
    workspace().setFilter(QStringLiteral("op:DepthwiseConv kind:weight"));
    EXPECT_EQ(table().model()->rowCount(), static_cast<int>(depthwiseWeights().size()));
    workspace().setFilter(QStringLiteral("op:Conv !op:DepthwiseConv kind:weight"));
    const int others = table().model()->rowCount();
    workspace().setFilter(QStringLiteral("op:Conv kind:weight"));
    EXPECT_EQ(table().model()->rowCount(), others + static_cast<int>(depthwiseWeights().size()));
}

TEST_F(StudioEncodingsTable, BrokenRulesStandBeforeTheName)
{
    // The target has no activations of 4 bits.
    const core::TensorId first = tensor(order().first());
    const std::string name = nameOf(first);
    ASSERT_TRUE(waitUntil([this] { return view().model().rules().isCurrent(); }));
    ASSERT_EQ(view().model().rules().find(name), nullptr);
    editCell(table(), cell(first, EncodingsModel::Bits), QStringLiteral("4"));
    ASSERT_TRUE(waitUntil([&] { return view().model().rules().isCurrent() && view().model().rules().find(name); }));
    EXPECT_EQ(cell(first, EncodingsModel::Tensor).data(IconRole).toInt(), static_cast<int>(Icon::Error));
    EXPECT_GT(cell(first, EncodingsModel::Tensor).data(Qt::ToolTipRole).toString().size(), static_cast<qsizetype>(name.size()) + 20);
    workspace().history().stack().undo();
    ASSERT_TRUE(waitUntil([&] { return view().model().rules().isCurrent() && !view().model().rules().find(name); }));
    EXPECT_EQ(cell(first, EncodingsModel::Tensor).data(IconRole).toInt(), kEmptyIconSlot);
}

TEST(InheritedNoise, IsTheTotalWithoutTheOwn)
{
    // Equal shares: each is 3.01 dB above the total.
    const double total = 20, local = total + 10 * std::log10(2.0);
    EXPECT_NEAR(EncodingsModel::inheritedDb(total, local), local, 1e-9);
    // A tenth is the tensor's own: nine tenths are inherited.
    EXPECT_NEAR(EncodingsModel::inheritedDb(20, 30), 20 - 10 * std::log10(0.9), 1e-9);
    EXPECT_NEAR(EncodingsModel::inheritedDb(20, std::numeric_limits<double>::infinity()), 20, 1e-9);
    EXPECT_NEAR(EncodingsModel::inheritedDb(20, 19), 50, 1e-9); // no more than 30 dB above the total
    EXPECT_TRUE(std::isinf(EncodingsModel::inheritedDb(std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity())));
}

} // namespace
} // namespace nordlys::studio::test

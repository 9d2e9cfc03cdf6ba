// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_fixture.h"

#include <studio/workspace/encoding_edits.h>
#include <studio/workspace/live_metrics.h>

#include <core/inputs/sample_set.h>
#include <runtime/quantization/evaluate.h>

#include <QSignalSpy>

namespace nordlys::studio::test {
namespace {

class StudioLiveMetrics : public WindowTest {
protected:
    Workspace &workspace() { return window->workspace(); }
    LiveMetrics &live() { return workspace().live(); }
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
    /// A calibrated digits model whose numbers are there.
    void SetUp() override
    {
        WindowTest::SetUp();
        openDigits();
        calibrate();
        live().start();
        computed();
    }
    /// First activation with one grid that is no input and stands alone.
    core::TensorId tensor()
    {
        const Document &document = *workspace().document();
        for (const core::QuantizableTensor &role : document.quantizable) {
            const auto *entry = workspace().encodings().find(document.graph().nameOf(role.tensor));
            if (role.kind == core::QuantizableKind::Activation && entry && entry->encoding.grids.size() == 1 &&
                document.graph().tensor(role.tensor).producer.isValid() && document.tieGroup(role.tensor).size() == 1)
                return role.tensor;
        }
        return {};
    }
    std::string name() { return std::string(workspace().document()->graph().nameOf(tensor())); }
    /// The tensor with its range cut to a share of what it is in the workspace.
    core::Change cut(double share)
    {
        const core::Grid &grid = workspace().encodings().find(name())->encoding.grids.front();
        auto change = EncodingEdits(*workspace().document(), workspace().edits()).setRange(tensor(), grid.min * share, grid.max * share);
        EXPECT_TRUE(change.hasValue());
        return *change;
    }
    /// A full evaluation over the same samples, from outside of the engine.
    runtime::Evaluation evaluated(const core::EncodingSet &encodings)
    {
        InputSource source = workspace().evaluationInputs().spec.isEmpty() ? workspace().calibrationInputs() : workspace().evaluationInputs();
        auto samples = openSamples(source, workspace().document()->graph());
        EXPECT_TRUE(samples.hasValue());
        runtime::EvaluationOptions options;
        options.encodings = encodings;
        options.limit = static_cast<std::size_t>(live().sampleCount());
        auto result = runtime::evaluateQuantized(workspace().document()->model, *samples, options);
        EXPECT_TRUE(result.hasValue());
        return *result;
    }
    double sqnrOf(const runtime::Evaluation &evaluation, const std::string &wanted)
    {
        for (const runtime::TensorError &error : evaluation.tensors) {
            if (error.name == wanted)
                return error.localSqnrDb;
        }
        ADD_FAILURE() << wanted << " is not evaluated";
        return 0;
    }
};

TEST_F(StudioLiveMetrics, PreviewChangesNumbersAndCommitIsOneStep)
{
    const std::string wanted = name();
    const core::EditState calibrated = workspace().edits();
    const double full = live().find(wanted)->localSqnrDb;
    EXPECT_EQ(full, sqnrOf(evaluated(workspace().encodings()), wanted));
    ASSERT_NE(live().result(), nullptr);
    EXPECT_EQ(live().result()->samplesUsed, 8U);
    const int steps = workspace().history().stack().count();
    QSignalSpy shown(&live(), &LiveMetrics::encodingsShown);

    // Half of the range clips: the tensor's own error grows, and nothing of it is an edit.
    ASSERT_TRUE(live().preview(cut(0.5)).hasValue());
    EXPECT_EQ(shown.count(), 1);
    EXPECT_TRUE(live().isPreviewing());
    EXPECT_EQ(live().state(), LiveMetrics::State::Running);
    EXPECT_FALSE(live().encodings() == workspace().encodings());
    computed();
    const double halved = live().find(wanted)->localSqnrDb;
    EXPECT_LT(halved, full);
    EXPECT_EQ(halved, sqnrOf(evaluated(live().encodings()), wanted));
    EXPECT_GT(live().find(wanted)->clippedPercent, 0);
    ASSERT_NE(live().before(wanted), nullptr);
    EXPECT_EQ(live().before(wanted)->localSqnrDb, full);
    EXPECT_EQ(workspace().history().stack().count(), steps);
    EXPECT_EQ(workspace().edits(), calibrated);

    // Given up: as before.
    live().endPreview();
    EXPECT_FALSE(live().isPreviewing());
    EXPECT_EQ(live().state(), LiveMetrics::State::Current);
    EXPECT_EQ(live().find(wanted)->localSqnrDb, full);
    EXPECT_EQ(workspace().history().stack().count(), steps);

    // Committed: one step, the numbers stay, and undo takes both back.
    ASSERT_TRUE(live().preview(cut(0.75)).hasValue());
    ASSERT_TRUE(live().preview(cut(0.5)).hasValue());
    computed();
    ASSERT_TRUE(live().commitPreview(QStringLiteral("range")).hasValue());
    EXPECT_EQ(workspace().history().stack().count(), steps + 1);
    EXPECT_EQ(live().state(), LiveMetrics::State::Current);
    EXPECT_EQ(live().find(wanted)->localSqnrDb, halved);
    EXPECT_EQ(live().before(wanted)->localSqnrDb, full);
    workspace().history().stack().undo();
    EXPECT_EQ(workspace().edits(), calibrated);
    computed();
    EXPECT_EQ(live().find(wanted)->localSqnrDb, full);
    EXPECT_EQ(live().before(wanted)->localSqnrDb, halved);
}

TEST_F(StudioLiveMetrics, CommitWhileItRunsGivesTheNumbersOfTheEdit)
{
    ASSERT_TRUE(live().preview(cut(0.5)).hasValue());
    ASSERT_TRUE(live().commitPreview(QStringLiteral("range")).hasValue());
    computed();
    EXPECT_EQ(live().find(name())->localSqnrDb, sqnrOf(evaluated(workspace().encodings()), name()));
    EXPECT_NE(live().before(name())->localSqnrDb, live().find(name())->localSqnrDb);
}

TEST_F(StudioLiveMetrics, TheNewestEditWins)
{
    for (const double share : {0.9, 0.3, 0.8, 0.2, 0.6})
        ASSERT_TRUE(live().preview(cut(share)).hasValue());
    computed();
    const double expected = sqnrOf(evaluated(live().encodings()), name());
    EXPECT_EQ(live().find(name())->localSqnrDb, expected);
    QTest::qWait(200); // nothing that was overtaken comes later
    EXPECT_EQ(live().find(name())->localSqnrDb, expected);
    EXPECT_EQ(live().state(), LiveMetrics::State::Current);
}

TEST_F(StudioLiveMetrics, ARefusedChangeLeavesThePreview)
{
    ASSERT_TRUE(live().preview(cut(0.5)).hasValue());
    const core::EncodingSet shown = live().encodings();
    core::EncodingEntry broken = *shown.find(name());
    broken.encoding.grids.front().scale = -1;
    EXPECT_FALSE(live().preview({core::SetEncoding{name(), broken}}).hasValue());
    EXPECT_EQ(live().encodings(), shown);
    EXPECT_TRUE(live().isPreviewing());
}

TEST_F(StudioLiveMetrics, AnotherEditEndsAPreview)
{
    ASSERT_TRUE(live().preview(cut(0.5)).hasValue());
    ASSERT_TRUE(workspace().history().apply(cut(0.25), QStringLiteral("other")).hasValue());
    EXPECT_FALSE(live().isPreviewing());
    EXPECT_EQ(live().encodings(), workspace().encodings());
    computed();
    EXPECT_EQ(live().find(name())->localSqnrDb, sqnrOf(evaluated(workspace().encodings()), name()));
}

TEST_F(StudioLiveMetrics, MoreSamplesOnDemandAndNoneSaysWhy)
{
    live().setSampleCount(20);
    EXPECT_EQ(live().result(), nullptr);
    computed();
    EXPECT_EQ(live().result()->samplesUsed, 20U);
    EXPECT_TRUE(live().result()->isEstimate);
    workspace().setInputs({}, {}, {});
    EXPECT_EQ(live().state(), LiveMetrics::State::NoSamples);
    EXPECT_FALSE(live().whyNot().isEmpty());
    EXPECT_EQ(live().find(name()), nullptr);
    workspace().closeDocument();
    EXPECT_EQ(live().state(), LiveMetrics::State::NoSamples);
}

TEST_F(StudioLiveMetrics, WithoutSamplesACurrentEvaluationServes)
{
    const runtime::Evaluation result = evaluated(workspace().encodings());
    workspace().setInputs({}, {}, {});
    EXPECT_EQ(live().find(name()), nullptr);
    workspace().setEvaluation(EvaluationState{.result = result, .edits = workspace().edits(), .undoIndex = 0, .index = {}});
    ASSERT_NE(live().find(name()), nullptr);
    EXPECT_EQ(live().find(name())->localSqnrDb, sqnrOf(result, name()));
    // It says nothing about other encodings.
    ASSERT_TRUE(live().preview(cut(0.5)).hasValue());
    EXPECT_EQ(live().find(name()), nullptr);
}

TEST_F(StudioLiveMetrics, SamplesThatCannotBeOpenedAreSaid)
{
    InputSource nowhere;
    nowhere.spec = folder.filePath(QStringLiteral("nothing-here"));
    workspace().setInputs(workspace().calibrationInputs(), nowhere, {});
    ASSERT_TRUE(waitUntil([this] { return live().state() == LiveMetrics::State::Failed; }));
    EXPECT_TRUE(live().whyNot().contains(QLatin1String("nothing-here"))) << live().whyNot().toStdString();
}

TEST_F(StudioLiveMetrics, CalibrationKeepsHistogramsOfActivations)
{
    const auto &statistics = workspace().calibration()->statistics;
    ASSERT_NE(statistics, nullptr);
    EXPECT_EQ(statistics->used(), 8U);
    const core::Histogram histogram = statistics->histogramOf(name());
    double total = 0;
    for (const double weight : histogram.weights)
        total += weight;
    EXPECT_EQ(total, static_cast<double>(workspace().calibration()->ranges.find(name())->second.values));
}

} // namespace
} // namespace nordlys::studio::test

// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/quantization/quantizable.h>
#include <runtime/quantization/calibrate.h>
#include <runtime/quantization/evaluate.h>
#include <runtime/whatif/what_if.h>
#include <runtime/whatif/what_if_runner.h>
#include <support/shared_data.h>
#include <support/tiny_model.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

namespace nordlys::runtime {
namespace {

using core::EncodingEntry;
using core::EncodingSet;

constexpr const char *photoSteps = "crop:0.875,resize:224x224,color:rgb,mean:127.5,std:127.5,layout:nchw";

/// A model with samples and calibrated encodings.
struct Case {
    std::shared_ptr<const core::Model> model;
    std::optional<core::SampleSet> samples;
    EncodingSet encodings;

    static Case make(std::shared_ptr<const core::Model> model, const std::string &spec, std::size_t limit, const std::string &steps = {})
    {
        Case made;
        made.model = std::move(model);
        core::SampleOptions options;
        options.limit = limit;
        if (!steps.empty())
            options.recipe = *core::PreprocessRecipe::parse(steps);
        auto samples = core::SampleSet::open(spec, made.model->graph, options);
        EXPECT_TRUE(samples) << samples.error().text();
        made.samples = std::move(*samples);
        auto calibrated = calibrateMinMax(made.model, *made.samples);
        EXPECT_TRUE(calibrated) << calibrated.error().text();
        made.encodings = calibrated->encodings;
        return made;
    }
    static Case digits(std::size_t limit)
    {
        auto model = core::openModel(test::digitsPath() / "digits.onnx");
        EXPECT_TRUE(model) << model.error().text();
        return make(*model, (test::digitsPath() / "test").string(), limit);
    }
    /// Real activations: photographs.
    static Case photographs(std::size_t limit)
    {
        auto model = core::openModel(test::sharedModel("mobilenet_v2_imagenet_float") / "model.onnx");
        EXPECT_TRUE(model) << model.error().text();
        return make(*model, (test::sharedPath() / "images/imagenet_sample").string(), limit, photoSteps);
    }

    [[nodiscard]] std::unique_ptr<WhatIf> engine(WhatIfOptions options = {}) const
    {
        auto made = WhatIf::create(model, *samples, std::move(options));
        EXPECT_TRUE(made) << made.error().text();
        return std::move(*made);
    }
    [[nodiscard]] Evaluation full(const EncodingSet &set, const WhatIfOptions &like = {}) const
    {
        EvaluationOptions options;
        options.encodings = set;
        options.limit = like.maxSamples;
        options.labels = like.labels ? &*like.labels : nullptr;
        options.threads = 2;
        auto result = evaluateQuantized(model, *samples, options);
        EXPECT_TRUE(result) << result.error().text();
        return result ? std::move(*result) : Evaluation();
    }
    /// The encoded tensor of a kind at a place (0..1) in graph order that `fits`.
    template <typename Fits>
    [[nodiscard]] std::string tensorAt(core::QuantizableKind kind, double place, Fits fits) const
    {
        std::vector<std::string> names;
        for (const core::QuantizableTensor &tensor : core::quantizableTensors(model->graph)) {
            const std::string name(model->graph.nameOf(tensor.tensor));
            if (tensor.kind == kind && encodings.find(name) != nullptr && fits(tensor))
                names.push_back(name);
        }
        EXPECT_FALSE(names.empty());
        return names.empty() ? std::string() : names[static_cast<std::size_t>(place * static_cast<double>(names.size() - 1))];
    }
    [[nodiscard]] std::string activation(double place) const
    {
        return tensorAt(core::QuantizableKind::Activation, place, [](const core::QuantizableTensor &) { return true; });
    }
    [[nodiscard]] std::string weight(double place) const
    {
        return tensorAt(core::QuantizableKind::Weight, place, [](const core::QuantizableTensor &tensor) { return tensor.channelAxis >= 0; });
    }
};

EncodingEntry withRange(EncodingEntry entry, double low, double high, core::RangeRule rule)
{
    entry.encoding.bitwidth = rule.bitwidth;
    entry.encoding.symmetric = rule.symmetric;
    entry.encoding.isFloat = false;
    entry.encoding.axis = -1;
    entry.encoding.grids = {*core::gridFromRange(low, high, rule)};
    return entry;
}

core::Change setting(const std::string &tensor, std::optional<EncodingEntry> entry)
{
    return {core::SetEncoding{tensor, std::move(entry)}};
}

struct Edit {
    std::string name;
    core::Change change;
};

/// Every kind of edit, one after the other.
std::vector<Edit> editsOf(const Case &c)
{
    std::vector<Edit> edits;
    const auto entry = [&c](const std::string &name) { return *c.encodings.find(name); };
    const std::string early = c.activation(0.2), middle = c.activation(0.5), late = c.activation(0.8), weight = c.weight(0.5);
    const core::Grid e = entry(early).encoding.grids[0], m = entry(middle).encoding.grids[0], l = entry(late).encoding.grids[0];
    edits.push_back({"scale of an activation", setting(middle, withRange(entry(middle), m.min * 0.6, m.max * 0.6, {.bitwidth = 8}))});
    edits.push_back({"4 bits", setting(late, withRange(entry(late), l.min, l.max, {.bitwidth = 4}))});
    edits.push_back({"16 bits", setting(early, withRange(entry(early), e.min, e.max, {.bitwidth = 16}))});
    edits.push_back({"symmetric", setting(middle, withRange(entry(middle), m.min, m.max, {.bitwidth = 8, .symmetric = true}))});
    EncodingEntry half = entry(late);
    half.encoding = {.bitwidth = 16, .isFloat = true, .symmetric = false, .axis = -1, .grids = {}};
    edits.push_back({"float16", setting(late, half)});
    const std::string input(c.model->graph.nameOf(c.model->graph.inputs[0]));
    const core::Grid i = entry(input).encoding.grids[0];
    edits.push_back({"the input", setting(input, withRange(entry(input), i.min * 0.9, i.max * 0.8, {.bitwidth = 8}))});
    EncodingEntry channels = entry(weight);
    for (const core::QuantizableTensor &tensor : core::quantizableTensors(c.model->graph)) {
        if (c.model->graph.nameOf(tensor.tensor) != weight)
            continue;
        const auto dims = *core::knownDims(*c.model->graph.tensor(tensor.tensor).shape);
        const core::Grid whole = channels.encoding.grids[0];
        channels.encoding.axis = tensor.channelAxis;
        channels.encoding.grids.clear();
        for (std::int64_t n = 0; n < dims[static_cast<std::size_t>(tensor.channelAxis)]; ++n) {
            const double part = 0.3 + 0.7 / static_cast<double>(1 + n % 5);
            channels.encoding.grids.push_back(*core::gridFromRange(whole.min * part, whole.max * part, {.bitwidth = 8, .symmetric = true}));
        }
    }
    edits.push_back({"weight per channel", setting(weight, channels)});
    edits.push_back({"weight with 4 bits", setting(c.weight(1.0), withRange(entry(c.weight(1.0)), -0.2, 0.2, {.bitwidth = 4, .symmetric = true}))});
    edits.push_back({"an activation without", setting(middle, std::nullopt)});
    edits.push_back({"a weight without", setting(weight, std::nullopt)});
    edits.push_back({"the activation again", setting(middle, entry(middle))});
    edits.push_back({"the weight again", setting(weight, entry(weight))});
    // All tensors of the largest tie group get one range.
    std::map<std::uint32_t, std::vector<std::string>> groups;
    for (const core::QuantizableTensor &tensor : core::quantizableTensors(c.model->graph)) {
        if (tensor.kind == core::QuantizableKind::Activation && c.encodings.find(c.model->graph.nameOf(tensor.tensor)) != nullptr)
            groups[tensor.group.index].emplace_back(c.model->graph.nameOf(tensor.tensor));
    }
    const auto tied = std::max_element(groups.begin(), groups.end(), [](const auto &a, const auto &b) { return a.second.size() < b.second.size(); });
    EXPECT_GT(tied->second.size(), 1U) << "the model has no tied tensors";
    auto batch = std::make_shared<core::ChangeBatch>();
    for (const std::string &name : tied->second)
        batch->changes.push_back(setting(name, withRange(entry(name), entry(name).encoding.grids[0].min, entry(name).encoding.grids[0].max * 0.7, {.bitwidth = 8})));
    edits.push_back({"a tie group", {std::shared_ptr<const core::ChangeBatch>(batch)}});
    return edits;
}

bool sameBits(double a, double b)
{
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

void expectSame(const TensorError &a, const TensorError &b)
{
    EXPECT_EQ(a.name, b.name);
    EXPECT_PRED2(sameBits, a.sqnrDb, b.sqnrDb) << a.name;
    EXPECT_PRED2(sameBits, a.localSqnrDb, b.localSqnrDb) << a.name;
    EXPECT_PRED2(sameBits, a.clippedPercent, b.clippedPercent) << a.name;
    EXPECT_PRED2(sameBits, a.cosine, b.cosine) << a.name;
    EXPECT_PRED2(sameBits, a.maxAbsError, b.maxAbsError) << a.name;
    EXPECT_EQ(a.deadCodesPercent, b.deadCodesPercent) << a.name;
    EXPECT_EQ(a.bitwidth, b.bitwidth) << a.name;
    EXPECT_EQ(a.values, b.values) << a.name;
}

void expectSame(const Evaluation &a, const Evaluation &b)
{
    EXPECT_EQ(a.samples, b.samples);
    ASSERT_EQ(a.tensors.size(), b.tensors.size());
    for (std::size_t i = 0; i < a.tensors.size(); ++i)
        expectSame(a.tensors[i], b.tensors[i]);
    ASSERT_EQ(a.weights.size(), b.weights.size());
    for (std::size_t i = 0; i < a.weights.size(); ++i)
        expectSame(a.weights[i], b.weights[i]);
    ASSERT_EQ(a.outputs.size(), b.outputs.size());
    for (std::size_t i = 0; i < a.outputs.size(); ++i) {
        EXPECT_EQ(a.outputs[i].name, b.outputs[i].name);
        EXPECT_PRED2(sameBits, a.outputs[i].sqnrDb, b.outputs[i].sqnrDb);
        EXPECT_PRED2(sameBits, a.outputs[i].cosine, b.outputs[i].cosine);
        EXPECT_PRED2(sameBits, a.outputs[i].maxAbsError, b.outputs[i].maxAbsError);
        EXPECT_EQ(a.outputs[i].agreement, b.outputs[i].agreement);
    }
    ASSERT_EQ(a.accuracy.has_value(), b.accuracy.has_value());
    if (a.accuracy) {
        EXPECT_EQ(a.accuracy->samples, b.accuracy->samples);
        EXPECT_EQ(a.accuracy->floatTop1, b.accuracy->floatTop1);
        EXPECT_EQ(a.accuracy->quantizedTop1, b.accuracy->quantizedTop1);
        EXPECT_EQ(a.accuracy->floatTop5, b.accuracy->floatTop5);
        EXPECT_EQ(a.accuracy->quantizedTop5, b.accuracy->quantizedTop5);
        EXPECT_EQ(a.accuracy->agreement, b.accuracy->agreement);
    }
}

/// Applies one edit after the other and compares with a full evaluation each time; also what the observer was told, added to what was known.
void expectEveryEditEqualsAFullEvaluation(const Case &c, const WhatIfOptions &options)
{
    const auto engine = c.engine(options);
    core::EditState state{c.encodings, {}, {}};
    auto first = engine->evaluate(state.encodings);
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_TRUE(first->isIncremental);
    EXPECT_EQ(first->stepsRun, first->stepsTotal);
    expectSame(first->evaluation, c.full(state.encodings, options));
    std::map<std::string, TensorError> told;
    for (const TensorError &error : first->evaluation.tensors)
        told[error.name] = error;
    for (const Edit &edit : editsOf(c)) {
        SCOPED_TRACE(edit.name);
        auto undo = core::applyChange(state, edit.change);
        ASSERT_TRUE(undo) << undo.error().text();
        auto result = engine->evaluate(state.encodings, [&](const WhatIfTensor &tensor) { told[tensor.error.name] = tensor.error; });
        ASSERT_TRUE(result) << result.error().text();
        expectSame(result->evaluation, c.full(state.encodings, options));
        for (const TensorError &error : result->evaluation.tensors)
            expectSame(told.at(error.name), error);
        EXPECT_LE(result->stepsRun, result->stepsTotal);
        EXPECT_GT(result->stepsRun, 0U);
        std::printf("%-24s %4zu of %4zu steps, float %4zu, %.1f ms\n", edit.name.c_str(), result->stepsRun, result->stepsTotal, result->exactStepsRun,
                    static_cast<double>(result->evaluation.elapsedNs) / 1e6);
    }
}

TEST(WhatIfDigits, EveryEditEqualsAFullEvaluation)
{
    const Case c = Case::digits(12);
    WhatIfOptions options;
    options.threads = 2;
    auto labels = core::LabelSet::read(test::digitsPath() / "labels.csv");
    ASSERT_TRUE(labels) << labels.error().text();
    options.labels = *labels;
    expectEveryEditEqualsAFullEvaluation(c, options);
}

TEST(WhatIfDigits, SoItIsWithOneSampleOnSeveralThreads)
{
    WhatIfOptions options;
    options.threads = 3;
    options.maxSamples = 1;
    expectEveryEditEqualsAFullEvaluation(Case::digits(5), options);
}

TEST(WhatIfDigits, ShortMemoryCostsStepsAndKeepsTheNumbers)
{
    const Case c = Case::digits(6);
    WhatIfOptions rich, poor, none;
    const auto ample = c.engine(rich);
    auto first = ample->evaluate(c.encodings);
    ASSERT_TRUE(first);
    poor.memoryBytes = first->keptBytes / 3;
    none.memoryBytes = 0;
    expectEveryEditEqualsAFullEvaluation(c, poor);
    expectEveryEditEqualsAFullEvaluation(c, none);
    // A late edit: from the nearest kept values, or from the start.
    EncodingSet edited = c.encodings;
    const std::string late = c.activation(0.9);
    const core::Grid grid = edited.find(late)->encoding.grids[0];
    edited.entries[late] = withRange(*edited.find(late), grid.min, grid.max * 0.5, {.bitwidth = 8});
    std::vector<std::size_t> steps, exactSteps;
    for (const WhatIfOptions &options : {rich, poor, none}) {
        const auto engine = c.engine(options);
        ASSERT_TRUE(engine->evaluate(c.encodings));
        auto result = engine->evaluate(edited);
        ASSERT_TRUE(result);
        steps.push_back(result->stepsRun);
        exactSteps.push_back(result->exactStepsRun);
        if (options.memoryBytes > 0) {
            EXPECT_LE(result->keptBytes, options.memoryBytes);
        }
    }
    EXPECT_LT(steps[0], steps[1]);
    EXPECT_LT(steps[1], steps[2]);
    EXPECT_EQ(exactSteps[0], 0U);
    EXPECT_GT(exactSteps[2], 0U);
}

TEST(WhatIfDigits, NothingRunsWhereNothingChanged)
{
    const Case c = Case::digits(3);
    const auto engine = c.engine();
    ASSERT_TRUE(engine->evaluate(c.encodings));
    bool told = false;
    auto again = engine->evaluate(c.encodings, [&](const WhatIfTensor &) { told = true; });
    ASSERT_TRUE(again);
    EXPECT_EQ(again->stepsRun, 0U);
    EXPECT_EQ(again->exactStepsRun, 0U);
    EXPECT_FALSE(told);
    // An encoding of a tensor that nobody has changes nothing either, though it is planned anew.
    EncodingSet more = c.encodings;
    more.entries["no such tensor"] = *c.encodings.find(c.activation(0.5));
    auto extra = engine->evaluate(more);
    ASSERT_TRUE(extra);
    EXPECT_EQ(extra->stepsRun, 0U);
}

TEST(WhatIfDigits, FewerSamplesThanAskedAreAnEstimate)
{
    const Case c = Case::digits(7);
    WhatIfOptions options;
    options.maxSamples = 4;
    auto some = c.engine(options)->evaluate(c.encodings);
    options.maxSamples = 7;
    auto all = c.engine(options)->evaluate(c.encodings);
    ASSERT_TRUE(some && all);
    EXPECT_TRUE(some->isEstimate);
    EXPECT_EQ(some->samplesUsed, 4U);
    EXPECT_EQ(some->samplesAsked, 7U);
    EXPECT_EQ(some->evaluation.samples, 4U);
    EXPECT_FALSE(all->isEstimate);
    EXPECT_EQ(all->samplesUsed, 7U);
}

TEST(WhatIfDigits, AnEncodingThatDoesNotFitIsRefusedAndTheEngineGoesOn)
{
    const Case c = Case::digits(3);
    const auto engine = c.engine();
    ASSERT_TRUE(engine->evaluate(c.encodings));
    EncodingSet bad = c.encodings;
    EncodingEntry &entry = bad.entries[c.weight(0.5)];
    entry.encoding.axis = 0;
    entry.encoding.grids.assign(1001, entry.encoding.grids[0]);
    auto refused = engine->evaluate(bad);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::ErrorCode::BadInput);
    EXPECT_NE(refused.error().text().find(c.weight(0.5)), std::string::npos) << refused.error().text();
    auto again = engine->evaluate(c.encodings);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->stepsRun, 0U);
}

TEST(WhatIfDigits, AStoppedEditIsFinishedByTheNextOne)
{
    const Case c = Case::digits(4);
    const auto engine = c.engine();
    ASSERT_TRUE(engine->evaluate(c.encodings));
    EncodingSet edited = c.encodings;
    const std::string early = c.activation(0.1);
    edited.entries[early] = withRange(*edited.find(early), -1, 1, {.bitwidth = 8});
    std::stop_source stop;
    core::JobContext job;
    job.stop = stop.get_token();
    std::size_t told = 0;
    auto stopped = engine->evaluate(
        edited,
        [&](const WhatIfTensor &) {
            if (++told == 2)
                stop.request_stop();
        },
        job);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, core::ErrorCode::Interrupted);
    auto result = engine->evaluate(edited);
    ASSERT_TRUE(result);
    expectSame(result->evaluation, c.full(edited));
}

// Steps whose sizes are only known while running cannot be run alone; the metrics come all the same.
TEST(WhatIf, AModelWithSizesThatDependOnDataIsEvaluatedWhole)
{
    test::TinyModel tiny;
    const auto x = tiny.input("x", {1, 6});
    const auto shifted = tiny.node("Add", "shift", {x, tiny.scalar(-0.5F)});
    const auto positive = tiny.node("Relu", "relu", {shifted});
    const auto places = tiny.node("NonZero", "where", {positive});
    const auto count = tiny.node("Shape", "count", {places});
    tiny.output(positive);
    tiny.output(count);
    const auto model = tiny.finish();
    Case c;
    c.model = model;
    c.samples = *core::SampleSet::open("random:3:2", model->graph);
    EncodingEntry entry;
    entry.encoding.grids = {*core::gridFromRange(-0.5, 0.5, {.bitwidth = 8})};
    c.encodings.entries["shift_y"] = entry;
    auto result = c.engine()->evaluate(c.encodings);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_FALSE(result->isIncremental);
    EXPECT_EQ(result->samplesUsed, 2U);
    expectSame(result->evaluation, c.full(c.encodings));
}

/// What the callbacks of a runner said, in order.
struct Heard {
    std::vector<WhatIfRunner::EditId> finished;
    std::map<WhatIfRunner::EditId, core::Expected<WhatIfResult>> results;
    std::set<WhatIfRunner::EditId> tensorsOf;
};

TEST(WhatIfRunner, ANewerEditSupersedesTheOneThatRuns)
{
    const Case c = Case::digits(4);
    const std::string early = c.activation(0.1);
    const auto edited = [&](double high) { return withRange(*c.encodings.find(early), 0, high, {.bitwidth = 8}); };
    Heard heard;
    WhatIfRunner *running = nullptr;
    WhatIfRunner::Callbacks callbacks;
    callbacks.tensor = [&](WhatIfRunner::EditId id, const WhatIfTensor &) {
        // While edit 2 runs, two more arrive; only the last of them is to run.
        if (heard.tensorsOf.insert(id).second && id == 2) {
            EXPECT_EQ(*running->apply(setting(early, edited(2))), 3U);
            EXPECT_EQ(*running->apply(setting(early, edited(3))), 4U);
        }
    };
    callbacks.finished = [&](WhatIfRunner::EditId id, core::Expected<WhatIfResult> result) {
        heard.finished.push_back(id);
        heard.results.emplace(id, std::move(result));
    };
    WhatIfRunner runner(c.engine(), c.encodings, callbacks);
    running = &runner;
    EXPECT_EQ(runner.apply(c.encodings), 1U);
    runner.wait();
    ASSERT_TRUE(runner.apply(setting(early, edited(1))));
    runner.wait();
    EXPECT_EQ(heard.finished, (std::vector<WhatIfRunner::EditId>{1, 2, 3, 4}));
    ASSERT_TRUE(heard.results.at(1) && heard.results.at(4));
    for (const WhatIfRunner::EditId id : {2U, 3U}) {
        ASSERT_FALSE(heard.results.at(id));
        EXPECT_EQ(heard.results.at(id).error().code, core::ErrorCode::Interrupted);
    }
    EXPECT_EQ(heard.tensorsOf, (std::set<WhatIfRunner::EditId>{1, 2, 4}));
    EncodingSet last = c.encodings;
    last.entries[early] = edited(3);
    expectSame(heard.results.at(4)->evaluation, c.full(last));
    // An edit that is none is refused and counts for nothing.
    EXPECT_FALSE(runner.apply(setting("", std::nullopt)));
}

TEST(WhatIfRunner, CancelEndsTheEditAndTheNextOneIsRight)
{
    const Case c = Case::digits(4);
    Heard heard;
    WhatIfRunner *running = nullptr;
    WhatIfRunner::Callbacks callbacks;
    callbacks.tensor = [&](WhatIfRunner::EditId id, const WhatIfTensor &) {
        if (id == 1)
            running->cancel();
    };
    callbacks.finished = [&](WhatIfRunner::EditId id, core::Expected<WhatIfResult> result) {
        heard.finished.push_back(id);
        heard.results.emplace(id, std::move(result));
    };
    WhatIfRunner runner(c.engine(), c.encodings, callbacks);
    running = &runner;
    runner.apply(c.encodings);
    runner.wait();
    ASSERT_FALSE(heard.results.at(1));
    EXPECT_EQ(heard.results.at(1).error().code, core::ErrorCode::Interrupted);
    runner.apply(c.encodings);
    runner.wait();
    ASSERT_TRUE(heard.results.at(2));
    expectSame(heard.results.at(2)->evaluation, c.full(c.encodings));
}

TEST(WhatIfRunner, GoesAwayInTheMiddleOfAnEdit)
{
    const Case c = Case::digits(8);
    std::atomic<bool> began{false};
    std::atomic<int> finished{0};
    WhatIfRunner::Callbacks callbacks;
    callbacks.tensor = [&](WhatIfRunner::EditId, const WhatIfTensor &) { began = true; };
    callbacks.finished = [&](WhatIfRunner::EditId, const core::Expected<WhatIfResult> &) { ++finished; };
    {
        WhatIfRunner runner(c.engine(), c.encodings, callbacks);
        runner.apply(c.encodings);
        while (!began)
            std::this_thread::yield();
        runner.apply(c.encodings); // waits behind the first
    }
    EXPECT_LE(finished, 1);
}

TEST(SlowWhatIfPhotographs, EveryEditEqualsAFullEvaluation)
{
    NORDLYS_REQUIRE_SHARED(test::sharedModel("mobilenet_v2_imagenet_float") / "model.onnx");
    NORDLYS_REQUIRE_SHARED(test::sharedPath() / "images/imagenet_sample");
    WhatIfOptions options;
    options.threads = 2;
    expectEveryEditEqualsAFullEvaluation(Case::photographs(2), options); // two samples at a time
    options.maxSamples = 1; // one sample on two threads
    expectEveryEditEqualsAFullEvaluation(Case::photographs(2), options);
}

TEST(WhatIfPhotographs, AnEditInTheLastThirdRunsAtMostTwoFifthsOfTheStepsOfEightSamples)
{
    NORDLYS_REQUIRE_SHARED(test::sharedModel("mobilenet_v2_imagenet_float") / "model.onnx");
    NORDLYS_REQUIRE_SHARED(test::sharedPath() / "images/imagenet_sample");
    const Case c = Case::photographs(8);
    WhatIfOptions options;
    options.threads = 2;
    const auto engine = c.engine(options);
    auto first = engine->evaluate(c.encodings);
    ASSERT_TRUE(first) << first.error().text();
    EXPECT_EQ(first->stepsRun, first->stepsTotal);
    EXPECT_LE(first->keptBytes, options.memoryBytes);
    const std::size_t count = first->evaluation.tensors.size();
    for (std::size_t i = count * 2 / 3; i < count; i += 7) {
        const std::string name = first->evaluation.tensors[i].name;
        if (c.encodings.find(name) == nullptr)
            continue;
        EncodingSet edited = c.encodings;
        const core::Grid grid = edited.find(name)->encoding.grids[0];
        edited.entries[name] = withRange(*edited.find(name), grid.min, grid.max * 0.8, {.bitwidth = 8});
        auto result = engine->evaluate(edited);
        ASSERT_TRUE(result) << result.error().text();
        EXPECT_GT(result->stepsRun, 0U);
        EXPECT_LE(static_cast<double>(result->stepsRun), 0.4 * static_cast<double>(result->stepsTotal)) << name;
        EXPECT_EQ(result->exactStepsRun, 0U);
        std::printf("%s: %zu of %zu steps, %.1f ms\n", name.c_str(), result->stepsRun, result->stepsTotal,
                    static_cast<double>(result->evaluation.elapsedNs) / 1e6);
        // Back again, so that each edit starts from the same place.
        ASSERT_TRUE(engine->evaluate(c.encodings));
    }
}

} // namespace
} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/quantization/quantizable.h>
#include <runtime/quantization/calibrate.h>
#include <runtime/quantization/evaluate.h>
#include <runtime/quantization/metric_command.h>
#include <runtime/quantization/mixed.h>
#include <runtime/quantization/sensitivity.h>
#include <support/shared_data.h>
#include <support/temporary_folder.h>
#include <support/tiny_model.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

namespace nordlys::runtime {
namespace {

using namespace std::chrono_literals;

std::shared_ptr<const core::Model> openDigits(const char *file)
{
    auto model = core::openModel(test::digitsPath() / file);
    EXPECT_TRUE(model) << model.error().text();
    return model ? *model : nullptr;
}

core::SampleSet digits(const core::Model &model, const char *folder, std::size_t limit)
{
    core::SampleOptions options;
    options.limit = limit;
    auto set = core::SampleSet::open((test::digitsPath() / folder).string(), model.graph, options);
    EXPECT_TRUE(set) << set.error().text();
    return std::move(*set);
}

core::EncodingSet calibrated(const std::shared_ptr<const core::Model> &model, const core::SampleSet &samples)
{
    auto result = calibrateMinMax(model, samples, {});
    EXPECT_TRUE(result) << result.error().text();
    return result->encodings;
}

/// Five Gemm layers of different sizes; in two of them one weight is so large that 8 bits per tensor leave little of the others.
std::shared_ptr<const core::Model> fiveLayers()
{
    test::TinyModel tiny;
    std::mt19937 random(7);
    std::uniform_real_distribution<float> spread(-1, 1);
    core::TensorId value = tiny.input("x", {1, 6});
    const std::vector<std::int64_t> sizes{6, 12, 6, 9, 4, 3};
    const std::vector<float> outliers{0, 30, 0, 8, 0};
    for (std::size_t l = 0; l + 1 < sizes.size(); ++l) {
        const std::string n = std::to_string(l + 1);
        std::vector<float> weights(static_cast<std::size_t>(sizes[l] * sizes[l + 1])), biases(static_cast<std::size_t>(sizes[l + 1]));
        std::ranges::generate(weights, [&] { return spread(random); });
        std::ranges::generate(biases, [&] { return spread(random); });
        if (outliers[l] != 0)
            weights[0] = outliers[l];
        value = tiny.node("Gemm", "fc" + n, {value, tiny.floats("w" + n, {sizes[l], sizes[l + 1]}, weights), tiny.floats("b" + n, {sizes[l + 1]}, biases)});
        if (l + 2 < sizes.size())
            value = tiny.node("Relu", "relu" + n, {value});
    }
    return tiny.finish(value);
}

/// 16 bits for everything that the layers own, as an independent reading of what raising means.
core::EncodingSet widenedBy(const core::Graph &graph, core::EncodingSet set, const std::set<std::string> &tensors)
{
    for (const std::string &name : tensors) {
        core::Encoding &encoding = set.entries.at(name).encoding;
        if (encoding.bitwidth != 8)
            continue;
        encoding.grids[0] = *core::gridFromRange(encoding.grids[0].min, encoding.grids[0].max, {.bitwidth = 16, .symmetric = encoding.symmetric});
        encoding.bitwidth = 16;
    }
    for (const core::QuantizableTensor &tensor : core::quantizableTensors(graph)) {
        const auto entry = set.entries.find(graph.nameOf(tensor.tensor));
        if (tensor.kind != core::QuantizableKind::Bias || entry == set.entries.end())
            continue;
        const core::EncodingEntry *x = set.find(graph.nameOf(tensor.biasActivation)), *w = set.find(graph.nameOf(tensor.biasWeight));
        const auto grid = core::gridFromScale(x->encoding.grids[0].scale * w->encoding.grids[0].scale, std::int64_t(1) << 31, 32);
        const auto bytes = graph.tensor(tensor.tensor).constant->bytes();
        double largest = 0;
        for (std::size_t i = 0; i < bytes.size(); i += 4) {
            float value = 0;
            std::memcpy(&value, bytes.data() + i, 4);
            largest = std::max(largest, std::abs(static_cast<double>(value)));
        }
        if (largest <= grid->max)
            entry->second.encoding.grids = {*grid};
    }
    return set;
}

struct Tried {
    std::vector<bool> raised;
    double cost = 0, sqnrDb = 0;
};

/// Every subset within the budget, by the evaluation that `evaluate` uses.
std::vector<Tried> bruteForce(const std::shared_ptr<const core::Model> &model, const core::SampleSet &samples, const core::EncodingSet &encodings,
                              const std::vector<std::set<std::string>> &layers, const std::vector<double> &costs, double budgetPercent)
{
    double total = 0;
    for (const double cost : costs)
        total += cost;
    std::vector<Tried> tried;
    for (std::uint32_t bits = 0; bits < (1U << layers.size()); ++bits) {
        Tried one;
        std::set<std::string> tensors;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            one.raised.push_back((bits >> i & 1) != 0);
            if (one.raised.back()) {
                one.cost += 100 * costs[i] / total;
                tensors.insert(layers[i].begin(), layers[i].end());
            }
        }
        if (one.cost > budgetPercent + 1e-9)
            continue;
        EvaluationOptions options;
        options.encodings = widenedBy(model->graph, encodings, tensors);
        auto evaluation = evaluateQuantized(model, samples, options);
        EXPECT_TRUE(evaluation) << evaluation.error().text();
        one.sqnrDb = evaluation->outputs[0].sqnrDb;
        tried.push_back(std::move(one));
    }
    return tried;
}

void expectBestAndFront(const MixedResult &result, const std::vector<Tried> &tried)
{
    const auto best = std::ranges::max_element(tried, {}, &Tried::sqnrDb);
    EXPECT_NEAR(result.best.measured.metric, best->sqnrDb, 1e-9);
    EXPECT_EQ(result.best.raised, best->raised);
    EXPECT_EQ(result.measuredChoices, tried.size());
    EXPECT_TRUE(result.isExact);
    for (std::size_t i = 0; i < result.pareto.size(); ++i) {
        const MixedChoice &choice = result.pareto[i];
        for (const Tried &other : tried) { // nobody is as cheap and better
            if (other.cost <= choice.costPercent - 1e-9) {
                EXPECT_LE(other.sqnrDb, choice.measured.metric + 1e-9);
            }
        }
        if (i > 0) {
            EXPECT_GT(choice.costPercent, result.pareto[i - 1].costPercent);
            EXPECT_GT(choice.measured.metric, result.pareto[i - 1].measured.metric);
        }
    }
    for (const Tried &other : tried) { // and everything is at most as good as what the front has for its cost
        double front = -1e300;
        for (const MixedChoice &choice : result.pareto) {
            if (choice.costPercent <= other.cost + 1e-9)
                front = std::max(front, choice.measured.metric);
        }
        EXPECT_LE(other.sqnrDb, front + 1e-9);
    }
}

TEST(Mixed, EqualsABruteForceOverAllSubsets)
{
    const auto model = fiveLayers();
    auto samples = core::SampleSet::open("random:3:12", model->graph);
    ASSERT_TRUE(samples);
    const core::EncodingSet encodings = calibrated(model, *samples);
    const std::vector<std::set<std::string>> layers{{"w1", "relu1_y"}, {"w2", "relu2_y"}, {"w3", "relu3_y"}, {"w4", "relu4_y"}, {"w5", "fc5_y"}};
    const std::vector<double> macs{72, 72, 54, 36, 12};
    for (const double budget : {0.0, 15.0, 40.0, 100.0}) {
        MixedOptions options;
        options.encodings = encodings;
        options.budgetPercent = budget;
        options.threads = 2;
        auto result = searchMixed(model, *samples, options);
        ASSERT_TRUE(result) << result.error().text();
        ASSERT_EQ(result->layers.size(), layers.size());
        for (std::size_t i = 0; i < layers.size(); ++i)
            EXPECT_EQ(static_cast<double>(result->layers[i].macs), macs[i]) << i;
        expectBestAndFront(*result, bruteForce(model, *samples, encodings, layers, macs, budget));
        std::set<std::string> raisedTensors;
        for (std::size_t i = 0; i < layers.size(); ++i) {
            if (result->best.raised[i])
                raisedTensors.insert(layers[i].begin(), layers[i].end());
        }
        EXPECT_EQ(result->encodings, widenedBy(model->graph, encodings, raisedTensors));

        options.exactLayers = 0;
        auto greedy = searchMixed(model, *samples, options);
        ASSERT_TRUE(greedy) << greedy.error().text();
        EXPECT_FALSE(greedy->isExact);
        EXPECT_LE(greedy->best.costPercent, budget + 1e-9);
        EXPECT_LE(greedy->best.measured.metric, result->best.measured.metric);
        options.threads = 1;
        auto again = searchMixed(model, *samples, options);
        ASSERT_TRUE(again);
        EXPECT_EQ(again->encodings, greedy->encodings);
        EXPECT_EQ(again->best.measured.metric, greedy->best.measured.metric);
    }
}

TEST(Mixed, FloatWidthAndBadBudgets)
{
    const auto model = fiveLayers();
    auto samples = core::SampleSet::open("random:3:4", model->graph);
    MixedOptions options;
    options.encodings = calibrated(model, *samples);
    options.width = HigherWidth::Float32;
    options.budgetPercent = 100;
    auto result = searchMixed(model, *samples, options);
    ASSERT_TRUE(result) << result.error().text();
    for (const std::string &name : result->layers[1].tensors)
        EXPECT_EQ(result->encodings.find(name)->encoding.isFloat, static_cast<bool>(result->best.raised[1])) << name;
    for (const double budget : {-1.0, 101.0, std::nan("")}) {
        options.budgetPercent = budget;
        auto refused = searchMixed(model, *samples, options);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, core::ErrorCode::Usage);
    }
}

TEST(SlowMixed, DigitsUnbalancedEqualsABruteForceOverAllSubsets)
{
    const auto model = openDigits("digits_unbalanced.onnx");
    const core::EncodingSet encodings = calibrated(model, digits(*model, "calibration", 64));
    const auto samples = digits(*model, "test", 4);
    MixedOptions options;
    options.encodings = encodings;
    options.budgetPercent = 25;
    options.threads = 2;
    auto result = searchMixed(model, samples, options);
    ASSERT_TRUE(result) << result.error().text();
    std::vector<std::set<std::string>> layers;
    std::vector<double> macs;
    for (const EncodedLayer &layer : result->layers) {
        layers.emplace_back(layer.tensors.begin(), layer.tensors.end());
        macs.push_back(static_cast<double>(layer.macs));
    }
    expectBestAndFront(*result, bruteForce(model, samples, encodings, layers, macs, 25));
}

/// Layers whose weights differ between the two models of the sample: unbalancing moved scales between neighbours there.
std::set<std::string> unbalancedLayers(const core::Graph &balanced, const core::Graph &unbalanced)
{
    std::set<std::string> names;
    for (std::size_t n = 0; n < unbalanced.nodes.size(); ++n) {
        const core::Node &node = unbalanced.nodes[n];
        const std::string name(unbalanced.nameOf(core::NodeId(n)));
        const core::NodeId other = balanced.findNode(name);
        if (unbalanced.opOf(core::NodeId(n)) != "Conv" || !other.isValid())
            continue;
        const auto a = unbalanced.tensor(node.inputs[1]).constant->bytes();
        const auto b = balanced.tensor(balanced.node(other).inputs[1]).constant->bytes();
        if (!std::ranges::equal(a, b))
            names.insert(name);
    }
    return names;
}

TEST(SensitivityOfDigits, TheUnbalancedLayersRankOnTop)
{
    const auto model = openDigits("digits_unbalanced.onnx");
    const auto skewed = unbalancedLayers(openDigits("digits.onnx")->graph, model->graph);
    ASSERT_FALSE(skewed.empty());
    SensitivityOptions options;
    options.encodings = calibrated(model, digits(*model, "calibration", 128));
    options.threads = 2;
    const auto samples = digits(*model, "test", 64);
    auto result = measureSensitivity(model, samples, options);
    ASSERT_TRUE(result) << result.error().text();
    for (const LayerSensitivity &layer : result->layers)
        std::printf("%2zu %8.2f dB %+8.3f %s%s\n", layer.rank, layer.alone->metric, layer.delta, layer.layer.name.c_str(),
                    skewed.contains(layer.layer.name) ? " (unbalanced)" : "");
    for (std::size_t i = 0; i < skewed.size(); ++i)
        EXPECT_TRUE(skewed.contains(result->layers[i].layer.name)) << result->layers[i].layer.name;
    EXPECT_TRUE(result->complete);

    options.threads = 1;
    auto serial = measureSensitivity(model, samples, options);
    ASSERT_TRUE(serial);
    ASSERT_EQ(serial->layers.size(), result->layers.size());
    for (std::size_t i = 0; i < serial->layers.size(); ++i) {
        EXPECT_EQ(serial->layers[i].layer.name, result->layers[i].layer.name);
        EXPECT_EQ(serial->layers[i].alone->metric, result->layers[i].alone->metric);
        EXPECT_EQ(serial->layers[i].leftFloat->metric, result->layers[i].leftFloat->metric);
    }
    // What is measured is what evaluate says of the same encodings.
    std::vector<bool> all(encodedLayers(model->graph, options.encodings).size(), true);
    EvaluationOptions evaluation;
    evaluation.encodings = options.encodings;
    auto whole = evaluateQuantized(model, samples, evaluation);
    ASSERT_TRUE(whole);
    EXPECT_NEAR(serial->quantized->metric, whole->outputs[0].sqnrDb, 1e-9);
}

TEST(SensitivityOfLayers, EveryEncodingOfANodeBelongsToExactlyOneLayer)
{
    const auto model = openDigits("digits.onnx");
    const core::EncodingSet encodings = calibrated(model, digits(*model, "calibration", 4));
    std::set<std::string> seen;
    for (const EncodedLayer &layer : encodedLayers(model->graph, encodings)) {
        for (const std::string &tensor : layer.tensors)
            EXPECT_TRUE(seen.insert(tensor).second) << tensor;
        EXPECT_FALSE(layer.nodes.empty());
        EXPECT_GT(layer.macs, 0) << layer.name;
    }
    seen.emplace(model->graph.nameOf(model->graph.inputs[0])); // belongs to no layer
    EXPECT_EQ(seen.size(), encodings.entries.size());
}

TEST(SensitivityOfLayers, CancellingKeepsWhatIsDone)
{
    const auto model = fiveLayers();
    auto samples = core::SampleSet::open("random:3:4", model->graph);
    SensitivityOptions options;
    options.encodings = calibrated(model, *samples);
    std::stop_source source;
    core::JobContext job;
    job.stop = source.get_token();
    job.progress = [&](std::uint64_t done, std::uint64_t, std::string_view what) {
        if (what == "measuring layers" && done >= 4)
            source.request_stop();
    };
    auto result = measureSensitivity(model, *samples, options, job);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_FALSE(result->complete);
    const auto done = std::ranges::count_if(result->layers, [](const LayerSensitivity &layer) { return layer.alone.has_value(); });
    EXPECT_GE(done, 1);
    EXPECT_LT(done, 5);
    EXPECT_EQ(result->layers[0].rank, 1U);
    EXPECT_EQ(result->layers.back().rank, 0U);
}

TEST(MetricCommand, GetsTheOutputsAndItsNumberCounts)
{
    const auto model = fiveLayers();
    auto samples = core::SampleSet::open("random:3:4", model->graph);
    SensitivityOptions options;
    options.encodings = calibrated(model, *samples);
    options.metric.kind = MetricKind::Command;
    // Files of outputs, and lines of the table: 4, and 4 below its head.
    options.metric.command = "count() { echo $(( $(ls \"$1\"/*/output_0.npy | wc -l) * 10 + $(grep -c '^00000[0-3],random' \"$1\"/samples.csv) )); }; count";
    options.threads = 2;
    auto result = measureSensitivity(model, *samples, options);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->exact.metric, 44);
    for (const LayerSensitivity &layer : result->layers) {
        EXPECT_EQ(layer.alone->metric, 44);
        EXPECT_EQ(layer.delta, 0);
    }
    // Equal metrics: SQNR decides. The outliers stand in the second and fourth layer.
    EXPECT_EQ(result->layers[0].layer.name, "fc2");
    options.metric.command = "exit 3; true";
    auto failed = measureSensitivity(model, *samples, options);
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().text().find("exit code 3"), std::string::npos);
}

TEST(MetricCommand, FailuresAreNamed)
{
    const test::TemporaryFolder folder;
    const auto run = [&](const std::string &command, std::chrono::milliseconds timeout = 20s) { return runMetricCommand(command, folder.path(), timeout); };
    const auto fine = run("echo ' -2.5e1 '; true");
    ASSERT_TRUE(fine) << fine.error().text();
    EXPECT_EQ(*fine, -25);
    const std::vector<std::pair<std::string, std::string>> cases{
        {"echo about to fail >&2; exit 7; true", "exit code 7; it said: about to fail"},
        {"echo 0.5 0.7; true", "not one number"},
        {"true", "printed nothing"},
        {"echo nan; true", "not finite"},
        {"kill -9 $$; true", "signal 9"},
        {"/nowhere/at/all", "exit code 127"},
        {"yes", "prints more than"},
    };
    for (const auto &[command, why] : cases) {
        const auto result = run(command);
        ASSERT_FALSE(result) << command;
        EXPECT_EQ(result.error().code, core::ErrorCode::BadInput) << command;
        EXPECT_NE(result.error().text().find(why), std::string::npos) << result.error().text();
    }
    // It hangs, with a child of its own: both are ended.
    const auto hanging = run("sleep 1000 & echo $! > " + (folder.path() / "pid").string() + "; wait; true", 500ms);
    ASSERT_FALSE(hanging);
    EXPECT_NE(hanging.error().text().find("did not end within"), std::string::npos);
    std::stop_source source;
    source.request_stop();
    const auto stopped = runMetricCommand("sleep 1000; true", folder.path(), 100s, source.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, core::ErrorCode::Interrupted);
}

} // namespace
} // namespace nordlys::runtime

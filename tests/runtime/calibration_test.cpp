// SPDX-License-Identifier: Apache-2.0
#include <core/base/atomic_file.h>
#include <core/quantization/tensor_query.h>
#include <runtime/quantization/bin_values.h>
#include <runtime/quantization/calibrate.h>
#include <runtime/quantization/evaluate.h>
#include <support/shared_data.h>
#include <support/temporary_folder.h>
#include <support/tiny_model.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace nordlys::runtime {
namespace {

namespace fs = std::filesystem;

std::string floatBytes(const std::vector<float> &values)
{
    return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float)};
}

/// y = relu(x W + b) per row, then a Reshape (tied) and a Sigmoid (fixed range).
std::shared_ptr<const core::Model> smallModel()
{
    test::TinyModel model;
    const auto x = model.input("x", {1, 4});
    const auto product = model.node("Gemm", "dense", {x, model.floats("w", {4, 3}, {1, -2, 3, 0.5F, 0.25F, -1, 2, 2, 2, -1, 4, 0}), model.floats("b", {3}, {0.5F, -0.5F, 1})});
    const auto relu = model.node("Relu", "relu", {product});
    const auto moved = model.node("Reshape", "reshape", {relu, model.ints({3, 1})});
    return model.finish(model.node("Sigmoid", "sigmoid", {moved}));
}

class Calibration : public testing::Test {
protected:
    /// `count` samples of four floats; the later ones are wider, so that histograms grow.
    void writeSamples(int count)
    {
        std::mt19937 random(5);
        for (int i = 0; i < count; ++i) {
            std::normal_distribution<float> spread(0.1F * static_cast<float>(i % 3), 1 + 0.3F * static_cast<float>(i));
            char name[16];
            std::snprintf(name, sizeof name, "s%04d.raw", i);
            m_folder.write(name, floatBytes({spread(random), spread(random), spread(random), spread(random)}));
        }
    }
    [[nodiscard]] core::SampleSet samples(const core::Model &model, std::size_t limit = 0) const
    {
        auto set = core::SampleSet::open(m_folder.path().string(), model.graph, {.recipe = std::nullopt, .limit = limit});
        EXPECT_TRUE(set) << set.error().text();
        return std::move(*set);
    }
    test::TemporaryFolder m_folder;
};

TEST(CalibrationBins, PathsCountTheSameAndNothingIsLost)
{
    std::mt19937 random(2);
    std::normal_distribution<float> spread(0.2F, 3);
    for (const std::size_t count : {1U, 7U, 8U, 31U, 1000U, 10007U}) {
        std::vector<float> values(count);
        for (float &value : values)
            value = std::max(0.0F, spread(random)) - (random() % 5 == 0 ? 1.0F : 0.0F);
        for (const BinRule &rule : {BinRule{0, 64, -100, 700}, BinRule{-2.5F, 31.7F, 0, 512}}) {
            std::vector<std::uint64_t> expected(static_cast<std::size_t>(rule.bins));
            for (const float value : values) {
                const float bin = std::floor((value - rule.origin) * rule.inverseWidth) - static_cast<float>(rule.first);
                if (bin >= 0 && bin < static_cast<float>(rule.bins))
                    ++expected[static_cast<std::size_t>(bin)];
            }
            for (const KernelPath path : {KernelPath::Generic, KernelPath::Auto}) {
                BinCounter counter;
                std::vector<std::uint64_t> counts(expected.size());
                counter.count(values.data(), count, rule, path);
                counter.drain(rule, counts);
                EXPECT_EQ(counts, expected);
                counter.drain(rule, counts);
                EXPECT_EQ(counts, expected); // empty now
            }
        }
        for (const KernelPath path : {KernelPath::Generic, KernelPath::Auto}) {
            const FloatRange range = rangeOf(values.data(), count, path);
            EXPECT_EQ(range.min, *std::min_element(values.begin(), values.end()));
            EXPECT_EQ(range.max, *std::max_element(values.begin(), values.end()));
            EXPECT_TRUE(range.isFinite);
            for (const float broken : {std::nanf(""), INFINITY, -INFINITY}) {
                std::vector<float> damaged = values;
                damaged[count / 2] = broken;
                EXPECT_FALSE(rangeOf(damaged.data(), count, path).isFinite);
            }
        }
    }
    EXPECT_GT(rangeOf(nullptr, 0).min, rangeOf(nullptr, 0).max);
}

TEST(CalibrationBins, GrowingHistogramHoldsAllValues)
{
    std::vector<float> values;
    for (int i = 0; i < 50000; ++i)
        values.push_back(std::sin(static_cast<float>(i)) * std::ldexp(1.0F, i / 5000));
    core::GrowingHistogram histogram, backwards;
    BinCounter counter;
    const FloatRange range = addValues(histogram, values.data(), values.size(), counter);
    EXPECT_NEAR(range.max, 512, 1);
    std::uint64_t total = 0;
    for (const std::uint64_t count : histogram.counts())
        total += count;
    EXPECT_EQ(total, values.size());
    std::reverse(values.begin(), values.end());
    addValues(backwards, values.data(), values.size(), counter);
    EXPECT_EQ(histogram, backwards);
    values[30000] = std::nanf("");
    EXPECT_FALSE(addValues(backwards, values.data(), values.size(), counter).isFinite);
}

/// Two samples by hand. Sample 1: x = (1 0 0 0): x W + b = (1.5 -2.5 4), relu (1.5 0 4). Sample 2: x = (0 0 0 1): (-.5 3.5 1), relu (0 3.5 1).
TEST_F(Calibration, RangesOfASmallModelByHand)
{
    m_folder.write("a.raw", floatBytes({1, 0, 0, 0}));
    m_folder.write("b.raw", floatBytes({0, 0, 0, 1}));
    const auto model = smallModel();
    CalibrationStatistics statistics;
    CalibrationOptions options;
    options.histogram = core::HistogramMode::Growing;
    const auto result = calibrate(model, samples(*model), options, {}, &statistics);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->samples, 2U);
    EXPECT_EQ(statistics.tensors.at("relu_y"), (CalibrationStatistics::Seen{0, 4, 6}));
    EXPECT_EQ(statistics.tensors.at("x"), (CalibrationStatistics::Seen{0, 1, 8}));
    // The group of relu and reshape: six values twice, in bins of 1/128 (0..4 are 513 of them): 0 twice, 1, 1.5, 3.5, 4, each doubled.
    const core::GrowingHistogram &histogram = statistics.growing.at("relu_y");
    EXPECT_EQ(histogram.exponent(), -7);
    EXPECT_EQ(histogram.first(), 0);
    ASSERT_EQ(histogram.counts().size(), 513U);
    EXPECT_EQ(histogram.counts()[0], 4U);
    for (const std::size_t bin : {128U, 192U, 448U, 512U})
        EXPECT_EQ(histogram.counts()[bin], 2U) << bin;
    EXPECT_FALSE(statistics.growing.contains("sigmoid_y"));
    EXPECT_EQ(result->encodings.find("sigmoid_y")->encoding.grids[0].max, 1);
    EXPECT_DOUBLE_EQ(result->encodings.find("relu_y")->encoding.grids[0].scale, 4.0 / 255);
    EXPECT_EQ(result->encodings.find("relu_y")->encoding, result->encodings.find("reshape_y")->encoding);
    // Weights, symmetric: max 4, 4/127; bias: product of the scales.
    EXPECT_DOUBLE_EQ(result->encodings.find("w")->encoding.grids[0].scale, 4.0 / 127);
    EXPECT_DOUBLE_EQ(result->encodings.find("b")->encoding.grids[0].scale, 4.0 / 127 * (1.0 / 255));
    // Per channel (axis 1): columns reach 2, 4 and 3. Unsigned activations: 0 .. 4 over the full grid; symmetric ones: 4/127.
    options.perChannel = true;
    options.actSchema = core::RangeSchema::UnsignedSymmetric;
    const auto channels = encodingsFromStatistics(*model, statistics, options);
    ASSERT_TRUE(channels);
    const core::Encoding &weight = channels->encodings.find("w")->encoding;
    ASSERT_EQ(weight.grids.size(), 3U);
    EXPECT_EQ(weight.axis, 1);
    EXPECT_TRUE(weight.symmetric);
    for (const auto &[channel, most] : {std::pair(0U, 2.0), std::pair(1U, 4.0), std::pair(2U, 3.0)})
        EXPECT_DOUBLE_EQ(weight.grids[channel].scale, most / 127);
    EXPECT_DOUBLE_EQ(channels->encodings.find("relu_y")->encoding.grids[0].scale, 4.0 / 255);
    EXPECT_FALSE(channels->encodings.find("relu_y")->encoding.symmetric);
    options.actSchema = core::RangeSchema::Symmetric;
    EXPECT_DOUBLE_EQ(encodingsFromStatistics(*model, statistics, options)->encodings.find("relu_y")->encoding.grids[0].scale, 4.0 / 127);
    // Percentile 75 of the group (4 of 12 at zero): CDF reaches 9 of 12 in the bin of 3.5 (8 + 2 of 12), whose right edge is 449/128.
    options.actSchema.reset();
    options.actRange = {core::RangeMethod::Percentile, 75};
    EXPECT_DOUBLE_EQ(encodingsFromStatistics(*model, statistics, options)->encodings.find("relu_y")->encoding.grids[0].max, 449.0 / 128);
}

TEST_F(Calibration, TheSameBitsForEveryNumberOfThreads)
{
    writeSamples(150);
    const auto model = smallModel();
    for (const core::HistogramMode mode : {core::HistogramMode::Growing, core::HistogramMode::FirstBatch}) {
        CalibrationStatistics one, four;
        for (auto *statistics : {&one, &four})
            ASSERT_TRUE(gatherStatistics(model, samples(*model), {mode, statistics == &one ? 1 : 4, true}, *statistics));
        EXPECT_EQ(one, four);
        EXPECT_EQ(one.used(), 150U);
        EXPECT_EQ(one.growing.empty(), mode == core::HistogramMode::FirstBatch);
        EXPECT_EQ(one.firstBatch.empty(), mode == core::HistogramMode::Growing);
        for (const core::RangeMethod method : {core::RangeMethod::MinMax, core::RangeMethod::Percentile, core::RangeMethod::Mse, core::RangeMethod::Entropy, core::RangeMethod::Sqnr}) {
            CalibrationOptions options;
            options.actRange.method = options.weightRange.method = method;
            options.perChannel = true;
            auto a = encodingsFromStatistics(*model, one, options);
            options.threads = 3;
            auto b = encodingsFromStatistics(*model, four, options);
            ASSERT_TRUE(a && b) << core::nameOf(method);
            EXPECT_EQ(a->encodings, b->encodings);
            EXPECT_TRUE(a->notes.empty());
        }
    }
}

/// Stopped in the middle, written, read and continued: the bits of an uninterrupted run. Then over more samples.
TEST_F(Calibration, GoesOnWhereItWasStopped)
{
    writeSamples(120);
    const auto model = smallModel();
    for (const core::HistogramMode mode : {core::HistogramMode::Growing, core::HistogramMode::FirstBatch}) {
        CalibrationStatistics whole;
        ASSERT_TRUE(gatherStatistics(model, samples(*model), {mode, 2, true}, whole));
        for (const int threads : {1, 3}) {
            std::stop_source source;
            core::JobContext job;
            job.stop = source.get_token();
            job.progress = [&](std::uint64_t done, std::uint64_t, std::string_view) {
                if (done > 40)
                    source.request_stop();
            };
            CalibrationStatistics statistics;
            const auto stopped = gatherStatistics(model, samples(*model), {mode, threads, true}, statistics, job);
            // Progress is told on one of the threads: with several it may be that the others have done all by then.
            if (threads == 1 || !stopped) {
                ASSERT_FALSE(stopped);
                EXPECT_EQ(stopped.error().code, core::ErrorCode::Interrupted);
            }
            if (threads == 1) {
                EXPECT_LT(statistics.done, 120U);
                EXPECT_GT(statistics.done, 40U);
            }
            const fs::path file = m_folder.path() / "statistics.json";
            ASSERT_TRUE(writeStatistics(file, statistics));
            auto read = readStatistics(file);
            ASSERT_TRUE(read) << read.error().text();
            EXPECT_EQ(*read, statistics);
            ASSERT_TRUE(gatherStatistics(model, samples(*model), {mode, threads, true}, *read));
            EXPECT_EQ(*read, whole);
            // Nothing is left to do: at once, and the same.
            ASSERT_TRUE(gatherStatistics(model, samples(*model), {mode, 1, true}, *read));
            EXPECT_EQ(*read, whole);
        }
        CalibrationStatistics fewer;
        ASSERT_TRUE(gatherStatistics(model, samples(*model, 50), {mode, 2, true}, fewer));
        ASSERT_TRUE(gatherStatistics(model, samples(*model), {mode, 2, true}, fewer));
        EXPECT_EQ(fewer, whole);
    }
}

TEST_F(Calibration, StatisticsOfOtherThingsAreRefused)
{
    writeSamples(10);
    const auto model = smallModel();
    CalibrationStatistics good;
    ASSERT_TRUE(gatherStatistics(model, samples(*model), {core::HistogramMode::Growing, 1, true}, good));
    CalibrationStatistics other = good;
    EXPECT_FALSE(gatherStatistics(model, samples(*model), {core::HistogramMode::FirstBatch, 1, true}, other));
    EXPECT_FALSE(gatherStatistics(model, samples(*model, 5), {core::HistogramMode::Growing, 1, true}, other));
    m_folder.write("s0003.raw", floatBytes({1, 2, 3}));
    const auto changed = gatherStatistics(model, samples(*model), {core::HistogramMode::Growing, 1, true}, other);
    ASSERT_FALSE(changed);
    EXPECT_NE(changed.error().text().find("other samples"), std::string::npos);
    EXPECT_EQ(other, good);
    // The same sizes, other values.
    m_folder.write("s0003.raw", floatBytes({1, 2, 3, 4}));
    EXPECT_FALSE(gatherStatistics(model, samples(*model), {core::HistogramMode::Growing, 1, true}, other));
    EXPECT_EQ(other, good);
    // Random sets differ by their seed although all samples are called alike.
    auto first = core::SampleSet::open("random:1:4", model->graph), second = core::SampleSet::open("random:2:6", model->graph);
    CalibrationStatistics random;
    ASSERT_TRUE(gatherStatistics(model, *first, {std::nullopt, 1, true}, random));
    EXPECT_FALSE(gatherStatistics(model, *second, {std::nullopt, 1, true}, random));
}

/// 1,000 files: some cut, some empty, one that makes an activation infinite. They are skipped and named; the rest gives what the rest alone gives.
// Steps of about 1e-4 for both at 16 bits: int32 reaches some 20 then, but far beyond 500 with weights of 8 bits.
TEST_F(Calibration, ABiasThatInt32DoesNotReachStaysInFloat)
{
    writeSamples(4);
    test::TinyModel tiny;
    const auto x = tiny.input("x", {1, 4});
    const auto model = tiny.finish(tiny.node("Gemm", "dense", {x, tiny.floats("w", {4, 3}, {1, -2, 3, 0.5F, 0.25F, -1, 2, 2, 2, -1, 4, 0}), tiny.floats("b", {3}, {500, -0.5F, 1})}));
    for (const int weightBits : {8, 16}) {
        CalibrationOptions options;
        options.actBits = 16;
        options.weightBits = weightBits;
        const auto result = calibrate(model, samples(*model), options);
        ASSERT_TRUE(result) << result.error().text();
        EXPECT_EQ(result->encodings.find("b") != nullptr, weightBits == 8);
        EXPECT_EQ(std::ranges::count_if(result->notes, [](const std::string &note) { return note.starts_with("bias b "); }), weightBits == 8 ? 0 : 1);
    }
}

// A mask of minus infinity leaves no sample, unless it is told to stay out.
TEST_F(Calibration, ExcludedActivationsMayBeInfinite)
{
    writeSamples(4);
    test::TinyModel tiny;
    const auto x = tiny.input("x", {1, 4});
    const auto masked = tiny.node("Add", "mask", {x, tiny.floats("far", {4}, {0, 0, -std::numeric_limits<float>::infinity(), 0})});
    const auto model = tiny.finish(tiny.node("Softmax", "weights", {masked}));
    const std::string name(model->graph.nameOf(model->graph.nodes[0].outputs[0]));
    CalibrationOptions options;
    EXPECT_FALSE(calibrate(model, samples(*model), options));
    options.exclude = {name, "far"};
    const auto result = calibrate(model, samples(*model), options);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->samples, 4U);
    EXPECT_NE(result->encodings.find("x"), nullptr);
    EXPECT_EQ(result->encodings.find(name), nullptr);
}

TEST_F(Calibration, BrokenSamplesAreSkippedCountedAndNamed)
{
    writeSamples(1000);
    const std::vector<int> broken{0, 1, 17, 400, 401, 999};
    for (const int i : broken) {
        char name[16];
        std::snprintf(name, sizeof name, "s%04d.raw", i);
        m_folder.write(name, i == 17 ? std::string() : i == 400 ? floatBytes({3e38F, 3e38F, 3e38F, 3e38F}) : floatBytes({1, 2, 3}));
    }
    const auto model = smallModel();
    for (const core::HistogramMode mode : {core::HistogramMode::Growing, core::HistogramMode::FirstBatch}) {
        CalibrationOptions options;
        options.histogram = mode;
        options.threads = 3;
        CalibrationStatistics statistics;
        const auto result = calibrate(model, samples(*model), options, {}, &statistics);
        ASSERT_TRUE(result) << result.error().text();
        EXPECT_EQ(result->samples, 994U);
        ASSERT_EQ(result->skipped.size(), broken.size());
        EXPECT_EQ(result->skipped[2].name, "s0017.raw");
        EXPECT_NE(result->skipped[2].why.find("0 bytes"), std::string::npos) << result->skipped[2].why;
        EXPECT_EQ(result->skipped[3].name, "s0400.raw");
        EXPECT_NE(result->skipped[3].why.find("infinite"), std::string::npos) << result->skipped[3].why;
        test::TemporaryFolder rest;
        for (const auto &entry : fs::directory_iterator(m_folder.path())) {
            if (entry.path().extension() == ".raw" && std::ranges::none_of(result->skipped, [&](const SkippedSample &one) { return one.name == entry.path().filename(); }))
                fs::copy_file(entry.path(), rest.path() / entry.path().filename());
        }
        auto clean = core::SampleSet::open(rest.path().string(), model->graph);
        ASSERT_TRUE(clean);
        CalibrationStatistics expected;
        ASSERT_TRUE(gatherStatistics(model, *clean, {mode, 1, true}, expected));
        EXPECT_EQ(statistics.tensors, expected.tensors);
        EXPECT_EQ(statistics.growing, expected.growing);
        EXPECT_EQ(statistics.firstBatch, expected.firstBatch);
    }
    // The strict form ends with the first of them.
    const auto strict = calibrateMinMax(model, samples(*model));
    ASSERT_FALSE(strict);
    EXPECT_NE(strict.error().text().find("s0000.raw"), std::string::npos);
}

TEST_F(Calibration, NoUsableSampleIsAnError)
{
    m_folder.write("a.raw", "12");
    m_folder.write("b.raw", "");
    const auto model = smallModel();
    const auto result = calibrate(model, samples(*model));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, core::ErrorCode::BadInput);
    EXPECT_NE(result.error().text().find("a.raw"), std::string::npos) << result.error().text();
}

/// The vendor's list with two inputs per line, by name and by order.
TEST_F(Calibration, InputListsWithSeveralInputs)
{
    test::TinyModel tiny;
    const auto a = tiny.input("a", {2}), b = tiny.input("b:0", {2});
    const auto model = tiny.finish(tiny.node("Add", "add", {a, b}));
    m_folder.write("a.raw", floatBytes({1, 2}));
    m_folder.write("b.raw", floatBytes({10, -20}));
    const auto list = m_folder.write("input_list.txt", "%add_y\nb:0:=b.raw a:=a.raw\na.raw b.raw\nb.raw b.raw\n");
    auto set = core::SampleSet::open(list.string(), model->graph);
    ASSERT_TRUE(set) << set.error().text();
    const auto result = calibrate(model, *set);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->samples, 3U);
    EXPECT_EQ(result->ranges.at("a").max, 10);
    EXPECT_EQ(result->ranges.at("b:0").max, 10);
    EXPECT_EQ(result->ranges.at("add_y").min, -40);
    EXPECT_EQ(result->ranges.at("add_y").values, 6U);
}

TEST_F(Calibration, KeptExcludedAndNotedTensors)
{
    writeSamples(4);
    const auto model = smallModel();
    CalibrationOptions options;
    options.actRange.method = core::RangeMethod::Entropy;
    options.actBits = 16;
    options.exclude = core::selectTensors(model->graph, {"kind:weight"});
    EXPECT_EQ(options.exclude, (std::set<std::string, std::less<>>{"b", "w"}));
    core::EncodingEntry kept;
    kept.locked = true;
    kept.encoding.grids = {*core::gridFromRange(-3, 5, {})};
    options.keep.entries["reshape_y"] = kept;
    const auto result = calibrate(model, samples(*model), options);
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->encodings.find("w"), nullptr);
    EXPECT_EQ(result->encodings.find("b"), nullptr);
    EXPECT_EQ(*result->encodings.find("reshape_y"), kept);
    EXPECT_EQ(result->encodings.find("relu_y")->encoding, kept.encoding); // tied
    EXPECT_EQ(result->encodings.find("x")->encoding.bitwidth, 16);
    ASSERT_EQ(result->notes.size(), 1U);
    EXPECT_NE(result->notes[0].find("entropy is defined for 8 bits"), std::string::npos) << result->notes[0];
    EXPECT_EQ(core::selectTensors(model->graph, {"op:Relu"}), (std::set<std::string, std::less<>>{"relu_y"}));
    EXPECT_EQ(core::selectTensors(model->graph, {"dense"}), (std::set<std::string, std::less<>>{"b", "w"}));
    EXPECT_EQ(core::selectTensors(model->graph, {"kind:activation op:Sigmoid"}), (std::set<std::string, std::less<>>{"sigmoid_y"}));
    EXPECT_EQ(core::selectTensors(model->graph, {"re*_y"}), (std::set<std::string, std::less<>>{"relu_y", "reshape_y"}));
}

TEST_F(Calibration, StatisticsFilesAreHostile)
{
    writeSamples(3);
    const auto model = smallModel();
    for (const core::HistogramMode mode : {core::HistogramMode::Growing, core::HistogramMode::FirstBatch}) {
        CalibrationStatistics statistics;
        ASSERT_TRUE(gatherStatistics(model, samples(*model), {mode, 1, true}, statistics));
        const fs::path file = m_folder.path() / "statistics.json";
        ASSERT_TRUE(writeStatistics(file, statistics));
        const auto text = core::readTextFile(file);
        ASSERT_TRUE(text);
        const auto damaged = [&](const std::string &from, const std::string &to) {
            std::string changed = *text;
            const auto at = changed.find(from);
            EXPECT_NE(at, std::string::npos) << from;
            changed.replace(at, from.size(), to);
            return readStatistics(m_folder.write("damaged.json", changed));
        };
        EXPECT_FALSE(damaged("statistics/1", "statistics/9"));
        EXPECT_FALSE(damaged("\"done\":3", "\"done\":-3"));
        EXPECT_FALSE(damaged("\"done\":3", "\"done\":\"3\""));
        EXPECT_FALSE(damaged("\"samples\"", "\"simples\""));
        EXPECT_FALSE(damaged("\"min\":", "\"min\":1e300,\"mix\":"));
        EXPECT_FALSE(damaged("\"tensors\":{", "\"tensors\":{\"t\":7,"));
        EXPECT_FALSE(damaged("\"histograms\":{", "\"histograms\":{\"h\":{\"counts\":[1],\"exponent\":1e9,\"first\":0},"));
        for (std::size_t length = 0; length + 2 < text->size(); length += 97)
            EXPECT_FALSE(readStatistics(m_folder.write("damaged.json", text->substr(0, length))));
    }
}

/// digits at 8 bits: 99.3 % in float; every method keeps 98 % with either histogram, from one gathering each.
TEST(CalibrationDigits, EveryMethodKeepsTheAccuracy)
{
    auto model = core::openModel(test::digitsPath() / "digits.onnx");
    ASSERT_TRUE(model) << model.error().text();
    auto set = core::SampleSet::open((test::digitsPath() / "calibration").string(), (*model)->graph, {.recipe = std::nullopt, .limit = 64});
    auto tested = core::SampleSet::open((test::digitsPath() / "test").string(), (*model)->graph, {.recipe = std::nullopt, .limit = 200});
    auto labels = core::LabelSet::read(test::digitsPath() / "labels.csv");
    ASSERT_TRUE(set && tested && labels);
    for (const core::HistogramMode mode : {core::HistogramMode::Growing, core::HistogramMode::FirstBatch}) {
        CalibrationStatistics statistics;
        ASSERT_TRUE(gatherStatistics(*model, *set, {mode, 2, true}, statistics));
        for (const core::RangeMethod method : {core::RangeMethod::Percentile, core::RangeMethod::Mse, core::RangeMethod::Entropy, core::RangeMethod::Sqnr}) {
            CalibrationOptions options;
            options.actRange.method = options.weightRange.method = method;
            options.threads = 2;
            const auto result = encodingsFromStatistics(**model, statistics, options);
            ASSERT_TRUE(result) << result.error().text();
            EvaluationOptions evaluation;
            evaluation.encodings = result->encodings;
            evaluation.labels = &*labels;
            evaluation.threads = 2;
            const auto evaluated = evaluateQuantized(*model, *tested, evaluation);
            ASSERT_TRUE(evaluated) << evaluated.error().text();
            EXPECT_GE(evaluated->accuracy->quantizedTop1, 0.98) << core::nameOf(method) << ' ' << core::nameOf(mode);
        }
    }
}

} // namespace
} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <runtime/quantization/calibrate.h>
#include <runtime/quantization/equalize.h>
#include <runtime/quantization/evaluate.h>
#include <support/onnx_bytes.h>
#include <support/shared_data.h>
#include <support/temporary_folder.h>
#include <support/tiny_model.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

namespace nordlys::runtime {
namespace {

std::shared_ptr<const core::Model> openAt(const std::filesystem::path &path, const core::OpenOptions &options = {})
{
    auto model = core::openModel(path, options);
    EXPECT_TRUE(model) << model.error().text();
    return model ? *model : nullptr;
}

std::string bytesOf(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

namespace onnx = test::onnx_bytes;

std::vector<float> valuesOf(const core::Model &model, const char *name)
{
    const auto id = model.graph.findTensor(name);
    if (!id.isValid() || !model.graph.tensor(id).isConstant())
        return {};
    const auto bytes = model.graph.tensor(id).constant->bytes();
    std::vector<float> result(bytes.size() / sizeof(float));
    std::memcpy(result.data(), bytes.data(), bytes.size());
    return result;
}

/// Gemm, Relu, Gemm; the weights' rows are the outputs. `w2`: the second weight as an initializer; `more`: further fields of the model.
std::string twoLayers(const std::string &w2 = onnx::weight("w2", {2, 2}, {2, 1, -1, 2}), const std::string &more = {},
                      const std::string &activation = onnx::node("Relu", "relu", {"h"}, "r"))
{
    return onnx::model(onnx::node("Gemm", "fc1", {"x", "w1", "b1"}, "h", onnx::integer("transB", 1)) + activation
                           + onnx::node("Gemm", "fc2", {"r", "w2", "b2"}, "y", onnx::integer("transB", 1))
                           + onnx::weight("w1", {2, 2}, {8, -2, 0.25F, 0.5F}) + onnx::weight("b1", {2}, {1, 2}) + w2
                           + onnx::weight("b2", {2}, {1, 1}) + onnx::port(11, "x", {1, 2}) + onnx::port(12, "y", {1, 2}),
                       more);
}

/// Largest difference of all float outputs over some random inputs, as a fraction of the largest value of that output.
double largestDifference(const std::shared_ptr<const core::Model> &a, const std::shared_ptr<const core::Model> &b)
{
    const auto first = test::planOf(a, true, true), second = test::planOf(b, true, true);
    if (!first || !second)
        return 1;
    double worst = 0;
    for (const unsigned seed : {1U, 2U, 3U}) {
        const auto inputs = test::randomInputs(*first, seed);
        const auto x = test::outputsOf(first, inputs), y = test::outputsOf(second, inputs);
        EXPECT_EQ(x.size(), y.size());
        for (std::size_t o = 0; o < std::min(x.size(), y.size()); ++o) {
            EXPECT_EQ(x[o].dims(), y[o].dims());
            if (x[o].dtype() != core::DType::Float32 || x[o].dims() != y[o].dims())
                continue;
            double largest = 1e-30, difference = 0;
            for (std::size_t i = 0; i < x[o].elementCount(); ++i) {
                const auto p = static_cast<double>(x[o].as<float>()[i]), q = static_cast<double>(y[o].as<float>()[i]);
                largest = std::max(largest, std::abs(p));
                difference = std::max(difference, std::abs(p - q));
            }
            worst = std::max(worst, difference / largest);
        }
    }
    return worst;
}

double accuracyAt8Bits(const std::shared_ptr<const core::Model> &model)
{
    auto calibration = core::SampleSet::open((test::digitsPath() / "calibration").string(), model->graph);
    auto samples = core::SampleSet::open((test::digitsPath() / "test").string(), model->graph);
    auto labels = core::LabelSet::read(test::digitsPath() / "labels.csv");
    EXPECT_TRUE(calibration && samples && labels);
    auto calibrated = calibrateMinMax(model, *calibration, {});
    EXPECT_TRUE(calibrated) << calibrated.error().text();
    EvaluationOptions options;
    options.encodings = calibrated->encodings;
    options.labels = &*labels;
    options.threads = 2;
    auto result = evaluateQuantized(model, *samples, options);
    EXPECT_TRUE(result) << result.error().text();
    return result->accuracy->quantizedTop1;
}

// The sample's description: 8-bit min-max per tensor leaves about 9 % of digits_unbalanced, equalization brings it back to 99 %.
TEST(Equalize, RepairsTheUnbalancedDigits)
{
    const test::TemporaryFolder folder;
    const auto source = test::digitsPath() / "digits_unbalanced.onnx";
    const std::string before = bytesOf(source);
    const auto model = openAt(source);
    const auto target = folder.path() / "equalized.onnx";
    auto report = equalizeModel(model, target);
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(bytesOf(source), before);
    const auto equalized = openAt(target);
    EXPECT_LT(largestDifference(model, equalized), 1e-5);
    EXPECT_LT(accuracyAt8Bits(model), 0.15);
    EXPECT_GE(accuracyAt8Bits(equalized), 0.98);
    // What the equation makes equal: the ranges of both sides of every pair, so the whole chain is balanced.
    for (const EqualizedPair &pair : report->pairs)
        EXPECT_LE(pair.spreadAfter, pair.spreadBefore * 1.001) << pair.first;
    EXPECT_EQ(model->graph.nodes.size(), equalized->graph.nodes.size());
}

// s_i = sqrt(r1_i r2_i) / r2_i by hand: rows of W1 reach 8 and 0.5, columns of W2 reach 2 and 2; s = (2, 0.5), both sides become 4 and 1.
TEST(Equalize, FollowsEquationElevenAndNamesWhatIsInTheWay)
{
    const test::TemporaryFolder folder;
    const auto model = openAt(folder.write("m.onnx", twoLayers()));
    ASSERT_TRUE(model);
    auto report = equalizeModel(model, folder.path() / "e.onnx");
    ASSERT_TRUE(report) << report.error().text();
    const auto equalized = openAt(folder.path() / "e.onnx");
    const auto values = [&](const char *name) { return valuesOf(*equalized, name); };
    EXPECT_EQ(values("w1"), (std::vector<float>{4, -1, 0.5F, 1}));   // rows (8, -2) and (0.25, 0.5)
    EXPECT_EQ(values("b1"), (std::vector<float>{0.5F, 4}));          // (1, 2)
    EXPECT_EQ(values("w2"), (std::vector<float>{4, 0.5F, -2, 1}));   // rows (2, 1) and (-1, 2)
    EXPECT_EQ(values("b2"), (std::vector<float>{1, 1}));
    ASSERT_EQ(report->pairs.size(), 1U);
    EXPECT_DOUBLE_EQ(report->pairs[0].maxScale, 2);
    EXPECT_DOUBLE_EQ(report->pairs[0].spreadBefore, 16);
    EXPECT_DOUBLE_EQ(report->pairs[0].spreadAfter, 4);
    ASSERT_EQ(report->leftAlone.size(), 1U);
    EXPECT_EQ(report->leftAlone[0].name, "fc2");
}

TEST(Equalize, WeightsOutsideTheFileStayThereAndComeAlong)
{
    const test::TemporaryFolder folder;
    std::filesystem::create_directories(folder.path() / "in/data");
    std::filesystem::create_directories(folder.path() / "out");
    folder.write("in/data/w2.bin", onnx::floatBytes({2, 1, -1, 2}));
    folder.write("in/data/w3.bin", onnx::floatBytes({3, 1, -1, 2}));
    // A third layer that Tanh keeps apart: its external weight is not changed.
    const auto bytes = onnx::model(onnx::node("Gemm", "fc1", {"x", "w1"}, "h", onnx::integer("transB", 1)) + onnx::node("Relu", "relu", {"h"}, "r")
                                   + onnx::node("Gemm", "fc2", {"r", "w2"}, "t", onnx::integer("transB", 1)) + onnx::node("Tanh", "tanh", {"t"}, "u")
                                   + onnx::node("Gemm", "fc3", {"u", "w3"}, "y", onnx::integer("transB", 1))
                                   + onnx::weight("w1", {2, 2}, {8, -2, 0.25F, 0.5F}) + onnx::externalWeight("w2", {2, 2}, "data/w2.bin")
                                   + onnx::externalWeight("w3", {2, 2}, "data/w3.bin") + onnx::port(11, "x", {1, 2}) + onnx::port(12, "y", {1, 2}));
    const auto model = openAt(folder.write("in/m.onnx", bytes));
    ASSERT_TRUE(model);
    ASSERT_TRUE(equalizeModel(model, folder.path() / "in/e.onnx"));
    EXPECT_LT(largestDifference(model, openAt(folder.path() / "in/e.onnx")), 1e-6);
    ASSERT_TRUE(equalizeModel(model, folder.path() / "out/e.onnx"));
    EXPECT_LT(largestDifference(model, openAt(folder.path() / "out/e.onnx")), 1e-6);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "out/data/w2.bin")); // its values stand in the file now
    EXPECT_EQ(bytesOf(folder.path() / "out/data/w3.bin"), onnx::floatBytes({3, 1, -1, 2}));
    EXPECT_EQ(bytesOf(folder.path() / "in/data/w2.bin"), onnx::floatBytes({2, 1, -1, 2}));
    folder.write("out/data/w3.bin", "something else");
    auto refused = equalizeModel(model, folder.path() / "out/f.onnx");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::ErrorCode::CannotWrite);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "out/f.onnx"));
}

TEST(Equalize, ModelsWithFunctionsAreRefusedByName)
{
    const test::TemporaryFolder folder;
    const std::string function = onnx::message(25, onnx::message(1, "MyFunction") + onnx::message(10, "local"));
    const auto model = openAt(folder.write("m.onnx", twoLayers(onnx::weight("w2", {2, 2}, {2, 1, -1, 2}), function)));
    ASSERT_TRUE(model);
    auto report = equalizeModel(model, folder.path() / "e.onnx");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, core::ErrorCode::NotSupported);
    EXPECT_NE(report.error().text().find("MyFunction"), std::string::npos);
}

TEST(Equalize, ASharedWeightGetsACopyAndWhatLeavesTheGraphIsLeftAlone)
{
    const test::TemporaryFolder folder;
    // Both layers read w; the first one's values go to the second only.
    const auto shared = onnx::model(onnx::node("Gemm", "fc1", {"x", "w"}, "h", onnx::integer("transB", 1)) + onnx::node("Relu", "relu", {"h"}, "r")
                                    + onnx::node("Gemm", "fc2", {"r", "w"}, "y", onnx::integer("transB", 1))
                                    + onnx::weight("w", {2, 2}, {8, -2, 0.25F, 0.5F}) + onnx::port(11, "x", {1, 2}) + onnx::port(12, "y", {1, 2}));
    const auto model = openAt(folder.write("m.onnx", shared));
    ASSERT_TRUE(equalizeModel(model, folder.path() / "e.onnx"));
    EXPECT_LT(largestDifference(model, openAt(folder.path() / "e.onnx")), 1e-6);
    // r is an output too: nothing can be balanced.
    const auto open = openAt(folder.write("o.onnx", twoLayers(onnx::weight("w2", {2, 2}, {2, 1, -1, 2}) + onnx::port(12, "r", {1, 2}))));
    auto report = equalizeModel(open, folder.path() / "p.onnx");
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, core::ErrorCode::NotSupported);
}

std::vector<float> unevenWeights(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> spread(0, 2);
    std::vector<float> values(count);
    for (float &value : values)
        value = std::exp(spread(random)) * (random() % 2 == 0 ? 1.0F : -1.0F);
    return values;
}

// Groups, transposed convolution, pooling and Flatten between: every channel must meet its own partner, else the function changes.
TEST(Equalize, ChannelsMeetThroughGroupsTransposedConvolutionsAndFlatten)
{
    const test::TemporaryFolder folder;
    const auto bytes = onnx::model(
        onnx::node("Conv", "c1", {"x", "w1", "b1"}, "h1") + onnx::node("Relu", "r1", {"h1"}, "a1")
        + onnx::node("ConvTranspose", "c2", {"a1", "w2", "b2"}, "h2", onnx::integer("group", 2)) + onnx::node("LeakyRelu", "r2", {"h2"}, "a2")
        + onnx::node("Conv", "c3", {"a2", "w3"}, "h3", onnx::integer("group", 3)) + onnx::node("Relu", "r3", {"h3"}, "a3")
        + onnx::node("MaxPool", "p3", {"a3"}, "m3", onnx::integers("kernel_shape", {2, 2})) + onnx::node("Flatten", "f3", {"m3"}, "v3")
        + onnx::node("Gemm", "c4", {"v3", "w4", "b4"}, "y") + onnx::weight("w1", {4, 2, 1, 1}, unevenWeights(8, 1))
        + onnx::weight("b1", {4}, unevenWeights(4, 2)) + onnx::weight("w2", {4, 3, 2, 2}, unevenWeights(48, 3)) + onnx::weight("b2", {6}, unevenWeights(6, 4))
        + onnx::weight("w3", {3, 2, 1, 1}, unevenWeights(6, 5)) + onnx::weight("w4", {48, 3}, unevenWeights(144, 6)) + onnx::weight("b4", {3}, unevenWeights(3, 7))
        + onnx::port(11, "x", {1, 2, 4, 4}) + onnx::port(12, "y", {1, 3}));
    const auto model = openAt(folder.write("m.onnx", bytes));
    ASSERT_TRUE(model);
    auto report = equalizeModel(model, folder.path() / "e.onnx");
    ASSERT_TRUE(report) << report.error().text();
    ASSERT_EQ(report->pairs.size(), 3U);
    EXPECT_LT(largestDifference(model, openAt(folder.path() / "e.onnx")), 1e-5);
    for (const EqualizedPair &pair : report->pairs)
        EXPECT_GT(pair.maxScale / pair.minScale, 1.1) << pair.first; // something was moved at every place
}

TEST(Equalize, AModelWhereOnlyClipIsInTheWayIsRefusedNamingIt)
{
    const test::TemporaryFolder folder;
    const std::string clip = onnx::node("Clip", "relu6", {"h", "low", "high"}, "r") + onnx::weight("low", {}, {0}) + onnx::weight("high", {}, {6});
    const auto model = openAt(folder.write("m.onnx", twoLayers(onnx::weight("w2", {2, 2}, {2, 1, -1, 2}), {}, clip)));
    auto refused = equalizeModel(model, folder.path() / "e.onnx");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::ErrorCode::NotSupported);
    EXPECT_NE(refused.error().why.find("relu6"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "e.onnx"));
    EqualizeOptions options;
    options.replaceClip = true;
    auto report = equalizeModel(model, folder.path() / "e.onnx", options);
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->replaced, (std::vector<std::string>{"relu6"}));
    const auto written = openAt(folder.path() / "e.onnx");
    EXPECT_FALSE(written->graph.findTensor("high").isValid()); // nobody reads it any more
    EXPECT_EQ(written->graph.opOf(written->graph.findNode("relu6")), "Relu");
}

TEST(Equalize, RefusesToWriteOverTheSource)
{
    const test::TemporaryFolder folder;
    const auto copy = folder.write("m.onnx", bytesOf(test::digitsPath() / "digits_unbalanced.onnx"));
    const auto model = openAt(copy);
    const std::string before = bytesOf(copy);
    std::filesystem::create_symlink(copy, folder.path() / "link.onnx");
    for (const char *name : {"m.onnx", "link.onnx"}) {
        auto report = equalizeModel(model, folder.path() / name);
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code, core::ErrorCode::Usage);
    }
    EXPECT_EQ(bytesOf(copy), before);
}

TEST(EqualizeModels, BatchNormalizationIsFoldedAndTheFunctionStays)
{
    const test::TemporaryFolder folder;
    for (const char *name : {"ultraface_rfb320", "yunet_n_dynamic", "resnet8_cifar10_float", "resnet20_cifar10"}) {
        const auto path = test::sharedModel(name) / "model.onnx";
        NORDLYS_REQUIRE_SHARED(path);
        core::OpenOptions options;
        if (std::string_view(name) == "yunet_n_dynamic") // its other input sizes are free
            options.bindings.named = {{"height", 96}, {"width", 64}};
        const auto model = openAt(path, options);
        const auto target = folder.path() / (std::string(name) + ".onnx");
        auto report = equalizeModel(model, target);
        ASSERT_TRUE(report) << name << ": " << report.error().text();
        EXPECT_FALSE(report->pairs.empty()) << name;
        const auto equalized = openAt(target, options);
        EXPECT_LT(largestDifference(model, equalized), 1e-4) << name;
        const auto count = [](const core::Model &m) {
            return std::ranges::count_if(m.graph.nodes, [&](const core::Node &node) { return m.graph.names.text(node.opType) == "BatchNormalization"; });
        };
        EXPECT_EQ(count(*equalized), count(*model) - static_cast<std::ptrdiff_t>(report->folded.size())) << name;
        std::printf("%s: %zu pairs, %zu folded, %zu sweeps\n", name, report->pairs.size(), report->folded.size(), report->sweeps);
    }
}

// MobileNetV2 has ReLU6 in 35 places; only where a block ends and the next begins without a residual do two layers meet with nothing between.
TEST(EqualizeModels, ClipIsLeftAloneByNameOrReplacedWhenAskedFor)
{
    const auto path = test::sharedModel("mobilenet_v2_imagenet_float") / "model.onnx";
    NORDLYS_REQUIRE_SHARED(path);
    const test::TemporaryFolder folder;
    const auto model = openAt(path);
    auto plain = equalizeModel(model, folder.path() / "plain.onnx");
    ASSERT_TRUE(plain) << plain.error().text();
    EXPECT_TRUE(plain->replaced.empty());
    EXPECT_EQ(std::ranges::count_if(plain->leftAlone, [](const LeftAlone &layer) { return layer.why.starts_with("Clip "); }), 35);
    EXPECT_LT(largestDifference(model, openAt(folder.path() / "plain.onnx")), 1e-4);
    EqualizeOptions options;
    options.replaceClip = true;
    auto replaced = equalizeModel(model, folder.path() / "replaced.onnx", options);
    ASSERT_TRUE(replaced) << replaced.error().text();
    EXPECT_EQ(replaced->replaced.size(), 35U);
    EXPECT_EQ(replaced->pairs.size(), plain->pairs.size() + 35);
    const auto written = openAt(folder.path() / "replaced.onnx");
    for (const std::string &clip : replaced->replaced)
        EXPECT_EQ(written->graph.opOf(written->graph.findNode(clip)), "Relu");
}

// By hand: x = 1 gives h = (10, 1) in every sample, so c = (10, 1): b1 loses it, b2 gains W2 c.
TEST(Equalize, AbsorptionMovesTheBiasThatNoSampleFallsBelow)
{
    const test::TemporaryFolder folder;
    const auto bytes = onnx::model(onnx::node("Gemm", "fc1", {"x", "w1", "b1"}, "h", onnx::integer("transB", 1)) + onnx::node("Relu", "relu", {"h"}, "r")
                                   + onnx::node("Gemm", "fc2", {"r", "w2"}, "y", onnx::integer("transB", 1))
                                   + onnx::weight("w1", {2, 1}, {2, 2}) + onnx::weight("b1", {2}, {8, -1}) + onnx::weight("w2", {1, 2}, {2, -2})
                                   + onnx::port(11, "x", {1, 1}) + onnx::port(12, "y", {1, 1}));
    const auto model = openAt(folder.write("m.onnx", bytes));
    folder.write("one.raw", onnx::floatBytes({1}));
    auto samples = core::SampleSet::open((folder.path() / "one.raw").string(), model->graph);
    ASSERT_TRUE(samples) << samples.error().text();
    EqualizeOptions options;
    options.absorbBias = true;
    options.samples = &*samples;
    auto report = equalizeModel(model, folder.path() / "e.onnx", options);
    ASSERT_TRUE(report) << report.error().text();
    ASSERT_EQ(report->pairs.size(), 1U);
    EXPECT_EQ(report->pairs[0].absorbedChannels, 2U);
    EXPECT_EQ(report->absorbedFrom, "samples");
    const auto written = openAt(folder.path() / "e.onnx");
    EXPECT_EQ(valuesOf(*written, "b1"), (std::vector<float>{-2, -2}));      // 8 - 10, -1 - 1
    EXPECT_EQ(valuesOf(*written, "w2_bias"), (std::vector<float>{18}));     // 2 * 10 - 2 * 1
}

// Windows of 2 x 2 at a stride of 2 do not overlap: every output sums over one of the four positions, not over all.
TEST(Equalize, NothingIsAbsorbedByATransposedConvolution)
{
    const test::TemporaryFolder folder;
    const auto stride = onnx::integers("strides", {2, 2});
    const auto model = openAt(folder.write(
        "m.onnx", onnx::model(onnx::node("Conv", "c1", {"x", "w1", "b1"}, "h") + onnx::node("Relu", "relu", {"h"}, "r")
                              + onnx::node("ConvTranspose", "up", {"r", "w2"}, "y", stride) + onnx::weight("w1", {1, 1, 1, 1}, {2}) + onnx::weight("b1", {1}, {50})
                              + onnx::weight("w2", {1, 1, 2, 2}, {1, 2, 3, 4}) + onnx::port(11, "x", {1, 1, 2, 2}) + onnx::port(12, "y", {1, 1, 4, 4}))));
    folder.write("one.raw", onnx::floatBytes({1, 2, 3, 4}));
    auto samples = core::SampleSet::open((folder.path() / "one.raw").string(), model->graph);
    ASSERT_TRUE(samples) << samples.error().text();
    EqualizeOptions options;
    options.absorbBias = true;
    options.samples = &*samples;
    const auto report = equalizeModel(model, folder.path() / "e.onnx", options);
    ASSERT_TRUE(report) << report.error().text();
    ASSERT_EQ(report->pairs.size(), 1U);
    EXPECT_EQ(report->pairs[0].absorbedChannels, 0U);
    EXPECT_LT(largestDifference(model, openAt(folder.path() / "e.onnx")), 1e-5);
}

TEST(Equalize, AbsorptionByMeasuredStatisticsKeepsTheFunctionOnTheSamples)
{
    const test::TemporaryFolder folder;
    const auto model = openAt(test::digitsPath() / "digits_unbalanced.onnx");
    auto samples = core::SampleSet::open((test::digitsPath() / "calibration").string(), model->graph);
    ASSERT_TRUE(samples);
    EqualizeOptions options;
    options.absorbBias = true;
    options.samples = &*samples;
    options.threads = 2;
    auto report = equalizeModel(model, folder.path() / "a.onnx", options);
    ASSERT_TRUE(report) << report.error().text();
    options.threads = 1;
    auto again = equalizeModel(model, folder.path() / "b.onnx", options);
    ASSERT_TRUE(again);
    EXPECT_EQ(bytesOf(folder.path() / "a.onnx"), bytesOf(folder.path() / "b.onnx"));
    EXPECT_GE(accuracyAt8Bits(openAt(folder.path() / "a.onnx")), 0.98);
}

} // namespace
} // namespace nordlys::runtime

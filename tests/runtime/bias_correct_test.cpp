// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/quantization/encoding.h>
#include <runtime/quantization/bias_correct.h>
#include <runtime/quantization/calibrate.h>
#include <support/onnx_bytes.h>
#include <support/shared_data.h>
#include <support/temporary_folder.h>
#include <support/tiny_model.h>

#include <gtest/gtest.h>

namespace nordlys::runtime {
namespace {

namespace onnx = test::onnx_bytes;

std::shared_ptr<const core::Model> openAt(const std::filesystem::path &path)
{
    auto model = core::openModel(path);
    EXPECT_TRUE(model) << model.error().text();
    return model ? *model : nullptr;
}

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

/// A weight grid of whole numbers.
core::EncodingSet wholeNumbers(const char *weight)
{
    core::EncodingSet set;
    core::EncodingEntry &entry = set.entries[weight];
    entry.kind = core::EncodingKind::Parameter;
    entry.encoding.symmetric = true;
    entry.encoding.grids = {*core::gridFromScale(1, 128, 8)};
    return set;
}

// By hand: weights 1.25 and -2.25 become 1 and -2, errors -0.25 and 0.25; inputs (2, 8) and (4, 0) are (3, 4) on average; the output shifts by
// -0.75 + 1 = 0.25, so the bias 1 becomes 0.75.
TEST(BiasCorrect, TakesTheExpectedErrorOverTheSamplesOutOfTheBias)
{
    const test::TemporaryFolder folder;
    const auto model = openAt(folder.write("m.onnx", onnx::model(onnx::node("Gemm", "fc", {"x", "w", "b"}, "y", onnx::integer("transB", 1))
                                                                 + onnx::weight("w", {1, 2}, {1.25F, -2.25F}) + onnx::weight("b", {1}, {1})
                                                                 + onnx::port(11, "x", {1, 2}) + onnx::port(12, "y", {1, 1}))));
    std::filesystem::create_directories(folder.path() / "in");
    folder.write("in/a.raw", onnx::floatBytes({2, 8}));
    folder.write("in/b.raw", onnx::floatBytes({4, 0}));
    auto samples = core::SampleSet::open((folder.path() / "in").string(), model->graph);
    ASSERT_TRUE(samples) << samples.error().text();
    BiasCorrectOptions options;
    options.encodings = wholeNumbers("w");
    options.samples = &*samples;
    auto report = biasCorrectModel(model, folder.path() / "c.onnx", options);
    ASSERT_TRUE(report) << report.error().text();
    const auto corrected = openAt(folder.path() / "c.onnx");
    EXPECT_EQ(valuesOf(*corrected, "b"), (std::vector<float>{0.75F}));
    EXPECT_EQ(valuesOf(*corrected, "w"), (std::vector<float>{1.25F, -2.25F})); // weights stay: quantizing is the encodings' part
    ASSERT_EQ(report->layers.size(), 1U);
    EXPECT_DOUBLE_EQ(report->layers[0].largestShift, 0.25);
    // Without samples nothing says what a graph input is on average.
    options.samples = nullptr;
    auto refused = biasCorrectModel(model, folder.path() / "d.onnx", options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, core::ErrorCode::NotSupported);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "d.onnx"));
}

// Both layers read W; only biases change, so both go on reading it and the encoding of W still means both.
TEST(BiasCorrect, ASharedWeightStaysShared)
{
    const test::TemporaryFolder folder;
    const auto model = openAt(folder.write(
        "m.onnx", onnx::model(onnx::node("Gemm", "fc1", {"x", "w", "b1"}, "h", onnx::integer("transB", 1)) + onnx::node("Gemm", "fc2", {"h", "w", "b2"}, "y", onnx::integer("transB", 1))
                              + onnx::weight("w", {2, 2}, {1.25F, -2.25F, 0.75F, 2}) + onnx::weight("b1", {2}, {1, 1}) + onnx::weight("b2", {2}, {1, 1})
                              + onnx::port(11, "x", {1, 2}) + onnx::port(12, "y", {1, 2}))));
    std::filesystem::create_directories(folder.path() / "in");
    folder.write("in/a.raw", onnx::floatBytes({2, 8}));
    auto samples = core::SampleSet::open((folder.path() / "in").string(), model->graph);
    ASSERT_TRUE(samples) << samples.error().text();
    BiasCorrectOptions options;
    options.encodings = wholeNumbers("w");
    options.samples = &*samples;
    const auto report = biasCorrectModel(model, folder.path() / "c.onnx", options);
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->layers.size(), 2U);
    const auto corrected = openAt(folder.path() / "c.onnx");
    EXPECT_EQ(corrected->graph.tensor(corrected->graph.findTensor("w")).consumers.size(), 2U);
    EXPECT_NE(valuesOf(*corrected, "b1"), (std::vector<float>{1, 1}));
}

TEST(BiasCorrect, ATransposedConvolutionIsLeftAlone)
{
    const test::TemporaryFolder folder;
    const auto model = openAt(folder.write("m.onnx", onnx::model(onnx::node("ConvTranspose", "up", {"x", "w"}, "y", onnx::integers("strides", {2, 2}))
                                                                 + onnx::weight("w", {1, 1, 2, 2}, {1.25F, 0.75F, 2.25F, 1.75F}) + onnx::port(11, "x", {1, 1, 2, 2})
                                                                 + onnx::port(12, "y", {1, 1, 4, 4}))));
    folder.write("one.raw", onnx::floatBytes({1, 2, 3, 4}));
    auto samples = core::SampleSet::open((folder.path() / "one.raw").string(), model->graph);
    ASSERT_TRUE(samples) << samples.error().text();
    BiasCorrectOptions options;
    options.encodings = wholeNumbers("w");
    options.samples = &*samples;
    const auto report = biasCorrectModel(model, folder.path() / "c.onnx", options);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, core::ErrorCode::NotSupported);
}

// Standard values: the mean of a rectified standard normal is 1 / sqrt(2 pi); of one clipped symmetrically around its mean, that mean.
TEST(BiasCorrect, MeanOfAClippedNormal)
{
    const double infinity = std::numeric_limits<double>::infinity();
    EXPECT_NEAR(meanOfClippedNormal(0, 1, 0, infinity), 0.3989422804014327, 1e-12);
    EXPECT_NEAR(meanOfClippedNormal(3, 2, 0, 6), 3, 1e-12);
    EXPECT_NEAR(meanOfClippedNormal(1, 2, -infinity, infinity), 1, 1e-12);
    EXPECT_NEAR(meanOfClippedNormal(1, 1, 0, infinity), 1.0833154705876864, 1e-9); // Phi(1) + phi(1)
    EXPECT_EQ(meanOfClippedNormal(-2, 0, 0, 6), 0);
    EXPECT_EQ(meanOfClippedNormal(9, 0, 0, 6), 6);
}

// The layer behind BatchNormalization (beta 1, gamma 1) and Relu expects 1.0833 of every input; its only weight 1.25 loses 0.25 to the grid.
TEST(BiasCorrect, ExpectedInputsComeFromBatchNormalization)
{
    const test::TemporaryFolder folder;
    const auto model = openAt(folder.write(
        "m.onnx", onnx::model(onnx::node("Conv", "c1", {"x", "w1"}, "h") + onnx::node("BatchNormalization", "bn", {"h", "g", "beta", "m", "v"}, "n")
                              + onnx::node("Relu", "relu", {"n"}, "r") + onnx::node("Conv", "c2", {"r", "w2"}, "y")
                              + onnx::weight("w1", {1, 1, 1, 1}, {2}) + onnx::weight("g", {1}, {1}) + onnx::weight("beta", {1}, {1})
                              + onnx::weight("m", {1}, {0}) + onnx::weight("v", {1}, {1}) + onnx::weight("w2", {1, 1, 1, 1}, {1.25F})
                              + onnx::port(11, "x", {1, 1, 4, 4}) + onnx::port(12, "y", {1, 1, 4, 4}))));
    BiasCorrectOptions options;
    options.encodings = wholeNumbers("w2");
    auto report = biasCorrectModel(model, folder.path() / "c.onnx", options);
    ASSERT_TRUE(report) << report.error().text();
    EXPECT_EQ(report->expectedInputs, "batch normalization");
    EXPECT_EQ(report->folded, (std::vector<std::string>{"bn"}));
    const auto corrected = openAt(folder.path() / "c.onnx");
    ASSERT_EQ(valuesOf(*corrected, "w2_bias").size(), 1U);
    EXPECT_NEAR(static_cast<double>(valuesOf(*corrected, "w2_bias")[0]), 0.25 * 1.0833154705876864, 1e-6);
    ASSERT_EQ(report->leftAlone.size(), 1U); // c1 has no encoding
    EXPECT_EQ(report->leftAlone[0].name, "c1");
}

/// Mean of the first output's values over all samples, with only the weights quantized.
std::vector<double> meanOutput(const std::shared_ptr<const core::Model> &model, const core::SampleSet &samples, const core::EncodingSet &encodings)
{
    PlanOptions options;
    options.precision = encodings.empty() ? Precision::Float32 : Precision::QuantSim;
    options.encodings = encodings;
    auto plan = Plan::build(model, options);
    EXPECT_TRUE(plan);
    auto session = Session::create(*plan, 1);
    std::vector<double> mean;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        auto inputs = samples.load(i);
        EXPECT_TRUE(inputs && (*session)->run(*inputs));
        auto output = (*session)->output(0);
        mean.resize(output->elementCount(), 0);
        for (std::size_t k = 0; k < mean.size(); ++k)
            mean[k] += static_cast<double>(output->as<float>()[k]) / static_cast<double>(samples.size());
    }
    return mean;
}

double squaredError(const std::vector<double> &a, const std::vector<double> &b)
{
    double sum = 0;
    for (std::size_t k = 0; k < a.size(); ++k)
        sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

// What it is for, with weights of 4 bits: where only the last layer is quantized, its inputs are exact and nothing is padded, so the mean of the
// logits becomes the float model's; with all layers quantized it comes nearer (errors of the layers before, and padding, are not accounted for).
TEST(BiasCorrect, BringsTheMeanOutputOfDigitsBack)
{
    const test::TemporaryFolder folder;
    const auto model = openAt(test::digitsPath() / "digits.onnx");
    core::SampleOptions some;
    some.limit = 64;
    auto samples = core::SampleSet::open((test::digitsPath() / "calibration").string(), model->graph, some);
    ASSERT_TRUE(samples);
    CalibrationOptions calibration;
    calibration.weightBits = 4;
    calibration.perChannel = true;
    auto calibrated = calibrateMinMax(model, *samples, calibration);
    ASSERT_TRUE(calibrated);
    core::EncodingSet all = calibrated->encodings, last;
    std::erase_if(all.entries, [](const auto &entry) { return entry.second.kind != core::EncodingKind::Parameter || entry.second.encoding.bitwidth == 32; });
    const core::NodeId fc = model->graph.findNode("/fc/Gemm");
    ASSERT_TRUE(fc.isValid());
    const std::string fcWeight(model->graph.nameOf(model->graph.node(fc).inputs[1]));
    last.entries[fcWeight] = all.entries.at(fcWeight);
    const auto exact = meanOutput(model, *samples, {});
    for (const core::EncodingSet *weights : {&last, &all}) {
        BiasCorrectOptions options;
        options.encodings = *weights;
        options.samples = &*samples;
        const auto target = folder.path() / (weights == &last ? "last.onnx" : "all.onnx");
        auto report = biasCorrectModel(model, target, options);
        ASSERT_TRUE(report) << report.error().text();
        EXPECT_EQ(report->layers.size(), weights->entries.size());
        const double before = squaredError(exact, meanOutput(model, *samples, *weights));
        const double after = squaredError(exact, meanOutput(openAt(target), *samples, *weights));
        std::printf("squared error of the mean logits, %zu layers quantized: %g before, %g after\n", weights->entries.size(), before, after);
        EXPECT_GT(before, 1e-4);
        EXPECT_LT(after, weights == &last ? 1e-9 : before);
    }
}

} // namespace
} // namespace nordlys::runtime

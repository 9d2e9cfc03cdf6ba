// SPDX-License-Identifier: Apache-2.0
// What a written QDQ model computes in float32 against quantsim of the float model with the same encodings.
#include <core/export/qdq_model.h>
#include <core/import/model.h>
#include <core/quantization/encoding_document.h>
#include <core/quantization/encoding_file.h>
#include <core/quantization/encoding_usage.h>
#include <core/quantization/qdq_encodings.h>
#include <runtime/quantization/calibrate.h>
#include <runtime/session/session.h>
#include <support/shared_data.h>
#include <support/temporary_folder.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace nordlys::runtime {
namespace {

using Outputs = std::vector<std::vector<float>>;

Outputs outputsOf(const std::shared_ptr<const core::Model> &model, const PlanOptions &options, const core::SampleSet &samples)
{
    const auto plan = Plan::build(model, options);
    EXPECT_TRUE(plan) << plan.error().text();
    auto session = Session::create(*plan);
    EXPECT_TRUE(session) << session.error().text();
    Outputs result;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto sample = samples.load(i);
        EXPECT_TRUE(sample) << sample.error().text();
        EXPECT_TRUE((*session)->run(*sample));
        const auto output = (*session)->output(0);
        EXPECT_TRUE(output) << output.error().text();
        const auto values = output->as<float>();
        result.emplace_back(values.begin(), values.end());
    }
    return result;
}

double largestDifference(const Outputs &a, const Outputs &b)
{
    double largest = 0;
    EXPECT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].size(), b[i].size());
        for (std::size_t k = 0; k < a[i].size(); ++k)
            largest = std::max(largest, static_cast<double>(std::abs(a[i][k] - b[i][k])));
    }
    return largest;
}

double largestValue(const Outputs &a)
{
    double largest = 0;
    for (const auto &values : a) {
        for (const float value : values)
            largest = std::max(largest, static_cast<double>(std::abs(value)));
    }
    return largest;
}

PlanOptions plain(Precision precision, core::EncodingSet encodings = {})
{
    PlanOptions options;
    options.precision = precision;
    options.encodings = std::move(encodings);
    options.fastKernels = false; // the same order of sums on both sides
    return options;
}

std::shared_ptr<const core::Model> opened(const std::filesystem::path &path)
{
    auto model = core::openModel(path);
    EXPECT_TRUE(model) << model.error().text();
    return model ? *model : nullptr;
}

struct Choice {
    const char *name;
    int actBits, weightBits;
    bool perChannel, actSymmetric;
};
constexpr Choice kChoices[] = {{"8 bit", 8, 8, false, false}, {"per channel", 8, 8, true, false}, {"symmetric", 8, 8, true, true}, {"16 and 8 bit", 16, 8, true, false},
                               {"8 and 4 bit", 8, 4, true, false}};

TEST(QdqModelRun, DigitsGiveWhatQuantSimGives)
{
    for (const char *file : {"digits.onnx", "digits_unbalanced.onnx"}) {
        const auto model = opened(test::digitsPath() / file);
        const auto calibration = core::SampleSet::open((test::digitsPath() / "calibration").string(), model->graph, {.recipe = {}, .limit = 10});
        const auto samples = core::SampleSet::open((test::digitsPath() / "test").string(), model->graph, {.recipe = {}, .limit = 12});
        for (const Choice &choice : kChoices) {
            SCOPED_TRACE(std::string(file) + ", " + choice.name);
            CalibrationOptions options;
            options.actBits = choice.actBits;
            options.weightBits = choice.weightBits;
            options.perChannel = choice.perChannel;
            options.actSymmetric = choice.actSymmetric;
            const auto calibrated = calibrateMinMax(model, *calibration, options);
            ASSERT_TRUE(calibrated) << calibrated.error().text();
            const test::TemporaryFolder folder;
            const auto report = core::writeQdqModel(*model, calibrated->encodings, folder.path() / "qdq.onnx");
            ASSERT_TRUE(report) << report.error().text();
            for (const core::EncodingLoss &loss : report->lost)
                EXPECT_FALSE(loss.omitted) << loss.tensor << ": " << loss.what;
            const auto written = opened(folder.path() / "qdq.onnx");
            const core::EncodingFile back = core::qdqEncodings(written->graph);
            EXPECT_EQ(back.set, report->written);
            // A -> QDQ -> 1.0.0 -> A: the same values; the model's scales are float32.
            for (const auto &[tensor, entry] : calibrated->encodings.entries) {
                const core::EncodingEntry *found = back.set.find(tensor);
                ASSERT_NE(found, nullptr) << tensor;
                EXPECT_FALSE(core::differenceOf(entry.encoding, found->encoding, 6e-8)) << tensor;
                EXPECT_EQ(entry.kind, found->kind) << tensor;
            }
            const auto text = core::newEncodingsText(core::EncodingDialect::List100, back.set, &model->graph);
            ASSERT_TRUE(text) << text.error().text();
            EXPECT_EQ(core::EncodingDocument::parse(text->text, "1.0.0", &model->graph)->set(), report->written);

            const Outputs expected = outputsOf(model, plain(Precision::QuantSim, report->written), *samples);
            const Outputs asWritten = outputsOf(written, plain(Precision::Float32), *samples);
            PlanOptions plainest = plain(Precision::Float32);
            plainest.optimize = false;
            const double scale = largestValue(expected);
            const double difference = largestDifference(expected, asWritten), unfused = largestDifference(expected, outputsOf(written, plainest, *samples));
            const double given = largestDifference(outputsOf(model, plain(Precision::QuantSim, calibrated->encodings), *samples), asWritten);
            std::printf("%s, %s: largest value %.6g, difference %.3g, unfused %.3g, to the encodings as given %.3g\n", file, choice.name, scale, difference, unfused, given);
            EXPECT_LE(difference, 1e-6 * scale);
            EXPECT_LE(unfused, 1e-6 * scale);
        }
    }
}

TEST(QdqModelRun, SlowMobileNetGivesWhatQuantSimGives)
{
    const auto path = test::sharedModel("mobilenet_v2_imagenet_float") / "model.onnx";
    NORDLYS_REQUIRE_SHARED(path);
    const auto model = opened(path);
    const auto samples = core::SampleSet::open("random:1:2", model->graph);
    ASSERT_TRUE(samples) << samples.error().text();
    CalibrationOptions options;
    options.perChannel = true;
    options.threads = 2;
    const auto calibrated = calibrateMinMax(model, *samples, options);
    ASSERT_TRUE(calibrated) << calibrated.error().text();
    const test::TemporaryFolder folder;
    const auto report = core::writeQdqModel(*model, calibrated->encodings, folder.path() / "qdq.onnx");
    ASSERT_TRUE(report) << report.error().text();
    const auto written = opened(folder.path() / "qdq.onnx");
    EXPECT_EQ(core::qdqEncodings(written->graph).set, report->written);
    PlanOptions quantSim, float32;
    quantSim.precision = Precision::QuantSim;
    quantSim.encodings = report->written;
    const Outputs expected = outputsOf(model, quantSim, *samples), found = outputsOf(written, float32, *samples);
    const double difference = largestDifference(expected, found), scale = largestValue(expected);
    std::printf("MobileNetV2: largest value %.6g, difference %.3g; %zu activations, %zu weights, %zu biases\n", scale, difference, report->activations, report->weights, report->biases);
    EXPECT_LE(difference, 1e-6 * scale);
}

} // namespace
} // namespace nordlys::runtime

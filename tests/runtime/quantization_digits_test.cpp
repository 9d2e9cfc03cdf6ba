// SPDX-License-Identifier: Apache-2.0
#include <core/import/model.h>
#include <core/quantization/quantizable.h>
#include <runtime/quantization/calibrate.h>
#include <runtime/quantization/evaluate.h>
#include <support/shared_data.h>

#include <gtest/gtest.h>

#include <thread>

namespace nordlys::runtime {
namespace {

class QuantizationDigits : public testing::Test {
protected:
    static std::shared_ptr<const core::Model> open(const std::string &file)
    {
        auto model = core::openModel(test::digitsPath() / file);
        EXPECT_TRUE(model) << model.error().text();
        return model ? *model : nullptr;
    }
    static core::SampleSet samples(const core::Model &model, const std::string &folder)
    {
        auto set = core::SampleSet::open((test::digitsPath() / folder).string(), model.graph);
        EXPECT_TRUE(set) << set.error().text();
        return std::move(*set);
    }
    static Evaluation evaluateCalibrated(const std::shared_ptr<const core::Model> &model, const CalibrationOptions &options)
    {
        auto calibrated = calibrateMinMax(model, samples(*model, "calibration"), options);
        EXPECT_TRUE(calibrated) << calibrated.error().text();
        auto labels = core::LabelSet::read(test::digitsPath() / "labels.csv");
        EXPECT_TRUE(labels) << labels.error().text();
        EvaluationOptions evaluation;
        evaluation.encodings = calibrated->encodings;
        evaluation.labels = &*labels;
        evaluation.threads = 2;
        auto result = evaluateQuantized(model, samples(*model, "test"), evaluation);
        EXPECT_TRUE(result) << result.error().text();
        return std::move(*result);
    }
};

// 593 of 597 images: the accuracy that the sample's description states for the float model.
TEST_F(QuantizationDigits, EightBitsKeepTheAccuracyOfTheBalancedModel)
{
    const auto model = open("digits.onnx");
    const Evaluation result = evaluateCalibrated(model, {});
    ASSERT_TRUE(result.accuracy);
    EXPECT_EQ(result.accuracy->samples, 597U);
    EXPECT_NEAR(result.accuracy->floatTop1, 0.9933, 0.00005);
    EXPECT_GE(result.accuracy->quantizedTop1, 0.98);
    std::printf("digits: float %.4f, quantized %.4f, agreement %.4f, output SQNR %.1f dB\n", result.accuracy->floatTop1,
                result.accuracy->quantizedTop1, result.accuracy->agreement, result.outputs[0].sqnrDb);
    for (const TensorError &tensor : result.tensors)
        EXPECT_GT(tensor.sqnrDb, 15) << tensor.name;
}

TEST_F(QuantizationDigits, MinMaxDestroysTheUnbalancedModelPerChannelALittleLess)
{
    const auto model = open("digits_unbalanced.onnx");
    const Evaluation perTensor = evaluateCalibrated(model, {});
    EXPECT_NEAR(perTensor.accuracy->floatTop1, 0.9933, 0.00005);
    EXPECT_LT(perTensor.accuracy->quantizedTop1, 0.15);
    CalibrationOptions options;
    options.weightSymmetric = false;
    EXPECT_LT(evaluateCalibrated(model, options).accuracy->quantizedTop1, 0.15);
    options = {};
    options.perChannel = true;
    const Evaluation perChannel = evaluateCalibrated(model, options);
    EXPECT_GT(perChannel.accuracy->quantizedTop1, perTensor.accuracy->quantizedTop1);
    std::printf("digits_unbalanced: per tensor %.4f, per channel %.4f\n", perTensor.accuracy->quantizedTop1, perChannel.accuracy->quantizedTop1);
}

TEST_F(QuantizationDigits, ResultsDoNotDependOnThreads)
{
    const auto model = open("digits.onnx");
    CalibrationOptions one, three;
    three.threads = 3;
    auto a = calibrateMinMax(model, samples(*model, "calibration"), one);
    auto b = calibrateMinMax(model, samples(*model, "calibration"), three);
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->encodings, b->encodings);
    EXPECT_EQ(a->samples, 256U);
    EvaluationOptions first, second;
    first.encodings = second.encodings = a->encodings;
    second.threads = 3;
    auto x = evaluateQuantized(model, samples(*model, "test"), first);
    auto y = evaluateQuantized(model, samples(*model, "test"), second);
    ASSERT_TRUE(x && y);
    EXPECT_EQ(x->outputs[0].sqnrDb, y->outputs[0].sqnrDb);
    EXPECT_FALSE(x->accuracy);
}

TEST_F(QuantizationDigits, EveryQuantizableTensorGetsAnEncodingAndKeptOnesStay)
{
    const auto model = open("digits.onnx");
    auto plain = calibrateMinMax(model, samples(*model, "calibration"));
    ASSERT_TRUE(plain);
    for (const core::QuantizableTensor &tensor : core::quantizableTensors(model->graph))
        EXPECT_NE(plain->encodings.find(model->graph.nameOf(tensor.tensor)), nullptr) << model->graph.nameOf(tensor.tensor);
    CalibrationOptions options;
    const std::string input(model->graph.nameOf(model->graph.inputs[0]));
    core::EncodingEntry kept = *plain->encodings.find(input);
    kept.locked = true;
    kept.encoding.bitwidth = 4;
    kept.encoding.grids = {*core::gridFromRange(-3, 5, {.bitwidth = 4})};
    options.keep.entries[input] = kept;
    auto again = calibrateMinMax(model, samples(*model, "calibration"), options);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(*again->encodings.find(input), kept);
}

TEST_F(QuantizationDigits, StoppingIsInterrupted)
{
    const auto model = open("digits.onnx");
    std::stop_source source;
    core::JobContext job;
    job.stop = source.get_token();
    job.progress = [&](std::uint64_t done, std::uint64_t, std::string_view) {
        if (done > 10)
            source.request_stop();
    };
    auto stopped = calibrateMinMax(model, samples(*model, "calibration"), {}, job);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, core::ErrorCode::Interrupted);
}

} // namespace
} // namespace nordlys::runtime

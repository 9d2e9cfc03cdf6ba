// SPDX-License-Identifier: Apache-2.0
#include <runtime/quantization/calibrate.h>
#include <runtime/quantization/evaluate.h>
#include <support/shared_data.h>

#include <gtest/gtest.h>

namespace nordlys::runtime {
namespace {

/// MobileNetV2 on 99 photographs; 86 right in float (reference engine). Calibrated on 30 of them, 8-bit activations and per-channel weights, at most two
/// answers may be lost.
TEST(SlowCalibration, MobileNetKeepsItsAnswers)
{
    const auto folder = test::sharedPath() / "images/imagenet_sample", file = test::sharedModel("mobilenet_v2_imagenet_float") / "model.onnx";
    NORDLYS_REQUIRE_SHARED(folder);
    NORDLYS_REQUIRE_SHARED(file);
    auto model = core::openModel(file);
    ASSERT_TRUE(model) << model.error().text();
    core::SampleOptions options;
    options.recipe = *core::PreprocessRecipe::parse("crop:0.875,resize:224x224,color:rgb,mean:127.5,std:127.5,layout:nchw");
    auto tested = core::SampleSet::open(folder.string(), (*model)->graph, options);
    options.limit = 30;
    auto calibrated = core::SampleSet::open(folder.string(), (*model)->graph, options);
    auto labels = core::LabelSet::read(folder / "labels.csv");
    ASSERT_TRUE(tested && calibrated && labels);
    CalibrationOptions calibration;
    calibration.perChannel = true;
    calibration.threads = 2;
    const auto result = calibrate(*model, *calibrated, calibration);
    ASSERT_TRUE(result) << result.error().text();
    EvaluationOptions evaluation;
    evaluation.encodings = result->encodings;
    evaluation.labels = &*labels;
    evaluation.labelOffset = 1; // class 0 is background
    evaluation.threads = 2;
    const auto evaluated = evaluateQuantized(*model, *tested, evaluation);
    ASSERT_TRUE(evaluated) << evaluated.error().text();
    ASSERT_TRUE(evaluated->accuracy);
    EXPECT_EQ(evaluated->accuracy->samples, 99U);
    EXPECT_GE(evaluated->accuracy->quantizedTop1 * 99, 83.5);
}

} // namespace
} // namespace nordlys::runtime

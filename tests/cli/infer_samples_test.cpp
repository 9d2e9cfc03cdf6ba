// SPDX-License-Identifier: Apache-2.0
// infer with several samples, sets for several inputs, and outputs that are fed back.
#include "program.h"

#include <core/tensor/host_tensor.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

namespace nordlys::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

template <typename T>
void writeArray(const fs::path &path, core::DType type, const core::Dims &dims, const std::vector<T> &values)
{
    auto tensor = core::HostTensor::create(type, dims);
    ASSERT_TRUE(tensor);
    std::memcpy(tensor->bytes().data(), values.data(), values.size() * sizeof(T));
    ASSERT_TRUE(core::writeNpy(path, *tensor));
}

/// Greedy decoding by ONNX Runtime 1.30 of the same model from the token 1.
const std::vector<std::int64_t> storyTokens{1,   403, 407, 261, 378, 432, 383, 286, 261, 376, 298, 315, 421, 395, 317, 426, 338, 401, 396, 267, 337,
                                            410, 408, 419, 292, 411, 322, 265, 282, 295, 433, 426, 385, 328, 432, 358, 394, 261, 370, 432, 352, 266,
                                            268, 388, 426, 338, 391, 266, 267, 337, 335, 312, 432, 398, 312, 286, 267, 414, 270, 333, 415};

TEST(InferSamples, AStateThatGrowsSpellsTheStory)
{
    const fs::path model = sharedModel("stories260k") / "model.onnx";
    NORDLYS_REQUIRE_SHARED(model);
    Scratch scratch;
    writeArray<std::int64_t>(scratch / "first.npy", core::DType::Int64, {1, 1}, {1});
    const Finished done = nordlys({"infer", model.string(), "--input", "tokens=" + (scratch / "first.npy"), "--state", "logits=tokens", "--steps", "60", "--json",
                                   "-o", scratch / "out"});
    ASSERT_EQ(done.exitCode, 0) << done.err;
    const auto json = done.json();
    ASSERT_EQ(json["runs"].size(), 60U);
    EXPECT_EQ(json["runs"].back()["states"][0]["values"].get<std::vector<std::int64_t>>(), storyTokens);
    EXPECT_TRUE(fs::exists(scratch / "out/000059/output_0.npy"));
    EXPECT_TRUE(fs::exists(scratch / "out/state_0.npy"));
}

TEST(InferKernels, ReferenceKernelsGiveTheCodesOfOnnxRuntime)
{
    for (const char *name : {"resnet8_cifar10_qdq", "mobilenet_v2_imagenet_qdq"}) {
        const fs::path folder = sharedModel(name);
        NORDLYS_REQUIRE_SHARED(folder / "model.onnx");
        Scratch scratch;
        const Finished done = nordlys({"infer", (folder / "model.onnx").string(), "--input", (folder / "input_0.npy").string(), "--kernels", "reference",
                                       "-o", scratch / "out"});
        ASSERT_EQ(done.exitCode, 0) << done.err;
        const auto expected = core::readNpy(folder / "output_0.npy"), actual = core::readNpy(fs::path(scratch / "out/output_0.npy"));
        ASSERT_TRUE(expected && actual);
        ASSERT_EQ(actual->dims(), expected->dims());
        EXPECT_TRUE(std::ranges::equal(actual->as<float>(), expected->as<float>(), [](float a, float b) { return std::abs(a - b) <= 1e-6F; })) << name;
    }
}

TEST(InferSamples, StatesGoFromFrameToFrame)
{
    const fs::path folder = sharedModel("gtcrn");
    NORDLYS_REQUIRE_SHARED(folder / "model.onnx");
    Scratch scratch;
    fs::create_directories(scratch.path() / "frames");
    for (const char *frame : {"frames/0.npy", "frames/1.npy"})
        fs::copy_file(folder / "input_0.npy", scratch.path() / frame);
    std::vector<std::string> many{"infer", (folder / "model.onnx").string(), "--inputs", "mix=" + (scratch / "frames"), "-o", scratch / "many"};
    std::vector<std::string> once{"infer", (folder / "model.onnx").string(), "--input", "mix=" + (folder / "input_0.npy").string(), "-o", scratch / "once"};
    const std::vector<std::string> states{"conv_cache", "tra_cache", "inter_cache"};
    for (std::size_t i = 0; i < states.size(); ++i) {
        many.insert(many.end(), {"--state", states[i] + "_out=" + states[i], "--input", states[i] + "=" + (folder / ("input_" + std::to_string(i + 1) + ".npy")).string()});
    }
    const Finished both = nordlys(many);
    ASSERT_EQ(both.exitCode, 0) << both.err;
    // The second frame is an inference whose states are the first one's outputs.
    for (std::size_t i = 0; i < states.size(); ++i)
        once.insert(once.end(), {"--input", states[i] + "=" + (scratch / ("many/000000/output_" + std::to_string(i + 1) + ".npy"))});
    const Finished second = nordlys(once);
    ASSERT_EQ(second.exitCode, 0) << second.err;
    for (int i = 0; i < 4; ++i) {
        const std::string name = "output_" + std::to_string(i) + ".npy";
        EXPECT_EQ(readFile(scratch / ("many/000001/" + name)), readFile(scratch / ("once/" + name))) << name;
        EXPECT_NE(readFile(scratch / ("many/000001/" + name)), readFile(scratch / ("many/000000/" + name))) << name;
    }
}

TEST(InferSamples, SamplesInParallelGiveWhatTheyGiveAlone)
{
    Scratch scratch;
    const std::string model = (digitsPath() / "digits.onnx").string(), images = (digitsPath() / "calibration").string();
    const Finished two = nordlys({"infer", model, "--inputs", "image=" + images, "--limit", "6", "--threads", "2", "-o", scratch / "two"});
    ASSERT_EQ(two.exitCode, 0) << two.err;
    const Finished one = nordlys({"infer", model, "--inputs", images, "--limit", "6", "--threads", "1", "-o", scratch / "one", "--json"});
    ASSERT_EQ(one.exitCode, 0) << one.err;
    EXPECT_EQ(one.json()["runs"].size(), 6U);
    for (int i = 0; i < 6; ++i) {
        const std::string name = "/00000" + std::to_string(i) + "/output_0.npy";
        EXPECT_EQ(readFile((scratch / "one") + name), readFile((scratch / "two") + name)) << i;
    }
}

TEST(InferSamples, WhatDoesNotFitIsNamedAndNothingIsWritten)
{
    Scratch scratch;
    const std::string model = (digitsPath() / "digits.onnx").string();
    const std::vector<std::pair<std::vector<std::string>, const char *>> cases{
        {{"--inputs", "random:1:2", "--state", "nothing=image"}, "--state nothing=image"},
        {{"--inputs", "wrong=random:1:2", "--inputs", "image=random:1:2"}, "wrong=random:1:2"},
        {{"--inputs", "image=random:1:2", "--inputs", "image=random:1:3"}, "has a set already"},
        {{"--inputs", "random:1:2", "--steps", "3"}, "only 2 samples"},
        {{"--inputs", "random:1:2", "--tensors", "all"}, "--tensors"},
        {{"--inputs", "random:1:2", "--memory-budget", "0"}, "--memory-budget"},
    };
    for (const auto &[arguments, expected] : cases) {
        std::vector<std::string> command{"infer", model, "-o", scratch / "out"};
        command.insert(command.end(), arguments.begin(), arguments.end());
        const Finished done = nordlys(command);
        EXPECT_EQ(done.exitCode, 2) << expected << ": " << done.err;
        EXPECT_THAT(done.err, HasSubstr(expected));
        EXPECT_FALSE(fs::exists(scratch / "out"));
    }
}

TEST(InferSamples, AMemoryBudgetIsKept)
{
    const fs::path model = sharedModel("mobilenet_v2_imagenet_float") / "model.onnx";
    NORDLYS_REQUIRE_SHARED(model);
    const Finished done = nordlys({"infer", model.string(), "--input", (sharedModel("mobilenet_v2_imagenet_float") / "input_0.npy").string(), "--memory-budget", "8"});
    EXPECT_EQ(done.exitCode, 3) << done.err;
    EXPECT_THAT(done.err, HasSubstr("memory"));
}

} // namespace
} // namespace nordlys::test

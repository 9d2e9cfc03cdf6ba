// SPDX-License-Identifier: Apache-2.0
#include "program.h"

#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <core/tensor/host_tensor.h>

#include <gtest/gtest.h>

namespace nordlys::test {
namespace {

/// `evaluate` on the digits sample with encodings from `calibrate`.
class Evaluate : public testing::Test {
protected:
    void SetUp() override
    {
        const auto made = nordlys({"calibrate", model, "--inputs", (digitsPath() / "calibration").string(), "--limit", "16", "-o", encodings});
        ASSERT_EQ(made.exitCode, 0) << made.err;
    }
    [[nodiscard]] std::vector<std::string> command(const std::vector<std::string> &more) const
    {
        std::vector<std::string> all{"evaluate", model, "--encodings", encodings, "--inputs", (digitsPath() / "test").string(), "--limit", "5", "--json"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

    Scratch scratch;
    const std::string model = (digitsPath() / "digits.onnx").string(), encodings = scratch / "e.json";
};

TEST_F(Evaluate, SaysDeadCodesCosineAndTopFive)
{
    const auto result = nordlys(command({"--labels", (digitsPath() / "labels.csv").string()}));
    ASSERT_EQ(result.exitCode, 0) << result.err;
    const auto json = result.json();
    for (const auto &tensor : json.at("tensors")) {
        EXPECT_GT(tensor.at("cosine").get<double>(), 0.9);
        EXPECT_GE(tensor.at("deadCodesPercent").get<double>(), 0);
        EXPECT_LT(tensor.at("deadCodesPercent").get<double>(), 100);
    }
    EXPECT_FALSE(json.at("weights").empty());
    EXPECT_GE(json.at("accuracy").at("floatTop5").get<double>(), json.at("accuracy").at("float").get<double>());
    EXPECT_TRUE(json.at("outputs")[0].contains("agreement"));
}

// It gets the folder as its last argument and may be a line of shell.
TEST_F(Evaluate, AMetricCommandGetsTheOutputs)
{
    const auto result = nordlys(command({"--metric-command", "f() { ls \"$1\"/*/output_0.npy | wc -l; }; f", "--labels", (digitsPath() / "labels.csv").string()}));
    ASSERT_EQ(result.exitCode, 0) << result.err;
    const auto json = result.json();
    EXPECT_EQ(json.at("metric").at("float"), 5.0);
    EXPECT_EQ(json.at("metric").at("quantized"), 5.0);
    const auto table = nordlys(command({"--metric-command", "f() { wc -l < \"$1/samples.csv\"; }; f"}));
    ASSERT_EQ(table.exitCode, 0) << table.err;
    EXPECT_EQ(table.json().at("metric").at("float"), 6.0);
}

TEST_F(Evaluate, AMetricCommandThatFailsHangsOrBabblesIsNamed)
{
    const struct {
        std::string metric, text;
    } cases[] = {{"echo 'no ground truth' >&2; exit 3; :", "exit code 3; it said: no ground truth"},
                 {"/no/such/program", "/no/such/program"},
                 {"sleep 30; :", "did not end within 1 s"},
                 {"echo 12 apples; :", "not one number"},
                 {"echo nan; :", "not finite"},
                 {":", "printed nothing"},
                 {"yes", "prints more than"}};
    for (const auto &[metric, text] : cases) {
        const auto result = nordlys(command({"--metric-command", metric, "--metric-timeout", metric.starts_with("sleep") ? "1" : "60"}));
        EXPECT_EQ(result.exitCode, 3) << metric;
        EXPECT_NE(result.err.find(text), std::string::npos) << metric << ": " << result.err;
        EXPECT_TRUE(result.out.empty());
    }
}

TEST_F(Evaluate, OptionsThatWouldChangeNothingAreRefused)
{
    for (const std::vector<std::string> &options : {std::vector<std::string>{"--metric-timeout", "5"}, {"--label-offset", "1"}, {"--diverges-below", "20"}}) {
        const auto result = nordlys(command(options));
        EXPECT_EQ(result.exitCode, 2) << options.front() << result.out;
        EXPECT_NE(result.err.find(options.front()), std::string::npos) << result.err;
    }
}

TEST_F(Evaluate, WhatInferWritesIsEqualToTheLastBit)
{
    const auto opened = core::openModel(model);
    ASSERT_TRUE(opened) << opened.error().text();
    const auto samples = core::SampleSet::open((digitsPath() / "test").string(), (*opened)->graph);
    ASSERT_TRUE(samples) << samples.error().text();
    const std::string input = scratch / "in.npy", dump = scratch / "dump";
    ASSERT_TRUE(core::writeNpy(input, samples->load(0).value()[0]));
    const auto written = nordlys({"infer", model, "--input", input, "--tensors", "all", "-o", dump});
    ASSERT_EQ(written.exitCode, 0) << written.err;
    const auto same = nordlys({"evaluate", model, "--inputs", input, "--against", dump, "--json"});
    ASSERT_EQ(same.exitCode, 0) << same.err;
    const auto json = same.json();
    EXPECT_GT(json.at("tensors").size(), 5U);
    for (const auto &tensor : json.at("tensors"))
        EXPECT_EQ(tensor.at("maxAbsError"), 0.0) << tensor.at("name");
    EXPECT_TRUE(json.at("firstDivergence").is_null());
    EXPECT_EQ(json.at("withoutFile"), 0);
    // Under encodings the tensors differ from the float ones, from the input on.
    const auto quantized = nordlys({"evaluate", model, "--encodings", encodings, "--inputs", input, "--against", dump, "--diverges-below", "200", "--json"});
    ASSERT_EQ(quantized.exitCode, 0) << quantized.err;
    EXPECT_EQ(quantized.json().at("precision"), "quantsim");
    EXPECT_FALSE(quantized.json().at("firstDivergence").is_null());
}

TEST_F(Evaluate, ThreePrecisionsSideBySide)
{
    const auto result = nordlys(command({"--side-by-side"}));
    ASSERT_EQ(result.exitCode, 0) << result.err;
    const auto json = result.json();
    EXPECT_FALSE(json.at("sideBySide").empty());
    EXPECT_TRUE(json.contains("firstDivergence"));
    EXPECT_EQ(json.at("integer").at("outputs").size(), json.at("outputs").size());
}

} // namespace
} // namespace nordlys::test

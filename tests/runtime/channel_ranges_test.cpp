// SPDX-License-Identifier: Apache-2.0
#include <runtime/quantization/channel_ranges.h>
#include <support/temporary_folder.h>
#include <support/tiny_model.h>

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <stop_token>

namespace nordlys::runtime {
namespace {

std::string floatBytes(const std::vector<float> &values)
{
    return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float)};
}

core::SampleSet open(const test::TemporaryFolder &folder, const core::Model &model)
{
    auto set = core::SampleSet::open(folder.path().string(), model.graph);
    EXPECT_TRUE(set) << set.error().text();
    return std::move(*set);
}

using Numbers = std::vector<double>;

/// y = x with the second of two channels times -2.
std::shared_ptr<const core::Model> twoChannels()
{
    test::TinyModel model;
    const auto x = model.input("x", {1, 2, 3});
    return model.finish(model.node("Mul", "scaled", {x, model.floats("c", {1, 2, 1}, {1, -2})}));
}

TEST(ChannelRanges, AreThoseOfAllSamplesWhateverTheThreads)
{
    test::TemporaryFolder folder;
    folder.write("a.raw", floatBytes({1, 2, 3, -1, 0, 4}));
    folder.write("b.raw", floatBytes({-5, 0, 1, 2, 3, 0.5F}));
    const auto model = twoChannels();
    for (const int threads : {1, 2}) {
        auto ranges = measureChannelRanges(model, open(folder, *model), {"x", "scaled_y", "none"}, threads);
        ASSERT_TRUE(ranges) << ranges.error().text();
        EXPECT_EQ(ranges->samples, 2U);
        EXPECT_EQ(ranges->skipped, 0U);
        ASSERT_EQ(ranges->tensors.size(), 2U);
        EXPECT_EQ(ranges->tensors.at("x"), (ChannelRanges{{-5, -1}, {3, 4}}));
        EXPECT_EQ(ranges->tensors.at("scaled_y"), (ChannelRanges{{-5, -8}, {3, 2}}));
    }
}

TEST(ChannelRanges, ImagesInEitherOrderInMemory)
{
    // A convolution with the identity: the plan may keep its output with the channels last.
    test::TinyModel model;
    const auto x = model.input("x", {1, 2, 2, 2});
    const auto same = model.node("Conv", "same", {x, model.floats("w", {2, 2, 1, 1}, {1, 0, 0, 1})});
    const auto finished = model.finish(model.node("Relu", "relu", {same}));
    test::TemporaryFolder folder;
    folder.write("a.raw", floatBytes({1, -2, 3, 0.5F, -7, -8, -9, 10}));
    auto ranges = measureChannelRanges(finished, open(folder, *finished), {"same_y", "relu_y"});
    ASSERT_TRUE(ranges) << ranges.error().text();
    EXPECT_EQ(ranges->tensors.at("same_y"), (ChannelRanges{{-2, -9}, {3, 10}}));
    EXPECT_EQ(ranges->tensors.at("relu_y"), (ChannelRanges{{0, 0}, {3, 10}}));
}

TEST(ChannelRanges, SamplesThatCannotBeUsedAreCounted)
{
    const auto model = twoChannels();
    test::TemporaryFolder folder;
    folder.write("a.raw", floatBytes({1, 2, 3, 4, 5, std::numeric_limits<float>::max()})); // times -2 is infinite
    auto none = measureChannelRanges(model, open(folder, *model), {"scaled_y"});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, core::ErrorCode::BadInput);
    folder.write("b.raw", floatBytes({1, 2, 3, 4, 5, 6}));
    auto one = measureChannelRanges(model, open(folder, *model), {"scaled_y"});
    ASSERT_TRUE(one) << one.error().text();
    EXPECT_EQ(one->samples, 1U);
    EXPECT_EQ(one->skipped, 1U);
    EXPECT_EQ(one->tensors.at("scaled_y"), (ChannelRanges{{1, -12}, {3, -8}}));
}

TEST(ChannelRanges, StopRequestEndsIt)
{
    const auto model = twoChannels();
    test::TemporaryFolder folder;
    folder.write("a.raw", floatBytes({1, 2, 3, 4, 5, 6}));
    std::stop_source stop;
    stop.request_stop();
    core::JobContext job;
    job.stop = stop.get_token();
    auto ranges = measureChannelRanges(model, open(folder, *model), {"x"}, 1, job);
    ASSERT_FALSE(ranges);
    EXPECT_EQ(ranges.error().code, core::ErrorCode::Interrupted);
}

TEST(WeightValues, AreThoseOfTheFileWhereNothingIsFolded)
{
    test::TinyModel model;
    const auto x = model.input("x", {1, 2, 2, 2});
    const auto finished = model.finish(model.node("Conv", "conv", {x, model.floats("w", {3, 2, 1, 1}, {1, -2, 0.5F, 0.25F, -3, 4})}));
    auto weight = weightValues(*finished, "w", 0);
    ASSERT_TRUE(weight) << weight.error().text();
    EXPECT_FALSE(weight->isFolded);
    EXPECT_EQ(weight->min, -3);
    EXPECT_EQ(weight->max, 4);
    EXPECT_EQ(weight->values, 6U);
    EXPECT_EQ(weight->channels, (ChannelRanges{{-2, 0.25, -3}, {1, 0.5, 4}}));
    EXPECT_EQ(std::accumulate(weight->histogram.weights.begin(), weight->histogram.weights.end(), 0.0), 6);
    EXPECT_LE(weight->histogram.edge(0), -3);
    EXPECT_GT(weight->histogram.edge(weight->histogram.bins()), 4);
    // Along the inputs: every second value.
    auto inputs = weightValues(*finished, "w", 1);
    ASSERT_TRUE(inputs) << inputs.error().text();
    EXPECT_EQ(inputs->channels, (ChannelRanges{{-3, -2}, {1, 4}}));
    EXPECT_FALSE(weightValues(*finished, "conv_y"));
    EXPECT_FALSE(weightValues(*finished, "nothing"));
}

TEST(WeightValues, HaveABatchNormalizationFoldedIn)
{
    test::TinyModel model;
    const auto x = model.input("x", {1, 1, 2, 2});
    const auto conv = model.node("Conv", "conv", {x, model.floats("w", {2, 1, 1, 1}, {2, -3})});
    // Deviation 2 and 0.5: the channels are multiplied by 5 / 2 and 1 / 0.5.
    const auto normalized = model.node("BatchNormalization", "bn",
                                       {conv, model.floats("gamma", {2}, {5, 1}), model.floats("beta", {2}, {0, 0}), model.floats("mean", {2}, {0, 0}),
                                        model.floats("variance", {2}, {4, 0.25F})});
    const auto finished = model.finish(normalized);
    auto weight = weightValues(*finished, "w", 0);
    ASSERT_TRUE(weight) << weight.error().text();
    EXPECT_TRUE(weight->isFolded);
    ASSERT_EQ(weight->channels.min.size(), 2U);
    EXPECT_NEAR(weight->channels.min[0], 5, 1e-4); // but for the operator's epsilon
    EXPECT_NEAR(weight->channels.max[1], -6, 2e-4);
}

} // namespace
} // namespace nordlys::runtime

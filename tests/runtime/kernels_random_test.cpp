// SPDX-License-Identifier: Apache-2.0
#include "operator_harness.h"

#include <cmath>
#include <numeric>

namespace nordlys::runtime::operator_test {
namespace {

using core::DType;
using Ints = std::vector<std::int64_t>;

std::vector<double> drawn(const Operator &op, const std::vector<Value> &inputs)
{
    const auto results = compute(op, inputs);
    EXPECT_TRUE(results) << (results ? "" : results.error().text());
    const auto numbers = results ? core::toFloat32((*results)[0].tensor()) : core::Expected<core::HostTensor>(core::HostTensor());
    EXPECT_TRUE(numbers);
    return {numbers->as<float>().begin(), numbers->as<float>().end()};
}

double meanOf(const std::vector<double> &values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviationOf(const std::vector<double> &values)
{
    const double mean = meanOf(values);
    double sum = 0;
    for (const double value : values)
        sum += (value - mean) * (value - mean);
    return std::sqrt(sum / static_cast<double>(values.size()));
}

Operator uniform(double seed) { return {"RandomUniform", 1, {{"shape", Ints{100, 100}}, {"low", -1.0}, {"high", 3.0}, {"seed", seed}}}; }

TEST(RandomKernels, UniformNumbersFillTheirRangeEvenly)
{
    const std::vector<double> values = drawn(uniform(7), {});
    ASSERT_EQ(values.size(), 10000U);
    EXPECT_GE(*std::ranges::min_element(values), -1);
    EXPECT_LT(*std::ranges::max_element(values), 3);
    // 10000 numbers: the standard error of the mean is 4 / sqrt(12) / 100 = 0.0115; five of them.
    EXPECT_NEAR(meanOf(values), 1, 0.06);
    EXPECT_NEAR(deviationOf(values), 4 / std::sqrt(12.0), 0.06);
}

TEST(RandomKernels, NormalNumbersHaveMeanAndScale)
{
    const std::vector<double> values = drawn({"RandomNormalLike", 1, {{"mean", 2.0}, {"scale", 0.5}, {"dtype", std::int64_t(11)}}},
                                             {floats({100, 100}, std::vector<float>(10000))});
    EXPECT_NEAR(meanOf(values), 2, 0.025);
    EXPECT_NEAR(deviationOf(values), 0.5, 0.02);
    const auto inside = std::ranges::count_if(values, [](double value) { return std::abs(value - 2) < 0.5; });
    EXPECT_NEAR(static_cast<double>(inside) / 10000, 0.6827, 0.025);
}

TEST(RandomKernels, SeedsDecideAndRunsRepeat)
{
    EXPECT_EQ(drawn(uniform(7), {}), drawn(uniform(7), {}));
    EXPECT_NE(drawn(uniform(7), {}), drawn(uniform(8), {}));
    const Operator unseeded{"RandomNormal", 1, {{"shape", Ints{8}}}};
    EXPECT_EQ(drawn(unseeded, {}), drawn(unseeded, {}));
    // Without a seed the node's name decides: two nodes draw different numbers.
    AttributeMap attributes{{"shape", Ints{4}}};
    std::vector<std::vector<float>> byName;
    for (const char *name : {"first", "second"}) {
        KernelCall call;
        call.node = name;
        call.op = "RandomUniform";
        call.opset = 1;
        call.attributes = &attributes;
        call.outputs = {{true, DType::Float32, {4}, false, nullptr}};
        const auto results = detail::runBound(call, {});
        ASSERT_TRUE(results);
        byName.push_back(valuesOf<float>((*results)[0]));
    }
    EXPECT_NE(byName[0], byName[1]);
}

TEST(RandomKernels, FirstNumbersAreThoseOfSplitMix)
{
    // The published generator's first output for seed 0 is 0xe220a8397b1dcdaf; its upper 53 bits times 2^-53 are 0.8833108082136426.
    const auto results = compute({"RandomUniform", 1, {{"shape", Ints{1}}, {"seed", 0.0}, {"dtype", std::int64_t(11)}}}, {});
    ASSERT_TRUE(results);
    EXPECT_DOUBLE_EQ(valuesOf<double>((*results)[0])[0], 0.8833108082136426);
}

TEST(RandomKernels, BernoulliFollowsTheProbabilities)
{
    std::vector<float> probabilities(10000, 0.25F);
    probabilities[0] = 0;
    probabilities[1] = 1;
    const auto results = compute({"Bernoulli", 15, {{"dtype", std::int64_t(9)}}}, {floats({10000}, probabilities)});
    ASSERT_TRUE(results);
    const auto values = valuesOf<std::uint8_t>((*results)[0]);
    EXPECT_EQ((*results)[0].elementType(), DType::Bool);
    EXPECT_EQ(values[0], 0);
    EXPECT_EQ(values[1], 1);
    EXPECT_NEAR(static_cast<double>(std::ranges::count(values, 1)), 2500, 220);
}

TEST(RandomKernels, MultinomialDrawsClassesByTheirWeight)
{
    const float never = -std::numeric_limits<float>::infinity();
    const auto results = compute({"Multinomial", 7, {{"sample_size", std::int64_t(8000)}, {"dtype", std::int64_t(7)}}},
                                 {floats({2, 3}, {std::log(1.0F), never, std::log(3.0F), 5, never, never})});
    ASSERT_TRUE(results);
    EXPECT_EQ((*results)[0].tensor().dims(), (core::Dims{2, 8000}));
    const auto classes = valuesOf<std::int64_t>((*results)[0]);
    const auto countOf = [&](std::ptrdiff_t begin, std::int64_t which) {
        return std::count(classes.begin() + begin, classes.begin() + begin + 8000, which);
    };
    EXPECT_EQ(countOf(0, 1), 0);
    EXPECT_NEAR(static_cast<double>(countOf(0, 0)), 2000, 200);
    EXPECT_EQ(countOf(0, 0) + countOf(0, 2), 8000);
    EXPECT_EQ(countOf(8000, 0), 8000);
}

} // namespace
} // namespace nordlys::runtime::operator_test

// SPDX-License-Identifier: Apache-2.0
// Corners that the standard's own cases leave out: what they compute is worked out by hand, what cannot be computed is refused.
#include "kernel_harness.h"

#include <support/tiny_model.h>

#include <gmock/gmock.h>

#include <cmath>
#include <complex>
#include <numbers>

namespace nordlys::runtime::test {
namespace {

using core::DType;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> run(const Call &call, const std::vector<core::HostTensor> &inputs, const Form &output, bool constant = false)
{
    const auto result = runCall(call, inputs, {output}, constant);
    if (!result) {
        ADD_FAILURE() << result.error().text();
        return {};
    }
    return {(*result)[0].as<float>().begin(), (*result)[0].as<float>().end()};
}

TEST(KernelEdges, GridSampleBeyondTheBorderTakesTheNearestEdge)
{
    const auto image = floats({1, 1, 1, 4}, {1, 2, 3, 4});
    for (const float far : {1e8F, 1e10F, std::numeric_limits<float>::infinity()}) {
        const AttributeMap border{{"mode", std::string("nearest")}, {"padding_mode", std::string("border")}};
        EXPECT_THAT(run({"GridSample", 22, border}, {image, floats({1, 1, 2, 2}, {far, 0, -far, 0})}, {DType::Float32, {1, 1, 1, 2}}), ElementsAre(4, 1)) << far;
    }
    // Cubic, a little outside the first centre: position -0.3 lies inside the pixel, so only taps are limited: they are 1, 1, 1, 5 with the weights of
    // distances 1.7, 0.7, 0.3 and 1.3 (a = -0.75). The first three add up to 1 - w(1.3), w(1.3) = -0.75 * (1.3^3 - 5 * 1.3^2 + 8 * 1.3 - 4) = -0.11025.
    const AttributeMap cubic{{"mode", std::string("cubic")}, {"padding_mode", std::string("border")}};
    const float coordinate = (2 * -0.3F + 1) / 4 - 1; // position = ((coordinate + 1) * 4 - 1) / 2
    const auto sampled = run({"GridSample", 22, cubic}, {floats({1, 1, 1, 4}, {1, 5, 3, 4}), floats({1, 1, 1, 2}, {coordinate, 0})}, {DType::Float32, {1, 1, 1, 1}});
    ASSERT_EQ(sampled.size(), 1U);
    EXPECT_NEAR(sampled[0], (1 + 0.11025) * 1 - 0.11025 * 5, 1e-5);
}

TEST(KernelEdges, NotANumberStays)
{
    EXPECT_TRUE(std::isnan(run({"Celu"}, {floats({1}, {nan})}, {DType::Float32, {1}})[0]));
    EXPECT_TRUE(std::isnan(run({"HardSigmoid"}, {floats({1}, {nan})}, {DType::Float32, {1}})[0]));
    const auto attended = run({"Attention", 24}, {floats({1, 1, 1, 2}, {nan, 1}), floats({1, 1, 2, 2}, {1, 2, 3, 4}), floats({1, 1, 2, 2}, {1, 2, 3, 4})},
                              {DType::Float32, {1, 1, 1, 2}});
    EXPECT_TRUE(std::isnan(attended[0]) && std::isnan(attended[1]));
}

TEST(KernelEdges, AMaskOfOneKeyIsBroadcastInVersion23AndFilledUpInVersion24)
{
    const auto q = floats({1, 1, 1, 2}, {0, 0}), k = floats({1, 1, 2, 2}, {1, 2, 3, 4}), v = floats({1, 1, 2, 2}, {1, 2, 3, 4}), mask = floats({1, 1}, {0});
    EXPECT_THAT(run({"Attention", 23}, {q, k, v, mask}, {DType::Float32, {1, 1, 1, 2}}), ElementsAre(2, 3)) << "the mean of both keys";
    EXPECT_THAT(run({"Attention", 24}, {q, k, v, mask}, {DType::Float32, {1, 1, 1, 2}}), ElementsAre(1, 2)) << "the first key alone";
}

TEST(KernelEdges, RowsOfNothingHaveNoMean)
{
    const auto result = runCall({"LayerNormalization", 17}, {floats({2, 0}, {}), floats({0}, {})}, {{DType::Float32, {2, 0}}, {DType::Float32, {2, 1}}, {DType::Float32, {2, 1}}});
    ASSERT_TRUE(result) << result.error().text();
    for (const float value : (*result)[1].as<float>())
        EXPECT_TRUE(std::isnan(value));
}

TEST(KernelEdges, TransformsOfAnyLengthAreThoseOfTheDefinition)
{
    for (const std::int64_t length : {1, 2, 12, 131, 257, 262, 1009}) { // 131, 257 and 1009 are prime, 262 = 2 * 131
        std::vector<float> values(static_cast<std::size_t>(length));
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<float>(static_cast<double>(i * i % 17) / 17 - 0.3);
        const auto result = runCall({"DFT", 17}, {floats({1, length, 1}, values)}, {{DType::Float32, {1, length, 2}}}, true);
        ASSERT_TRUE(result) << result.error().text();
        const auto spectrum = (*result)[0].as<float>();
        for (const std::int64_t k : {std::int64_t(0), length / 3, length - 1}) {
            std::complex<double> sum;
            for (std::int64_t t = 0; t < length; ++t)
                sum += static_cast<double>(values[static_cast<std::size_t>(t)])
                       * std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k * t % length) / static_cast<double>(length));
            EXPECT_NEAR(spectrum[static_cast<std::size_t>(2 * k)], sum.real(), 1e-4) << length << ", " << k;
            EXPECT_NEAR(spectrum[static_cast<std::size_t>(2 * k + 1)], sum.imag(), 1e-4) << length << ", " << k;
        }
    }
}

TEST(KernelEdges, AWindowFarLargerThanTheImageIsCountedNotWalked)
{
    const AttributeMap huge{{"kernel_shape", std::vector<std::int64_t>(3, std::int64_t(1) << 28)}, {"pads", std::vector<std::int64_t>(6, std::int64_t(1) << 27)}};
    const auto one = floats({}, {1});
    const auto zero = tensorOf<std::uint8_t>(DType::UInt8, {}, {0});
    const auto result = runCall({"QLinearAveragePool", 1, huge, "com.microsoft"}, {tensorOf<std::uint8_t>(DType::UInt8, {1, 1, 1, 1, 1}, {200}), one, zero, one, zero},
                                {{DType::UInt8, {1, 1, 2, 2, 2}}});
    ASSERT_TRUE(result) << result.error().text();
    for (const std::byte code : (*result)[0].bytes())
        EXPECT_EQ(std::to_integer<int>(code), 200) << "the mean of the one value inside";
}

struct Refused {
    const char *name;
    Call call;
    std::vector<Form> inputs, outputs;
    const char *says;
};
class KernelEdgesRefused : public testing::TestWithParam<Refused> {};

TEST_P(KernelEdgesRefused, IsRefusedWhenBound)
{
    const auto &[name, call, inputs, outputs, says] = GetParam();
    std::vector<TensorDesc> inputDescs, outputDescs;
    for (const Form &form : inputs)
        inputDescs.push_back(descOf(form));
    for (const Form &form : outputs)
        outputDescs.push_back(descOf(form));
    const auto kernel = bindCall(call, std::move(inputDescs), std::move(outputDescs));
    ASSERT_FALSE(kernel);
    EXPECT_THAT(kernel.error().text(), HasSubstr(says));
}

constexpr DType F = DType::Float32, U8 = DType::UInt8;
INSTANTIATE_TEST_SUITE_P(
    Calls, KernelEdgesRefused,
    testing::Values(Refused{"DropoutOfIntegers", {"Dropout", 7}, {{DType::Int8, {8}}}, {{DType::Int8, {8}}, {DType::Int8, {8}}}, "floating point"},
                    Refused{"MeanOfIntegers", {"Mean", 8}, {{U8, {2}}, {U8, {2}}}, {{U8, {2}}}, "floating point"},
                    Refused{"EmptyScale", {"QLinearMul", 1, {}, "com.microsoft"}, {{U8, {2}}, {F, {0}}, {U8, {}}, {U8, {2}}, {F, {}}, {U8, {}}, {F, {}}, {U8, {}}}, {{U8, {2}}}, "has 0 values"},
                    Refused{"EmptyZeroPoint", {"QLinearSigmoid", 1, {}, "com.microsoft"}, {{U8, {2}}, {F, {}}, {U8, {0}}, {F, {}}, {U8, {}}}, {{U8, {2}}}, "has 0 values"},
                    Refused{"WrappedChannels", {"ConvTranspose", 11, {{"group", std::int64_t(266836110)}}}, {{F, {1, 0, 1}}, {F, {0, 69131363344, 1}}}, {{F, {1, 224, 1}}}, "do not fit"},
                    Refused{"UnknownBlockMode", {"DepthToSpace", 13, {{"blocksize", std::int64_t(1)}, {"mode", std::string("XYZ")}}}, {{F, {1, 1, 1, 1}}}, {{F, {1, 1, 1, 1}}}, "XYZ"},
                    Refused{"SkipInTheMiddle", {"SkipLayerNormalization", 1, {}, "com.microsoft"}, {{F, {2, 2, 1, 2}}, {F, {2, 1, 1, 2}}, {F, {2}}}, {{F, {2, 2, 1, 2}}}, "skip cannot"},
                    Refused{"ClipOfOneBound", {"FusedConv", 1, {{"activation", std::string("Clip")}, {"activation_params", std::vector<double>{1}}}, "com.microsoft"}, {{F, {1, 1, 1, 1}}, {F, {1, 1, 1, 1}}}, {{F, {1, 1, 1, 1}}}, "two bounds"},
                    Refused{"InternalNearestMode", {"Resize", 13, {{"nearest_mode", std::string("simple")}}}, {{F, {1, 1, 2, 2}}, {}, {F, {4}}}, {{F, {1, 1, 4, 4}}}, "nearest_mode"}),
    [](const auto &kind) { return kind.param.name; });

/// Loops over the dimensions beside a zero would run for hours.
TEST(KernelEdges, NothingToComputeTakesNoTime)
{
    nordlys::test::TinyModel m;
    const std::int64_t many = std::int64_t(1) << 38;
    const auto product = m.node("MatMul", "product", {m.input("a", {many, 0}), m.input("b", {0, 0})});
    const auto model = m.finish(product);
    for (const bool optimize : {false, true}) {
        const auto plan = nordlys::test::planOf(model, optimize, optimize);
        ASSERT_TRUE(plan);
        const auto outputs = nordlys::test::outputsOf(plan, {floats({many, 0}, {}), floats({0, 0}, {})});
        ASSERT_EQ(outputs.size(), 1U);
        EXPECT_EQ(outputs[0].dims(), (core::Dims{many, 0}));
    }
}

} // namespace
} // namespace nordlys::runtime::test

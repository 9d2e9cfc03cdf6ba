// SPDX-License-Identifier: Apache-2.0
#include <support/kernel_call.h>

/// Floating-point operators of com.microsoft against values worked out by hand (the integer ones: integer_arithmetic_test.cpp).
namespace nordlys::runtime {
namespace {

using namespace test;
using core::DType;

constexpr const char *microsoft = "com.microsoft";

void expectNear(const std::vector<float> &actual, const std::vector<float> &expected)
{
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
        EXPECT_NEAR(actual[i], expected[i], 2e-6F) << i;
}

// Normal distribution function: F(1) = 0.841344746, F(2) = 0.977249868; Gelu(x) = x F(x).
TEST(MicrosoftOperators, GeluAndItsBias)
{
    const Call gelu{"Gelu", microsoft, 1, {}, {floats({4}, {0, 1, -1, 2})}};
    expectNear(gelu.run<float>(DType::Float32, {4}, 4), {0, 0.841344746F, -0.158655254F, 1.954499736F});
    Call biased{"BiasGelu", microsoft, 1, {}, {floats({2, 2}, {0, 0, -2, 1}), floats({2}, {1, 1})}};
    expectNear(biased.run<float>(DType::Float32, {2, 2}, 4), {0.841344746F, 0.841344746F, -0.158655254F, 1.954499736F});
    biased.inputs[1] = floats({3}, {1, 1, 1});
    EXPECT_FALSE(biased.bind(floats({2, 2}, {0, 0, 0, 0})));
}

// tanh(0.7978845608 * 1.044715) = tanh(0.8335619684) = 0.6823838336
TEST(MicrosoftOperators, FastGeluIsTheApproximationWithTanh)
{
    const Call plain{"FastGelu", microsoft, 1, {}, {floats({2}, {1, -1})}};
    expectNear(plain.run<float>(DType::Float32, {2}, 2), {0.841191917F, -0.158808083F});
    const Call biased{"FastGelu", microsoft, 1, {}, {floats({1, 2}, {0, 1}), floats({2}, {1, -2})}};
    expectNear(biased.run<float>(DType::Float32, {1, 2}, 2), {0.841191917F, -0.158808083F});
}

TEST(MicrosoftOperators, SkipLayerNormalizationOfTheSum)
{
    // Sums with bias: 2 4 and 3 3; means 3 and 3, deviations 1 and 0.
    Call call{"SkipLayerNormalization", microsoft, 1, {{"epsilon", 0.0}}, {}};
    call.inputs = {floats({1, 1, 2}, {1, 2}), floats({1, 1, 2}, {0, 2}), floats({2}, {2, 3}), floats({2}, {10, 20}), floats({2}, {1, 0})};
    expectNear(call.run<float>(DType::Float32, {1, 1, 2}, 2), {8, 23});
    call.inputs[3] = call.inputs[4] = {};
    expectNear(call.run<float>(DType::Float32, {1, 1, 2}, 2), {-2, 3}); // sums 1 4: mean 2.5, deviation 1.5
    call.inputs[1] = floats({1, 1, 1}, {0});
    EXPECT_FALSE(call.bind(floats({1, 1, 2}, {0, 0}))) << "a skip is not spread along the values";
}

TEST(MicrosoftOperators, FusedConvAddsAndActivates)
{
    Call call{"FusedConv", microsoft, 1, {{"activation", std::string("Relu")}}, {}};
    call.inputs = {floats({1, 1, 3}, {1, -2, 3}), floats({1, 1, 1}, {2}), floats({1}, {1}), floats({1, 1, 3}, {0, 1, -20})};
    expectNear(call.run<float>(DType::Float32, {1, 1, 3}, 3), {3, 0, 0}); // 3, -3 + 1, 7 - 20
    call.inputs.resize(3);
    call.attributes = {{"activation", std::string("Clip")}, {"activation_params", std::vector<double>{-1, 5}}};
    expectNear(call.run<float>(DType::Float32, {1, 1, 3}, 3), {3, -1, 5});
    call.attributes = {{"activation", std::string("LeakyRelu")}, {"activation_params", std::vector<double>{0.5}}};
    expectNear(call.run<float>(DType::Float32, {1, 1, 3}, 3), {3, -1.5F, 7});
    call.attributes = {{"activation", std::string("Softsign")}};
    EXPECT_FALSE(call.bind(floats({1, 1, 3}, {0, 0, 0})));
}

TEST(Einsum, BroadcastEllipsisDiagonalsAndThreeOperands)
{
    Call call{"Einsum", "", 12, {{"equation", std::string("...i, ij, ...j -> ...")}}, {}};
    // Two quadratic forms with [[1 2] [3 4]]: x = (1 2), y = (5 6): 1*(5+12) + 2*(15+24) = 95; x = (0 1), y = (1 1) spread: 3 + 4 = 7.
    call.inputs = {floats({2, 2}, {1, 2, 0, 1}), floats({2, 2}, {1, 2, 3, 4}), floats({2, 2}, {5, 6, 1, 1})};
    expectNear(call.run<float>(DType::Float32, {2}, 2), {95, 7});
    call.inputs[2] = floats({2}, {1, 1});
    expectNear(call.run<float>(DType::Float32, {2}, 2), {17, 7});
    Call trace{"Einsum", "", 12, {{"equation", std::string("ii")}}, {floats({2, 2}, {1, 2, 3, 4})}};
    expectNear(trace.run<float>(DType::Float32, {}, 1), {5});
    trace.attributes["equation"] = std::string("iij->ji");
    trace.inputs = {floats({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})};
    expectNear(trace.run<float>(DType::Float32, {2, 2}, 4), {1, 7, 2, 8});
    for (const char *wrong : {"ij->ik", "ij", "i.j->i", "iij->jj", "iij,k->i", "i-j"}) {
        trace.attributes["equation"] = std::string(wrong);
        EXPECT_FALSE(trace.bind(floats({2, 2}, {0, 0, 0, 0}))) << wrong;
    }
}

TEST(RotaryEmbedding, PositionsOutsideTheCacheAreRefusedAtRun)
{
    Call call{"RotaryEmbedding", "", 23, {}, {}};
    call.inputs = {floats({1, 1, 2, 2}, {1, 2, 3, 4}), floats({2, 1}, {1, 0}), floats({2, 1}, {0, 1}), tensor<std::int64_t>(DType::Int64, {1, 2}, {0, 1})};
    expectNear(call.run<float>(DType::Float32, {1, 1, 2, 2}, 4), {1, 2, -4, 3}); // position 1 is a quarter turn
    call.inputs[3] = tensor<std::int64_t>(DType::Int64, {1, 2}, {0, 2});
    EXPECT_NE(call.statusOfRun(floats({1, 1, 2, 2}, {0, 0, 0, 0})), nullptr);
    call.inputs[1] = floats({2, 2}, {1, 0, 1, 0});
    EXPECT_FALSE(call.bind(floats({1, 1, 2, 2}, {0, 0, 0, 0})));
}

} // namespace
} // namespace nordlys::runtime

// SPDX-License-Identifier: Apache-2.0
#include <core/tensor/small_float.h>
#include <runtime/kernels/reference/integer.h>
#include <support/kernel_call.h>

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

/// What codes and integer operators mean, against values worked out by hand.
namespace nordlys::runtime {
namespace {

using namespace test;
using core::DType;

using Bytes = std::vector<std::uint8_t>;
using SignedBytes = std::vector<std::int8_t>;
using Floats = std::vector<float>;

TEST(IntegerArithmetic, TiesGoToEvenBeforeTheZeroPointIsAdded)
{
    constexpr reference::CodeLimits all{0, 255};
    // 2.5 rounds to 2, then 3 is added: 5. Adding first would give 5.5 and 6.
    EXPECT_EQ(reference::requantized(5, 0.5F, 3, all), 5);
    EXPECT_EQ(reference::requantized(7, 0.5F, 3, all), 7);   // 3.5 -> 4
    EXPECT_EQ(reference::requantized(-5, 0.5F, 3, all), 1);  // -2.5 -> -2
    EXPECT_EQ(reference::requantized(-7, 0.5F, 3, all), 0);  // -3.5 -> -4, then limited
    EXPECT_EQ(reference::requantized(1, 0.5F, -128, {-128, 127}), -128); // 0.5 -> 0
}

TEST(IntegerArithmetic, CodesAreLimitedAfterTheZeroPoint)
{
    EXPECT_EQ(reference::requantized(1000, 1.0F, -900, {-128, 127}), 100);
    EXPECT_EQ(reference::requantized(1000, 1.0F, 0, {-128, 127}), 127);
    EXPECT_EQ(reference::requantized(-1000, 1.0F, 0, {-128, 127}), -128);
    EXPECT_EQ(reference::requantized(-300, 1.0F, 10, {10, 255}), 10) << "a fused Relu ends at the zero point";
    EXPECT_EQ(reference::requantized(std::int64_t(1) << 60, 1e30F, 0, {0, 65535}), 65535);
    EXPECT_EQ(reference::requantized(1, std::numeric_limits<float>::quiet_NaN(), 7, {0, 255}), 0);
    EXPECT_EQ(reference::requantized(1, std::numeric_limits<float>::infinity(), 7, {0, 255}), 255);
}

TEST(IntegerArithmetic, TheMultiplierIsAProductThenAQuotientInFloat32)
{
    // Exactly 0.3f * 0.7f / 0.9f with a rounding after each operation.
    const volatile float product = 0.3F * 0.7F;
    const volatile float quotient = product / 0.9F;
    EXPECT_EQ(reference::requantizationMultiplier(0.3F, 0.7F, 0.9F), quotient);
    // The accumulator is rounded to float32 once: 2^24 + 1 is a tie and becomes 2^24.
    EXPECT_EQ(reference::requantized(16777217, 1.0F / 1024.0F, 0, {0, 65535}), 16384);
}

// 255 x 127 twice does not fit int16: kernels that add pairs in int16 saturate here.
TEST(IntegerArithmetic, AccumulatorsHoldTheLargestProducts)
{
    Call call{"QLinearMatMul", "", 10, {}, {}};
    call.inputs = {bytes({1, 4}, {255, 255, 255, 255}), scalar(1), zero(0), signedBytes({4, 1}, {127, 127, 127, 127}), scalar(1), signedBytes({}, {0}),
                   scalar(1024), zero(0)};
    EXPECT_EQ(call.run<std::uint8_t>(DType::UInt8, {1, 1}, 1), Bytes{127}); // 129540 / 1024 = 126.5039
    Call integer{"MatMulInteger", "", 10, {}, {bytes({1, 4}, {255, 255, 255, 255}), signedBytes({4, 1}, {127, 127, 127, 127})}};
    EXPECT_EQ(integer.run<std::int32_t>(DType::Int32, {1, 1}, 1), std::vector<std::int32_t>{129540});
    EXPECT_FALSE(integer.bind(bytes({1, 1}, {0}))) << "the sums are int32";
}

TEST(IntegerArithmetic, SixteenBitCodesAreSummedInInt64)
{
    // 4 * 65535 * 65535 = 17179344900 leaves int32.
    Call call{"QLinearMatMul", "", 21, {}, {}};
    const Operand codes = tensor<std::uint16_t>(DType::UInt16, {1, 4}, {65535, 65535, 65535, 65535});
    Operand column = codes;
    column.dims = {4, 1};
    const Operand none = tensor<std::uint16_t>(DType::UInt16, {}, {0});
    call.inputs = {codes, scalar(1), none, column, scalar(1), none, scalar(262144), none};
    EXPECT_EQ(call.run<std::uint16_t>(DType::UInt16, {1, 1}, 1), std::vector<std::uint16_t>{65534}); // 65534.0000153
}

TEST(IntegerArithmetic, ZeroPointsPerRowAndColumn)
{
    // A = [[1 2] [3 4]] with zero points 1 and 2; B = [[5 6] [7 8]] with zero points 5 and 7.
    Call call{"MatMulInteger", "", 10, {}, {bytes({2, 2}, {1, 2, 3, 4}), bytes({2, 2}, {5, 6, 7, 8}), bytes({2}, {1, 2}), bytes({2}, {5, 7})}};
    // (A - za) = [[0 1] [1 2]], (B - zb) = [[0 -1] [2 1]]
    EXPECT_EQ(call.run<std::int32_t>(DType::Int32, {2, 2}, 4), (std::vector<std::int32_t>{2, 1, 4, 1}));
    call.inputs[2] = bytes({3}, {1, 2, 3});
    EXPECT_FALSE(call.bind(tensor<std::int32_t>(DType::Int32, {2, 2}, {0, 0, 0, 0})));
}

TEST(IntegerArithmetic, ConvolutionPerChannelWithPaddingBiasAndGroups)
{
    // Two groups of one channel, kernel 1x2, one column of padding on the left. x - 10 = [[1 -2 3] [4 5 -6]].
    Call call{"QLinearConv", "", 10, {{"group", std::int64_t(2)}, {"pads", std::vector<std::int64_t>{0, 1, 0, 0}}}, {}};
    call.inputs = {bytes({1, 2, 1, 3}, {11, 8, 13, 14, 15, 4}), scalar(0.5F), zero(10), signedBytes({2, 1, 1, 2}, {2, -1, 1, 3}), floats({2}, {1, 0.25F}),
                   signedBytes({2}, {0, 0}), scalar(0.5F), signedBytes({}, {-1}), tensor<std::int32_t>(DType::Int32, {2}, {10, -4})};
    // Sums with bias: channel 0: 10-1, 10+2+2, 10-4-3 = 9, 14, 3 (multiplier 1); channel 1: -4+12, -4+4+15, -4+5-18 = 8, 15, -17 (multiplier 0.25).
    // 15 * 0.25 = 3.75 -> 4; -17 * 0.25 = -4.25 -> -4.
    EXPECT_EQ(call.run<std::int8_t>(DType::Int8, {1, 2, 1, 3}, 6), (SignedBytes{8, 13, 2, 1, 3, -5}));
    call.attributes["code_low"] = std::int64_t(-1); // Relu behind it
    EXPECT_EQ(call.run<std::int8_t>(DType::Int8, {1, 2, 1, 3}, 6), (SignedBytes{8, 13, 2, 1, 3, -1}));
    call.inputs[8] = floats({2}, {0, 0});
    EXPECT_FALSE(call.bind(signedBytes({1, 2, 1, 3}, {0, 0, 0, 0, 0, 0}))) << "the bias is int32";
}

TEST(IntegerArithmetic, GemmWithBiasAndTransposedWeights)
{
    Call call{"QGemm", "com.microsoft", 1, {{"transB", std::int64_t(1)}}, {}};
    call.inputs = {bytes({1, 2}, {130, 126}), scalar(0.5F), zero(128), signedBytes({2, 2}, {3, 4, -5, 6}), floats({2}, {0.5F, 1}), signedBytes({2}, {0, 0}),
                   tensor<std::int32_t>(DType::Int32, {2}, {1, 2}), scalar(0.5F), zero(100)};
    // [2 -2] times [3 4] and [-5 6], plus bias: -1 * 0.5 = -0.5 -> 0; -20 * 1 = -20.
    EXPECT_EQ(call.run<std::uint8_t>(DType::UInt8, {1, 2}, 2), (Bytes{100, 80}));
}

TEST(IntegerArithmetic, SumsAndProductsOfCodes)
{
    Call call{"QLinearAdd", "com.microsoft", 1, {}, {}};
    call.inputs = {bytes({3}, {10, 11, 255}), scalar(0.5F), zero(10), bytes({1}, {7}), scalar(0.25F), zero(8), scalar(0.5F), zero(3)};
    // 0 - 0.5 -> -0.5 -> 0; 1 - 0.5 -> 0.5 -> 0; 245 - 0.5 -> 244.5 -> 244.
    EXPECT_EQ(call.run<std::uint8_t>(DType::UInt8, {3}, 3), (Bytes{3, 3, 247}));
    call.op = "QLinearMul";
    // (0, 1, 245) * -1 * 0.25 = 0, -0.25, -61.25.
    EXPECT_EQ(call.run<std::uint8_t>(DType::UInt8, {3}, 3), (Bytes{3, 3, 0}));
    call.inputs[3] = bytes({2}, {1, 2});
    EXPECT_FALSE(call.bind(bytes({3}, {0, 0, 0})));
}

TEST(IntegerArithmetic, ConcatChangesTheGridOnlyWhereItMust)
{
    Call call{"QLinearConcat", "com.microsoft", 1, {{"axis", std::int64_t(-1)}}, {}};
    call.inputs = {scalar(0.5F), zero(4), bytes({1, 2}, {0, 200}), scalar(0.5F), zero(4), bytes({1, 3}, {0, 1, 255}), scalar(0.25F), zero(0)};
    EXPECT_EQ(call.run<std::uint8_t>(DType::UInt8, {1, 5}, 5), (Bytes{0, 200, 4, 4, 132})); // 0.5 -> 0, 127.5 -> 128
    EXPECT_FALSE(call.bind(bytes({1, 6}, {0, 0, 0, 0, 0, 0})));
}

TEST(IntegerArithmetic, MeansOfCodes)
{
    Call global{"QLinearGlobalAveragePool", "com.microsoft", 1, {}, {}};
    global.inputs = {bytes({1, 2, 1, 2}, {10, 13, 20, 20}), scalar(1), zero(10), scalar(1), zero(1)};
    EXPECT_EQ(global.run<std::uint8_t>(DType::UInt8, {1, 2, 1, 1}, 2), (Bytes{3, 11})); // 1.5 -> 2
    global.attributes["channels_last"] = std::int64_t(1); // N, H, W, C: 1, 2, 1, 2
    global.inputs[0].dims = {1, 2, 1, 2};
    EXPECT_EQ(global.run<std::uint8_t>(DType::UInt8, {1, 1, 1, 2}, 2), (Bytes{6, 7})); // (0 + 10) / 2 = 5, (3 + 10) / 2 = 6.5 -> 6
    Call window{"QLinearAveragePool", "com.microsoft", 1, {{"kernel_shape", std::vector<std::int64_t>{2}}, {"pads", std::vector<std::int64_t>{1, 0}}}, {}};
    window.inputs = {bytes({1, 1, 3}, {14, 17, 20}), scalar(1), zero(10), scalar(0.5F), zero(0)};
    EXPECT_EQ(window.run<std::uint8_t>(DType::UInt8, {1, 1, 3}, 3), (Bytes{8, 11, 17})); // 4, 5.5, 8.5 in steps of 0.5
    window.attributes["count_include_pad"] = std::int64_t(1);
    EXPECT_EQ(window.run<std::uint8_t>(DType::UInt8, {1, 1, 3}, 3), (Bytes{4, 11, 17}));
}

TEST(IntegerArithmetic, FunctionsOfCodes)
{
    Call call{"QLinearLeakyRelu", "com.microsoft", 1, {{"alpha", 0.1}}, {}};
    call.inputs = {bytes({3}, {0, 128, 255}), scalar(1), zero(128), scalar(1), zero(20)};
    EXPECT_EQ(call.run<std::uint8_t>(DType::UInt8, {3}, 3), (Bytes{7, 20, 147})); // -12.8 -> -13
    call.op = "QLinearSigmoid";
    call.inputs[3] = scalar(1.0F / 256);
    call.inputs[4] = zero(0);
    EXPECT_EQ(call.run<std::uint8_t>(DType::UInt8, {3}, 3), (Bytes{0, 128, 255})); // 0, 0.5, 1 (limited)
}

TEST(QuantizeLinear, GranularitiesAndNarrowTypes)
{
    Call perTensor{"QuantizeLinear", "", 10, {}, {floats({6}, {0.25F, 0.75F, -0.25F, 1e30F, -1e30F, std::numeric_limits<float>::quiet_NaN()}), scalar(0.5F), zero(7)}};
    EXPECT_EQ(perTensor.run<std::uint8_t>(DType::UInt8, {6}, 6), (Bytes{7, 9, 7, 255, 0, 0}));
    Call perAxis{"QuantizeLinear", "", 13, {{"axis", std::int64_t(0)}}, {floats({2, 2}, {1, 2, 3, 4}), floats({2}, {1, 0.5F}), signedBytes({2}, {0, -10})}};
    EXPECT_EQ(perAxis.run<std::int8_t>(DType::Int8, {2, 2}, 4), (SignedBytes{1, 2, -4, -2}));
    // Blocks of two along the last axis, the last one shorter.
    Call blocked{"QuantizeLinear", "", 21, {{"axis", std::int64_t(1)}, {"block_size", std::int64_t(2)}},
                 {floats({1, 3}, {1, 2, 9}), floats({1, 2}, {0.5F, 3}), tensor<std::int16_t>(DType::Int16, {1, 2}, {100, -100})}};
    EXPECT_EQ(blocked.run<std::int16_t>(DType::Int16, {1, 3}, 3), (std::vector<std::int16_t>{102, 104, -97}));
    blocked.attributes["block_size"] = std::int64_t(1);
    EXPECT_FALSE(blocked.bind(tensor<std::int16_t>(DType::Int16, {1, 3}, {0, 0, 0})));
    // Two 4-bit codes a byte, low half first: -8 and 7, then 1.
    Call four{"QuantizeLinear", "", 21, {}, {floats({3}, {-20, 20, 1}), scalar(1), bytes({}, {0}, DType::Int4)}};
    EXPECT_EQ(four.run<std::uint8_t>(DType::Int4, {3}, 2), (Bytes{0x78, 0x01}));
    Call back{"DequantizeLinear", "", 21, {}, {bytes({3}, {0x78, 0x01}, DType::Int4), scalar(0.5F), {}}};
    EXPECT_EQ(back.run<float>(DType::Float32, {3}, 3), (Floats{-4, 3.5F, 0.5F}));
}

TEST(QuantizeLinear, HalfPrecisionRoundsTheQuotient)
{
    // 3000 / 0.7001953125 = 4284.52; its float16 neighbours are 4284 and 4288.
    const Operand x = tensor<std::uint16_t>(DType::Float16, {1}, {0x69dc}), scale = tensor<std::uint16_t>(DType::Float16, {}, {0x399a});
    Call call{"QuantizeLinear", "", 23, {}, {x, scale, tensor<std::uint16_t>(DType::UInt16, {}, {0})}};
    EXPECT_EQ(call.run<std::uint16_t>(DType::UInt16, {1}, 1), std::vector<std::uint16_t>{4284});
    call.attributes["precision"] = std::int64_t(1); // float32
    EXPECT_EQ(call.run<std::uint16_t>(DType::UInt16, {1}, 1), std::vector<std::uint16_t>{4285});
    // 65504 / 0.5 leaves float16: infinity, and so the largest code.
    Call large{"QuantizeLinear", "", 19, {}, {tensor<std::uint16_t>(DType::Float16, {1}, {0x7bff}), tensor<std::uint16_t>(DType::Float16, {}, {0x3800}),
                                              tensor<std::int16_t>(DType::Int16, {}, {-5})}};
    EXPECT_EQ(large.run<std::int16_t>(DType::Int16, {1}, 1), std::vector<std::int16_t>{32767});
}

TEST(QuantizeLinear, Float8SaturatesOrNot)
{
    Call call{"QuantizeLinear", "", 19, {}, {floats({4}, {1, 500, -1000, 0.0009765625F}), scalar(1), bytes({}, {0}, DType::Float8E4M3FN)}};
    EXPECT_EQ(call.run<std::uint8_t>(DType::Float8E4M3FN, {4}, 4), (Bytes{0x38, 0x7e, 0xfe, 0x00})); // 2^-10 is half of the smallest number: to even
    call.attributes["saturate"] = std::int64_t(0);
    EXPECT_EQ(call.run<std::uint8_t>(DType::Float8E4M3FN, {4}, 4), (Bytes{0x38, 0x7f, 0xff, 0x00}));
    Call back{"DequantizeLinear", "", 19, {}, {bytes({2}, {0x38, 0x7e}, DType::Float8E4M3FN), scalar(0.5F), {}}};
    EXPECT_EQ(back.run<float>(DType::Float32, {2}, 2), (Floats{0.5F, 224}));
}

TEST(SmallFloat, EveryCodeSurvivesTheRoundTrip)
{
    for (const DType type : {DType::Float8E4M3FN, DType::Float8E4M3FNUZ, DType::Float8E5M2, DType::Float8E5M2FNUZ, DType::Float4E2M1}) {
        for (int bits = 0; bits < (1 << core::bitsOf(type)); ++bits) {
            const float value = core::floatFromSmall(type, static_cast<std::uint8_t>(bits));
            if (!std::isnan(value)) {
                EXPECT_EQ(core::smallFromFloat(type, value, false), bits) << core::nameOf(type) << " " << value;
            }
        }
    }
    EXPECT_EQ(core::smallFromFloat(DType::Float8E4M3FN, 464, false), 0x7e) << "a tie between 448 and what would be 480 goes to the even 448";
    EXPECT_EQ(core::smallFromFloat(DType::Float8E5M2, std::numeric_limits<float>::infinity(), true), 0x7b);
    EXPECT_EQ(core::smallFromFloat(DType::Float8E5M2, 1e9F, false), 0x7c);
    EXPECT_EQ(core::smallFromFloat(DType::Float8E5M2FNUZ, -0.0F, false), 0);
    EXPECT_EQ(core::smallFromFloat(DType::Float4E2M1, 100, false), 0x7);
}

} // namespace
} // namespace nordlys::runtime

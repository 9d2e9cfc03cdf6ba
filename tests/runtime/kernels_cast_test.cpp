// SPDX-License-Identifier: Apache-2.0
// Cast between all element types; the expected codes follow from the formats and the tables of ONNX Cast.
#include "kernel_harness.h"

#include <core/tensor/float_bits.h>

#include <cmath>
#include <limits>

namespace nordlys::runtime::test {
namespace {

using core::DType;

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

core::HostTensor cast(const core::HostTensor &from, DType to, AttributeMap attributes = {})
{
    auto result = runCall({"Cast", 24, std::move(attributes)}, {from}, {{to, from.dims()}});
    if (!result) {
        ADD_FAILURE() << result.error().text();
        return {};
    }
    return std::move((*result)[0]);
}

std::vector<float> asFloats(const core::HostTensor &tensor)
{
    const core::HostTensor wide = cast(tensor, DType::Float32);
    return {wide.as<float>().begin(), wide.as<float>().end()};
}

TEST(CastKernel, FloatsToIntegersAreCutAndSaturated)
{
    const auto from = floats({8}, {1.9F, -1.9F, 300.0F, -300.0F, nan, inf, -inf, 127.5F});
    const auto bytes = cast(from, DType::Int8);
    const std::vector<std::int8_t> expected{1, -1, 127, -128, 0, 127, -128, 127};
    EXPECT_TRUE(std::ranges::equal(bytes.as<std::int8_t>(), expected));
    const auto wide = cast(floats({3}, {1e30F, -1e30F, 16777216.0F}), DType::Int64);
    EXPECT_EQ(wide.as<std::int64_t>()[0], std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(wide.as<std::int64_t>()[1], std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(wide.as<std::int64_t>()[2], 16777216);
}

TEST(CastKernel, IntegersKeepTheirLowBits)
{
    const auto from = tensorOf<std::int64_t>(DType::Int64, {4}, {255, 256, -1, std::numeric_limits<std::int64_t>::max()});
    EXPECT_TRUE(std::ranges::equal(cast(from, DType::UInt8).as<std::uint8_t>(), std::vector<std::uint8_t>{255, 0, 255, 255}));
    EXPECT_TRUE(std::ranges::equal(cast(from, DType::Bool).as<std::uint8_t>(), std::vector<std::uint8_t>{1, 1, 1, 1}));
    const auto large = tensorOf<std::uint64_t>(DType::UInt64, {1}, {std::numeric_limits<std::uint64_t>::max()});
    EXPECT_EQ(cast(large, DType::Float64).as<double>()[0], 0x1p64);
    EXPECT_EQ(cast(large, DType::Int64).as<std::int64_t>()[0], -1);
}

TEST(CastKernel, HalvesAreRoundedOnce)
{
    const auto from = tensorOf<double>(DType::Float64, {3}, {1.0 + 0x1p-11 + 0x1p-40, 65519.999, 1e10});
    const auto half = cast(from, DType::Float16);
    EXPECT_TRUE(std::ranges::equal(half.as<std::uint16_t>(), std::vector<std::uint16_t>{0x3c01, 0x7bff, 0x7c00}));
    EXPECT_EQ(asFloats(half), (std::vector<float>{1.0F + 0x1p-10F, 65504.0F, inf}));
}

/// Two elements a byte, the first one in the low half; a last half byte is filled with zeros.
TEST(CastKernel, FourBits)
{
    const auto from = floats({5}, {1.0F, -2.7F, 7.0F, -8.0F, 9.0F});
    const auto signedFour = cast(from, DType::Int4);
    ASSERT_EQ(signedFour.bytes().size(), 3U);
    EXPECT_EQ(signedFour.bytes()[0], std::byte(0xe1));
    EXPECT_EQ(signedFour.bytes()[1], std::byte(0x87));
    EXPECT_EQ(signedFour.bytes()[2], std::byte(0x07));
    EXPECT_EQ(asFloats(signedFour), (std::vector<float>{1, -2, 7, -8, 7}));
    const auto unsignedFour = cast(tensorOf<std::int32_t>(DType::Int32, {3}, {15, 16, -1}), DType::UInt4);
    EXPECT_EQ(asFloats(unsignedFour), (std::vector<float>{15, 0, 15}));
    const auto floatFour = cast(floats({6}, {0.25F, 0.75F, -2.5F, 5.0F, nan, -inf}), DType::Float4E2M1);
    EXPECT_EQ(asFloats(floatFour), (std::vector<float>{0, 1, -2, 4, 6, -6}));
}

/// More elements than a block of the kernel, an odd number.
TEST(CastKernel, LongTensorsOfFourBits)
{
    std::vector<std::int32_t> values(1001);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<std::int32_t>(i * 7 % 16) - 8;
    const auto from = tensorOf<std::int32_t>(DType::Int32, {1001}, values);
    EXPECT_TRUE(std::ranges::equal(cast(cast(from, DType::Int4), DType::Int32).as<std::int32_t>(), values));
}

TEST(CastKernel, Float8)
{
    const auto from = floats({6}, {448.0F, 500.0F, -inf, nan, 0.0009765625F, 1.0625F});
    const auto code = [&](DType type, std::int64_t saturate) {
        const auto result = cast(from, type, {{"saturate", saturate}});
        const auto span = result.as<std::uint8_t>();
        return std::vector<int>(span.begin(), span.end());
    };
    EXPECT_EQ(code(DType::Float8E4M3FN, 1), (std::vector<int>{0x7e, 0x7e, 0xfe, 0x7f, 0x00, 0x38})); // 2^-10 is a tie below the smallest, 2^-9
    EXPECT_EQ(code(DType::Float8E4M3FN, 0), (std::vector<int>{0x7e, 0x7f, 0xff, 0x7f, 0x00, 0x38}));
    EXPECT_EQ(code(DType::Float8E5M2, 0), (std::vector<int>{0x5f, 0x60, 0xfc, 0x7e, 0x14, 0x3c}));
}

TEST(CastKernel, PowersOfTwo)
{
    const auto from = floats({3}, {3.0F, 5.0F, 1.0F});
    const auto code = [&](const char *mode) {
        const auto result = cast(from, DType::Float8E8M0, {{"round_mode", std::string(mode)}});
        return std::vector<int>(result.as<std::uint8_t>().begin(), result.as<std::uint8_t>().end());
    };
    EXPECT_EQ(code("up"), (std::vector<int>{129, 130, 127}));
    EXPECT_EQ(code("down"), (std::vector<int>{128, 129, 127}));
    EXPECT_EQ(code("nearest"), (std::vector<int>{129, 129, 127}));
}

TEST(CastKernel, EveryPairOfTypesHasAWay)
{
    for (int a = 1; a <= static_cast<int>(DType::Float8E8M0); ++a) {
        for (int b = 1; b <= static_cast<int>(DType::Float8E8M0); ++b) {
            const auto from = static_cast<DType>(a), to = static_cast<DType>(b);
            const auto castable = [](DType type) { return type != DType::String && type != DType::Complex64 && type != DType::Complex128; };
            const auto kernel = bindCall({"Cast", 24, {}}, {descOf({from, {2}})}, {descOf({to, {2}})});
            EXPECT_EQ(kernel.hasValue(), castable(from) && castable(to)) << core::nameOf(from) << " to " << core::nameOf(to);
            if (!kernel) {
                EXPECT_EQ(kernel.error().code, core::ErrorCode::NotSupported);
            }
        }
    }
}

} // namespace
} // namespace nordlys::runtime::test
